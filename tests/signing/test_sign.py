import io
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel

from document.errors import KeyLocked, Refused, Unavailable
from signing.layers import fault_of, is_timestamped, signatures
from signing.pdf_stages import PreparedPdf, SignedPdf
from signing.prepare import prepare
from signing.rehearsal import ThrowAwayKey, throw_away_key
from signing.sign import sign
from signing.timestamps import Timestamps
from tests.support.papers import AT, drawn, judged, plan_of, signature_image, standard


def signed(*, key: ThrowAwayKey | None = None, at: datetime = AT, image: bytes | None = None) -> SignedPdf:
    return sign(
        standard().prepared,
        plan=standard().plan,
        key=key or throw_away_key("Trần Văn Mẫu"),
        at=at,
        image=image,
        timestamps=None,
    )


def test_the_prepared_bytes_are_an_exact_prefix_and_pyhanko_finds_it_whole() -> None:
    papers = standard()
    assert papers.signed.startswith(papers.prepared)
    status = judged(papers.signed)["Niem_Ky_1"]
    assert status.bottom_line
    assert status.modification_level == ModificationLevel.NONE


def test_it_certifies_for_form_filling_only() -> None:
    reader = PdfFileReader(io.BytesIO(standard().signed))
    (signature,) = reader.embedded_signatures
    assert signature.docmdp_level is not None
    assert signature.docmdp_level.value == 2
    assert "/DocMDP" in reader.root["/Perms"]
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


def test_the_signed_attributes_are_those_of_pades() -> None:
    (signature,) = signatures(standard().signed)
    names = {attribute["type"].native for attribute in signature.signer_info["signed_attrs"]}
    assert {"content_type", "message_digest", "signing_certificate_v2"} <= names
    assert "signing_time" not in names


def test_the_time_is_the_acts_on_a_clock_in_viet_nam() -> None:
    (signature,) = signatures(standard().signed)
    assert str(signature.sig_object["/M"]) == "D:20301231000405+07'00'"


def test_the_machines_zone_does_not_matter(tmp_path: Path) -> None:
    code = (
        "import sys; from tests.support.papers import standard;"
        "open(sys.argv[1], 'wb').write(standard().signed)"
    )
    elsewhere = tmp_path / "elsewhere.pdf"
    environment = {**os.environ, "TZ": "America/New_York"}
    subprocess.run([sys.executable, "-c", code, str(elsewhere)], check=True, env=environment)
    (signature,) = signatures(elsewhere.read_bytes())
    assert str(signature.sig_object["/M"]) == "D:20301231000405+07'00'"


def test_signing_again_asks_the_key_for_the_same_thing() -> None:
    # A process that died after the key was used gets the same signature for the same intent.
    assert signed(image=signature_image()) == standard().signed


def test_another_time_is_another_file() -> None:
    assert signed(at=AT + timedelta(seconds=1)) != signed()


def test_without_an_image_the_name_and_the_time_of_the_act_are_shown(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(signed())
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "a.pdf"), "-"], capture_output=True, check=True, text=True
    ).stdout
    assert "Ký số:" in text
    assert text.count("Trần Văn Mẫu") == 2
    assert "31/12/2030; 00:04:05 +07:00" in text


def test_a_second_signer_approves_and_the_first_stays_good() -> None:
    where = plan_of(drawn())
    first = where.signers[0]
    left = replace(first.box, x0=first.box.x0 - 200, x1=first.box.x1 - 200)
    two = replace(where, signers=(replace(first, box=left), replace(first, field="Niem_Ky_2")))
    done = SignedPdf(prepare(drawn().pdf, two))
    for index in (0, 1):
        done = sign(
            PreparedPdf(done),
            plan=two,
            key=throw_away_key(f"Người ký {index}"),
            at=AT,
            image=signature_image(),
            timestamps=None,
            signer_index=index,
        )
    status = judged(done)
    assert status["Niem_Ky_1"].modification_level == ModificationLevel.FORM_FILLING
    assert status["Niem_Ky_1"].bottom_line
    assert status["Niem_Ky_2"].bottom_line
    with pikepdf.open(io.BytesIO(done)) as opened:
        second = opened.Root.AcroForm.Fields[-2]
        assert "/Reference" not in second.V


@dataclass(frozen=True)
class Faulty(ThrowAwayKey):
    """A token that signs wrongly without an error, or is locked."""

    locked: bool = False

    def sign(self, data: bytes) -> bytes:
        if self.locked:
            raise KeyLocked("key.locked_for_test")
        return super().sign(data + b"?")


def faulty(*, locked: bool = False) -> Faulty:
    good = throw_away_key("Trần Văn Mẫu")
    return Faulty(good.private, good.certificate, good.chain, locked)


def test_a_wrong_signature_is_never_kept() -> None:
    with pytest.raises(Unavailable) as caught:
        signed(key=faulty())
    assert caught.value.code == "signing.bad_signature"


def test_what_the_key_says_reaches_the_caller() -> None:
    with pytest.raises(KeyLocked):
        signed(key=faulty(locked=True))


def test_a_certificate_outside_its_validity_does_not_sign() -> None:
    with pytest.raises(Refused) as caught:
        signed(at=datetime(2029, 1, 1, tzinfo=UTC), key=faulty(locked=True))
    assert caught.value.code == "signing.not_in_validity"


def test_a_field_is_signed_once() -> None:
    with pytest.raises(Refused) as caught:
        sign(
            PreparedPdf(standard().signed),
            plan=standard().plan,
            key=faulty(locked=True),
            at=AT,
            image=None,
            timestamps=None,
        )
    assert caught.value.code == "signing.field_signed"


def test_a_file_that_was_not_prepared_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        sign(
            PreparedPdf(drawn().pdf),
            plan=standard().plan,
            key=faulty(locked=True),
            at=AT,
            image=None,
            timestamps=None,
        )
    assert caught.value.code == "signing.no_field"


def refuse(url: str, body: bytes, seconds: float) -> bytes:
    raise OSError(url, len(body), seconds)


def test_a_silent_time_stamp_service_does_not_lose_a_signature() -> None:
    silent = Timestamps(["http://127.0.0.1:1/tsa"], 0.2, post=refuse)
    done = sign(
        standard().prepared,
        plan=standard().plan,
        key=throw_away_key("Trần Văn Mẫu"),
        at=AT,
        image=None,
        timestamps=silent,
    )
    (signature,) = signatures(done)
    assert fault_of(signature) == ""
    assert not is_timestamped(done, "Niem_Ky_1")


def test_where_a_time_stamp_is_required_the_key_is_not_touched_without_one() -> None:
    silent = Timestamps(["http://127.0.0.1:1/tsa"], 0.2, required=True, post=refuse)
    with pytest.raises(Unavailable) as caught:
        sign(
            standard().prepared,
            plan=standard().plan,
            key=faulty(locked=True),
            at=AT,
            image=None,
            timestamps=silent,
        )
    assert caught.value.code == "signing.no_timestamp"
