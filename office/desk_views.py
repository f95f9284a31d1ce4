"""Documents as the desk tells them: one shape for pages and programs."""

from typing import Final

from document import messages
from document.clock import Clock, local, local_date
from document.errors import Conflict
from document.facts import DecisionFact, DocumentFact, EventFact, PersonFact, RegisterFact
from document.kinds import KINDS
from document.stages import Stage
from office.access import Act, acts, pending
from office.approve import year_end
from office.parts import Json
from office.register import check_printed_date
from office.showing import shown, shown_files
from office.wording import in_words

_TONE: Final[dict[Stage, str]] = {
    Stage.RETURNED: "bad", Stage.HELD: "bad", Stage.VOID: "bad", Stage.WITHDRAWN: "off",
    Stage.ISSUED: "good", Stage.RECALLED: "off", Stage.REPLACED: "off",
    Stage.CHECKED: "wait", Stage.APPROVED: "wait", Stage.SIGNED: "wait",
}  # fmt: skip
_WAITING: Final = {Act.CONTENT: "stage.unit_head", Act.FORM: "stage.form_check"}
_KIND_NAMES: Final = {kind.code: kind.name for kind in KINDS}


def status(document: DocumentFact, lang: str) -> str:
    """Where it stands, in the words of the office."""
    waiting = pending(document)
    if waiting:
        return messages.text(_WAITING[waiting[0]], lang)
    if document.stage is Stage.RECEIVED and not document.confirmed:
        return messages.text("stage.needs_reading", lang)
    return messages.text(f"stage.{document.stage.value}", lang)


def summary(document: DocumentFact, lang: str) -> Json:
    """A line of a queue."""
    read = document.reading
    return {
        "id": document.id,
        "stage": document.stage.value,
        "status": status(document, lang),
        "tone": _TONE.get(document.stage, "plain"),
        "kind": _KIND_NAMES.get(read.kind.text, read.kind.text),
        "symbol": read.symbol.text,
        "subject": read.subject.text or document.stem,
        "signer": document.signatory.full_name if document.signatory else read.signer.text,
        "unit": document.unit_name,
        "urgency": read.urgency,
        "round": document.round,
        "pages": read.pages,
        "received_at": local(document.received_at).isoformat(),
        "stage_at": local(document.stage_at).isoformat(),
        "needs_pin": document.needs_pin,
        "number_symbol": document.register.number_symbol if document.register else None,
        "issued_on": document.register.issued_on.isoformat() if document.register else None,
        "reason": reason(document, lang),
    }


def reason(document: DocumentFact, lang: str) -> str:
    """Why it was returned or is held: a person's words, or the machine's."""
    if document.stage not in {Stage.RETURNED, Stage.HELD, Stage.WITHDRAWN, Stage.VOID}:
        return ""
    if document.reason:
        stage = (document.held_from or document.stage).value
        return messages.text(
            document.reason, lang, **in_words({"stage": stage} | document.reason_params, lang)
        )
    return next((d.reason for d in reversed(document.decisions) if d.reason and d.outcome == "return"), "")


def detail(document: DocumentFact, person: PersonFact, clock: Clock, lang: str) -> Json:
    """Everything about one document that a page shows."""
    read = document.reading
    allowed = acts(person, document)
    return summary(document, lang) | {
        "stem": document.stem,
        "shown": shown(document),
        "acts": sorted(allowed),
        "issuing_body": read.issuing_body.text,
        "capacity": document.signatory.capacity if document.signatory else read.capacity.text,
        "title": document.signatory.title if document.signatory else read.title.text,
        "sizes": [list(size) for size in read.sizes],
        "recipients": list(read.recipients),
        "files": [
            {
                "ordinal": f.ordinal,
                "role": f.role.value,
                "name": f.name,
                "version": f.version,
                "digest": f.digest,
            }
            for f in shown_files(document)
        ],
        "papers": [
            {"ordinal": f.ordinal, "role": f.role.value, "name": f.name}
            for f in document.files
            if f.role.value in {"data", "source"}
        ],
        "decisions": [decision(d, document, lang) for d in document.decisions],
        "warnings": _warnings(document, allowed, clock, lang),
        "digest": document.digest,
    }


def _warnings(document: DocumentFact, allowed: frozenset[Act], clock: Clock, lang: str) -> list[str]:
    """What whoever decides now should know: it could not be numbered today, or the year is ending."""
    found = []
    if allowed & {Act.CONTENT, Act.FORM, Act.APPROVE}:
        try:
            check_printed_date(document.reading, local_date(clock.now()))
        except Conflict as error:
            found.append(messages.text("desk.printed_early", lang, **error.params))
    ending = year_end(clock.now()) if Act.APPROVE in allowed else None
    if ending:
        found.append(messages.text("desk.year_end", lang, year=ending))
    return found


_VERDICT_TONE: Final = {"valid": "good", "indeterminate": "wait"}


def verdict(body: Json, lang: str) -> Json:
    """What the check of the sealed file found, from the stored JSON contract (docs/verdict.md)."""
    return {
        "tone": _VERDICT_TONE.get(body["verdict"], "bad"),
        "headline": body["headline"][lang],
        "reasons": [found[lang] for found in body["reasons"]],
        "signatures": [
            {"who": one["signer"] or one["organisation"], "at": one["signing_time"], "level": one["level"]}
            for one in body["signatures"]
        ],
    }


def decision(made: DecisionFact, document: DocumentFact, lang: str) -> Json:
    """One decision; `current` says whether it is about what stands there now."""
    return {
        "step": messages.text(step_code(made.step), lang),
        "person": made.person_name,
        "outcome": made.outcome,
        "outcome_text": messages.text(f"desk.outcome_{made.outcome}", lang),
        "reason": made.reason,
        "at": local(made.at).isoformat(),
        "current": made.preparation == document.preparation,
    }


def step_code(step: str) -> str:
    """The message that names a step of a decision."""
    code = f"desk.step_{step.partition('.')[0]}"
    return code if code in messages.catalogue() else "desk.step_other"


def event(happened: EventFact, lang: str) -> Json:
    """One line of the record; an act without wording of its own keeps its name."""
    code = f"desk.act_{happened.act.replace('.', '_')}"
    known = code in messages.catalogue()
    return {
        "at": local(happened.at).isoformat(),
        "act": messages.text(code, lang) if known else happened.act,
        "person": happened.actor_name,
    }


def entry(row: RegisterFact) -> Json:
    """A row of the register."""
    return {
        "document_id": row.document_id,
        "number_symbol": row.number_symbol,
        "issued_on": row.issued_on.isoformat(),
        "kind": _KIND_NAMES.get(row.kind, row.kind),
        "subject": row.subject,
        "signer": row.signer,
        # Column 5 names receivers; the line of the archive copy is column 6 (R-REG-07).
        "recipients": [r.rstrip(" ;.") for r in row.recipients if not r.casefold().startswith("lưu")],
        "archive_unit": row.archive_unit,
        "copies": row.copies,
        "note": row.note,
        "void": row.void,
    }
