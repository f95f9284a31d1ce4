"""Who may see a document, and what they may do with it now.

The roles: unit head (content, of their own unit), form checker (form), leader (their own signature,
R-SIG-05), clerk (number and seal, R-SIG-04). Nobody sees another organisation's documents, or learns that
they exist.
"""

from contextlib import suppress
from enum import StrEnum
from typing import Final

from document.errors import Denied, NotFound
from document.facts import DocumentFact, PersonFact
from document.stages import Stage
from office.parts import DeskLedger

_WITHDRAWABLE: Final = {Stage.RECEIVED, Stage.PREPARED, Stage.CHECKED, Stage.APPROVED}


class Act(StrEnum):
    """What a person can do on a document's page."""

    CONFIRM = "confirm"
    """Say that what was read is right, or put it right."""
    CONTENT = "content"
    FORM = "form"
    APPROVE = "approve"
    SEAL = "seal"
    RETURN = "return"
    WITHDRAW = "withdraw"


def heads(person: PersonFact, document: DocumentFact) -> bool:
    """Whether `person` heads the unit that drafted it."""
    return ("unit_head", document.unit_id) in person.roles


def signs(person: PersonFact, document: DocumentFact) -> bool:
    """Whether it is `person` whose name stands under it (R-SIG-05)."""
    return (
        person.has("leader") and document.signatory is not None and document.signatory.person_id == person.id
    )


def may_see(person: PersonFact, document: DocumentFact) -> bool:
    """Whether the document is any business of `person`; what is held is the administrator's too."""
    if person.organisation_id != document.organisation_id:
        return False
    held = document.stage is Stage.HELD and person.has("administrator")
    office_wide = person.has("form_checker") or person.has("clerk") or held
    return office_wide or heads(person, document) or signs(person, document)


def see(ledger: DeskLedger, person: PersonFact, document_id: str) -> DocumentFact:
    """The document; the same `NotFound` when there is none and when it is none of `person`'s business."""
    with suppress(NotFound):
        document = ledger.document(document_id)
        if may_see(person, document):
            return document
    raise NotFound("desk.document_unknown")


def demand(person: PersonFact, document: DocumentFact, act: Act) -> None:
    """`Denied` unless `person` may do `act` to the document as it stands now."""
    if act not in acts(person, document):
        raise Denied("desk.may_not", name=person.full_name)


def pending(document: DocumentFact) -> tuple[Act, ...]:
    """The checks that have not passed yet, in order (R-SIG-21); empty outside of Prepared."""
    if document.stage is not Stage.PREPARED:
        return ()
    return tuple(step for step in (Act.CONTENT, Act.FORM) if not document.passed(step.value))


def acts(person: PersonFact, document: DocumentFact) -> frozenset[Act]:
    """Everything `person` may do to the document as it stands."""
    if not may_see(person, document):
        return frozenset()
    found: set[Act] = set()
    head, checker = heads(person, document), person.has("form_checker")
    waiting = pending(document)
    if document.stage is Stage.RECEIVED and not document.confirmed and (head or checker):
        found |= {Act.CONFIRM, Act.RETURN}
    found |= {step for step in waiting if (head if step is Act.CONTENT else checker)}
    if document.stage in {Stage.CHECKED, Stage.APPROVED} and signs(person, document):
        found |= {Act.APPROVE, Act.RETURN}
    if person.has("clerk"):
        found |= _clerk_acts(document)
    if head and document.stage in _WITHDRAWABLE:
        found.add(Act.WITHDRAW)
    return frozenset(found)


def _clerk_acts(document: DocumentFact) -> set[Act]:
    if document.stage is Stage.SIGNED:
        return {Act.SEAL, Act.RETURN}
    # A numbered one is the workers' until its key turns out to be closed: then the PIN is needed again.
    return {Act.SEAL} if document.stage is Stage.NUMBERED and document.needs_pin else set()
