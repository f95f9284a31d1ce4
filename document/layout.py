"""What stands on a page, as an eye would group it: glyphs, rows, and pieces of rows.

Coordinates are points on the page as it is shown, after /Rotate; `Sheet.box` turns them back into
the user space that `document.page.Box` speaks of. `document/glyphs.py` takes the glyphs from a PDF.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from document.page import Box

WORD_GAP: Final = 0.13
"""Of the font size: a wider gap between two letters' advances ends a word. A space is 0.25 wide."""
PIECE_GAP: Final = 1.6
"""Of the font size: a wider gap ends a piece; the columns of a head or a foot stand further apart."""
STYLE_GAP: Final = 0.6
"""Of the font size: where bold or size changes as well, this much is a border between columns."""
ROW_SLACK: Final = 0.22
"""Of the font size: baselines nearer than this are one row."""


@dataclass(slots=True)
class Glyph:
    """A letter with its marks. `x0 y0 x1 y1`: its ink; `left right`: its place in the line."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    left: float
    right: float
    baseline: float
    size: float
    bold: bool
    italic: bool
    after_space: bool
    """A space character of the file (not one that PDFium made up) stands before it."""


@dataclass(frozen=True)
class Piece:
    """Neighbouring glyphs of one row, from left to right; never empty."""

    glyphs: Sequence[Glyph]

    @cached_property
    def _words(self) -> list[int]:
        """The glyphs that begin a word."""
        return [0, *_breaks(self.glyphs)]

    @cached_property
    def text(self) -> str:
        """NFC, single spaces."""
        return self._spelled[0]

    @cached_property
    def _spelled(self) -> tuple[str, list[int]]:
        begins = set(self._words[1:])
        text: list[str] = []
        at: list[int] = []
        for index, glyph in enumerate(self.glyphs):
            if index in begins:
                text.append(" ")
                at.append(index)
            text.append(glyph.text)
            at.extend([index] * len(glyph.text))
        return "".join(text), at

    def part(self, start: int, end: int) -> "Piece | None":
        """The piece that spells `text[start:end]`; None when that is empty or spaces."""
        text, at = self._spelled
        places = [at[i] for i in range(start, min(end, len(text))) if text[i] != " "]
        return Piece(self.glyphs[places[0] : places[-1] + 1]) if places else None

    @property
    def x0(self) -> float:
        return self.glyphs[0].x0

    @property
    def x1(self) -> float:
        return max(g.x1 for g in self.glyphs[-2:])

    @property
    def y0(self) -> float:
        return min(g.y0 for g in self.glyphs)

    @property
    def y1(self) -> float:
        return max(g.y1 for g in self.glyphs)

    @property
    def centre(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def baseline(self) -> float:
        return self.glyphs[0].baseline

    @property
    def size(self) -> float:
        return max(g.size for g in self.glyphs)

    @property
    def bold(self) -> bool:
        return 2 * sum(g.bold for g in self.glyphs) > len(self.glyphs)

    @cached_property
    def capital(self) -> bool:
        """It has letters, and all of them are capitals."""
        return self.text.upper() == self.text and any(c.isalpha() for c in self.text)

    @property
    def has_letters(self) -> bool:
        return any(g.text[0].isalnum() for g in self.glyphs)

    @cached_property
    def pieces(self) -> list["Piece"]:
        """This row, parted at its wide gaps and at the borders between columns."""
        parts: list[Piece] = []
        start = 0
        for index in range(1, len(self.glyphs)):
            if _parts_columns(self.glyphs[index - 1], self.glyphs[index]):
                parts.append(Piece(self.glyphs[start:index]))
                start = index
        parts.append(Piece(self.glyphs[start:]))
        return parts

    def left_of(self, x: float) -> "Piece | None":
        """What of it stands left of `x`."""
        kept = [g for g in self.glyphs if g.x0 < x]
        return Piece(kept) if kept else None


def _parts_columns(one: Glyph, other: Glyph) -> bool:
    gap = other.left - one.right
    size = max(one.size, other.size)
    differs = one.bold != other.bold or abs(one.size - other.size) > 1
    return gap > PIECE_GAP * size or (differs and gap > STYLE_GAP * size)


def _breaks(glyphs: Sequence[Glyph]) -> list[int]:
    """Where words begin, after the first. Letter-spaced text is told by its many single letters."""
    gaps = [b.left - a.right for a, b in pairwise(glyphs)]
    found = [i for i, gap in enumerate(gaps, 1) if glyphs[i].after_space or gap > WORD_GAP * glyphs[i].size]
    if not _spaced_out(glyphs, found):
        return found
    spaces = [i for i in found if glyphs[i].after_space]
    if spaces and not _spaced_out(glyphs, spaces):
        return spaces
    usual = sorted(gaps)[len(gaps) // 2]
    return [i for i, gap in enumerate(gaps, 1) if gap > 1.6 * max(usual, 0.5)]


def _spaced_out(glyphs: Sequence[Glyph], breaks: Sequence[int]) -> bool:
    """Four or more words, and nearly all of them single letters."""
    edges = [0, *breaks, len(glyphs)]
    lengths = [b - a for a, b in pairwise(edges)]
    alone = sum(
        1 for length, at in zip(lengths, edges, strict=False) if length == 1 and glyphs[at].text.isalpha()
    )
    return len(lengths) >= 4 and alone >= 0.75 * len(lengths)


@dataclass(frozen=True)
class Sheet:
    """One page as it is shown: its frame in points and its rows from top to bottom."""

    page: int
    frame: tuple[float, float, float, float]
    """x0, y0, x1, y1 of what is shown."""
    rotation: int
    """Quarter turns clockwise."""
    rows: Sequence[Piece]
    unmapped: int = 0
    """Letters whose font does not say what they are."""
    aslant: tuple[str, ...] = ()
    """Texts at an angle, which belong to no row."""

    @property
    def width(self) -> float:
        return self.frame[2] - self.frame[0]

    @property
    def height(self) -> float:
        return self.frame[3] - self.frame[1]

    def across(self, x: float) -> float:
        """0 at the left edge of the page, 1 at the right."""
        return (x - self.frame[0]) / self.width

    def up(self, y: float) -> float:
        """0 at the foot of the page, 1 at its head."""
        return (y - self.frame[1]) / self.height

    @cached_property
    def pieces(self) -> list[Piece]:
        return [piece for row in self.rows for piece in row.pieces]

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """From shown coordinates to the page's user space."""
        size = (self.height, self.width) if self.rotation % 2 else (self.width, self.height)
        origin = self.frame[:2]
        one = turned((x0, y0), -self.rotation, size, origin)
        two = turned((x1, y1), -self.rotation, size, origin)
        xs, ys = sorted((one[0], two[0])), sorted((one[1], two[1]))
        return Box(self.page, xs[0], ys[0], xs[1], ys[1])

    def box_of(self, pieces: Iterable[Piece]) -> Box:
        """The box around `pieces`."""
        listed = list(pieces)
        return self.box(
            min(p.x0 for p in listed),
            min(p.y0 for p in listed),
            max(p.x1 for p in listed),
            max(p.y1 for p in listed),
        )


def turned(
    point: tuple[float, float], quarters: int, size: tuple[float, float], origin: tuple[float, float]
) -> tuple[float, float]:
    """A point of a page that is turned clockwise by quarters; the page then measures `size`.

    The lower left corner of what is seen is `origin`, before and after.
    """
    x, y = point[0] - origin[0], point[1] - origin[1]
    match quarters % 4:
        case 1:
            x, y = y, size[1] - x
        case 2:
            x, y = size[0] - x, size[1] - y
        case 3:
            x, y = size[0] - y, x
    return x + origin[0], y + origin[1]


def rows(glyphs: Iterable[Glyph]) -> list[Piece]:
    """The rows that the glyphs form, from top to bottom; glyphs on nearly one baseline are one row."""
    groups: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: -g.baseline):
        if groups and groups[-1][0].baseline - glyph.baseline <= ROW_SLACK * glyph.size:
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
    return [Piece(sorted(group, key=lambda g: g.left)) for group in groups]
