"""The desk as one application: what every answer carries, and that a PIN is found nowhere."""

import logging
import sqlite3
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from office.desk import HEADERS, MOST_FORM, create_app
from tests.support.desk import JSON, PASSWORD, Browser, Office
from tests.support.keyfiles import PIN

WRONG = "mã-PIN-gõ-nhầm-9137"


def routes(app: FastAPI) -> dict[str, set[str]]:
    """Every path with its methods."""
    return {path: {name.upper() for name in acts} for path, acts in app.openapi()["paths"].items()}


def test_every_answer_is_dressed(address: str) -> None:
    for path in ("/sign-in", "/queue", "/static/desk.css", "/nothing", "/documents/1"):
        answer = httpx.get(address + path)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert "unsafe" not in answer.headers["content-security-policy"]


def test_pages_are_not_kept_and_carry_no_inline_code(place: Office, address: str) -> None:
    browser = Browser(address, "mau")
    document_id = place.checked()
    for path in ("/sign-in", "/queue", f"/documents/{document_id}", "/register"):
        page = browser.http.get(path)
        assert page.headers["cache-control"] == "no-store"
        assert "<script>" not in page.text
        assert " style=" not in page.text
        assert " onclick=" not in page.text


def test_every_form_of_every_page_carries_the_token(place: Office, address: str) -> None:
    waiting = place.received(confirmed=False)
    prepared, checked = place.prepared(subject=("A",)), place.checked(subject=("B",))
    place.signed(subject=("C",))
    seen = 0
    for login, path in (
        ("kiem", f"/documents/{waiting}"),
        ("kiem", f"/documents/{prepared}"),
        ("mau", f"/documents/{checked}"),
        ("so", "/clerk"),
    ):
        browser = Browser(address, login)
        forms = browser.http.get(path).text.split("<form ")[1:]
        for form in forms:
            seen += 1
            assert f'name="csrf" value="{browser.csrf}"' in form.split("</form>")[0]
    assert seen >= 10


def test_without_a_session_there_is_only_the_way_in(place: Office, address: str) -> None:
    """Every route but four asks who is there."""
    every = routes(create_app(place.site))
    asked = every.keys() - {"/sign-in", "/healthz", "/"}
    assert len(asked) == len(every) - 3 >= 12
    for path, methods in every.items():
        if path not in asked:
            continue
        for method in methods & {"GET", "POST"}:
            address_of = address + path.replace("{number}", "1").replace("{ordinal}", "0")
            answer = httpx.request(
                method, address_of, headers=JSON, data={"x": "y"} if method == "POST" else None
            )
            assert answer.status_code == 401, (method, path)
            assert answer.json()["error"]["code"] == "people.not_signed_in"


def test_a_form_without_the_sessions_own_token_does_nothing(place: Office, address: str) -> None:
    document_id = place.prepared()
    browser = Browser(address, "kiem")
    shown = browser.shown(document_id)
    for csrf in ("", "0" * 43, Browser(address, "kiem").csrf):
        answer = browser.post(f"/documents/{document_id}/check", csrf=csrf, outcome="pass", shown=shown)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "desk.form_old")
    assert place.ledger.document(document_id).decisions == ()


def test_a_form_has_a_length_and_a_limit(address: str) -> None:
    large = httpx.post(f"{address}/sign-in", content=b"x" * (MOST_FORM + 1))
    assert large.status_code == 413
    endless = httpx.post(f"{address}/sign-in", content=iter([b"login=a"]))
    assert endless.status_code == 411


def test_a_pin_is_taken_only_over_a_private_line_and_the_page_says_so(place: Office, address: str) -> None:
    document_id = place.checked()
    browser = Browser(address, "mau")
    shown = browser.shown(document_id)
    browser.http.headers["Host"] = "niem.minhgiang.example"
    page = browser.http.get(f"/documents/{document_id}")
    assert "Chỉ nhập mã PIN qua kết nối HTTPS" in page.text
    assert 'name="pin"' not in page.text
    refused = browser.post(f"/documents/{document_id}/approve", pin=PIN, shown=shown)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "desk.pin_needs_https")
    assert place.ledger.document(document_id).stage == "checked"
    assert place.ledger.open_intents(document_id) == []


def test_behind_a_proxy_with_https_the_cookie_is_bound_and_the_pin_is_taken(
    place: Office, address: str
) -> None:
    document_id = place.checked()
    proxied = {"Host": "niem.minhgiang.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "10.0.0.9"}
    browser = Browser(address, **proxied)
    answer = browser.http.post("/sign-in", data={"login": "mau", "password": PASSWORD}, headers=JSON)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-niem_session=")
    for word in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert word in cookie
    assert "strict-transport-security" in answer.headers
    browser.http.headers["Cookie"] = cookie.split(";")[0]
    browser.csrf = answer.json()["csrf"]
    shown = browser.shown(document_id)
    signed = browser.post(f"/documents/{document_id}/approve", pin=PIN, shown=shown)
    assert signed.status_code == 200, signed.text
    assert place.ledger.document(document_id).stage == "signed"


def test_a_proxy_that_speaks_plain_http_is_not_private(place: Office, address: str) -> None:
    browser = Browser(address, "mau", **{"X-Forwarded-For": "10.0.0.9"})
    page = browser.http.get(f"/documents/{place.checked()}")
    assert 'name="pin"' not in page.text


def test_the_pin_is_found_nowhere(
    place: Office, address: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Right, wrong, in the wrong field and in the wrong place: no answer, log, row or file holds it."""
    caplog.set_level(logging.DEBUG)
    document_id = place.checked()
    browser, clerk = Browser(address, "mau"), Browser(address, "so")
    shown = browser.shown(document_id)
    path = f"/documents/{document_id}/approve"
    answers = [
        browser.post(path, pin=WRONG, shown=shown),
        browser.post(path, pin=WRONG),
        browser.post(path, shown=WRONG, pin=WRONG, csrf=WRONG),
        browser.http.post(path, content=f"pin={WRONG}&pin", headers={"Content-Type": "application/json"}),
        browser.http.post(path, data={"csrf": browser.csrf, "pin": WRONG, "shown": shown}),
        browser.http.get(f"/documents/{document_id}"),
        clerk.post("/clerk/seal", pin=WRONG, ids=[document_id]),
        browser.post(path, pin=PIN, shown=shown),
        clerk.post("/clerk/seal", pin=PIN, ids=[document_id]),
        clerk.get("/clerk"),
    ]
    assert [a.status_code for a in answers] == [403, 422, 403, 403, 303, 200, 200, 200, 200, 200]
    said = [f"{a.text}{a.headers}{a.url}" for a in answers] + [caplog.text]
    with sqlite3.connect(tmp_path / "niem.sqlite") as database:
        said.append("\n".join(database.iterdump()))
    said += [f.read_bytes().decode(errors="replace") for f in tmp_path.rglob("*") if f.is_file()]
    for text in said:
        for pin in (PIN, WRONG):
            assert pin not in text


def test_a_missing_field_is_named_and_nothing_is_repeated(address: str) -> None:
    answer = httpx.post(f"{address}/sign-in", data={"login": "mau-9137"}, headers=JSON)
    assert answer.status_code == 422
    assert "password" in answer.json()["error"]["text"]
    assert "mau-9137" not in answer.text
