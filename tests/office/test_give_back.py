"""Returns and withdrawals."""

import pytest

from document.errors import BadInput, Conflict, Denied
from document.stages import Stage
from office.give_back import give_back, withdraw
from tests.support.desk import Office


def test_everybody_returns_at_their_own_step(place: Office) -> None:
    for document_id, login, step in (
        (place.received(confirmed=False), "thuc", "form"),
        (place.received(confirmed=False, subject=("B",)), "kiem", "content"),
        (place.checked(subject=("C",)), "mau", "approve"),
        (place.signed(subject=("D",)), "so", "number"),
    ):
        shown = place.ledger.shown(document_id)
        give_back(place.ledger, place.person(login), document_id, shown=shown, reason="Chưa đạt.")
        document = place.ledger.document(document_id)
        assert document.stage is Stage.RETURNED
        assert (document.decisions[-1].step, document.decisions[-1].reason) == (step, "Chưa đạt.")


def test_no_return_without_a_reason_or_of_something_else(place: Office) -> None:
    document_id = place.checked()
    shown = place.ledger.shown(document_id)
    with pytest.raises(BadInput):
        give_back(place.ledger, place.person("mau"), document_id, shown=shown, reason=" ")
    with pytest.raises(BadInput):
        give_back(place.ledger, place.person("mau"), document_id, shown=shown, reason="x" * 2001)
    with pytest.raises(Conflict):
        give_back(place.ledger, place.person("mau"), document_id, shown="0" * 64, reason="Chưa đạt.")
    with pytest.raises(Denied):
        give_back(place.ledger, place.person("so"), document_id, shown=shown, reason="Chưa đạt.")
    assert place.ledger.document(document_id).stage is Stage.CHECKED


def test_only_the_units_head_withdraws_and_only_before_signing(place: Office) -> None:
    document_id = place.checked()
    with pytest.raises(Denied):
        withdraw(place.ledger, place.person("thuc"), document_id, reason="Cần sửa.")
    withdraw(place.ledger, place.person("kiem"), document_id, reason="Cần sửa.")
    assert place.ledger.document(document_id).stage is Stage.WITHDRAWN
    signed = place.signed(subject=("B",))
    with pytest.raises(Denied):
        withdraw(place.ledger, place.person("kiem"), signed, reason="Cần sửa.")
