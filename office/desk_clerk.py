"""The clerk's pages: numbering and sealing in batches, and the outgoing register."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import SecretStr

from document import messages
from document.clock import local_date
from document.errors import Denied, NiemError
from document.stages import Stage
from office import desk_views as views
from office.desk_web import Caller, Notice, Poster, Signed, demand_private, done, page, wants_json
from office.parts import Json
from office.people import require
from office.register import Batch, check_printed_date, start_sealing

router = APIRouter()

_MOVING: Final = {Stage.NUMBERED, Stage.SEALED, Stage.VERIFIED}
_READERS: Final = ("clerk", "administrator", "leader")
_LATEST: Final = 10


@router.get("/clerk")
def clerk(request: Request, who: Signed) -> Response:
    """What waits for a number or for the PIN again, and what the workers are sealing."""
    require(who.person, "clerk")
    found = _tables(who)
    if wants_json(request):
        return JSONResponse({"csrf": who.session.csrf, **found})
    organisation = who.site.ledger.organisation(who.person.organisation_id)
    return page(request, "clerk.html", who=who, organisation=organisation.name, **found)


def _tables(who: Caller) -> Json:
    ledger, organisation = who.site.ledger, who.person.organisation_id
    today = local_date(who.site.clock.now())
    numbered = ledger.documents(organisation, _MOVING)
    issued = ledger.documents(organisation, {Stage.ISSUED}, limit=_LATEST, newest=True)
    signed = []
    for document in ledger.documents(organisation, {Stage.SIGNED}):
        line = views.summary(document, who.lang)
        try:
            check_printed_date(document.reading, today)
        except NiemError as error:
            line["obstacle"] = error.text(who.lang)
        signed.append(line)
    return {
        "signed": signed,
        "numbered": [views.summary(d, who.lang) for d in numbered if d.needs_pin],
        "moving": [views.summary(d, who.lang) for d in numbered if not d.needs_pin],
        "issued": [views.summary(d, who.lang) for d in issued],
    }


@router.post("/clerk/seal", dependencies=[Depends(demand_private)])
def seal(
    request: Request,
    who: Poster,
    pin: Annotated[SecretStr, Form()],
    ids: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Number the chosen documents and let the workers seal them; answers with the numbers at once."""
    site = who.site
    batch = start_sealing(
        site.ledger,
        site.keys,
        site.clock,
        who.person,
        ids or [],
        pin=pin,
        seconds=site.seal_seconds,
        faults=site.faults,
    )
    return done(request, who, "/clerk", _notice(batch, who.lang), _told(batch, who.lang))


def _notice(batch: Batch, lang: str) -> Notice:
    given = tuple(f"{row.number_symbol}: {row.subject}" for _, row in batch.given)
    refused = tuple(f"{d.reading.subject.text or d.stem}: {why.text(lang)}" for d, why in batch.refused)
    code = "desk.done_seal" if not refused else "desk.done_seal_partly"
    text = messages.text(code, lang, given=len(given), refused=len(refused))
    return Notice("good" if not refused else "bad", text, lines=(*given, *refused))


def _told(batch: Batch, lang: str) -> Json:
    return {
        "numbers": [
            {"id": d.id, "number_symbol": row.number_symbol, "issued_on": row.issued_on.isoformat()}
            for d, row in batch.given
        ],
        "refused": [{"id": d.id, "code": why.code, "text": why.text(lang)} for d, why in batch.refused],
    }


@router.get("/register")
def register(
    request: Request, who: Signed, year: Annotated[int | None, Query(ge=2000, le=2999)] = None
) -> Response:
    """The outgoing register of a year, with the columns of the Decree's annex IV (R-REG-07)."""
    if not any(who.person.has(role) for role in _READERS):
        raise Denied("desk.may_not", name=who.person.full_name)
    ledger, organisation = who.site.ledger, who.person.organisation_id
    this_year = local_date(who.site.clock.now()).year
    of = year or this_year
    every = who.person.has("clerk") or who.person.has("form_checker")
    rows = [
        # The page of a document is there for those who may see it: of a leader's, their own.
        views.entry(row) | {"open": every or row.signer.endswith(who.person.full_name)}
        for row in ledger.register(organisation, of)
    ]
    if wants_json(request):
        return JSONResponse({"year": of, "rows": rows})
    name = ledger.organisation(organisation).name
    return page(request, "register.html", who=who, rows=rows, year=of, this_year=this_year, organisation=name)
