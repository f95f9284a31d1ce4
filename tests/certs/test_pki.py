"""The test PKI is what its labels say, and building it is safe to repeat."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID as Purpose
from cryptography.x509.oid import NameOID

from certs.test.make import ensure
from certs.test.pki import Pki

pytest_plugins = ["tests.support.pki"]

PROVINCE = "ỦY BAN NHÂN DÂN TỈNH MINH GIANG"
COMMUNE = "ỦY BAN NHÂN DÂN XÃ TÂN MẪU"
CAS = {"state-root", "state-ca", "public-root", "public-ca"}
PERSONS = {
    "leader-mau": ("Trần Văn Mẫu", PROVINCE),
    "leader-thu": ("Phạm Văn Thử", PROVINCE),
    "deputy-hoa": ("Lê Thị Minh Họa", COMMUNE),
    "head-kiem": ("Nguyễn Thị Kiểm", PROVINCE),
    "clerk-so": ("Vũ Thị Sổ", PROVINCE),
    "revoked-mau": ("Trần Văn Mẫu", PROVINCE),
    "expired-mau": ("Trần Văn Mẫu", PROVINCE),
    "not-yet-mau": ("Trần Văn Mẫu", PROVINCE),
    "self-made": ("Trần Văn Mẫu", PROVINCE),
}
ORGANISATIONS = {"org-minh-giang": PROVINCE, "org-tan-mau": COMMUNE}
SERVICES = {"tsa-1", "tsa-2", "state-ocsp", "public-ocsp"}
LABELS = CAS | set(PERSONS) | set(ORGANISATIONS) | SERVICES | {"wrong-purpose", "unrelated"}


def certificate(pki: Pki, label: str) -> x509.Certificate:
    return x509.load_der_x509_certificate(pki.certificate(label))


def named(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> list[str | bytes]:
    return [attribute.value for attribute in certificate.subject.get_attributes_for_oid(oid)]


def usage(certificate: x509.Certificate) -> set[str]:
    value = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    kinds = ("digital_signature", "content_commitment", "key_agreement", "key_cert_sign", "crl_sign")
    return {kind for kind in kinds if getattr(value, kind)}


def purposes(certificate: x509.Certificate) -> list[x509.ObjectIdentifier]:
    try:
        return list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return []


def test_it_has_the_certificates_others_build_on(pki: Pki) -> None:
    assert set(pki.labels) == LABELS
    with pytest.raises(KeyError):
        pki.certificate("leader-nobody")


@pytest.mark.parametrize("label", sorted(LABELS - {"self-made"}))
def test_each_stands_under_its_root(pki: Pki, label: str) -> None:
    path = [
        certificate(pki, label),
        *(x509.load_der_x509_certificate(above) for above in pki.chain(label)),
    ]
    for below, above in zip(path, [*path[1:], path[-1]], strict=True):
        below.verify_directly_issued_by(above)
    family = "public" if label.startswith(("public", "unrelated")) else "state"
    assert path[-1] == x509.load_pem_x509_certificate(pki.roots()[family].read_bytes())
    assert all(
        "(TEST ONLY)" in str(named(ca, NameOID.COMMON_NAME)) for ca in path if "cert_sign" in str(usage(ca))
    )
    assert len(path) == (1 if label.endswith("-root") else 2 if label.endswith("-ca") else 3)


def test_a_self_made_one_stands_under_none(pki: Pki) -> None:
    alone = certificate(pki, "self-made")
    alone.verify_directly_issued_by(alone)
    assert pki.chain("self-made") == []
    assert alone.subject == certificate(pki, "leader-mau").subject


def test_the_issuing_cas_are_offered_as_files(pki: Pki) -> None:
    found = [x509.load_pem_x509_certificate(path.read_bytes()) for path in pki.intermediates()]
    assert found == [certificate(pki, "state-ca"), certificate(pki, "public-ca")]


@pytest.mark.parametrize("label", sorted(LABELS))
def test_algorithms_and_lifetimes_are_lawful(pki: Pki, label: str) -> None:
    """R-CRY-07: RSA of 2048 bits, SHA-256. R-CRY-09: CAs 20 years, subscribers 5."""
    it = certificate(pki, label)
    key = it.public_key()
    assert isinstance(key, RSAPublicKey)
    assert key.key_size == 2048
    assert isinstance(it.signature_hash_algorithm, SHA256)
    life = it.not_valid_after_utc - it.not_valid_before_utc
    assert life <= timedelta(days=365 * (20 if label in CAS else 5))


def test_exactly_the_two_that_say_so_are_out_of_their_time(pki: Pki) -> None:
    now = datetime.now(UTC)
    early = {label for label in LABELS if certificate(pki, label).not_valid_before_utc > now}
    late = {label for label in LABELS if certificate(pki, label).not_valid_after_utc < now}
    assert (early, late) == ({"not-yet-mau"}, {"expired-mau"})


@pytest.mark.parametrize("label", sorted(PERSONS))
def test_a_person_is_named_as_the_state_ca_names_persons(pki: Pki, label: str) -> None:
    it = certificate(pki, label)
    name, body = PERSONS[label]
    assert named(it, NameOID.COMMON_NAME) == [name]
    assert named(it, NameOID.ORGANIZATION_NAME) == [body]
    assert len(named(it, NameOID.ORGANIZATIONAL_UNIT_NAME)) == 1
    assert str(named(it, NameOID.EMAIL_ADDRESS)).endswith(".example']")
    assert named(it, NameOID.USER_ID) == []
    assert usage(it) == {"digital_signature", "content_commitment"}


@pytest.mark.parametrize("label", sorted(ORGANISATIONS))
def test_an_organisation_names_itself_and_no_unit(pki: Pki, label: str) -> None:
    it = certificate(pki, label)
    assert named(it, NameOID.COMMON_NAME) == [ORGANISATIONS[label]]
    assert named(it, NameOID.ORGANIZATION_NAME) == [PROVINCE]
    assert named(it, NameOID.ORGANIZATIONAL_UNIT_NAME) == []
    assert named(it, NameOID.EMAIL_ADDRESS) == []
    assert usage(it) == {"digital_signature", "content_commitment"}


def test_purposes_are_kept_apart(pki: Pki) -> None:
    found = {label: purposes(certificate(pki, label)) for label in LABELS}
    assert {label: oids for label, oids in found.items() if oids} == {
        "tsa-1": [Purpose.TIME_STAMPING],
        "tsa-2": [Purpose.TIME_STAMPING],
        "state-ocsp": [Purpose.OCSP_SIGNING],
        "public-ocsp": [Purpose.OCSP_SIGNING],
        "wrong-purpose": [Purpose.SERVER_AUTH],
    }
    assert usage(certificate(pki, "wrong-purpose")) == {"key_agreement"}
    assert named(certificate(pki, "unrelated"), NameOID.USER_ID) == ["CCCD:000000000000"]


@pytest.mark.parametrize("label", sorted(LABELS - CAS))
def test_key_certificate_and_p12_belong_together(pki: Pki, label: str) -> None:
    opened = pkcs12.load_pkcs12(pki.p12(label).read_bytes(), pki.passphrase.encode())
    assert opened.cert is not None
    assert opened.cert.certificate == certificate(pki, label)
    assert opened.key is not None
    key = load_pem_private_key(pki.key_pem(label), None)
    assert opened.key.public_key() == key.public_key() == certificate(pki, label).public_key()
    assert len(opened.additional_certs) == len(pki.chain(label))


def test_keys_are_nobody_elses_to_read(pki: Pki) -> None:
    private = [*pki.folder.glob("keys/*"), *pki.folder.glob("p12/*")]
    assert len(private) == len(LABELS) + len(LABELS - CAS)
    assert {path.stat().st_mode & 0o777 for path in private} == {0o600}


def test_building_again_changes_nothing_until_there_is_a_reason(tmp_path: Path) -> None:
    out, keys, url = tmp_path / "site", tmp_path / "keys", "http://127.0.0.1:1"
    first = ensure(out, url, keys=keys)
    leader = first.certificate("leader-mau")
    assert ensure(out, url, keys=keys).certificate("leader-mau") == leader

    moved = ensure(out, "http://127.0.0.1:2", keys=keys)
    assert moved.certificate("leader-mau") != leader
    assert b"http://127.0.0.1:2/" in moved.certificate("leader-mau")
    assert b"http://127.0.0.1:1/" not in moved.certificate("leader-mau")
    assert moved.key_pem("leader-mau") == first.key_pem("leader-mau")

    forced = ensure(out, "http://127.0.0.1:2", keys=keys, force=True)
    assert (
        certificate(forced, "leader-mau").serial_number
        != x509.load_der_x509_certificate(leader).serial_number
    )


def test_it_is_built_anew_before_a_certificate_becomes_something_else(tmp_path: Path) -> None:
    out, keys, url = tmp_path / "site", tmp_path / "keys", "http://127.0.0.1:1"
    made = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    pki = ensure(out, url, now=made, keys=keys)
    old = pki.certificate("leader-mau")
    # The first change to come is that the not yet valid one becomes valid.
    change = certificate(pki, "not-yet-mau").not_valid_before_utc
    before = ensure(out, url, now=change - timedelta(days=61), keys=keys)
    assert before.certificate("leader-mau") == old
    after = ensure(out, url, now=change - timedelta(days=59), keys=keys)
    assert after.certificate("leader-mau") != old
    assert certificate(after, "not-yet-mau").not_valid_before_utc > change


def test_processes_that_build_at_once_share_one_build(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from certs.test.make import ensure\n"
        "pki = ensure(Path(sys.argv[1]) / 'site', 'http://127.0.0.1:1', keys=Path(sys.argv[1]) / 'keys')\n"
        "print(pki.certificate('leader-mau').hex())"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    root = Path(__file__).parents[2]
    at_once = [subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) for _ in range(3)]
    answers = {process.communicate()[0] for process in at_once}
    assert [process.returncode for process in at_once] == [0, 0, 0]
    assert len(answers) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"site", "keys", ".site.lock"}
