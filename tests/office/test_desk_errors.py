"""The map from errors to answers."""

import inspect

import httpx

from document import errors
from document.errors import NiemError
from office.desk_errors import STATUS, status_of
from office.parts import DeskSite
from tests.support.desk import JSON, Browser, Office, serving


def test_every_kind_has_its_status() -> None:
    expected = {
        "NiemError": 500, "BadInput": 400, "Returnable": 400, "Refused": 409, "NotSignedIn": 401,
        "Denied": 403, "WrongPin": 403, "NotFound": 404, "Conflict": 409, "Unavailable": 503,
        "KeyLocked": 503, "Damaged": 500, "Misconfigured": 500,
    }  # fmt: skip
    kinds = {
        name: kind
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, NiemError)
    }
    assert {name: status_of(kind("desk.defect")) for name, kind in kinds.items()} == expected


def test_a_narrow_kind_stands_before_its_wider_one() -> None:
    seen: list[type[NiemError]] = []
    for kind, _ in STATUS:
        assert not any(issubclass(kind, wider) for wider in seen)
        seen.append(kind)


def test_an_error_is_told_in_the_callers_form_and_language(address: str) -> None:
    browser = Browser(address, "mau")
    page = browser.http.get("/documents/none")
    assert page.status_code == 404
    assert "<h1>" in page.text
    told = browser.get("/documents/none?lang=en").json()["error"]
    assert told["code"] == "desk.document_unknown"
    assert told["text"] == "There is no such document."
    assert told["params"] == {}


def test_unknown_pages_and_methods(address: str) -> None:
    for method, path, status in (
        ("GET", "/nothing", 404),
        ("GET", "/sign-out", 405),
        ("DELETE", "/queue", 405),
    ):
        answer = httpx.request(method, address + path, headers=JSON)
        assert answer.status_code == status
        assert answer.json()["error"]["code"].startswith("desk.")


def test_a_defect_tells_nothing_of_itself(place: Office) -> None:
    """A part that breaks in an unforeseen way: here, a record that is not one."""
    broken = DeskSite(**{**vars(place.site), "ledger": "secret-in-a-message"})
    with serving(broken) as address:
        for headers in (JSON, {}):
            answer = httpx.get(f"{address}/healthz", headers=headers)
            assert answer.status_code == 500
            assert "secret-in-a-message" not in answer.text
            assert "Traceback" not in answer.text
