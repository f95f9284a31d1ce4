"""Whom we believe: trust roots, and the office's directory of its own certificates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal, Protocol

from asn1crypto import pem, x509

from document.errors import Misconfigured

TEST_MARK: Final = "(TEST ONLY)"
"""In the name of every CA that certifies nothing but tests; such a root has no place on a real site."""


class RevocationSource(Protocol):
    """Asks the issuers' services. Only certificates that already chain to a trust root are given to it."""

    def gather(self, chain: Sequence[bytes], /) -> tuple[list[bytes], list[bytes]]:
        """OCSP answers and CRLs (DER) for a chain (DER, the holder's certificate first, the root last).

        What cannot be had is left out; nothing is raised for it.
        """
        ...


@dataclass(frozen=True)
class Trust:
    """Roots and intermediates (parsed), and how to learn whether a certificate was revoked.

    `online` is None where only what the file itself carries may be used (embedded).
    """

    roots: tuple[x509.Certificate, ...] = ()
    intermediates: tuple[x509.Certificate, ...] = ()
    online: RevocationSource | None = None
    test_site: bool = False

    @property
    def revocation(self) -> Literal["online", "embedded"]:
        return "embedded" if self.online is None else "online"

    @classmethod
    def load(
        cls,
        pem_paths: Iterable[Path],
        *,
        test_site: bool = False,
        intermediates: Iterable[Path] = (),
        online: RevocationSource | None = None,
    ) -> "Trust":
        """Read PEM (or DER) files of roots; the self-signed ones of `intermediates` do not become roots.

        Raises `Misconfigured`: `verdict.root_unreadable`, `verdict.test_root` (a test CA on a real site).
        """
        roots = [certificate for path in pem_paths for certificate in _certificates(path)]
        between = [certificate for path in intermediates for certificate in _certificates(path)]
        for certificate in [*roots, *between]:
            subject: str = certificate.subject.human_friendly
            if TEST_MARK in subject and not test_site:
                raise Misconfigured("verdict.test_root", subject=subject)
        return cls(tuple(roots), tuple(between), online, test_site)


@dataclass(frozen=True)
class Directory:
    """The office's own certificates: SHA-256 fingerprint of the DER (hex, lower case) -> whose it is."""

    people: Mapping[str, str] = field(default_factory=dict)
    organisations: Mapping[str, str] = field(default_factory=dict)


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of a DER certificate, lower-case hex."""
    return sha256(certificate).hexdigest()


def _certificates(path: Path) -> list[x509.Certificate]:
    try:
        data = path.read_bytes()
        ders = [der for _, _, der in pem.unarmor(data, multiple=True)] if pem.detect(data) else [data]
        certificates = [x509.Certificate.load(der, strict=True) for der in ders]
        for certificate in certificates:
            _ = certificate.subject.human_friendly, certificate.public_key  # parsed lazily: parse now
    except (OSError, ValueError) as error:
        raise Misconfigured("verdict.root_unreadable", path=str(path)) from error
    return certificates
