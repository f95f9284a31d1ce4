"""The foot of the main part: who signs, in what capacity, where the signature goes, and `Nơi nhận`.

The anchor is the signer's full name on the last page before any appendix (R-LAY-01): a line of bold
words, each with a capital, under a free space, under lines of capitals (box 7a). A second title between
the free space and the name (advisory bodies) belongs to the name.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from document.layout import Piece, Sheet
from document.page import MM, Box, Field

NOT_FOUND: Final = Field()
AREA_WIDTH: Final = 60 * MM
MARGIN: Final = 15 * MM
FREE: Final = 2.3
"""Of the font size: a wider step between two lines is the room for a signature."""
_PREFIX: Final = re.compile(r"^(TM|Q|KT|TL|TUQ|T/M|K/T|T/L)(?:\s*\.\s*|\s+)(?=[A-ZÀ-ỸĐ])")
_TITLE: Final = re.compile(
    r"^(PHÓ|CHỦ|CHÁNH|GIÁM|TỔNG|TRƯỞNG|CỤC|VỤ|BỘ|THỨ|VIỆN|HIỆU|THỦ|BÍ|THƯ|HÀM|QUYỀN|TRỢ|CHỈ|CHÍNH|PHỤ|ĐỘI|TRẠM|HẠT|CHI|KẾ|THANH|NGƯỜI)\b"
)
_BEFORE_NAME: Final = re.compile(
    r"^(?:(?P<rank>(?:Đại|Thượng|Trung|Thiếu) (?:tướng|tá|úy|uý)|Chuẩn (?:Đô đốc|úy)|(?:Phó )?Đô đốc)|"
    r"(?P<degree>(?:(?:GS|PGS|TSKH|TS|ThS|BS|BSCK|CN|KS|LS|DS|CK|CKI|CKII|NGND|NGƯT|TTND|TTƯT)\b[.,]?\s*)+))\s*"
)
_WORD: Final = r"[A-ZÀ-ỸĐ](?:['’]?[a-zà-ỹđ]+)?(?:['’-][A-ZÀ-ỸĐa-zà-ỹđ]+)*"
_NAME: Final = re.compile(rf"^{_WORD}(?: {_WORD}){{1,5}}$")
_CAPITAL_NAME: Final = re.compile(r"^[A-ZÀ-ỸĐ]+(?: [A-ZÀ-ỸĐ]+){1,4}$")
_KEEP: Final = re.compile(r"^-?\s*Lưu\s*:?\s*(?P<where>.*)$", re.IGNORECASE)
_COPIES: Final = re.compile(r"\.?\s*\([^)]*\)")
_LETTERS: Final = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Foot:
    """What was read there; `blocks` is the number of signature blocks on the page."""

    capacity: Field = NOT_FOUND
    title: Field = NOT_FOUND
    signer: Field = NOT_FOUND
    area: Box | None = None
    recipients: tuple[str, ...] = ()
    archive_unit: str = ""
    blocks: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Block:
    """Lines of capitals from top to bottom, perhaps a second title right above the name, the name."""

    titles: Sequence[Piece]
    second: Sequence[Piece]
    name: Piece

    @property
    def free(self) -> float:
        """The height of the room for the signature, in points."""
        return min(t.y0 for t in self.titles) - max(p.y1 for p in (*self.second, self.name))


def read_foot(sheet: Sheet, below: float) -> Foot | None:
    """The signature block of a page, looking only below the baseline `below`; None when it has none."""
    pieces = [p for p in sheet.pieces if p.baseline < below]
    blocks = list(_blocks(sheet, pieces))
    right = [b for b in blocks if sheet.across(b.name.centre) > 0.45]
    if not right:
        return None
    block = min(right, key=lambda b: b.name.baseline)
    sure = 0.98 if len(blocks) == 1 else 0.5
    if block.free < 1.5 * block.name.size:
        sure = min(sure, 0.6)
    capacity, title = _capacity_and_title(sheet, block, sure)
    signer, notes = _signer(sheet, block, sure)
    recipients, keeper = _recipients(sheet, block)
    return Foot(capacity, title, signer, _area(sheet, block), recipients, keeper, len(blocks), notes)


def _blocks(sheet: Sheet, pieces: Sequence[Piece]) -> Iterator[_Block]:
    for name in pieces:
        if not (_is_name(name) or _is_capital_name(name)):
            continue
        block = _block_above(sheet, name, pieces)
        if block is None or (name.capital and block.free < FREE * name.size):
            continue
        if any(_TITLE.match(t.text) or _PREFIX.match(t.text) for t in block.titles):
            yield block


def _is_name(piece: Piece) -> bool:
    bare = _BEFORE_NAME.sub("", piece.text)
    return not piece.capital and bool(_NAME.match(bare))


def _is_capital_name(piece: Piece) -> bool:
    text = piece.text
    return piece.capital and bool(_CAPITAL_NAME.match(text)) and not _TITLE.match(text)


def _block_above(sheet: Sheet, name: Piece, pieces: Sequence[Piece]) -> _Block | None:
    lines: list[Piece] = []
    column = [p for p in pieces if p.baseline > name.baseline + 1 and p.x0 < name.centre < p.x1]
    for piece in sorted(column, key=lambda p: p.baseline):
        if not _LETTERS.search(piece.text) or (piece.text.startswith("(") and piece.text.endswith(")")):
            continue  # a rule, or a remark such as "(Đã ký)"
        centred = abs(piece.centre - name.centre) < 0.07 * sheet.width
        if not (piece.capital and centred):
            break
        lines.append(piece)
    if not lines or lines[0].baseline - name.baseline > 0.35 * sheet.height:
        return None
    steps = [b.baseline - a.baseline for a, b in zip([name, *lines], lines, strict=False)]
    wide = [i for i, step in enumerate(steps) if step > FREE * name.size]
    at = wide[0] if wide else 0
    end = wide[1] if len(wide) > 1 else len(lines)
    return _Block(titles=lines[at:end][::-1], second=lines[:at][::-1], name=name)


def _capacity_and_title(sheet: Sheet, block: _Block, sure: float) -> tuple[Field, Field]:
    """Lines with TM., KT. ... are the capacity, wrapped ones joined; what follows them is the own title."""
    marked = [i for i, line in enumerate(block.titles) if _PREFIX.match(line.text)]
    cut = marked[-1] + 1 if marked else 0
    while marked and cut < len(block.titles) - 1 and not _TITLE.match(block.titles[cut].text):
        cut += 1  # the last authority goes on over this line
    upper, own = block.titles[:cut], block.titles[cut:]
    items: list[str] = []
    for line in upper:
        text = _PREFIX.sub(lambda m: m[1].replace("/", "") + ". ", line.text)
        if _PREFIX.match(line.text):
            items.append(text)
        elif items:
            items[-1] += " " + text
        else:
            items.append(text)
    how = "capitals above the free space"
    capacity = (
        Field(" / ".join(items), sheet.box_of(upper), sure, how) if upper else Field("", None, sure, how)
    )
    if own:
        known = _TITLE.match(own[0].text) and all(line.bold for line in own)
        title = Field(
            " ".join(line.text for line in own), sheet.box_of(own), min(sure, 0.95 if known else 0.75), how
        )
    elif upper[-1].text.startswith("Q"):
        # An acting head has no other title than the one acted in.
        title = Field(_PREFIX.sub("", upper[-1].text), sheet.box_of(upper[-1:]), sure, how)
    else:
        title = NOT_FOUND
    return capacity, title


def _signer(sheet: Sheet, block: _Block, sure: float) -> tuple[Field, tuple[str, ...]]:
    text, how = block.name.text, "bold under the free space"
    before = _BEFORE_NAME.match(text)
    notes = ("reading.degree_before_name",) if before and before["degree"] else ()
    text = _BEFORE_NAME.sub("", text)
    if block.name.capital:
        text, sure, how = text.title(), min(sure, 0.85), "capitals under the free space"
    if not block.name.bold:
        sure, how = min(sure, 0.75), "under the free space, not bold"
    return Field(text, sheet.box_of([block.name]), sure, how), notes


def _area(sheet: Sheet, block: _Block) -> Box:
    """Centred on the name, as wide as nothing else stands there, between title and name."""
    name = block.name
    own = {id(p) for p in (*block.titles, *block.second, name)}
    y0 = max(p.y1 for p in (*block.second, name))
    y1 = max(min(t.y0 for t in block.titles), y0 + 1)
    left, right = sheet.frame[0] + MARGIN, sheet.frame[2] - MARGIN
    for piece in sheet.pieces:
        if id(piece) in own or piece.y0 >= y1 or piece.y1 <= y0:
            continue
        if piece.x1 < name.centre:
            left = max(left, piece.x1 + 4)
        elif piece.x0 > name.centre:
            right = min(right, piece.x0 - 4)
    half = max(min(AREA_WIDTH / 2, name.centre - left, right - name.centre), 1)
    return sheet.box(name.centre - half, y0, name.centre + half, y1)


def _recipients(sheet: Sheet, block: _Block) -> tuple[tuple[str, ...], str]:
    """The list under `Nơi nhận:` left of the block, and the unit that keeps the document."""
    border = min(p.x0 for p in (*block.titles, block.name))
    left = [p for p in sheet.pieces if p.x0 < border and p.x1 < block.name.x0 + 30]
    begins = [p for p in left if p.text.startswith("Nơi nhận")]
    if not begins:
        return (), ""
    above = begins[-1]
    lines: list[str] = []
    for piece in (p for p in left if p.baseline < above.baseline - 1):
        if above.baseline - piece.baseline > 3 * piece.size:
            break
        above = piece
        if lines and not re.match(r"[-–+*]", piece.text):
            lines[-1] += " " + piece.text
        else:
            lines.append(piece.text)
    return _sorted_out(lines)


def _sorted_out(lines: Iterable[str]) -> tuple[tuple[str, ...], str]:
    recipients: list[str] = []
    keeper = ""
    for line in lines:
        kept = _KEEP.match(line)
        if kept:
            places = [_COPIES.sub("", part).strip(" .;") for part in kept["where"].split(",")]
            keeper = ", ".join(p for p in places if p and p != "VT")
        else:
            recipients.append(line.lstrip("-–+* ").rstrip(" ;.,"))
    return tuple(recipients), keeper
