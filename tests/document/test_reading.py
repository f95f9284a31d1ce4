"""Documents read as a whole: letters of every shape, and the samples."""

import io
import json
import unicodedata
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Name

from document.kinds import KINDS
from document.page import MM, Box, Reading, reading_from
from document.reading import read, secrecy_mark
from tests.support.pages import Letter, Signer, draw, letter
from tests.support.pen import HEIGHT, WIDTH, saved

SAMPLES = Path(__file__).parents[2] / "samples"
SURE = 0.8


def changed(pdf: bytes, **entries: Any) -> bytes:
    """The first page with other entries; `before` is content drawn before its own."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        page = opened.pages[0]
        if before := entries.pop("before", None):
            page.contents_add(pikepdf.Stream(opened, before), prepend=True)
        for key, value in entries.items():
            page.obj[f"/{key}"] = value
        return saved(opened)


def near(one: Box | None, other: tuple[float, float, float, float], slack: float = 0.01) -> bool:
    assert one is not None
    return all(abs(a - b) <= slack for a, b in zip((one.x0, one.y0, one.x1, one.y1), other, strict=True))


VARIATIONS: dict[str, dict[str, Any]] = {
    "as it should be": {},
    "names in two runs": {"split_names": True},
    "decomposed letters": {"decomposed": True},
    "decomposed and in two runs, three pages": {"decomposed": True, "split_names": True, "pages": 3},
    "the year printed": {"year": "2026"},
    "a long place": {"place": "Thành phố Hồ Chí Minh", "year": "2026"},
    "with an urgency mark": {"marks": ("KHẨN",)},
    "an appendix after it": {
        "pages": 2,
        "appendix": ("DANH SÁCH TỔ", "(Kèm theo Quyết định số      /QĐ-UBND ngày     tháng     năm 2026)"),
    },
    "the name among the recipients": {
        "recipients": ("Chủ tịch UBND tỉnh Trần Văn Mẫu;", "Trần Văn Mẫu;", "Lưu: VT, KSTT.")
    },
    "the name in the body": {
        "body": ("Điều 1. Giao ông", "Trần Văn Mẫu", "làm Tổ trưởng từ ngày 01 tháng 02 năm 2026")
    },
    "no-break spaces": {
        "signers": (Signer(("KT.\u00a0CHỦ\u00a0TỊCH",), "PHÓ CHỦ\u00a0TỊCH", "Trần\u00a0Văn\u00a0Mẫu"),)
    },
    "letters spaced out": {
        "kind": "Q U Y Ế T   Đ Ị N H",
        "signers": (
            Signer(("K T .  C H Ủ  T Ị C H",), "P H Ó   C H Ủ   T Ị C H", "T r ầ n   V ă n   M ẫ u"),
        ),
    },
}


@pytest.mark.parametrize("fields", VARIATIONS.values(), ids=list(VARIATIONS))
def test_a_letter_is_read_with_certainty(fields: dict[str, Any]) -> None:
    drawn = draw(Letter(**fields))
    found = read(drawn.pdf)
    assert found.confidence >= SURE
    assert found.issuing_body.text == "ỦY BAN NHÂN DÂN TỈNH MINH GIANG"
    assert (found.symbol.text, found.kind.text) == ("QĐ-UBND", "QĐ")
    assert found.place.text == fields.get("place", "Minh Giang")
    assert found.subject.text == "Về việc kiện toàn Tổ rà soát thủ tục hành chính"
    assert (found.capacity.text, found.title.text) == ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
    assert found.signer.text == "Trần Văn Mẫu"
    assert found.archive_unit == "KSTT"
    assert found.secrecy == ""
    assert found.urgency == "".join(fields.get("marks", ()))
    for name in ("number", "day", "month", "year"):
        blank = getattr(found, name)
        if name in drawn.boxes:
            place = drawn.box(name)
            assert blank.filled is None
            assert abs(blank.box.x0 - place.left) < 2
            if name != "year":  # behind the year nothing ends the room
                assert abs(blank.box.x1 - place.right) < 2
            assert abs(blank.baseline - (place.bottom + 13 / 4)) < 0.01
            assert abs(blank.size - 13) < 0.01
            assert blank.italic is (name != "number")
        else:
            assert blank.filled == fields[name]
    title, name_place = drawn.box("title"), drawn.box("name")
    area = found.signature_area
    assert area is not None
    assert area.page == name_place.page == fields.get("pages", 1) - 1
    assert abs(area.centre[0] - (name_place.left + name_place.right) / 2) < 3 * MM
    assert abs(area.y0 - name_place.top) < 3 * MM
    assert abs(area.y1 - title.bottom) < 3 * MM
    assert area.width > 45 * MM


def test_every_kind_is_read() -> None:
    for kind in KINDS:
        if kind.code == "CV":
            continue
        symbol = f"/{kind.abbreviation}-UBND" if kind.abbreviation else "/UBND-VX"
        found = read(letter(kind=kind.name.upper(), symbol=symbol))
        assert (found.kind.text, found.symbol.text) == (kind.code, symbol[1:])
        assert found.confidence >= SURE


def test_a_cong_van_is_known_by_its_subject() -> None:
    found = read(
        letter(kind="", symbol="/UBND-KT", subject=("V/v báo cáo kết quả", "rà soát thủ tục hành chính"))
    )
    assert (found.kind.text, found.symbol.text) == ("CV", "UBND-KT")
    assert found.subject.text == "báo cáo kết quả rà soát thủ tục hành chính"
    assert found.confidence >= SURE


def test_what_is_printed_already_is_told() -> None:
    found = read(letter(number="05", day="05", month="01", year="2026"))
    blanks = (found.number, found.day, found.month, found.year)
    assert [b.filled for b in blanks if b] == ["05", "05", "01", "2026"]
    assert found.notes == ("reading.already_filled",)


def test_a_scan_has_no_text() -> None:
    with pikepdf.new() as blank:
        blank.add_blank_page(page_size=(WIDTH, HEIGHT))
        found = read(saved(blank))
    assert (found.has_text, found.confidence, found.notes) == (False, 0.0, ("reading.no_text",))


def test_a_letter_without_a_signer_names_none() -> None:
    found = read(letter(signers=()))
    assert (found.signer.text, found.signer.confidence, found.signature_area) == ("", 0.0, None)
    assert found.kind.confidence >= SURE


def test_a_page_whose_frame_does_not_begin_at_zero() -> None:
    pdf = letter()
    plain = read(pdf)
    moved = read(
        changed(pdf, before=b"1 0 0 1 100 200 cm", MediaBox=Array([100, 200, 100 + WIDTH, 200 + HEIGHT]))
    )
    assert moved.sizes[0] == pytest.approx(plain.sizes[0])
    assert moved.confidence == plain.confidence
    assert plain.number is not None
    assert moved.number is not None
    box = plain.number.box
    assert near(moved.number.box, (box.x0 + 100, box.y0 + 200, box.x1 + 100, box.y1 + 200))


@pytest.mark.parametrize(
    ("turn", "matrix"),
    [
        (90, b"0 1 -1 0 841.89 0 cm"),
        (180, b"-1 0 0 -1 595.28 841.89 cm"),
        (270, b"0 -1 1 0 0 595.28 cm"),
    ],
)
def test_a_turned_page_is_read_but_never_with_certainty(turn: int, matrix: bytes) -> None:
    pdf = letter()
    plain = read(pdf)
    size = (WIDTH, HEIGHT) if turn == 180 else (HEIGHT, WIDTH)
    found = read(changed(pdf, before=matrix, Rotate=turn, MediaBox=Array([0, 0, *size])))
    assert found.signer.text == plain.signer.text
    assert found.subject.text == plain.subject.text
    assert found.sizes[0] == pytest.approx((WIDTH, HEIGHT), abs=0.01)
    assert 0 < found.confidence <= 0.5
    assert "reading.turned_page" in found.notes
    area = plain.signature_area
    assert area is not None
    expected = {
        90: (HEIGHT - area.y1, area.x0, HEIGHT - area.y0, area.x1),
        180: (WIDTH - area.x1, HEIGHT - area.y1, WIDTH - area.x0, HEIGHT - area.y0),
        270: (area.y0, WIDTH - area.x1, area.y1, WIDTH - area.x0),
    }[turn]
    assert near(found.signature_area, expected, slack=0.1)


def test_a_font_that_does_not_say_its_letters_makes_all_unsure() -> None:
    with pikepdf.open(io.BytesIO(letter())) as pdf:
        for page in pdf.pages:
            for font in page.Resources.Font.values():
                del font.ToUnicode
        found = read(saved(pdf))
    assert found.confidence <= 0.3


def test_a_font_of_before_unicode_makes_all_unsure() -> None:
    with pikepdf.open(io.BytesIO(letter())) as pdf:
        for page in pdf.pages:
            for font in page.Resources.Font.values():
                font.BaseFont = Name("/ABCDEF+.VnTime")
                font.DescendantFonts[0].BaseFont = Name("/ABCDEF+.VnTime")
        found = read(saved(pdf))
    assert found.confidence <= 0.3
    assert "reading.font_without_map" in found.notes


def test_not_a_pdf() -> None:
    with pytest.raises(pypdfium2.PdfiumError):
        read(b"not a pdf")


def test_a_reading_survives_the_database() -> None:
    found = read(letter())
    assert reading_from(json.loads(json.dumps(found.as_json()))) == found


def test_the_mark_of_secrecy_by_itself() -> None:
    assert secrecy_mark(letter(marks=("TỐI MẬT",))) == "TỐI MẬT"
    assert secrecy_mark(letter()) == ""
    assert read(letter(marks=("MẬT",))).secrecy == "MẬT"


EXPECTED = {
    "CV-bao-cao": (
        "CV",
        "UBND-KT",
        "TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH",
        "PHÓ CHỦ TỊCH",
        "Lê Thị Minh Họa",
        0,
    ),
    "KH-07": ("KH", "KH-UBND", "TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Lê Thị Minh Họa", 2),
    "QD-cong-bo-TTHC": ("QĐ", "QĐ-UBND", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Trần Văn Mẫu", 1),
    "TB-ket-luan": ("TB", "TB-UBND", "TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG", "Phạm Văn Thử", 1),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_is_read_with_certainty(name: str) -> None:
    kind, symbol, capacity, title, signer, page = EXPECTED[name]
    found: Reading = read((SAMPLES / f"{name}.pdf").read_bytes())
    assert found.confidence >= SURE
    assert (found.kind.text, found.symbol.text) == (kind, symbol)
    assert (found.capacity.text, found.title.text, found.signer.text) == (capacity, title, signer)
    assert found.signature_area is not None
    assert found.signature_area.page == page
    body = "XÃ TÂN MẪU" if "Họa" in signer else "TỈNH MINH GIANG"
    assert found.issuing_body.text == f"ỦY BAN NHÂN DÂN {body}"
    assert found.archive_unit == ("KT" if "Họa" in signer else "KSTT")
    assert found.recipients
    assert found.notes == ()
    assert found.subject.text == unicodedata.normalize("NFC", found.subject.text)


def test_an_appendix_in_a_file_of_its_own_is_no_main_document() -> None:
    found = read((SAMPLES / "KH-07.phu-luc-1.pdf").read_bytes())
    assert (found.confidence, found.number, found.signature_area) == (0.0, None, None)
