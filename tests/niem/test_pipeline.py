"""Procedure data on its way: returned before anyone signs, or public with everything that was issued."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Final

import openpyxl
import pytest

from document.clock import SystemClock, local_date
from document.stages import Stage
from niem.parts import Parts
from niem.worker import work_once
from publisher.listing import Listing
from tests.support.crashing import Office
from tests.support.samples import DECISION, LETTER, NOTICE, SAMPLES, Sample
from tests.support.stepping import until

DATA: Final = {".xlsx": "QD-cong-bo-TTHC.xlsx"}


def wrong_data() -> bytes:
    """The sample's data file with two wrong cells."""
    book = openpyxl.load_workbook(SAMPLES / "QD-cong-bo-TTHC.xlsx")
    sheet = book["Thủ tục"]
    keys = [cell.value for cell in sheet[2]]
    sheet.cell(3, keys.index("code") + 1).value = "4.000001"
    sheet.cell(8, keys.index("level") + 1).value = "Huyện"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def given_back(staffed: Office, worker: Parts, sample: Sample, stem: str, **other: bytes) -> str:
    """The set comes back to its folder, unchanged and asked of nobody; what the reason file says."""
    files = sample.made_for(stem) | {f"{stem}.{ending}": data for ending, data in other.items()}
    dropped = staffed.drop_bytes(sample.unit, stem, files)
    folder = staffed.place(sample.unit, 3)

    def there() -> bool:
        work_once(worker)
        return {path.name for path in folder.glob(f"{stem}*")} > set(files)

    staffed.until(there, f"{stem}: given back")
    for name, data in dropped.files.items():
        assert (folder / name).read_bytes() == data
    for document in staffed.documents(stem):
        assert document.stage is Stage.RETURNED
        assert not {"document.prepared", "decision.made"} & {e.act for e in staffed.history(document)}
    (reason,) = folder.glob(f"{stem}*.txt")
    return reason.read_text("utf-8-sig")


def test_wrong_data_comes_back_with_row_and_column_before_anyone_is_asked(
    staffed: Office, worker: Parts
) -> None:
    said = given_back(staffed, worker, DECISION, "du-lieu-sai", xlsx=wrong_data())
    assert "Dòng 3, cột A (Mã thủ tục): “4.000001” không phải mã thủ tục" in said
    assert "Dòng 8, cột D (Cấp thực hiện): cấp huyện đã kết thúc" in said
    assert "Row 3, column A" in said


def test_a_commune_is_told_that_it_only_posts(staffed: Office, worker: Parts) -> None:
    said = given_back(staffed, worker, replace(LETTER, files=dict(LETTER.files) | DATA), "xa-cong-bo")
    assert "XÃ TÂN MẪU không có thẩm quyền" in said
    assert "chỉ niêm yết" in said


def test_only_a_decision_announces(staffed: Office, worker: Parts) -> None:
    said = given_back(staffed, worker, replace(NOTICE, files=dict(NOTICE.files) | DATA), "tb-du-lieu")
    assert "không phải là quyết định" in said


@pytest.mark.timeout(300)
def test_a_decision_is_public_with_what_was_issued_with_it(staffed: Office, worker: Parts) -> None:
    annexed = replace(DECISION, files=dict(DECISION.files) | {".phu-luc-1.pdf": "KH-07.phu-luc-1.pdf"})
    document = until(staffed, worker, staffed.drop(annexed, "qd-kem"), Stage.ISSUED)
    while work_once(worker):
        pass
    tomorrow = local_date(SystemClock().now()) + timedelta(days=1)
    (shown,) = Listing(staffed.site.public).in_force("1.900005", tomorrow)
    assert document.register
    assert shown.decision.number_symbol == document.register.number_symbol
    (annex,) = shown.decision.attachments
    assert (shown.decision.digest, annex.digest) == (
        document.version("sealed"),
        document.version("sealed", 1),
    )
    assert annex.verdict.headline.code == "verdict.valid_single"
    assert [one.layer for one in annex.verdict.signatures] == ["organisation"]
    assert (staffed.site.public / "files" / f"{annex.digest}.pdf").is_file()
