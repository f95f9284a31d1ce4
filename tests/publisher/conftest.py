"""An office with issued decisions, on SQLite."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from document.ledger import connect
from tests.support.issued import IssuingOffice, issuing_office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[IssuingOffice]:
    engine = connect(f"sqlite:///{tmp_path}/ledger.sqlite")
    yield issuing_office(engine, tmp_path)
    engine.dispose()
