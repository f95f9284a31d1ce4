"""A standing rule seals without the clerk, and only what it names."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from document.clock import local_date
from document.stages import Stage
from document.tables import Person
from niem import officework
from niem.demo_site import PIN
from niem.parts import Parts
from niem.standing import seal_by_rule
from niem.worker import work_once
from tests.support.crashing import Office
from tests.support.pages import Letter, Signer, draw
from tests.support.quick import set_to
from tests.support.samples import DECISION, NOTICE, Dropped
from tests.support.stepping import until

A_MONTH = timedelta(days=30)


@pytest.fixture(scope="module")
def ruled(staffed: Office, worker: Parts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """The office with a rule for notices, and a key process that knows of it."""
    pin_file = tmp_path_factory.mktemp("pin") / "pin"
    pin_file.write_text(PIN, encoding="utf-8")
    today = local_date(worker.clock.now())
    officework.seal_rule(
        staffed.site, "minh-giang", "so", authorisation="12/QĐ-UBND",
        period=(today - A_MONTH, today + A_MONTH), kinds=["TB", "GM"], pin_file=pin_file,
    )  # fmt: skip
    (rule,) = staffed.ledger.seal_rules(today)
    set_to(staffed.site.root, unattended=f'["{rule.key_id}"]')
    staffed.kill("keys")
    staffed.until_up()
    yield worker
    # The rule itself cannot be taken back in one line; without its key it opens nothing.
    set_to(staffed.site.root, unattended="[]")
    staffed.kill("keys")
    staffed.until_up()


def signed(staffed: Office, worker: Parts, dropped: Dropped) -> str:
    """Everybody but the clerk has done their part; the document's id."""
    return until(staffed, worker, dropped, Stage.SIGNED).id


def test_what_the_rule_names_is_sealed_without_the_clerk(staffed: Office, ruled: Parts) -> None:
    dropped = staffed.drop(NOTICE, "theo-quy-tac")
    signed(staffed, ruled, dropped)
    while work_once(ruled):
        pass
    document = staffed.issued_once(dropped)
    assert staffed.intents(document) == {"signer": 1, "organisation": 1}


def test_what_the_rule_does_not_name_waits_for_the_clerk(staffed: Office, ruled: Parts) -> None:
    document_id = signed(staffed, ruled, staffed.drop(DECISION, "ngoai-quy-tac"))
    assert not seal_by_rule(ruled)
    assert staffed.ledger.document(document_id).stage is Stage.SIGNED


def test_a_printed_date_waits_for_the_clerk_and_holds_up_nobody(staffed: Office, ruled: Parts) -> None:
    """Whichever of the two the rule meets first, the other one is not held up by it."""
    old = draw(
        Letter(
            kind="THÔNG BÁO", symbol="/TB-UBND", year="1999", subject=("Về lịch tiếp công dân",),
            signers=(Signer(("TL. CHỦ TỊCH",), "CHÁNH VĂN PHÒNG", "Phạm Văn Thử"),),
        )
    ).pdf  # fmt: skip
    waiting = signed(staffed, ruled, staffed.drop_bytes(NOTICE.unit, "nam-cu", {"nam-cu.pdf": old}))
    assert not seal_by_rule(ruled)
    other = signed(staffed, ruled, staffed.drop(NOTICE, "sau-nam-cu"))
    assert seal_by_rule(ruled)
    assert staffed.ledger.document(waiting).stage is Stage.SIGNED
    assert staffed.ledger.document(other).stage is Stage.NUMBERED


def test_a_dead_key_process_leaves_nothing_written(staffed: Office, ruled: Parts) -> None:
    document_id = signed(staffed, ruled, staffed.drop(NOTICE, "khoa-vang"))
    socket = staffed.site.socket
    aside = socket.with_suffix(".aside")
    socket.rename(aside)
    try:
        assert not seal_by_rule(ruled)
    finally:
        aside.rename(socket)
    document = staffed.ledger.document(document_id)
    assert document.stage is Stage.SIGNED
    assert staffed.intents(document) == {"signer": 1}
    assert seal_by_rule(ruled)


def test_a_rule_that_cannot_open_its_key_leaves_everything_to_the_clerk(
    staffed: Office, ruled: Parts
) -> None:
    document_id = signed(staffed, ruled, staffed.drop(NOTICE, "quy-tac-treo"))
    (pin_file,) = staffed.site.keys.glob("*.pin")
    aside = pin_file.with_suffix(".aside")
    clerk = staffed.ledger.person_by_login("so")
    assert clerk is not None

    def active(state: bool) -> None:  # noqa: FBT001 (one word says it)
        with staffed.ledger.writing() as session:
            session.execute(update(Person).where(Person.id == clerk.id).values(active=state))

    for stop, go_on in (
        (lambda: pin_file.rename(aside), lambda: aside.rename(pin_file)),
        (lambda: active(False), lambda: active(True)),
    ):
        stop()
        try:
            assert not seal_by_rule(ruled)
        finally:
            go_on()
        document = staffed.ledger.document(document_id)
        assert document.stage is Stage.SIGNED
        assert staffed.intents(document) == {"signer": 1}
    assert seal_by_rule(ruled)
