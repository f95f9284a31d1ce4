import io
import re
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation.status import SignatureCoverageLevel

from certs.test.pki import Pki
from document.errors import Refused
from signing.appearance import show, text_form
from signing.fonts import family
from signing.layers import is_timestamped, signatures
from signing.pdf_stages import PreparedAttachment, SignedPdf
from signing.prepare import prepare, prepare_attachment
from signing.rehearsal import AT as LAST_SECOND
from signing.rehearsal import throw_away_key
from signing.revision import Revision
from signing.revocation import Revocation
from signing.seal import seal, stamp
from signing.sign import sign
from signing.timestamps import Timestamps
from tests.signing.test_prepare import with_field
from tests.support.papers import (
    AT,
    ISSUED,
    drawn,
    judged,
    papers,
    pki_key,
    plan_of,
    seal_image,
    sealed,
    signature_image,
    standard,
    write,
)


def check_two_layers(pdf: bytes) -> None:
    """Default validation: the leader good with form filling, the organisation good with the whole file."""
    status = judged(pdf)
    assert list(status) == ["Niem_Ky_1", "Niem_Dau"]
    leader, organisation = status["Niem_Ky_1"], status["Niem_Dau"]
    assert leader.bottom_line
    assert leader.modification_level == ModificationLevel.FORM_FILLING
    assert organisation.bottom_line
    assert organisation.modification_level == ModificationLevel.NONE
    assert organisation.coverage == SignatureCoverageLevel.ENTIRE_FILE


def test_both_layers_are_good_and_the_signed_bytes_are_an_exact_prefix() -> None:
    made = standard()
    assert made.sealed.startswith(made.signed)
    check_two_layers(made.sealed)


def test_pdfsig_agrees(tmp_path: Path) -> None:
    path = write(tmp_path, standard().sealed)
    said = subprocess.run(
        ["pdfsig", "-nocert", str(path)], capture_output=True, check=False, text=True
    ).stdout
    assert said.count("Signature is Valid") == 2
    leader, organisation = said.split("Signature #2")
    assert "Niem_Ky_1" in leader
    assert "Not total document signed" in leader
    assert "Niem_Dau" in organisation
    assert "Total document signed" in organisation


def test_number_and_date_stand_in_their_fields_and_on_the_page(tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(standard().sealed)) as opened:
        values = {str(field.T): str(field.V) for field in opened.Root.AcroForm.Fields if field.FT == "/Tx"}
    assert values == {"Niem_So": "05", "Niem_Ngay": "31", "Niem_Thang": "12", "Niem_Nam": "2030"}
    path = write(tmp_path, standard().sealed)
    text = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True
    ).stdout
    line = next(line for line in text.splitlines() if "Số:" in line)
    assert "".join(line.split()) == "Số:05/QĐ-UBNDMinhGiang,ngày31tháng12năm2030"


def test_sealing_again_asks_the_key_for_the_same_thing() -> None:
    assert sealed(standard().signed, standard().plan) == standard().sealed


def test_object_streams_are_sealed_whole() -> None:
    with pikepdf.open(io.BytesIO(drawn().pdf)) as opened:
        out = io.BytesIO()
        opened.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    check_two_layers(papers(out.getvalue()).sealed)


def test_a_hybrid_file_as_word_saves_it_is_sealed_whole() -> None:
    hybrid = (Path(__file__).parents[2] / "samples/hybrid/CV-bao-cao.hybrid.pdf").read_bytes()
    assert PdfFileReader(io.BytesIO(hybrid), strict=False).xrefs.hybrid_xrefs_present
    made = papers(hybrid)
    assert made.sealed.startswith(hybrid)
    check_two_layers(made.sealed)


def test_the_strict_locks_keep_both_layers_good(caplog: pytest.LogCaptureFixture) -> None:
    check_two_layers(papers(strict_lock=True).sealed)
    assert "DocMDP" not in caplog.text  # what was asked for is what the lock says


def changed(pdf: bytes, field_name: str, value: str) -> bytes:
    """A forger's revision: another value in a field, and another appearance."""
    writer = Revision.on(pdf)
    found = writer.field(field_name)
    assert found is not None
    field, reference = found
    field[pdf_name("/V")] = generic.pdf_string(value)
    if value.isdecimal():
        show(field, text_form(writer, standard().plan.number, value, family()))
    writer.mark_update(reference)
    return writer.finish()


def test_forgery_the_number_changed_after_the_seal() -> None:
    status = judged(changed(standard().sealed, "Niem_So", "06"))
    assert not status["Niem_Dau"].bottom_line


def test_forgery_a_foreign_field_filled_between_the_layers() -> None:
    made = papers(with_field(drawn().pdf))
    check_two_layers(made.sealed)
    forged = SignedPdf(changed(made.signed, "Ghi_chu", "Đồng ý"))
    assert not judged(forged)["Niem_Ky_1"].bottom_line
    # And the organisation's key is not applied to it.
    with pytest.raises(Refused) as caught:
        sealed(forged, made.plan)
    assert caught.value.code == "seal.leader_broken"


def test_without_the_leaders_signature_nothing_is_sealed() -> None:
    with pytest.raises(Refused) as caught:
        sealed(SignedPdf(standard().prepared), standard().plan)
    assert caught.value.code == "seal.no_leader"


def test_a_leaders_layer_that_does_not_verify_is_not_sealed() -> None:
    signed = standard().signed
    at = signed.index(b"/MediaBox")
    broken = SignedPdf(signed[: at - 1] + b"\t" + signed[at:])
    assert len(broken) == len(signed)
    with pytest.raises(Refused) as caught:
        sealed(broken, standard().plan)
    assert caught.value.code == "seal.leader_broken"


@pytest.mark.parametrize(("number", "code"), [("", "seal.no_number"), ("?", "seal.no_number")])
def test_without_a_number_nothing_is_sealed(number: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        sealed(standard().signed, standard().plan, number=number)
    assert caught.value.code == code


def test_a_number_wider_than_its_blank_is_not_squeezed_in() -> None:
    with pytest.raises(Refused) as caught:
        sealed(standard().signed, standard().plan, number="88888888")
    assert caught.value.code == "seal.number_wide"


def test_the_stamp_of_an_attachment_says_number_date_and_the_second_of_the_act(tmp_path: Path) -> None:
    prepared = prepare_attachment(drawn().pdf, 1)
    stamped = stamp(
        prepared,
        number_symbol="15/QĐ-UBND",
        at=AT,
        key=throw_away_key("ỦY BAN NHÂN DÂN TỈNH MINH GIANG"),
        timestamps=None,
        revocation=None,
    )
    assert stamped.startswith(prepared)
    assert judged(stamped)["Niem_Dau"].bottom_line
    path = write(tmp_path, stamped)
    text = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True
    ).stdout
    assert text.split("\n")[0].strip() == "Số: 15/QĐ-UBND; 31/12/2030; 00:04:05 +07:00"
    (signature,) = PdfFileReader(io.BytesIO(stamped)).embedded_signatures
    assert str(signature.sig_object["/M"]) == "D:20301231000405+07'00'"


def test_signed_in_the_last_second_of_a_year_and_numbered_in_the_first_of_the_next(tmp_path: Path) -> None:
    made, leader = standard(), throw_away_key("Trần Văn Mẫu")
    signed = sign(
        made.prepared, plan=made.plan, key=leader, at=LAST_SECOND, image=signature_image(), timestamps=None
    )
    done = sealed(signed, made.plan, number="01", at=LAST_SECOND + timedelta(seconds=1))
    check_two_layers(done)
    with pikepdf.open(io.BytesIO(done)) as opened:
        values = {str(field.T): field.V for field in opened.Root.AcroForm.Fields}
    assert [str(values[name]) for name in made.plan.texts] == ["01", "01", "01", "2031"]
    assert str(values["Niem_Ky_1"].M) == "D:20301231235959+07'00'"
    assert str(values["Niem_Dau"].M) == "D:20310101000000+07'00'"
    shown = subprocess.run(
        ["pdftotext", "-layout", str(write(tmp_path, done)), "-"], capture_output=True, check=True, text=True
    ).stdout
    assert re.search(r"Số: +01 +/QĐ-UBND +Minh Giang, ngày +01 +tháng +01 +năm +2031", shown)


def test_an_attachment_without_a_number_is_not_stamped() -> None:
    with pytest.raises(Refused) as caught:
        stamp(
            PreparedAttachment(prepare_attachment(drawn().pdf, 1)),
            number_symbol="",
            at=AT,
            key=throw_away_key("ỦY BAN NHÂN DÂN TỈNH MINH GIANG"),
            timestamps=None,
            revocation=None,
        )
    assert caught.value.code == "seal.no_number"


def test_with_services_up_the_seal_is_b_lt_and_covers_the_whole_file(pki: Pki, tmp_path: Path) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    where = plan_of(drawn())
    stamps = Timestamps(pki.tsa_urls(), 10)
    signed = sign(
        prepare(drawn().pdf, where),
        plan=where,
        key=pki_key(pki, "leader-mau"),
        at=now,
        image=signature_image(),
        timestamps=stamps,
    )
    assert is_timestamped(signed, "Niem_Ky_1")
    roots = tuple(pki.chain("leader-mau")[-1:])
    evidence = Revocation(roots, frozenset({"127.0.0.1"}), 10, tmp_path / "evidence")
    made = [
        seal(
            signed,
            plan=where,
            number="05",
            issued_on=ISSUED,
            key=pki_key(pki, "org-minh-giang"),
            at=now,
            seal_image=seal_image(),
            timestamps=stamps,
            revocation=evidence,
        )
        for _ in range(2)
    ]
    assert is_timestamped(made[0], "Niem_Dau")
    with pikepdf.open(io.BytesIO(made[0])) as opened:
        store = opened.Root.DSS
        assert len(store.OCSPs) >= 2
        assert len(store.Certs) >= 4
        assert "/VRI" not in store
        # Only the time stamp, which is not signed over, may differ when a process had to do it again.
    digests = {{s.field_name: s for s in signatures(pdf)}["Niem_Dau"].compute_digest() for pdf in made}
    assert len(digests) == 1
    said = subprocess.run(
        ["pdfsig", "-nocert", str(write(tmp_path, made[0]))], capture_output=True, check=False, text=True
    ).stdout
    assert said.count("Signature is Valid") == 2
    assert "Total document signed" in said
    check_two_layers_now(made[0], now)


def check_two_layers_now(pdf: bytes, now: datetime) -> None:
    status = judged(pdf, moment=now)
    assert status["Niem_Ky_1"].modification_level == ModificationLevel.FORM_FILLING
    assert status["Niem_Dau"].coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert all(found.valid and found.intact for found in status.values())


def test_a_revoked_leader_is_not_sealed(pki: Pki) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    where = plan_of(drawn())
    signed = sign(
        prepare(drawn().pdf, where),
        plan=where,
        key=pki_key(pki, "revoked-mau"),
        at=now,
        image=None,
        timestamps=None,
    )
    with pytest.raises(Refused) as caught:
        seal(
            signed,
            plan=where,
            number="05",
            issued_on=date(2030, 1, 1),
            key=pki_key(pki, "org-minh-giang"),
            at=now,
            seal_image=seal_image(),
            timestamps=None,
            revocation=Revocation(tuple(pki.chain("leader-mau")[-1:]), frozenset({"127.0.0.1"})),
        )
    assert caught.value.code == "signing.revoked"


def test_a_wrong_purpose_does_not_seal(pki: Pki) -> None:
    with pytest.raises(Refused) as caught:
        seal(
            standard().signed,
            plan=replace(standard().plan),
            number="05",
            issued_on=ISSUED,
            key=pki_key(pki, "wrong-purpose"),
            at=datetime.now(UTC),
            seal_image=seal_image(),
            timestamps=None,
            revocation=None,
        )
    assert caught.value.code == "signing.wrong_purpose"
