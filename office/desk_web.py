"""What every route of the desk shares: who is asking, in which language, in which form the answer goes."""

import hmac
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import Depends, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from document import clock, messages
from document.errors import Denied, NiemError, NotSignedIn, Refused
from document.facts import PersonFact, SessionFact
from document.hosts import is_loopback
from office import people
from office.parts import DeskSite, Json
from office.wording import in_words

HERE: Final = Path(__file__).parent
LANGUAGE_COOKIE: Final = "niem_lang"
_MOST_NOTICES: Final = 1000


@dataclass(frozen=True)
class Notice:
    """One message for the next page: `tone` is good, bad or plain; `lines` follow the text."""

    tone: str
    text: str
    fix: str = ""
    lines: tuple[str, ...] = ()


@dataclass
class Notices:
    """Messages that wait for a session's next page. Only in memory: nothing depends on them."""

    _waiting: OrderedDict[str, Notice] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, session: str, notice: Notice) -> None:
        """Keep `notice` for the session named by its CSRF token."""
        with self._lock:
            self._waiting[session] = notice
            while len(self._waiting) > _MOST_NOTICES:
                self._waiting.popitem(last=False)

    def take(self, session: str) -> Notice | None:
        """The waiting notice, once."""
        with self._lock:
            return self._waiting.pop(session, None)


@dataclass(frozen=True)
class Caller:
    """Who is asking."""

    site: DeskSite
    token: str
    session: SessionFact
    lang: str

    @property
    def person(self) -> PersonFact:
        return self.session.person


def language(request: Request) -> str:
    """`?lang=`, then the cookie, then Vietnamese."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return asked if asked in messages.LANGUAGES else "vi"


def wants_json(request: Request) -> bool:
    """Whether the answer goes to a program."""
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted and "text/html" not in accepted


def secure(request: Request) -> bool:
    return request.url.scheme == "https"


def cookie_name(request: Request) -> str:
    """`__Host-` binds the cookie to this host and to HTTPS; browsers refuse it over plain HTTP."""
    return "__Host-niem_session" if secure(request) else "niem_session"


def site_of(request: Request) -> DeskSite:
    site: DeskSite = request.app.state.site
    return site


def caller(request: Request) -> Caller:
    """Who is signed in; `NotSignedIn` when nobody is."""
    site = site_of(request)
    token = request.cookies.get(cookie_name(request), "")
    return Caller(site, token, people.current(site.ledger, token, site.clock), language(request))


Signed = Annotated[Caller, Depends(caller)]


def poster(who: Signed, csrf: Annotated[str, Form()] = "") -> Caller:
    """Who posts a form: signed in, with the session's own token in the form."""
    if not hmac.compare_digest(csrf.encode(), who.session.csrf.encode()):
        raise Denied("desk.form_old")
    return who


Poster = Annotated[Caller, Depends(poster)]


def same_origin(request: Request) -> None:
    """`Denied` when a page of another site sent this form (the sign-in form has no session to bind to)."""
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise Denied("desk.form_old")


def pin_is_private(request: Request) -> bool:
    """Whether what is typed here cannot be read on the way: HTTPS, or both ends on this machine.

    A proxy on this machine that forgets to say it speaks plain HTTP is told by the name it was asked for.
    """
    if secure(request):
        return True
    host = request.client.host if request.client else ""
    return is_loopback(host) and is_loopback(request.url.hostname or "")


def demand_private(request: Request) -> None:
    """`Refused("desk.pin_needs_https")` on an open line."""
    if not pin_is_private(request):
        raise Refused("desk.pin_needs_https")


@cache
def templates() -> Environment:
    """The pages; a name that is missing is an error, not an empty place."""
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["moment"] = clock.shown
    found.filters["day"] = _day
    return found


def _day(value: date | datetime) -> str:
    on = clock.local_date(value) if isinstance(value, datetime) else value
    return on.strftime("%d/%m/%Y")


def page(
    request: Request, name: str, *, who: Caller | None = None, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page in the caller's language."""
    lang = who.lang if who else language(request)

    def t(code: str, /, **blanks: object) -> str:
        return messages.text(code, lang, **blanks)

    notices: Notices = request.app.state.notices
    common = {
        "t": t,
        "lang": lang,
        "who": who,
        "path": request.url.path,
        "other_lang": _other_language(request, lang),
        "private": pin_is_private(request),
        "test_site": site_of(request).test_site,
        "notice": notices.take(who.session.csrf) if who else None,
    }
    body = templates().get_template(name).render(common | values)
    return HTMLResponse(body, status)


def _other_language(request: Request, lang: str) -> str:
    return str(request.url.include_query_params(lang="en" if lang == "vi" else "vi").query)


def done(request: Request, who: Caller, path: str, notice: Notice, answer: Json) -> Response:
    """The answer to a form that was carried out: to a browser the next page, to a program the JSON."""
    if wants_json(request):
        return JSONResponse(answer)
    notices: Notices = request.app.state.notices
    notices.put(who.session.csrf, notice)
    return RedirectResponse(path, 303)


def said(error: NiemError, lang: str, tone: str = "bad") -> Notice:
    """An error as a message; a stage in it is named in words."""
    worded = type(error)(error.code, **in_words(error.params, lang))
    return Notice(tone, worded.text(lang), worded.fix(lang))


_PLACES: Final = re.compile(r"/(queue|clerk|register|documents/[\w-]{1,64})")
"""Where a sign-in may lead: places of this desk and nothing else."""


def sign_in_address(request: Request) -> str:
    """The way in, and from there to where the caller was going, or had been when the session ended."""
    path = way_back(request) if request.method == "POST" else request.url.path
    return f"/sign-in?to={path}" if path and place(path) != "/queue" else "/sign-in"


def place(path: str) -> str:
    """`path` where it is a place of this desk, else the queue."""
    return path if _PLACES.fullmatch(path) else "/queue"


_BACK: Final = ((re.compile(r"/documents/[\w-]+"), None), (re.compile(r"/clerk"), "/clerk"))


def way_back(request: Request) -> str | None:
    """The page that a refused form came from."""
    for pattern, path in _BACK:
        match = pattern.match(request.url.path)
        if match:
            return path or match.group()
    return None


def session_or_none(request: Request) -> SessionFact | None:
    """The session for a message about an error; never an error itself."""
    site = site_of(request)
    try:
        return people.current(site.ledger, request.cookies.get(cookie_name(request), ""), site.clock)
    except NotSignedIn:
        return None
