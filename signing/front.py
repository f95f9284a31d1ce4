"""The first page of a signed file as it is shown, read as far as telling a file's class needs it.

PDFium has no place in this process, and the recogniser that works with it none in this layer; so this looks
for no more than what no appendix has and every document of its own has (Decree 30/2020, Annex I: the national
name, box 1, and a number line, box 3).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import pikepdf

from document.kinds import folded
from signing.form import HIDDEN
from signing.letters import UNKNOWN, Letters
from signing.painted import Matrix, Picture, Text, painted, times
from signing.shown import compact

NATION: Final = folded("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM").replace(" ", "")
_NUMBER: Final = re.compile(r"S[ốỐ](?::[\d.…_]*|[\d.…_]+)/(?:\d{4}/)?[A-ZĐ]")
_ROW: Final = 3.0
"""Points by which texts of one line may stand higher or lower."""
_FEWEST: Final = 10
"""Letters without which nothing can be said about a page."""
_MOST_UNKNOWN: Final = 0.2
"""Share of letters that a font need not name (bullets, ticks) before a page counts as unread."""
_PICTURE: Final = 0.5
"""Share of the page that pictures cover on a scan."""


@dataclass(frozen=True)
class Front:
    """Page 1. `to_shown` maps it to what is seen, lower left corner at 0, 0; `size` is what is seen of it."""

    page: Any
    to_shown: Matrix
    size: tuple[float, float]
    rows: tuple[str, ...]
    """Compact texts, one for each line, from left to right."""
    running: str
    """All texts in the order of painting."""
    pictured: float
    """Share of the page that pictures cover, at most 1."""

    @classmethod
    def read(cls, pdf: pikepdf.Pdf, letters: Letters, left_out: frozenset[tuple[int, int]]) -> "Front":
        """Read what page 1 and its annotations show, but for those whose objects are `left_out`."""
        page = pdf.pages[0]
        to_shown, size = _frame(page)
        texts: list[tuple[float, float, str]] = []
        area = 0.0
        for one in _everything(page.obj, to_shown, left_out):
            if isinstance(one, Picture):
                a, b, c, d, _, _ = one.place
                area += abs(a * d - b * c)
            elif one.seen:
                texts.append((one.place[5], one.place[4], letters.read(one.codes, one.font)))
        whole = max(1.0, size[0] * size[1])
        running = compact("".join(text for _, _, text in texts))
        return cls(page.obj, to_shown, size, tuple(_rows(texts)), running, min(1.0, area / whole))

    @cached_property
    def is_main(self) -> bool:
        """Whether it has the national name or a number line of its own."""
        lines = (self.running, *self.rows)
        if any(NATION in folded(line).replace(" ", "") for line in lines):
            return True
        # `(Kèm theo Quyết định số …/…)` of an appendix begins with other words (R-SIG-11).
        return any(_NUMBER.match(row) for row in self.rows)

    @property
    def is_picture(self) -> bool:
        """Whether it is a scan, or as good as one."""
        return self.pictured >= _PICTURE

    @property
    def is_unread(self) -> bool:
        """Whether it has too little text that can be read to say what it is."""
        unknown, known = self.running.count(UNKNOWN), len(self.running)
        return known - unknown < _FEWEST or unknown > _MOST_UNKNOWN * known

    def shown(self, rect: Any) -> tuple[float, float, float, float]:
        """A box of the page as it is seen: left, bottom, right, top."""
        x0, y0, x1, y1 = (float(edge) for edge in rect)
        (ax, ay), (bx, by) = (times((1, 0, 0, 1, x, y), self.to_shown)[4:] for x, y in ((x0, y0), (x1, y1)))
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def _frame(page: pikepdf.Page) -> tuple[Matrix, tuple[float, float]]:
    """The visible part of a page, turned clockwise as /Rotate says (ISO 32000-2, 14.11.2)."""
    media, crop = ([float(edge) for edge in box] for box in (page.mediabox, page.cropbox))
    x0, y0 = (max(min(media[at::2]), min(crop[at::2])) for at in range(2))
    x1, y1 = (min(max(media[at::2]), max(crop[at::2])) for at in range(2))
    turn = int(_inherited(page.obj, "/Rotate") or 0) % 360
    matrices: dict[int, Matrix] = {
        90: (0, -1, 1, 0, -y0, x1),
        180: (-1, 0, 0, -1, x1, y1),
        270: (0, 1, -1, 0, y1, -x0),
    }
    size = (y1 - y0, x1 - x0) if turn % 180 else (x1 - x0, y1 - y0)
    return matrices.get(turn, (1, 0, 0, 1, -x0, -y0)), size


def _inherited(node: Any, key: str) -> Any:
    for _ in range(64):
        if key in node:
            return node[key]
        if "/Parent" not in node:
            return None
        node = node["/Parent"]
    return None


def _everything(
    page: Any, to_shown: Matrix, left_out: frozenset[tuple[int, int]]
) -> Iterator[Text | Picture]:
    yield from painted(page, to_shown)
    for annotation in page.get("/Annots", []):
        look, box = annotation.get("/AP", {}).get("/N"), annotation.get("/Rect")
        if not isinstance(look, pikepdf.Stream) or not isinstance(box, pikepdf.Array):
            continue
        if annotation.objgen not in left_out and not int(annotation.get("/F", 0)) & HIDDEN:
            yield from painted(look, times((1, 0, 0, 1, float(box[0]), float(box[1])), to_shown))


def _rows(texts: list[tuple[float, float, str]]) -> Iterator[str]:
    row: list[tuple[float, str]] = []
    base = 0.0
    for y, x, text in sorted(texts, key=lambda one: -one[0]):
        if row and base - y > _ROW:
            yield compact("".join(piece for _, piece in sorted(row)))
            row = []
        if not row:
            base = y
        row.append((x, text))
    yield compact("".join(piece for _, piece in sorted(row)))
