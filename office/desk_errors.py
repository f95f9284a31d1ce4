"""The one map from kinds of errors to answers, in one shape, without echoing what was sent."""

from typing import Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from document import errors, messages
from document.errors import NiemError
from office.desk_web import (
    Caller,
    Notices,
    language,
    page,
    said,
    session_or_none,
    sign_in_address,
    site_of,
    wants_json,
    way_back,
)

STATUS: Final[tuple[tuple[type[NiemError], int], ...]] = (
    (errors.BadInput, 400),
    (errors.NotSignedIn, 401),
    (errors.Denied, 403),
    (errors.WrongPin, 403),
    (errors.Refused, 409),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.Unavailable, 503),
    (NiemError, 500),
)
"""The first kind that fits counts."""

_ON_THE_PAGE: Final = (errors.BadInput, errors.WrongPin, errors.Refused, errors.Conflict, errors.Unavailable)
"""Told on the page the form came from, where it can be tried again."""

_log = structlog.get_logger("desk")


def status_of(error: NiemError) -> int:
    """The HTTP status of an error's kind."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


def install(app: FastAPI) -> None:
    """Teach `app` the map."""

    @app.exception_handler(NiemError)
    def _known(request: Request, error: NiemError) -> Response:
        if status_of(error) >= 500:
            _log.error("desk.error", code=error.code)
        return answer(request, error)

    @app.exception_handler(RequestValidationError)
    def _malformed(request: Request, error: RequestValidationError) -> Response:
        # FastAPI's own answer repeats the input, and a PIN may be in it: only the names of fields go out.
        names = sorted({str(problem["loc"][-1]) for problem in error.errors()})
        return answer(request, errors.BadInput("desk.form_wrong", fields=", ".join(names)), 422)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        code = "desk.page_unknown" if error.status_code == 404 else "desk.request_wrong"
        return answer(request, errors.NotFound(code), error.status_code)

    @app.exception_handler(Exception)
    def _unknown(request: Request, error: Exception) -> Response:
        # The boundary of the desk's process. Only the kind is logged: a message could hold what was typed.
        _log.error("desk.defect", kind=type(error).__name__)
        return answer(request, errors.Damaged("desk.defect"), 500)


def answer(request: Request, error: NiemError, status: int | None = None) -> Response:
    """The error in the form the caller wants."""
    lang = language(request)
    code = status or status_of(error)
    if wants_json(request):
        told = said(error, lang)
        body = {"code": error.code, "text": told.text, "fix": told.fix}
        plain = {name: value for name, value in error.params.items() if isinstance(value, str | int)}
        return JSONResponse({"error": body | {"params": plain}}, code)
    if isinstance(error, errors.NotSignedIn):
        return RedirectResponse(sign_in_address(request), 303)
    session = session_or_none(request) if code < 500 or isinstance(error, errors.Unavailable) else None
    back = way_back(request) if request.method == "POST" else None
    again = isinstance(error, _ON_THE_PAGE) and not isinstance(error, errors.Denied)
    if session and back and again:
        notices: Notices = request.app.state.notices
        notices.put(session.csrf, said(error, lang))
        return RedirectResponse(back, 303)
    who = Caller(site_of(request), "", session, lang) if session else None
    title = messages.text("desk.error_title", lang)
    return page(request, "error.html", who=who, status=code, title=title, error=said(error, lang))
