"""Sites for the tests of the front door: one to be copied and broken, one with people and processes."""

import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from document.settings import Site, load
from niem import officework
from niem.parts import Parts, parts
from tests.support.crashing import Office, office
from tests.support.quick import quick_site


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A whole site; its processes were never started."""
    return quick_site(tmp_path_factory.mktemp("built") / "site")


@pytest.fixture
def site(built: Site, tmp_path: Path) -> Site:
    """A copy of it, with shares of its own."""
    shutil.copytree(built.root, tmp_path / "site", symlinks=True)
    copied = load(tmp_path / "site")
    officework.apply(copied, copied.root / "office.toml")
    return copied


@pytest.fixture(scope="session")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office in which everything runs but the workers: a test is the worker."""
    with office(tmp_path_factory.mktemp("staffed") / "site", ("keys", "watch", "desk")) as made:
        yield made


@pytest.fixture(scope="session")
def worker(staffed: Office) -> Iterator[Parts]:
    """What a worker of that office works with."""
    with parts(staffed.site) as these:
        yield these


@pytest.fixture
def console() -> Console:
    """A terminal whose text can be read."""
    return Console(file=StringIO(), width=400, color_system=None, markup=False)
