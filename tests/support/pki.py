"""The test PKI with its services up, for any test that signs, seals or verifies."""

from collections.abc import Iterator

import pytest

from certs.test.pki import Pki
from certs.test.services import running


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pki]:
    """One PKI for the whole run, its TSAs, OCSP and CRL answering on a free port of this machine."""
    with running(tmp_path_factory.mktemp("pki") / "site") as served:
        yield served
