"""One set, from the drop folder to wherever it belongs: real ledger, real vault, real children."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from document.children import Children
from document.clock import SetClock
from document.errors import Unavailable
from document.manifest import FileRole
from document.stages import Stage
from document.vault import Vault, digest_of
from tests.support import bad_files
from tests.support.pages import Signer, letter
from tests.support.watched import Office, kill_oneself, names, refuse_all
from watch_folders.claim import read_at_rest
from watch_folders.intake import Limits, Outcome
from watch_folders.receipts import NOTICE, REASON

HOA = Signer(("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"), "PHÓ CHỦ TỊCH", "Lê Thị Minh Họa")


def take(office: Office) -> Outcome:
    """Take the one set that lies in the drop folder."""
    return office.intake.take(office.folder, office.places, office.at_rest())


def test_a_good_document_is_stored_read_and_admitted(office: Office) -> None:
    data = letter()
    office.drop("QD.pdf", data)
    assert take(office) is Outcome.ADMITTED
    (document,) = office.documents(Stage.RECEIVED)
    assert document.stem == "QD"
    assert document.confirmed
    assert document.signatory is not None
    assert document.signatory.full_name == "Trần Văn Mẫu"
    assert document.reading.signer.text == "Trần Văn Mẫu"
    assert [(f.role, f.ordinal, f.name, f.digest) for f in document.files] == [
        (FileRole.MAIN, 0, "QD.pdf", digest_of(data))
    ]
    assert office.vault.get(document.files[0].digest) == data
    assert names(office.places.drop) == []
    assert names(office.places.work) == ["QD.pdf"]


def test_a_set_of_four_files_gets_its_roles(office: Office) -> None:
    data = Path("samples/QD-cong-bo-TTHC.xlsx").read_bytes()
    office.drop("KH-07.pdf", letter())
    office.drop("KH-07.phu-luc-10.pdf", letter(symbol="/PL10"))
    office.drop("KH-07.phụ-lục-2.pdf", letter(symbol="/PL2"))
    office.drop("KH-07.xlsx", data)
    office.drop("KH-07.docx", Path("samples/KH-07.docx").read_bytes())
    assert take(office) is Outcome.ADMITTED
    (document,) = office.documents()
    assert [(f.role.value, f.ordinal, f.name) for f in document.files] == [
        ("main", 0, "KH-07.pdf"),
        ("attachment", 1, "KH-07.phụ-lục-2.pdf"),
        ("attachment", 2, "KH-07.phu-luc-10.pdf"),
        ("data", 3, "KH-07.xlsx"),
        ("source", 4, "KH-07.docx"),
    ]
    assert all(file.derived is None for file in document.files)


def test_a_docx_alone_is_converted_and_its_own_bytes_are_the_identity(office: Office) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    data = Path("samples/TB-ket-luan.docx").read_bytes()
    office.drop("TB.docx", data)
    assert take(office) is Outcome.ADMITTED
    (document,) = office.documents()
    (file,) = document.files
    assert file.digest == digest_of(data)
    assert file.derived is not None
    assert office.vault.get(file.derived).startswith(b"%PDF-")
    assert document.version("received") == file.derived
    assert document.signatory is not None
    assert document.signatory.full_name == "Phạm Văn Thử"


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("not_a_pdf", "không phải PDF hoặc DOCX"),
        ("empty", "trống"),
        ("truncated", "chưa được chép đủ"),
        ("encrypted", "đặt mật khẩu"),
        ("restricted", "đặt mật khẩu"),
        ("zero_pages", "không có trang nào"),
        ("javascript", "JavaScript"),
        ("launch", "hành động tự chạy"),
        ("xfa", "XFA"),
        ("hidden_layer", "lớp"),
        ("rich_media", "âm thanh, phim"),
        ("already_signed", bad_files.EARLIER_SIGNER),
        ("unknown_signer", "chưa có trong danh sách người có thẩm quyền ký"),
        ("no_signer", "Không tìm thấy chức vụ và họ tên người ký"),
        ("other_issuer", "thư mục này thuộc ỦY BAN NHÂN DÂN TỈNH MINH GIANG"),
    ],
)
def test_a_file_that_cannot_go_on_comes_back_unchanged_with_its_reason(
    office: Office, bad: str, says: str
) -> None:
    data = bad_files.BAD[bad]()
    office.drop("Tờ trình.pdf", data)
    assert take(office) is Outcome.RETURNED
    assert names(office.places.returned) == ["Tờ trình.pdf", f"Tờ trình.pdf{REASON}"]
    assert (office.places.returned / "Tờ trình.pdf").read_bytes() == data
    assert says in office.reason().splitlines()[0]
    assert names(office.places.drop) == names(office.places.work) == []
    assert office.documents() == []
    assert not office.vault.root.exists()
    assert "file.returned" in office.acts()


def test_of_a_set_the_file_that_is_wrong_is_named(office: Office) -> None:
    office.drop("KH.pdf", letter())
    office.drop("KH.phu-luc-1.pdf", bad_files.javascript())
    assert take(office) is Outcome.RETURNED
    assert office.reason().startswith("KH.phu-luc-1.pdf: Tệp PDF có mã lệnh JavaScript.")


def test_the_other_way_to_write_a_tone_is_the_same_body_capacity_and_name(office: Office) -> None:
    hoa = Signer(("TM. UỶ BAN NHÂN DÂN", "KT. CHỦ TỊCH"), "PHÓ CHỦ TỊCH", "Lê Thị Minh Hoạ")
    commune = Office(office.root, office.ledger, office.intake, office.other, office.folder)
    commune.drop("CV.pdf", letter(issuer=("UỶ BAN NHÂN DÂN", "XÃ TÂN MẪU"), signers=(hoa,), place="Tân Mẫu"))
    assert take(commune) is Outcome.ADMITTED
    (document,) = office.documents()
    assert document.confirmed
    assert document.signatory is not None
    assert document.signatory.full_name == "Lê Thị Minh Họa"


def test_a_wrong_capacity_comes_back(office: Office) -> None:
    office.drop("QD.pdf", letter(signers=(Signer(("TL. CHỦ TỊCH",), "PHÓ CHỦ TỊCH", "Trần Văn Mẫu"),)))
    assert take(office) is Outcome.RETURNED
    assert "Quyền hạn ký in trên văn bản (TL. CHỦ TỊCH)" in office.reason()


def test_a_file_over_the_limit_comes_back_unread(office: Office) -> None:
    small = office.with_intake(limits=Limits(max_bytes=1 << 20))
    small.drop("Bản quét.pdf", letter() + b"\n" * (1 << 20))
    small.at_rest()
    assert take(small) is Outcome.RETURNED
    assert "vượt mức tối đa 1 MB" in small.reason().splitlines()[0]


def test_a_scan_waits_for_a_person(office: Office) -> None:
    office.drop("Bản quét.pdf", bad_files.scan())
    assert take(office) is Outcome.ADMITTED
    (document,) = office.documents()
    assert not document.confirmed
    assert document.signatory is None


def test_what_is_uncertain_waits_for_a_person_instead_of_going_back(office: Office) -> None:
    unsure = office.with_intake(limits=Limits(threshold=1.0))
    unsure.drop("QD.pdf", bad_files.unknown_signer())
    unsure.drop("QD.phu-luc-1.pdf", letter())
    assert take(unsure) is Outcome.ADMITTED
    (document,) = unsure.documents()
    assert not document.confirmed
    assert document.signatory is None


@pytest.mark.parametrize("mark", bad_files.SECRET)
def test_a_secret_document_stays_where_it_lies_and_leaves_no_trace(
    office: Office, mark: str, capfd: pytest.CaptureFixture[str]
) -> None:
    data = bad_files.BAD[mark]()
    file = office.drop("Kế hoạch đặc biệt.pdf", data)
    assert take(office) is Outcome.SECRET
    assert file.read_bytes() == data
    assert names(office.places.drop) == ["Kế hoạch đặc biệt.pdf", NOTICE]
    assert names(office.places.work) == names(office.places.returned) == []
    assert not office.vault.root.exists()
    assert office.documents() == []
    notice = (office.places.drop / NOTICE).read_text(encoding="utf-8-sig")
    traces = [notice, *capfd.readouterr()]
    traces += [p.read_bytes().decode("latin-1") for p in office.root.glob("ledger.sqlite*")]
    for word in ("Kế hoạch đặc biệt", "kiện toàn", "Trần Văn Mẫu và", digest_of(data)):
        assert not any(word in trace or word.encode().decode("latin-1") in trace for trace in traces)
    assert "báo người phụ trách bảo vệ bí mật nhà nước" in notice


def test_a_secret_appendix_keeps_its_whole_set_out(office: Office) -> None:
    office.drop("KH-07.pdf", letter())
    office.drop("KH-07.phu-luc-1.pdf", bad_files.secret())
    assert take(office) is Outcome.SECRET
    assert names(office.places.drop) == ["KH-07.pdf", "KH-07.phu-luc-1.pdf", NOTICE]
    assert not office.vault.root.exists()


def test_words_about_secrecy_are_no_mark(office: Office) -> None:
    office.drop("QD.pdf", bad_files.speaks_of_secrets())
    assert take(office) is Outcome.ADMITTED


def test_a_second_drop_is_answered_with_where_the_first_stands(office: Office) -> None:
    office.drop("QD.pdf", letter())
    take(office)
    office.drop("Bản khác tên.pdf", letter())
    assert take(office) is Outcome.RETURNED
    assert office.reason().startswith("Tệp này trùng với văn bản đang xử lý, trình lúc 14/06/2030 09:00:00")
    assert "để trình lại" not in office.reason()
    assert len(office.documents()) == 1
    assert names(office.places.work) == ["QD.pdf"]


def test_dropped_again_after_a_return_it_is_a_new_round_of_the_same_dossier(office: Office) -> None:
    office.drop("QD.pdf", letter())
    take(office)
    (first,) = office.documents()
    office.ledger.withdraw(first.id, first.unit_id, "Sửa lại")
    office.drop("QD.pdf", letter())
    assert take(office) is Outcome.ADMITTED
    (second,) = office.documents(Stage.RECEIVED)
    assert (second.dossier_id, second.round) == (first.id, 2)


def test_a_late_member_comes_back_saying_so(office: Office) -> None:
    office.drop("KH-07.pdf", letter())
    take(office)
    office.drop("KH-07.phu-luc-1.pdf", letter(symbol="/PL"))
    assert take(office) is Outcome.RETURNED
    assert office.reason().startswith("Tệp đến muộn: các tệp cùng tên “KH-07”")


def test_an_appendix_without_its_document_comes_back(office: Office) -> None:
    office.drop("KH-08.phu-luc-1.pdf", letter())
    assert take(office) is Outcome.RETURNED
    assert office.reason().startswith("Thiếu văn bản chính")


def test_a_new_text_under_the_same_name_goes_beside_the_copy_of_the_first(office: Office) -> None:
    office.drop("QD.pdf", letter())
    take(office)
    office.drop("QD.pdf", letter(subject=("Về việc khác",)))
    assert take(office) is Outcome.ADMITTED
    assert names(office.places.work) == ["QD (2).pdf", "QD.pdf"]
    assert [d.files[0].name for d in office.documents()] == ["QD.pdf", "QD (2).pdf"]


def test_the_data_file_is_checked_in_a_child_before_anything_is_stored(office: Office) -> None:
    strict = office.with_intake(check_data=refuse_all)
    strict.drop("QD.pdf", letter())
    strict.drop("QD.xlsx", Path("samples/QD-cong-bo-TTHC.xlsx").read_bytes())
    assert take(strict) is Outcome.RETURNED
    assert names(strict.places.returned) == ["QD.pdf", f"QD.pdf{REASON}", "QD.xlsx"]
    assert "QD.xlsx: " in strict.reason()
    assert not strict.vault.root.exists()


def test_a_file_that_kills_its_reader_twice_comes_back(office: Office) -> None:
    deadly = office.with_intake(check_data=kill_oneself)
    deadly.drop("QD.pdf", letter())
    deadly.drop("QD.yaml", b"- code: 1.900001\n")
    assert take(deadly) is Outcome.RETURNED
    assert "dừng chương trình đọc hai lần" in deadly.reason()


def test_an_error_that_is_nobodys_fault_leaves_the_set_in_the_drop_folder(office: Office) -> None:
    office.drop("QD.pdf", letter())
    full = office.with_intake(vault=Vault(office.root / "ledger.sqlite"))  # no folder: nothing can be stored
    with pytest.raises(OSError, match="Not a directory"):
        take(full)
    assert names(office.places.drop) == ["QD.pdf"]
    assert names(office.places.work) == []
    closed = Children(workers=1)
    closed.close()
    with pytest.raises(Unavailable):
        take(office.with_intake(children=closed))
    assert names(office.places.drop) == ["QD.pdf"]
    assert take(office) is Outcome.ADMITTED


def test_a_file_that_is_written_to_again_is_left_alone(office: Office) -> None:
    office.drop("QD.pdf", letter())
    found = office.at_rest()
    office.drop("QD.pdf", letter(number="05"))
    assert office.intake.take(office.folder, office.places, found) is Outcome.LATER
    assert names(office.places.drop) == ["QD.pdf"]
    (office.places.drop / "QD.pdf").unlink()
    assert office.intake.take(office.folder, office.places, found) is Outcome.LATER


def test_the_manifest_of_a_set_is_that_of_its_document(office: Office) -> None:
    office.drop("QD.pdf", letter())
    found = office.at_rest()
    digest = office.intake.manifest(read_at_rest(found.files))
    take(office)
    assert office.documents()[0].digest == digest


def test_the_signatory_must_be_valid_on_the_day_in_viet_nam(office: Office) -> None:
    clock = SetClock()
    clock.move(-timedelta(days=20 * 365))
    early = office.with_intake(clock=clock)
    early.drop("QD.pdf", letter())
    assert take(early) is Outcome.RETURNED
    assert "chưa có trong danh sách" in early.reason()


def test_each_organisation_has_its_own_signatories(office: Office) -> None:
    commune = {"issuer": ("ỦY BAN NHÂN DÂN", "XÃ TÂN MẪU"), "symbol": "/KH-UBND", "kind": "KẾ HOẠCH"}
    office.drop("KH.pdf", letter(**commune, signers=(HOA,)))
    there = Office(office.root, office.ledger, office.intake, office.other, office.folder)
    (office.places.drop / "KH.pdf").rename(there.places.drop / "KH.pdf")
    assert take(there) is Outcome.ADMITTED
