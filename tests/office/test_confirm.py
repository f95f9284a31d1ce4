"""A person puts right what was read."""

from dataclasses import replace
from typing import Any

import pytest

from document.errors import BadInput, Denied
from office.confirm import HOW, Confirmed, confirm
from tests.support.desk import Office

SAID = Confirmed(
    issuing_body="ỦY BAN NHÂN DÂN TỈNH MINH GIANG",
    symbol="QĐ-UBND",
    kind="QĐ",
    subject="Về việc thử",
    capacity="KT. CHỦ TỊCH",
    title="PHÓ CHỦ TỊCH",
    signer="Trần Văn Mẫu",
    boxes={},
)


def says(place: Office, document_id: str, login: str = "thuc", **other: Any) -> None:
    """Confirm as `login`, with some answers changed."""
    said = replace(SAID, **other)
    confirm(place.ledger, place.clock, place.person(login), document_id, said)


def test_what_a_person_says_is_sure(place: Office) -> None:
    document_id = place.received(confirmed=False)
    says(place, document_id, signer="  Trần   Văn Mẫu ")  # also with letters and marks apart
    reading = place.ledger.document(document_id).reading
    assert (reading.signer.text, reading.signer.how) == ("Trần Văn Mẫu", HOW)
    assert reading.confidence == 1.0
    place.prepare(document_id)
    assert place.ledger.document(document_id).stage == "prepared"


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"kind": "XX"}, "desk.kind_unknown"),
        ({"symbol": "05/QĐ-UBND"}, "desk.symbol_wrong"),
        ({"symbol": ""}, "desk.symbol_wrong"),
        ({"subject": "   "}, "desk.field_empty"),
        ({"subject": "x" * 501}, "desk.field_empty"),
        ({"issuing_body": "ỦY BAN NHÂN DÂN XÃ TÂN MẪU"}, "intake.other_organisation"),
        ({"signer": "Không Ai Cả"}, "intake.signer_unknown"),
        ({"capacity": "TL. CHỦ TỊCH"}, "intake.capacity_wrong"),
        ({"boxes": {"number": "0,1,2,3"}}, "desk.box_wrong"),
        ({"boxes": {"number": "0,30,2,3,40"}}, "desk.box_wrong"),
        ({"boxes": {"number": "0.5,1,2,3,4"}}, "desk.box_wrong"),
        ({"boxes": {"number": "0,nan,2,3,4"}}, "desk.box_wrong"),
        ({"boxes": {"signature": "-1,1,2,3,4"}}, "desk.box_wrong"),
    ],
)
def test_nothing_impossible_is_stored(place: Office, other: dict[str, Any], code: str) -> None:
    document_id = place.received(confirmed=False)
    with pytest.raises(BadInput) as refused:
        says(place, document_id, **other)
    assert refused.value.code == code
    assert not place.ledger.document(document_id).confirmed


def test_a_blank_that_nobody_showed_is_asked_for(place: Office) -> None:
    document_id = place.received(confirmed=False, blind=("day", "signature_area"))
    line = place.ledger.document(document_id).reading.number
    assert line is not None
    day = f"0,400,{line.box.y0},422,{line.box.y1}"
    with pytest.raises(BadInput) as refused:
        says(place, document_id, boxes={"signature": "0,340,400,500,470"})
    assert refused.value.params == {"part": "day"}
    with pytest.raises(BadInput) as refused:
        says(place, document_id, boxes={"day": day})
    assert refused.value.params == {"part": "signature"}
    says(place, document_id, boxes={"day": day, "signature": "0,340,400,500,470"})
    reading = place.ledger.document(document_id).reading
    assert reading.day is not None
    assert (reading.day.box.width, reading.day.baseline, reading.day.italic) == (22, line.baseline, True)


def test_only_those_who_check(place: Office) -> None:
    document_id = place.received(confirmed=False)
    with pytest.raises(Denied):
        says(place, document_id, login="so")
    says(place, document_id, login="kiem")
    with pytest.raises(Denied):
        says(place, document_id, login="kiem")
