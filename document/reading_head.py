"""The head of page 1: issuing body, number line, place and date, kind, subject (Decree 30/2020, Appendix I).

Boxes 1 and 2 stand side by side at the top, boxes 3 and 4 (number, date) on one line below them, then
5a (kind and subject, centred) or 5b (`V/v …`, on the left). Nothing below the subject is looked at: the
`(Kèm theo … số … ngày …)` of an appendix is never taken for the number line (R-SIG-11).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from document.kinds import Kind, folded, kind, kind_of
from document.layout import Glyph, Piece, Sheet
from document.page import MM, Blank, Field

NOT_FOUND: Final = Field()
MOTTO: Final = folded("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM").replace(" ", "")
HEAD: Final = 0.5
"""The share of page 1, from its head, in which number, date and kind are looked for."""
_FILL: Final = r"[\d.…_\s]*?"
_GROUP: Final = r"[A-ZĐ&][\wÀ-ỹ.&]*"
_NUMBER: Final = re.compile(
    rf"(?:Số|SỐ)\s*:?(?P<fill>{_FILL})(?P<slash>/)\s*(?P<symbol>(?:\d{{4}}/)?{_GROUP}(?:\s?[-–]\s?{_GROUP})*)"
)
_DATE: Final = re.compile(
    rf"(?P<place>[^,;]*?)[\s,]*(?P<ngay>ngày)(?P<day>{_FILL})(?P<thang>tháng)(?P<month>{_FILL})"
    r"(?P<nam>năm)(?P<year>[\d.…_\s]*)\.?$",
    re.IGNORECASE,
)
_ABOUT: Final = re.compile(r"^V\s*/\s*v\s*[:.]?\s*", re.IGNORECASE)
_STOP: Final = re.compile(r"^(Kính gửi|Căn cứ|KHẨN$|THƯỢNG KHẨN$|HO[ẢA][ ]?T[ỐO]C)", re.IGNORECASE)


@dataclass(frozen=True)
class Head:
    """What was read there; `bottom` is the lowest baseline that belongs to the head."""

    bottom: float
    issuing_body: Field = NOT_FOUND
    symbol: Field = NOT_FOUND
    number: Blank | None = None
    day: Blank | None = None
    month: Blank | None = None
    year: Blank | None = None
    place: Field = NOT_FOUND
    kind: Field = NOT_FOUND
    subject: Field = NOT_FOUND


def read_head(sheet: Sheet) -> Head:
    """The head of `sheet`, the first page. What was not found has confidence 0."""
    motto = _motto(sheet)
    border = motto.x0 - 2 if motto else sheet.frame[0] + sheet.width / 2
    head = [row for row in sheet.rows if sheet.up(row.baseline) > 1 - HEAD]
    number_row, number = _number_row(head)
    date_row, date = _date_row(sheet, head, number_row, number)
    line = number_row or date_row
    foot = line.baseline if line else (motto.baseline if motto else sheet.frame[3])
    symbol = _symbol(sheet, number_row, number)
    below = [row for row in sheet.rows if row.baseline < foot - 2]
    found, subject, last = _kind_and_subject(sheet, below, border, symbol.text)
    blanks = _date_blanks(sheet, date_row, date, sure=number_row is not None)
    return Head(
        bottom=last.baseline if last else foot,
        issuing_body=_issuing_body(sheet, motto, border, foot),
        symbol=symbol,
        number=_number_blank(sheet, number_row, number),
        day=blanks.get("day"),
        month=blanks.get("month"),
        year=blanks.get("year"),
        place=_place(sheet, date_row, date),
        kind=found,
        subject=subject,
    )


def _motto(sheet: Sheet) -> Piece | None:
    """The national name, which begins the right column even where the gap before it is narrow."""
    for row in sheet.rows[:12]:
        letters = "".join(folded(g.text)[:1] or " " for g in row.glyphs)
        at = letters.find(MOTTO)
        if at >= 0:
            return Piece(row.glyphs[at : at + len(MOTTO)])
    return None


def _issuing_body(sheet: Sheet, motto: Piece | None, border: float, foot: float) -> Field:
    """Box 2: the parent stands above and is not bold; the lines of the body itself are bold."""
    top = motto.baseline + 1.5 * motto.size if motto else sheet.frame[3]
    lines = [
        part
        for row in sheet.rows
        if foot + 4 < row.baseline <= top and (part := row.left_of(border)) and part.has_letters
    ]
    if not lines:
        return NOT_FOUND
    own = [line for line in lines if line.bold]
    sure = 0.95 if motto else 0.6
    if not own:
        own, sure = lines[-1:], 0.6
    elif own != lines[len(lines) - len(own) :]:
        sure = 0.6
    if not all(line.capital for line in own):
        sure = min(sure, 0.7)
    return Field(" ".join(line.text for line in own), sheet.box_of(own), sure, "bold lines left of the motto")


def _number_row(rows: Iterable[Piece]) -> tuple[Piece | None, re.Match[str] | None]:
    for row in rows:
        found = _NUMBER.match(row.text)
        if found:
            return row, found
    return None, None


def _symbol(sheet: Sheet, row: Piece | None, found: re.Match[str] | None) -> Field:
    if row is None or found is None:
        return NOT_FOUND
    part = row.part(*found.span("symbol"))
    assert part is not None
    text = re.sub(r"\s+", "", found["symbol"]).replace("–", "-").rstrip(".")
    return Field(text, sheet.box_of([part]), 0.98, "after the slash of the number line")


def _number_blank(sheet: Sheet, row: Piece | None, found: re.Match[str] | None) -> Blank | None:
    if row is None or found is None:
        return None
    before = _glyph(row, 0, found.start("fill"), -1)
    after = _glyph(row, found.start("slash"), found.end("slash"), 0)
    return _blank(sheet, before, after.x0, found["fill"], 0.98)


def _glyph(row: Piece, start: int, end: int, which: int) -> Glyph:
    part = row.part(start, end)
    assert part is not None  # the expression matched letters there
    return part.glyphs[which]


def _blank(sheet: Sheet, before: Glyph, x1: float, fill: str, confidence: float) -> Blank:
    """The free space from `before` to `x1`; dots or a printed number in it do not narrow it."""
    digits = re.sub(r"\D", "", fill)
    if not digits and fill.strip():
        confidence = min(confidence, 0.9)
    box = sheet.box(
        before.x1,
        before.baseline - 0.25 * before.size,
        max(x1, before.x1 + 0.1),
        before.baseline + 0.85 * before.size,
    )
    return Blank(box, before.baseline, before.size, before.italic, before.bold, digits or None, confidence)


def _date_row(
    sheet: Sheet, rows: Iterable[Piece], number_row: Piece | None, number: re.Match[str] | None
) -> tuple[Piece | None, re.Match[str] | None]:
    """The date line: beside the number, or (less surely) alone in the right half."""
    for row in rows:
        begin = number.end() if number and row is number_row else 0
        found = _DATE.match(row.text, begin)
        if found is None:
            continue
        part = row.part(*found.span())
        if part is None:
            continue
        centre, left = sheet.across(part.centre), sheet.across(part.x0)
        if number_row is None:
            beside = centre > 0.55 and left > 0.4
        else:
            beside = centre > 0.5 and left > 0.3 and abs(row.baseline - number_row.baseline) < 2 * row.size
        if beside:
            return row, found
    return None, None


def _date_blanks(
    sheet: Sheet, row: Piece | None, found: re.Match[str] | None, *, sure: bool
) -> dict[str, Blank]:
    if row is None or found is None:
        return {}
    digits = re.sub(r"\D", "", found["year"])
    confidence = 0.98 if sure else 0.75
    if digits and len(digits) != 4:
        confidence = 0.5  # `năm 20…`: a person says how it goes on
    words = {name: row.part(*found.span(name)) for name in ("ngay", "thang", "nam")}
    day, month, year = (piece for piece in words.values() if piece is not None)
    blanks = {
        "day": _blank(sheet, day.glyphs[-1], month.x0, found["day"], confidence),
        "month": _blank(sheet, month.glyphs[-1], year.x0, found["month"], confidence),
    }
    last = year.glyphs[-1]
    edge = max([*(piece.x1 for piece in sheet.pieces), last.x1 + 2.4 * last.size])
    if digits:
        edge = row.x1
    edge = min(edge, sheet.frame[2] - 10 * MM)
    blanks["year"] = _blank(sheet, last, edge, found["year"], confidence)
    return blanks


def _place(sheet: Sheet, row: Piece | None, found: re.Match[str] | None) -> Field:
    if row is None or found is None:
        return NOT_FOUND
    part = row.part(*found.span("place"))
    if part is None:
        return NOT_FOUND
    return Field(found["place"].strip(), sheet.box_of([part]), 0.95, "before the date")


def _kind_and_subject(
    sheet: Sheet, below: Sequence[Piece], border: float, symbol: str
) -> tuple[Field, Field, Piece | None]:
    for at, row in enumerate(below[:14]):
        first = row.pieces[0]
        if _ABOUT.match(first.text) and sheet.across(first.centre) < 0.5:
            subject, last = _about(sheet, below[at:], border)
            return _letter(sheet, first, symbol), subject, last
        known = kind_of(row.text) if row.capital else None
        if known and abs(sheet.across(row.centre) - 0.52) < 0.15:
            subject, last = _subject(sheet, row, below[at + 1 :])
            return _kind(sheet, row, known, symbol), subject, last
    return NOT_FOUND, NOT_FOUND, None


def _first_group(symbol: str) -> str:
    return symbol.rpartition("/")[2].partition("-")[0]


def _kind(sheet: Sheet, row: Piece, known: Kind, symbol: str) -> Field:
    """Its line and the symbol should say the same; where they do not, a person looks."""
    agrees = not known.abbreviation or _first_group(symbol) == known.abbreviation
    sure = (0.98 if agrees else 0.6) if symbol else 0.85
    return Field(known.code, sheet.box_of([row]), sure, "its line of capitals")


def _letter(sheet: Sheet, piece: Piece, symbol: str) -> Field:
    """A công văn has no kind in its symbol."""
    named = {k.abbreviation for k in map(kind, ("QĐ", "TB", "KH", "BC", "TTr", "NQ", "CĐ"))}
    sure = 0.6 if _first_group(symbol) in named else 0.95
    return Field("CV", sheet.box_of([piece]), sure, "V/v under the number")


def _about(sheet: Sheet, rows: Sequence[Piece], border: float) -> tuple[Field, Piece]:
    """5b: `V/v …` and the lines under it in the left column."""
    lines = [rows[0].pieces[0]]
    for row in rows[1:]:
        piece, above = row.pieces[0], lines[-1]
        near = above.baseline - piece.baseline <= 1.9 * above.size
        beside = piece.centre < border and abs(piece.size - above.size) <= 1.5
        if not (near and beside) or _STOP.match(piece.text):
            break
        lines.append(piece)
    text = _ABOUT.sub("", " ".join(line.text for line in lines))
    return Field(text, sheet.box_of(lines), 0.95, "after V/v"), lines[-1]


def _subject(sheet: Sheet, above: Piece, rows: Sequence[Piece]) -> tuple[Field, Piece]:
    """5a: the bold lines centred below the kind, up to a gap, a plain line, or the authority in capitals."""
    centre, lines, sure = above.centre, list[Piece](), 0.95
    for row in rows:
        centred = abs(row.centre - centre) < 0.05 * sheet.width
        near = above.baseline - row.baseline <= (1.8 if lines else 2.4) * max(row.size, above.size)
        turns = bool(lines) and (row.capital != lines[0].capital or row.bold != lines[0].bold)
        if not (centred and near and row.has_letters) or turns or _STOP.match(row.text):
            break
        if not row.bold:
            sure = 0.6
        lines.append(row)
        above = row
    if not lines:
        return NOT_FOUND, above
    sure = min(sure, 0.75) if lines[0].capital else sure
    return Field(" ".join(r.text for r in lines), sheet.box_of(lines), sure, "centred below the kind"), lines[
        -1
    ]
