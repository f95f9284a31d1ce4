"""What people are shown, on both databases."""

from datetime import timedelta

from document.stages import Stage
from tests.support.ledger import Office


def test_documents_by_organisation_stage_and_unit_the_longest_waiting_first(office: Office) -> None:
    made = []
    for unit in ("kstt", "tonghop", "kinhte"):
        made.append(office.admit(unit=unit))
        office.clock.move(timedelta(minutes=1))
    prepared = office.at(Stage.PREPARED)
    ledger, received = office.ledger, {Stage.RECEIVED}
    assert [d.id for d in ledger.documents(None, received)] == made
    assert [d.id for d in ledger.documents(office.organisation, received)] == made[:2]
    assert [d.id for d in ledger.documents(None, received, office.folder("tonghop").unit_id)] == [made[1]]
    assert [d.id for d in ledger.documents(None, received, limit=1)] == made[:1]
    assert [d.id for d in ledger.documents(None, received, limit=2, newest=True)] == made[:0:-1]
    assert [d.id for d in ledger.documents(None, {Stage.PREPARED, Stage.CHECKED})] == [prepared]
    assert ledger.documents(None, set()) == []


def test_a_history_names_who_did_what_when(office: Office) -> None:
    document = office.at(Stage.CHECKED)
    history = office.ledger.history(document)
    assert [(e.act, e.actor_name) for e in history] == [
        ("document.received", ""),
        ("document.prepared", ""),
        ("check.content.pass", "Nguyễn Thị Kiểm"),
        ("check.form.pass", "Đỗ Văn Thức"),
    ]
    assert {e.at for e in history} == {office.clock.now()}
    assert [e.seq for e in history] == sorted(e.seq for e in history)
    assert {e.document_id for e in history} == {document}


def test_versions_follow_the_document_and_nothing_is_overwritten(office: Office) -> None:
    document = office.document(office.at(Stage.SEALED, files=office.files(attachments=1)))
    kinds = [(v.kind, v.ordinal) for v in document.versions]
    assert sorted(kinds) == sorted(
        [
            *((kind, n) for kind in ("received", "prepared", "sealed") for n in (0, 1)),
            ("signed", 0),
        ]
    )
    assert document.version("sealed", 1) != document.version("prepared", 1)
    assert document.version("signed", 1) is None
    assert len({v.digest for v in document.versions}) == len(document.versions)
