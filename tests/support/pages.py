"""Official documents drawn from parameters, on the page of Decree 30/2020/NĐ-CP (Annex I).

`letter(**fields)` gives the bytes; `draw(Letter(...))` also gives where everything stands.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.support.pen import HEIGHT, RED, WIDTH, Box, Pen, face

LEFT, RIGHT, TOP = 85.0, WIDTH - 56.7, HEIGHT - 56.7
ISSUER_MIDDLE, NATION_MIDDLE, SIGNER_MIDDLE = 170.0, 410.0, 420.0
NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"


class Signer(NamedTuple):
    """Boxes 7a and 7b of one signer."""

    capacity: tuple[str, ...]
    title: str
    name: str


MAU = Signer(("KT. CHỦ TỊCH",), "PHÓ CHỦ TỊCH", "Trần Văn Mẫu")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What is printed. An empty number, day, month or year is a blank as wide as its room (points)."""

    parent: str = ""
    issuer: tuple[str, ...] = ("ỦY BAN NHÂN DÂN", "TỈNH MINH GIANG")
    symbol: str = "/QĐ-UBND"
    number: str = ""
    number_room: float = 40
    place: str = "Minh Giang"
    day: str = ""
    month: str = ""
    year: str = ""
    date_room: float = 22
    year_room: float = 34
    kind: str = "QUYẾT ĐỊNH"
    """Empty for a công văn: the subject then stands under the number."""
    subject: tuple[str, ...] = ("Về việc kiện toàn Tổ rà soát thủ tục hành chính",)
    addressee: str = "Kính gửi: Sở Nội vụ tỉnh Minh Giang."
    body: tuple[str, ...] = (
        "Điều 1. Kiện toàn Tổ rà soát thủ tục hành chính gồm các thành viên theo danh sách kèm theo.",
        "Điều 2. Quyết định này có hiệu lực thi hành kể từ ngày ký./.",
    )
    signers: tuple[Signer, ...] = (MAU,)
    """In printed order, from left to right; none: no signer block."""
    recipients: tuple[str, ...] = ("Như Điều 2;", "Lưu: VT, KSTT.")
    marks: tuple[str, ...] = ()
    """Framed red marks under the number: urgency or secrecy (boxes 10a, 10b)."""
    pages: int = 1
    """Pages up to the one with the signature."""
    appendix: tuple[str, ...] = ()
    """Lines of an appendix on a page after the signature."""
    split_names: bool = False
    """Write each signer's name as two texts, as word processors do."""
    decomposed: bool = False
    """Write letters and their marks apart (NFD)."""


@dataclass(frozen=True)
class Drawn:
    """A file, and the places of number, day, month, year, name, title and mark in it."""

    pdf: bytes
    boxes: dict[str, list[Box]] = field(default_factory=dict)

    def box(self, key: str) -> Box:
        """Give the one place of that name; KeyError or ValueError when there is not exactly one."""
        (only,) = self.boxes[key]
        return only


def letter(**fields: Any) -> bytes:
    """Give a document as bytes; the fields are those of `Letter`."""
    return draw(Letter(**fields)).pdf


def draw(what: Letter) -> Drawn:
    """Draw a document."""
    pen = Pen()
    pen.page()
    y = _head(pen, what)
    y = _subject(pen, what, y)
    for text in what.body:
        y = _paragraph(pen, _form(what, text), y)
    for number in range(2, what.pages + 1):
        pen.page()
        pen.centre(WIDTH / 2, TOP + 18, str(number))
        y = _paragraph(pen, _form(what, "Các cơ quan có liên quan phối hợp thực hiện."), TOP - 20)
    _foot(pen, what, y - 18)
    if what.appendix:
        pen.page()
        pen.centre(WIDTH / 2, TOP - 14, "Phụ lục", style="bold", size=14)
        for index, text in enumerate(what.appendix, start=1):
            pen.centre(WIDTH / 2, TOP - 14 - 18 * index, _form(what, text))
    return Drawn(pen.pdf(), pen.boxes)


def _form(what: Letter, text: str) -> str:
    return unicodedata.normalize("NFD" if what.decomposed else "NFC", text)


def _head(pen: Pen, what: Letter) -> float:
    y = TOP - 12
    pen.centre(NATION_MIDDLE, y, _form(what, NATION), size=11.5, style="bold")
    motto = pen.centre(NATION_MIDDLE, y - 16, _form(what, MOTTO), style="bold")
    pen.rule(motto.left, motto.right, y - 21)
    lines = [(text, "regular") for text in ([what.parent] if what.parent else [])]
    lines += [(text, "bold") for text in what.issuer]
    for text, style in lines:
        last = pen.centre(ISSUER_MIDDLE, y, _form(what, text), size=11.5, style=style)
        y -= 15
    third = last.width / 3
    pen.rule(last.left + third, last.right - third, y + 10)
    y = min(y, TOP - 42) - 10
    _number(pen, what, y)
    _date(pen, what, y)
    if not what.kind:
        for text in what.subject:
            y -= 15
            pen.centre(ISSUER_MIDDLE, y, _form(what, text), size=12)
    for text in what.marks:
        y -= 30
        wide = face("bold").width(_form(what, text), 13)
        left = ISSUER_MIDDLE - wide / 2
        pen.write((left, y), _form(what, text), style="bold", colour=RED)
        inner = pen.place(left, y, wide, 13)
        framed = Box(inner.page, left - 8, inner.bottom - 4, inner.right + 8, inner.top + 6)
        pen.frame(framed, RED)
        pen.name("mark", framed)
    return y


def _number(pen: Pen, what: Letter, y: float) -> None:
    own = face("regular")
    wide = own.width("Số:" + what.symbol, 13) + (own.width(f" {what.number}", 13) or what.number_room)
    x = ISSUER_MIDDLE - wide / 2
    x = _gap(pen, "number", (pen.write((x, y), _form(what, "Số:")), y), what.number, what.number_room)
    pen.write((x, y), _form(what, what.symbol))


def _date(pen: Pen, what: Letter, y: float) -> None:
    room = what.date_room
    own = face("italic")
    wide = own.width(f"{what.place}, ngàythángnăm", 13) + 2 * room + what.year_room
    x = pen.write((NATION_MIDDLE - wide / 2, y), _form(what, f"{what.place}, ngày"), style="italic")
    x = _gap(pen, "day", (x, y), what.day, room, style="italic")
    x = pen.write((x, y), _form(what, "tháng"), style="italic")
    x = _gap(pen, "month", (x, y), what.month, room, style="italic")
    x = pen.write((x, y), _form(what, "năm"), style="italic")
    _gap(pen, "year", (x, y), what.year, what.year_room, style="italic")


def _gap(
    pen: Pen, key: str, at: tuple[float, float], text: str, room: float, *, style: str = "regular"
) -> float:
    """Write a value, or leave its room blank with the spaces a clerk types; give where it ends."""
    space = face(style).width(" ", 13)
    if text:
        return pen.write(at, f" {text} " if key != "number" else f" {text}", style=style)
    pen.write(at, " " * int(room / space), style=style)
    pen.name(key, pen.place(*at, room, 13))
    return at[0] + room


def _subject(pen: Pen, what: Letter, y: float) -> float:
    y -= 34
    if not what.kind:
        pen.centre(WIDTH / 2, y, _form(what, what.addressee), size=14)
        return y - 26
    pen.centre(WIDTH / 2, y, _form(what, what.kind), size=14, style="bold")
    for text in what.subject:
        y -= 18
        last = pen.centre(WIDTH / 2, y, _form(what, text), size=14, style="bold")
    pen.rule(last.left + last.width / 3, last.right - last.width / 3, y - 8)
    return y - 34


def _paragraph(pen: Pen, text: str, y: float, *, size: float = 13) -> float:
    line, x = "", LEFT + 36
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if x + face("regular").width(longer, size) > RIGHT:
            pen.write((x, y), line, size=size)
            line, x, y = word, LEFT, y - 18
        else:
            line = longer
    pen.write((x, y), line, size=size)
    return y - 24


def _foot(pen: Pen, what: Letter, y: float) -> None:
    for index, text in enumerate(("Nơi nhận:", *(f"- {text}" for text in what.recipients))):
        style, size = ("bold-italic", 12) if index == 0 else ("regular", 11)
        low = y - 14 * index - (70 if len(what.signers) > 1 else 0) * 2
        pen.write((LEFT, low), _form(what, text), size=size, style=style)
    for signer, middle in zip(what.signers, _middles(len(what.signers)), strict=True):
        _sign(pen, what, signer, (middle, y))


def _middles(count: int) -> tuple[float, ...]:
    """Give the middles of the signer blocks: one stands right, several share the line."""
    if count <= 1:
        return (SIGNER_MIDDLE,) * count
    step = (RIGHT - LEFT) / count
    return tuple(LEFT + step * (index + 0.5) for index in range(count))


def _sign(pen: Pen, what: Letter, signer: Signer, at: tuple[float, float]) -> None:
    middle, y = at
    for text in signer.capacity:
        pen.centre(middle, y, _form(what, text), size=14, style="bold")
        y -= 18
    pen.name("title", pen.centre(middle, y, _form(what, signer.title), size=14, style="bold"))
    name, y = _form(what, signer.name), y - 92
    wide = face("bold").width(name, 14)
    pen.name("name", pen.place(middle - wide / 2, y, wide, 14))
    half = len(name) // 2 if what.split_names else len(name)
    x = pen.write((middle - wide / 2, y), name[:half], size=14, style="bold")
    pen.write((x, y), name[half:], size=14, style="bold")
