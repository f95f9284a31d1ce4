"""What PDFium gives of drawn letters: text, places, style."""

import io
import unicodedata

import pikepdf
import pypdfium2
import pytest
from pikepdf import Name

from document.glyphs import document, quick_text, sheet
from document.layout import Piece, Sheet
from tests.support.pen import Pen, face, saved


def page(pdf: bytes, index: int = 0) -> Sheet:
    with document(pdf) as opened:
        return sheet(opened, index)


def written(text: str, *, size: float = 13, style: str = "regular") -> Piece:
    pen = Pen()
    pen.page()
    pen.write((100, 500), text, size=size, style=style)
    (row,) = page(pen.pdf()).rows
    return row


def test_text_and_places() -> None:
    row = written("Ủy ban nhân dân")
    assert row.text == "Ủy ban nhân dân"
    assert row.baseline == pytest.approx(500)
    assert row.size == pytest.approx(13)
    assert row.glyphs[0].left == pytest.approx(100, abs=0.01)
    end = 100 + face("regular").width("Ủy ban nhân dân", 13)
    assert row.glyphs[-1].right == pytest.approx(end, abs=0.2)
    assert all(g.x0 >= g.left - 1.5 and g.x1 <= g.right + 1.5 for g in row.glyphs)


@pytest.mark.parametrize(
    "text", ["Lê Thị Minh Họa", "ĐẶNG VĂN DẤU", "Quyết định số", "Ngô Văn Hợp", "thở Ữu vẵng mẩu lệ"]
)
def test_decomposed_letters_are_put_together(text: str) -> None:
    row = written(unicodedata.normalize("NFD", text))
    assert row.text == text
    assert len(row.glyphs) == len(text.replace(" ", ""))


@pytest.mark.parametrize(
    ("style", "bold", "italic"),
    [("regular", False, False), ("bold", True, False), ("italic", False, True), ("bold-italic", True, True)],
)
def test_bold_and_italic(style: str, bold: bool, italic: bool) -> None:  # noqa: FBT001
    row = written("Nơi nhận", style=style)
    assert {g.bold for g in row.glyphs} == {bold}
    assert {g.italic for g in row.glyphs} == {italic}
    assert row.size == pytest.approx(13)  # a slant does not make letters larger


def test_the_size_counts_the_matrix() -> None:
    with pikepdf.open(io.BytesIO(_one_line())) as pdf:
        pdf.pages[0].contents_add(pikepdf.Stream(pdf, b"0.5 0 0 0.5 0 0 cm"), prepend=True)
        (row,) = page(saved(pdf)).rows
    assert row.size == pytest.approx(6.5)
    assert row.baseline == pytest.approx(250)


def _one_line(text: str = "Văn bản") -> bytes:
    pen = Pen()
    pen.page()
    pen.write((100, 500), text)
    return pen.pdf()


def test_no_break_spaces_are_spaces() -> None:
    assert written("CHỦ\u00a0TỊCH").text == "CHỦ TỊCH"


def test_text_at_an_angle_is_kept_apart() -> None:
    with pikepdf.open(io.BytesIO(_one_line())) as pdf:
        pdf.pages[0].contents_add(pikepdf.Stream(pdf, b"0.7 0.7 -0.7 0.7 200 -200 cm"), prepend=True)
        found = page(saved(pdf))
    assert found.rows == []
    assert "".join(found.aslant).replace(" ", "") == "Vănbản"


def test_letters_that_a_font_does_not_name_are_counted() -> None:
    assert page(_one_line()).unmapped == 0
    with pikepdf.open(io.BytesIO(_one_line())) as pdf:
        for font in pdf.pages[0].Resources.Font.values():
            font.BaseFont = Name("/VNI-Times")
            font.DescendantFonts[0].BaseFont = Name("/VNI-Times")
        assert page(saved(pdf)).unmapped == 6


def test_the_frame_is_the_crop_box() -> None:
    with pikepdf.open(io.BytesIO(_one_line())) as pdf:
        pdf.pages[0].CropBox = pikepdf.Array([50, 60, 400, 700])
        found = page(saved(pdf))
    assert found.frame == pytest.approx((50, 60, 400, 700))
    assert found.rows[0].glyphs[0].left == pytest.approx(100, abs=0.01)


def test_the_quick_text_is_composed() -> None:
    with document(_one_line(unicodedata.normalize("NFD", "Phụ lục"))) as opened:
        assert quick_text(opened, 0).split() == ["Phụ", "lục"]


def test_an_empty_page_and_a_bad_file() -> None:
    pen = Pen()
    pen.page()
    pen.rule(10, 20, 30)
    assert page(pen.pdf()).rows == []
    with pytest.raises(pypdfium2.PdfiumError):
        page(b"%PDF-")
