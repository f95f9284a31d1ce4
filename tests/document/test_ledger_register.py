"""Numbers without gaps or duplicates, the seal's intents, void numbers, on both databases."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from document.errors import Conflict, Refused
from document.facts import RegisterFact, SealRuleFact
from document.stages import Stage
from document.tables import Document, DocumentFile, Intent, Version
from tests.support.ledger import Office, race
from tests.support.on_paper import REASON, SUBJECT, sure

REQUESTS = 200
PROCESSES = 4

NUMBER = """
import sys
from document.clock import SetClock
from document.ledger import Ledger, connect
url, clerk, *documents = sys.argv[1:]
ledger = Ledger(connect(url), SetClock())
sys.stdin.readline()
for document in documents:
    print(ledger.number(document, clerk).number)
"""


def many_planned(office: Office, count: int) -> list[str]:
    """Documents at SIGNED with the seal planned: copies of one that came there by its own steps."""
    first = office.at(Stage.SIGNED)
    office.plan_seal(first)
    ids = [first, *(f"copy-{n:04d}" for n in range(1, count))]
    with office.ledger.writing() as session:
        for table in (Document, DocumentFile, Version, Intent):
            own = table.__table__.c["id" if table is Document else "document_id"]
            columns = table.__table__.columns
            for row in session.execute(select(*columns).where(own == first)).mappings().all():
                copies = []
                for new in ids[1:]:
                    changed = {"document_id": new, "id": f"{row['id']}-{new}"}
                    if table is Document:
                        changed = {"id": new, "digest": new, "dossier_id": new}
                    copies.append({**row, **changed})
                session.execute(insert(table), copies)
    return ids


def numbers_of(office: Office, year: int = 2030) -> list[int]:
    return [entry.number for entry in office.ledger.register(office.organisation, year)]


def test_200_requests_at_once_give_200_numbers_in_a_row(office: Office) -> None:
    documents, clerk = many_planned(office, REQUESTS), office.id_of("so")
    results = race(*(partial(office.ledger.number, document, clerk) for document in documents))
    facts = [r for r in results if isinstance(r, RegisterFact)]
    assert [r for r in results if not isinstance(r, RegisterFact)] == []
    assert sorted(fact.number for fact in facts) == list(range(1, REQUESTS + 1))
    assert {fact.document_id for fact in facts} == set(documents)
    assert sorted(numbers_of(office)) == list(range(1, REQUESTS + 1))
    seqs = [event.seq for event in office.ledger.chain(office.organisation)]
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(office.ledger.documents(None, {Stage.NUMBERED})) == REQUESTS


def test_200_requests_of_several_processes_give_200_numbers_in_a_row(office: Office) -> None:
    documents, clerk = many_planned(office, REQUESTS), office.id_of("so")
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", NUMBER, office.url, clerk, *documents[n::PROCESSES]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for n in range(PROCESSES)
    ]
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    outputs = [worker.communicate(timeout=120)[0].split() for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * PROCESSES
    assert sorted(int(n) for output in outputs for n in output) == list(range(1, REQUESTS + 1))
    assert sorted(numbers_of(office)) == list(range(1, REQUESTS + 1))


def test_the_same_document_numbered_by_two_at_once_has_one_number(office: Office) -> None:
    ledgers, clerk = [office.again(), office.again()], office.id_of("so")
    for due in (1, 2, 3):
        document = office.at(Stage.SIGNED)
        office.plan_seal(document)
        results = race(*(partial(one.number, document, clerk) for one in ledgers))
        assert [r.number for r in results if isinstance(r, RegisterFact)] == [due, due]
    assert numbers_of(office) == [1, 2, 3]


def test_the_year_is_viet_nam_s(office: Office) -> None:
    office.clock.at = datetime(2030, 12, 31, 16, 59, 59, tzinfo=UTC)
    last = office.number(office.at(Stage.SIGNED))
    office.clock.move(timedelta(seconds=1))
    first = office.number(office.at(Stage.SIGNED))
    assert (last.year, last.number, last.issued_on) == (2030, 1, date(2030, 12, 31))
    assert (first.year, first.number, first.issued_on) == (2031, 1, date(2031, 1, 1))
    assert first.number_symbol == "01/QĐ-UBND"
    series = office.ledger.series_for(office.organisation, "QĐ-UBND")
    assert [office.ledger.last_number(series.id, year) for year in (2029, 2030, 2031)] == [0, 1, 1]


def test_the_date_is_that_of_the_planned_act(office: Office) -> None:
    office.clock.at = datetime(2030, 12, 31, 16, 59, 59, tzinfo=UTC)
    document = office.at(Stage.SIGNED)
    office.plan_seal(document)
    office.clock.move(timedelta(seconds=5))
    assert office.ledger.number(document, office.id_of("so")).issued_on == date(2030, 12, 31)


def test_the_printed_symbol_chooses_the_series(office: Office) -> None:
    own = office.number(office.at(Stage.SIGNED))
    joint = office.number(office.at(Stage.SIGNED, symbol=sure("UBND-KSTT")))
    again = office.number(office.at(Stage.SIGNED, symbol=sure("TB-UBND")))
    assert [entry.number_symbol for entry in (own, joint, again)] == [
        "01/QĐ-UBND",
        "007/UBND-KSTT",
        "008/TB-UBND",
    ]


def test_without_a_series_nothing_is_numbered(office: Office) -> None:
    with pytest.raises(Refused) as caught:
        office.ledger.series_for("nobody", "QĐ-UBND")
    assert caught.value.code == "register.no_series"


def test_the_register_has_its_columns(office: Office) -> None:
    document = office.at(Stage.NUMBERED)
    entry = office.document(document).register
    assert entry is not None
    assert (entry.document_id, entry.kind, entry.subject) == (document, "QĐ", SUBJECT)
    assert entry.signer == "KT. CHỦ TỊCH PHÓ CHỦ TỊCH Trần Văn Mẫu"
    assert (entry.recipients, entry.archive_unit) == (("Như Điều 3", "Lưu: VT, KSTT"), "KSTT")
    assert (entry.copies, entry.note, entry.void) == (1, "", False)
    assert office.ledger.register(office.organisation, 2030) == [entry]
    assert office.ledger.register(office.organisation, 2029) == []


def test_no_number_without_a_planned_seal_or_a_signature(office: Office) -> None:
    with pytest.raises(Refused, match=r"register\.no_intent"):
        office.ledger.number(office.at(Stage.SIGNED), office.id_of("so"))
    with pytest.raises(Conflict):
        office.plan_seal(office.at(Stage.APPROVED))
    assert numbers_of(office) == []
    assert office.number(office.at(Stage.SIGNED)).number == 1


def test_a_failure_after_the_number_was_taken_leaves_no_gap(office: Office) -> None:
    document = office.at(Stage.SIGNED)
    office.plan_seal(document)

    def die() -> None:
        with office.ledger.writing() as session:
            row = office.ledger.take(session, document)
            assert office.ledger._enter(session, row, office.id_of("so"), date(2030, 6, 14)).number == 1
            raise ConnectionError

    with pytest.raises(ConnectionError):
        die()
    assert office.document(document).register is None
    assert office.ledger.number(document, office.id_of("so")).number == 1


def test_the_seal_is_planned_for_the_main_file_and_each_attachment(office: Office) -> None:
    one = office.at(Stage.SIGNED, files=office.files(attachments=2))
    other = office.at(Stage.SIGNED)
    planned = office.plan_seal(other, one)
    fact = office.document(one)
    assert [(i.ordinal, i.base, i.layer) for i in planned[one]] == [
        (0, fact.version("signed"), "organisation"),
        (1, fact.version("prepared", 1), "organisation"),
        (2, fact.version("prepared", 2), "organisation"),
    ]
    assert {i.at for intents in planned.values() for i in intents} == {office.clock.now()}
    assert [len(planned[d]) for d in (one, other)] == [3, 1]


def test_one_that_cannot_be_sealed_leaves_the_whole_batch_unplanned(office: Office) -> None:
    good, bad = office.at(Stage.SIGNED), office.at(Stage.CHECKED)
    with pytest.raises(Conflict):
        office.plan_seal(good, bad)
    assert office.ledger.open_intents(good) == []


def test_planned_again_when_numbered_it_keeps_its_number(office: Office) -> None:
    document = office.at(Stage.NUMBERED, files=office.files(attachments=1))
    before, old = office.document(document).register, office.ledger.open_intents(document)
    office.ledger.release(document, needs_pin=True)
    office.clock.move(timedelta(days=1))
    new = office.plan_seal(document)[document]
    assert office.ledger.number(document, office.id_of("so")) == before
    assert not {i.id for i in new} & {i.id for i in old}
    assert office.ledger.open_intents(document) == new
    assert not office.document(document).needs_pin
    with pytest.raises(Conflict, match=r"ledger\.intent_used"):
        office.ledger.sealed(document, office.versions(document, "sealed"), old)
    office.ledger.sealed(document, office.versions(document, "sealed"), new)
    assert office.document(document).stage is Stage.SEALED
    assert office.ledger.history(document)[-1].data["intents"] == [i.id for i in new]


def test_sealed_needs_every_file_and_an_open_intent(office: Office) -> None:
    document = office.at(Stage.NUMBERED, files=office.files(attachments=1))
    versions = office.versions(document, "sealed")
    with pytest.raises(Conflict):
        office.ledger.sealed(document, versions[:1])
    for intent in office.ledger.open_intents(document):
        office.ledger.abandon(intent.id)
    with pytest.raises(Conflict, match=r"ledger\.intent_used"):
        office.ledger.sealed(document, versions)
    assert office.document(document).stage is Stage.NUMBERED


def test_two_workers_with_the_same_seal_one_wins(office: Office) -> None:
    document, ledgers = office.at(Stage.NUMBERED), [office.again(), office.again()]
    versions = office.versions(document, "sealed")
    results = race(*(partial(one.sealed, document, versions) for one in ledgers))
    assert results.count(None) == 1
    assert sum(isinstance(r, Conflict) for r in results) == 1
    assert sum(v.kind == "sealed" for v in office.document(document).versions) == 1


@pytest.mark.parametrize("stage", [Stage.NUMBERED, Stage.SEALED, Stage.VERIFIED])
def test_a_void_number_stays_marked_and_is_never_reused(office: Office, stage: Stage) -> None:
    files = office.files()
    document = office.at(stage, files=files)
    office.ledger.void(document, REASON, office.id_of("so"))
    fact = office.document(document)
    assert fact.stage is Stage.VOID
    assert fact.register is not None
    assert (fact.register.number, fact.register.void, fact.register.note) == (1, True, REASON)
    assert office.ledger.open_intents(document) == []
    again = office.at(Stage.NUMBERED, files=files)
    entry = office.document(again).register
    assert entry is not None
    assert (entry.number, entry.void) == (2, False)
    assert [(e.number, e.void) for e in office.ledger.register(office.organisation, 2030)] == [
        (1, True),
        (2, False),
    ]
    with pytest.raises(Conflict):
        office.ledger.sealed(document, office.versions(document, "sealed"))


@pytest.mark.parametrize("stage", [Stage.SIGNED, Stage.ISSUED, Stage.VOID])
def test_what_has_no_number_or_is_out_cannot_be_void(office: Office, stage: Stage) -> None:
    document = office.at(stage)
    with pytest.raises(Conflict):
        office.ledger.void(document, "another reason")
    assert office.document(document).stage is stage
    register = office.document(document).register
    assert register is None or register.note != "another reason"


def test_a_standing_rule_holds_in_its_period(office: Office) -> None:
    rule = SealRuleFact(
        id="rule",
        organisation_id=office.organisation,
        authorisation="Quyết định 12/QĐ-UBND",
        valid_from=date(2030, 6, 1),
        valid_to=date(2030, 6, 30),
        kinds=("TB",),
        key_id="key-minh-giang",
        clerk_id=office.id_of("so"),
    )
    office.ledger.add_seal_rule(rule)
    days = [date(2030, 5, 31), date(2030, 6, 1), date(2030, 6, 30), date(2030, 7, 1)]
    assert [office.ledger.seal_rules(day) for day in days] == [[], [rule], [rule], []]


def test_a_wrong_pin_is_on_record_without_the_pin(office: Office) -> None:
    office.ledger.pin_failed(office.id_of("so"), "key-minh-giang", office.organisation)
    *_, last = office.ledger.chain(office.organisation)
    assert last.act == "pin.failed"
    assert b'"data":{"key":"key-minh-giang"}' in last.body
