from pathlib import Path

from asn1crypto import crl, ocsp

from certs.test.make import ensure
from certs.test.pki import Pki
from signing.asking import Asking

pytest_plugins = ["tests.support.pki"]


def test_answers_are_fetched(pki: Pki) -> None:
    links = [pki.certificate("leader-mau"), *pki.chain("leader-mau")]
    ocsps, crls = Asking(frozenset({"127.0.0.1"})).gather(links)
    # The holder's issuer answers by OCSP; the root has only its list.
    assert [ocsp.OCSPResponse.load(one)["response_status"].native for one in ocsps] == ["successful"]
    assert len([crl.CertificateList.load(one) for one in crls]) == 1


def test_hosts_that_are_not_on_the_list_are_not_asked(pki: Pki) -> None:
    links = [pki.certificate("leader-mau"), *pki.chain("leader-mau")]
    assert Asking(frozenset({"localhost"})).gather(links) == ([], [])


def test_a_certificate_without_addresses(pki: Pki) -> None:
    root = pki.certificate("state-root")
    assert Asking(frozenset({"127.0.0.1"})).gather([root, root]) == ([], [])


def test_a_service_that_is_down_is_no_error(tmp_path: Path) -> None:
    nobody = ensure(tmp_path / "site", "http://127.0.0.1:1")
    links = [nobody.certificate("leader-mau"), *nobody.chain("leader-mau")]
    assert Asking(frozenset({"127.0.0.1"})).gather(links) == ([], [])
