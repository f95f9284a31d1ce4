"""What every kind of key can do. Where the private key lies is its own affair."""

from collections.abc import Sequence
from typing import Protocol


class SigningKey(Protocol):
    """A key that is open for one act."""

    @property
    def certificate(self) -> bytes:
        """The holder's certificate, DER."""
        ...

    @property
    def chain(self) -> Sequence[bytes]:
        """The certificates above it, DER, issuer first; the root may be missing."""
        ...

    def sign(self, data: bytes) -> bytes:
        """The signature over `data` (not its hash): RSA PKCS#1 v1.5 or ECDSA (DER), with SHA-256.

        Raises `WrongPin`, `KeyLocked` or `Unavailable`.
        """
        ...
