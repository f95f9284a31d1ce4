"""The services of the test PKI answer as real ones do, and end with whoever started them."""

import asyncio
import hashlib
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from asn1crypto import tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID as Access
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    InvalidCertificateError,
    NotYetValidError,
    PathBuildingError,
    RevokedError,
)

from certs.test.pki import Pki
from certs.test.services import running

pytest_plugins = ["tests.support.pki"]


def certificate(pki: Pki, label: str) -> x509.Certificate:
    return x509.load_der_x509_certificate(pki.certificate(label))


def addresses(certificate: x509.Certificate, method: x509.ObjectIdentifier) -> list[str]:
    access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    return [entry.access_location.value for entry in access if entry.access_method == method]


def ocsp_status(pki: Pki, label: str) -> ocsp.OCSPResponse:
    """Asks the responder that the certificate itself names."""
    subject = certificate(pki, label)
    issuer = x509.load_der_x509_certificate(pki.chain(label)[0])
    request = ocsp.OCSPRequestBuilder().add_certificate(subject, issuer, SHA1()).build()  # noqa: S303 - RFC 5019
    [url] = addresses(subject, Access.OCSP)
    answer = httpx.post(
        url,
        content=request.public_bytes(Encoding.DER),
        headers={"Content-Type": "application/ocsp-request"},
    )
    assert answer.status_code == 200
    return ocsp.load_der_ocsp_response(answer.content)


@pytest.mark.parametrize("label", ["leader-mau", "org-tan-mau", "tsa-1", "unrelated"])
def test_ocsp_knows_the_good(pki: Pki, label: str) -> None:
    answer = ocsp_status(pki, label)
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert answer.serial_number == certificate(pki, label).serial_number
    [responder] = answer.certificates
    responder.verify_directly_issued_by(x509.load_der_x509_certificate(pki.chain(label)[0]))
    key = responder.public_key()
    assert isinstance(key, RSAPublicKey)
    key.verify(answer.signature, answer.tbs_response_bytes, PKCS1v15(), SHA256())


def test_ocsp_knows_the_revoked(pki: Pki) -> None:
    answer = ocsp_status(pki, "revoked-mau")
    assert answer.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert answer.revocation_reason is x509.ReasonFlags.key_compromise
    assert answer.revocation_time_utc is not None
    assert answer.revocation_time_utc < datetime.now(UTC)


def test_the_crl_lists_the_revoked_one_only(pki: Pki) -> None:
    points = (
        certificate(pki, "leader-mau").extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    )
    assert [name.value for name in points[0].full_name or []] == [pki.crl_url()]
    crl = x509.load_der_x509_crl(httpx.get(pki.crl_url()).content)
    assert [entry.serial_number for entry in crl] == [certificate(pki, "revoked-mau").serial_number]
    issuer = certificate(pki, "state-ca").public_key()
    assert isinstance(issuer, RSAPublicKey)
    assert crl.is_signature_valid(issuer)
    assert crl.next_update_utc is not None
    assert crl.last_update_utc <= datetime.now(UTC) < crl.next_update_utc


@pytest.mark.parametrize("family", ["state", "public"])
def test_the_root_lists_no_revoked_ca(pki: Pki, family: str) -> None:
    ca = certificate(pki, f"{family}-ca")
    points = ca.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    [name] = points[0].full_name or []
    assert list(x509.load_der_x509_crl(httpx.get(name.value).content)) == []


@pytest.mark.parametrize("label", ["leader-mau", "unrelated", "state-ca"])
def test_the_issuer_can_be_fetched_from_where_the_certificate_says(pki: Pki, label: str) -> None:
    [url] = addresses(certificate(pki, label), Access.CA_ISSUERS)
    assert httpx.get(url).content == pki.chain(label)[0]


@pytest.mark.parametrize("number", [1, 2])
def test_a_tsa_gives_a_token_over_the_very_digest(pki: Pki, number: int) -> None:
    digest = hashlib.sha256(b"niem").digest()
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest}
    request = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": 2025, "cert_req": True})
    answer = httpx.post(
        pki.tsa_urls()[number - 1],
        content=request.dump(),
        headers={"Content-Type": "application/timestamp-query"},
    )
    response = tsp.TimeStampResp.load(answer.content)
    assert response["status"]["status"].native == "granted"
    signed = response["time_stamp_token"]["content"]
    info = signed["encap_content_info"]["content"].parsed
    assert info["message_imprint"]["hashed_message"].native == digest
    assert info["nonce"].native == 2025
    assert abs(info["gen_time"].native - datetime.now(UTC)) < timedelta(minutes=5)

    [signer] = signed["signer_infos"]
    [sealed] = [a["values"][0].native for a in signer["signed_attrs"] if a["type"].native == "message_digest"]
    assert sealed == hashlib.sha256(info.dump()).digest()
    key = certificate(pki, f"tsa-{number}").public_key()
    assert isinstance(key, RSAPublicKey)
    key.verify(signer["signature"].native, signer["signed_attrs"].untag().dump(), PKCS1v15(), SHA256())
    assert {chosen.chosen.dump() for chosen in signed["certificates"]} >= {pki.certificate(f"tsa-{number}")}


def accept_as_stranger(pki: Pki, label: str, *roots: str) -> None:
    """As someone who has only the roots, fetches all else, and accepts no doubt about revocation."""
    known = [x509.load_pem_x509_certificate(pki.roots()[root].read_bytes()) for root in roots]
    context = ValidationContext(
        trust_roots=[asn1.Certificate.load(root.public_bytes(Encoding.DER)) for root in known],
        allow_fetching=True,
        revocation_mode="hard-fail",
    )
    it = asn1.Certificate.load(pki.certificate(label))
    validator: Any = CertificateValidator(it, validation_context=context)
    asyncio.run(validator.async_validate_usage({"non_repudiation"}))


@pytest.mark.parametrize(
    "label",
    ["leader-mau", "leader-thu", "deputy-hoa", "head-kiem", "clerk-so", "org-minh-giang", "unrelated"],
)
def test_a_stranger_accepts(pki: Pki, label: str) -> None:
    accept_as_stranger(pki, label, "state", "public")


@pytest.mark.parametrize(
    ("label", "error"),
    [
        ("revoked-mau", RevokedError),
        ("expired-mau", ExpiredError),
        ("not-yet-mau", NotYetValidError),
        ("wrong-purpose", InvalidCertificateError),
        ("unrelated", PathBuildingError),
        ("self-made", InvalidCertificateError),
    ],
)
def test_a_stranger_with_the_state_root_refuses(pki: Pki, label: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        accept_as_stranger(pki, label, "state")


def test_the_port_is_quiet_once_the_services_have_ended(tmp_path: Path) -> None:
    with running(tmp_path / "site", keys=tmp_path / "keys") as pki:
        assert httpx.get(pki.crl_url("public")).status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(pki.crl_url())


def test_they_end_when_the_one_who_started_them_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from certs.test.services import running\n"
        "with running(Path(sys.argv[1]) / 'site', keys=Path(sys.argv[1]) / 'keys') as pki:\n"
        "    print(pki.base_url, flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    with starter:
        assert starter.stdout is not None
        url = httpx.URL(starter.stdout.readline().strip())
        starter.kill()
    deadline = time.monotonic() + 20
    while is_open(url.host, url.port or 0):
        assert time.monotonic() < deadline, "the services outlived their starter"
        time.sleep(0.05)


def is_open(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0
