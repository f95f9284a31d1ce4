"""A signed PDF judged as a stranger would: only its bytes, the trust store and the office's directory.

The checks, in order; each leaves a reason with its code where it finds something:

1. the file opens as it is, nothing repaired, and two independent readers see the same signatures;
2. each signature leaves out nothing but its own value, and holds over the rest;
3. it covers a whole revision of the file;
4. what was changed after it was allowed by it, and by whoever signed next; a field shows what it says;
5. layers, their holders and their order (R-SIG-01, 02), by what kind of file it is (R-SIG-09, 12);
6. when it was signed, and who says so;
7. the certificate: chain, validity and revocation at that time, purpose (R-CRY-04);
8. algorithm and level (R-CRY-07, 12).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import pikepdf

from signing.allowed import Judgement
from signing.chain import Chain, Material, chain
from signing.changes import Revision, Unclear
from signing.classes import told
from signing.embedded import Embedded, signatures
from signing.evidence import DocumentClass, Reason, SignatureEvidence, Verdict, reason
from signing.history import History
from signing.letters import Letters
from signing.policy import DEFAULT, Policy
from signing.second_reader import agrees
from signing.shown import differing
from signing.summary import Findings, summed, unsigned
from signing.trust import Directory, Trust, fingerprint
from signing.who import Holder, Time, holder, issuer_of, may_sign, time_of

__all__ = ["verify"]

AHEAD: Final = timedelta(minutes=10)
"""How far a signer's clock may run ahead of ours."""
_NOBODY: Final = Holder(
    "timestamp", assumed=False, listed=True, signer=None, organisation=None, managing_unit=None
)
"""Holder of a document time stamp."""


def verify(
    pdf: bytes,
    *,
    name: str,
    trust: Trust,
    directory: Directory | None = None,
    policy: Policy = DEFAULT,
    at: datetime,
    document_class: DocumentClass | None = None,
) -> Verdict:
    """Judge one file, called `name` in the verdict; `at` is now (aware). Never raises for its bytes.

    `document_class`: of a caller who knows it; None: told from the file (`classes.py`).
    """
    blank = Verdict(
        file=name,
        sha256=sha256(pdf).hexdigest(),
        size=len(pdf),
        verdict="unreadable",
        integrity="unreadable",
        headline=reason("verdict.unreadable"),
        document_class=document_class or "main",
    )
    try:
        return _Check(pdf, trust, directory, policy, at, known=document_class is not None).run(blank)
    except Exception as error:  # noqa: BLE001 - a parser met with bytes made to break it; nothing may escape
        found = reason("verdict.reader_failed", kind=type(error).__name__)
        return _closed_door(blank, pdf, found)


def _closed_door(blank: Verdict, pdf: bytes, found: Reason) -> Verdict:
    """A file that cannot be read: broken where it claims to be signed, else unreadable. Never unsigned."""
    if b"/ByteRange" not in pdf:
        return replace(blank, reasons=(found,))
    return replace(
        blank, verdict="invalid", integrity="broken", headline=reason("verdict.broken"), reasons=(found,)
    )


@dataclass(frozen=True)
class _Check:
    pdf: bytes
    trust: Trust
    directory: Directory | None
    policy: Policy
    at: datetime
    known: bool
    """Whether the caller said the class of the document."""

    def run(self, blank: Verdict) -> Verdict:
        if not self.pdf[:1024].lstrip().startswith(b"%PDF"):
            return _closed_door(blank, self.pdf, reason("verdict.unreadable"))
        try:
            last = Revision.open(self.pdf)
        except pikepdf.PasswordError:
            return _closed_door(blank, self.pdf, reason("verdict.encrypted"))
        except Unclear:
            return _closed_door(blank, self.pdf, reason("verdict.cannot_open"))
        found = signatures(self.pdf, last.form)
        if not found:
            lost = b"/ByteRange" in self.pdf
            return (
                _closed_door(blank, self.pdf, reason("verdict.signature_lost")) if lost else unsigned(blank)
            )
        if len(found) > self.policy.limits.signatures:
            return _closed_door(blank, self.pdf, reason("verdict.too_many", count=len(found)))
        file_reasons = () if self._readers_agree(found) else (reason("verdict.readers_differ"),)
        history = History(self.pdf, found, last)
        evidence = tuple(self._evidence(found, history, last))
        letters = Letters()
        notes, doubts = _unlike(last, history.filled(), letters)
        if not self.known:
            whole = told(last.pdf, found, evidence, letters)
            blank = replace(blank, document_class=whole.document_class)
            notes = (*whole.reasons, *notes)
        findings = Findings(file_reasons, doubts, notes)
        return summed(blank, evidence, findings, self.policy, self.directory)

    def _readers_agree(self, found: Sequence[Embedded]) -> bool:
        """Check 1; a file with a fault is broken whatever another reader says."""
        return any(one.fault is not None for one in found) or agrees(self.pdf, found)

    # ---- checks 2 to 4: the bytes

    def _evidence(
        self, found: Sequence[Embedded], history: History, last: Revision
    ) -> Iterator[SignatureEvidence]:
        material = _material(last.pdf)
        seen: set[bytes] = set()
        for one in found:
            base = SignatureEvidence(one.name, "broken", "partial")
            covers = history.covers(one)
            if one.fault is not None or one.message is None:
                yield replace(base, reasons=(one.fault or reason("verdict.no_cms"),))
                continue
            if one.contents in seen:
                yield replace(base, reasons=(reason("verdict.same_value"),))
                continue
            seen.add(one.contents)
            judged = history.judged(one) if covers != "partial" else Judgement("unknown")
            marks = [] if one.is_intact else [reason("verdict.digest_wrong")]
            marks += [reason("verdict.partial")] if covers == "partial" else []
            base = replace(
                base,
                integrity="broken" if marks else "intact",
                covers=covers,
                modification=judged.modification,
                reasons=(*marks, *judged.reasons),
            )
            yield self._who(one, base, material, stamped_later=history.stamped_later(one))

    # ---- checks 5 to 8: the people

    def _who(
        self, one: Embedded, base: SignatureEvidence, material: Material, *, stamped_later: bool
    ) -> SignatureEvidence:
        message = one.message
        assert message is not None  # _evidence looked
        certificate = message.certificate
        whose = holder(certificate, self.directory, self.policy)
        if message.is_token:
            whose = _NOBODY
            time = Time(message.stamped, "timestamp")
        else:
            time = time_of(message, one.claimed, trust=self.trust, material=material, policy=self.policy)
        found = chain(
            certificate, message.others, trust=self.trust, material=material, at=time.moment or self.at
        )
        reasons = [*base.reasons, *time.reasons, *found.reasons, *self._notes(one, whose, time)]
        usable = found.trust == "trusted" and not {"verdict.wrong_purpose", "verdict.weak_refused"} & {
            each.code for each in reasons
        }
        return replace(
            base,
            layer=whose.layer,
            assumed=whose.assumed,
            signer=whose.signer,
            organisation=whose.organisation,
            managing_unit=whose.managing_unit,
            issuer=issuer_of(certificate),
            serial=f"{certificate.serial_number:X}",
            fingerprint=fingerprint(certificate.dump()),
            signing_time=time.moment,
            time_source=time.source,
            trust=found.trust,
            certificate_not_before=certificate.not_valid_before,
            certificate_not_after=certificate.not_valid_after,
            valid_at_signing=_valid_at_signing(found, usable=usable),
            algorithm=message.algorithm,
            level=_level(one, time, found, material, stamped_later=stamped_later),
            reasons=tuple(reasons),
        )

    def _notes(self, one: Embedded, whose: Holder, time: Time) -> Iterator[Reason]:
        message = one.message
        assert message is not None
        if whose.layer != "timestamp":
            if not may_sign(message.certificate, self.policy):
                yield reason("verdict.wrong_purpose")
            if self.directory is not None and not whose.listed:
                yield reason("verdict.not_in_directory", name=whose.signer or whose.organisation or "?")
            elif whose.assumed:
                yield reason("verdict.assumed")
        if time.moment is not None and time.moment > self.at + AHEAD:
            yield reason("verdict.time_in_future")
        weak = self.policy.weakness(message.digest, *message.key, time.moment)
        if weak:
            yield reason(weak, algorithm=message.algorithm)


def _unlike(
    last: Revision, filled: frozenset[str], letters: Letters
) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Notes on fields that do not show what they say, and doubts about those filled after a signature.

    A field of the draft may be shown as its form program likes (1.000,00 for 1000), and its signatories saw
    it; a number that was filled in later must be one number for people and for programs.
    """
    fields = list(differing(last.form, letters))
    reasons = {one.name: reason("verdict.field_differs", name=one.name) for one in fields}
    notes = tuple(found for name, found in reasons.items() if name not in filled)
    return notes, tuple(found for name, found in reasons.items() if name in filled)


def _material(pdf: pikepdf.Pdf) -> Material:
    """What the file's security store holds (ISO 32000-2, 12.8.4.3); damaged parts are left out."""
    store: Any = pdf.Root.get("/DSS", pikepdf.Dictionary())
    if not isinstance(store, pikepdf.Dictionary):
        return Material()

    def streams(key: str) -> tuple[bytes, ...]:
        items = store.get(key, pikepdf.Array())
        return tuple(item.read_bytes() for item in items if isinstance(item, pikepdf.Stream))

    return Material(streams("/Certs"), streams("/OCSPs"), streams("/CRLs"))


def _valid_at_signing(found: Chain, *, usable: bool) -> bool | None:
    if found.trust == "unknown" or (usable and found.revocation == "unknown"):
        return None
    return usable and found.is_good


def _level(one: Embedded, time: Time, found: Chain, material: Material, *, stamped_later: bool) -> str | None:
    """PAdES baseline level reached (ETSI EN 319 142-1), `CMS` below it; None for a document time stamp."""
    if one.is_timestamp:
        return None
    message = one.message
    assert message is not None
    if str(one.field.value.get("/SubFilter")) != "/ETSI.CAdES.detached" or not message.names_certificate:
        return "CMS"
    if time.source != "timestamp":
        return "B-B"
    if found.revocation != "good" or not (material.ocsps or material.crls):
        return "B-T"
    return "B-LTA" if stamped_later else "B-LT"
