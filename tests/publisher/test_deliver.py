"""T-24, R-REG-20: names; and delivery that may be done again."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from document.errors import Refused
from document.vault import digest_of
from publisher.deliver import deliver, file_name
from tests.support.issued import IssuingOffice


def test_a_name_has_number_and_subject_without_marks() -> None:
    assert file_name("05/QĐ-UBND", "Công bố thủ tục") == "05_QD_UBND_Cong_bo_thu_tuc.pdf"


@pytest.mark.parametrize("subject", ["Về việc đất đai " * 20, "x" * 200, "", "–/\\:*?", "Ưu tiên\nnăm"])
@pytest.mark.parametrize("ordinal", [0, 1, 12])
def test_names_are_short_and_plain(subject: str, ordinal: int) -> None:
    name = file_name("1897/UBND-KSTT", subject, ordinal=ordinal)
    assert len(name) <= 50
    assert re.fullmatch(r"1897_UBND_KSTT(_[A-Za-z0-9]+)*\.pdf", name)
    assert name.endswith(f"_Phu_luc_{ordinal}.pdf") == (ordinal > 0)


def test_a_province_may_allow_letters_and_digits_only() -> None:
    assert file_name("05/QĐ-UBND", "Công bố", "{number}{subject}", 1) == "05QDUBNDCongboPhuluc1.pdf"


def test_length_and_order_are_settings() -> None:
    assert file_name("05/QĐ-UBND", "Công bố thủ tục", "{subject}-{number}", length=24) == (
        "Cong-bo-05-QD-UBND.pdf"
    )


def put(office: IssuingOffice) -> tuple[Path, list[Path]]:
    document = office.verified()
    folder = office.folder(document)
    placed = deliver(folder, document, {0: b"sealed", 1: b"appendix"}, "Đủ 2 lớp", "Both layers")
    return Path(folder.path), placed


def test_files_and_receipt_lie_in_the_issued_folder(office: IssuingOffice) -> None:
    root, placed = put(office)
    issued = root / "3. Đã phát hành"
    assert [path.read_bytes() for path in placed] == [b"sealed", b"appendix"]
    receipt = issued / f"{placed[0].stem} - BIÊN NHẬN.txt"
    assert sorted(issued.iterdir()) == sorted([*placed, receipt])
    raw = receipt.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\n") == raw.count(b"\r\n")
    text = raw.decode("utf-8-sig")
    for said in ("01/QĐ-UBND", "14/06/2030", "Quyết định", "Đủ 2 lớp", "Both layers", digest_of(b"sealed")):
        assert said in text
    assert text.index("BIÊN NHẬN") < text.index("RECEIPT")


def test_the_convenience_copy_goes_but_a_changed_one_stays(office: IssuingOffice) -> None:
    root, _ = put(office)
    assert not any((root / "2. Đang xử lý").iterdir())
    second = office.verified()
    copy = root / "2. Đang xử lý" / "QD-cong-bo-TTHC.pdf"
    copy.write_bytes(b"edited by somebody")
    deliver(office.folder(second), second, {0: b"two"}, "Đủ 2 lớp")
    assert copy.read_bytes() == b"edited by somebody"


def test_doing_it_again_changes_nothing(office: IssuingOffice) -> None:
    document = office.verified()
    folder = office.folder(document)
    first = deliver(folder, document, {0: b"sealed"}, "Đủ 2 lớp")
    before = {path: path.stat().st_mtime_ns for path in first[0].parent.iterdir()}
    assert deliver(folder, document, {0: b"sealed"}, "Đủ 2 lớp") == first
    assert {path: path.stat().st_mtime_ns for path in first[0].parent.iterdir()} == before


def test_another_document_of_the_same_name_is_never_touched(office: IssuingOffice) -> None:
    document = office.verified()
    folder = office.folder(document)
    (taken,) = deliver(folder, document, {0: b"of last year"}, "Đủ 2 lớp")
    (other,) = deliver(folder, document, {0: b"of this year"}, "Đủ 2 lớp")
    assert taken.read_bytes() == b"of last year"
    assert other.name == f"{taken.stem}_2.pdf"
    assert deliver(folder, document, {0: b"of this year"}, "Đủ 2 lớp") == [other]


def test_without_a_number_nothing_is_delivered(office: IssuingOffice) -> None:
    document = office.verified()
    folder = office.folder(document)

    with pytest.raises(Refused):
        deliver(folder, replace(document, register=None), {0: b"sealed"}, "Đủ 2 lớp")
    assert not (Path(folder.path) / folder.names[2]).exists()
