"""What a person is shown, and its digest."""

from document.manifest import FileRole, shown_digest
from office.showing import shown, shown_files
from tests.support.desk import Office


def test_the_newest_version_of_main_and_attachments(place: Office) -> None:
    document_id = place.received(attachment=True)
    before = place.ledger.document(document_id)
    assert [(f.role, f.version) for f in shown_files(before)] == [
        (FileRole.MAIN, "received"),
        (FileRole.ATTACHMENT, "received"),
    ]
    assert shown(before) == shown_digest([])
    place.prepare(document_id)
    document = place.ledger.document(document_id)
    assert [f.version for f in shown_files(document)] == ["prepared", "prepared"]
    assert shown(document) == shown_digest([f.digest for f in shown_files(document)])


def test_desk_and_ledger_mean_the_same_digest(place: Office) -> None:
    for document_id in (place.prepared(attachment=True), place.signed(subject=("B",))):
        assert shown(place.ledger.document(document_id)) == place.ledger.shown(document_id)
