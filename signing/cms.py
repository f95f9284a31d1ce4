"""A signature whose private key lies elsewhere, put together by pyHanko (ETSI EN 319 142-1, B-B and B-T)."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, TypeVar

from asn1crypto import cms, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import load_der_x509_certificate
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from document.clock import shown
from document.errors import Refused, Unavailable
from signing.keys.base import SigningKey
from signing.timestamps import TOKEN_SPACE, Timestamps

T = TypeVar("T")
DIGEST: Final = "sha256"


class KeySigner(Signer):
    """pyHanko's signer over a `SigningKey`: the key is asked once, for the signed attributes."""

    def __init__(self, key: SigningKey) -> None:
        self.key = key
        chain = SimpleCertificateStore()
        chain.register_multiple([certificate(der) for der in key.chain])
        super().__init__(signing_cert=certificate(key.certificate), cert_registry=chain)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001, FBT002 -- pyHanko's signature
        """The signature over the signed attributes, checked against the certificate before it is kept.

        A bare digest through a token's RSA mechanism gives a wrong signature without an error, so nothing
        is believed: raises `Unavailable("signing.bad_signature")`.
        """
        del digest_algorithm
        if dry_run:
            return bytes(_signature_size(self.key.certificate))
        signature = self.key.sign(data)
        if not _verifies(self.key.certificate, signature, data):
            raise Unavailable("signing.bad_signature")
        return signature

    async def unsigned_attrs(
        self,
        digest_algorithm: str,
        signature: bytes,
        signed_attrs: cms.CMSAttributes,
        timestamper: TimeStamper | None = None,
        dry_run: bool = False,  # noqa: FBT001, FBT002 -- pyHanko's signature
    ) -> cms.CMSAttributes | None:
        """The time stamp; without one where no service answers, since the signature exists by now."""
        try:
            return await super().unsigned_attrs(
                digest_algorithm, signature, signed_attrs, timestamper=timestamper, dry_run=dry_run
            )
        except TimestampRequestError:
            return None


def space(key: SigningKey, timestamps: Timestamps | None) -> int:
    """Hexadecimal digits to reserve for the CMS message.

    It depends on nothing but the certificates and the settings, so that a revision made again is the same.
    """
    certificates = len(key.certificate) + sum(map(len, key.chain))
    return 2 * (2048 + certificates + _signature_size(key.certificate) + (TOKEN_SPACE if timestamps else 0))


def check_usable(key: SigningKey, at: datetime) -> None:
    """Refuse a certificate that must not sign at `at`, before its key is touched (R-CRY-01, R-CRY-07).

    Raises `Refused("signing.not_in_validity" | "signing.wrong_purpose" | "signing.weak_key")`.
    """
    found = certificate(key.certificate)
    begin, end = found.not_valid_before, found.not_valid_after
    if not begin <= at <= end:
        raise Refused("signing.not_in_validity", begin=shown(begin), end=shown(end))
    usage = found.key_usage_value
    if usage is not None and not {"digital_signature", "non_repudiation"} & set(usage.native):
        raise Refused("signing.wrong_purpose")
    public = _public_key(key.certificate)
    if public.key_size < (2048 if isinstance(public, rsa.RSAPublicKey) else 256):
        raise Refused("signing.weak_key")


@lru_cache(maxsize=256)
def certificate(der: bytes) -> x509.Certificate:
    """The certificate, parsed once per process."""
    return x509.Certificate.load(der)


def wait(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run one of pyHanko's coroutines to its end, also where this thread has a loop of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


@lru_cache(maxsize=256)
def _public_key(der: bytes) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    key = load_der_x509_certificate(der).public_key()
    if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        return key
    raise Unavailable("signing.bad_signature")


def _signature_size(der: bytes) -> int:
    key = _public_key(der)
    # An ECDSA signature is two numbers of the curve's size with their DER headers (RFC 3279, 2.2.3).
    return key.key_size // 8 if isinstance(key, rsa.RSAPublicKey) else 2 * (key.key_size // 8 + 3) + 4


def _verifies(der: bytes, signature: bytes, data: bytes) -> bool:
    key = _public_key(der)
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
