"""What a content stream paints, in the order of painting: its texts, where each stands, and its pictures.

Positions are found by following the text operators (ISO 32000-2, 9.4). Advance widths are guessed low, so
that a place is never put where no text is; each text's own start is exact where the stream sets it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pikepdf

Matrix = tuple[float, float, float, float, float, float]

IDENTITY: Final[Matrix] = (1, 0, 0, 1, 0, 0)
ADVANCE: Final = 0.4
"""Width of a letter, in ems: low for every text face."""
DEEPEST: Final = 8
"""Form XObjects within form XObjects."""
MOST_FORMS: Final = 10_000
"""More of them on one page are no page that an office makes."""
UNSEEN: Final = frozenset({3, 7})
"""Text rendering modes that paint nothing (ISO 32000-2, table 104): the text layer below a scan."""


BROKEN: Final = (
    pikepdf.PdfError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
"""What pikepdf and plain conversions raise on content that is not as it should be."""


@dataclass(frozen=True)
class Text:
    """One text operator. `place` maps text space at its first letter; `codes` are the font's, not Unicode."""

    place: Matrix
    size: float
    font: Any | None
    codes: tuple[bytes, ...]
    seen: bool

    @property
    def steps(self) -> int:
        """How many letters there are at least: a letter of a composite font takes two bytes."""
        return max(1, sum(map(len, self.codes)) // 2)


@dataclass(frozen=True)
class Picture:
    """An image; `place` maps the unit square on which it is painted."""

    place: Matrix


@dataclass
class _Style:
    size: float = 0.0
    leading: float = 0.0
    font: Any | None = None
    mode: int = 0


@dataclass
class _Count:
    forms: int = 0


def painted(content: Any, ctm: Matrix = IDENTITY) -> Iterator[Text | Picture]:
    """The texts and pictures of a page or a form XObject, those of the forms it uses included.

    `ctm` is put before everything. Raises `ValueError` on content that cannot be followed: operators
    without what they need, forms used without end.
    """
    try:
        yield from _Walk(content.get("/Resources", {}), _Count()).walk(content, ctm, 0)
    except BROKEN as error:
        raise ValueError("content") from error


@dataclass
class _Walk:
    resources: Any
    count: _Count
    style: _Style = field(default_factory=_Style)
    stack: list[tuple[Matrix, _Style]] = field(default_factory=list)
    line: Matrix = IDENTITY
    at: Matrix = IDENTITY

    def walk(self, content: Any, ctm: Matrix, depth: int) -> Iterator[Text | Picture]:
        for item in pikepdf.parse_content_stream(content):
            if isinstance(item, pikepdf.ContentStreamInlineImage):
                yield Picture(ctm)
                continue
            name, operands = str(item.operator), list(item.operands)
            if name in {"q", "Q", "cm"}:
                ctm = self._state(name, operands, ctm)
            elif name in {"Tj", "TJ", "'", '"'}:
                yield self._show(name, operands, ctm)
            elif name == "Do":
                yield from self._object(str(operands[0]), ctm, depth)
            else:
                self._move(name, operands)

    def _state(self, name: str, operands: list[Any], ctm: Matrix) -> Matrix:
        if name == "q":
            self.stack.append((ctm, _Style(**vars(self.style))))
        elif name == "Q":
            if self.stack:
                ctm, self.style = self.stack.pop()
        else:
            return times(matrix(operands), ctm)
        return ctm

    def _move(self, name: str, operands: list[Any]) -> None:
        style = self.style
        if name == "BT":
            self.line = self.at = IDENTITY
        elif name == "Tf":
            style.font = self.resources.get("/Font", {}).get(str(operands[0]))
            style.size = float(operands[1])
        elif name == "TL":
            style.leading = float(operands[0])
        elif name == "Tr":
            style.mode = int(operands[0])
        elif name == "Tm":
            self.line = self.at = matrix(operands)
        elif name in {"Td", "TD"}:
            x, y = (float(number) for number in operands)
            style.leading = -y if name == "TD" else style.leading
            self._next(x, y)
        elif name == "T*":
            self._next(0, -style.leading)

    def _next(self, x: float, y: float) -> None:
        self.line = self.at = times((1, 0, 0, 1, x, y), self.line)

    def _show(self, name: str, operands: list[Any], ctm: Matrix) -> Text:
        style = self.style
        if name in {"'", '"'}:
            self._next(0, -style.leading)
        shown = operands[-1]
        pieces = list(shown) if isinstance(shown, pikepdf.Array) else [shown]
        codes = tuple(bytes(piece) for piece in pieces if isinstance(piece, pikepdf.String))
        text = Text(times(self.at, ctm), style.size, style.font, codes, seen=style.mode not in UNSEEN)
        self.at = times((1, 0, 0, 1, text.steps * style.size * ADVANCE, 0), self.at)
        return text

    def _object(self, name: str, ctm: Matrix, depth: int) -> Iterator[Text | Picture]:
        target = self.resources.get("/XObject", {}).get(name)
        if not isinstance(target, pikepdf.Stream):
            return
        if target.get("/Subtype") != pikepdf.Name.Form:
            yield Picture(ctm)
        elif depth < DEEPEST:
            self.count.forms += 1
            if self.count.forms > MOST_FORMS:
                raise ValueError("forms without end")
            own = matrix(list(target.get("/Matrix", IDENTITY)))
            inner = _Walk(target.get("/Resources", self.resources), self.count, _Style(**vars(self.style)))
            yield from inner.walk(target, times(own, ctm), depth + 1)


def matrix(numbers: list[Any]) -> Matrix:
    """Six operands as a matrix."""
    a, b, c, d, e, f = (float(number) for number in numbers)
    return a, b, c, d, e, f


def times(one: Matrix, other: Matrix) -> Matrix:
    """`one` applied first."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m
