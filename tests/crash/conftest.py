"""One office for each worker of the suite; its processes die and come back, the office stays."""

from collections.abc import Iterator

import pytest

from tests.support.crashing import Office, office


@pytest.fixture(scope="session")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("crash") / "site") as made:
        yield made
