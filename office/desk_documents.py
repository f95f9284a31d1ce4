"""Looking: the queue, a document's page, its page images and its files."""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from document import messages
from document.errors import NiemError, NotFound
from document.facts import DocumentFact
from document.kinds import KINDS
from document.manifest import FileRole
from document.stages import Stage
from office import desk_views as views
from office.access import Act, acts, may_see, see
from office.desk_pages import Pages
from office.desk_web import Caller, Signed, page, wants_json
from office.parts import Json
from office.showing import shown_files

router = APIRouter()

_ENDED: Final = {Stage.ISSUED, Stage.RETURNED, Stage.WITHDRAWN, Stage.VOID, Stage.RECALLED, Stage.REPLACED}
_MOVING: Final = set(Stage) - _ENDED
_LATEST: Final = 12
"""Ended documents shown below the queue."""
_LOOKED_AT: Final = 200
"""Among how many of the office's latest they are looked for."""
_SECTIONS: Final = (
    ("sign", {Act.APPROVE}),
    ("content", {Act.CONTENT}),
    ("form", {Act.FORM}),
    ("confirm", {Act.CONFIRM}),
    ("seal", {Act.SEAL}),
)
"""What waits for the person, by what they would do; a document stands under the first that fits."""


@router.get("/queue")
def queue(request: Request, who: Signed) -> Response:
    """What waits for the person who is signed in, then what is on its way, then what ended lately."""
    found = _queue(who)
    organisation = who.site.ledger.organisation(who.person.organisation_id)
    if wants_json(request):
        person = {"id": who.person.id, "name": who.person.full_name}
        return JSONResponse({"csrf": who.session.csrf, "person": person, "sections": found})
    return page(request, "queue.html", who=who, sections=found, organisation=organisation.name)


def _queue(who: Caller) -> list[Json]:
    person, ledger = who.person, who.site.ledger
    mine: dict[str, list[Json]] = {code: [] for code, _ in _SECTIONS}
    mine |= {"held": [], "moving": [], "ended": []}
    for document in ledger.documents(person.organisation_id, _MOVING):
        section = _section(who, document)
        if section:
            mine[section].append(views.summary(document, who.lang))
    ended = [
        views.summary(d, who.lang)
        for d in ledger.documents(person.organisation_id, _ENDED, limit=_LOOKED_AT, newest=True)
        if may_see(who.person, d)
    ]
    mine["ended"] = ended[:_LATEST]
    always = {"sign"} if person.has("leader") else set()
    return [
        {"code": code, "title": messages.text(f"desk.queue_{code}", who.lang), "documents": documents}
        for code, documents in mine.items()
        if documents or code in always
    ]


def _section(who: Caller, document: DocumentFact) -> str | None:
    if not may_see(who.person, document):
        return None
    may = acts(who.person, document)
    waiting = next((code for code, wanted in _SECTIONS if wanted & may), None)
    return waiting or ("held" if document.stage is Stage.HELD else "moving")


@router.get("/documents/{document_id}")
def document_page(request: Request, who: Signed, document_id: str) -> Response:
    """One document: its pages, who decided what, and what the person may do."""
    document = see(who.site.ledger, who.person, document_id)
    told = views.detail(document, who.person, who.site.clock, who.lang)
    pages: Pages = request.app.state.pages
    for file in told["files"]:
        file["pages"] = _count(pages, file["digest"])
    told["history"] = [views.event(e, who.lang) for e in who.site.ledger.history(document.id)]
    told["rounds"] = [
        views.summary(d, who.lang)
        for d in who.site.ledger.dossier(document.dossier_id)
        if d.id != document.id
    ]
    sealed = document.version("sealed")
    judged = who.site.ledger.verdict(document.id, sealed) if sealed else None
    told["verdict"] = views.verdict(judged, who.lang) if judged else None
    if wants_json(request):
        return JSONResponse({"csrf": who.session.csrf, "document": told})
    confirming = _confirming(who, document) if Act.CONFIRM in told["acts"] else None
    return page(request, "document.html", who=who, document=told, confirming=confirming)


def _count(pages: Pages, digest: str) -> int:
    """0 when the file cannot be drawn (purged, or not readable): the page itself still stands."""
    try:
        return pages.count(digest)
    except NiemError:
        return 0


def _confirming(who: Caller, document: DocumentFact) -> Json:
    """What the form for confirming a reading starts from."""
    read = document.reading
    names = ("issuing_body", "symbol", "subject", "capacity", "title", "signer")
    boxes = {
        **{name: blank.box for name in ("number", "day", "month", "year") if (blank := getattr(read, name))},
        **({"signature": read.signature_area} if read.signature_area else {}),
    }
    return {
        "fields": [
            {"name": n, "text": getattr(read, n).text, "sure": round(getattr(read, n).confidence * 100)}
            for n in names
        ],
        "kind": read.kind.text,
        "kind_sure": round(read.kind.confidence * 100),
        "kinds": [(k.code, k.name) for k in KINDS],
        "signatories": who.site.ledger.signatories(document.organisation_id),
        "boxes": boxes,
        "missing": [n for n in ("number", "day", "month", "year", "signature") if n not in boxes],
        "sizes": read.sizes,
    }


@router.get("/documents/{document_id}/pages/{number}.png")
def page_image(
    request: Request,
    who: Signed,
    document_id: str,
    number: int,
    *,
    file: Annotated[int, Query(ge=0)] = 0,
    width: Annotated[int, Query(ge=1)] = 1240,
) -> Response:
    """Page `number` (from 1) of one file as it stands now, PNG."""
    document = see(who.site.ledger, who.person, document_id)
    pages: Pages = request.app.state.pages
    png = pages.png(_file(document, file), number - 1, width)
    # The address carries the digest (v=): what is drawn for one address never changes.
    return Response(png, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


@router.get("/documents/{document_id}/file/{ordinal}")
def download(who: Signed, document_id: str, ordinal: int, role: str = "") -> Response:
    """The newest version of a file as PDF; with `role` data or source, the paper beside it as dropped."""
    document = see(who.site.ledger, who.person, document_id)
    if role:
        return _paper(who, document, role, ordinal)
    data = who.site.vault.get(_file(document, ordinal))
    name = document.register.number_symbol.replace("/", "-") if document.register else document.stem
    suffix = f".phu-luc-{ordinal}" if ordinal else ""
    return _attachment(data, f"{name}{suffix}.pdf", "application/pdf")


def _paper(who: Caller, document: DocumentFact, role: str, ordinal: int) -> Response:
    for file in document.files:
        if file.role in {FileRole.DATA, FileRole.SOURCE} and (file.role, file.ordinal) == (role, ordinal):
            return _attachment(who.site.vault.get(file.digest), file.name, "application/octet-stream")
    raise NotFound("desk.file_unknown")


def _file(document: DocumentFact, ordinal: int) -> str:
    for file in shown_files(document):
        if file.ordinal == ordinal:
            return file.digest
    raise NotFound("desk.file_unknown")


def _attachment(data: bytes, name: str, kind: str) -> Response:
    header = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return Response(data, media_type=kind, headers={"Content-Disposition": header})
