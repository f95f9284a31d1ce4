"""What a preparation rests on: when it changes, old approvals fall; on both databases."""

from collections.abc import Callable
from typing import Any

import pytest

from document.errors import Conflict
from document.stages import Stage
from tests.support.ledger import Office
from tests.support.on_paper import office_spec


def prepared_on_what_is_so(office: Office, document: str) -> None:
    plan = {"plan": 1, "basis": office.ledger.basis(document)}
    office.ledger.prepared(document, plan, office.versions(document, "prepared"))


def brought(office: Office, stage: Stage) -> str:
    """A document prepared as the worker does it."""
    document = office.at(Stage.RECEIVED)
    prepared_on_what_is_so(office, document)
    for reached, step in ((Stage.CHECKED, office.check), (Stage.APPROVED, office.approve)):
        if office.document(document).stage is stage:
            break
        step(document)
        assert office.document(document).stage is reached
    return document


def larger_seal(raw: dict[str, Any]) -> None:
    raw["organisations"][0]["seal_mm"] = 38


def wider_numbers(raw: dict[str, Any]) -> None:
    for series in raw["organisations"][0]["series"]:
        series["width"] = 5


CHANGES: list[Callable[[Office], None]] = [
    lambda office: office.ledger.set_images("minh-giang", "ab" * 32, {}),
    lambda office: office.ledger.set_images("minh-giang", None, {"mau": "cd" * 32}),
    lambda office: office.ledger.apply_office(office_spec(larger_seal)),
    lambda office: office.ledger.apply_office(office_spec(wider_numbers)),
]


@pytest.mark.parametrize("change", CHANGES, ids=["seal", "signature", "size", "width"])
def test_another_image_size_or_width_means_preparing_again(
    office: Office, change: Callable[[Office], None]
) -> None:
    waiting = [brought(office, stage) for stage in (Stage.PREPARED, Stage.CHECKED, Stage.APPROVED)]
    change(office)
    assert [office.document(one).stage for one in waiting] == [Stage.RECEIVED] * 3
    assert office.ledger.open_intents(waiting[-1]) == []
    assert office.ledger.history(waiting[0])[-1].act == "document.outdated"
    again = waiting[-1]
    prepared_on_what_is_so(office, again)
    assert not office.document(again).passed("content")  # the old approval has fallen
    office.check(again)
    assert office.intent(again).base == office.document(again).version("prepared")


def test_what_changes_nothing_for_a_document_leaves_it_where_it_is(office: Office) -> None:
    waiting, signed = brought(office, Stage.CHECKED), brought(office, Stage.APPROVED)
    office.sign(signed)
    office.ledger.apply_office(office_spec())
    office.ledger.set_images("minh-giang", None, {"thu": "cd" * 32})
    office.ledger.set_images("tan-mau", "ab" * 32, {})
    assert office.document(waiting).stage is Stage.CHECKED
    office.ledger.apply_office(office_spec(larger_seal))
    assert office.document(waiting).stage is Stage.RECEIVED
    assert office.document(signed).stage is Stage.SIGNED  # it has its leader's signature


def test_what_changed_while_it_was_being_prepared_is_found_before_anybody_signs(office: Office) -> None:
    document = office.at(Stage.RECEIVED)
    basis = office.ledger.basis(document)
    office.ledger.set_images("minh-giang", "ab" * 32, {})
    plan = {"plan": 1, "basis": basis}
    office.ledger.prepared(document, plan, office.versions(document, "prepared"))
    office.check(document)
    with pytest.raises(Conflict) as caught:
        office.intent(document)
    assert caught.value.code == "check.shown_changed"
    assert office.document(document).stage is Stage.RECEIVED
