"""Who signed: the layer of a signature, its holder, its time, and whether its certificate may sign."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from asn1crypto import x509

from signing.chain import Material, chain
from signing.cms_reading import Cms, token_holds
from signing.evidence import Layer, Reason, TimeSource, reason
from signing.policy import Policy
from signing.trust import Directory, Trust, fingerprint

APART: Final = timedelta(minutes=10)
"""Signer's clock and time-stamping service may differ by this much before it is worth a note (R-CRY-14)."""


@dataclass(frozen=True)
class Holder:
    """Whose certificate it is. `assumed`: told from the subject; `listed`: found in the directory."""

    layer: Layer
    assumed: bool
    listed: bool
    signer: str | None
    organisation: str | None
    managing_unit: str | None


def holder(certificate: x509.Certificate, directory: Directory | None, policy: Policy) -> Holder:
    """The directory's fingerprints first; else the policy's rules on the subject (R 6.1)."""
    print_ = fingerprint(certificate.dump())
    common, body = (_of(certificate.subject, key) for key in ("common_name", _ORGANISATION))
    listed = True
    if directory is not None and print_ in directory.people:
        layer: Layer = "signer"
    elif directory is not None and print_ in directory.organisations:
        layer = "organisation"
    else:
        layer, listed = policy.layer_of(common or "", body or ""), False
    if layer == "organisation":
        return Holder(layer, not listed, listed, None, common, body)
    return Holder(layer, not listed, listed, common, body, body)


_ORGANISATION: Final = "organization_name"


def _of(name: x509.Name, key: str) -> str | None:
    value = name.native.get(key)
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return None if value is None else str(value)


def issuer_of(certificate: x509.Certificate) -> str | None:
    """The issuing authority's name."""
    return _of(certificate.issuer, "common_name") or _of(certificate.issuer, _ORGANISATION)


@dataclass(frozen=True)
class Time:
    """When a signature was made, and who says so."""

    moment: datetime | None
    source: TimeSource | None
    reasons: tuple[Reason, ...] = ()


def time_of(
    message: Cms, claimed: datetime | None, *, trust: Trust, material: Material, policy: Policy
) -> Time:
    """A time stamp that holds and is trusted; else what the signer claims."""
    said = message.claimed or claimed
    if message.token is None:
        if said is None:
            return Time(None, None, (reason("verdict.time_unknown"),))
        return Time(said, "claimed")
    if not token_holds(message):
        return Time(said, "claimed" if said else None, (reason("verdict.timestamp_bad"),))
    if not token_trusted(message.token, trust, material, policy):
        doubt = (reason("verdict.timestamp_untrusted"),) if trust.roots else ()
        return Time(said, "claimed" if said else None, doubt)
    stamped = message.token.stamped
    differs = said is not None and abs(stamped - said) > APART
    return Time(stamped, "timestamp", (reason("verdict.times_differ"),) if differs else ())


def token_trusted(token: Cms, trust: Trust, material: Material, policy: Policy) -> bool:
    """Whether a token comes from a service under a trusted root, made for time stamps and not revoked."""
    usage = token.certificate.extended_key_usage_value
    if usage is None or usage.native != ["time_stamping"] or token.digest not in policy.algorithms.digests:
        return False
    found = chain(token.certificate, token.others, trust=trust, material=material, at=token.stamped)
    return found.trust == "trusted"


def may_sign(certificate: x509.Certificate, policy: Policy) -> bool:
    """Whether key usage and extended key usage fit; an extension that is missing allows everything."""
    key, extended = certificate.key_usage_value, certificate.extended_key_usage_value
    fits = key is None or bool(key.native & policy.usage.key)
    return fits and (extended is None or bool(set(extended.native) & policy.usage.extended))
