"""The whole way, without a fake: real folders, HTTP, keys, time stamps, database, second verifier.

The demo is run once, by the command people type; each test looks at one thing it must have left.
"""

import hashlib
import io
import subprocess
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from document.facts import DocumentFact
from document.manifest import FileRole
from document.stages import Stage
from document.vault import Vault
from niem.demo import DOCUMENTS
from niem.demo_site import PASSWORD, PIN
from office.audit import audit
from tests.support.played import Played, niem
from tests.support.sealed import number_changed

MAIN = ("QD_UBND_", "TB_UBND_", "_UBND_KT_", "KH_UBND_Ra_soat_niem_yet_cong_khai")


def documents(played: Played) -> list[DocumentFact]:
    return played.ledger.documents(None, {Stage.ISSUED})


def test_four_documents_and_the_appendix_are_delivered_with_receipts(played: Played) -> None:
    assert len(documents(played)) == DOCUMENTS
    assert len(played.issued) == DOCUMENTS + 1
    folders = list(played.site.root.glob("shares/*/*"))
    assert len(folders) == 3
    for folder in folders:
        assert list((folder / "3. Đã phát hành").glob("*BIÊN NHẬN.txt"))
        for emptied in ("1. Trình ký", "2. Đang xử lý", "4. Trả lại"):
            assert list((folder / emptied).iterdir()) == []


def test_delivered_bytes_are_the_issued_digest(played: Played) -> None:
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in played.issued}
    recorded = {v.digest for d in documents(played) for v in d.versions if v.kind == "sealed"}
    assert digests == recorded


def test_each_version_begins_with_the_one_before(played: Played) -> None:
    vault = played.site.vault
    for document in documents(played):
        for file in (f for f in document.files if f.role in (FileRole.MAIN, FileRole.ATTACHMENT)):
            kinds = [v for v in document.versions if v.ordinal == file.ordinal]
            contents = [(vault / v.digest[:2] / v.digest).read_bytes() for v in kinds]
            for earlier, later in pairwise(contents):
                assert later.startswith(earlier)
                assert len(later) > len(earlier)


def test_exactly_one_signature_of_each_layer(played: Played) -> None:
    for path in played.issued:
        with pikepdf.open(path) as pdf:
            fields = [str(f.T) for f in pdf.Root.AcroForm.Fields if f.get("/FT") == "/Sig" and "/V" in f]
        expected = ["Niem_Dau"] if "Phu_luc" in path.name else ["Niem_Ky_1", "Niem_Dau"]
        assert fields == expected


def test_niem_verify_says_valid(played: Played) -> None:
    main = [path for path in played.issued if "Phu_luc" not in path.name]
    for found in played.verdicts(*main):
        assert (found["verdict"], found["integrity"]) == ("valid", "intact"), found["reasons"]
        assert found["layers"] == {"signer": [0], "organisation": [1], "order": "right", "missing": []}
        assert [s["modification"] for s in found["signatures"]] == ["form_filling", "none"]
        assert found["second_opinion"]["agrees"] is True
        assert {s["level"] for s in found["signatures"]} == {"B-LT"}


def test_the_appendix_is_complete_with_the_organisations_layer(played: Played) -> None:
    (found,) = played.verdicts(played.delivered("Phu_luc_1"))
    assert (found["document_class"], found["verdict"]) == ("attachment", "valid")


def test_pdfsig_finds_every_signature_valid_and_the_seal_over_the_whole_file(played: Played) -> None:
    for path in played.issued:
        text = subprocess.run(
            ["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=True
        ).stdout
        parts = text.split("Signature #")[1:]
        assert all("Signature is Valid" in part for part in parts)
        assert "Niem_Dau" in parts[-1]
        assert "Total document signed" in parts[-1]


@pytest.mark.parametrize("part", MAIN)
def test_pyhankos_default_validation_accepts(played: Played, part: str) -> None:
    trust = [load_cert_from_pemder(str(p)) for p in (played.site.root / "trust").glob("root-*.pem")]
    data = played.delivered(part).read_bytes()
    reader = PdfFileReader(io.BytesIO(data), strict=False)
    context = ValidationContext(trust_roots=trust, allow_fetching=False)
    leader, seal = reader.embedded_regular_signatures
    statuses = [validate_pdf_signature(s, context, skip_diff=False) for s in (leader, seal)]
    assert all(status.bottom_line for status in statuses), [s.pretty_print_details() for s in statuses]
    assert [s.modification_level for s in statuses] == [
        ModificationLevel.FORM_FILLING,
        ModificationLevel.NONE,
    ]


def test_time_of_the_act_is_one_second_in_the_zone_of_viet_nam(played: Played) -> None:
    for document in documents(played):
        digest = document.version("sealed") or ""
        with pikepdf.open(played.site.vault / digest[:2] / digest) as pdf:
            stamps = [str(f.V.M) for f in pdf.Root.AcroForm.Fields if f.get("/FT") == "/Sig"]
        assert all(stamp.endswith(("+07'00'", "+07'00")) for stamp in stamps)
        assert document.register is not None
        assert stamps[-1][2:10] == document.register.issued_on.strftime("%Y%m%d")


def test_numbers_run_from_01_in_each_series(played: Played) -> None:
    numbers = sorted(d.register.number_symbol for d in documents(played) if d.register)
    commune = {n for n in numbers if "UBND-KT" in n or "KH-UBND" in n}
    assert {"01/QĐ-UBND", "01/TB-UBND"} <= set(numbers)
    assert {n.split("/")[0] for n in commune} == {"01", "02"}


def test_the_record_is_unbroken(played: Played) -> None:
    report = audit(played.ledger, Vault(played.site.vault))
    assert report.sound, report.lines("en")
    assert niem("audit", "--site", str(played.site.root)).returncode == 0


def test_no_secret_in_any_output(played: Played) -> None:
    """PIN and password stand in no file of the site but the demo's own note of them, and in no event."""
    searched = 0
    for path in played.site.root.rglob("*"):
        if path.is_file() and path.stat().st_size < 20_000_000:
            data = path.read_bytes()
            searched += 1
            assert PIN.encode() not in data, path
            assert PASSWORD.encode() not in data, path
    assert searched > 50
    for organisation in played.ledger.organisations():
        for event in played.ledger.chain(organisation.id):
            assert PIN.encode() not in event.body


def test_the_demo_ends_with_what_to_open_next(played: Played) -> None:
    assert "make run" in played.output
    assert "niem verify --site" in played.output
    assert "Traceback" not in played.output


def test_key_files_are_closed_to_others(played: Played) -> None:
    files = list(played.site.keys.glob("*.p12"))
    assert len(files) == 5
    assert all(path.stat().st_mode & 0o077 == 0 for path in [*files, played.site.keys])


def test_changed_after_the_seal_is_modified(played: Played, tmp_path: Path) -> None:
    """Another number shown by a later revision: Niêm says modified; pyHanko's default refuses it too."""
    forged = tmp_path / "forged.pdf"
    forged.write_bytes(number_changed(played.delivered("TB_UBND_").read_bytes()))
    (found,) = played.verdicts(forged)
    assert (found["verdict"], found["integrity"]) == ("invalid", "modified")
    with forged.open("rb") as file:
        seal = PdfFileReader(file, strict=False).embedded_regular_signatures[-1]
        assert not validate_pdf_signature(seal, ValidationContext(trust_roots=[])).bottom_line
