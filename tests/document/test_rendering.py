"""Pages as pictures."""

import io

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image

from document.children import Children
from document.errors import NotFound
from document.rendering import page_count, render_page
from tests.support.pages import letter
from tests.support.pen import HEIGHT, WIDTH, saved

RED = (255, 0, 0)


def picture(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def with_field(pdf: bytes, *, page: int = 0) -> bytes:
    """A filled, read-only text field whose appearance is a red square, 100 to 200 points from the corner."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        look = Stream(opened, b"1 0 0 rg 0 0 100 100 re f")
        look.Type, look.Subtype, look.BBox = Name.XObject, Name.Form, Array([0, 0, 100, 100])
        widget = opened.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Tx,
                T="n",
                V="05",
                Ff=1,
                F=4,
                Rect=Array([100, 100, 200, 200]),
                AP=Dictionary(N=look),
                P=opened.pages[page].obj,
            )
        )
        opened.pages[page].Annots = Array([widget])
        opened.Root.AcroForm = Dictionary(Fields=Array([widget]))
        return saved(opened)


def test_a_page_is_drawn_as_wide_as_asked() -> None:
    image = picture(render_page(letter(), 0, 600))
    assert (image.format, image.mode) == ("PNG", "RGB")
    assert image.width == 600
    assert abs(image.height - 600 * HEIGHT / WIDTH) <= 1
    colours = image.getcolors(1 << 20)
    assert colours is not None
    assert max(colours)[1] == (255, 255, 255)
    assert any(sum(colour) < 100 for _, colour in colours if isinstance(colour, tuple))


def test_the_fields_of_a_form_are_drawn() -> None:
    image = picture(render_page(with_field(letter()), 0, round(WIDTH)))
    inside = image.getpixel((150, round(HEIGHT) - 150))
    assert inside == RED
    assert image.getpixel((250, round(HEIGHT) - 150)) == (255, 255, 255)


def test_a_turned_page_is_drawn_as_it_is_shown() -> None:
    with pikepdf.open(io.BytesIO(with_field(letter()))) as pdf:
        pdf.pages[0].Rotate = 90
        image = picture(render_page(saved(pdf), 0, round(HEIGHT)))
    assert image.width > image.height
    assert image.getpixel((150, 150)) == RED


def test_each_page_is_its_own() -> None:
    pdf = with_field(letter(pages=3), page=2)
    assert page_count(pdf) == 3
    at = (150, round(HEIGHT) - 150)
    reds = [picture(render_page(pdf, page, round(WIDTH))).getpixel(at) == RED for page in range(3)]
    assert reds == [False, False, True]


@pytest.mark.parametrize("page", [-1, 1])
def test_a_page_that_is_not_there(page: int) -> None:
    with pytest.raises(NotFound) as caught:
        render_page(letter(), page, 100)
    assert caught.value.params == {"page": page + 1, "pages": 1}


def test_no_width() -> None:
    with pytest.raises(ValueError, match="0"):
        render_page(letter(), 0, 0)


def test_a_page_of_odd_proportions_stays_small() -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(10, 14000))
        image = picture(render_page(saved(pdf), 0, 2000))
    assert image.width * image.height <= 41_000_000


def test_not_a_pdf() -> None:
    with pytest.raises(pypdfium2.PdfiumError):
        page_count(b"%PDF-1.7 nothing")


def test_it_runs_in_a_child() -> None:
    with Children(workers=1) as children:
        assert children.call(page_count, letter(pages=2)) == 2
        assert picture(children.call(render_page, letter(), 0, 200)).width == 200
