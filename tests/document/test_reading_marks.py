"""Marks of secrecy and urgency: where they stand, and where such words are no marks."""

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from document.glyphs import document, sheet
from document.reading_marks import secrecy_in, urgency_on
from tests.support.pages import letter
from tests.support.pen import Pen, face, saved


def secrecy(pdf: bytes) -> str:
    with document(pdf) as opened:
        return secrecy_in(opened)


def urgency(pdf: bytes) -> str:
    with document(pdf) as opened:
        return urgency_on(sheet(opened, 0))


def lines(*texts: str, pages: int = 1) -> bytes:
    pen = Pen()
    for _ in range(pages):
        pen.page()
    for index, text in enumerate(texts):
        pen.centre(297, 700 - 30 * index, text, style="bold")
    return pen.pdf()


@pytest.mark.parametrize("mark", ["MẬT", "TỐI MẬT", "TUYỆT MẬT"])
def test_a_framed_mark(mark: str) -> None:
    assert secrecy(letter(marks=(mark,))) == mark
    assert secrecy(letter(marks=(mark,), decomposed=True)) == mark


def test_the_highest_counts() -> None:
    assert secrecy(lines("MẬT", "TUYỆT MẬT", "TỐI MẬT")) == "TUYỆT MẬT"


@pytest.mark.parametrize("text", ["T Ố I   M Ậ T", "[MẬT]", "Độ mật: MẬT".upper(), "- MẬT -"])
def test_other_ways_to_write_it(text: str) -> None:
    assert secrecy(lines(text)) != ""


def test_a_page_with_nothing_else_and_a_later_page() -> None:
    assert secrecy(lines("TỐI MẬT")) == "TỐI MẬT"
    assert secrecy(lines("TỐI MẬT", pages=5)) == "TỐI MẬT"


@pytest.mark.parametrize(
    "text",
    [
        "Bảo vệ bí mật nhà nước",
        "QUY CHẾ BẢO VỆ BÍ MẬT NHÀ NƯỚC",
        "Mật",
        "Tài liệu có độ MẬT thì gửi riêng",
        "MẤT",
        "MẶT",
    ],
)
def test_words_that_are_no_mark(text: str) -> None:
    assert secrecy(lines(text)) == ""


def test_the_heads_of_a_table_are_no_mark() -> None:
    pen = Pen()
    pen.page()
    for middle, text in ((150, "MẬT"), (300, "TỐI MẬT"), (450, "TUYỆT MẬT")):
        pen.centre(middle, 500, text, style="bold")
    assert secrecy(pen.pdf()) == ""


def test_a_mark_beside_other_text_of_its_row() -> None:
    pen = Pen()
    pen.page()
    pen.centre(150, 700, "MẬT", style="bold")
    pen.centre(420, 700, "Độc lập - Tự do - Hạnh phúc", style="bold")
    assert secrecy(pen.pdf()) == "MẬT"


def test_a_mark_at_an_angle() -> None:
    with pikepdf.open(io.BytesIO(lines("Văn bản"))) as pdf:
        text = face("bold").encode("TUYỆT MẬT")
        content = b"q 0.7 0.7 -0.7 0.7 100 100 cm BT /Bold 40 Tf " + text + b" Tj ET Q"
        pdf.pages[0].contents_add(pikepdf.Stream(pdf, content))
        fonts = pdf.pages[0].Resources.Font
        fonts.Bold = next(iter(fonts.values()))
        assert secrecy(saved(pdf)) == "TUYỆT MẬT"


def test_a_mark_as_a_note_on_the_page_or_in_the_properties() -> None:
    with pikepdf.open(io.BytesIO(lines("Văn bản"))) as pdf:
        note = Dictionary(
            Type=Name.Annot, Subtype=Name.FreeText, Rect=Array([0, 0, 9, 9]), Contents="Tối mật".upper()
        )
        pdf.pages[0].Annots = Array([pdf.make_indirect(note)])
        assert secrecy(saved(pdf)) == "TỐI MẬT"
    with pikepdf.open(io.BytesIO(lines("Văn bản"))) as pdf:
        pdf.docinfo["/Title"] = "MẬT"
        assert secrecy(saved(pdf)) == "MẬT"


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("KHẨN", "KHẨN"),
        ("THƯỢNG KHẨN", "THƯỢNG KHẨN"),
        ("HỎA TỐC", "HOẢ TỐC"),
        ("HOẢ TỐC", "HOẢ TỐC"),
        ("Khẩn", ""),
        ("CÔNG VĂN KHẨN GỬI CÁC SỞ", ""),
    ],
)
def test_urgency(text: str, mark: str) -> None:
    assert urgency(lines(text)) == mark


def test_urgency_stands_in_the_upper_part_of_the_page() -> None:
    assert urgency(lines(*["Nội dung"] * 15, "KHẨN")) == ""
