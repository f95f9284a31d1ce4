"""The public pages and the API as a browser and a program get them; T-25."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import httpx
import pytest

from tests.support.issued import IssuingOffice, sample_procedures
from tests.support.public_site import DIGEST, PDF, PublicSite, site_with_samples


@pytest.fixture
def empty(office: IssuingOffice) -> Iterator[PublicSite]:
    with PublicSite(office) as site:
        yield site


@pytest.fixture
def own(empty: PublicSite) -> PublicSite:
    """The six samples, for a test that changes something."""
    empty.office.issue(sample_procedures(), pdf=PDF)
    empty.publish()
    return empty


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicSite]:
    """The six samples, for tests that only look."""
    with site_with_samples(tmp_path_factory.mktemp("site")) as shared:
        yield shared


def test_before_anything_is_published_the_page_says_so(empty: PublicSite) -> None:
    assert "Chưa có thủ tục nào được công khai." in empty.text("/")
    assert empty.json("/api/v1/procedures")["total"] == 0
    assert empty.json("/healthz") == {"status": "ok", "listing": "0"}


def test_a_new_listing_is_seen_at_once(own: PublicSite) -> None:
    assert "6 thủ tục đang có hiệu lực" in own.text("/")
    own.office.issue([replace(sample_procedures()[0], code="1.900009")])
    own.publish()
    assert "7 thủ tục đang có hiệu lực" in own.text("/")


def test_the_list_carries_level_text_and_feedback(site: PublicSite) -> None:
    page = site.text("/")
    for said in ("Phản ánh, kiến nghị", "số 01 đường Hòa Bình", "0200 0000 000", "Trực tuyến toàn trình",
                 "Trực tuyến một phần", "7 ngày làm việc", "Cấp xã"):  # fmt: skip
        assert said in page


def test_search_and_filters_narrow_the_list(site: PublicSite) -> None:
    assert site.text("/?q=he+pho").count('class="name"') == 1
    assert site.text("/", 200).count('class="name"') == 6
    assert site.text("/?level=X%C3%A3&online=FULL").count('class="name"') == 2
    assert "Không có thủ tục phù hợp" in site.text("/?q=xuat+khau")


def test_the_procedure_page_has_every_part_and_the_decision(site: PublicSite) -> None:
    page = site.text("/procedures/1.900005")
    for part in ("Trình tự thực hiện", "Cách thức thực hiện", "Thành phần hồ sơ", "Thời hạn giải quyết",
                 "Đối tượng thực hiện", "Cơ quan giải quyết", "Địa điểm tiếp nhận", "Mẫu đơn, tờ khai",
                 "Kết quả thực hiện", "Yêu cầu, điều kiện", "Phí, lệ phí", "Căn cứ pháp lý"):  # fmt: skip
        assert page.count(f"<h2>{part}") == 1, part
    for said in ("Phải kiểm tra tại chỗ",
        "Số 01/QĐ-UBND ngày 14/06/2030", "Văn bản đủ 2 lớp chữ ký số, còn nguyên vẹn.",
                 "Trần Văn Mẫu", "ỦY BAN NHÂN DÂN TỈNH MINH GIANG", "Ký lúc 14/06/2030 09:30:15",
                 f"/files/{DIGEST}.pdf", "Phản ánh, kiến nghị", "35/2024/QH15", "Mẫu số 06."):  # fmt: skip
        assert said in page, said


def test_english_keeps_the_decisions_words(site: PublicSite) -> None:
    page = site.text("/procedures/1.900005?lang=en")
    assert '<html lang="en">' in page
    assert "Both layers of digital signatures are present; the document is intact." in page
    assert re.search(r"<li>Bước 1\.", page)
    assert '<ul lang="vi" class="steps">' in page
    assert 'href="/procedures/1.900005"' in page
    assert "lang=en" in site.text("/?lang=en")


@pytest.mark.parametrize(
    "address", ["/", "/?q=ho+tro", "/procedures/1.900001", "/procedures/1.900005?lang=en"]
)
def test_pages_are_light_and_ask_nobody_else(site: PublicSite, address: str) -> None:
    page = site.text(address)
    style = re.findall(r'href="(/static/[^"]+)"', page)
    assert len(style) == 1
    assert len(page.encode()) + len(site.text(style[0]).encode()) < 30_000
    assert "<script" not in page
    assert not re.search(r"(src|srcset|action)=\"(https?:)?//", page)
    assert 'name="viewport"' in page


def test_answers_forbid_scripts_and_frames(site: PublicSite) -> None:
    for address in ("/", "/procedures/1.900001", "/nowhere", "/api/v1/procedures"):
        headers = site.http.get(address).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in headers


def test_what_is_announced_cannot_become_markup(own: PublicSite) -> None:
    evil = sample_procedures()[0]
    own.office.issue([replace(evil, code="1.900009", data=evil.data | {"name": "<script>alert(1)</script>"})])
    own.publish()
    for address in ("/", "/procedures/1.900009", "/?q=%22%3E%3Cscript%3E"):
        assert "<script" not in own.text(address)


def test_an_unchanged_page_is_not_sent_again(own: PublicSite) -> None:
    for address in ("/", "/api/v1/procedures", "/procedures/1.900001", f"/files/{DIGEST}.pdf"):
        tag = own.http.get(address).headers["etag"]
        assert own.http.get(address, headers={"if-none-match": tag}).status_code == 304
    tag = own.http.get("/").headers["etag"]
    own.office.issue([])
    own.office.issue([replace(sample_procedures()[0], code="1.900009")])
    own.publish()
    assert own.http.get("/", headers={"if-none-match": tag}).status_code == 200


def test_the_signed_file_is_served_byte_for_byte(site: PublicSite) -> None:
    answer = site.http.get(f"/files/{DIGEST}.pdf")
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'inline; filename="01_QD_UBND.pdf"'
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" not in answer.headers
    assert site.http.get(f"/files/{DIGEST}.pdf", headers={"range": "bytes=0-3"}).content == b"%PDF"


def test_what_is_issued_with_the_decision_is_listed_under_it(own: PublicSite) -> None:
    annex = b"%PDF-1.7 the stamped appendix"
    own.office.issue(
        [replace(sample_procedures()[0], code="1.900009")], pdf=b"%PDF another", attachments=(annex,)
    )
    own.publish()
    decision = own.json("/api/v1/procedures/1.900009")["decision"]
    (attached,) = decision["attachments"]
    assert decision["verdict"]["headline"]["en"].startswith("Both layers")
    assert attached["digest"] == hashlib.sha256(annex).hexdigest()
    assert attached["verdict"]["headline"]["vi"].startswith("Tệp có chữ ký số hợp lệ của cơ quan")
    answer = own.http.get(attached["file"])
    assert answer.content == annex
    assert answer.headers["content-disposition"] == 'inline; filename="02_QD_UBND_Phu_luc_1.pdf"'
    page = own.text("/procedures/1.900009")
    assert "Văn bản ban hành kèm theo" in page
    assert f'<a href="{attached["file"]}">Phụ lục 1 (PDF)</a>' in page
    assert attached["verdict"]["headline"]["vi"] in page
    assert "Phụ lục 1" not in own.text("/procedures/1.900001")


def test_pages_are_compressed_for_those_who_can(site: PublicSite) -> None:
    packed = site.http.get("/procedures/1.900001")
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(packed.content) / 2
    plain = site.http.get("/procedures/1.900001", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == packed.content


@pytest.mark.parametrize("name", ["../current", "x.pdf", f"{'0' * 64}.pdf", DIGEST, "..%2fcurrent"])
def test_no_other_file_is_served(site: PublicSite, name: str) -> None:
    (site.office.root / "public" / "files" / f"{'0' * 64}.pdf").write_bytes(b"not named by the listing")
    assert site.http.get(f"/files/{name}").status_code == 404


def test_the_api_answers_the_procedure_in_force(site: PublicSite) -> None:
    one = site.json("/api/v1/procedures/1.900005")
    assert one["status"] == "active"
    assert one["decision"]["digest"] == DIGEST
    assert one["decision"]["verdict"]["verdict"] == "valid"
    assert one["time_limit"] == {
        "value": 3,
        "unit": "ngày làm việc",
        "text": "Kể từ ngày nhận đủ hồ sơ hợp lệ.",
    }
    found = site.json("/api/v1/procedures?q=he%20pho&organisation=minh-giang&field=&level=X%C3%A3&page=1")
    assert [item["code"] for item in found["items"]] == ["1.900005"]
    assert site.json("/api/v1/procedures?size=4&page=2")["pages"] == 2


def test_where_several_bodies_announce_it_the_api_gives_a_list(own: PublicSite) -> None:
    own.office.issue([sample_procedures()[0]], body="tan-mau")
    own.publish()
    both = own.json("/api/v1/procedures/1.900001")
    assert {one["organisation"]["code"] for one in both} == {"minh-giang", "tan-mau"}
    one = own.json("/api/v1/procedures/1.900001?organisation=tan-mau")
    assert one["organisation"]["name"] == "ỦY BAN NHÂN DÂN XÃ TÂN MẪU"
    assert "Nhiều cơ quan công bố" in own.text("/procedures/1.900001")
    assert '<span lang="vi">ỦY BAN NHÂN DÂN XÃ TÂN MẪU</span>' in own.text("/?q=1.900001")
    assert "Trình tự thực hiện" in own.text("/procedures/1.900001?organisation=tan-mau")


def test_abolition_and_change_are_told(own: PublicSite) -> None:
    first, second = sample_procedures()[:2]
    own.office.issue(
        [
            replace(first, act="bãi bỏ", effective_from=date(2030, 6, 18), data=first.data | {"steps": []}),
            replace(second, act="sửa đổi, bổ sung", effective_from=date(2030, 9, 1)),
        ]
    )
    own.publish()
    gone = own.text("/procedures/1.900001")
    assert "đã bãi bỏ từ ngày 18/06/2030" in gone
    assert "Bước 1." in gone
    assert 'class="name"' not in own.text("/?q=1.900001")
    assert own.json("/api/v1/procedures/1.900001", 404)["error"]["code"] == "public.not_in_force"
    assert [one["status"] for one in own.json("/api/v1/procedures/1.900001/history")] == [
        "repealed",
        "superseded",
    ]
    assert "Có thay đổi từ ngày 01/09/2030 theo Quyết định số 02/QĐ-UBND" in own.text("/procedures/1.900002")
    assert rate(own, "5").status_code == 404
    assert "Gửi đánh giá" not in gone
    coming = own.json("/api/v1/procedures/1.900002/history")[0]
    assert "Thủ tục này chưa có hiệu lực" in own.text(f"/procedures/1.900002?version={coming['id']}")
    own.clock.at = datetime(2030, 9, 1, tzinfo=UTC)
    assert "Có hiệu lực từ ngày 01/09/2030" in own.text("/procedures/1.900002")


def test_an_abolition_to_come_is_told_and_changes_nothing_yet(own: PublicSite) -> None:
    first = sample_procedures()[0]
    own.office.issue([replace(first, act="bãi bỏ", effective_from=date(2030, 9, 1))])
    own.publish()
    page = own.text("/procedures/1.900001")
    assert "sẽ bãi bỏ từ ngày 01/09/2030 theo Quyết định số 02/QĐ-UBND" in page
    assert "Có hiệu lực từ ngày 14/06/2030" in page
    assert 'class="name"' in own.text("/?q=1.900001")
    own.clock.at = datetime(2030, 8, 31, 17, 0, tzinfo=UTC)  # midnight in Viet Nam
    assert 'class="name"' not in own.text("/?q=1.900001")
    assert "đã bãi bỏ từ ngày 01/09/2030" in own.text("/procedures/1.900001")


def test_what_never_applied_says_so(own: PublicSite) -> None:
    own.office.issue([sample_procedures()[0]])
    own.publish()
    assert "Được thay thế trước ngày áp dụng 14/06/2030" in own.text("/procedures/1.900001")


def test_every_page_has_one_heading_and_its_landmarks(site: PublicSite) -> None:
    for address in ("/", "/?q=he+pho", "/procedures/1.900005", "/procedures/9.9"):
        page = site.http.get(address).text
        assert page.count("<h1") == 1, address
        for landmark in ("<header", "<main", "<footer", 'href="#main"'):
            assert landmark in page


def test_nothing_found_leads_on(site: PublicSite) -> None:
    page = site.text("/?q=zzzz")
    assert "Không có thủ tục phù hợp" in page
    assert '<a class="button" href="/">' in page
    near = site.text("/?q=he+phoos")
    assert "1 thủ tục gần nhất" in near
    assert near.count('class="name"') == 1


def test_errors_have_one_shape_and_echo_nothing(site: PublicSite) -> None:
    assert set(site.json("/api/v1/procedures/9.9", 404)["error"]) == {"code", "text", "fix"}
    wrong = site.json("/api/v1/procedures?page=secret-word", 422)["error"]
    assert wrong["code"] == "public.wrong_request"
    assert "secret-word" not in str(wrong)
    assert "Không có trang này" in site.text("/nowhere", 404)
    assert "Không có thủ tục mã 9.9" in site.text("/procedures/9.9", 404)
    assert "no procedure 9.9" in site.text("/procedures/9.9?lang=en", 404)
    assert site.http.post("/").status_code == 405
    for page in ("0", "-1", "x", "9" * 30):
        assert site.http.get(f"/?page={page}").status_code == 200


def test_a_broken_listing_is_busy_not_a_defect(own: PublicSite) -> None:
    (own.office.root / "public" / "listing-1.sqlite").write_bytes(b"damaged" * 1000)
    assert "tạm thời chưa đọc được" in own.text("/", 503)
    assert own.json("/api/v1/procedures", 503)["error"]["code"] == "public.busy"
    assert own.http.get("/healthz").status_code == 503


def test_the_api_describes_itself(site: PublicSite) -> None:
    described = site.json("/api/v1/openapi.json")
    assert set(described["paths"]) == {
        "/api/v1/procedures",
        "/api/v1/procedures/{code}",
        "/api/v1/procedures/{code}/history",
    }
    one = described["components"]["schemas"]["Procedure"]["properties"]
    assert set(site.json("/api/v1/procedures/1.900001")) == set(one)
    assert site.http.get("/docs").status_code == 404


def rate(site: PublicSite, score: str, **headers: str) -> httpx.Response:
    sent = {"score": score, "organisation": "minh-giang"}
    return site.http.post("/procedures/1.900001/rating", data=sent, headers=headers)


def test_a_rating_is_counted_once(own: PublicSite) -> None:
    answer = rate(own, "4")
    assert answer.status_code == 303
    thanks = own.text(answer.headers["location"])
    assert "Đã ghi nhận đánh giá." in thanks
    assert "Trung bình 4,0/5 (1 lượt)" in thanks
    assert rate(own, "5").status_code == 429
    assert "4.0 of 5" in own.text("/procedures/1.900001?lang=en")


@pytest.mark.parametrize("score", ["0", "6", "", "five", "５"])
def test_a_rating_that_is_none(site: PublicSite, score: str) -> None:
    assert rate(site, score).status_code == 400
    assert "lượt" not in site.text("/procedures/1.900001")


def test_another_site_cannot_rate(own: PublicSite) -> None:
    assert rate(own, "5", origin="https://elsewhere.example").status_code == 403
    assert rate(own, "5", origin=str(own.http.base_url).rstrip("/")).status_code == 303


def test_the_store_holds_no_address(own: PublicSite) -> None:
    rate(own, "5")
    stored = (own.office.root / "own" / "store.sqlite").read_bytes()
    assert b"127.0.0.1" not in stored
    assert b"1.900001" in stored


def test_a_trial_site_says_so_on_every_page(site: PublicSite) -> None:
    assert "không có giá trị pháp lý" not in site.text("/")
    with PublicSite(site.office, test_site=True) as trial:
        for address in ("/", "/procedures/1.900001", "/nowhere"):
            assert "không có giá trị pháp lý" in trial.http.get(address).text
