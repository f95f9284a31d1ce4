import io
from dataclasses import replace

import pikepdf
import pytest

from document.errors import Returnable
from signing.pdf_stages import PreparedPdf
from signing.prepare import prepare, prepare_attachment
from signing.rehearsal import rehearse, throw_away_key
from tests.signing.test_prepare import with_field
from tests.support.papers import drawn, plan_of, seal_image, signature_image, standard


@pytest.mark.parametrize("image", [signature_image(), None])
def test_a_good_document_passes(image: bytes | None) -> None:
    attachment = prepare_attachment(drawn().pdf, 1)
    rehearse(standard().prepared, [attachment], plan=standard().plan, image=image, seal_image=seal_image())


@pytest.mark.parametrize("strict", [False, True])
def test_a_document_with_fields_of_its_own_passes(strict: bool) -> None:  # noqa: FBT001 -- a parameter
    where = plan_of(drawn(), strict_lock=strict)
    prepared = prepare(with_field(drawn().pdf), where)
    rehearse(prepared, [], plan=where, image=signature_image(), seal_image=seal_image())


def failed(prepared: bytes, **changes: object) -> Returnable:
    where = replace(standard().plan, **changes)  # type: ignore[arg-type]
    with pytest.raises(Returnable) as caught:
        rehearse(PreparedPdf(prepared), [], plan=where, image=signature_image(), seal_image=seal_image())
    return caught.value


def test_a_number_that_does_not_fit_fails_here_with_its_reason() -> None:
    error = failed(standard().prepared, widest_number="88888888")
    assert error.code == "prepare.rehearsal_failed"
    assert "88888888" in error.text()


def test_a_file_without_its_fields_fails_here() -> None:
    assert failed(drawn().pdf).code == "prepare.rehearsal_failed"


def test_a_lock_that_freezes_the_number_before_the_seal_fails_here() -> None:
    # The signer's lock names the number field: filling it would break the leader's signature.
    with pikepdf.open(io.BytesIO(standard().prepared)) as opened:
        (signer,) = (f for f in opened.Root.AcroForm.Fields if str(f.T) == "Niem_Ky_1")
        signer.Lock = opened.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.SigFieldLock, Action=pikepdf.Name.Include, Fields=pikepdf.Array(["Niem_So"])
            )
        )
        out = io.BytesIO()
        opened.save(out)
    error = failed(out.getvalue())
    assert error.code == "prepare.rehearsal_failed"
    assert "Niem_Ky_1" in error.text()


def test_what_makes_the_next_reader_suspicious_fails_here_and_is_said() -> None:
    with pikepdf.open(io.BytesIO(drawn().pdf)) as opened:
        opened.Root.Metadata = opened.make_stream(b"no XML", Type=pikepdf.Name.Metadata)
        out = io.BytesIO()
        opened.save(out, fix_metadata_version=False)
    error = failed(prepare(out.getvalue(), standard().plan))
    assert error.code == "prepare.rehearsal_failed"
    assert "/Metadata" in error.text()


def test_a_bad_image_fails_here() -> None:
    with pytest.raises(Returnable) as caught:
        rehearse(standard().prepared, [], plan=standard().plan, image=b"no image", seal_image=seal_image())
    assert caught.value.code == "prepare.rehearsal_failed"


def test_a_throw_away_key_is_made_once() -> None:
    assert throw_away_key("Một") is throw_away_key("Một")
    assert "private" not in repr(throw_away_key("Một"))
