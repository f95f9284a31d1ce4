"""FastAPI for the public: routes only. Reads the listing, serves signed files, takes anonymous ratings.

It opens no ledger, no vault and no key, and parses no PDF.
"""

import hashlib
import re
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import structlog
from fastapi import Depends, FastAPI, Form, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from document import errors, messages
from document.clock import Clock, SystemClock, local_date
from document.errors import BadInput, Denied, NiemError, NotFound, Refused, Unavailable
from publisher import listing, pages
from publisher.folding import ascii_letters
from publisher.listing import Listing
from publisher.pages import Contact
from publisher.store import SCORES, Limit, Store
from publisher.views import ErrorBody, Procedure, Results

STATUS: Final[tuple[tuple[type[NiemError], int], ...]] = (
    (BadInput, 400),
    (Denied, 403),
    (Refused, 429),
    (NotFound, 404),
    (Unavailable, 503),
    (NiemError, 500),
)
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
FOR_EVER: Final = "public, max-age=31536000, immutable"
"""For what is named by its digest."""
CHECK_FIRST: Final = "public, no-cache"
"""Kept by the browser, asked for each time (ETag): a change is seen at once (R-TTHC-10)."""

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_log = structlog.get_logger("public")


@dataclass(frozen=True)
class PublicSite:
    """The parts of one public process."""

    listing: Listing
    store: Store
    files: Path
    clock: Clock
    title: dict[str, str]
    contact: Contact
    test_site: bool
    limit: Limit

    def today(self) -> date:
        return local_date(self.clock.now())


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
    app.add_middleware(GZipMiddleware, minimum_size=1024)
    app.middleware("http")(_with_headers)
    _teach_errors(app)
    _add_pages(app)
    _add_files(app)
    _add_api(app)
    return app


def site_of(request: Request) -> PublicSite:
    site: PublicSite = request.app.state.site
    return site


def language(request: Request) -> str:
    asked = request.query_params.get("lang", "vi")
    return asked if asked in messages.LANGUAGES else "vi"


Site = Annotated[PublicSite, Depends(site_of)]
Lang = Annotated[str, Depends(language)]


async def _with_headers(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.url.path.startswith("/api/"):
        response.headers["Access-Control-Allow-Origin"] = "*"  # open data
    return response


def _sent(request: Request, body: bytes, kind: str, status: int = 200) -> Response:
    """`body`, or 304 when the reader has it already."""
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": CHECK_FIRST, "Vary": "Accept-Encoding"}
    known = {one.strip() for one in request.headers.get("if-none-match", "").split(",")}
    if status == 200 and tag in known:
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, media_type=kind)


def _page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    site, lang = site_of(request), language(request)
    other = "en" if lang == "vi" else "vi"
    asked = {key: value for key, value in request.query_params.items() if key != "lang"}
    built_at = site.listing.built_at() if status < 500 else None
    body = pages.render(
        template,
        lang,
        site_title=site.title[lang],
        test_site=site.test_site,
        contact=site.contact,
        built_at=built_at.isoformat() if built_at else "",
        other_language=pages.address(other, request.url.path, **asked),
        **values,
    )
    return _sent(request, body, "text/html", status)


def _add_pages(app: FastAPI) -> None:
    @app.get("/", include_in_schema=False)
    def _list(request: Request, site: Site) -> Response:
        asked = request.query_params
        number = asked.get("page", "1")
        query = listing.Query(
            text=asked.get("q", "")[:200],
            organisation=asked.get("organisation", ""),
            field=asked.get("field", ""),
            level=asked.get("level", ""),
            online=asked.get("online", ""),
            page=int(number) if re.fullmatch(r"\d{1,6}", number, re.ASCII) else 1,
        )
        today = site.today()
        found, facets = site.listing.find(query, today), site.listing.facets(today)
        return _page(request, "list.html", query=query, found=found, facets=facets, organisation=None)

    @app.get("/procedures/{code}", include_in_schema=False)
    def _detail(request: Request, site: Site, lang: Lang, code: str) -> Response:
        asked = request.query_params
        history = site.listing.history(code, site.today(), asked.get("organisation", ""))
        if not history:
            raise NotFound("public.unknown_procedure", code=code)
        bodies = {one.organisation.code: one.organisation for one in history}
        if len(bodies) > 1:
            return _page(request, "several.html", code=code, history=history, bodies=list(bodies.values()))
        shown = next((one for one in history if one.id == asked.get("version")), _most_useful(history))
        rating = site.store.rating(shown.organisation.code, shown.national_code)
        return _page(
            request,
            "procedure.html",
            procedure=shown,
            sections=pages.sections(shown, lang),
            history=history,
            coming=next((one for one in reversed(history) if one.status == "future_effective"), None),
            repealed=next((one for one in history if one.status == "repealed"), None),
            rating=rating,
            rated=asked.get("rated") == "1",
            organisation=shown.organisation,
        )

    @app.post("/procedures/{code}/rating", include_in_schema=False)
    def _rate(
        request: Request,
        site: Site,
        lang: Lang,
        code: str,
        score: Annotated[str, Form()] = "",
        organisation: Annotated[str, Form()] = "",
    ) -> Response:
        origin = request.headers.get("origin")
        if origin and urlsplit(origin).netloc != request.headers.get("host"):
            raise Denied("public.other_site")
        if score not in {str(one) for one in SCORES}:
            raise BadInput("public.rating_wrong")
        history = site.listing.history(code, site.today(), organisation)
        if not history:
            raise NotFound("public.unknown_procedure", code=code)
        shown = history[0]
        client = request.client.host if request.client else ""
        name = f"{shown.organisation.code} {shown.national_code}"
        if not site.limit.allows(client, name, site.clock.now()):
            raise Refused("public.rating_too_often")
        site.store.rate(shown.organisation.code, shown.national_code, int(score), site.today())
        back = pages.address(lang, f"/procedures/{code}", organisation=organisation, rated=1)
        return RedirectResponse(f"{back}#rating", 303)


def _most_useful(history: list[Procedure]) -> Procedure:
    """The one in force; else, of an abolished procedure, the last that said how it went; else the nearest."""
    for status in ("active", "superseded", "repealed"):
        for one in history:
            if one.status == status and (one.steps or status == "repealed"):
                return one
    return history[-1]


def _add_files(app: FastAPI) -> None:
    @app.get("/files/{name}", include_in_schema=False)
    def _file(request: Request, site: Site, name: str) -> Response:
        digest = name.removesuffix(".pdf")
        number = site.listing.file_known(digest) if _DIGEST.fullmatch(digest) else None
        path = site.files / f"{digest}.pdf"
        if number is None or name == digest or not path.is_file():
            raise NotFound("public.unknown_page")
        tag = f'"{digest}"'
        headers = {"ETag": tag, "Cache-Control": FOR_EVER}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        shown = "_".join(re.findall(r"[A-Za-z0-9]+", ascii_letters(number)))
        return FileResponse(
            path,
            media_type="application/pdf",
            headers=headers,
            filename=f"{shown}.pdf",
            content_disposition_type="inline",
        )

    @app.get("/static/public.css", include_in_schema=False)
    def _style() -> Response:
        return Response(pages.STYLE.read_bytes(), headers={"Cache-Control": FOR_EVER}, media_type="text/css")

    @app.get("/healthz", include_in_schema=False)
    def _health(site: Site) -> dict[str, str]:
        return {"status": "ok", "listing": site.listing.about().get("number", "0")}


def _add_api(app: FastAPI) -> None:
    wrong: dict[int | str, dict[str, Any]] = {
        404: {"model": ErrorBody},
        422: {"model": ErrorBody},
        503: {"model": ErrorBody},
    }

    @app.get("/api/v1/procedures", response_model=Results, responses={422: wrong[422], 503: wrong[503]})
    def procedures(  # noqa: PLR0917 - each is a parameter of the address
        request: Request,
        site: Site,
        q: Annotated[str, Query(max_length=200, description="Words; without diacritics too")] = "",
        organisation: Annotated[str, Query(description="Code of the announcing body")] = "",
        field: Annotated[str, Query(description="Lĩnh vực")] = "",
        level: Annotated[str, Query(description="Bộ | Tỉnh | Xã")] = "",
        online: Annotated[str, Query(description="FULL | PARTIAL | INFORMATION_ONLY | NONE")] = "",
        page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
        size: Annotated[int, Query(ge=1, le=100)] = listing.PAGE_SIZE,
    ) -> Response:
        """The procedures in force today that fit."""
        query = listing.Query(q, organisation, field, level, online, page)
        found = site.listing.find(query, site.today(), size)
        return _sent(request, found.model_dump_json().encode(), "application/json")

    @app.get("/api/v1/procedures/{code}", response_model=Procedure | list[Procedure], responses=wrong)
    def procedure(request: Request, site: Site, code: str, organisation: str = "") -> Response:
        """The procedure in force today; a list where several bodies announce it."""
        found = site.listing.in_force(code, site.today(), organisation)
        if not found:
            known = site.listing.history(code, site.today(), organisation)
            raise NotFound("public.not_in_force" if known else "public.unknown_procedure", code=code)
        texts = [one.model_dump_json() for one in found]
        body = texts[0] if len(texts) == 1 else f"[{','.join(texts)}]"
        return _sent(request, body.encode(), "application/json")

    @app.get("/api/v1/procedures/{code}/history", response_model=list[Procedure], responses=wrong)
    def history(request: Request, site: Site, code: str, organisation: str = "") -> Response:
        """Every announcement of the procedure, the newest first: past, present and to come."""
        found = site.listing.history(code, site.today(), organisation)
        if not found:
            raise NotFound("public.unknown_procedure", code=code)
        return _sent(request, f"[{','.join(one.model_dump_json() for one in found)}]".encode(), "application/json")


def _teach_errors(app: FastAPI) -> None:
    """The one map from kinds of errors to answers."""

    @app.exception_handler(NiemError)
    def _known(request: Request, error: NiemError) -> Response:
        status = next(code for kind, code in STATUS if isinstance(error, kind))
        if status >= 500:
            _log.error("public.error", code=error.code)
        return _problem(request, error, status)

    @app.exception_handler(RequestValidationError)
    def _malformed(request: Request, error: RequestValidationError) -> Response:
        names = ", ".join(sorted({str(problem["loc"][-1]) for problem in error.errors()}))
        return _problem(request, BadInput("public.wrong_request", fields=names), 422)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        code = "public.unknown_page" if error.status_code == 404 else "public.wrong_request"
        return _problem(request, BadInput(code, fields=request.method), error.status_code)

    @app.exception_handler(sqlite3.Error)
    def _store(request: Request, error: sqlite3.Error) -> Response:
        _log.error("public.store", kind=type(error).__name__)
        return _problem(request, Unavailable("public.busy"), 503)

    @app.exception_handler(Exception)
    def _unknown(request: Request, error: Exception) -> Response:
        # The boundary of the public process: the reader learns that it failed, the log which kind.
        _log.error("public.defect", kind=type(error).__name__)
        return _problem(request, errors.Damaged("public.defect"), 500)


def _problem(request: Request, error: NiemError, status: int) -> Response:
    lang = language(request)
    if request.url.path.startswith("/api/"):
        body = {"code": error.code, "text": error.text(lang), "fix": error.fix(lang)}
        return JSONResponse({"error": body}, status, {"Cache-Control": "no-store"})
    return _page(request, "error.html", status=status, error_text=error.text(lang), error_fix=error.fix(lang))

