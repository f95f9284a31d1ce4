"""The clerk's act: numbers, and the organisation's key opened for the batch."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from document.clock import SetClock
from document.errors import BadInput, Conflict, Denied, WrongPin
from document.stages import Stage
from office.register import Batch, check_printed_date, start_sealing
from tests.support.desk import Office, read
from tests.support.keyfiles import PIN
from tests.support.pages import Letter, draw


def seals(place: Office, *document_ids: str, login: str = "so", pin: str = PIN) -> Batch:
    """The act by `login`."""
    site = place.site
    return start_sealing(
        site.ledger, site.keys, site.clock, place.person(login), list(document_ids), pin=SecretStr(pin)
    )


def signed(place: Office, count: int = 1, **fields: object) -> list[str]:
    """Documents that wait for the clerk."""
    return [place.signed(subject=(f"Về việc số {n}",), **fields) for n in range(count)]


def test_numbers_follow_one_another_and_the_key_is_open_for_these_seals(place: Office) -> None:
    first, second = signed(place, 2)
    batch = seals(place, first, second)
    assert [row.number_symbol for _, row in batch.given] == ["01/QĐ-UBND", "02/QĐ-UBND"]
    assert batch.refused == ()
    for document_id in (first, second):
        document = place.ledger.document(document_id)
        assert document.stage is Stage.NUMBERED
        assert document.register is not None
        assert document.register.issued_on == date(2030, 6, 14)
        (intent,) = place.ledger.open_intents(document_id)
        assert intent.key_id == "organisation"
        assert len(place.site.keys.sign(intent.id, b"to be sealed")) == 256


def test_an_attachment_gets_an_intent_of_its_own(place: Office) -> None:
    (document_id,) = signed(place, attachment=True)
    seals(place, document_id)
    assert [i.ordinal for i in place.ledger.open_intents(document_id)] == [0, 1]


def test_a_wrong_pin_gives_no_number(place: Office) -> None:
    (document_id,) = signed(place)
    with pytest.raises(WrongPin):
        seals(place, document_id, pin="không phải PIN")
    assert place.ledger.document(document_id).stage is Stage.SIGNED
    assert place.ledger.open_intents(document_id) == []
    batch = seals(place, document_id)
    assert batch.given[0][1].number == 1


def test_a_printed_date_of_another_day_is_refused_by_name_and_the_rest_goes_on(place: Office) -> None:
    good = place.signed(subject=("Còn để trống",))
    late = place.signed(subject=("In sẵn tháng trước",), month="5", year="2030")
    batch = seals(place, late, good)
    assert [d.id for d, _ in batch.given] == [good]
    assert batch.given[0][1].number == 1
    ((refused, why),) = batch.refused
    assert refused.id == late
    assert why.text() == (
        "Tháng, năm in sẵn trên văn bản (tháng 5 năm 2030) khác ngày cấp số (14/06/2030)."
        " Sửa lại rồi trình ký lại."
    )
    assert place.ledger.document(late).stage is Stage.SIGNED


def test_a_printed_date_that_ends_while_the_pin_is_tried_gets_no_number(place: Office) -> None:
    """The desk looked a second before midnight; the act's own time, in the ledger, is the day after."""
    document_id = place.signed(day="13", month="6", year="2030")
    before = SetClock(place.clock.now() - timedelta(days=1))
    batch = start_sealing(
        place.ledger, place.site.keys, before, place.person("so"), [document_id], pin=SecretStr(PIN)
    )
    assert [why.code for _, why in batch.refused] == ["desk.printed_date"]
    assert place.ledger.document(document_id).stage is Stage.SIGNED
    assert place.ledger.open_intents(document_id) == []


def test_a_numbered_one_keeps_its_number_when_the_pin_is_given_again(place: Office) -> None:
    (document_id,) = signed(place)
    seals(place, document_id)
    before = place.ledger.open_intents(document_id)
    assert seals(place, document_id).given == ()  # it is the workers' now
    place.ledger.release(document_id, needs_pin=True)
    place.clock.move(timedelta(days=400))
    batch = seals(place, document_id)
    ((_, row),) = batch.given
    assert (row.number_symbol, row.issued_on) == ("01/QĐ-UBND", date(2030, 6, 14))
    after = place.ledger.open_intents(document_id)
    assert {i.id for i in before}.isdisjoint({i.id for i in after})
    assert not place.ledger.document(document_id).needs_pin


def test_only_the_clerk_and_never_before_the_leader(place: Office) -> None:
    (document_id,) = signed(place)
    for login in ("mau", "thuc", "kiem"):
        with pytest.raises(Denied):
            seals(place, document_id, login=login)
    waiting = place.checked(subject=("Chưa ký",))
    batch = seals(place, waiting)
    assert batch.given == ()
    assert batch.refused[0][1].code == "desk.may_not"


def test_nothing_chosen(place: Office) -> None:
    with pytest.raises(BadInput):
        seals(place)


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ({"year": "2030"}, None),
        ({"year": "2029"}, "desk.printed_year"),
        ({"month": "6", "year": "2030"}, None),
        ({"month": "06", "year": "2030"}, None),
        ({"month": "7", "year": "2030"}, "desk.printed_month_year"),
        ({"day": "13", "month": "6", "year": "2030"}, "desk.printed_date"),
        ({"day": "14", "month": "6", "year": "2030"}, None),
        ({"year": "203x"}, "desk.printed_year"),
    ],
)
def test_printed_dates(printed: dict[str, Any], code: str | None) -> None:
    letter = Letter(**printed)
    reading = read(draw(letter), letter)
    if code is None:
        check_printed_date(reading, date(2030, 6, 14))
        return
    with pytest.raises(Conflict) as refused:
        check_printed_date(reading, date(2030, 6, 14))
    assert refused.value.code == code
