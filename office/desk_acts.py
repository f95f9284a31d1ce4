"""Acting on one document: check, confirm what was read, approve and sign, return, withdraw."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from pydantic import SecretStr

from document import messages
from office import desk_views as views
from office.access import Act, acts, may_see
from office.approve import approve as approve_document
from office.check import check as check_document
from office.confirm import Confirmed
from office.confirm import confirm as confirm_document
from office.desk_web import Caller, Notice, Poster, demand_private, done
from office.give_back import give_back
from office.give_back import withdraw as withdraw_document

router = APIRouter(prefix="/documents/{document_id}")
Text = Annotated[str, Form()]


def _answer(request: Request, who: Caller, document_id: str, code: str, **blanks: object) -> Response:
    """Back to the queue, where the next document waits; on to the other check where it is theirs too."""
    document = who.site.ledger.document(document_id)
    told: dict[str, Any] = {"id": document_id, "stage": document.stage.value}
    if may_see(who.person, document):
        told = views.detail(document, who.person, who.site.clock, who.lang)
    name = document.reading.subject.text or document.stem
    text = messages.text(code, who.lang, subject=name, **blanks)
    more = acts(who.person, document) & {Act.CONTENT, Act.FORM}
    path = f"/documents/{document_id}" if more else "/queue"
    return done(request, who, path, Notice("good", text), {"document": told})


@router.post("/check")
def check(
    request: Request,
    who: Poster,
    *,
    document_id: str,
    outcome: Text,
    shown: Text,
    reason: Text = "",
    step: Text = "",
) -> Response:
    """Pass or return the content or the form."""
    taken = check_document(
        who.site.ledger,
        who.person,
        document_id,
        step=step or None,
        outcome=outcome,
        reason=reason,
        shown=shown,
        faults=who.site.faults,
    )
    code = f"desk.done_{taken}" if outcome == "pass" else "desk.done_return"
    return _answer(request, who, document_id, code)


@router.post("/approve", dependencies=[Depends(demand_private)])
def approve(
    request: Request, who: Poster, document_id: str, pin: Annotated[SecretStr, Form()], shown: Text
) -> Response:
    """Approve what was shown and sign it."""
    site = who.site
    approve_document(
        site.ledger,
        site.vault,
        site.keys,
        site.clock,
        who.person,
        document_id=document_id,
        shown=shown,
        pin=pin,
        timestamps=site.timestamps,
        font_order=site.font_order,
        faults=site.faults,
    )
    return _answer(request, who, document_id, "desk.done_approve")


@router.post("/return")
def give_it_back(request: Request, who: Poster, document_id: str, shown: Text, reason: Text) -> Response:
    """Return it with a reason."""
    give_back(who.site.ledger, who.person, document_id, shown=shown, reason=reason)
    return _answer(request, who, document_id, "desk.done_return")


@router.post("/withdraw")
def withdraw(request: Request, who: Poster, document_id: str, reason: Text) -> Response:
    """The unit takes it back."""
    withdraw_document(who.site.ledger, who.person, document_id, reason=reason)
    return _answer(request, who, document_id, "desk.done_withdraw")


@router.post("/confirm")
def confirm(
    request: Request,
    who: Poster,
    *,
    document_id: str,
    issuing_body: Text,
    symbol: Text,
    kind: Text,
    subject: Text,
    title: Text,
    signer: Text,
    capacity: Text = "",
    box_number: Text = "",
    box_day: Text = "",
    box_month: Text = "",
    box_year: Text = "",
    box_signature: Text = "",
) -> Response:
    """Say what stands on the page."""
    boxes = {
        "number": box_number,
        "day": box_day,
        "month": box_month,
        "year": box_year,
        "signature": box_signature,
    }
    said = Confirmed(issuing_body, symbol, kind, subject, capacity, title, signer, boxes)
    confirm_document(who.site.ledger, who.site.clock, who.person, document_id, said)
    return _answer(request, who, document_id, "desk.done_confirm")
