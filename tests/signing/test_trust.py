from pathlib import Path

import pytest

from certs.test.pki import Pki
from document.errors import Misconfigured
from signing.trust import Trust, fingerprint

pytest_plugins = ["tests.support.pki"]


def test_roots_are_read(pki: Pki) -> None:
    trust = Trust.load(pki.roots().values(), test_site=True, intermediates=pki.intermediates())
    assert [root.dump() for root in trust.roots] == [
        pki.certificate("state-root"),
        pki.certificate("public-root"),
    ]
    assert len(trust.intermediates) == 2
    assert trust.revocation == "embedded"


def test_der_is_read_too(pki: Pki, tmp_path: Path) -> None:
    path = tmp_path / "root.crt"
    path.write_bytes(pki.certificate("state-root"))
    assert Trust.load([path], test_site=True).roots[0].dump() == pki.certificate("state-root")


@pytest.mark.parametrize("where", ["roots", "intermediates"])
def test_test_certificates_are_refused_on_a_real_site(pki: Pki, where: str) -> None:
    files = {"roots": pki.roots().values(), "intermediates": pki.intermediates()}[where]
    with pytest.raises(Misconfigured) as refused:
        Trust.load(files if where == "roots" else [], intermediates=[] if where == "roots" else files)
    assert refused.value.code == "verdict.test_root"
    assert "(TEST ONLY)" in refused.value.text()


@pytest.mark.parametrize("data", [None, b"", b"khong phai chung thu", b"-----BEGIN CERTIFICATE-----\nAA==\n"])
def test_what_is_no_certificate_is_named(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "root.pem"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(Misconfigured) as refused:
        Trust.load([path], test_site=True)
    assert refused.value.code == "verdict.root_unreadable"
    assert str(path) in refused.value.text()


def test_a_fingerprint() -> None:
    assert fingerprint(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
