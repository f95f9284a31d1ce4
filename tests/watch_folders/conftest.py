"""Children, and an office, for the tests of the watched folders."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from document.children import Children
from document.clock import SetClock
from document.ledger import Ledger, connect
from document.tables import Base
from document.vault import Vault
from tests.support.watched import Office, office_spec
from watch_folders.folders import places
from watch_folders.intake import Intake


@pytest.fixture(scope="session")
def children() -> Iterator[Children]:
    with Children(workers=2, seconds=30) as pool:
        yield pool


@pytest.fixture
def office(tmp_path: Path, children: Children) -> Iterator[Office]:
    engine = connect(f"sqlite:///{tmp_path}/ledger.sqlite")
    Base.metadata.create_all(engine)
    clock = SetClock()
    ledger = Ledger(engine, clock)
    ledger.apply_office(office_spec(tmp_path))
    by_path = {Path(folder.path).name: folder for folder in ledger.folders()}
    intake = Intake(ledger, Vault(tmp_path / "vault"), children, clock)
    made = Office(tmp_path, ledger, intake, by_path["KSTT"], by_path["Kinh tế"])
    places(made.folder).make()
    places(made.other).make()
    yield made
    for watcher in made.watchers:
        watcher.close()
    engine.dispose()
