import io
from dataclasses import replace
from typing import Any

import pikepdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from document.errors import Returnable
from signing.prepare import prepare, prepare_attachment
from tests.support.papers import drawn, plan_of, standard


def form_of(pdf: bytes) -> tuple[pikepdf.Pdf, dict[str, Any]]:
    opened = pikepdf.open(io.BytesIO(pdf))
    return opened, {str(field.T): field for field in opened.Root.AcroForm.Fields}


def with_field(pdf: bytes, name: str = "Ghi_chu") -> bytes:
    """The same page with a form field of its author's."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        page = opened.pages[0]
        look = opened.make_stream(
            b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 50, 20]
        )
        field = opened.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T=name, F=4,
                Rect=[50, 50, 100, 70], DA="/Helv 10 Tf 0 g", P=page.obj, AP=pikepdf.Dictionary(N=look),
            )
        )  # fmt: skip
        page.Annots = pikepdf.Array([field])
        opened.Root.AcroForm = opened.make_indirect(
            pikepdf.Dictionary(Fields=pikepdf.Array([field]), NeedAppearances=True)
        )
        out = io.BytesIO()
        opened.save(out)
        return out.getvalue()


def test_one_revision_and_the_incoming_bytes_are_an_exact_prefix() -> None:
    papers = standard()
    assert papers.prepared.startswith(papers.original)
    before = PdfFileReader(io.BytesIO(papers.original)).xrefs.total_revisions
    assert PdfFileReader(io.BytesIO(papers.prepared)).xrefs.total_revisions == before + 1


def test_it_is_the_same_bytes_every_time() -> None:
    assert prepare(drawn().pdf, plan_of(drawn())) == standard().prepared


def test_the_fields_are_as_the_law_of_the_house_says() -> None:
    opened, fields = form_of(standard().prepared)
    assert list(fields) == ["Niem_So", "Niem_Ngay", "Niem_Thang", "Niem_Nam", "Niem_Ky_1", "Niem_Dau"]
    annotations = [str(annotation.T) for annotation in opened.pages[0].Annots]
    assert annotations == list(fields)
    for name, spot in standard().plan.texts.items():
        field = fields[name]
        assert (int(field.Ff), int(field.F)) == (1, 4)
        assert "/V" not in field
        assert field.AP.N.read_bytes() == b""
        assert f" {spot.size:g} Tf" in str(field.DA)
        assert [float(edge) for edge in field.Rect] == pytest.approx(
            [spot.box.x0, spot.box.y0, spot.box.x1, spot.box.y1], abs=0.001
        )
    assert "/NeedAppearances" not in opened.Root.AcroForm
    for name in ("Niem_Ky_1", "Niem_Dau"):
        assert pikepdf.Name.Sig == fields[name].FT
        assert "/N" in fields[name].AP


def test_the_locks_without_fields_of_the_author() -> None:
    _, fields = form_of(standard().prepared)
    assert "/Lock" not in fields["Niem_Ky_1"]
    lock = fields["Niem_Dau"].Lock
    assert lock.Action == pikepdf.Name.Include
    assert list(map(str, lock.Fields)) == list(standard().plan.texts)
    assert "/P" not in lock


def test_the_signers_lock_holds_the_fields_of_the_author() -> None:
    opened, fields = form_of(prepare(with_field(drawn().pdf), plan_of(drawn())))
    lock = fields["Niem_Ky_1"].Lock
    assert lock.Action == pikepdf.Name.Include
    assert list(map(str, lock.Fields)) == ["Ghi_chu"]
    assert "/NeedAppearances" not in opened.Root.AcroForm
    assert str(opened.pages[0].Annots[-1].T) == "Niem_Dau"


def test_the_strict_locks() -> None:
    _, fields = form_of(prepare(drawn().pdf, plan_of(drawn(), strict_lock=True)))
    signer, seal = fields["Niem_Ky_1"].Lock, fields["Niem_Dau"].Lock
    assert signer.Action == pikepdf.Name.Exclude
    assert "Niem_So" in list(map(str, signer.Fields))
    assert (seal.Action, int(seal.P)) == (pikepdf.Name.All, 1)


def test_a_field_that_has_our_name_is_returned() -> None:
    with pytest.raises(Returnable) as caught:
        prepare(with_field(drawn().pdf, "Niem_So"), plan_of(drawn()))
    assert caught.value.code == "prepare.field_taken"


def test_a_signed_file_is_returned() -> None:
    with pytest.raises(Returnable) as caught:
        prepare(standard().signed, plan_of(drawn()))
    assert caught.value.code == "prepare.signed_already"


def test_a_seal_that_would_leave_the_page_is_returned() -> None:
    where = plan_of(drawn())
    off = replace(where, seal=replace(where.seal, x0=-5, x1=97))
    with pytest.raises(Returnable) as caught:
        prepare(drawn().pdf, off)
    assert caught.value.code == "prepare.seal_off_page"


def test_the_crop_box_is_the_page() -> None:
    with pikepdf.open(io.BytesIO(drawn().pdf)) as opened:
        opened.pages[0].CropBox = [320, 0, 595, 842]
        out = io.BytesIO()
        opened.save(out)
    with pytest.raises(Returnable) as caught:
        prepare(out.getvalue(), plan_of(drawn()))
    assert caught.value.code == "prepare.seal_off_page"


@pytest.mark.parametrize("data", [b"", b"no pdf", b"%PDF-1.7\n%%EOF"])
def test_what_is_no_pdf_is_returned(data: bytes) -> None:
    with pytest.raises(Returnable) as caught:
        prepare(data, plan_of(drawn()))
    assert caught.value.code == "prepare.unreadable"


def test_a_filter_that_nobody_knows_is_returned() -> None:
    with pikepdf.open(io.BytesIO(drawn().pdf)) as opened:
        out = io.BytesIO()
        opened.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    odd = out.getvalue().replace(b"/FlateDecode", b"/JBIG2Decode")
    with pytest.raises(Returnable) as caught:
        prepare(odd, plan_of(drawn()))
    assert caught.value.code == "prepare.unreadable"


@pytest.mark.parametrize(
    ("turn", "corner"), [(0, (True, True)), (90, (False, True)), (180, (False, False)), (270, (True, False))]
)
def test_the_stamp_of_an_attachment_is_at_the_top_right_as_shown(
    turn: int, corner: tuple[bool, bool]
) -> None:
    with pikepdf.open(io.BytesIO(drawn().pdf)) as opened:
        opened.pages[0].Rotate = turn
        out = io.BytesIO()
        opened.save(out)
    made = prepare_attachment(out.getvalue(), 1)
    assert made.startswith(out.getvalue())
    _, fields = form_of(made)
    assert list(fields) == ["Niem_Dau"]
    x0, y0, x1, y1 = (float(edge) for edge in fields["Niem_Dau"].Rect)
    # Which corner of user space is shown at the top right when the page is turned clockwise.
    right, upper = corner
    assert (x0 + x1 > 595) is right
    assert (y0 + y1 > 842) is upper
    assert ((x1 - x0) > (y1 - y0)) is (turn in (0, 180))
