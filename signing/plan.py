"""Where things go on the page: decided once, before anybody is asked, and kept with the document.

All boxes are in points in the page's default user space (see `document.page`).
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from document.errors import Returnable
from document.page import MM, Blank, Box, Reading
from signing import fonts
from signing.frame import Frame

NUMBER: Final = "Niem_So"
DAY: Final = "Niem_Ngay"
MONTH: Final = "Niem_Thang"
YEAR: Final = "Niem_Nam"
SIGNER: Final = "Niem_Ky_"
SEAL: Final = "Niem_Dau"

DESCENT: Final = 0.25
ASCENT: Final = 0.9
"""How far a line of text reaches below and above its baseline, in parts of its size."""
GAP: Final = 2.0
"""Points kept free between the signature image and the lines above and below it."""
LEAST_HEIGHT: Final = 8 * MM
"""A signature drawn lower than this is not legible."""
GREATEST: Final = (62 * MM, 30 * MM)
"""A signature image is never drawn larger than a hand writes."""
TEXT_SHAPE: Final = (300, 100)
"""Width and height of the text that stands in for a missing signature image."""
OVERLAP: Final = 1 / 3
"""How much of the signature's width the seal covers, on its left (R-SIG-07: about a third)."""
PARTS: Final = (OVERLAP, 0.31, 0.29)
"""How much it may cover instead, where that keeps the lines around the signature free."""
STEPS: Final = 50
"""In how many steps of its height the seal is moved."""


@dataclass(frozen=True)
class TextSpot:
    """A blank that will be filled: `box` is exactly the blank in width, the line of text in height.

    `baseline` is the y of the text as shown; it stands `DESCENT` of the size above the box's foot.
    """

    box: Box
    baseline: float
    size: float
    italic: bool
    bold: bool


@dataclass(frozen=True)
class SignerSpot:
    """One person's signature: its field, where the image goes, whose name stands below."""

    field: str
    box: Box
    name: str


@dataclass(frozen=True)
class Plan:
    """Everything `prepare`, `sign` and `seal` need to know about one document's page.

    `day`, `month` and `year` are None where they are printed already.
    """

    signers: tuple[SignerSpot, ...]
    seal: Box
    number: TextSpot
    day: TextSpot | None
    month: TextSpot | None
    year: TextSpot | None
    widest_number: str
    strict_lock: bool = False

    @property
    def texts(self) -> dict[str, TextSpot]:
        """The text fields by name, in reading order."""
        named = {NUMBER: self.number, DAY: self.day, MONTH: self.month, YEAR: self.year}
        return {name: spot for name, spot in named.items() if spot is not None}

    def as_json(self) -> dict[str, Any]:
        """Plain data for the database."""
        return asdict(self)


def plan_from(data: dict[str, Any]) -> Plan:
    """A `Plan` from what `as_json` gave."""

    def text(raw: Any) -> TextSpot | None:
        return None if raw is None else TextSpot(**{**raw, "box": Box(**raw["box"])})

    number = text(data["number"])
    if number is None:
        raise ValueError("number")
    return Plan(
        signers=tuple(SignerSpot(**{**raw, "box": Box(**raw["box"])}) for raw in data["signers"]),
        seal=Box(**data["seal"]),
        number=number,
        day=text(data["day"]),
        month=text(data["month"]),
        year=text(data["year"]),
        widest_number=data["widest_number"],
        strict_lock=data["strict_lock"],
    )


def plan(
    reading: Reading,
    *,
    image_size: tuple[int, int] | None,
    seal_mm: float,
    widest_number: str,
    strict_lock: bool = False,
    font_order: tuple[str, ...] = (),
    frames: Mapping[int, Frame] | None = None,
) -> Plan:
    """Decide where number, date, signature and seal go.

    `image_size`: pixels of the signature image (None: a text stands in for it); `seal_mm`: the seal's
    true diameter (R-SIG-08); `widest_number`: the widest text the series can give, which must fit;
    `frames`: pages that are cropped or turned (`signing.revision.frames`), others are taken as they are.
    Raises `Returnable("prepare.…")` when the page has no room or no place for one of them.
    """
    layout = _Layout(fonts.family(font_order), frames or {})
    number = layout.number(reading, widest_number)
    day = layout.part(reading.day, "ngày", "30")
    month = layout.part(reading.month, "tháng", "12")
    year = layout.part(reading.year, "năm", "2000")
    signature, seal = layout.signature(reading, image_size or TEXT_SHAPE, seal_mm * MM)
    return Plan(
        signers=(SignerSpot(f"{SIGNER}1", signature, reading.signer.text),),
        seal=seal,
        number=number,
        day=day,
        month=month,
        year=year,
        widest_number=widest_number,
        strict_lock=strict_lock,
    )


@dataclass(frozen=True)
class _Layout:
    """Everything is laid out as it is shown, then put into the page's own coordinates."""

    family: fonts.Family
    frames: Mapping[int, Frame]

    def number(self, reading: Reading, widest: str) -> TextSpot:
        if reading.number is None:
            raise Returnable("prepare.no_number_blank")
        if reading.number.filled:
            raise Returnable("prepare.number_printed", number=reading.number.filled)
        return self._spot(reading.number, "số", widest)

    def part(self, blank: Blank | None, name: str, widest: str) -> TextSpot | None:
        if blank is None:
            raise Returnable("prepare.no_date_blank", part=name)
        return None if blank.filled else self._spot(blank, name, widest)

    def signature(self, reading: Reading, shape: tuple[int, int], seal: float) -> tuple[Box, Box]:
        area, name = reading.signature_area, reading.signer.box
        if area is None or name is None:
            raise Returnable("prepare.no_signature_area")
        lines = [self._shown(line) for line in (name, reading.title.box) if line is not None]
        box = _signature_box(self._shown(area), lines[0], shape)
        frame = self.frames.get(area.page)
        foot = frame.visible.y0 if frame else 0.0
        return self._user(box), self._user(_seal_box(box, seal, foot, lines))

    def _spot(self, blank: Blank, name: str, widest: str) -> TextSpot:
        face = self.family.face(bold=blank.bold, italic=blank.italic)
        needed, shown = face.width(widest, blank.size), self._shown(blank.box)
        if needed > shown.width:
            raise Returnable(
                "prepare.blank_narrow",
                part=name,
                widest=widest,
                needed=f"{needed / MM:.1f}".replace(".", ","),
                room=f"{shown.width / MM:.1f}".replace(".", ","),
            )
        low, high = blank.baseline - DESCENT * blank.size, blank.baseline + ASCENT * blank.size
        box = self._user(Box(shown.page, shown.x0, low, shown.x1, high))
        return TextSpot(box, blank.baseline, blank.size, blank.italic, blank.bold)

    def _shown(self, box: Box) -> Box:
        frame = self.frames.get(box.page)
        return frame.shown(box) if frame else box

    def _user(self, box: Box) -> Box:
        frame = self.frames.get(box.page)
        return frame.user(box) if frame else box


def _signature_box(area: Box, name: Box, shape: tuple[int, int]) -> Box:
    """The image's own shape, as large as the free space allows, centred on the name (R-SIG-06)."""
    x, y = name.centre[0], area.centre[1]
    width = min(2 * min(x - area.x0, area.x1 - x), GREATEST[0])
    height = min(area.height - 2 * GAP, GREATEST[1])
    if height < LEAST_HEIGHT or width < LEAST_HEIGHT:
        raise Returnable("prepare.signature_narrow", least="8")
    scale = min(width / shape[0], height / shape[1])
    half_width, half_height = shape[0] * scale / 2, shape[1] * scale / 2
    return Box(area.page, x - half_width, y - half_height, x + half_width, y + half_height)


def _seal_box(signature: Box, size: float, foot: float, lines: list[Box]) -> Box:
    """True size, over the left third of the signature, level with it.

    It is moved a little within the rule (R-SIG-07: `PARTS` of the width, a quarter of its height), where it
    would leave the foot of the page, or else touch the signer's title or name.
    """
    best = (
        _Place(signature, size, part, size * lift / STEPS)
        for part in PARTS
        for lift in range(-STEPS // 5, STEPS // 5 + 1)
    )
    return min(best, key=lambda place: place.price(foot, lines)).box


@dataclass(frozen=True)
class _Place:
    """One place for the seal: how much of the signature's width it covers, how far it is lifted."""

    signature: Box
    size: float
    part: float
    lift: float

    @property
    def box(self) -> Box:
        right = self.signature.x0 + self.signature.width * self.part
        y = self.signature.centre[1] + self.lift
        return Box(self.signature.page, right - self.size, y - self.size / 2, right, y + self.size / 2)

    def price(self, foot: float, lines: list[Box]) -> tuple[float, float, float]:
        """What is wrong with it, the worst first: points below the foot, into the lines, from the middle."""
        box = self.box
        below = max(foot - box.y0, 0.0)
        into = sum(max(self.size / 2 - _distance(line, *box.centre), 0.0) for line in lines)
        return below, round(into, 1), abs(self.lift) + abs(self.part - OVERLAP) * self.signature.width


def _distance(box: Box, x: float, y: float) -> float:
    """From a point to the nearest point of a box."""
    return math.hypot(max(box.x0 - x, 0.0, x - box.x1), max(box.y0 - y, 0.0, y - box.y1))
