"""Claims, attempts, results of the machine's steps, and Held, on both databases."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import pytest

from document import messages
from document.clock import SetClock, local_date
from document.errors import Conflict
from document.facts import DocumentFact
from document.ledger import Ledger
from document.stages import Stage
from tests.support.ledger import Office, race
from tests.support.on_paper import REASON, office_spec

LEASE = 60.0


def claim(office: Office) -> DocumentFact:
    found = office.ledger.next_work(LEASE)
    assert found is not None
    return found


def pass_lease(office: Office) -> None:
    office.clock.move(timedelta(seconds=LEASE + 1))


def test_the_longest_waiting_comes_first_and_only_what_is_the_machine_s(office: Office) -> None:
    waiting = []
    for stage in (Stage.SEALED, Stage.NUMBERED, Stage.RECEIVED, Stage.VERIFIED):
        waiting.append(office.at(stage))
        office.clock.move(timedelta(seconds=5))
    for stage in (Stage.PREPARED, Stage.CHECKED, Stage.APPROVED, Stage.SIGNED, Stage.ISSUED, Stage.HELD):
        office.at(stage)
    office.admit(confirmed=False)
    assert [claim(office).id for _ in waiting] == waiting
    assert office.ledger.next_work(LEASE) is None


def test_a_claim_holds_until_its_time_is_over(office: Office) -> None:
    document = office.at(Stage.RECEIVED)
    assert claim(office).attempts == 1
    assert office.again().next_work(LEASE) is None
    office.clock.move(timedelta(seconds=LEASE))
    assert office.again().next_work(LEASE) is None
    office.clock.move(timedelta(seconds=1))
    assert (claim(office).id, office.document(document).attempts) == (document, 2)


def test_of_many_workers_one_gets_the_document(office: Office) -> None:
    ledgers = [office.again() for _ in range(4)]
    for _ in range(4):
        document = office.at(Stage.RECEIVED)
        results = race(*(partial(ledger.next_work, LEASE) for ledger in ledgers))
        assert [r.id for r in results if isinstance(r, DocumentFact)] == [document]
        assert results.count(None) == 3


def test_three_deaths_and_it_is_held(office: Office) -> None:
    document = office.at(Stage.RECEIVED)
    for attempt in (1, 2, 3):
        assert claim(office).attempts == attempt
        pass_lease(office)
    assert office.ledger.next_work(LEASE) is None
    held = office.document(document)
    assert (held.stage, held.held_from, held.reason) == (Stage.HELD, Stage.RECEIVED, "work.three_times")
    assert "Đã tiếp nhận" in messages.text("work.three_times", "vi", **held.reason_params)
    assert [d.id for d in office.ledger.held()] == [document]


def test_a_third_claim_is_not_held_by_a_worker_who_saw_it_free_before(office: Office) -> None:
    document = office.at(Stage.RECEIVED)
    for _ in range(2):
        claim(office)
        office.ledger.failed(document)
    assert claim(office).attempts == 3
    assert office.again()._claim(document, LEASE) is None
    assert office.document(document).stage is Stage.RECEIVED


def test_a_failure_counts_and_frees_it_at_once(office: Office) -> None:
    document = office.at(Stage.RECEIVED)
    for _ in range(3):
        claim(office)
        office.ledger.failed(document)
    assert office.ledger.next_work(LEASE) is None
    assert office.document(document).stage is Stage.HELD


def test_a_silent_service_does_not_count(office: Office) -> None:
    document = office.at(Stage.SEALED)
    for _ in range(10):
        assert claim(office).attempts == 1
        office.ledger.release(document)
    assert office.document(document).stage is Stage.SEALED


def test_a_step_forward_forgets_attempts_and_claim(office: Office) -> None:
    document = office.at(Stage.SEALED)
    claim(office)
    office.verify(document)
    assert (claim(office).id, office.document(document).attempts) == (document, 1)


def test_what_needs_a_pin_waits_for_it(office: Office) -> None:
    document = office.at(Stage.NUMBERED)
    claim(office)
    office.ledger.release(document, needs_pin=True)
    assert office.document(document).needs_pin
    assert office.ledger.next_work(LEASE) is None
    office.plan_seal(document)
    office.ledger.number(document, office.id_of("so"))
    assert claim(office).id == document


def test_prepared_again_counts_and_shows_only_the_new_bytes(office: Office) -> None:
    document = office.at(Stage.CHECKED, files=office.files(attachments=1))
    first = office.document(document)
    signatory = first.signatory
    assert signatory is not None
    office.ledger.confirm_reading(document, office.id_of("kiem"), first.reading, signatory.id)
    assert office.document(document).stage is Stage.RECEIVED
    office.prepare(document)
    second = office.document(document)
    assert (first.preparation, second.preparation) == (1, 2)
    assert second.version("prepared", 1) != first.version("prepared", 1)
    assert first.passed("content")
    assert not second.passed("content")


def test_the_same_bytes_prepared_again_can_be_checked_again(office: Office) -> None:
    document = office.at(Stage.CHECKED)
    now = office.document(document)
    assert now.signatory is not None
    same = office.versions(document, "prepared")
    office.ledger.confirm_reading(document, office.id_of("kiem"), now.reading, now.signatory.id)
    office.ledger.prepared(document, {}, same)
    assert office.document(office.check(document)).stage is Stage.CHECKED


def test_both_checks_off_is_checked_with_the_rule_on_record(office: Office) -> None:
    def off(raw: dict[str, object]) -> None:
        unit = raw["organisations"][0]["units"][0]  # type: ignore[index]
        unit["content_check_off"], unit["form_check_off"] = "12/QĐ-VP", "13/QĐ-VP"

    office.ledger.apply_office(office_spec(off))
    document = office.document(office.prepare(office.admit()))
    assert document.stage is Stage.CHECKED
    assert [(d.step, d.outcome, d.reason, d.person_id) for d in document.decisions] == [
        ("content", "off", "12/QĐ-VP", None),
        ("form", "off", "13/QĐ-VP", None),
    ]
    assert office.ledger.history(document.id)[-1].data["checks_off"] == ["content", "form"]


def test_with_one_check_off_the_other_one_decides(office: Office) -> None:
    def off(raw: dict[str, object]) -> None:
        raw["organisations"][0]["units"][0]["content_check_off"] = "12/QĐ-VP"  # type: ignore[index]

    office.ledger.apply_office(office_spec(off))
    document = office.prepare(office.admit())
    assert office.document(document).stage is Stage.PREPARED
    with pytest.raises(Conflict, match=r"check\.done"):
        office.decide(document, "content", "kiem")
    assert office.decide(document, "form", "thuc") is Stage.CHECKED


LIVING_BEFORE_HELD = (
    Stage.RECEIVED, Stage.PREPARED, Stage.CHECKED, Stage.APPROVED, Stage.SIGNED, Stage.NUMBERED, Stage.SEALED,
    Stage.VERIFIED,
)  # fmt: skip


@pytest.mark.parametrize("stage", LIVING_BEFORE_HELD)
def test_held_goes_back_only_where_it_came_from_or_out(office: Office, stage: Stage) -> None:
    document = office.at(stage)
    number = office.document(document).register
    office.ledger.hold(document, "work.verdict_bad", verdict="modified")
    held = office.document(document)
    assert (held.stage, held.held_from, held.reason_params) == (Stage.HELD, stage, {"verdict": "modified"})
    if number is None:
        with pytest.raises(Conflict):
            office.ledger.void(document, REASON)
    else:
        with pytest.raises(Conflict):
            office.ledger.return_held(document, REASON)
        with pytest.raises(Conflict):
            office.ledger.return_document(
                document, office.id_of("so"), "number", office.ledger.shown(document), REASON
            )
    with pytest.raises(Conflict):
        office.ledger.withdraw(document, held.unit_id, REASON)
    assert held.signatory is not None
    with pytest.raises(Conflict):
        office.ledger.confirm_reading(document, office.id_of("kiem"), held.reading, held.signatory.id)
    assert office.ledger.retry(document, REASON, office.id_of("so")) is stage
    back = office.document(document)
    assert (back.stage, back.held_from, back.reason, back.attempts) == (stage, None, None, 0)
    assert back.register == number
    office.ledger.hold(document, "work.verdict_bad", verdict="modified")
    assert office.ledger.retry(document, REASON, office.id_of("so")) is stage


@pytest.mark.parametrize(
    ("stage", "end"),
    [(Stage.APPROVED, Stage.RETURNED), (Stage.SIGNED, Stage.RETURNED), (Stage.SEALED, Stage.VOID)],
)
def test_the_ways_out_of_held(office: Office, stage: Stage, end: Stage) -> None:
    document = office.at(stage)
    office.ledger.hold(document, "work.verdict_bad", verdict="modified")
    leave = office.ledger.return_held if end is Stage.RETURNED else office.ledger.void
    leave(document, REASON)
    ended = office.document(document)
    assert (ended.stage, ended.decisions[-1].reason, ended.decisions[-1].outcome) == (end, REASON, "return")
    for again in (office.ledger.retry, office.ledger.return_held):
        with pytest.raises(Conflict):
            again(document, REASON)


def test_a_worker_who_comes_late_neither_holds_nor_returns(office: Office) -> None:
    document = office.at(Stage.SEALED)
    with pytest.raises(Conflict) as caught:
        office.ledger.hold(document, "work.verdict_bad", Stage.NUMBERED, verdict="modified")
    assert caught.value.params == {"stage": Stage.SEALED}
    fresh = office.at(Stage.PREPARED)
    with pytest.raises(Conflict):
        office.ledger.returned_by_machine(fresh, "intake.empty", Stage.RECEIVED)
    assert office.document(document).stage is Stage.SEALED
    assert office.document(fresh).stage is Stage.PREPARED


def test_the_machine_returns_a_document_with_its_reason(office: Office) -> None:
    document = office.at(Stage.RECEIVED)
    day = local_date(office.clock.now())
    office.ledger.returned_by_machine(document, "intake.odd", at=office.clock.now(), day=day, size=3)
    returned = office.document(document)
    assert (returned.stage, returned.reason) == (Stage.RETURNED, "intake.odd")
    assert returned.reason_params == {"at": "14/06/2030 10:00:00", "day": "14/06/2030", "size": 3}
    with pytest.raises(Conflict):
        office.ledger.hold(document, "work.no_signatory")


def test_verdicts_are_kept_whole_and_the_newest_counts(office: Office) -> None:
    document = office.at(Stage.SEALED)
    digest = office.versions(document, "sealed")[0].digest
    for verdict in ("indeterminate", "valid"):
        office.ledger.judged(document, [{"sha256": digest, "verdict": verdict, "layers": [{"n": 1}]}])
        office.clock.move(timedelta(minutes=1))
    assert office.ledger.verdict(document, digest) == {
        "sha256": digest,
        "verdict": "valid",
        "layers": [{"n": 1}],
    }
    assert office.ledger.verdict(document, "00" * 32) is None
    assert office.document(document).stage is Stage.SEALED


def test_an_issued_document_whose_revocation_was_not_learnt_is_asked_for_again(office: Office) -> None:
    document, other = office.at(Stage.ISSUED), office.at(Stage.ISSUED)
    unsure = office.at(Stage.SEALED)
    digest = office.document(document).version("sealed")
    office.clock.move(timedelta(hours=1))
    for one in (document, unsure):
        office.ledger.judged(one, [{"sha256": digest, "verdict": "indeterminate"}])
    judged = office.clock.now()
    office.clock.move(timedelta(hours=1))
    assert office.ledger.to_recheck(judged) is None
    asked = office.ledger.to_recheck(office.clock.now())
    assert asked is not None
    assert asked.id == document != other
    office.ledger.judged(document, [{"sha256": digest, "verdict": "valid"}])
    office.clock.move(timedelta(hours=1))
    assert office.ledger.to_recheck(office.clock.now()) is None


@dataclass
class Ticking(SetClock):
    """A clock on which every look costs a second."""

    def now(self) -> datetime:
        self.move(timedelta(seconds=1))
        return self.at


def test_one_file_of_a_set_is_enough_to_ask_again(office: Office) -> None:
    document = office.at(Stage.ISSUED)
    office.clock.move(timedelta(hours=1))
    slow = Ledger(office.ledger.engine, Ticking(office.clock.now()))
    slow.judged(
        document, [{"sha256": "aa", "verdict": "indeterminate"}, {"sha256": "bb", "verdict": "valid"}]
    )
    office.clock.move(timedelta(hours=1))
    asked = office.ledger.to_recheck(office.clock.now())
    assert asked is not None
    assert asked.id == document


def test_what_could_not_be_asked_about_waits_its_turn(office: Office) -> None:
    document = office.at(Stage.ISSUED)
    office.clock.move(timedelta(hours=1))
    office.ledger.judged(document, [{"sha256": "aa", "verdict": "indeterminate"}])
    office.clock.move(timedelta(hours=1))
    office.ledger.release(document, seconds=60)
    assert office.ledger.to_recheck(office.clock.now()) is None
    office.clock.move(timedelta(seconds=61))
    assert office.ledger.to_recheck(office.clock.now()) is not None
