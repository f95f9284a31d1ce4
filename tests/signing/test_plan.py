import json
import math
from dataclasses import replace

import pytest

from document.errors import Returnable
from document.page import MM, Blank, Box, Field, Reading
from signing.plan import STEPS, Plan, plan, plan_from
from tests.support.papers import SEAL_MM, drawn, plan_of, reading_of


def planned(reading: Reading, *, size: tuple[int, int] | None = (600, 300), widest: str = "8888") -> Plan:
    return plan(reading, image_size=size, seal_mm=SEAL_MM, widest_number=widest)


def test_text_fields_are_exactly_as_wide_as_their_blanks_and_on_their_baseline() -> None:
    reading = reading_of(drawn())
    made = planned(reading)
    for spot, blank in zip(
        made.texts.values(), (reading.number, reading.day, reading.month, reading.year), strict=True
    ):
        assert blank is not None
        assert (spot.box.x0, spot.box.x1) == (blank.box.x0, blank.box.x1)
        assert (spot.baseline, spot.size, spot.italic) == (blank.baseline, blank.size, blank.italic)
        assert spot.box.y0 < spot.baseline < spot.box.y1


def test_only_blanks_that_are_blank_get_a_field() -> None:
    reading = reading_of(drawn())
    assert reading.year is not None
    made = planned(replace(reading, year=replace(reading.year, filled="2030")))
    assert list(made.texts) == ["Niem_So", "Niem_Ngay", "Niem_Thang"]


@pytest.mark.parametrize("size", [(600, 300), (300, 600), (1000, 100), None])
def test_the_signature_is_between_title_and_name_and_centred_on_the_name(
    size: tuple[int, int] | None,
) -> None:
    reading = reading_of(drawn())
    box = planned(reading, size=size).signers[0].box
    area, name = reading.signature_area, reading.signer.box
    assert area is not None
    assert name is not None
    assert area.y0 < box.y0 < box.y1 < area.y1
    assert abs(box.centre[0] - name.centre[0]) <= 3 * MM
    assert area.x0 <= box.x0 < box.x1 <= area.x1
    shape = size or (300, 100)
    assert box.width / box.height == pytest.approx(shape[0] / shape[1])


def test_the_seal_has_its_true_size_over_the_left_third_of_the_signature() -> None:
    made = plan_of(drawn())
    signature, seal = made.signers[0].box, made.seal
    assert seal.width == pytest.approx(SEAL_MM * MM)
    assert seal.height == pytest.approx(SEAL_MM * MM)
    assert 0.28 <= (seal.x1 - signature.x0) / signature.width <= 0.40
    assert seal.x0 < signature.x0
    assert abs(seal.centre[1] - signature.centre[1]) <= seal.height / 4


def test_a_seal_at_the_foot_of_the_page_is_lifted_within_the_rule() -> None:
    reading = reading_of(drawn())
    area, name = reading.signature_area, reading.signer.box
    assert area is not None
    assert name is not None
    low = area.centre[1] - 45  # the area's middle then stands 45 pt above the foot, the seal needs 51
    reading = replace(
        reading,
        signature_area=replace(area, y0=area.y0 - low, y1=area.y1 - low),
        signer=replace(reading.signer, box=replace(name, y0=name.y0 - low, y1=name.y1 - low)),
    )
    made = planned(reading)
    assert 0 <= made.seal.y0 <= made.seal.height / STEPS
    assert abs(made.seal.centre[1] - made.signers[0].box.centre[1]) <= made.seal.height / 4


def into(seal: Box, lines: list[Box]) -> float:
    """How far a round seal reaches into lines of text, in points."""
    x, y = seal.centre
    gaps = [math.hypot(max(b.x0 - x, 0, x - b.x1), max(b.y0 - y, 0, y - b.y1)) for b in lines]
    return sum(max(seal.width / 2 - gap, 0) for gap in gaps)


@pytest.mark.parametrize(("room", "wide", "free"), [(92, 150, True), (74, 200, False)])
def test_the_seal_keeps_off_the_title_and_the_name_as_far_as_the_rule_allows(
    room: float, wide: float, *, free: bool
) -> None:
    reading = reading_of(drawn())
    area, name = reading.signature_area, reading.signer.box
    assert area is not None
    assert name is not None
    area = replace(area, y1=area.y0 + room)
    middle = name.centre[0]
    title = Box(area.page, middle - wide / 2, area.y1, middle + wide / 2, area.y1 + 13)
    made = planned(replace(reading, signature_area=area, title=Field("CHÁNH VĂN PHÒNG", title, 1.0)))
    signature, seal = made.signers[0].box, made.seal
    assert 0.28 <= (seal.x1 - signature.x0) / signature.width <= 0.40
    assert abs(seal.centre[1] - signature.centre[1]) <= seal.height / 4
    down = seal.centre[1] - signature.centre[1]
    right = seal.x1 - signature.x0 - signature.width / 3
    level = Box(seal.page, seal.x0 - right, seal.y0 - down, seal.x1 - right, seal.y1 - down)
    assert into(seal, [title, name]) < into(level, [title, name])
    assert (into(seal, [title, name]) < 0.1) is free


def narrowed(blank: Blank | None, width: float) -> Blank:
    assert blank is not None
    return replace(blank, box=replace(blank.box, x1=blank.box.x0 + width))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda r: replace(r, number=None), "prepare.no_number_blank"),
        (lambda r: replace(r, number=replace(r.number, filled="12")), "prepare.number_printed"),
        (lambda r: replace(r, month=None), "prepare.no_date_blank"),
        (lambda r: replace(r, number=narrowed(r.number, 20)), "prepare.blank_narrow"),
        (lambda r: replace(r, day=narrowed(r.day, 12)), "prepare.blank_narrow"),
        (lambda r: replace(r, year=narrowed(r.year, 25)), "prepare.blank_narrow"),
        (lambda r: replace(r, signature_area=None), "prepare.no_signature_area"),
        (lambda r: replace(r, signer=replace(r.signer, box=None)), "prepare.no_signature_area"),
        (
            lambda r: replace(r, signature_area=replace(r.signature_area, y1=r.signature_area.y0 + 20)),
            "prepare.signature_narrow",
        ),
    ],
)
def test_what_has_no_place_is_returned_with_its_reason(change: object, code: str) -> None:
    assert callable(change)
    with pytest.raises(Returnable) as caught:
        planned(change(reading_of(drawn())))
    assert caught.value.code == code
    for lang in ("vi", "en"):
        assert caught.value.text(lang)
        assert caught.value.fix(lang)


def test_the_widest_number_decides_and_the_message_says_by_how_much() -> None:
    reading = reading_of(drawn())
    planned(reading, widest="88888")
    with pytest.raises(Returnable) as caught:
        planned(reading, widest="8888888")
    assert "16,1 mm" in caught.value.text()
    assert "14,1 mm" in caught.value.text()


def test_a_plan_survives_the_database() -> None:
    made = replace(plan_of(drawn(), strict_lock=True), year=None)
    assert plan_from(json.loads(json.dumps(made.as_json()))) == made
