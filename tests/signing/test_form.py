from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from signing.form import Form, FormField, is_timestamp, may_write, paints_pictures, visible


def form(pdf: pikepdf.Pdf, *fields: pikepdf.Object) -> Form:
    pdf.Root.AcroForm = Dictionary(Fields=Array(fields), SigFlags=3)
    return Form.read(pdf)


def field(pdf: pikepdf.Pdf, name: str, **entries: Any) -> pikepdf.Object:
    return pdf.make_indirect(Dictionary(T=String(name), **entries))


def test_names_types_and_widgets() -> None:
    with pikepdf.new() as pdf:
        widget = pdf.make_indirect(Dictionary(Rect=Array([9, 9, 1, 1])))
        child = field(pdf, "B", Kids=Array([widget]))
        read = form(pdf, field(pdf, "A", FT=Name.Tx, Kids=Array([child])))
        assert set(read.fields) == {"A", "A.B"}
        found = read.fields["A.B"]
        assert (found.kind, found.rect, len(found.widgets)) == ("/Tx", (1, 1, 9, 9), 1)
        assert widget.objgen in read.nodes


def test_no_form() -> None:
    with pikepdf.new() as pdf:
        assert Form.read(pdf) == Form({}, {}, frozenset())


def test_a_field_that_contains_itself_is_refused() -> None:
    with pikepdf.new() as pdf:
        loop = field(pdf, "A")
        loop.Kids = Array([loop])
        with pytest.raises(ValueError, match="two places"):
            form(pdf, loop)


def test_a_name_that_stands_twice_is_refused() -> None:
    with pikepdf.new() as pdf, pytest.raises(ValueError, match="twice"):
        form(pdf, field(pdf, "A"), field(pdf, "A"))


def one(**entries: Any) -> FormField:
    return FormField("A", str(entries.get("FT", "/Tx")), Dictionary(**entries), ())


@pytest.mark.parametrize(
    ("entries", "seen"),
    [
        ({"Rect": Array([0, 0, 9, 9])}, True),
        ({"Rect": Array([0, 0, 0, 9])}, False),
        ({"Rect": Array([0, 0, 9, 9]), "F": 2}, False),
        ({}, False),
    ],
)
def test_what_is_seen(entries: dict[str, object], seen: bool) -> None:  # noqa: FBT001
    assert visible(one(**entries)) is seen


@pytest.mark.parametrize(
    ("value", "empty"),
    [(None, True), (String(""), True), (Name.Off, True), (String("x"), False), (Name.Yes, False)],
)
def test_what_is_empty(value: object, empty: bool) -> None:  # noqa: FBT001
    assert one(**({} if value is None else {"V": value})).is_empty is empty


def test_time_stamps() -> None:
    assert is_timestamp(one(V=Dictionary(Type=Name.DocTimeStamp)))
    assert not is_timestamp(one(V=Dictionary(Type=Name.Sig)))


def test_what_filling_and_signing_may_write() -> None:
    assert may_write("/V", None, 1, signing=False, filling=True)
    assert not may_write("/AP", None, 1, signing=False, filling=False)
    assert may_write("/F", 4, 132, signing=False, filling=True)
    assert not may_write("/F", 4, 6, signing=False, filling=True)
    assert may_write("/Ff", 0, 1, signing=False, filling=False)
    assert not may_write("/Ff", 0, 4096, signing=False, filling=True)
    assert may_write("/Type", None, Name.Annot, signing=False, filling=False)


def test_a_picture_is_no_text() -> None:
    with pikepdf.new() as pdf:
        for content, paints in ((b"BT (1) Tj ET", False), (b"/I Do", True)):
            assert paints_pictures(one(AP=Dictionary(N=pdf.make_stream(content)))) is paints
