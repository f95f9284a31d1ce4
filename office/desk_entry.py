"""In and out: the way in, the way out, and whether the desk is there."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import SecretStr

from document.errors import NiemError
from office import people
from office.desk_errors import answer, status_of
from office.desk_web import (
    Poster,
    cookie_name,
    language,
    page,
    place,
    said,
    same_origin,
    secure,
    session_or_none,
    site_of,
    wants_json,
)
from office.parts import Json

router = APIRouter()


@router.get("/healthz")
def healthz(request: Request) -> Json:
    """Whether this process answers and its record can be read."""
    site_of(request).ledger.documents(None, set(), limit=1)
    return {"ok": True}


@router.get("/")
def start() -> Response:
    """The first page is the queue."""
    return RedirectResponse("/queue", 303)


@router.get("/sign-in")
def sign_in_page(request: Request, to: str = "") -> Response:
    """The way in; somebody who is in already goes on."""
    if session_or_none(request):
        return RedirectResponse(place(to), 303)
    return page(
        request,
        "sign_in.html",
        login="",
        to=place(to),
        error=None,
        ended=cookie_name(request) in request.cookies,
    )


@router.post("/sign-in", dependencies=[Depends(same_origin)])
def sign_in(
    request: Request,
    login: Annotated[str, Form()],
    password: Annotated[SecretStr, Form()],
    to: Annotated[str, Form()] = "",
) -> Response:
    """A session for the right password; the same answer for a wrong name and a wrong password."""
    site = site_of(request)
    try:
        token, session = people.sign_in(
            site.ledger, login.strip(), password.get_secret_value(), site.clock, hours=site.session_hours
        )
    except NiemError as error:
        if wants_json(request):
            return answer(request, error)
        wrong = said(error, language(request))
        again: Json = {"login": login[:60], "to": place(to), "error": wrong, "ended": False}
        return page(request, "sign_in.html", status=status_of(error), **again)
    done: Response
    if wants_json(request):
        done = JSONResponse({"person": session.person.full_name, "csrf": session.csrf})
    else:
        done = RedirectResponse(place(to), 303)
    done.set_cookie(
        cookie_name(request), token, httponly=True, samesite="strict", secure=secure(request), path="/"
    )
    return done


@router.post("/sign-out")
def sign_out(request: Request, who: Poster) -> Response:
    """End the session."""
    site = site_of(request)
    people.sign_out(site.ledger, who.token)
    done: Response = JSONResponse({"ok": True}) if wants_json(request) else RedirectResponse("/sign-in", 303)
    done.delete_cookie(cookie_name(request), path="/", secure=secure(request), httponly=True)
    return done
