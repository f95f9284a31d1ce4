"""Acting on a document over HTTP, as programs and as pages do."""

import pytest

from document.stages import Stage
from document.tables import Role
from tests.support.desk import Browser, Office
from tests.support.keyfiles import PIN


def test_the_whole_way_to_the_signature(place: Office, address: str) -> None:
    document_id = place.prepared()
    path = f"/documents/{document_id}"
    for login, stage in (("kiem", "prepared"), ("thuc", "checked")):
        browser = Browser(address, login)
        answer = browser.post(f"{path}/check", outcome="pass", shown=browser.shown(document_id))
        assert answer.status_code == 200, answer.text
        assert answer.json()["document"]["stage"] == stage
    leader = Browser(address, "mau")
    answer = leader.post(f"{path}/approve", pin=PIN, shown=leader.shown(document_id))
    assert answer.status_code == 200, answer.text
    assert answer.json()["document"]["stage"] == "signed"


def test_a_page_goes_back_to_the_queue_and_says_what_was_done(place: Office, address: str) -> None:
    document_id = place.prepared(subject=("Về việc thử",))
    browser = Browser(address, "kiem")
    sent = {"csrf": browser.csrf, "outcome": "pass", "shown": browser.shown(document_id)}
    answer = browser.http.post(f"/documents/{document_id}/check", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue")
    assert "Đã kiểm tra nội dung: Về việc thử" in browser.http.get("/queue").text
    assert "Đã kiểm tra nội dung: Về việc thử" not in browser.http.get("/queue").text


def test_whoever_holds_both_checks_stays_for_the_second(place: Office, address: str) -> None:
    document_id = place.prepared()
    kiem = place.person("kiem")
    with place.ledger.writing() as session:
        session.add(
            Role(id="both", organisation_id=kiem.organisation_id, person_id=kiem.id, role="form_checker")
        )
    browser = Browser(address, "kiem")
    sent = {"csrf": browser.csrf, "outcome": "pass", "shown": browser.shown(document_id)}
    for step, led_to in (("content", f"/documents/{document_id}"), ("form", "/queue")):
        answer = browser.http.post(f"/documents/{document_id}/check", data={**sent, "step": step})
        assert (answer.status_code, answer.headers["location"]) == (303, led_to)
    document = place.ledger.document(document_id)
    assert document.stage is Stage.CHECKED
    assert [d.person_name for d in document.decisions] == ["Nguyễn Thị Kiểm"] * 2


def test_a_wrong_pin_is_told_where_it_was_typed(place: Office, address: str) -> None:
    document_id = place.checked()
    browser = Browser(address, "mau")
    sent = {"csrf": browser.csrf, "pin": "không đúng", "shown": browser.shown(document_id)}
    answer = browser.http.post(f"/documents/{document_id}/approve", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/documents/{document_id}")
    assert "Mã PIN không đúng. Còn 49 lần thử" in browser.http.get(f"/documents/{document_id}").text
    assert place.ledger.document(document_id).stage is Stage.CHECKED
    answer = browser.post(f"/documents/{document_id}/approve", pin="không đúng", shown=sent["shown"])
    assert answer.status_code == 403
    assert answer.json()["error"]["params"] == {"tries": 48}
    assert browser.post(f"/documents/{document_id}/approve", pin=PIN, shown=sent["shown"]).status_code == 200


def test_the_leader_returns_it_also_after_approving(place: Office, address: str) -> None:
    first, second = place.checked(subject=("Một",)), place.checked(subject=("Hai",))
    browser = Browser(address, "mau")
    shown = browser.shown(second)
    intent = place.ledger.plan_intent(second, place.person("mau").id, "leader", shown)
    place.ledger.approve(intent.id, shown)
    for document_id in (first, second):
        path = f"/documents/{document_id}/return"
        empty = browser.post(path, shown=browser.shown(document_id), reason="  ")
        assert empty.json()["error"]["code"] == "desk.reason_needed"
        answer = browser.post(path, shown=browser.shown(document_id), reason="Chưa đúng thẩm quyền.")
        assert answer.status_code == 200, answer.text
        document = place.ledger.document(document_id)
        assert document.stage is Stage.RETURNED
        assert document.decisions[-1].reason == "Chưa đúng thẩm quyền."


def test_the_unit_takes_it_back_before_it_is_signed(place: Office, address: str) -> None:
    document_id = place.checked()
    browser = Browser(address, "kiem")
    answer = browser.post(f"/documents/{document_id}/withdraw", reason="Cần bổ sung phụ lục.")
    assert answer.json()["document"]["stage"] == "withdrawn"
    signed = place.signed(subject=("Đã ký",))
    assert browser.post(f"/documents/{signed}/withdraw", reason="Muộn rồi.").status_code == 403
    assert place.ledger.document(signed).stage is Stage.SIGNED


def test_somebody_quicker_is_named_by_the_step_it_stands_at(place: Office, address: str) -> None:
    document_id = place.prepared()
    browser = Browser(address, "kiem")
    shown = browser.shown(document_id)
    assert browser.post(f"/documents/{document_id}/check", outcome="pass", shown=shown).status_code == 200
    again = browser.post(f"/documents/{document_id}/check", outcome="pass", shown=shown, step="content")
    assert again.status_code == 403


@pytest.mark.parametrize("act", ["check", "approve", "return", "withdraw"])
def test_another_units_document_does_not_exist(place: Office, address: str, act: str) -> None:
    document_id = place.prepared()
    sent = {"outcome": "pass", "shown": "0" * 64, "reason": "Không phải của tôi.", "pin": PIN}
    answer = Browser(address, "hop").post(f"/documents/{document_id}/{act}", **sent)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "desk.document_unknown")


def test_a_person_confirms_what_was_read(place: Office, address: str) -> None:
    document_id = place.received(confirmed=False)
    browser = Browser(address, "kiem")
    page = browser.http.get(f"/documents/{document_id}").text
    assert "chưa chắc chắn" in page
    assert page.count("<rect ") == 5
    said = {
        "issuing_body": "ỦY BAN NHÂN DÂN TỈNH MINH GIANG",
        "symbol": "QĐ-UBND",
        "kind": "QĐ",
        "subject": "Về việc  đã xem lại",
        "capacity": "KT. CHỦ TỊCH",
        "title": "PHÓ CHỦ TỊCH",
        "signer": "Trần Văn Mẫu",
    }
    unknown = browser.post(f"/documents/{document_id}/confirm", **{**said, "signer": "Người Không Có"})
    assert unknown.json()["error"]["code"] == "intake.signer_unknown"
    assert not place.ledger.document(document_id).confirmed
    answer = browser.post(f"/documents/{document_id}/confirm", **said, box_number="0,100,700,140,712")
    assert answer.status_code == 200, answer.text
    document = place.ledger.document(document_id)
    assert document.confirmed
    assert document.signatory is not None
    assert document.signatory.full_name == "Trần Văn Mẫu"
    assert document.reading.subject.text == "Về việc đã xem lại"
    assert document.reading.number is not None
    assert (document.reading.number.box.x0, document.reading.number.box.x1) == (100, 140)
    assert document.reading.confidence == 1.0
