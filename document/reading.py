"""A main document read as a clerk reads it: who issues, what kind, who signs, and where things go.

Runs only inside child processes (`document/children.py`). Each field says how sure it is: below the
site's threshold a person confirms it. Uncertain is allowed, wrong is not.
"""

import re
from dataclasses import replace
from typing import Any, Final

from document.glyphs import document, quick_text, sheet
from document.layout import Sheet
from document.page import Blank, Field, Reading
from document.reading_foot import Foot, read_foot
from document.reading_head import Head, read_head
from document.reading_marks import secrecy_in, urgency_on

_APPENDIX: Final = re.compile(
    r"^(Phụ lục|PHỤ LỤC)(\s*(số\s*)?[IVXLC\d]+)?\s*[.:]?$|^DANH MỤC\b[^a-zà-ỹ]*$|^\((Ban hành )?[Kk]èm theo "
)
_TOP_LINES: Final = 6
_LOOK_BACK: Final = 3
"""How many pages from the last of the main part are searched for the signature."""
_UNSURE: Final = 0.3
_TURNED: Final = 0.5


def secrecy_mark(pdf: bytes) -> str:
    """`MẬT`, `TỐI MẬT` or `TUYỆT MẬT` where a page, a note or the file's title is so marked; else empty."""
    with document(pdf) as opened:
        return secrecy_in(opened)


def read(pdf: bytes) -> Reading:
    """Everything that can be read in a main document; what is not found has confidence 0.

    `pypdfium2.PdfiumError` when the file cannot be opened, which `Children` makes `reading.unreadable`.
    """
    with document(pdf) as opened:
        count = len(opened)
        sizes = tuple(opened.get_page_size(index) for index in range(count))
        first = sheet(opened, 0)
        secrecy = secrecy_in(opened)
        if not first.rows and not any(quick_text(opened, i).strip() for i in range(count)):
            return Reading(count, sizes, has_text=False, secrecy=secrecy, notes=("reading.no_text",))
        head = read_head(first)
        foot, page = _foot(opened, count, first, head)
    found = _joined(count, sizes, head, foot)
    found = replace(found, urgency=urgency_on(first), secrecy=secrecy)
    return _doubted(found, first, page)


def _foot(opened: Any, count: int, first: Sheet, head: Head) -> tuple[Foot, Sheet]:
    last = _main_pages(opened, count) - 1
    page = first
    for index in range(last, max(last - _LOOK_BACK, -1), -1):
        page = first if index == 0 else sheet(opened, index)
        foot = read_foot(page, head.bottom if index == 0 else page.frame[3])
        if foot is not None:
            return foot, page
    return Foot(), page


def _main_pages(opened: Any, count: int) -> int:
    """How many pages stand before the first appendix."""
    for index in range(1, count):
        lines = [line.strip() for line in quick_text(opened, index).splitlines()]
        top = [line for line in lines if line and not line.isdigit()][:_TOP_LINES]
        if any(_APPENDIX.match(line) for line in top):
            return index
    return count


def _joined(count: int, sizes: tuple[tuple[float, float], ...], head: Head, foot: Foot) -> Reading:
    notes = list(foot.notes)
    if foot.blocks > 1:
        notes.append("reading.several_signers")
    if any(b and b.filled for b in (head.number, head.day, head.month)):
        notes.append("reading.already_filled")
    return Reading(
        pages=count,
        sizes=sizes,
        issuing_body=head.issuing_body,
        symbol=head.symbol,
        number=head.number,
        day=head.day,
        month=head.month,
        year=head.year,
        place=head.place,
        kind=head.kind,
        subject=head.subject,
        capacity=foot.capacity,
        title=foot.title,
        signer=foot.signer,
        signature_area=foot.area,
        recipients=foot.recipients,
        archive_unit=foot.archive_unit,
        notes=tuple(notes),
    )


def _doubted(reading: Reading, *pages: Sheet) -> Reading:
    """Less sure where fonts do not say what their letters are, or where a page is turned."""
    letters = sum(len(row.glyphs) for page in pages for row in page.rows)
    if sum(page.unmapped for page in pages) > 0.02 * letters:
        return _at_most(reading, _UNSURE, "reading.font_without_map")
    if any(page.rotation for page in pages):
        return _at_most(reading, _TURNED, "reading.turned_page")
    return reading


def _at_most(reading: Reading, limit: float, note: str) -> Reading:
    lowered: dict[str, Any] = {}
    for name in vars(reading):
        value = getattr(reading, name)
        if isinstance(value, Field | Blank):
            lowered[name] = replace(value, confidence=min(value.confidence, limit))
    return replace(reading, **lowered, notes=(*reading.notes, note))
