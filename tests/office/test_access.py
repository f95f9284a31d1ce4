"""Who may see a document, and what they may do with it at each stage."""

from dataclasses import replace

import pytest

from document.errors import Denied, NotFound
from office.access import Act, acts, demand, may_see, pending, see
from tests.support.desk import Office

EVERYBODY = ("mau", "thu", "kiem", "hop", "thuc", "so", "cach")


def allowed(place: Office, document_id: str) -> dict[str, set[Act]]:
    """What everybody may do now; those who may not even see it are left out."""
    document = place.ledger.document(document_id)
    people = {login: place.person(login) for login in EVERYBODY}
    return {login: set(acts(p, document)) for login, p in people.items() if may_see(p, document)}


def test_stage_by_stage(place: Office) -> None:
    waiting = place.received(confirmed=False)
    assert allowed(place, waiting) == {
        "kiem": {Act.CONFIRM, Act.RETURN, Act.WITHDRAW},
        "thuc": {Act.CONFIRM, Act.RETURN},
        "so": set(),
    }
    prepared = place.prepared(subject=("A",))
    assert allowed(place, prepared) == {
        "mau": set(),
        "kiem": {Act.CONTENT, Act.WITHDRAW},
        "thuc": {Act.FORM},
        "so": set(),
    }
    checked = place.checked(subject=("B",))
    assert allowed(place, checked) == {
        "mau": {Act.APPROVE, Act.RETURN},
        "kiem": {Act.WITHDRAW},
        "thuc": set(),
        "so": set(),
    }
    signed = place.signed(subject=("C",))
    assert allowed(place, signed) == {
        "mau": set(),
        "kiem": set(),
        "thuc": set(),
        "so": {Act.SEAL, Act.RETURN},
    }


def test_a_check_that_passed_waits_no_longer(place: Office) -> None:
    document_id = place.prepared()
    shown = place.ledger.shown(document_id)
    assert pending(place.ledger.document(document_id)) == (Act.CONTENT, Act.FORM)
    who = place.person("thuc").id
    place.ledger.decide(document_id, "form", who, shown=shown, outcome="pass", reason="")
    assert pending(place.ledger.document(document_id)) == (Act.CONTENT,)
    assert allowed(place, document_id)["thuc"] == set()


def test_see_and_demand(place: Office) -> None:
    document_id = place.prepared()
    for login, asked in (("thu", document_id), ("hop", document_id), ("cach", document_id), ("kiem", "none")):
        with pytest.raises(NotFound) as hidden:
            see(place.ledger, place.person(login), asked)
        assert (hidden.value.code, hidden.value.params) == ("desk.document_unknown", {})
    document = see(place.ledger, place.person("kiem"), document_id)
    demand(place.person("kiem"), document, Act.CONTENT)
    with pytest.raises(Denied):
        demand(place.person("kiem"), document, Act.FORM)


def test_what_is_held_is_the_administrators_too(place: Office) -> None:
    document_id = place.prepared()
    administrator = replace(place.person("thu"), roles=frozenset({("administrator", None)}))
    assert not may_see(administrator, place.ledger.document(document_id))
    place.ledger.hold(document_id, "work.three_times", stage="prepared")
    held = place.ledger.document(document_id)
    assert may_see(administrator, held)
    assert acts(administrator, held) == frozenset()
    assert not may_see(replace(administrator, organisation_id="another"), held)
