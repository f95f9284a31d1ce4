"""The desk's web application: its parts put together, and what every answer carries."""

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from office import desk_acts, desk_clerk, desk_documents, desk_entry, desk_errors
from office.desk_pages import Pages
from office.desk_web import HERE, LANGUAGE_COOKIE, Notices, language, secure
from office.parts import DeskSite

MOST_FORM: Final = 256 * 1024
"""Bytes of a form: no form of the desk carries a file."""
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def create_app(site: DeskSite) -> FastAPI:
    """The desk of `site`, for any ASGI server. It starts nothing and owns nothing but its page images."""
    app = FastAPI(title="Niêm", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = site
    app.state.notices = Notices()
    app.state.pages = Pages(site)
    desk_errors.install(app)
    for routes in (desk_entry, desk_documents, desk_acts, desk_clerk):
        app.include_router(routes.router)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")

    @app.middleware("http")
    async def _dressed(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        answer = await go_on(request)
        for name, value in HEADERS.items():
            answer.headers[name] = value
        answer.headers.setdefault("Cache-Control", "no-store")
        if secure(request):
            answer.headers["Strict-Transport-Security"] = "max-age=31536000"
        if request.query_params.get("lang") == language(request):
            answer.set_cookie(LANGUAGE_COOKIE, language(request), max_age=31536000, samesite="strict")
        return answer

    app.add_middleware(SizeLimit)
    return app


class SizeLimit:
    """Forms say their length and keep to it, before anything reads them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST":
            said = dict(scope["headers"]).get(b"content-length", b"")
            # The server hands on no more bytes than the header says; chunked bodies have none.
            status = 411 if not said.isdigit() else 413 if int(said) > MOST_FORM else 0
            if status:
                await Response(status_code=status)(scope, receive, send)
                return
        await self.app(scope, receive, send)
