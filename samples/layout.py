"""The page of Decree 30/2020/NĐ-CP as python-docx parts: one function per box of the page.

Sizes, margins and rules follow Annex I, Part I of the Decree; the numbers of the boxes
(ô số) are those of its drawing. Lengths are millimetres unless a name says points.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from fontTools.ttLib import TTFont

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docx.document import Document
    from docx.section import Section
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
# Metric-compatible with Times New Roman: what LibreOffice puts in its place.
STAND_IN = Path("/usr/share/fonts/truetype/liberation2")

LEFT, RIGHT, TOP, BOTTOM = 30.0, 20.0, 20.0, 20.0
TEXT_WIDTH = 210.0 - LEFT - RIGHT
ISSUER_WIDTH = 64.0
NATION_WIDTH = TEXT_WIDTH - ISSUER_WIDTH

CENTRE = WD_ALIGN_PARAGRAPH.CENTER
JUSTIFY = WD_ALIGN_PARAGRAPH.JUSTIFY
NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"

# A blank is spaces, as a clerk types it. At 13 pt one is 3.25 pt wide: room for four digits
# of a number, two of a day or month, four of a year. The year ends its line, where plain
# spaces would hang over the edge and have no width, so its blank does not break.
NUMBER_BLANK = " " * 11
DAY_BLANK = " " * 7
YEAR_BLANK = "\u00a0" * 10


@dataclass(frozen=True)
class Head:
    """Boxes 2 to 4: who issues, under which symbol, and where."""

    issuer: tuple[str, ...]
    symbol: str
    place: str


@dataclass(frozen=True)
class Signer:
    """Boxes 7a and 7b: capacity lines, own title, full name."""

    capacity: tuple[str, ...]
    title: str
    name: str


@cache
def _advances(face: str) -> tuple[dict[int, str], dict[str, tuple[int, int]], int]:
    font = TTFont(STAND_IN / f"LiberationSerif-{face}.ttf")
    return font.getBestCmap(), font["hmtx"].metrics, font["head"].unitsPerEm


def width_of(text: str, size: float, face: str = "Bold") -> float:
    """Give the width of a line in millimetres, set in the font of the page at `size` points."""
    cmap, metrics, units = _advances(face)
    return float(sum(metrics[cmap[ord(letter)]][0] for letter in text) * size / units * 25.4 / 72)


def new_document(title: str) -> Document:
    """Give an empty A4 document with the Decree's margins, font and page number."""
    document = docx.Document()
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.title = title
    document.core_properties.language = "vi-VN"
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(14)
    fonts = style.element.rPr.rFonts
    for script in ("w:eastAsia", "w:cs", "w:hAnsi"):
        fonts.set(qn(script), FONT)
    style.paragraph_format.space_after = Pt(0)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "vi-VN")
    set_page(document.sections[0])
    return document


def set_page(section: Section, *, landscape: bool = False) -> None:
    """Set size, margins and the page number: top centre, from 1, not shown on the first page."""
    long, short = Mm(297), Mm(210)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.header_distance = Mm(10)
    section.different_first_page_header_footer = True
    section.header.is_linked_to_previous = False
    line = section.header.paragraphs[0]
    line.alignment = CENTRE
    run = line.add_run()
    run.font.size = Pt(13)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    line._p.append(field)  # noqa: SLF001 python-docx has no public call for fields
    field.append(run._r)  # noqa: SLF001
    run.text = "1"
    restart = OxmlElement("w:pgNumType")
    restart.set(qn("w:start"), "1")
    section._sectPr.append(restart)  # noqa: SLF001


def appendix_section(document: Document) -> None:
    """Begin a landscape appendix in the same file; it counts its own pages (Annex I, Part I, III.1)."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    for old in section._sectPr.findall(qn("w:pgNumType")):  # noqa: SLF001
        section._sectPr.remove(old)  # noqa: SLF001
    section.first_page_header.is_linked_to_previous = False
    set_page(section, landscape=True)


def write(
    where: Document | _Cell,
    text: str,
    *,
    size: float = 14,
    bold: bool = False,
    italic: bool = False,
    align: WD_ALIGN_PARAGRAPH = CENTRE,
    before: float = 0,
    after: float = 0,
) -> Paragraph:
    """Add one paragraph, and keep every space of `text`."""
    line = where.add_paragraph()
    line.alignment = align
    line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(before), Pt(after)
    add(line, text, size=size, bold=bold, italic=italic)
    return line


def add(line: Paragraph, text: str, *, size: float = 14, bold: bool = False, italic: bool = False) -> None:
    """Add a run to a paragraph."""
    run = line.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    for piece in run._r.findall(qn("w:t")):  # noqa: SLF001
        piece.set(qn("xml:space"), "preserve")


def body(document: Document, text: str, *, lead: str = "", italic: bool = False) -> Paragraph:
    """Add a paragraph of box 6: justified, first line in 1.27 cm, 6 pt apart; `lead` is bold."""
    line = write(document, lead, bold=True, align=JUSTIFY, before=6)
    line.paragraph_format.first_line_indent = Mm(12.7)
    line.paragraph_format.line_spacing = 1.08
    line.paragraph_format.widow_control = True
    add(line, text, italic=italic)
    return line


def heading(document: Document, text: str) -> None:
    """Add the heading of a part (I., II. ...): bold, kept with what follows."""
    body(document, "", lead=text).paragraph_format.keep_with_next = True


def rule(where: Document | _Cell, length: float, width: float, *, after: float = 0) -> None:
    """Draw a rule of `length` centred in a column of `width`."""
    line = where.add_paragraph()
    form = line.paragraph_format
    form.left_indent = form.right_indent = Mm((width - length) / 2)
    form.space_before, form.space_after = Pt(1.5), Pt(after)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(3)
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for key, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
        top.set(qn(f"w:{key}"), value)
    borders.append(top)
    line._p.get_or_add_pPr().insert_element_before(  # noqa: SLF001
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def bare_table(document: Document, rows: int, widths: Sequence[float]) -> Table:
    """Give a table without borders and inner margins: the way such pages are set."""
    table: Table = document.add_table(rows, len(widths))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), "0")
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    table._tbl.tblPr.append(margins)  # noqa: SLF001
    set_widths(table, widths)
    return table


def set_widths(table: Table, widths: Sequence[float]) -> None:
    """Set the columns and every cell: LibreOffice reads the first, Word the second."""
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def drop_first_line(cell: _Cell) -> None:
    """Remove the empty paragraph that every new cell begins with."""
    cell._tc.remove(cell.paragraphs[0]._p)  # noqa: SLF001


def letterhead(document: Document, head: Head, subject: Sequence[str] = ()) -> None:
    """Set boxes 1 to 4, and 5b where `subject` is given: a công văn has no other place for it."""
    first = document.paragraphs[0] if document.paragraphs else None
    table = bare_table(document, 2, (ISSUER_WIDTH, NATION_WIDTH))
    issuer, nation = table.rows[0].cells
    for text in head.issuer:
        write(issuer, text, size=12, bold=True)
    rule(issuer, width_of(head.issuer[-1], 12) * 0.45, ISSUER_WIDTH)
    write(nation, NATION, size=12, bold=True)
    write(nation, MOTTO, size=13, bold=True)
    rule(nation, width_of(MOTTO, 13), NATION_WIDTH)
    number, date = table.rows[1].cells
    write(number, f"Số:{NUMBER_BLANK}{head.symbol}", size=13, before=4)
    for index, text in enumerate(subject):
        write(number, text, size=12, before=0 if index else 6)
    write(date, date_line(head.place), size=13, italic=True, before=4)
    for cell in (issuer, nation, number, date):
        drop_first_line(cell)
    if first is not None and not first.text:
        first._p.getparent().remove(first._p)  # noqa: SLF001


def date_line(place: str) -> str:
    """Give box 4 with day, month and year left blank."""
    return f"{place}, {blank_date()}"


def blank_date() -> str:
    """Give a date without its day, month and year."""
    return f"ngày{DAY_BLANK}tháng{DAY_BLANK}năm{YEAR_BLANK}"


def kind(document: Document, name: str, subject: Iterable[str]) -> None:
    """Set box 5a: the kind, its subject (trích yếu), and the rule below of 1/3 to 1/2."""
    lines = list(subject)
    write(document, name, bold=True, before=14)
    for text in lines:
        write(document, text, bold=True)
    rule(document, width_of(lines[-1], 14) * 0.4, TEXT_WIDTH, after=6)


def signature(document: Document, recipients: Sequence[str], signer: Signer) -> None:
    """Set boxes 7 to 9b; between title and name is room for signature and seal (30 mm)."""
    table = bare_table(document, 1, (TEXT_WIDTH * 0.48, TEXT_WIDTH * 0.52))
    unbroken = OxmlElement("w:cantSplit")
    table.rows[0]._tr.get_or_add_trPr().append(unbroken)  # noqa: SLF001
    left, right = table.rows[0].cells
    write(left, "Nơi nhận:", size=12, bold=True, italic=True, align=WD_ALIGN_PARAGRAPH.LEFT, before=10)
    for text in recipients:
        write(left, f"- {text}", size=11, align=WD_ALIGN_PARAGRAPH.LEFT)
    for index, text in enumerate((*signer.capacity, signer.title)):
        write(right, text, bold=True, before=0 if index else 10)
    write(right, signer.name, bold=True, before=84)
    for cell in (left, right):
        drop_first_line(cell)
        for line in cell.paragraphs:
            line.paragraph_format.keep_with_next = True
