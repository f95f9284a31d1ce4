"""What was read on a page: boxes, blanks and fields, each with a confidence.

Boxes are in PDF points (1/72 inch) in the page's default user space as PDFium reports it: origin at
the lower left of the page, y upwards, before the page's /Rotate is applied. Pages count from 0.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

MM: float = 72 / 25.4
"""Points in a millimetre."""


@dataclass(frozen=True)
class Box:
    """A rectangle on a page, `x0 < x1`, `y0 < y1`."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def centre(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2


@dataclass(frozen=True)
class Field:
    """A text that was found: its value (NFC, single spaces), where, how sure (0..1), and how it was found."""

    text: str = ""
    box: Box | None = None
    confidence: float = 0.0
    how: str = "not found"


@dataclass(frozen=True)
class Blank:
    """Room for a number, day, month or year; `filled` is what is printed there already.

    `baseline` is the y of the surrounding text's baseline in points; `size` its font size in points.
    """

    box: Box
    baseline: float
    size: float
    italic: bool = False
    bold: bool = False
    filled: str | None = None
    confidence: float = 0.0


@dataclass(frozen=True)
class Reading:
    """Everything the machine read in one main document."""

    pages: int
    sizes: tuple[tuple[float, float], ...]
    """Width and height of each page in points, as shown (after /Rotate)."""
    issuing_body: Field = Field()
    """All lines of box 2 that name the issuing body, joined: `ỦY BAN NHÂN DÂN TỈNH MINH GIANG`."""
    symbol: Field = Field()
    """`QĐ-UBND`: what stands after the slash of the number line."""
    number: Blank | None = None
    day: Blank | None = None
    month: Blank | None = None
    year: Blank | None = None
    """None where the line was not found; `filled` where it is printed already."""
    place: Field = Field()
    kind: Field = Field()
    """A code of `document.kinds`: `QĐ`, `KH`, `CV` ..."""
    subject: Field = Field()
    capacity: Field = Field()
    """The authority lines as printed, joined by ` / `: `TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH`."""
    title: Field = Field()
    """The signer's own title: `PHÓ CHỦ TỊCH`."""
    signer: Field = Field()
    """The full name under the signature."""
    signature_area: Box | None = None
    """The free space between the title and the name, as wide as the signature block."""
    recipients: tuple[str, ...] = ()
    archive_unit: str = ""
    """From `Lưu: VT, …`."""
    urgency: str = ""
    """`KHẨN`, `THƯỢNG KHẨN`, `HOẢ TỐC` or empty."""
    secrecy: str = ""
    """`MẬT`, `TỐI MẬT`, `TUYỆT MẬT` as a mark of its own, or empty."""
    has_text: bool = True
    """False for scans and curves: nothing could be read."""
    notes: tuple[str, ...] = field(default=())
    """Codes of the catalogue (`reading.*`) that a person should know."""

    def as_json(self) -> dict[str, Any]:
        """Plain data for the database."""
        return asdict(self)

    @property
    def confidence(self) -> float:
        """The least sure of the fields that decide where something is put and who signs."""
        blanks = [b.confidence if b else 0.0 for b in (self.number, self.day, self.month)]
        fields = (self.issuing_body, self.symbol, self.kind, self.subject, self.title, self.signer)
        return min([*blanks, *(f.confidence for f in fields)])


def reading_from(data: dict[str, Any]) -> Reading:
    """A `Reading` from what `as_json` gave."""

    def box(raw: Any) -> Box | None:
        return None if raw is None else Box(**raw)

    def plain(raw: dict[str, Any]) -> Field:
        return Field(**{**raw, "box": box(raw["box"])})

    def blank(raw: Any) -> Blank | None:
        return None if raw is None else Blank(**{**raw, "box": Box(**raw["box"])})

    fields = {"issuing_body", "symbol", "place", "kind", "subject", "capacity", "title", "signer"}
    known: dict[str, Any] = dict(data)
    for name in fields:
        known[name] = plain(data[name])
    for name in ("number", "day", "month", "year"):
        known[name] = blank(data[name])
    known["signature_area"] = box(data["signature_area"])
    known["sizes"] = tuple((w, h) for w, h in data["sizes"])
    known["recipients"] = tuple(data["recipients"])
    known["notes"] = tuple(data["notes"])
    return Reading(**known)
