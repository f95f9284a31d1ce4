"""Fixtures of the desk's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from document.children import Children
from tests.support.desk import Holders, Office, holders, office, serving


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Holders]:
    """One keys' process with two keys for the whole run."""
    with holders(tmp_path_factory.mktemp("keys")) as made:
        yield made


@pytest.fixture(scope="session")
def children() -> Iterator[Children]:
    """One pool of readers for the whole run."""
    with Children(workers=1) as pool:
        yield pool


@pytest.fixture
def place(tmp_path: Path, shared: Holders, children: Children) -> Iterator[Office]:
    """A new office."""
    with office(tmp_path, shared, children) as made:
        yield made


@pytest.fixture
def address(place: Office) -> Iterator[str]:
    """Where the office's desk answers."""
    with serving(place.site) as found:
        yield found
