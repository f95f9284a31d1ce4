"""The clerk's pages over HTTP."""

from tests.support.desk import Browser, Office
from tests.support.keyfiles import PIN

LEADERS = ("mau", "thu")


def test_a_batch_is_numbered_and_followed(place: Office, address: str) -> None:
    good = [place.signed(subject=(f"Số {n}",)) for n in range(2)]
    late = place.signed(subject=("In sẵn",), year="2029")
    browser = Browser(address, "so")
    before = browser.get("/clerk").json()
    assert [d["id"] for d in before["signed"]] == [*good, late]
    assert "2029" in before["signed"][2]["obstacle"]
    answer = browser.post("/clerk/seal", ids=[*good, late], pin=PIN).json()
    assert [(n["id"], n["number_symbol"]) for n in answer["numbers"]] == [
        (good[0], "01/QĐ-UBND"),
        (good[1], "02/QĐ-UBND"),
    ]
    assert [(r["id"], r["code"]) for r in answer["refused"]] == [(late, "desk.printed_year")]
    after = browser.get("/clerk").json()
    assert [d["id"] for d in after["moving"]] == good
    place.ledger.release(good[0], needs_pin=True)
    after = browser.get("/clerk").json()
    assert [d["id"] for d in after["numbered"]] == good[:1]
    again = browser.post("/clerk/seal", ids=good[:1], pin=PIN).json()
    assert again["numbers"][0]["number_symbol"] == "01/QĐ-UBND"


def test_the_page_tells_the_numbers_and_the_refusals(place: Office, address: str) -> None:
    good, late = place.signed(subject=("Đúng ngày",)), place.signed(subject=("In sẵn",), year="2029")
    browser = Browser(address, "so")
    sent = {"csrf": browser.csrf, "ids": [good, late], "pin": PIN}
    answer = browser.http.post("/clerk/seal", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/clerk")
    page = browser.http.get("/clerk").text
    assert "01/QĐ-UBND: Đúng ngày" in page
    assert "In sẵn: Năm in sẵn trên văn bản (năm 2029) khác ngày cấp số (14/06/2030)." in page


def test_wrong_pin_and_nothing_chosen_are_told_on_the_page(place: Office, address: str) -> None:
    document_id = place.signed()
    browser = Browser(address, "so")
    for sent, told in (
        ({"pin": "không đúng", "ids": [document_id]}, "Mã PIN không đúng"),
        ({"pin": PIN}, "Chưa chọn văn bản nào"),
    ):
        answer = browser.http.post("/clerk/seal", data={"csrf": browser.csrf, **sent})
        assert answer.headers["location"] == "/clerk"
        assert told in browser.http.get("/clerk").text
    assert browser.post("/clerk/seal", ids=[document_id], pin=PIN).json()["numbers"]


def test_only_the_clerk(place: Office, address: str) -> None:
    document_id = place.signed()
    for login in ("mau", "kiem", "thuc"):
        browser = Browser(address, login)
        assert browser.get("/clerk").status_code == 403
        assert browser.post("/clerk/seal", ids=[document_id], pin=PIN).status_code == 403
    stranger = Browser(address, "cach")  # a clerk, of another organisation
    assert stranger.get("/clerk").json()["signed"] == []
    assert stranger.post("/clerk/seal", ids=[document_id], pin=PIN).status_code == 404
    assert place.ledger.document(document_id).stage == "signed"


def test_the_register_has_the_ten_columns_of_the_decree(place: Office, address: str) -> None:
    browser = Browser(address, "so")
    browser.post("/clerk/seal", ids=[place.signed(subject=("Về việc thử",))], pin=PIN)
    page = browser.http.get("/register").text
    columns = [part.split("<")[0] for part in page.split('<th scope="col">')[1:]]
    assert columns == [
        "Số, ký hiệu văn bản",
        "Ngày tháng văn bản",
        "Tên loại và trích yếu nội dung",
        "Người ký",
        "Nơi nhận văn bản",
        "Đơn vị, người nhận bản lưu",
        "Số lượng bản",
        "Ngày chuyển",
        "Ký nhận",
        "Ghi chú",
    ]
    for cell in ("01/QĐ-UBND", "14/06/2030", "Quyết định Về việc thử", "VT, KSTT"):
        assert cell in page
    (row,) = browser.get("/register?year=2030").json()["rows"]
    assert row["number_symbol"] == "01/QĐ-UBND"
    assert browser.get("/register?year=2029").json()["rows"] == []
    assert browser.get("/register?year=xyz").status_code == 422
    # A leader sees every row, and a way to the documents that are their own.
    opens = {login: Browser(address, login).get("/register").json()["rows"][0]["open"] for login in LEADERS}
    assert opens == {"mau": True, "thu": False}
    assert Browser(address, "kiem").get("/register").status_code == 403
