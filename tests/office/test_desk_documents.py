"""Looking at documents over HTTP."""

import io
from datetime import UTC, datetime, timedelta

from PIL import Image

from tests.support.desk import Browser, Office
from tests.support.pages import Signer

THU = Signer(("TL. CHỦ TỊCH",), "CHÁNH VĂN PHÒNG", "Phạm Văn Thử")


def sections(browser: Browser) -> dict[str, list[str]]:
    """The queue: ids by section."""
    found = browser.get("/queue").json()["sections"]
    return {section["code"]: [d["id"] for d in section["documents"]] for section in found}


def test_everybody_sees_what_waits_for_them(place: Office, address: str) -> None:
    waiting = place.received(confirmed=False)
    prepared = place.prepared(subject=("Đã chuẩn bị",))
    checked = place.checked(subject=("Chờ ký",))
    other = place.checked(subject=("Chờ người khác ký",), signers=(THU,))
    signed = place.signed(subject=("Đã ký",))
    assert sections(Browser(address, "kiem")) == {
        "content": [prepared],
        "confirm": [waiting],
        "moving": [checked, other, signed],
    }
    assert sections(Browser(address, "mau")) == {"sign": [checked], "moving": [prepared, signed]}
    assert sections(Browser(address, "thu")) == {"sign": [other]}
    assert sections(Browser(address, "so"))["seal"] == [signed]
    assert sections(Browser(address, "hop")) == {}
    assert sections(Browser(address, "cach")) == {}
    assert "Văn bản chờ ký" in Browser(address, "mau").http.get("/queue").text


def test_pages_are_drawn_as_they_stand(place: Office, address: str) -> None:
    document_id = place.checked(pages=2, attachment=True)
    browser = Browser(address, "mau")
    files = browser.get(f"/documents/{document_id}").json()["document"]["files"]
    assert [(f["ordinal"], f["role"], f["version"], f["pages"]) for f in files] == [
        (0, "main", "prepared", 2),
        (1, "attachment", "prepared", 1),
    ]
    for number, file, width in ((1, 0, 1240), (2, 0, 800), (1, 1, 1240)):
        path = f"/documents/{document_id}/pages/{number}.png?file={file}&width={width}"
        answer = browser.http.get(path)
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["cache-control"].startswith("private")
        assert Image.open(io.BytesIO(answer.content)).width == width
    for path in ("pages/3.png", "pages/0.png", "pages/1.png?file=2"):
        assert browser.get(f"/documents/{document_id}/{path}").status_code == 404


def test_the_newest_version_is_downloaded(place: Office, address: str) -> None:
    document_id = place.checked(attachment=True)
    browser = Browser(address, "mau")
    document = place.ledger.document(document_id)
    for ordinal, name in ((0, "QD-01.pdf"), (1, "QD-01.phu-luc-1.pdf")):
        answer = browser.http.get(f"/documents/{document_id}/file/{ordinal}")
        digest = document.version("prepared", ordinal)
        assert digest is not None
        assert answer.content == place.site.vault.get(digest)
        assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{name}"
    assert browser.get(f"/documents/{document_id}/file/7").status_code == 404
    assert browser.get(f"/documents/{document_id}/file/0?role=data").status_code == 404


def test_strangers_see_neither_page_nor_image_nor_file(place: Office, address: str) -> None:
    document_id = place.checked()
    for login in ("hop", "thu", "cach"):
        browser = Browser(address, login)
        for path in ("", "/pages/1.png", "/file/0"):
            assert browser.get(f"/documents/{document_id}{path}").status_code == 404
    assert Browser(address, "so").get(f"/documents/{document_id}").status_code == 200


def test_in_the_last_days_of_a_year_the_leader_is_warned(place: Office, address: str) -> None:
    document_id = place.checked()
    place.clock.at = datetime(2030, 12, 29, 3, 0, tzinfo=UTC)
    assert "Sắp hết năm 2030" in Browser(address, "mau").http.get(f"/documents/{document_id}").text
    told = Browser(address, "kiem").get(f"/documents/{document_id}").json()["document"]
    assert told["warnings"] == []


def test_a_round_is_shown_with_the_ones_before(place: Office, address: str) -> None:
    first = place.prepared()
    browser = Browser(address, "kiem")
    reason = "Sai căn cứ tại Điều 2."
    answer = browser.post(
        f"/documents/{first}/check", outcome="return", reason=reason, shown=browser.shown(first)
    )
    assert answer.json()["document"]["reason"] == reason
    second = place.prepared()
    told = browser.get(f"/documents/{second}").json()["document"]
    assert (told["round"], [r["id"] for r in told["rounds"]]) == (2, [first])
    page = browser.http.get(f"/documents/{second}").text
    before = page.index("Lần trình 1 không được phát hành. Lý do:")
    assert before < page.index(reason) < page.index('id="act-content"')  # read before anything is decided
    assert "Trình lần 2" in page


def test_what_ended_last_stands_first(place: Office, address: str) -> None:
    ended = [place.prepared(subject=(f"Số {n}",)) for n in range(3)]
    for document_id in ended:
        place.clock.move(timedelta(minutes=1))
        place.ledger.returned_by_machine(document_id, "prepare.no_number_blank")
    assert sections(Browser(address, "kiem")) == {"ended": ended[::-1]}


def test_a_held_document_says_why_in_words(place: Office, address: str) -> None:
    document_id = place.prepared()
    place.ledger.hold(document_id, "work.three_times")
    told = Browser(address, "kiem").get(f"/documents/{document_id}").json()["document"]
    assert told["status"] == "Tạm dừng, cần xử lý"
    assert "“Chờ kiểm tra nội dung và thể thức”" in told["reason"]


def test_what_a_drafter_wrote_is_never_markup(place: Office, address: str) -> None:
    document_id = place.prepared(subject=("<script>alert(1)</script>",))
    page = Browser(address, "kiem").http.get(f"/documents/{document_id}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
