"""certomancer, told where a built PKI keeps its keys, and made quick.

As it comes it parses and checks an RSA key anew for every signature, some 50 ms; a test suite that
asks for hundreds of timestamps feels that. The backend here keeps keys parsed. Both sides use it: the
build, which issues certificates, and the services, which sign timestamps, OCSP answers and CRLs.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

from asn1crypto import keys
from certomancer import crypto_utils
from certomancer.registry import CertomancerConfig
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
)

RSA_ONLY = "the test PKI uses RSA keys only"


@lru_cache(maxsize=64)
def _parsed(der: bytes) -> RSAPrivateKey:
    key = load_der_private_key(der, password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError(RSA_ONLY)
    return key


class _KeepsKeysParsed(crypto_utils.PycaCryptographyBackend):
    """certomancer's own backend for what the test PKI uses: RSA, PKCS#1 v1.5, SHA-256."""

    def load_private_key(self, key_bytes: bytes, password: bytes | None) -> tuple[Any, Any]:
        key = load_pem_private_key(key_bytes, password, unsafe_skip_rsa_key_validation=True)
        private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return keys.PrivateKeyInfo.load(private), keys.PublicKeyInfo.load(public)

    def generic_sign(self, private_key: Any, tbs_bytes: bytes, sd_algo: Any) -> bytes:
        if sd_algo["algorithm"].native != "sha256_rsa":
            raise TypeError(RSA_ONLY)
        return _parsed(private_key.dump()).sign(tbs_bytes, PKCS1v15(), hashes.SHA256())


def authority(config: dict[str, Any], folder: Path) -> CertomancerConfig:
    """The CAs and services that `config` describes, with the keys in `folder`/keys.

    Where the configuration names certificate files (as a finished build's does), they are read from
    `folder`, so that a service shows exactly the certificates that were issued.
    """
    crypto_utils.CRYPTO_BACKEND = _KeepsKeysParsed()
    return CertomancerConfig(
        config,
        key_search_dir=str(folder / "keys"),
        config_search_dir=str(folder),
        lazy_load_keys=True,
    )
