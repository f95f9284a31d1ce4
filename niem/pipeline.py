"""The steps of a document, in order. Read this file first.

====  ==========  ==============================  ==========================================
step  started by  takes -> gives                  where
====  ==========  ==============================  ==========================================
1-2   watcher     a file -> Received              `watch_folders/`
3     worker      Received -> Prepared            `prepare_step`
4     people      Prepared -> Checked             `office/check.py`
5-6   leader      Checked -> Approved -> Signed   `office/approve.py`
7     clerk       Signed -> Numbered              `office/register.py`
8     worker      Numbered -> Sealed              `seal_step` (the clerk has opened the key for it)
9     worker      Sealed -> Verified              `verify_step`
10    worker      Verified -> Issued, public      `issue_step`
====  ==========  ==============================  ==========================================

Each step takes a document as the ledger shows it, makes its bytes safe in the vault, then tells the
ledger. A step may be run again after any crash: the same input ends in the same state.
"""

from collections.abc import Callable
from typing import Final

from document.errors import Damaged, KeyLocked, Misconfigured, Refused
from document.facts import DocumentFact, IntentFact, NewProcedure
from document.ledger.work import NewVersion
from document.manifest import FileRole
from document.numbering import widest_number
from document.stages import Stage
from niem.judge import Judged, judge, signers_fault
from niem.parts import Parts
from publisher import procedures
from publisher.deliver import deliver
from signing.appearance import pixels
from signing.keys.client import IntentKey
from signing.making import Made, Wanted, make
from signing.pdf_stages import PreparedAttachment, SignedPdf
from signing.plan import plan_from
from signing.seal import seal, stamp


def prepare_step(parts: Parts, document: DocumentFact) -> None:
    """Received -> Prepared: fields over the blanks, and the whole way rehearsed in memory (points 10, 11).

    Data files are checked here too: before anyone is asked to sign.
    """
    check_data(parts, document)
    # The basis first, then what it names: what changes in between is found out before anybody signs.
    basis, document = parts.ledger.basis(document.id), parts.ledger.document(document.id)
    signatory = document.signatory
    if signatory is None:
        raise Misconfigured("work.no_signatory")
    organisation = parts.ledger.organisation(document.organisation_id)
    if organisation.seal_image is None:
        raise Misconfigured("work.no_seal_image", organisation=organisation.name)
    series = parts.ledger.series_for(document.organisation_id, document.reading.symbol.text)
    image = parts.vault.get(signatory.signature_image) if signatory.signature_image else None
    shape = pixels(image) if image is not None else None
    wanted = Wanted(
        reading=document.reading,
        image=image,
        image_size=(shape.width, shape.height) if shape is not None else None,
        seal_image=parts.vault.get(organisation.seal_image),
        seal_mm=organisation.seal_mm,
        widest_number=widest_number(series.width),
        strict_lock=parts.site.settings.signing.strict_lock,
        font_order=parts.fonts,
    )
    main, *others = _issued_files(document)
    made: Made = parts.children.call(
        make, parts.vault.get(main[1]), [parts.vault.get(digest) for _, digest in others], wanted
    )
    parts.faults.point("prepare.before")
    ordinals = [main[0], *(ordinal for ordinal, _ in others)]
    versions = [_keep(parts, n, data) for n, data in zip(ordinals, made.files, strict=True)]
    parts.ledger.prepared(document.id, {**made.plan.as_json(), "basis": basis}, versions)
    parts.faults.point("prepare.after")


def seal_step(parts: Parts, document: DocumentFact) -> None:
    """Numbered -> Sealed: number, date and the organisation's layer in one revision (point 15).

    Raises `Refused("seal.leader_broken")` when the signers' layer does not verify, `KeyLocked` when the key
    process does not hold the key open for the recorded intents, and `Unavailable` while no time-stamp service
    answers: the document waits.
    """
    intents = parts.ledger.open_intents(document.id)
    if not intents:
        raise KeyLocked("key.closed")
    organisation = parts.ledger.organisation(document.organisation_id)
    if organisation.seal_image is None:
        raise Misconfigured("work.no_seal_image", organisation=organisation.name)
    parts.faults.point("seal.before")
    image = parts.vault.get(organisation.seal_image)
    versions = [_keep(parts, i.ordinal, _sealed_bytes(parts, document, i, image)) for i in intents]
    parts.ledger.sealed(document.id, versions, intents)
    parts.faults.point("seal.after")


def _sealed_bytes(parts: Parts, document: DocumentFact, intent: IntentFact, image: bytes) -> bytes:
    fact = parts.ledger.key(intent.key_id)
    key = IntentKey(parts.keys, intent.id, fact.certificate, fact.chain)
    base = parts.vault.get(intent.base)
    entry = document.register
    if entry is None:
        raise Misconfigured("register.no_number", id=document.id)
    if intent.ordinal == 0:
        fault = signers_fault(parts, base, document)
        if fault:
            raise Refused("seal.leader_broken", detail=fault)
        result: bytes = seal(
            SignedPdf(base),
            plan=plan_from(document.plan),
            number=entry.number_text,
            issued_on=entry.issued_on,
            key=key,
            at=intent.at,
            seal_image=image,
            timestamps=parts.seal_timestamps,
            revocation=parts.revocation,
            font_order=parts.fonts,
        )
    else:
        result = stamp(
            PreparedAttachment(base),
            number_symbol=entry.number_symbol,
            at=intent.at,
            key=key,
            timestamps=parts.seal_timestamps,
            revocation=parts.revocation,
            template=parts.site.settings.signing.attachment_text,
            font_order=parts.fonts,
        )
    if not result.startswith(base):
        raise Damaged("work.prefix", kind="sealed")
    return result


def verify_step(parts: Parts, document: DocumentFact) -> None:
    """Sealed -> Verified, or Held: judged as a stranger would, from the bytes alone (point 16)."""
    parts.faults.point("verify.before")
    verdicts = judged(parts, document)
    bodies = [v.body for v in verdicts]
    bad = next((v for v in verdicts if not v.good), None)
    if bad is None:
        parts.ledger.verified(document.id, bodies)
        parts.faults.point("verify.after")
        return
    parts.ledger.judged(document.id, bodies)
    if bad.disagreement:
        parts.ledger.hold(document.id, "work.second_opinion", document.stage, difference=bad.disagreement)
    else:
        parts.ledger.hold(document.id, "work.verdict_bad", document.stage, verdict=bad.sentence)


def judged(parts: Parts, document: DocumentFact) -> list[Judged]:
    """A verdict about each sealed file, the main one first."""
    return [
        judge(parts, parts.vault.get(digest), ordinal, document)
        for ordinal, digest in _versions(document, "sealed")
    ]


def issue_step(parts: Parts, document: DocumentFact) -> None:
    """Verified -> Issued: delivered to the unit's folder, its procedures public (points 17, 18)."""
    files = {ordinal: parts.vault.get(digest) for ordinal, digest in _versions(document, "sealed")}
    verdict = parts.ledger.verdict(document.id, document.version("sealed") or "") or {}
    headline = verdict.get("headline", {})
    public = parts.site.settings.public
    deliver(
        parts.ledger.folder(document.folder_id),
        document,
        files,
        headline.get("vi", ""),
        headline.get("en", ""),
        pattern=public.file_name,
        length=public.file_name_length,
        faults=parts.faults,
    )
    parts.ledger.issued(document.id, check_data(parts, document))


def check_data(parts: Parts, document: DocumentFact) -> list[NewProcedure]:
    """The procedures of the set's data files, every field checked; empty when there are none."""
    found: list[NewProcedure] = []
    for file in document.files:
        if file.role is FileRole.DATA:
            procedures.may_decide(parts.ledger.organisation(document.organisation_id))
            procedures.must_be_decision(document.reading.kind.text)
            data = parts.vault.get(file.digest)
            found.extend(parts.children.call(procedures.check, data, file.name))
    procedures.refuse_twice(found)
    return found


STEPS: Final[dict[Stage, Callable[[Parts, DocumentFact], None]]] = {
    Stage.RECEIVED: prepare_step,
    Stage.NUMBERED: seal_step,
    Stage.SEALED: verify_step,
    Stage.VERIFIED: issue_step,
}
"""What a worker does at each stage that is the machine's to carry on."""


def _issued_files(document: DocumentFact) -> list[tuple[int, str]]:
    """(ordinal, digest of the PDF) of what will be issued: the main file, then the attachments."""
    issued = (FileRole.MAIN, FileRole.ATTACHMENT)
    return [(f.ordinal, f.pdf) for f in document.files if f.role in issued]


def _versions(document: DocumentFact, kind: str) -> list[tuple[int, str]]:
    ordinals = sorted({v.ordinal for v in document.versions if v.kind == kind})
    found = [(n, document.version(kind, n)) for n in ordinals]
    return [(n, digest) for n, digest in found if digest is not None]


def _keep(parts: Parts, ordinal: int, data: bytes) -> NewVersion:
    return NewVersion(ordinal, parts.vault.put(data), len(data))
