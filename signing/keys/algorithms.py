"""Which keys may sign, and how: RSA PKCS#1 v1.5 and ECDSA over SHA-256 (R-CRY-07)."""

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

LEAST_RSA_BITS: Final = 2048
CURVES: Final = frozenset({"secp256r1", "secp384r1", "secp521r1"})


def strong(key: object) -> bool:
    """Whether a private or public `key` is of a kind and length that may sign here."""
    match key:
        case rsa.RSAPrivateKey() | rsa.RSAPublicKey():
            return key.key_size >= LEAST_RSA_BITS
        case ec.EllipticCurvePrivateKey() | ec.EllipticCurvePublicKey():
            return key.curve.name in CURVES
        case _:
            return False


def sign_with(key: PrivateKey, data: bytes) -> bytes:
    """The signature of `key` over `data` (not over its hash); ECDSA as DER."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), SHA256())
    return key.sign(data, ec.ECDSA(SHA256()))


def fits(key: PublicKeyTypes, signature: bytes, data: bytes) -> bool:
    """Whether `signature` over `data` was made by the private half of `key`."""
    try:
        match key:
            case rsa.RSAPublicKey():
                key.verify(signature, data, padding.PKCS1v15(), SHA256())
            case ec.EllipticCurvePublicKey():
                key.verify(signature, data, ec.ECDSA(SHA256()))
            case _:
                return False
    except InvalidSignature:
        return False
    return True
