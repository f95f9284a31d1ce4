from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from signing.painted import Picture, Text, painted


def page(pdf: pikepdf.Pdf, content: bytes, **resources: Any) -> pikepdf.Object:
    found = pdf.add_blank_page(page_size=(200, 200)).obj
    found.Contents = pdf.make_stream(content)
    found.Resources = Dictionary(**resources)
    return found


def texts(content: bytes) -> list[tuple[float, float, bytes]]:
    with pikepdf.new() as pdf:
        found = [one for one in painted(page(pdf, content)) if isinstance(one, Text)]
        return [(one.place[4], one.place[5], b"".join(one.codes)) for one in found]


@pytest.mark.parametrize(
    ("content", "places"),
    [
        (b"BT 1 0 0 1 40 90 Tm (A) Tj 0 -20 Td (B) Tj ET", [(40, 90, b"A"), (40, 70, b"B")]),
        (b"2 0 0 2 10 10 cm BT 5 5 Td (A) Tj ET", [(20, 20, b"A")]),
        (b"q 1 0 0 1 50 0 cm Q BT 5 5 Td (A) Tj ET", [(5, 5, b"A")]),
        (b"BT 10 TL 5 50 Td (A) Tj (B) ' T* (C) Tj ET", [(5, 50, b"A"), (5, 40, b"B"), (5, 30, b"C")]),
        (b"BT 5 50 Td [(A) -200 (B)] TJ ET", [(5, 50, b"AB")]),
        (b"BT 5 50 TD 0 -8 TD (A) Tj T* (B) Tj ET", [(5, 42, b"A"), (5, 34, b"B")]),
        (b"BT /F 10 Tf 5 5 Td (ABCD) Tj (E) Tj ET", [(5, 5, b"ABCD"), (13, 5, b"E")]),
    ],
)
def test_texts_and_their_places(content: bytes, places: list[tuple[float, float, bytes]]) -> None:
    found = [(round(x, 3), round(y, 3), codes) for x, y, codes in texts(content)]
    assert found == places


def test_text_that_is_not_painted_is_told_from_text_that_is() -> None:
    with pikepdf.new() as pdf:
        content = b"q BT 3 Tr (A) Tj ET Q BT (B) Tj 7 Tr (C) Tj 2 Tr (D) Tj ET"
        found = [one for one in painted(page(pdf, content)) if isinstance(one, Text)]
        assert [one.seen for one in found] == [False, True, False, True]


def test_the_font_in_force() -> None:
    with pikepdf.new() as pdf:
        fonts = Dictionary(F=Dictionary(BaseFont=Name("/Mot")), G=Dictionary(BaseFont=Name("/Hai")))
        content = b"BT /F 9 Tf (A) Tj q /G 7 Tf (B) Tj Q (C) Tj ET"
        found = [one for one in painted(page(pdf, content, Font=fonts)) if isinstance(one, Text)]
        assert [str(one.font.BaseFont) for one in found if one.font] == ["/Mot", "/Hai", "/Mot"]
        assert [one.size for one in found] == [9, 7, 9]


def test_pictures_and_the_forms_around_them() -> None:
    with pikepdf.new() as pdf:
        image = pdf.make_stream(b"\0", Subtype=Name.Image)
        inner = pdf.make_stream(
            b"30 0 0 40 0 0 cm /I Do", Subtype=Name.Form, Matrix=Array([2, 0, 0, 2, 0, 0]),
            Resources=Dictionary(XObject=Dictionary(I=image)),
        )  # fmt: skip
        found = list(painted(page(pdf, b"1 0 0 1 7 0 cm /X Do /Y Do", XObject=Dictionary(X=inner))))
        assert found == [Picture((60, 0, 0, 80, 7, 0))]
        drawn = list(painted(page(pdf, b"9 0 0 9 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID a EI")))
        assert drawn == [Picture((9, 0, 0, 9, 0, 0))]


@pytest.mark.parametrize("content", [b"BT /F Tf (A) Tj ET", b"1 0 0 cm", b"BT (A) Td ET", b"Do"])
def test_content_that_cannot_be_followed(content: bytes) -> None:
    with pikepdf.new() as pdf, pytest.raises(ValueError, match="content"):
        list(painted(page(pdf, content)))


def test_forms_that_multiply_end() -> None:
    with pikepdf.new() as pdf:
        inner = pdf.make_stream(b"", Subtype=Name.Form)
        for _ in range(7):
            named = Dictionary(XObject=Dictionary(X=inner))
            inner = pdf.make_stream(b"/X Do " * 10, Subtype=Name.Form, Resources=named)
        with pytest.raises(ValueError, match="content"):
            list(painted(page(pdf, b"/X Do", XObject=Dictionary(X=inner))))
