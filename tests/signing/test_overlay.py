from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from signing.overlay import hides

TEXT = b"q 1 0 0 1 10 10 cm BT /F 10 Tf 1 0 0 1 40 90 Tm (Mot) Tj 0 -20 Td (Hai) Tj ET Q"
"""Text whose baselines are at y 100 and 80, from x 50."""


def page(pdf: pikepdf.Pdf, content: bytes = TEXT, **entries: Any) -> pikepdf.Object:
    found = pdf.add_blank_page(page_size=(200, 200)).obj
    found.Contents = pdf.make_stream(content)
    for key, value in entries.items():
        found[f"/{key}"] = value
    return found


def widget(pdf: pikepdf.Pdf, content: bytes, **objects: Any) -> pikepdf.Object:
    look = pdf.make_stream(content, Subtype=Name.Form, Resources=Dictionary(XObject=Dictionary(**objects)))
    return Dictionary(AP=Dictionary(N=look))


@pytest.mark.parametrize(
    ("content", "rect", "hidden"),
    [
        (b"1 g 0 0 50 50 re f", (40, 95, 90, 110), True),
        (b"1 g 0 0 50 50 re f", (40, 75, 90, 85), True),
        (b"1 g 0 0 50 50 re f", (40, 110, 90, 150), False),
        (b"1 g 0 0 50 50 re f", (40, 84, 90, 98), False),
        (b"0 0 m 50 50 l S", (40, 95, 90, 110), False),
        (b"BT (chu) Tj ET", (40, 95, 90, 110), False),
        (b"BI /W 1 /H 1 /BPC 8 /CS /G ID a EI", (40, 95, 90, 110), True),
    ],
)
def test_paint_over_text(content: bytes, rect: tuple[float, ...], hidden: bool) -> None:  # noqa: FBT001
    with pikepdf.new() as pdf:
        x0, y0, x1, y1 = rect
        assert hides(page(pdf), (x0, y0, x1, y1), [widget(pdf, content)]) is hidden


@pytest.mark.parametrize(("alpha", "hidden"), [(b"\xff" * 4, True), (b"\xff\0\0\0", False)])
def test_an_image_hides_as_far_as_it_is_opaque(alpha: bytes, hidden: bool) -> None:  # noqa: FBT001
    with pikepdf.new() as pdf:
        mask = pdf.make_stream(alpha, Subtype=Name.Image)
        image = pdf.make_stream(b"\0" * 12, Subtype=Name.Image, SMask=mask)
        assert hides(page(pdf), (40, 95, 90, 110), [widget(pdf, b"/I Do", I=image)]) is hidden


def test_paint_inside_a_form_inside_the_look() -> None:
    with pikepdf.new() as pdf:
        inner = pdf.make_stream(b"0 0 9 9 re f", Subtype=Name.Form)
        assert hides(page(pdf), (40, 95, 90, 110), [widget(pdf, b"/X Do", X=inner)])


def test_text_inside_a_form_of_the_page() -> None:
    with pikepdf.new() as pdf:
        inner = pdf.make_stream(TEXT, Subtype=Name.Form, Matrix=Array([1, 0, 0, 1, 0, 50]))
        outer = page(pdf, b"/X Do", Resources=Dictionary(XObject=Dictionary(X=inner)))
        cover = [widget(pdf, b"0 0 9 9 re f")]
        assert hides(outer, (40, 145, 90, 160), cover)
        assert not hides(outer, (40, 95, 90, 110), cover)


def test_an_earlier_signature_is_content_too() -> None:
    with pikepdf.new() as pdf:
        earlier = Dictionary(V=Dictionary(), Rect=Array([100, 20, 160, 60]))
        signed = page(pdf, Annots=Array([earlier]))
        cover = [widget(pdf, b"0 0 9 9 re f")]
        assert hides(signed, (90, 10, 170, 70), cover)
        assert not hides(signed, (60, 10, 120, 70), cover)  # over a third of it: the seal's place


def test_a_form_that_calls_itself_ends() -> None:
    with pikepdf.new() as pdf:
        loop = pdf.make_stream(b"/X Do", Subtype=Name.Form)
        loop.Resources = Dictionary(XObject=Dictionary(X=loop))
        outer = page(pdf, b"/X Do", Resources=Dictionary(XObject=Dictionary(X=loop)))
        assert not hides(outer, (0, 0, 200, 200), [widget(pdf, b"0 0 9 9 re f")])
