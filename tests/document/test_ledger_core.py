"""Moves and the chained record, on both databases."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
import rfc8785
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from document.errors import Conflict, NotFound
from document.ledger.core import GENESIS
from document.stages import Stage, may_move
from document.tables import Document
from tests.support.ledger import Office, race
from tests.support.on_paper import OFFICE, REASON, STEM, SUBJECT

REACHED = [stage for stage in Stage if stage not in {Stage.RECALLED, Stage.REPLACED}]


def bodies(office: Office) -> list[dict[str, object]]:
    return [json.loads(event.body) for event in office.ledger.chain(office.organisation)]


def move_and_record(office: Office, document: str, then: Callable[[], int], **data: Any) -> None:
    with office.ledger.writing() as session:
        row = office.ledger.take(session, document)
        office.ledger.move(session, row, Stage.PREPARED)
        office.ledger.record(session, row.organisation_id, "odd", document=document, **data)
        session.flush()
        then()


@pytest.mark.parametrize("stage", REACHED)
def test_from_each_stage_exactly_the_moves_of_the_table_succeed(office: Office, stage: Stage) -> None:
    document = office.at(stage)
    held_from = office.document(document).held_from
    for new in Stage:
        with office.ledger.reading() as session, session.begin():
            row = office.ledger.row(session, document)
            if may_move(stage, new, held_from):
                office.ledger.move(session, row, new)
                assert row.stage == new.value
            else:
                with pytest.raises(Conflict):
                    office.ledger.move(session, row, new)
            session.rollback()
    assert office.document(document).stage is stage


def test_a_move_names_the_stage_it_starts_from(office: Office) -> None:
    document = office.at(Stage.RECEIVED)
    with office.ledger.writing() as session:
        row = office.ledger.take(session, document)
        with pytest.raises(Conflict) as caught:
            office.ledger.move(session, row, Stage.CHECKED, old=Stage.PREPARED)
    assert (caught.value.code, caught.value.params) == ("ledger.moved", {"stage": Stage.RECEIVED})


def test_of_two_who_race_the_same_move_one_wins(office: Office) -> None:
    for _ in range(5):
        document = office.at(Stage.CHECKED)
        unit = office.document(document).unit_id
        ledgers = [office.again(), office.again()]
        results = race(*(partial(one.withdraw, document, unit, REASON) for one in ledgers))
        lost = [r for r in results if isinstance(r, Conflict)]
        assert results.count(None) == 1
        assert [error.code for error in lost] == ["ledger.moved"]
        assert sum(e.act == "document.withdrawn" for e in office.ledger.history(document)) == 1


def test_the_sql_itself_refuses_an_unknown_stage(office: Office) -> None:
    document = office.at(Stage.RECEIVED)
    with pytest.raises(Exception, match=r"known_stage"), office.ledger.writing() as session:
        office.ledger.take(session, document).stage = "elsewhere"


def test_an_error_after_the_change_leaves_neither_change_nor_event(office: Office) -> None:
    document = office.at(Stage.RECEIVED)
    before = office.ledger.chain_head(office.organisation)
    with pytest.raises(ZeroDivisionError):
        move_and_record(office, document, lambda: 1 // 0)
    assert office.document(document).stage is Stage.RECEIVED
    assert office.ledger.chain_head(office.organisation) == before
    assert len(bodies(office)) == before[0]


def test_no_change_without_an_event(office: Office) -> None:
    document = office.at(Stage.RECEIVED)
    with pytest.raises(rfc8785.CanonicalizationError):
        move_and_record(office, document, int, what=object())
    assert office.document(document).stage is Stage.RECEIVED


def test_every_step_of_the_way_adds_to_the_chain(office: Office) -> None:
    document = office.at(
        Stage.ISSUED,
    )
    acts = [event.act for event in office.ledger.history(document)]
    assert acts == [
        "document.received", "document.prepared", "check.content.pass", "check.form.pass", "intent.written",
        "document.approved", "document.signed", "intent.written", "document.numbered", "document.sealed",
        "document.verified", "document.issued",
    ]  # fmt: skip


def test_events_are_canonical_chained_and_counted(office: Office) -> None:
    office.at(Stage.ISSUED, files=office.files(attachments=2))
    prev = GENESIS
    for due, event in enumerate(office.ledger.chain(office.organisation), start=1):
        body = json.loads(event.body)
        assert event.body == rfc8785.dumps(body)
        assert event.hash == hashlib.sha256(event.body).hexdigest()
        assert (event.seq, body["seq"], body["prev"], body["v"]) == (due, due, prev, 1)
        assert body["at"] == event.at.strftime("%Y-%m-%dT%H:%M:%SZ")
        prev = event.hash
    assert office.ledger.chain_head(office.organisation) == (due, prev)


def test_each_organisation_has_a_chain_of_its_own(office: Office) -> None:
    commune = office.person("dau").organisation_id
    before = office.ledger.chain_head(commune)
    office.at(Stage.PREPARED)
    assert office.ledger.chain_head(commune) == before
    assert {json.loads(e.body)["organisation"] for e in office.ledger.chain(commune)} == {commune}


def test_events_written_at_once_share_no_number_and_leave_no_gap(office: Office) -> None:
    before = office.ledger.chain_head(office.organisation)[0]
    ledgers, person = [office.again() for _ in range(4)], office.id_of("so")

    def sign_in(index: int) -> None:
        for _ in range(10):
            ledgers[index].sign_in_ok(person)

    results = race(*(partial(sign_in, i) for i in range(4)))
    assert results == [None] * 4
    chain = list(office.ledger.chain(office.organisation))
    assert [event.seq for event in chain] == list(range(1, before + 41))
    assert office.ledger.chain_head(office.organisation) == (before + 40, chain[-1].hash)


def test_no_event_carries_a_name_or_a_text(office: Office) -> None:
    ledger = office.ledger
    office.at(Stage.ISSUED, files=office.files(attachments=1))
    for stage in (Stage.RETURNED, Stage.WITHDRAWN, Stage.VOID):
        office.at(stage)
    held = office.at(Stage.HELD)
    ledger.retry(held, REASON, office.id_of("so"))
    ledger.hold(held, "work.verdict_bad", verdict=SUBJECT)
    ledger.return_held(held, REASON)
    refused = office.at(Stage.RECEIVED)
    ledger.returned_by_machine(refused, "intake.signer_unknown", name="Trần Văn Mẫu", organisation="TỈNH")
    back = office.at(Stage.SIGNED)
    ledger.return_document(back, office.id_of("so"), "number", ledger.shown(back), REASON)
    ledger.file_returned(office.folder(), ["00" * 32], "intake.not_pdf")
    ledger.secret_seen(office.folder())
    ledger.set_images("minh-giang", "11" * 32, {"mau": "22" * 32})
    ledger.folder_done(back)
    ledger.purged(office.document(back).files[0].digest, REASON)
    people = [p["name"] for o in OFFICE["organisations"] for p in o["people"]]
    logins = [f'"{p["login"]}"' for o in OFFICE["organisations"] for p in o["people"]]
    units = [u["name"] for o in OFFICE["organisations"] for u in o["units"]]
    texts = [*people, *logins, *units, SUBJECT, REASON, STEM, ".pdf", "CHỦ TỊCH", "MINH GIANG", "shares/"]
    whole = b"\n".join(e.body for o in ledger.organisations() for e in ledger.chain(o.id)).decode()
    assert [text for text in texts if text.casefold() in whole.casefold()] == []
    assert "vault.purged" in whole


def test_time_is_kept_in_utc_and_a_time_without_zone_is_refused(office: Office) -> None:
    document = office.at(Stage.RECEIVED)
    assert office.document(document).received_at == office.clock.now()
    assert office.document(document).received_at.tzinfo is UTC
    with pytest.raises(StatementError, match="without a zone"), office.ledger.reading() as session:
        session.scalars(select(Document).where(Document.received_at > datetime(2030, 1, 1))).all()  # noqa: DTZ001


def test_ids_sort_by_time_and_do_not_repeat(office: Office) -> None:
    ids = [office.ledger.new_id() for _ in range(200)]
    assert ids == sorted(set(ids))


def test_what_is_not_there_is_said_so(office: Office) -> None:
    ledger = office.ledger
    asks: list[Callable[[str], object]] = [
        ledger.document, ledger.organisation, ledger.person, ledger.unit, ledger.folder, ledger.key,
        ledger.sign_in_ok, ledger.release, ledger.folder_done, ledger.shown,
        lambda nothing: ledger.approve(nothing, ""),
        lambda nothing: ledger.signed(nothing, "", 0),
    ]  # fmt: skip
    for ask in asks:
        with pytest.raises(NotFound) as caught:
            ask("nothing")
        assert "nothing" in caught.value.text("vi")


def test_a_chain_needs_its_organisation(office: Office) -> None:
    with pytest.raises(NotFound), office.ledger.writing() as session:
        office.ledger.record(session, "nothing", "odd")
