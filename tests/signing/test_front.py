import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from signing.front import Front
from signing.letters import UNKNOWN, Letters
from tests.support.pages import letter
from tests.support.papers import drawn
from tests.support.pen import HEIGHT, WIDTH
from tests.support.stamped import LINES, paper, scan, turned


def front(pdf: bytes) -> Front:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return Front.read(opened, Letters(), frozenset())


@pytest.mark.parametrize("quarters", range(4))
def test_lines_of_a_page_however_it_is_turned(quarters: int) -> None:
    found = front(turned(paper(*LINES), quarters))
    assert "".join(LINES).replace(" ", "") == found.running
    assert found.size == ((HEIGHT, WIDTH) if quarters % 2 else (WIDTH, HEIGHT))
    # Turned, the lines run up or down the page and are no rows any more.
    assert (found.rows == tuple(line.replace(" ", "") for line in LINES)) is (quarters == 0)


def test_a_page_that_is_upright_because_it_is_turned() -> None:
    """A landscape page as word processors write it: drawn upright on paper that lies, then turned."""
    with pikepdf.open(io.BytesIO(paper(*LINES))) as pdf:
        page = pdf.pages[0].obj
        page.Contents = pdf.make_stream(f"0 1 -1 0 {HEIGHT} 0 cm ".encode() + page.Contents.read_bytes())
        page.MediaBox = Array([0, 0, HEIGHT, WIDTH])
        page.Rotate = 90
        found = Front.read(pdf, Letters(), frozenset())
        assert found.rows == tuple(line.replace(" ", "") for line in LINES)
        assert found.size == pytest.approx((WIDTH, HEIGHT))


def test_a_page_cut_to_its_crop_box() -> None:
    with pikepdf.open(io.BytesIO(paper(*LINES))) as pdf:
        pdf.pages[0].obj.CropBox = Array([10, 20, 310, 420])
        found = Front.read(pdf, Letters(), frozenset())
        assert found.size == pytest.approx((300, 400))
        assert found.shown([10, 20, 110, 70]) == (0, 0, 100, 50)


@pytest.mark.parametrize(
    ("pdf", "is_main"),
    [
        (drawn().pdf, True),
        (letter(decomposed=True), True),
        (paper(*LINES), False),
        (paper("(Kèm theo Quyết định", "số: 15/QĐ-UBND ngày 05/01/2026)", "Danh sách thành viên"), False),
        (paper("Số: 2026/QĐ-UBND", "Danh sách thành viên"), True),
        (paper("Số … /2026/NQ-HĐND", "Danh sách thành viên"), True),
        (paper("Số/ngày", "Số lượng: 12/Quý", "Danh sách thành viên"), False),
    ],
)
def test_marks_of_a_document_of_its_own(pdf: bytes, is_main: bool) -> None:  # noqa: FBT001
    assert front(pdf).is_main is is_main


def test_what_annotations_show_counts_but_for_those_left_out() -> None:
    with pikepdf.open(io.BytesIO(paper(*LINES))) as pdf, pikepdf.open(io.BytesIO(drawn().pdf)) as other:
        page = other.pages[0].obj
        look = pdf.make_stream(
            page.Contents.read_bytes(),
            Subtype=Name.Form,
            Resources=pdf.copy_foreign(other.make_indirect(page.Resources)),
        )
        note = pdf.make_indirect(Dictionary(AP=Dictionary(N=look), Rect=Array([0, 0, 500, 800])))
        pdf.pages[0].obj.Annots = Array([note])
        assert Front.read(pdf, Letters(), frozenset()).is_main
        assert not Front.read(pdf, Letters(), frozenset({note.objgen})).is_main
        note.F = 2
        assert not Front.read(pdf, Letters(), frozenset()).is_main


def test_pictures_and_text_that_cannot_be_read() -> None:
    assert front(scan()).is_picture
    assert front(scan()).is_unread
    assert not front(scan(wide=200, high=100)).is_picture
    assert not front(paper(*LINES)).is_unread
    with pikepdf.open(io.BytesIO(paper(*LINES))) as pdf:
        for font in pdf.pages[0].obj.Resources.Font.values():
            del font.ToUnicode
        silent = Front.read(pdf, Letters(), frozenset())
        assert silent.is_unread
        assert set(silent.running) == {UNKNOWN}
