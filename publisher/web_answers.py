"""What every public answer shares: the site, the language, headers, caching, and the map of errors."""

import gzip
import hashlib
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from document import errors, messages
from document.clock import Clock, local_date
from document.errors import BadInput, Denied, NiemError, NotFound, Refused, Unavailable
from publisher import pages
from publisher.listing import Listing
from publisher.pages import Contact
from publisher.store import Limit, Store

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

SMALL: Final = 1024
"""Bytes below which compressing gains nothing."""
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


def site_of(request: Request) -> PublicSite:
    site: PublicSite = request.app.state.site
    return site


def language(request: Request) -> str:
    asked = request.query_params.get("lang", "vi")
    return asked if asked in messages.LANGUAGES else "vi"


async def with_headers(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if response.headers.get("content-type") == "application/pdf":
        del response.headers[
            "Content-Security-Policy"
        ]  # it would bind the browser's own viewer, not the file
    if request.url.path.startswith("/api/"):
        response.headers["Access-Control-Allow-Origin"] = "*"  # open data
    return response


def sent(request: Request, body: bytes, kind: str, status: int = 200, caching: str = CHECK_FIRST) -> Response:
    """`body`, or 304 when the reader has it already; compressed where that is understood and worth it."""
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": caching, "Vary": "Accept-Encoding"}
    known = {one.strip() for one in request.headers.get("if-none-match", "").split(",")}
    if status == 200 and tag in known:
        return Response(status_code=304, headers=headers)
    if len(body) > SMALL and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, 6, mtime=0)
    return Response(body, status, headers, media_type=kind)


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
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
    return sent(request, body, "text/html", status)


def teach_errors(app: FastAPI) -> None:
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
    return page(request, "error.html", status=status, error_text=error.text(lang), error_fix=error.fix(lang))
