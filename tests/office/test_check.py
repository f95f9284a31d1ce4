"""The two checks before signing."""

import pytest

from document.errors import BadInput, Conflict, Denied, NotFound
from document.stages import Stage
from office.check import check
from tests.support.desk import Office
from tests.support.pages import Signer

THU = Signer(("TL. CHỦ TỊCH",), "CHÁNH VĂN PHÒNG", "Phạm Văn Thử")


def passes(place: Office, login: str, document_id: str, **given: str) -> str:
    """A check by `login`, passed unless said otherwise."""
    shown = place.ledger.shown(document_id)
    said = {"step": "", "outcome": "pass", "reason": "", "shown": shown, **given}
    return check(
        place.ledger,
        place.person(login),
        document_id,
        step=said["step"] or None,
        outcome=said["outcome"],
        reason=said["reason"],
        shown=said["shown"],
    )


def test_head_then_checker_make_it_ready_for_the_leader(place: Office) -> None:
    document_id = place.prepared()
    assert passes(place, "kiem", document_id) == "content"
    assert place.ledger.document(document_id).stage is Stage.PREPARED
    assert passes(place, "thuc", document_id) == "form"
    document = place.ledger.document(document_id)
    assert document.stage is Stage.CHECKED
    assert [(d.step, d.person_name, d.outcome, d.shown) for d in document.decisions] == [
        ("content", "Nguyễn Thị Kiểm", "pass", place.ledger.shown(document_id)),
        ("form", "Đỗ Văn Thức", "pass", place.ledger.shown(document_id)),
    ]


def test_a_return_needs_a_reason_and_ends_the_round(place: Office) -> None:
    document_id = place.prepared()
    for empty in ("", "  \n ", "ừ"):
        with pytest.raises(BadInput) as refused:
            passes(place, "kiem", document_id, outcome="return", reason=empty)
        assert refused.value.code == "desk.reason_needed"
    assert place.ledger.document(document_id).stage is Stage.PREPARED
    passes(place, "kiem", document_id, outcome="return", reason="  Thiếu căn cứ pháp lý.  ")
    document = place.ledger.document(document_id)
    assert document.stage is Stage.RETURNED
    assert document.decisions[-1].reason == "Thiếu căn cứ pháp lý."


@pytest.mark.parametrize(("login", "step"), [("thuc", "content"), ("kiem", "form"), ("so", "content")])
def test_nobody_passes_another_ones_step(place: Office, login: str, step: str) -> None:
    document_id = place.prepared()
    with pytest.raises(Denied):
        passes(place, login, document_id, step=step)
    assert place.ledger.document(document_id).decisions == ()


@pytest.mark.parametrize("login", ["hop", "cach", "mau"])
def test_strangers_do_not_learn_that_it_exists(place: Office, login: str) -> None:
    """The head of another unit, another organisation's checker, a leader whose name is not under it."""
    document_id = place.prepared(signers=(THU,))
    with pytest.raises(NotFound):
        passes(place, login, document_id)


def test_what_was_shown_must_still_stand(place: Office) -> None:
    document_id = place.prepared()
    with pytest.raises(Conflict) as refused:
        passes(place, "kiem", document_id, shown="0" * 64)
    assert refused.value.code == "check.shown_changed"
    assert place.ledger.document(document_id).decisions == ()


def test_an_outcome_is_pass_or_return(place: Office) -> None:
    document_id = place.prepared()
    with pytest.raises(BadInput):
        passes(place, "kiem", document_id, outcome="off")
