"""Giving a document back with a reason, and the unit's own taking back before it is signed."""

from document.errors import Conflict
from document.facts import PersonFact
from document.stages import Stage
from office.access import Act, demand, heads, see
from office.check import worded
from office.parts import DeskLedger
from office.showing import shown as shown_now

_STEP = {Stage.CHECKED: "approve", Stage.APPROVED: "unapprove", Stage.SIGNED: "number"}
"""Under which step a return is recorded; `approve` about the same digest is taken once it was approved."""


def give_back(ledger: DeskLedger, person: PersonFact, document_id: str, *, shown: str, reason: str) -> None:
    """Return the document to its unit: by its leader, by the clerk before the number, or by the one who
    was to confirm what was read.

    Raises `Denied`, `BadInput` without a reason, `Conflict` when something else was shown.
    """
    document = see(ledger, person, document_id)
    demand(person, document, Act.RETURN)
    if shown != shown_now(document):
        raise Conflict("check.shown_changed")
    step = _STEP.get(document.stage) or ("content" if heads(person, document) else "form")
    ledger.return_document(document.id, person.id, step, shown, worded(reason))


def withdraw(ledger: DeskLedger, person: PersonFact, document_id: str, *, reason: str) -> None:
    """Take the document back (Rút lại), by the head of its unit, before it is signed."""
    document = see(ledger, person, document_id)
    demand(person, document, Act.WITHDRAW)
    ledger.withdraw(document.id, document.unit_id, worded(reason), person.id)
