"""Checks, approval, the leader's intent and signature, returns and taking back."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy.exc import IntegrityError

from document.errors import Conflict
from document.manifest import shown_digest
from document.stages import Stage
from tests.support.ledger import Office, race
from tests.support.on_paper import REASON


def code(office: Office, document: str, step: str, login: str, **how: str) -> str:
    with pytest.raises(Conflict) as caught:
        office.decide(document, step, login, **how)
    return caught.value.code


def test_content_and_form_in_either_order_make_it_checked(office: Office) -> None:
    for steps in ((("content", "kiem"), ("form", "thuc")), (("form", "thuc"), ("content", "kiem"))):
        document = office.at(Stage.PREPARED)
        stages = [office.decide(document, step, login) for step, login in steps]
        assert stages == [Stage.PREPARED, Stage.CHECKED]
        shown = office.ledger.shown(document)
        assert {(d.step, d.shown, d.outcome) for d in office.document(document).decisions} == {
            ("content", shown, "pass"),
            ("form", shown, "pass"),
        }


def test_one_person_may_hold_both_checks(office: Office) -> None:
    document = office.at(Stage.PREPARED)
    office.decide(document, "content", "kiem")
    assert office.decide(document, "form", "kiem") is Stage.CHECKED


def test_a_check_passes_once_whoever_passes_it(office: Office) -> None:
    document = office.at(Stage.PREPARED)
    office.decide(document, "content", "kiem")
    assert code(office, document, "content", "kiem") == "check.done"
    assert code(office, document, "content", "hop") == "check.done"
    office.decide(document, "form", "thuc")
    assert code(office, document, "form", "thuc") == "ledger.moved"


def test_two_who_pass_the_same_check_at_once(office: Office) -> None:
    document, ledgers = office.at(Stage.PREPARED), [office.again(), office.again()]
    shown = office.ledger.shown(document)
    people = [office.id_of("kiem"), office.id_of("hop")]
    results = race(
        *(
            partial(one.decide, document, "content", who, shown=shown, outcome="pass", reason="")
            for one, who in zip(ledgers, people, strict=True)
        )
    )
    assert sorted(type(r).__name__ for r in results) == ["Conflict", "Stage"]
    assert len(office.document(document).decisions) == 1


def test_the_database_itself_refuses_a_second_pass(office: Office) -> None:
    document = office.at(Stage.PREPARED)
    shown = office.ledger.shown(document)
    decide = partial(office.ledger._decision, step="form", shown=shown, outcome="pass", reason="")

    def twice() -> None:
        with office.ledger.writing() as session:
            row = office.ledger.take(session, document)
            for login in ("thuc", "kiem"):
                decide(session, row, person_id=office.id_of(login))

    with pytest.raises(IntegrityError):
        twice()


def test_what_was_shown_must_be_what_is_there(office: Office) -> None:
    document = office.at(Stage.PREPARED)
    assert code(office, document, "content", "kiem", shown="0" * 64) == "check.shown_changed"
    assert (
        code(office, document, "content", "kiem", shown="0" * 64, outcome="return") == "check.shown_changed"
    )
    assert office.document(document).decisions == ()
    office.check(document)
    with pytest.raises(Conflict, match=r"check\.shown_changed"):
        office.ledger.plan_intent(document, office.id_of("mau"), "key-mau", "0" * 64)
    with pytest.raises(Conflict, match=r"check\.shown_changed"):
        office.ledger.return_document(document, office.id_of("mau"), "approve", "0" * 64, REASON)


def test_what_is_shown_is_the_prepared_set_in_order(office: Office) -> None:
    document = office.at(Stage.PREPARED, files=office.files(attachments=2))
    fact = office.document(document)
    prepared = [fact.version("prepared", n) for n in range(3)]
    assert office.ledger.shown(document) == shown_digest([digest for digest in prepared if digest])


def test_approving_writes_the_intent_first_and_moves_once(office: Office) -> None:
    document = office.at(Stage.CHECKED)
    shown = office.ledger.shown(document)
    intent = office.intent(document)
    assert office.document(document).stage is Stage.CHECKED
    assert (intent.base, intent.layer, intent.at) == (
        office.document(document).version("prepared"),
        "signer",
        office.clock.now(),
    )
    office.ledger.approve(intent.id, shown)
    office.ledger.approve(intent.id, shown)
    fact = office.document(document)
    assert fact.stage is Stage.APPROVED
    assert [(d.step, d.person_name) for d in fact.decisions][-1] == ("approve", "Trần Văn Mẫu")
    assert sum(e.act == "document.approved" for e in office.ledger.history(document)) == 1


def test_after_a_crash_the_pin_is_asked_again_with_a_new_intent(office: Office) -> None:
    document = office.at(Stage.APPROVED)
    old = office.ledger.open_intents(document)
    office.clock.move(timedelta(hours=2))
    new = office.intent(document)
    assert office.ledger.open_intents(document) == [new]
    assert new.id != old[0].id
    assert new.at == office.clock.now()
    shown = office.ledger.shown(document)
    with pytest.raises(Conflict, match=r"ledger\.intent_used"):
        office.ledger.approve(old[0].id, shown)
    with pytest.raises(Conflict, match=r"ledger\.intent_used"):
        office.ledger.signed(old[0].id, "ab" * 32, 9)
    office.ledger.approve(new.id, shown)
    office.ledger.signed(new.id, "cd" * 32, 9)
    assert office.document(document).version("signed") == "cd" * 32
    assert office.document(document).stage is Stage.SIGNED


def test_another_leader_does_not_sign_what_one_approved(office: Office) -> None:
    document = office.at(Stage.APPROVED)
    with pytest.raises(Conflict):
        office.intent(document, "thu")
    assert len(office.ledger.open_intents(document)) == 1


def test_an_intent_is_used_once(office: Office) -> None:
    document = office.at(Stage.SIGNED)
    intent = office.ledger.history(document)[-1].data["intent"]
    with pytest.raises(Conflict, match=r"ledger\.intent_used"):
        office.ledger.signed(intent, "ab" * 32, 9)
    assert office.ledger.open_intents(document) == []


def test_an_abandoned_intent_approves_nothing(office: Office) -> None:
    document = office.at(Stage.CHECKED)
    intent = office.intent(document)
    office.ledger.abandon(intent.id)
    with pytest.raises(Conflict, match=r"ledger\.intent_used"):
        office.ledger.approve(intent.id, office.ledger.shown(document))
    assert office.document(document).stage is Stage.CHECKED


def test_the_database_keeps_one_open_intent_per_file_and_layer(office: Office) -> None:
    document = office.at(Stage.CHECKED)
    office.intent(document)

    def second() -> None:
        with office.ledger.writing() as session:
            row = office.ledger.take(session, document)
            office.ledger.intend(
                session, row, 0, "signer", key_id="key-mau", actor_id=office.id_of("mau"), base="ab" * 32
            )

    with pytest.raises(IntegrityError):
        second()


@pytest.mark.parametrize("stage", [Stage.PREPARED, Stage.SIGNED, Stage.RETURNED, Stage.HELD])
def test_no_intent_where_nobody_is_asked_to_sign(office: Office, stage: Stage) -> None:
    document = office.at(stage)
    with pytest.raises(Conflict):
        office.intent(document)


def test_a_check_returned_ends_the_round(office: Office) -> None:
    document = office.at(Stage.PREPARED)
    office.decide(document, "content", "kiem")
    assert office.decide(document, "form", "thuc", "return") is Stage.RETURNED
    assert office.document(document).decisions[-1].reason == REASON
    assert code(office, document, "content", "kiem") == "ledger.moved"


@pytest.mark.parametrize("stage", [Stage.CHECKED, Stage.APPROVED, Stage.SIGNED])
def test_the_leader_or_the_clerk_returns_it(office: Office, stage: Stage) -> None:
    document = office.at(stage)
    office.ledger.return_document(
        document, office.id_of("mau"), "approve", office.ledger.shown(document), REASON
    )
    fact = office.document(document)
    assert (fact.stage, fact.decisions[-1].outcome, fact.decisions[-1].reason) == (
        Stage.RETURNED,
        "return",
        REASON,
    )
    assert office.ledger.open_intents(document) == []


@pytest.mark.parametrize("stage", [Stage.NUMBERED, Stage.SEALED, Stage.ISSUED, Stage.VOID])
def test_after_the_number_nothing_is_returned_or_withdrawn(office: Office, stage: Stage) -> None:
    document = office.at(stage)
    shown, unit = office.ledger.shown(document), office.document(document).unit_id
    with pytest.raises(Conflict):
        office.ledger.return_document(document, office.id_of("so"), "number", shown, REASON)
    with pytest.raises(Conflict):
        office.ledger.withdraw(document, unit, REASON)
    assert office.document(document).stage is stage


def test_the_unit_takes_back_its_own_before_it_is_signed(office: Office) -> None:
    document = office.at(Stage.APPROVED)
    with pytest.raises(Conflict, match=r"ledger\.other_unit"):
        office.ledger.withdraw(document, office.folder("tonghop").unit_id, REASON)
    office.ledger.withdraw(document, office.folder().unit_id, REASON, office.id_of("kiem"))
    fact = office.document(document)
    assert (fact.stage, fact.decisions[-1].person_name) == (Stage.WITHDRAWN, "Nguyễn Thị Kiểm")
    assert office.ledger.open_intents(document) == []
    signed = office.at(Stage.SIGNED)
    with pytest.raises(Conflict):
        office.ledger.withdraw(signed, office.folder().unit_id, REASON)


def test_confirming_a_reading_lets_every_approval_fall(office: Office) -> None:
    document = office.at(Stage.APPROVED)
    fact = office.document(document)
    other = next(s for s in office.ledger.signatories(office.organisation) if s != fact.signatory)
    office.ledger.confirm_reading(document, office.id_of("kiem"), fact.reading, other.id)
    again = office.document(document)
    assert (again.stage, again.signatory, again.confirmed) == (Stage.RECEIVED, other, True)
    assert office.ledger.open_intents(document) == []
    office.prepare(document)
    assert not any(office.document(document).passed(step) for step in ("content", "form", "approve"))
    signed = office.at(Stage.SIGNED)
    with pytest.raises(Conflict):
        office.ledger.confirm_reading(signed, office.id_of("kiem"), fact.reading, other.id)
    assert office.document(signed).stage is Stage.SIGNED
