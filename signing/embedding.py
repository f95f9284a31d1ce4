"""A font inside a PDF: only the letters that are needed, built once per process, the same bytes every time.

pyHanko's own embedding makes a fresh subset (with a random name) for every file, which took 220 ms for
three short fields; a crash between signing and recording also asks for the same bytes twice.
"""

import hashlib
import io
import zlib
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from fontTools import subset as subsetting
from fontTools.ttLib import TTFont
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name as name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from signing.fonts import Face

DIGITS: Final = "0123456789"
# All that a PDF reader needs of a TrueType file; everything else is dropped.
_KEPT: Final = frozenset(
    {"GlyphOrder", "glyf", "loca", "head", "hhea", "hmtx", "maxp", "cvt ", "fpgm", "prep"}
)


@dataclass(frozen=True)
class Subset:
    """Some letters of a face, ready to be put into any number of files."""

    face: Face
    name: str
    glyphs: dict[str, int]
    """Glyph number in the embedded file by letter."""
    widths: tuple[int, ...]
    """Advance per glyph number, in 1/1000 of the size."""
    file: bytes
    """The font file, deflated."""
    length: int
    """Its length before that."""
    box: tuple[int, int, int, int]
    ascent: int
    descent: int
    cap_height: int
    angle: float

    def show(self, text: str) -> bytes:
        """`text` as the operand of `Tj`. `KeyError` on a letter outside the subset."""
        return b"<" + "".join(f"{self.glyphs[letter]:04X}" for letter in text).encode() + b">"

    def width(self, text: str, size: float) -> float:
        """The width of `text` in points at `size` points."""
        return sum(self.widths[self.glyphs[letter]] for letter in text) * size / 1000

    def put(self, writer: BasePdfFileWriter) -> generic.IndirectObject:
        """Add the font to `writer`; a reference to its Type 0 dictionary."""
        file = generic.StreamObject(
            {
                name("/Filter"): name("/FlateDecode"),
                name("/Length1"): generic.NumberObject(self.length),
            },
            encoded_data=self.file,
        )
        descriptor = _dictionary(
            Type=name("/FontDescriptor"),
            FontName=name("/" + self.name),
            Flags=generic.NumberObject(4 | (64 if self.angle else 0)),
            FontBBox=_numbers(self.box),
            ItalicAngle=generic.FloatObject(self.angle),
            Ascent=generic.NumberObject(self.ascent),
            Descent=generic.NumberObject(self.descent),
            CapHeight=generic.NumberObject(self.cap_height),
            StemV=generic.NumberObject(80),
            FontFile2=writer.add_object(file),
        )
        descendant = _dictionary(
            Type=name("/Font"),
            Subtype=name("/CIDFontType2"),
            BaseFont=name("/" + self.name),
            CIDSystemInfo=_dictionary(
                Registry=generic.pdf_string("Adobe"),
                Ordering=generic.pdf_string("Identity"),
                Supplement=generic.NumberObject(0),
            ),
            FontDescriptor=writer.add_object(descriptor),
            W=generic.ArrayObject([generic.NumberObject(0), _numbers(self.widths)]),
            CIDToGIDMap=name("/Identity"),
        )
        unicode_map = generic.StreamObject(stream_data=self._unicode_map())
        unicode_map.compress()
        return writer.add_object(
            _dictionary(
                Type=name("/Font"),
                Subtype=name("/Type0"),
                BaseFont=name("/" + self.name),
                Encoding=name("/Identity-H"),
                DescendantFonts=generic.ArrayObject([writer.add_object(descendant)]),
                ToUnicode=writer.add_object(unicode_map),
            )
        )

    def _unicode_map(self) -> bytes:
        """What text search and copying need: the letter behind each glyph number (ISO 32000-1, 9.10.3)."""
        lines = [f"<{glyph:04X}> <{ord(letter):04X}>" for letter, glyph in sorted(self.glyphs.items())]
        blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
        ranges = "\n".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar" for b in blocks)
        return (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
            "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
            f"{ranges}\nendcmap CMapName currentdict /CMap defineresource pop end end\n"
        ).encode()


def subset(face: Face, text: str = DIGITS) -> Subset:
    """The letters of `text` from `face`; built once per process and set of letters."""
    return _subset(face, "".join(sorted(set(text))))


@cache
def _subset(face: Face, letters: str) -> Subset:
    options = subsetting.Options()
    options.layout_features = []
    options.notdef_outline = True
    options.hinting = False
    options.drop_tables += ["FFTM", "GPOS", "GSUB", "GDEF", "kern"]
    with TTFont(face.path, recalcTimestamp=False) as font:
        cmap: dict[int, str] = font.getBestCmap()
        post: Any = font["post"]
        angle = float(post.italicAngle)
        cap_height = int(getattr(font["OS/2"], "sCapHeight", 0)) or int(font["hhea"].ascent)
        subsetter = subsetting.Subsetter(options)
        subsetter.populate(text=letters)
        subsetter.subset(font)
        for table in set(font.keys()) - _KEPT:
            del font[table]
        order = font.getGlyphOrder()
        out = io.BytesIO()
        font.save(out, reorderTables=True)
        head, hhea, metrics = font["head"], font["hhea"], font["hmtx"]
        scale = 1000 / face.units
        tag = hashlib.sha256(f"{face.path.name} {letters}".encode()).digest()
        return Subset(
            face=face,
            name="".join(chr(65 + byte % 26) for byte in tag[:6]) + "+" + face.path.stem.replace(" ", ""),
            glyphs={letter: order.index(cmap[ord(letter)]) for letter in letters},
            widths=tuple(round(metrics[glyph][0] * scale) for glyph in order),
            file=zlib.compress(out.getvalue(), 9),
            length=len(out.getvalue()),
            box=tuple(round(edge * scale) for edge in (head.xMin, head.yMin, head.xMax, head.yMax)),
            ascent=round(hhea.ascent * scale),
            descent=round(hhea.descent * scale),
            cap_height=round(cap_height * scale),
            angle=angle,
        )


def _dictionary(**entries: generic.PdfObject) -> generic.DictionaryObject:
    return generic.DictionaryObject({name("/" + key): value for key, value in entries.items()})


def _numbers(values: tuple[int, ...]) -> generic.ArrayObject:
    return generic.ArrayObject([generic.NumberObject(value) for value in values])
