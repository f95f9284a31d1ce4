"""What the person at the folder sees."""

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from document.errors import Conflict, NotFound, Returnable
from document.facts import DocumentFact, RegisterFact
from document.office_file import ASCII_FOLDERS
from document.stages import Stage
from tests.support.pages import letter
from tests.support.watched import Office, names
from watch_folders.folders import Places
from watch_folders.receipts import (
    NOTICE,
    NOTICE_ASCII,
    REASON,
    REASON_ASCII,
    Item,
    give_back,
    is_notice,
    put_notice,
    reason_of,
    reason_of_document,
    reason_text,
    reason_with,
    remove_copies,
    send_back,
    take_notice_away,
)

SIGNED = reason_of(Returnable("intake.signed", signer="Hồ Thị Trước"))

ENTRY = RegisterFact(
    id="", document_id="", year=2030, number=7, number_text="07", symbol="QĐ-UBND",
    number_symbol="07/QĐ-UBND", issued_on=date(2030, 6, 14), kind="QĐ", subject="", signer="",
    recipients=(), archive_unit="", copies=1, note="", void=True,
)  # fmt: skip


def admitted(office: Office, *files: tuple[str, bytes]) -> DocumentFact:
    """A document that was taken in."""
    for name, data in files or (("QD.pdf", letter()),):
        office.drop(name, data)
    office.intake.take(office.folder, office.places, office.at_rest())
    return office.documents()[-1]


def ascii_places(root: Path) -> Places:
    made = Places(*(root / name for name in ASCII_FOLDERS))
    made.make()
    return made


def test_the_text_has_the_reason_first_then_the_remedy_in_both_languages() -> None:
    data = reason_text(SIGNED, "1. Trình ký")
    assert data.startswith(b"\xef\xbb\xbf")
    text = data.decode("utf-8-sig")
    assert "\n" not in text.replace("\r\n", "")
    assert text.split("\r\n") == [
        "Tệp đã có chữ ký số của: Hồ Thị Trước.",
        "Cách khắc phục: Trình bản chưa ký số.",
        "Tệp chưa xử lý được nên đã được trả lại, giữ nguyên nội dung.",
        "Sửa xong, đưa tệp vào thư mục “1. Trình ký” để trình lại.",
        "",
        "The file already carries a digital signature of: Hồ Thị Trước.",
        "What to do: Submit the file without signatures.",
        "The file could not go on and was given back unchanged.",
        "When that is done, put the file into the folder “1. Trình ký” to submit it again.",
        "",
    ]


def test_a_duplicate_is_told_where_the_first_one_stands(office: Office) -> None:
    document = admitted(office)
    error = Conflict("intake.duplicate", at=document.received_at, stage=document.stage)
    text = reason_text(reason_of(error), "1. Trình ký").decode("utf-8-sig")
    assert "trình lúc 14/06/2030 09:00:00, hiện ở bước: Đã tiếp nhận" in text
    assert "để trình lại" not in text
    assert "chưa xử lý được" not in text


def test_several_faults_are_several_lines() -> None:
    reason = dataclasses.replace(SIGNED, why=("Dòng 3: sai\nDòng 4: thiếu", "Row 3"))
    assert reason_text(reason, "1").decode("utf-8-sig").startswith("Dòng 3: sai\r\nDòng 4: thiếu\r\n")


def test_files_go_back_byte_identical_beside_their_reason_and_over_nothing(office: Office) -> None:
    places = office.places
    for name in ("KH.pdf", "KH.pl1.pdf", "KH (2).pdf"):
        (places.returned / name).write_bytes(b"earlier")
    items = []
    for name in ("KH.pdf", "KH.pl1.pdf"):
        path = places.work / f"other {name}"
        path.write_bytes(name.encode())
        items.append(Item(path, name))
    send_back(places, items, SIGNED)
    assert names(places.work) == []
    assert names(places.returned) == [
        "KH (2).pdf", "KH (3).pdf", f"KH (3).pdf{REASON}", "KH (3).pl1.pdf", "KH.pdf", "KH.pl1.pdf",
    ]  # fmt: skip
    assert (places.returned / "KH (3).pl1.pdf").read_bytes() == b"KH.pl1.pdf"
    assert (places.returned / "KH.pdf").read_bytes() == b"earlier"


def test_a_reason_that_a_crash_left_alone_is_used(office: Office) -> None:
    reason = office.places.returned / f"KH.pdf{REASON}"
    reason.write_bytes(reason_text(SIGNED, office.places.drop.name))
    (office.places.work / "KH.pdf").write_bytes(b"a")
    send_back(office.places, [Item(office.places.work / "KH.pdf", "KH.pdf")], SIGNED)
    assert names(office.places.returned) == ["KH.pdf", f"KH.pdf{REASON}"]
    (office.places.work / "KH.pdf").write_bytes(b"b")
    send_back(office.places, [Item(office.places.work / "KH.pdf", "KH.pdf")], reason_with("intake.empty"))
    assert f"KH (2).pdf{REASON}" in names(office.places.returned)


def test_a_long_name_is_cut_before_its_suffix(office: Office) -> None:
    name = "Tờ trình " + "ế" * 75 + ".pdf"
    path = office.places.work / name
    path.write_bytes(b"a")
    send_back(office.places, [Item(path, name)], SIGNED)
    (reason,) = [n for n in names(office.places.returned) if n.endswith(REASON)]
    assert (office.places.returned / name).exists()
    assert len(reason.removesuffix(REASON).encode()) <= 200


def test_ascii_folders_get_ascii_names(tmp_path: Path) -> None:
    places = ascii_places(tmp_path)
    (places.work / "QD.pdf").write_bytes(b"a")
    send_back(places, [Item(places.work / "QD.pdf", "QD.pdf")], SIGNED)
    assert names(places.returned) == ["QD.pdf", f"QD.pdf{REASON_ASCII}"]
    put_notice(places)
    assert names(places.drop) == [NOTICE_ASCII]


def test_a_document_a_person_returned_comes_back_with_that_persons_words(office: Office) -> None:
    document = admitted(office, ("QD.pdf", letter()), ("QD.pl1.pdf", letter(symbol="/PL")))
    (mau,) = [p for p in office.ledger.people(document.organisation_id) if p.login == "mau"]
    office.ledger.return_document(
        document.id, mau.id, "content", office.ledger.shown(document.id), "Sai căn cứ."
    )
    (document,) = office.ledger.to_give_back()
    assert document.stage is Stage.RETURNED
    give_back(office.places, document, office.vault)
    once = names(office.places.returned)
    give_back(office.places, document, office.vault)
    assert names(office.places.returned) == once == ["QD.pdf", f"QD.pdf{REASON}", "QD.pl1.pdf"]
    assert names(office.places.work) == []
    assert (office.places.returned / "QD.pdf").read_bytes() == letter()
    assert office.reason().splitlines()[:2] == [
        "Lý do trả lại: Sai căn cứ. (Trần Văn Mẫu, 14/06/2030 09:00:00)",
        "Tệp được trả lại, giữ nguyên nội dung.",
    ]


def test_the_machines_reason_and_a_withdrawal_have_their_own_words(office: Office) -> None:
    document = admitted(office)
    office.ledger.returned_by_machine(document.id, "intake.signed", signer="Hồ Thị Trước")
    (returned,) = office.ledger.to_give_back()
    assert reason_of_document(returned) == SIGNED
    office.ledger.folder_done(returned.id)
    again = admitted(office)
    office.ledger.withdraw(again.id, again.unit_id, "Bổ sung phụ lục.")
    (withdrawn,) = office.ledger.to_give_back()
    assert reason_of_document(withdrawn).why[0].startswith("Đơn vị rút lại văn bản: Bổ sung phụ lục.")
    bare = dataclasses.replace(withdrawn, decisions=())
    assert reason_of_document(bare) == reason_with("receipt.withdrawn")


def test_what_an_administrator_gave_back_or_voided_says_so(office: Office) -> None:
    document = admitted(office)
    office.ledger.hold(document.id, "work.three_times")
    office.ledger.return_held(document.id, "Trình lại bản khác.")
    (returned,) = office.ledger.to_give_back()
    at = "(người quản trị, 14/06/2030 09:00:00)"
    assert reason_of_document(returned).why[0] == f"Lý do trả lại: Trình lại bản khác. {at}"
    voided = dataclasses.replace(returned, stage=Stage.VOID, register=ENTRY)
    assert reason_of_document(voided).why[0] == f"Số 07/QĐ-UBND đã hủy: Trình lại bản khác. {at}"


def test_a_changed_copy_stays_in_the_work_folder(office: Office) -> None:
    document = admitted(office)
    (office.places.work / "QD.pdf").write_bytes(b"changed")
    remove_copies(office.places, document)
    assert names(office.places.work) == ["QD.pdf"]


def test_bytes_that_are_not_in_the_vault_leave_the_copy_where_it_is(office: Office) -> None:
    document = admitted(office)
    office.vault.purge(document.files[0].digest)
    with pytest.raises(NotFound):
        give_back(office.places, document, office.vault)
    assert names(office.places.work) == ["QD.pdf"]


def test_the_notice_is_neutral_laid_once_and_taken_away(office: Office) -> None:
    put_notice(office.places)
    put_notice(office.places)
    assert names(office.places.drop) == [NOTICE]
    assert is_notice(NOTICE)
    assert not is_notice("QD.pdf")
    text = (office.places.drop / NOTICE).read_bytes()
    assert text.startswith("\ufeffVăn bản có dấu chỉ độ mật.".encode())
    take_notice_away(office.places)
    take_notice_away(office.places)
    assert names(office.places.drop) == []
