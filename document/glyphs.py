"""The glyphs of a PDF's page, taken out with PDFium.

PDFium is not thread-safe: only inside child processes (`document/children.py`).
"""

import ctypes
import math
import unicodedata
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium

from document.layout import Glyph, Sheet, rows, turned

_FORCE_BOLD: Final = 1 << 18
_ITALIC: Final = 1 << 6
_SPACES: Final = frozenset(" \t\r\n\0\ufffe\N{NO-BREAK SPACE}")
_NO_WIDTH: Final = frozenset("\N{ZERO WIDTH SPACE}\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}\ufeff")
_HYPHENS: Final = {"\x02": "-", "\N{SOFT HYPHEN}": "-", "\N{NON-BREAKING HYPHEN}": "-", "\N{HYPHEN}": "-"}


@dataclass(slots=True)
class _Style:
    """What the glyphs of one text object share."""

    aslant: str | None
    """None for upright text; else what has been written at that angle so far."""
    size: float
    bold: bool
    italic: bool
    legacy: bool


@contextmanager
def document(pdf: bytes) -> Iterator[Any]:
    """The file opened by PDFium. `pypdfium2.PdfiumError` when it cannot be."""
    with closing(pypdfium2.PdfDocument(pdf)) as opened:
        yield opened


@contextmanager
def _text_page(opened: Any, index: int) -> Iterator[tuple[Any, Any]]:
    with closing(opened[index]) as page, closing(page.get_textpage()) as text:
        yield page.raw, text.raw


def quick_text(opened: Any, index: int) -> str:
    """The characters of a page in PDFium's order, NFC; for finding out which pages matter."""
    with closing(opened[index]) as page, closing(page.get_textpage()) as text:
        return unicodedata.normalize("NFC", text.get_text_range())


def sheet(opened: Any, index: int) -> Sheet:
    """One page with its upright text grouped into rows, apart from text at an angle (watermarks)."""
    with _text_page(opened, index) as (page, text):
        rotation = pdfium.FPDFPage_GetRotation(page)
        frame = _frame(page, rotation)
        found = _Glyphs(text, rotation, frame)
        glyphs = found.taken()
    return Sheet(index, frame, rotation, rows(glyphs), found.unmapped, found.aslant())


def _frame(page: Any, rotation: int) -> tuple[float, float, float, float]:
    box = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, ctypes.byref(box))
    width, height = box.right - box.left, box.top - box.bottom
    if rotation % 2:
        width, height = height, width
    return box.left, box.bottom, box.left + width, box.bottom + height


class _Glyphs:
    """One walk over a page's characters."""

    def __init__(self, text: Any, rotation: int, frame: tuple[float, float, float, float]) -> None:
        self.unmapped = 0
        self._text = text
        self._rotation = rotation
        self._frame = frame
        self._styles: dict[int, _Style] = {}
        self._ink = [ctypes.c_double() for _ in range(4)]
        self._origin = [ctypes.c_double() for _ in range(2)]
        self._loose = pdfium.FS_RECTF()

    def taken(self) -> list[Glyph]:
        glyphs: list[Glyph] = []
        spaced = False
        for index in range(pdfium.FPDFText_CountChars(self._text)):
            char = chr(pdfium.FPDFText_GetUnicode(self._text, index))
            if char in _SPACES:
                spaced = spaced or not pdfium.FPDFText_IsGenerated(self._text, index)
                continue
            if char in _NO_WIDTH:
                continue
            if unicodedata.combining(char) and glyphs:
                self._put_mark(glyphs[-1], char, index)
                continue
            glyph = self._glyph(index, char, after_space=spaced)
            if glyph is not None:
                glyphs.append(glyph)
                spaced = False
        return glyphs

    def aslant(self) -> tuple[str, ...]:
        """The texts that stand at an angle."""
        texts = (style.aslant for style in self._styles.values() if style.aslant)
        return tuple(unicodedata.normalize("NFC", text) for text in texts)

    def _glyph(self, index: int, char: str, *, after_space: bool) -> Glyph | None:
        style = self._style(index)
        if style.aslant is not None:
            style.aslant += char
            return None
        if style.legacy or pdfium.FPDFText_HasUnicodeMapError(self._text, index) == 1:
            self.unmapped += 1
        x0, y0, x1, y1 = self._ink_box(index)
        left, right = self._advance(index)
        _, baseline = self._point(index)
        return Glyph(
            text=unicodedata.normalize("NFC", _HYPHENS.get(char, char)),
            x0=x0, y0=y0, x1=x1, y1=y1,
            left=left, right=right,
            baseline=baseline, size=style.size, bold=style.bold, italic=style.italic,
            after_space=after_space,
        )  # fmt: skip

    def _put_mark(self, glyph: Glyph, mark: str, index: int) -> None:
        """Decomposed text: a mark belongs to the letter before it."""
        glyph.text = unicodedata.normalize("NFC", glyph.text + mark)
        x0, y0, x1, y1 = self._ink_box(index)
        if x1 > x0 and y1 > y0:
            glyph.x0, glyph.y0 = min(glyph.x0, x0), min(glyph.y0, y0)
            glyph.x1, glyph.y1 = max(glyph.x1, x1), max(glyph.y1, y1)

    def _ink_box(self, index: int) -> tuple[float, float, float, float]:
        left, right, bottom, top = self._ink
        pdfium.FPDFText_GetCharBox(self._text, index, left, right, bottom, top)
        return self._shown(left.value, bottom.value, right.value, top.value)

    def _advance(self, index: int) -> tuple[float, float]:
        loose = self._loose
        pdfium.FPDFText_GetLooseCharBox(self._text, index, ctypes.byref(loose))
        x0, _, x1, _ = self._shown(loose.left, loose.bottom, loose.right, loose.top)
        return x0, x1

    def _point(self, index: int) -> tuple[float, float]:
        x, y = self._origin
        pdfium.FPDFText_GetCharOrigin(self._text, index, x, y)
        x0, y0, _, _ = self._shown(x.value, y.value, x.value, y.value)
        return x0, y0

    def _shown(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        if not self._rotation:
            return x0, y0, x1, y1
        frame = self._frame
        size, origin = (frame[2] - frame[0], frame[3] - frame[1]), (frame[0], frame[1])
        one = turned((x0, y0), self._rotation, size, origin)
        two = turned((x1, y1), self._rotation, size, origin)
        return min(one[0], two[0]), min(one[1], two[1]), max(one[0], two[0]), max(one[1], two[1])

    def _style(self, index: int) -> _Style:
        owner = pdfium.FPDFText_GetTextObject(self._text, index)
        key = ctypes.addressof(owner.contents) if owner else 0
        known = self._styles.get(key)
        if known is None:
            known = self._styles[key] = self._new_style(index, owner)
        return known

    def _new_style(self, index: int, owner: Any) -> _Style:
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self._text, index, ctypes.byref(matrix))
        turn = math.degrees(math.atan2(matrix.b, matrix.a)) - 90 * self._rotation
        # The height of the type; a slant makes the vertical axis longer, but not the letters.
        across = math.hypot(matrix.a, matrix.b) or 1.0
        scale = abs(matrix.a * matrix.d - matrix.b * matrix.c) / across or 1.0
        size = pdfium.FPDFText_GetFontSize(self._text, index) * scale
        name, flags, weight = "", 0, 0
        if owner:
            font = pdfium.FPDFTextObj_GetFont(owner)
            name = _font_name(font)
            flags = max(pdfium.FPDFFont_GetFlags(font), 0)
            weight = pdfium.FPDFFont_GetWeight(font)
        lower = name.lower()
        slanted = abs(matrix.c) > 0.1 * abs(matrix.d) and abs(matrix.b) < 0.01 * abs(matrix.a)
        return _Style(
            aslant=None if abs((turn + 180) % 360 - 180) < 3 else "",
            size=abs(size),
            bold="bold" in lower or "black" in lower or bool(flags & _FORCE_BOLD) or weight >= 600,
            italic="italic" in lower or "oblique" in lower or bool(flags & _ITALIC) or slanted,
            # Fonts of the time before Unicode: their letters stand where other letters belong.
            legacy=lower.startswith((".vn", "vni", "vk")),
        )


def _font_name(font: Any) -> str:
    """The base font's name without its subset tag."""
    length = pdfium.FPDFFont_GetBaseFontName(font, None, 0)
    room = ctypes.create_string_buffer(length)
    pdfium.FPDFFont_GetBaseFontName(font, room, length)
    return room.value.decode("utf-8", "replace").rpartition("+")[2]
