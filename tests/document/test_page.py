"""What was read goes to the database and comes back the same; the least sure field decides."""

import json
from dataclasses import fields, replace

import pytest

from document.page import MM, Blank, Box, Field, Reading, reading_from
from tests.support.on_paper import reading, sure


def test_a_box_in_points() -> None:
    box = Box(0, 10, 20, 40, 60)
    assert (box.width, box.height, box.centre) == (30, 40, (25, 40))
    assert round(36 * MM, 2) == 102.05


@pytest.mark.parametrize(
    "whole",
    [
        reading(),
        Reading(pages=0, sizes=()),
        reading(number=None, year=None, signature_area=None, has_text=False, secrecy="MẬT"),
        reading(urgency="KHẨN", place=sure("Minh Giang"), notes=("reading.odd",)),
        reading(number=Blank(Box(0, 1.25, 2.5, 3.75, 5), 2.5, 13.5, bold=True, filled="05", confidence=0.5)),
    ],
)
def test_a_reading_survives_the_database(whole: Reading) -> None:
    assert reading_from(json.loads(json.dumps(whole.as_json()))) == whole


def test_everything_of_a_reading_is_stored() -> None:
    assert set(reading().as_json()) == {f.name for f in fields(Reading)}


def test_the_least_sure_of_what_decides() -> None:
    assert reading().confidence == 1.0
    deciding = ("issuing_body", "symbol", "kind", "subject", "title", "signer")
    for name in deciding:
        doubtful = replace(sure("x"), confidence=0.4)
        assert reading(**{name: doubtful}).confidence == 0.4
    for name in ("number", "day", "month"):
        assert reading(**{name: None}).confidence == 0.0
    blank = reading().number
    assert blank is not None
    assert reading(day=replace(blank, confidence=0.3)).confidence == 0.3


def test_what_places_nothing_does_not_decide() -> None:
    assert reading(place=Field(), capacity=Field(), year=None).confidence == 1.0
