"""From the evidence about each signature to one verdict about the file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from signing.evidence import (
    Integrity,
    Layers,
    Order,
    Overall,
    Reason,
    SignatureEvidence,
    Verdict,
    reason,
)
from signing.policy import Policy
from signing.trust import Directory

_SPOILING = frozenset({"verdict.wrong_purpose", "verdict.weak_refused", "verdict.time_in_future"})


@dataclass(frozen=True)
class Findings:
    """What was found about the file as a whole, beside its signatures.

    `breaking`: two readers would not see the same file; `doubts`: it says two things; `notes`: worth saying.
    """

    breaking: tuple[Reason, ...] = ()
    doubts: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()


def unsigned(blank: Verdict) -> Verdict:
    """The verdict about a file without any signature."""
    found = reason("verdict.unsigned")
    return replace(blank, verdict="unsigned", integrity="unsigned", headline=found, reasons=(found,))


def summed(
    blank: Verdict,
    evidence: tuple[SignatureEvidence, ...],
    findings: Findings,
    policy: Policy,
    directory: Directory | None,
) -> Verdict:
    """Put the parts together."""
    integrity = _integrity(evidence, findings.breaking)
    layers = _layers(evidence, policy.layers[blank.document_class])
    evidence = _name_later(evidence, layers)
    sum_ = _Sum(evidence, layers, integrity, findings, policy, directory)
    overall, headline = sum_.overall()
    return replace(
        blank,
        verdict=overall,
        integrity=integrity,
        headline=headline,
        layers=layers,
        signatures=evidence,
        reasons=_once([*findings.breaking, *findings.doubts, *sum_.reasons(), *findings.notes], headline),
    )


def _once(reasons: Iterable[Reason], headline: Reason) -> tuple[Reason, ...]:
    """Each reason once, the headline not again."""
    said = {found.text("en"): found for found in reversed(list(reasons)) if found != headline}
    return tuple(reversed(said.values()))


def _integrity(evidence: Sequence[SignatureEvidence], breaking: Sequence[Reason]) -> Integrity:
    """Of the bytes alone, whatever the certificates are worth."""
    if breaking or any(one.integrity == "broken" for one in evidence):
        return "broken"
    if any(one.modification in {"not_allowed", "unknown"} for one in evidence):
        return "modified"
    return "intact"


def _layers(evidence: Sequence[SignatureEvidence], needed: Sequence[str]) -> Layers:
    sound = [number for number, one in enumerate(evidence) if one.integrity == "intact"]
    signer = tuple(number for number in sound if evidence[number].layer == "signer")
    organisation = tuple(number for number in sound if evidence[number].layer == "organisation")
    order: Order = "unknown"
    if signer and organisation:
        order = "right" if signer[0] < organisation[0] else "wrong"
    present = {"signer": signer, "organisation": organisation}
    return Layers(signer, organisation, order, tuple(layer for layer in needed if not present[layer]))


def _issuing(evidence: Sequence[SignatureEvidence], layers: Layers) -> list[int]:
    """The signatures that make the document: up to the issuing body's; a later body's are a receiver's."""
    if not layers.organisation:
        return list(layers.signer)
    body = evidence[layers.organisation[0]].organisation
    issuing = [number for number in layers.organisation if evidence[number].organisation == body]
    people = [number for number in layers.signer if number < issuing[-1]]
    return sorted([*people, *issuing])


def _name_later(evidence: tuple[SignatureEvidence, ...], layers: Layers) -> tuple[SignatureEvidence, ...]:
    issuing = _issuing(evidence, layers)
    return tuple(
        replace(one, reasons=(*one.reasons, _later(one))) if _is_later(number, one, issuing) else one
        for number, one in enumerate(evidence)
    )


def _is_later(number: int, one: SignatureEvidence, issuing: Sequence[int]) -> bool:
    return one.integrity == "intact" and one.layer != "timestamp" and number not in issuing


def _later(one: SignatureEvidence) -> Reason:
    return reason("verdict.later_signature", name=one.signer or one.organisation or "?")


@dataclass(frozen=True)
class _Sum:
    evidence: tuple[SignatureEvidence, ...]
    layers: Layers
    integrity: Integrity
    findings: Findings
    policy: Policy
    directory: Directory | None

    @property
    def deciding(self) -> list[SignatureEvidence]:
        return [self.evidence[number] for number in _issuing(self.evidence, self.layers)]

    @property
    def later(self) -> list[SignatureEvidence]:
        issuing = _issuing(self.evidence, self.layers)
        return [one for number, one in enumerate(self.evidence) if _is_later(number, one, issuing)]

    def overall(self) -> tuple[Overall, Reason]:
        if self.integrity == "broken":
            return "invalid", reason("verdict.broken")
        if self.integrity == "modified":
            return "invalid", self._first_change()
        if self._is_bad():
            return "invalid", reason("verdict.not_trusted")
        if self.layers.missing:
            return "incomplete", self._missing()
        if self.layers.order == "wrong":
            return "invalid", reason("verdict.order_wrong")
        return self._good()

    def reasons(self) -> list[Reason]:
        """What the signatures have to say about the file."""
        return [found for one in self.evidence for found in one.reasons]

    def _first_change(self) -> Reason:
        """The page where there is one: it says most."""
        changed = [found for one in self.evidence for found in one.reasons if "page" in found.params]
        return next((one for one in changed if one.params["page"] != "?"), reason("verdict.modified"))

    def _is_bad(self) -> bool:
        """Whether the certificate of a signature that makes the document speaks against it."""
        for one in self.deciding:
            codes = {found.code for found in one.reasons}
            if one.trust in {"untrusted", "revoked", "expired"} or codes & _SPOILING:
                return True
        return self._is_strange()

    def _is_strange(self) -> bool:
        """With a directory: whether a layer has nobody whom the office knows."""
        if self.directory is None:
            return False
        known = {one.layer for one in self.deciding if not one.assumed}
        return any(one.layer not in known for one in self.deciding)

    def _missing(self) -> Reason:
        if len(self.layers.missing) > 1:
            return reason("verdict.missing_both")
        return reason(f"verdict.missing_{self.layers.missing[0]}")

    def _good(self) -> tuple[Overall, Reason]:
        if self.findings.doubts:
            return "indeterminate", self.findings.doubts[0]
        two = bool(self.layers.signer and self.layers.organisation)
        if any(one.trust != "trusted" for one in self.later) and self.deciding[0].trust != "unknown":
            # Somebody nobody knows has put something on the page; what it shows is not the body's word.
            return "indeterminate", reason("verdict.later_untrusted")
        if any(one.trust == "unknown" for one in self.deciding):
            return "indeterminate", reason("verdict.valid_no_store" if two else "verdict.single_unchecked")
        if any(one.valid_at_signing is None for one in self.deciding):
            unknown = self.policy.revocation.unknown
            return unknown, reason("verdict.valid_unchecked" if two else "verdict.single_unchecked")
        return "valid", reason(self._valid())

    def _valid(self) -> str:
        if not self.layers.organisation:
            return "verdict.valid_person"
        return "verdict.valid" if self.layers.signer else "verdict.valid_single"
