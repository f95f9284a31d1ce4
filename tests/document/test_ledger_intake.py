"""Admission: one living document per folder and set, rounds of one dossier, who may sign."""

import json
import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest

from document.errors import Conflict, Returnable
from document.manifest import manifest_digest
from document.stages import LIVING, Stage
from document.vault import digest_of
from tests.support.ledger import Office, race
from tests.support.on_paper import REASON, STEM, reading, sure

DAY = date(2030, 6, 14)


def test_a_set_is_admitted_with_its_files_reading_and_received_versions(office: Office) -> None:
    files = office.files(attachments=2)
    files[0] = replace(files[0], name="QĐ.docx", derived=digest_of(b"made from it"))
    document = office.document(office.admit(files))
    assert document.stage is Stage.RECEIVED
    assert document.files == tuple(files)
    assert document.digest == manifest_digest(files)
    assert document.reading == reading()
    assert (document.round, document.dossier_id, document.preparation) == (1, document.id, 0)
    assert [(v.ordinal, v.kind, v.digest) for v in document.versions] == [
        (file.ordinal, "received", file.pdf) for file in files
    ]
    event = office.ledger.history(document.id)[0]
    assert (event.act, event.data) == (
        "document.received",
        {"folder": document.folder_id, "round": 1},
    )


@pytest.mark.parametrize("stage", sorted(LIVING))
def test_a_second_drop_is_told_where_the_first_one_stands(office: Office, stage: Stage) -> None:
    files = office.files()
    document = office.at(stage, files=files)
    office.clock.move(timedelta(days=3))
    with pytest.raises(Conflict) as caught:
        office.again().admit(office.folder(), STEM, files, reading(), signatory_id=None, confirmed=True)
    received = office.document(document).received_at
    assert (caught.value.code, caught.value.params) == ("intake.duplicate", {"at": received, "stage": stage})
    assert [d.id for d in office.ledger.dossier(document)] == [document]
    standing = office.ledger.standing(office.folder().id, manifest_digest(files))
    assert standing is not None
    assert standing.id == document


@pytest.mark.parametrize("stage", [Stage.RETURNED, Stage.WITHDRAWN, Stage.ISSUED, Stage.VOID])
def test_what_ended_begins_a_new_round_of_its_dossier(office: Office, stage: Stage) -> None:
    files = office.files()
    first = office.at(stage, files=files)
    assert office.ledger.standing(office.folder().id, manifest_digest(files)) is None
    second = office.admit(files)
    third_before = office.ledger.last_round(office.folder().id, manifest_digest(files))
    assert third_before is not None
    assert third_before.id == second
    assert [(d.id, d.round) for d in office.ledger.dossier(first)] == [(first, 1), (second, 2)]
    assert office.document(second).dossier_id == first
    assert office.document(first).stage is stage


def test_dropped_many_times_at_once_it_is_admitted_once(office: Office) -> None:
    files, ledgers = office.files(), [office.again() for _ in range(4)]
    folder = office.folder()

    def drop(index: int) -> object:
        return ledgers[index].admit(folder, STEM, files, reading(), signatory_id=None, confirmed=True)

    results = race(*(partial(drop, i) for i in range(4)))
    ids = [r for r in results if isinstance(r, str)]
    lost = [r for r in results if isinstance(r, Conflict)]
    assert (len(ids), len(lost)) == (1, 3)
    assert {error.code for error in lost} == {"intake.duplicate"}
    assert {error.params["stage"] for error in lost} == {Stage.RECEIVED}
    assert [d.id for d in office.ledger.documents(None, set(LIVING))] == ids


def test_another_folder_may_have_the_same_set(office: Office) -> None:
    files = office.files()
    assert office.admit(files) != office.admit(files, unit="tonghop")


def test_other_bytes_are_another_document(office: Office) -> None:
    first, second = office.admit(), office.admit()
    assert office.document(second).dossier_id == second != first


@pytest.mark.parametrize(
    ("name", "title", "capacity"),
    [
        ("Trần Văn Mẫu", "PHÓ CHỦ TỊCH", "KT. CHỦ TỊCH"),
        ("TRẦN  VĂN MẪU", "Phó Chủ tịch", "KT. Chủ tịch"),
        (unicodedata.normalize("NFD", "Trần Văn Mẫu"), "PHÓ CHỦ TỊCH", "KT. CHỦ TỊCH"),
    ],
    ids=["as recorded", "other case", "decomposed"],
)
def test_a_signer_is_found_as_printed(office: Office, name: str, title: str, capacity: str) -> None:
    found = office.ledger.find_signatory(office.organisation, name, title, capacity, DAY)
    assert (found.person_id, found.full_name) == (office.id_of("mau"), "Trần Văn Mẫu")


@pytest.mark.parametrize(
    ("name", "title", "capacity", "code"),
    [
        ("Trần Văn Khác", "PHÓ CHỦ TỊCH", "KT. CHỦ TỊCH", "intake.signer_unknown"),
        ("Tran Van Mau", "PHÓ CHỦ TỊCH", "KT. CHỦ TỊCH", "intake.signer_unknown"),
        ("Lê Thị Minh Họa", "PHÓ CHỦ TỊCH", "KT. CHỦ TỊCH", "intake.signer_unknown"),
        ("Trần Văn Mẫu", "CHỦ TỊCH", "", "intake.capacity_wrong"),
        ("Trần Văn Mẫu", "PHÓ CHỦ TỊCH", "TM. ỦY BAN NHÂN DÂN", "intake.capacity_wrong"),
    ],
)
def test_a_signer_who_may_not_is_named(
    office: Office, name: str, title: str, capacity: str, code: str
) -> None:
    with pytest.raises(Returnable) as caught:
        office.ledger.find_signatory(office.organisation, name, title, capacity, DAY)
    assert caught.value.code == code
    assert caught.value.params["name"] == name


def test_before_the_first_day_nobody_signs(office: Office) -> None:
    with pytest.raises(Returnable):
        office.ledger.find_signatory(
            office.organisation, "Trần Văn Mẫu", "PHÓ CHỦ TỊCH", "KT. CHỦ TỊCH", date(2019, 12, 31)
        )


def test_what_ended_before_issue_is_given_back_once(office: Office) -> None:
    ended = {office.at(stage) for stage in (Stage.RETURNED, Stage.WITHDRAWN, Stage.VOID)}
    office.at(Stage.ISSUED)
    office.at(Stage.PREPARED)
    assert {d.id for d in office.ledger.to_give_back()} == ended
    for document in ended:
        office.ledger.folder_done(document)
    assert office.ledger.to_give_back() == []


def test_returned_files_leave_their_digests_and_a_secret_leaves_nothing(office: Office) -> None:
    office.ledger.file_returned(office.folder(), ["ab" * 32], "intake.empty")
    office.ledger.secret_seen(office.folder())
    returned, secret = [json.loads(e.body) for e in office.ledger.chain(office.organisation)][-2:]
    assert (returned["act"], returned["digests"]) == ("file.returned", ["ab" * 32])
    assert returned["data"] == {"code": "intake.empty", "folder": office.folder().id}
    assert (secret["act"], secret["rule"], secret["digests"]) == ("secret.seen", "R-SIG-16", [])
    assert secret["data"] == {"folder": office.folder().id}


def test_folders_belong_to_one_organisation_and_unit(office: Office) -> None:
    folder = office.folder("kinhte")
    assert folder.organisation_id == office.person("dau").organisation_id
    assert office.ledger.unit(folder.unit_id).name == "Phòng Kinh tế"
    assert office.ledger.folder(folder.id) == folder
    assert folder.names == ("1. Trình ký", "2. Đang xử lý", "3. Đã phát hành", "4. Trả lại")


def test_an_unsure_reading_waits_for_a_person(office: Office) -> None:
    document = office.admit(confirmed=False, signer=replace(sure("Trần V"), confidence=0.3))
    assert office.ledger.next_work(60) is None
    signatory = office.ledger.signatories(office.organisation)[0]
    office.ledger.confirm_reading(document, office.id_of("kiem"), reading(), signatory.id)
    work = office.ledger.next_work(60)
    assert work is not None
    assert (work.id, work.reading, work.confirmed) == (document, reading(), True)
    assert work.signatory == signatory


def test_a_return_is_a_person_s_words(office: Office) -> None:
    document = office.document(office.at(Stage.RETURNED))
    assert [(d.outcome, d.reason, d.person_name) for d in document.decisions] == [
        ("return", REASON, "Nguyễn Thị Kiểm")
    ]
