"""Children, and an office, for the tests of the watched folders."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

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


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where an office's record was made, once; each test gets a copy."""
    root = tmp_path_factory.mktemp("founded")
    engine = connect(f"sqlite:///{root}/ledger.sqlite")
    Base.metadata.create_all(engine)
    Ledger(engine, SetClock()).apply_office(office_spec(root))
    engine.dispose()
    return root


@pytest.fixture
def office(founded: Path, tmp_path: Path, children: Children) -> Iterator[Office]:
    database = shutil.copy(founded / "ledger.sqlite", tmp_path)
    engine = connect(f"sqlite:///{database}")
    clock = SetClock()
    ledger = Ledger(engine, clock)
    with ledger.writing() as session:
        moved = text("UPDATE folders SET path = replace(path, :there, :here)")
        session.execute(moved, {"there": str(founded), "here": str(tmp_path)})
    by_path = {Path(folder.path).name: folder for folder in ledger.folders()}
    intake = Intake(ledger, Vault(tmp_path / "vault"), children, clock)
    made = Office(tmp_path, ledger, intake, by_path["KSTT"], by_path["Kinh tế"])
    places(made.folder).make()
    places(made.other).make()
    yield made
    for watcher in made.watchers:
        watcher.close()
    engine.dispose()
