import io
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from signing.changes import Change, Revision, Step, Unclear, compare
from signing.form import Form

Edit = Callable[[pikepdf.Pdf], object]
SCRIPT = Dictionary(S=Name.JavaScript)


def base() -> bytes:
    """One page with text, an empty text field and an empty signature field."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(300, 200))
        page.obj.Contents = pdf.make_stream(b"BT /F1 12 Tf 20 150 Td (Van ban) Tj ET")
        page.obj.Resources = Dictionary(Font=Dictionary(F1=Dictionary(Type=Name.Font, Subtype=Name.Type1)))
        text = widget(pdf, "So", Name.Tx, [20, 100, 80, 115])
        seal = widget(pdf, "Dau", Name.Sig, [100, 20, 180, 80])
        page.obj.Annots = Array([text, seal])
        pdf.Root.AcroForm = Dictionary(Fields=Array([text, seal]), SigFlags=3)
        out = io.BytesIO()
        pdf.save(out, static_id=True)
        return out.getvalue()


def widget(pdf: pikepdf.Pdf, name: str, kind: Name, box: list[int]) -> pikepdf.Object:
    return pdf.make_indirect(
        Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=kind, T=String(name), Rect=Array(box), F=4)
    )


def put(pdf: pikepdf.Pdf, key: str, value: object) -> None:
    """An entry of the first page."""
    pdf.pages[0].obj[key] = value


def field(pdf: pikepdf.Pdf, number: int) -> pikepdf.Object:
    return pdf.Root.AcroForm.Fields[number]


def look(pdf: pikepdf.Pdf, content: bytes = b"BT (05) Tj ET") -> pikepdf.Object:
    return pdf.make_stream(content, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 60, 15]))


def after(*edits: Edit, before: Edit | None = None) -> Step:
    """What compare says when `edits` were done to the document (as it is after `before`)."""
    data = base()
    with pikepdf.open(io.BytesIO(data)) as old, pikepdf.open(io.BytesIO(data)) as new:
        for edit in (before,) if before else ():
            edit(old)
            edit(new)
        for edit in edits:
            edit(new)
        return compare(Revision(old, Form.read(old)), Revision(new, Form.read(new)))


def font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return pdf.pages[0].obj.Resources.Font.F1


def fill(pdf: pikepdf.Pdf, content: bytes = b"BT (05) Tj ET") -> None:
    field(pdf, 0).V = String("05")
    field(pdf, 0).AP = Dictionary(N=look(pdf, content))


def sign(pdf: pikepdf.Pdf) -> None:
    field(pdf, 1).V = pdf.make_indirect(
        Dictionary(Type=Name.Sig, Contents=String(b"\1"), ByteRange=Array([]))
    )
    field(pdf, 1).AP = Dictionary(N=look(pdf, b"0 0 m 60 15 l S"))


def fill_and_sign(pdf: pikepdf.Pdf) -> None:
    fill(pdf)
    sign(pdf)


def add_field(pdf: pikepdf.Pdf, kind: Name, box: list[int], **more: pikepdf.Object) -> None:
    new = widget(pdf, "Moi", kind, box)
    for key, value in more.items():
        new[f"/{key}"] = value
    pdf.Root.AcroForm.Fields.append(new)
    pdf.pages[0].obj.Annots.append(new)


def test_the_same_document_has_no_changes() -> None:
    assert after() == Step(())


@pytest.mark.parametrize(
    ("edit", "kinds"),
    [
        (fill, [("field", "So")]),
        (sign, [("signature", "Dau")]),
        (fill_and_sign, [("field", "So"), ("signature", "Dau")]),
        (lambda pdf: pdf.Root.__setattr__("DSS", Dictionary(Certs=Array())), [("long_term", "")]),
        (lambda pdf: pdf.docinfo.__setitem__("/Producer", "khac"), [("long_term", "")]),
        (lambda pdf: add_field(pdf, Name.Sig, [200, 20, 280, 80]), [("signature_field", "Moi")]),
    ],
)
def test_what_a_signing_tool_does(edit: Edit, kinds: list[tuple[str, str]]) -> None:
    step = after(edit)
    assert [(change.kind, change.name) for change in step.changes] == kinds
    assert step.clear


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda pdf: pdf.pages[0].obj.Contents.write(b"BT (Khac) Tj ET"), "verdict.changed_page"),
        (lambda pdf: font(pdf).__setattr__("Subtype", Name.Type3), "verdict.changed_page"),
        (lambda pdf: put(pdf, "/Rotate", 90), "verdict.changed_page"),
        (lambda pdf: put(pdf, "/AA", Dictionary()), "verdict.changed_page"),
        (lambda pdf: pdf.add_blank_page(), "verdict.changed_pages"),
        (lambda pdf: pdf.Root.__setattr__("OpenAction", SCRIPT), "verdict.changed_structure"),
        (lambda pdf: pdf.Root.__setattr__("Names", Dictionary()), "verdict.changed_structure"),
        (lambda pdf: pdf.Root.AcroForm.__setattr__("NeedAppearances", True), "verdict.changed_structure"),
        (lambda pdf: add_field(pdf, Name.Tx, [0, 0, 9, 9]), "verdict.field_added"),
        (lambda pdf: add_field(pdf, Name.Sig, [0, 0, 9, 9], A=SCRIPT), "verdict.field_added"),
        (lambda pdf: field(pdf, 0).__setattr__("Rect", Array([0, 0, 99, 99])), "verdict.field_changed"),
        (lambda pdf: field(pdf, 0).__setattr__("AP", Dictionary(N=look(pdf))), "verdict.field_changed"),
        (lambda pdf: field(pdf, 0).__setattr__("F", 2), "verdict.field_changed"),
        (lambda pdf: field(pdf, 1).__setattr__("Lock", Dictionary(Action=Name.All)), "verdict.field_changed"),
        (lambda pdf: fill(pdf, b"/Im1 Do"), "verdict.field_refilled"),
        (lambda pdf: pdf.pages[0].obj.Annots.__delitem__(0), "verdict.annotation_changed"),
        (lambda pdf: put(pdf, "/Annots", Array([*pdf.pages[0].obj.Annots][::-1])),
         "verdict.annotation_changed"),
        (lambda pdf: pdf.pages[0].obj.Annots.append(widget(pdf, "Moi", Name.Tx, [0, 0, 9, 9])),
         "verdict.annotation_added"),
        (lambda pdf: pdf.pages[0].obj.Annots.append(Dictionary(F=4)), "verdict.annotation_added"),
        (lambda pdf: pdf.Root.AcroForm.Fields.__delitem__(0), "verdict.field_removed"),
    ],
)  # fmt: skip
def test_what_a_forger_does(edit: Edit, code: str) -> None:
    step = after(edit)
    assert code in {change.code for change in step.changes if change.kind == "forbidden"}


def test_a_filled_field_may_not_be_filled_again() -> None:
    step = after(lambda pdf: field(pdf, 0).__setattr__("V", String("99")), before=fill)
    assert [change.code for change in step.changes] == ["verdict.field_refilled"]


def test_a_signature_may_not_be_exchanged() -> None:
    step = after(lambda pdf: field(pdf, 1).V.__setattr__("Contents", String(b"2")), before=sign)
    assert {change.kind for change in step.changes} == {"forbidden"}


def test_an_opaque_look_over_signed_text_is_seen() -> None:
    def cover(pdf: pikepdf.Pdf) -> None:
        add_field(pdf, Name.Sig, [10, 140, 120, 170], AP=Dictionary(N=look(pdf, b"1 g 0 0 60 15 re f")))

    assert [change.code for change in after(cover).changes] == ["verdict.covers_text"]


def test_a_page_object_used_as_something_else_is_compared_there_too() -> None:
    """A field's dictionary that is also a page's resources: what filling writes would be painted."""
    step = after(fill, before=lambda pdf: pdf.pages[0].obj.__setattr__("Resources", field(pdf, 0)))
    assert "verdict.changed_page" in {change.code for change in step.changes}


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n%%EOF", base()[:-30], base()[: len(base()) // 2]])
def test_what_is_no_whole_document_is_unclear(data: bytes) -> None:
    with pytest.raises(Unclear):
        Revision.open(data)


def test_a_name_that_stands_twice_is_unclear() -> None:
    with pikepdf.open(io.BytesIO(base())) as pdf:
        add_field(pdf, Name.Sig, [0, 0, 9, 9])
        add_field(pdf, Name.Sig, [0, 0, 9, 9])
        out = io.BytesIO()
        pdf.save(out)
    with pytest.raises(Unclear):
        Revision.open(out.getvalue())


def test_a_change_says_where() -> None:
    (change,) = after(fill).changes
    assert change == Change("field", "So", 0, rect=(20, 100, 80, 115))
