"""Whether a certificate chains to a root we trust, and whether it was revoked when it signed.

Revocation comes from what the file carries (its DSS) and, when the trust store allows asking, from the
issuers' services - only after the chain has been built without asking anybody, so that no address in a
stranger's certificate is ever called (R-CRY-04).
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from asn1crypto import crl, ocsp, x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    InsufficientRevinfoError,
    NotYetValidError,
    PathBuildingError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)

from signing.cms import certificate
from signing.evidence import Reason, TrustState, reason
from signing.trust import Trust

Revoked = Literal["good", "revoked", "unknown"]

_NONE: Final = RevocationCheckingPolicy(RevocationCheckingRule.NO_CHECK, RevocationCheckingRule.NO_CHECK)
_HOLDER: Final = RevocationCheckingPolicy(
    RevocationCheckingRule.CRL_OR_OCSP_REQUIRED, RevocationCheckingRule.CHECK_IF_DECLARED_SOFT
)
"""The status of the holder's certificate must be known (R-CRY-04); that of the CAs is used where it is."""

_NOT_LEARNT: Final = (InsufficientRevinfoError, PathBuildingError, ValidationError, ValueError)

logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Material:
    """What a file carries besides its signatures: certificates, OCSP answers and CRLs, DER."""

    certificates: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Chain:
    """What was found about one certificate at one moment."""

    trust: TrustState
    revocation: Revoked = "unknown"
    path: tuple[x509.Certificate, ...] = field(default=(), repr=False)
    reasons: tuple[Reason, ...] = ()

    @property
    def is_good(self) -> bool:
        return self.trust == "trusted" and self.revocation == "good"


def chain(
    certificate: x509.Certificate,
    others: Iterable[x509.Certificate],
    *,
    trust: Trust,
    material: Material,
    at: datetime,
) -> Chain:
    """Judge a certificate at the moment `at` (aware): when it signed, not now."""
    if not trust.roots:
        return Chain("unknown", reasons=(reason("verdict.no_trust_store"),))
    between = (*trust.intermediates, *others, *_certificates(material.certificates))
    question = _Question(certificate, between, trust, at)
    try:
        path = question.path(Material(), _NONE)
    except ExpiredError:
        return Chain("expired", reasons=(reason("verdict.expired_at_signing"),))
    except NotYetValidError:
        return Chain("expired", reasons=(reason("verdict.not_yet_valid_at_signing"),))
    except (PathBuildingError, ValidationError, ValueError):
        return Chain("untrusted", reasons=(reason("verdict.untrusted"),))
    state = question.revocation(material)
    if state == "unknown" and trust.online is not None:
        ocsps, crls = trust.online.gather([link.dump() for link in reversed(path)])
        state = question.revocation(Material((), (*material.ocsps, *ocsps), (*material.crls, *crls)))
    if state == "revoked":
        return Chain("revoked", "revoked", path, (reason("verdict.revoked"),))
    return Chain(
        "trusted", state, path, (reason("verdict.revocation_unknown"),) if state == "unknown" else ()
    )


@dataclass(frozen=True)
class _Question:
    certificate: x509.Certificate
    between: tuple[x509.Certificate, ...]
    trust: Trust
    at: datetime

    def revocation(self, material: Material) -> Revoked:
        if not material.ocsps and not material.crls:
            return "unknown"
        try:
            self.path(material, _HOLDER)
        except RevokedError:
            return "revoked"
        except _NOT_LEARNT:
            return self._later(material)
        return "good"

    def _later(self, material: Material) -> Revoked:
        """What an answer given after signing tells: revoked only then means good before.

        certvalidator takes such an OCSP answer for none at all, so it is asked about the later moment.
        """
        later = max((moment for moment in map(_told, material.ocsps) if moment is not None), default=self.at)
        if later <= self.at:
            return "unknown"
        try:
            replace(self, at=later).path(material, _HOLDER)
        except RevokedError as error:
            return "good" if error.revocation_dt > self.at else "revoked"
        except _NOT_LEARNT:
            return "unknown"
        return "unknown"

    def path(self, material: Material, checking: RevocationCheckingPolicy) -> tuple[x509.Certificate, ...]:
        """The path, root first; certvalidator's errors. An answer given later tells when it was revoked."""
        context = ValidationContext(
            trust_roots=list(self.trust.roots),
            other_certs=list(self.between),
            moment=self.at,
            allow_fetching=False,
            ocsps=_parsed(ocsp.OCSPResponse, material.ocsps),
            crls=_parsed(crl.CertificateList, material.crls),
            revinfo_policy=CertRevTrustPolicy(checking, retroactive_revinfo=True),
            time_tolerance=timedelta(minutes=5),
        )
        validator = CertificateValidator(self.certificate, validation_context=context)
        return tuple(asyncio.run(validator.async_validate_path()))


def _certificates(ders: Iterable[bytes]) -> Iterator[x509.Certificate]:
    """Those that can be parsed; each once per process, since its names are slow to make comparable."""
    for der in ders:
        try:
            found = certificate(der)
            found.subject.hashable  # noqa: B018 - asn1crypto parses on use
        except ValueError:
            continue
        yield found


def _told(answer: bytes) -> datetime | None:
    """When an OCSP answer was given; None where there is none in it."""
    try:
        basic = ocsp.OCSPResponse.load(answer).basic_ocsp_response
        moment: datetime = basic["tbs_response_data"]["responses"][0]["this_update"].native
    except (ValueError, TypeError, KeyError, IndexError):
        return None
    return moment


def _parsed(kind: Any, ders: Iterable[bytes]) -> list[Any]:
    """Those that can be parsed; a damaged one proves nothing and is left out."""
    found = []
    for der in ders:
        try:
            found.append(kind.load(der, strict=True))
        except ValueError:
            continue
    return found
