"""The way in and the way out."""

import httpx
import pytest

from document.stages import Stage
from document.vault import digest_of
from tests.support.desk import JSON, PASSWORD, Browser, Office
from tests.support.keyfiles import PIN


def test_sign_in_and_out(address: str) -> None:
    browser = Browser(address)
    answer = browser.http.post("/sign-in", data={"login": "mau", "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue")
    cookie = answer.headers["set-cookie"]
    for word in ("niem_session=", "HttpOnly", "SameSite=strict", "Path=/"):
        assert word in cookie
    csrf = browser.get("/queue").json()["csrf"]
    assert browser.http.get("/sign-in").headers["location"] == "/queue"
    assert browser.http.post("/sign-out", data={"csrf": csrf}).status_code == 303
    assert browser.get("/queue").status_code == 401


@pytest.mark.parametrize(("login", "password"), [("mau", "sai mật khẩu"), ("khong-co", PASSWORD)])
def test_a_wrong_password_and_a_wrong_name_get_one_answer(address: str, login: str, password: str) -> None:
    sent = {"login": login, "password": password}
    page = httpx.post(f"{address}/sign-in", data=sent)
    assert page.status_code == 401
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in page.text
    assert f'value="{login}"' in page.text
    assert password not in page.text
    plain = httpx.post(f"{address}/sign-in", data=sent, headers=JSON)
    assert plain.json()["error"]["code"] == "people.sign_in_failed"


def test_a_form_from_another_site_does_not_sign_in(address: str) -> None:
    sent = {"login": "mau", "password": PASSWORD}
    for origin in ("https://elsewhere.example", "null"):
        answer = httpx.post(f"{address}/sign-in", data=sent, headers={"Origin": origin, **JSON})
        assert answer.status_code == 403
    assert httpx.post(f"{address}/sign-in", data=sent, headers={"Origin": address}).status_code == 303


def test_a_stranger_is_led_to_the_way_in(address: str) -> None:
    answer = httpx.get(f"{address}/queue")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_whoever_was_signed_out_in_between_comes_back_to_the_document(place: Office, address: str) -> None:
    document_id = place.checked(subject=("Đang đọc dở",))
    where = f"/documents/{document_id}"
    browser = Browser(address, "mau")
    sent = {"csrf": browser.csrf, "shown": browser.shown(document_id), "pin": PIN}
    place.ledger.close_session(digest_of(browser.http.cookies["niem_session"].encode()))
    answer = browser.http.post(f"{where}/approve", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?to={where}")
    told = browser.http.get(answer.headers["location"]).text
    assert "Phiên làm việc đã kết thúc" in told
    assert f'name="to" value="{where}"' in told
    assert place.ledger.document(document_id).stage is Stage.CHECKED
    entry = {"login": "mau", "password": PASSWORD, "to": where}
    assert browser.http.post("/sign-in", data=entry).headers["location"] == where
    assert "Phiên làm việc đã kết thúc" not in Browser(address).http.get("/sign-in").text


@pytest.mark.parametrize(
    "to", ["//elsewhere.example", "https://elsewhere.example", "/documents/../x", "/static/a"]
)
def test_a_sign_in_leads_nowhere_else(address: str, to: str) -> None:
    assert f'value="{to}"' not in httpx.get(f"{address}/sign-in", params={"to": to}).text
    sent = {"login": "mau", "password": PASSWORD, "to": to}
    assert httpx.post(f"{address}/sign-in", data=sent).headers["location"] == "/queue"


def test_the_language_is_kept(address: str) -> None:
    browser = Browser(address)
    assert "Đăng nhập" in browser.http.get("/sign-in").text
    assert "Sign in" in browser.http.get("/sign-in?lang=en").text
    assert "Sign in" in browser.http.get("/sign-in").text
    assert 'lang="vi"' in browser.http.get("/sign-in?lang=vi").text
    assert 'lang="vi"' in browser.http.get("/sign-in?lang=xx").text


def test_health(place: Office, address: str) -> None:
    assert httpx.get(f"{address}/healthz").json() == {"ok": True}
