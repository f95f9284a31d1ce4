"""Content by the head of the drafting unit, form by the form checker (Decree 30/2020, Đ12; R-SIG-21)."""

from typing import Final

from document.errors import BadInput, Conflict
from document.facts import DocumentFact, PersonFact
from document.faults import NONE, Faults
from office.access import Act, acts, demand, pending, see
from office.parts import DeskLedger
from office.showing import shown as shown_now

LEAST_REASON: Final = 3
"""Characters of a reason that says anything."""
MOST_REASON: Final = 2000


def check(
    ledger: DeskLedger,
    person: PersonFact,
    document_id: str,
    *,
    step: str | None,
    outcome: str,
    reason: str,
    shown: str,
    faults: Faults = NONE,
) -> str:
    """Record that `person` passed or returned one check; gives back the step ("content" or "form").

    `step` None: the first check that waits and that `person` may do. Raises `Denied` when there is none,
    `Conflict("check.shown_changed")` when something else was shown than what stands there now, and
    `BadInput` for an outcome other than "pass" or "return", or a return without a reason.
    """
    document = see(ledger, person, document_id)
    act = Act(step) if step in {Act.CONTENT, Act.FORM} else _first(person, document)
    demand(person, document, act)
    if shown != shown_now(document):
        raise Conflict("check.shown_changed")
    if outcome not in {"pass", "return"}:
        raise BadInput("desk.outcome_unknown")
    said = worded(reason) if outcome == "return" else ""
    faults.point("check.before")
    ledger.decide(document.id, act.value, person.id, shown=shown, outcome=outcome, reason=said)
    faults.point("check.after")
    return act.value


def worded(reason: str) -> str:
    """The reason, trimmed; `BadInput` when it says nothing or is a letter of its own."""
    said = reason.strip()
    if len(said) < LEAST_REASON:
        raise BadInput("desk.reason_needed")
    if len(said) > MOST_REASON:
        raise BadInput("desk.reason_long", most=MOST_REASON)
    return said


def _first(person: PersonFact, document: DocumentFact) -> Act:
    mine = acts(person, document)
    return next((step for step in pending(document) if step in mine), Act.CONTENT)
