"""What every public answer shares: the site, the language, headers, caching, and the map of errors."""

import gzip
import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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

MOST_BODY: Final = 4096
"""Bytes of a request's body; the only one there is says a score and a code."""
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


class Door:
    """What every request passes: HEAD is answered like GET (the server leaves the body out), a body larger
    than a rating's form is not read, and every answer carries the site's headers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                _dress(scope["path"], MutableHeaders(scope=message))
            await send(message)

        if _too_long(Headers(scope=scope)):
            error = BadInput("public.too_long")
            await _problem(Request(scope), error, 413)(scope, receive, dressed)
        else:
            asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
            await self._app(asked, receive, dressed)


def _too_long(headers: Headers) -> bool:
    """A body of unknown length counts as too long: no form is sent that way."""
    size = headers.get("content-length", "0")
    return "transfer-encoding" in headers or not size.isdecimal() or int(size) > MOST_BODY


def _dress(path: str, headers: MutableHeaders) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if headers.get("content-type") == "application/pdf":
        del headers["Content-Security-Policy"]  # it would bind the browser's own viewer, not the file
    if path.startswith("/api/"):
        headers["Access-Control-Allow-Origin"] = "*"  # open data


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
        response = _problem(request, BadInput(code, fields=request.method), error.status_code)
        response.headers.update(error.headers or {})  # which methods there are
        return response

    @app.exception_handler(sqlite3.Error)
    def _store(request: Request, error: sqlite3.Error) -> Response:
        _log.error("public.store", kind=type(error).__name__)
        return _problem(request, Unavailable("public.busy"), 503)

    @app.exception_handler(Exception)
    def _unknown(request: Request, error: Exception) -> Response:
        # The boundary of the public process: the reader learns that it failed, the log which kind.
        _log.error("public.defect", kind=type(error).__name__)
        response = _problem(request, errors.Damaged("public.defect"), 500)
        _dress(request.url.path, response.headers)  # this one is made outside the door
        return response


def _problem(request: Request, error: NiemError, status: int) -> Response:
    lang = language(request)
    if request.url.path.startswith("/api/"):
        body = {"code": error.code, "text": error.text(lang), "fix": error.fix(lang)}
        return JSONResponse({"error": body}, status, {"Cache-Control": "no-store"})
    return page(request, "error.html", status=status, error_text=error.text(lang), error_fix=error.fix(lang))
