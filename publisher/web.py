"""FastAPI for the public: routes only. Reads the listing, serves signed files, takes anonymous ratings.

It opens no ledger, no vault and no key, and parses no PDF.
"""

import re
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, FastAPI, Form, Request
from fastapi import Query as QueryParameters
from fastapi.responses import FileResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from document import messages
from document.clock import Clock, SystemClock
from document.errors import BadInput, Denied, NotFound, Refused
from publisher import listing, pages
from publisher.listing import Listing
from publisher.pages import Contact
from publisher.search import Query
from publisher.store import SCORES, Limit, Store
from publisher.views import ErrorBody, Organisation, Procedure, Results
from publisher.web_answers import (
    FOR_EVER,
    Door,
    PublicSite,
    language,
    page,
    sent,
    site_of,
    teach_errors,
)

_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": ErrorBody} for status in (404, 422, 503)
}
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
site_pages: Final = APIRouter(include_in_schema=False)
api: Final = APIRouter(prefix="/api/v1/procedures", tags=["procedures"])


def create_app(
    public_root: Path,
    store_path: Path,
    *,
    title: str = "",
    contact: Contact | None = None,
    test_site: bool = False,
    database: str | None = None,
    clock: Clock | None = None,
) -> FastAPI:
    """The public process over `public_root` (written by `publish`) and its own store.

    `title` replaces the catalogue's; `database`: a PostgreSQL URL of the reading role, instead of the file;
    `test_site` says on every page that nothing here is official.
    """
    app = FastAPI(
        title="Niêm: public procedures",
        version="1",
        description="Administrative procedures in force, as issued decisions announce them.",
        docs_url=None,  # its page would load scripts from another site
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        swagger_ui_oauth2_redirect_url=None,
    )
    app.state.site = PublicSite(
        listing=Listing(public_root, database),
        store=Store(store_path),
        files=public_root / "files",
        clock=clock or SystemClock(),
        title={lang: title or messages.text("public.title", lang) for lang in messages.LANGUAGES},
        contact=contact or Contact(),
        test_site=test_site,
        limit=Limit(),
    )
    app.add_middleware(Door)
    teach_errors(app)
    app.include_router(site_pages)
    app.include_router(api)
    return app


class RatingForm(BaseModel):
    """What the form under a procedure sends."""

    score: str = ""
    organisation: str = ""


class Asked(BaseModel):
    """What may be asked of the list."""

    model_config = ConfigDict(extra="ignore")

    q: str = Field("", max_length=200, description="Words of the name or matter; diacritics not needed")
    organisation: str = Field("", description="Code of the announcing body")
    field: str = Field("", description="Lĩnh vực")
    level: str = Field("", description="Bộ | Tỉnh | Xã")
    online: str = Field("", description="FULL | PARTIAL | INFORMATION_ONLY | NONE")
    page: int = Field(1, ge=1, le=1_000_000)
    size: int = Field(listing.PAGE_SIZE, ge=1, le=100)


Site = Annotated[PublicSite, Depends(site_of)]
Lang = Annotated[str, Depends(language)]


@site_pages.get("/")
def show_list(request: Request, site: Site) -> Response:
    """The procedures in force: all, or those that fit."""
    asked = request.query_params
    number = asked.get("page", "1")
    query = Query(
        text=asked.get("q", "")[:200],
        organisation=asked.get("organisation", ""),
        field=asked.get("field", ""),
        level=asked.get("level", ""),
        online=asked.get("online", ""),
        page=int(number) if re.fullmatch(r"\d{1,6}", number, re.ASCII) else 1,
    )
    today = site.today()
    found, facets = site.listing.find(query, today), site.listing.facets(today)
    return page(
        request,
        "list.html",
        query=query,
        found=found,
        groups=pages.grouped(found.items),
        facets=facets,
        organisation=_only(facets["organisation"]),
    )


@site_pages.get("/procedures/{code}")
def show_procedure(request: Request, site: Site, lang: Lang, code: str) -> Response:
    """One procedure in full; a choice where several bodies announce it."""
    asked = request.query_params
    history = _history(site, code, asked.get("organisation", ""))
    bodies = {one.organisation.code: one.organisation for one in history}
    if len(bodies) > 1:
        return page(request, "several.html", code=code, history=history, bodies=list(bodies.values()))
    shown = next((one for one in history if one.id == asked.get("version")), _most_useful(history))
    return page(
        request,
        "procedure.html",
        procedure=shown,
        sections=pages.sections(shown, lang),
        history=history,
        coming=next((one for one in reversed(history) if one.status == "future_effective"), None),
        repealed=next((one for one in history if one.status == "repealed"), None),
        rating=site.store.rating(shown.organisation.code, shown.national_code),
        rated=asked.get("rated") == "1",
        organisation=shown.organisation,
    )


@site_pages.post("/procedures/{code}/rating")
def rate(
    request: Request, site: Site, lang: Lang, code: str, form: Annotated[RatingForm, Form()]
) -> Response:
    """Count an anonymous rating (R-TTHC-10)."""
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise Denied("public.other_site")
    if form.score not in {str(one) for one in SCORES}:
        raise BadInput("public.rating_wrong")
    shown = _active(site, code, form.organisation)[0]
    rated = (shown.organisation.code, shown.national_code)
    client = request.client.host if request.client else ""
    if not site.limit.allows(client, " ".join(rated), site.clock.now()):
        raise Refused("public.rating_too_often")
    site.store.rate(*rated, int(form.score), site.today())
    back = pages.address(lang, f"/procedures/{code}", organisation=form.organisation, rated=1)
    return RedirectResponse(f"{back}#rating", 303)


@site_pages.get("/files/{name}")
def show_file(request: Request, site: Site, name: str) -> Response:
    """A signed PDF, byte for byte as it was issued; only those that the listing names."""
    digest = name.removesuffix(".pdf")
    saved_as = site.listing.file_name(digest) if _DIGEST.fullmatch(digest) else None
    path = site.files / f"{digest}.pdf"
    if saved_as is None or name == digest or not path.is_file():
        raise NotFound("public.unknown_page")
    tag = f'"{digest}"'
    headers = {"ETag": tag, "Cache-Control": FOR_EVER}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return FileResponse(
        path,
        media_type="application/pdf",
        headers=headers,
        filename=saved_as,
        content_disposition_type="inline",
    )


@site_pages.get("/static/public.css")
def show_style(request: Request) -> Response:
    """The one style sheet; its address changes with it."""
    return sent(request, pages.STYLE.read_bytes(), "text/css", caching=FOR_EVER)


@site_pages.get("/healthz")
def health(site: Site) -> dict[str, str]:
    """That the process answers and can read its listing; 503 when it cannot."""
    return {"status": "ok", "listing": site.listing.about().get("number", "0")}


def _only(bodies: list[listing.Facet]) -> Organisation | None:
    """The one body that announces here, whom feedback goes to; None where there are several."""
    return Organisation(code=bodies[0].value, name=bodies[0].label) if len(bodies) == 1 else None


def _history(site: PublicSite, code: str, organisation: str) -> list[Procedure]:
    found = site.listing.history(code, site.today(), organisation)
    if not found:
        raise NotFound("public.unknown_procedure", code=code)
    return found


def _active(site: PublicSite, code: str, organisation: str) -> list[Procedure]:
    found = [one for one in _history(site, code, organisation) if one.status == "active"]
    if not found:
        raise NotFound("public.not_in_force", code=code)
    return found


def _most_useful(history: list[Procedure]) -> Procedure:
    """The one in force; else, of an abolished procedure, the last that said how it went; else the nearest."""
    for status in ("active", "superseded", "repealed"):
        for one in history:
            if one.status == status and (one.steps or status == "repealed"):
                return one
    return history[-1]


@api.get("", response_model=Results, responses=_PROBLEMS)
def procedures(request: Request, site: Site, asked: Annotated[Asked, QueryParameters()]) -> Response:
    """The procedures in force today that fit, a page at a time."""
    query = Query(asked.q, asked.organisation, asked.field, asked.level, asked.online, asked.page)
    found = site.listing.find(query, site.today(), asked.size)
    return sent(request, found.model_dump_json().encode(), "application/json")


@api.get("/{code}", response_model=Procedure | list[Procedure], responses=_PROBLEMS)
def procedure(request: Request, site: Site, code: str, organisation: str = "") -> Response:
    """The procedure in force today; a list where several bodies announce it."""
    found = _active(site, code, organisation)
    texts = [one.model_dump_json() for one in found]
    body = texts[0] if len(texts) == 1 else f"[{','.join(texts)}]"
    return sent(request, body.encode(), "application/json")


@api.get("/{code}/history", response_model=list[Procedure], responses=_PROBLEMS)
def history(request: Request, site: Site, code: str, organisation: str = "") -> Response:
    """Every announcement of the procedure, the newest first: past, present and to come."""
    texts = [one.model_dump_json() for one in _history(site, code, organisation)]
    return sent(request, f"[{','.join(texts)}]".encode(), "application/json")
