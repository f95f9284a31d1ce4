"""Draw text on PDF pages with an embedded Vietnamese font: a content-stream writer over pikepdf.

Coordinates are points from the lower left corner. The font is Source Serif Pro from its PyPI
package, cut down once per process to Latin and Vietnamese; every text can be extracted again.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import pikepdf
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Stream

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 595.28, 841.89
# Each style with its cut of the font and its slant: the font's own italics lack Vietnamese letters.
STYLES = {
    "regular": ("Regular", 0.0),
    "bold": ("Bold", 0.0),
    "italic": ("Regular", 0.21),
    "bold-italic": ("Bold", 0.21),
}
# Latin, Latin-1, Vietnamese (precomposed and combining), and the punctuation of official letters.
LETTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *range(0x1A0, 0x1B1),
    *range(0x1EA0, 0x1EFA),
    *(0x300, 0x301, 0x302, 0x303, 0x306, 0x309, 0x31B, 0x323),
    *(0x2010, 0x2013, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026),
)
BLACK, RED = (0.0, 0.0, 0.0), (0.85, 0.0, 0.0)


class Box(NamedTuple):
    """A place on a page: page index from 0, then left, bottom, right, top in points."""

    page: int
    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """The width in points."""
        return self.right - self.left


class Face(NamedTuple):
    """One cut of the font: its program, glyph numbers by letter, and widths by glyph (of 1000)."""

    name: str
    program: bytes
    glyphs: dict[int, int]
    widths: tuple[float, ...]

    def width(self, text: str, size: float) -> float:
        """Give the width of a text in points."""
        return sum(self.widths[self.glyphs[ord(letter)]] for letter in text) * size / 1000

    def encode(self, text: str) -> bytes:
        """Give a text as the hexadecimal string of its glyph numbers."""
        return b"<" + "".join(f"{self.glyphs[ord(letter)]:04x}" for letter in text).encode() + b">"


@cache
def _cut(name: str) -> Face:
    path = files("font_source_serif_pro") / "files" / f"SourceSerifPro-{name}.ttf"
    font = TTFont(io.BytesIO(path.read_bytes()), recalcTimestamp=False)
    subsetter = Subsetter(Options(layout_features=[], hinting=False, notdef_outline=True))
    subsetter.populate(unicodes=LETTERS)
    subsetter.subset(font)
    program = io.BytesIO()
    font.save(program)
    glyphs = {letter: font.getGlyphID(glyph) for letter, glyph in font.getBestCmap().items()}
    units = font["head"].unitsPerEm
    widths = tuple(font["hmtx"][glyph][0] * 1000 / units for glyph in font.getGlyphOrder())
    return Face(f"SourceSerifPro-{name}", program.getvalue(), glyphs, widths)


def face(style: str) -> Face:
    """Give the font of a style, cut down to the letters that these pages use."""
    return _cut(STYLES[style][0])


@dataclass
class Pen:
    """Draws on the last of its pages; `boxes` holds places that were given a name."""

    boxes: dict[str, list[Box]] = field(default_factory=dict)
    _pages: list[bytearray] = field(default_factory=list)
    _cuts: dict[str, None] = field(default_factory=dict)

    def page(self) -> None:
        """Begin a page."""
        self._pages.append(bytearray())

    def write(
        self,
        at: tuple[float, float],
        text: str,
        *,
        size: float = 13,
        style: str = "regular",
        colour: Sequence[float] = BLACK,
    ) -> float:
        """Write a text from `at` on; give where it ends."""
        own = face(style)
        cut, slant = STYLES[style]
        self._cuts[cut] = None
        head = b"BT %.3f %.3f %.3f rg " % tuple(colour) + b"/%s %.2f Tf " % (cut.encode(), size)
        self._pages[-1] += head + b"1 0 %.2f 1 %.3f %.3f Tm %s Tj ET\n" % (slant, *at, own.encode(text))
        return at[0] + own.width(text, size)

    def centre(self, middle: float, y: float, text: str, *, size: float = 13, style: str = "regular") -> Box:
        """Write a text centred about `middle`; give its place."""
        wide = face(style).width(text, size)
        self.write((middle - wide / 2, y), text, size=size, style=style)
        return self.place(middle - wide / 2, y, wide, size)

    def place(self, left: float, baseline: float, wide: float, size: float) -> Box:
        """Give the place of a line of type on this page."""
        return Box(len(self._pages) - 1, left, baseline - size / 4, left + wide, baseline + size * 3 / 4)

    def name(self, key: str, box: Box) -> None:
        """Remember a place."""
        self.boxes.setdefault(key, []).append(box)

    def rule(self, left: float, right: float, y: float) -> None:
        """Draw a thin horizontal rule."""
        self._pages[-1] += b"0 0 0 RG 0.7 w %.3f %.3f m %.3f %.3f l S\n" % (left, y, right, y)

    def frame(self, box: Box, colour: Sequence[float]) -> None:
        """Draw a single frame."""
        sides = (box.left, box.bottom, box.width, box.top - box.bottom)
        self._pages[-1] += b"%.3f %.3f %.3f RG 1 w " % tuple(colour) + b"%.3f %.3f %.3f %.3f re S\n" % sides

    def pdf(self) -> bytes:
        """Give the file; equal drawings give equal bytes."""
        with pikepdf.new() as pdf:
            fonts = Dictionary({f"/{cut}": _font(pdf, _cut(cut)) for cut in self._cuts})
            for content in self._pages:
                page = pdf.add_blank_page(page_size=(WIDTH, HEIGHT))
                page.obj.Contents = Stream(pdf, bytes(content))
                page.obj.Resources = Dictionary(Font=fonts)
            return saved(pdf)


def saved(pdf: pikepdf.Pdf) -> bytes:
    """Save with a classic cross-reference table and an identifier made from the content."""
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def _font(pdf: pikepdf.Pdf, own: Face) -> pikepdf.Object:
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name(f"/{own.name}"),
        Flags=4,
        FontBBox=Array([-200, -400, 1200, 1000]),
        ItalicAngle=0,
        Ascent=918,
        Descent=-335,
        CapHeight=670,
        StemV=80,
        FontFile2=Stream(pdf, own.program),
    )
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name(f"/{own.name}"),
        CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        CIDToGIDMap=Name.Identity,
        W=Array([0, Array([round(width) for width in own.widths])]),
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name(f"/{own.name}"),
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(descendant)]),
            ToUnicode=Stream(pdf, _to_unicode(own)),
        )
    )


def _to_unicode(own: Face) -> bytes:
    """Give the map back from glyphs to letters. A glyph of two letters keeps the first."""
    letters: dict[int, int] = {}
    for letter, glyph in sorted(own.glyphs.items()):
        letters.setdefault(glyph, letter)
    rows = [f"<{glyph:04x}> <{letter:04x}>" for glyph, letter in sorted(letters.items())]
    blocks = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{body}\nendcmap CMapName currentdict /CMap defineresource pop end end\n"
    ).encode("ascii")
