"""The writer of test pages: text that reads back, and places that are where they say."""

from __future__ import annotations

import unicodedata

import pypdfium2
import pytest

from tests.support.pages import MAU, Drawn, Letter, Signer, draw, letter


def words(pdf: bytes, page: int = 0) -> str:
    with pypdfium2.PdfDocument(pdf) as opened:
        return unicodedata.normalize("NFC", opened[page].get_textpage().get_text_range())


def inside(made: Drawn, key: str) -> str:
    """Give what stands in a place, without its first 3 points: a slanted letter leans into it."""
    box = made.box(key)
    lean = 3 if key in {"day", "month", "year"} else 0
    with pypdfium2.PdfDocument(made.pdf) as opened:
        text = opened[box.page].get_textpage()
        return str(text.get_text_bounded(box.left + lean, box.bottom, box.right, box.top)).strip()


def test_every_line_reads_back() -> None:
    text = words(letter())
    for line in ("TỈNH MINH GIANG", "/QĐ-UBND", "QUYẾT ĐỊNH", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Trần Văn Mẫu"):
        assert line in text


def test_places_hold_what_they_are_named_for() -> None:
    made = draw(Letter(marks=("KHẨN",)))
    assert inside(made, "name") == "Trần Văn Mẫu"
    assert inside(made, "title") == "PHÓ CHỦ TỊCH"
    assert inside(made, "mark") == "KHẨN"
    assert [inside(made, key) for key in ("number", "day", "month", "year")] == [""] * 4


def test_blanks_are_as_wide_as_asked() -> None:
    made = draw(Letter(number_room=31, date_room=17, year_room=29))
    assert made.box("number").width == pytest.approx(31)
    assert [made.box(key).width for key in ("day", "month", "year")] == pytest.approx([17, 17, 29])


def test_a_printed_value_leaves_no_blank() -> None:
    made = draw(Letter(number="15", day="05", month="01", year="2019"))
    assert set(made.boxes) == {"title", "name"}
    assert "Số: 15/QĐ-UBND" in words(made.pdf)
    assert "ngày 05 tháng 01 năm 2019" in words(made.pdf)


def test_an_official_letter_has_its_subject_under_the_number() -> None:
    text = words(letter(kind="", symbol="/UBND-KT", subject=("V/v báo cáo",)))
    assert text.index("/UBND-KT") < text.index("V/v báo cáo") < text.index("Kính gửi")
    assert "QUYẾT ĐỊNH" not in text


def test_the_signature_stands_on_the_last_page_before_the_appendix() -> None:
    made = draw(Letter(pages=3, appendix=("(Kèm theo Quyết định số       /QĐ-UBND)",)))
    assert made.box("name").page == 2
    assert "Trần Văn Mẫu" in words(made.pdf, 2)
    assert "Phụ lục" in words(made.pdf, 3)


def test_two_signers_stand_side_by_side() -> None:
    other = Signer(("TL. CHỦ TỊCH",), "CHÁNH VĂN PHÒNG", "Phạm Văn Thử")
    left, right = draw(Letter(signers=(MAU, other))).boxes["name"]
    assert left.right < right.left
    assert left.bottom == right.bottom


def test_split_and_decomposed_names_read_the_same() -> None:
    assert "Trần Văn Mẫu" in words(letter(split_names=True))
    assert "Trần Văn Mẫu" in words(letter(decomposed=True))


def test_equal_letters_are_equal_bytes() -> None:
    assert letter() == letter()
    assert letter() != letter(place="Tân Mẫu")
