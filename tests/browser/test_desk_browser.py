"""The desk in a real browser: a leader's phone, and the clerk's desk. Nothing is fetched from elsewhere."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page, Request, ViewportSize, expect, sync_playwright

from document.children import Children
from document.stages import Stage
from tests.support.desk import PASSWORD, Office, holders, office, serving
from tests.support.keyfiles import PIN

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's chromium."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office for the browser's tests."""
    with (
        Children(workers=2) as children,
        holders(tmp_path_factory.mktemp("keys")) as shared,
        office(tmp_path_factory.mktemp("office"), shared, children) as made,
    ):
        yield made


@pytest.fixture(scope="module")
def address(place: Office) -> Iterator[str]:
    """Where its desk answers."""
    with serving(place.site) as found:
        yield found


def enter(chromium: Browser, address: str, login: str, size: ViewportSize) -> tuple[Page, list[str]]:
    """A page signed in as `login`, and what the browser complains about."""
    page = chromium.new_context(viewport=size, locale="vi-VN").new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def watch(asked: Request) -> None:
        if not asked.url.startswith(address):
            complaints.append(asked.url)

    page.on("request", watch)
    page.goto(f"{address}/queue")
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/queue")
    return page, complaints


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    page.wait_for_load_state("load")
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_leader_reads_and_signs_on_a_phone(place: Office, address: str, chromium: Browser) -> None:
    document_id = place.checked(subject=("Về việc ký trên điện thoại",), pages=2)
    page, complaints = enter(chromium, address, "mau", PHONE)
    assert page.get_by_role("heading", name="Văn bản chờ ký").is_visible()
    assert fits(page)
    page.get_by_role("link", name="Về việc ký trên điện thoại").click()
    assert fits(page)
    drawn = page.locator(".sheet img")
    assert drawn.count() == 2
    drawn.last.scroll_into_view_if_needed()
    for image in drawn.all():
        assert image.evaluate("i => i.decode().then(() => i.naturalHeight)") > 500
    bar = page.get_by_role("navigation", name="Thao tác")
    for link in bar.get_by_role("link").all():
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= 44  # a thumb's width
    bar.get_by_role("link", name="Ký số").click()
    page.get_by_label("Mã PIN của chữ ký số").fill("không đúng")
    page.get_by_role("button", name="Ký số").click()
    assert "Mã PIN không đúng" in page.get_by_role("alert").inner_text()
    assert place.ledger.document(document_id).stage is Stage.CHECKED
    page.get_by_label("Mã PIN của chữ ký số").fill(PIN)
    page.get_by_role("button", name="Ký số").click()
    page.wait_for_url("**/queue")
    assert "Đã ký số: Về việc ký trên điện thoại" in page.get_by_role("status").inner_text()
    assert place.ledger.document(document_id).stage is Stage.SIGNED
    assert complaints == []


def test_the_clerk_is_asked_once_more_and_told_the_number(
    place: Office, address: str, chromium: Browser
) -> None:
    document_id = place.signed(subject=("Về việc cấp số",))
    page, complaints = enter(chromium, address, "so", DESK)
    page.get_by_role("link", name="Cấp số").first.click()
    asked: list[str] = []

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", agree)
    page.get_by_label("Về việc cấp số").check()
    page.get_by_label("Mã PIN của chữ ký số cơ quan").fill(PIN)
    page.get_by_role("button", name="Cấp số và ký số cơ quan").click()
    told = page.get_by_role("status").inner_text()
    assert asked == ["Cấp số và ký số cơ quan cho 1 văn bản đã chọn?"]
    entry = place.ledger.document(document_id).register
    assert entry is not None
    assert f"{entry.number_symbol}: Về việc cấp số" in told
    moving = page.locator("#progress")
    assert "Đã cấp số, chờ ký số cơ quan" in moving.inner_text()
    place.ledger.hold(document_id, "work.three_times")
    expect(moving).to_have_text("", timeout=15000)
    assert complaints == []


def test_a_missing_blank_is_drawn_on_the_page(place: Office, address: str, chromium: Browser) -> None:
    document_id = place.received(confirmed=False, blind=("number",), subject=("Về việc chỉ chỗ trống",))
    page, complaints = enter(chromium, address, "kiem", DESK)
    page.goto(f"{address}/documents/{document_id}")
    page.get_by_role("button", name="Số · chưa có").click()
    page.wait_for_timeout(600)  # the page scrolls to the sheet
    frame = page.locator(".sheet svg").first.bounding_box()
    assert frame is not None
    x, y = frame["x"] + frame["width"] * 0.2, frame["y"] + frame["height"] * 0.11
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + frame["width"] * 0.1, y + frame["height"] * 0.02, steps=4)
    page.mouse.up()
    expect(page.get_by_role("button", name="Số", exact=True)).to_be_visible()  # no longer "chưa có"
    page.get_by_role("button", name="Xác nhận", exact=True).click()
    page.wait_for_url("**/queue")
    number = place.ledger.document(document_id).reading.number
    assert number is not None
    assert number.box.width == pytest.approx(59.5, abs=2)
    assert number.box.y1 == pytest.approx(842 * 0.89, abs=3)
    assert complaints == []
