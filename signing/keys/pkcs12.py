"""A key in a file: PKCS#12 (RFC 7292), closed again so that a stolen file is worth little.

Our files are encrypted with PBES2 (RFC 8018): AES-256-CBC, PBKDF2 with HMAC-SHA-256. They carry
**no MAC**: the library computes it with 2,048 rounds of another derivation from the same PIN, so
that whoever holds the file could try PINs against the MAC some hundred times faster than the
600,000 rounds allow. A changed file is noticed anyway: each signature is compared with the
certificate in the ledger. `openssl pkcs12` still reads the file (and warns of the missing MAC).
"""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from asn1crypto import pkcs12 as der
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509 import Certificate, load_pem_x509_certificates

from document.errors import BadInput, NiemError, WrongPin
from signing.keys.algorithms import PrivateKey, sign_with, strong

__all__ = ["LEAST_PIN", "MOST_PIN", "ROUNDS", "is_whole", "open_key", "pin_bytes", "protect", "sign_with"]

ROUNDS: Final = 600_000
LEAST_PIN: Final = 8
MOST_PIN: Final = 128
CONVERT: Final = "openssl pkcs12 -legacy -in cu.p12 -out moi.pem -aes256"
_OLD_CIPHERS: Final = tuple(bytes.fromhex("2a864886f70d010c01") + bytes([arc]) for arc in (1, 2, 5, 6))
"""pbeWithSHAAnd… RC4 and RC2 (RFC 7292 appendix C) as they stand in DER: only OpenSSL's legacy provider
reads them. 3DES is read everywhere."""


def protect(
    pkcs12_or_pem: bytes, old_passphrase: str, new_pin: str
) -> tuple[bytes, bytes, tuple[bytes, ...]]:
    """The key of a PKCS#12 or PEM file, closed with `new_pin`; its certificate; the chain, issuer first.

    Certificates are DER. `BadInput` where the PIN is too short, the file does not open, key and
    certificate do not belong together, or the key is too weak.
    """
    secret = pin_bytes(new_pin)
    if len(new_pin) < LEAST_PIN:
        raise BadInput("key.pin_short", least=LEAST_PIN)
    key, certificates = _read(pkcs12_or_pem, _passphrase(old_passphrase))
    if key is None:
        raise BadInput("key.file_without_key")
    if not strong(key):
        raise BadInput("key.weak")
    assert isinstance(key, PrivateKey)
    public = _spki(key.public_key())
    own = next((one for one in certificates if _spki(one.public_key()) == public), None)
    if own is None:
        raise BadInput("key.file_without_certificate")
    chain = _chain(own, certificates)
    return (
        _close(key, own, chain, secret),
        own.public_bytes(Encoding.DER),
        tuple(one.public_bytes(Encoding.DER) for one in chain),
    )


def open_key(data: bytes, pin: str) -> PrivateKey:
    """The private key of a file that `protect` made. `WrongPin` (without a count) for another PIN."""
    try:
        key = pkcs12.load_pkcs12(data, pin_bytes(pin)).key
    except ValueError:
        raise WrongPin("key.wrong_pin", tries=0) from None
    assert isinstance(key, PrivateKey)
    return key


def is_whole(data: bytes) -> bool:
    """Whether `data` has the form of a PKCS#12 file, its first byte to its last; asks for no PIN."""
    try:
        return bool(der.Pfx.load(data, strict=True).authenticated_safe)
    except (ValueError, TypeError):
        return False


def pin_bytes(pin: str) -> bytes:
    """`pin` as bytes, the same from every keyboard (NFC).

    `BadInput` on control characters: below us a NUL ends in a panic whose message shows the PIN.
    """
    if len(pin) > MOST_PIN or any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in pin):
        raise BadInput("key.pin_strange", most=MOST_PIN)
    return unicodedata.normalize("NFC", pin).encode()


def _passphrase(text: str) -> bytes | None:
    # Of a file that somebody else closed: taken as typed, but for the characters that panic.
    if "\0" in text or len(text) > MOST_PIN:
        raise BadInput("key.file_unreadable")
    return text.encode("utf-8", "replace") or None


def _read(data: bytes, passphrase: bytes | None) -> tuple[object, list[Certificate]]:
    try:
        if b"-----BEGIN" in data:
            return _read_pem(data, passphrase)
        bundle = pkcs12.load_pkcs12(data, passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _unreadable(data) from None
    found = [one.certificate for one in (bundle.cert, *bundle.additional_certs) if one is not None]
    return bundle.key, found


def _read_pem(data: bytes, passphrase: bytes | None) -> tuple[object, list[Certificate]]:
    if b"PRIVATE KEY-----" not in data:
        return None, []
    # A plain PEM key refuses a passphrase; one that is not needed does no harm.
    key = load_pem_private_key(data, passphrase if b"ENCRYPTED" in data else None)
    return key, load_pem_x509_certificates(data) if b"BEGIN CERTIFICATE" in data else []


def _unreadable(data: bytes) -> NiemError:
    if any(cipher in data for cipher in _OLD_CIPHERS):
        return BadInput("key.file_legacy", command=CONVERT)
    return BadInput("key.file_unreadable")


def _spki(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _chain(own: Certificate, others: Iterable[Certificate]) -> list[Certificate]:
    """The issuers of `own` among `others`, nearest first; strangers are left out."""
    by_subject = {one.subject.public_bytes(): one for one in others}
    chain: list[Certificate] = []
    last = own
    while (issuer := by_subject.get(last.issuer.public_bytes())) not in (None, own, last, *chain):
        assert issuer is not None
        chain.append(issuer)
        last = issuer
    return chain


def _close(key: PrivateKey, own: Certificate, chain: Sequence[Certificate], secret: bytes) -> bytes:
    how = (
        PrivateFormat.PKCS12.encryption_builder()
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .kdf_rounds(ROUNDS)
        .hmac_hash(SHA256())
        .build(secret)
    )
    file = der.Pfx.load(pkcs12.serialize_key_and_certificates(b"niem", key, own, chain, how))
    del file["mac_data"]
    return bytes(file.dump(force=True))
