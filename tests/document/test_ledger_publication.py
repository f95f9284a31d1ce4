"""Issue, and the source of the public listing, on both databases."""

import json
from datetime import date, timedelta

import pytest

from document.errors import Conflict, NotFound
from document.facts import NewProcedure
from document.stages import Stage
from tests.support.ledger import Office
from tests.support.on_paper import REASON

ITEMS = [
    NewProcedure("1.004088.000.00.00.H41", "new", {"name": "Cấp lại thẻ"}, date(2030, 7, 1)),
    NewProcedure("1.000002.000.00.00.H41", "changed", {"name": "Đăng ký"}, None),
]


def issue(office: Office) -> str:
    document = office.at(Stage.VERIFIED)
    office.ledger.issued(document, ITEMS)
    return document


def test_an_issued_decision_makes_its_procedures_public(office: Office) -> None:
    document = issue(office)
    fact = office.document(document)
    assert (fact.stage, fact.folder_done) == (Stage.ISSUED, True)
    found = office.ledger.published()
    assert [(p.code, p.act, p.data, p.effective_from) for p in found] == [
        (i.code, i.act, i.data, i.effective_from) for i in reversed(ITEMS)
    ]
    for procedure in found:
        assert procedure.decision == fact.register
        (file,) = procedure.files
        assert (file.ordinal, file.digest) == (0, fact.version("sealed"))
        assert file.verdict == {"sha256": fact.version("sealed"), "verdict": "valid"}
        assert procedure.published_at == office.clock.now()
        assert procedure.organisation_name == "ỦY BAN NHÂN DÂN TỈNH MINH GIANG"


def test_nothing_is_public_before_issue_and_nothing_is_issued_twice(office: Office) -> None:
    document = office.at(Stage.SEALED)
    with pytest.raises(Conflict):
        office.ledger.issued(document, ITEMS)
    assert office.ledger.published() == []
    office.ledger.issued(office.verify(document), ITEMS)
    with pytest.raises(Conflict):
        office.ledger.issued(document, ITEMS)
    assert len(office.ledger.published()) == 2


def test_a_later_verdict_is_the_one_shown(office: Office) -> None:
    document = issue(office)
    office.clock.move(timedelta(days=1))
    digest = office.document(document).version("sealed")
    office.ledger.judged(document, [{"sha256": digest, "verdict": "indeterminate"}])
    assert {p.files[0].verdict["verdict"] for p in office.ledger.published()} == {"indeterminate"}


def test_the_state_changes_with_what_the_public_sees_and_with_nothing_else(office: Office) -> None:
    states = [office.ledger.listing_state()]
    document = office.at(Stage.VERIFIED)
    assert office.ledger.listing_state() == states[-1]
    office.ledger.issued(document, ITEMS)
    states.append(office.ledger.listing_state())
    office.ledger.judged(document, [{"sha256": "00" * 32, "verdict": "valid"}])
    states.append(office.ledger.listing_state())
    office.ledger.sign_in_ok(office.id_of("so"))
    assert office.ledger.listing_state() == states[-1]
    assert len(set(states)) == 3


def test_a_purge_is_on_record_for_every_document_before_it_happens(office: Office) -> None:
    files = office.files()
    first = office.at(Stage.WITHDRAWN, files=files)
    second = office.at(Stage.ISSUED, files=files)
    with pytest.raises(Conflict):  # the unit's folder does not show the end of the first one yet
        office.ledger.purged(files[0].digest, REASON)
    office.ledger.folder_done(first)
    office.ledger.purged(files[0].digest, REASON)
    for document in (first, second):
        event = office.ledger.history(document)[-1]
        assert event.act == "vault.purged"
        assert office.document(document).decisions[-1].reason == REASON
        assert office.document(document).decisions[-1].outcome == "noted"
    *_, last = office.ledger.chain(office.organisation)
    assert json.loads(last.body)["digests"] == [files[0].digest]
    with pytest.raises(NotFound):
        office.ledger.purged("00" * 32, REASON)


def test_a_purge_knows_the_dropped_file_of_a_converted_one(office: Office) -> None:
    files = office.files()
    word = type(files[0])(files[0].role, 0, "QD.docx", "cd" * 32, 10, derived=files[0].digest)
    document = office.admit([word])
    with pytest.raises(Conflict) as living:
        office.ledger.purged("cd" * 32, REASON)
    assert living.value.code == "vault.in_use"
    office.ledger.withdraw(document, office.document(document).unit_id, REASON)
    office.ledger.folder_done(document)
    office.ledger.purged("cd" * 32, REASON)
    assert office.ledger.history(document)[-1].act == "vault.purged"
