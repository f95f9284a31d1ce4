import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from document.errors import Refused
from signing.cms import KeySigner, check_usable, space, wait
from signing.layers import fault_of, signatures
from signing.rehearsal import throw_away_key
from signing.sign import sign
from signing.timestamps import TOKEN_SPACE, Timestamps
from tests.support.papers import AT, standard

Private = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class OwnKey:
    """A self-made key of any kind, valid around `AT`; it knows how often it was used."""

    private: Private
    certificate: bytes
    chain: tuple[bytes, ...] = ()
    used: list[bytes] = field(default_factory=list)

    def sign(self, data: bytes) -> bytes:
        self.used.append(data)
        assert isinstance(self.private, ec.EllipticCurvePrivateKey)
        return self.private.sign(data, ec.ECDSA(hashes.SHA256()))


def own(private: Private, *, purpose: str = "digital_signature") -> OwnKey:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Khóa thử")])
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(AT - timedelta(days=1))
        .not_valid_after(AT + timedelta(days=1))
        .add_extension(x509.KeyUsage(**{each: each == purpose for each in names}), critical=True)
        .sign(private, hashes.SHA256())
    )
    return OwnKey(private, made.public_bytes(Encoding.DER))


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1()])
def test_an_elliptic_key_signs_too_and_is_asked_once(curve: ec.EllipticCurve) -> None:
    key = own(ec.generate_private_key(curve))
    done = sign(standard().prepared, plan=standard().plan, key=key, at=AT, image=None, timestamps=None)
    (signature,) = signatures(done)
    assert fault_of(signature) == ""
    assert len(key.used) == 1


def test_sizing_a_signature_does_not_use_the_key() -> None:
    key = own(ec.generate_private_key(ec.SECP256R1()))
    assert len(wait(KeySigner(key).async_sign_raw(b"", "sha256", dry_run=True))) >= 72
    assert space(key, Timestamps([])) == space(key, None) + 2 * TOKEN_SPACE
    assert key.used == []


@pytest.mark.parametrize(
    ("at", "purpose", "private", "code"),
    [
        (AT - timedelta(days=2), "digital_signature", ec.SECP256R1(), "signing.not_in_validity"),
        (AT + timedelta(days=2), "digital_signature", ec.SECP256R1(), "signing.not_in_validity"),
        (AT, "key_agreement", ec.SECP256R1(), "signing.wrong_purpose"),
        (AT, "digital_signature", ec.SECP224R1(), "signing.weak_key"),
    ],
)
def test_a_certificate_that_must_not_sign_is_refused_before_its_key_is_touched(
    at: datetime, purpose: str, private: ec.EllipticCurve, code: str
) -> None:
    key = own(ec.generate_private_key(private), purpose=purpose)
    with pytest.raises(Refused) as caught:
        sign(standard().prepared, plan=standard().plan, key=key, at=at, image=None, timestamps=None)
    assert caught.value.code == code
    assert key.used == []


def test_an_rsa_key_below_2048_bits_is_weak() -> None:
    with pytest.raises(Refused) as caught:
        check_usable(own(rsa.generate_private_key(65537, 1024)), AT)  # noqa: S505 -- the point
    assert caught.value.code == "signing.weak_key"


def test_a_good_certificate_passes() -> None:
    check_usable(own(ec.generate_private_key(ec.SECP256R1()), purpose="content_commitment"), AT)
    check_usable(throw_away_key("Khóa thử"), AT)


def test_it_can_be_called_where_a_loop_runs() -> None:
    async def inner() -> str:
        return "done"

    async def outer() -> str:
        return wait(inner())

    assert asyncio.run(outer()) == wait(inner()) == "done"
