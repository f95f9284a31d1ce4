"""Files that the organisation signed alone, with its visible text: attachments, copies, and what looks so."""

import io
from datetime import datetime
from typing import Final

import pikepdf
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from certs.test.pki import Pki
from signing.appearance import stamp_form
from signing.fonts import family
from signing.plan import SEAL
from signing.prepare import prepare_attachment, stamp_box
from signing.revision import Revision
from signing.seal import STAMP_TEXT, stamp
from signing.sign import put
from tests.support.papers import pki_key
from tests.support.pen import HEIGHT, WIDTH, Pen, saved
from tests.support.sealed import NOW, ORGANISATION

SYMBOL: Final = "15/QĐ-UBND"
LINES: Final = (
    "Phụ lục",
    "DANH SÁCH THÀNH VIÊN",
    "(Kèm theo Quyết định số        /QĐ-UBND ngày      tháng      năm)",
    "1. Ông Trần Văn Mẫu, Phó Chủ tịch: Tổ trưởng;",
    "2. Bà Nguyễn Thị Kiểm: Tổ phó.",
)


def paper(*lines: str, letter_by_letter: bool = False) -> bytes:
    """A page with these lines, one below the other."""
    pen = Pen()
    pen.page()
    for number, line in enumerate(lines):
        at = (85.0, HEIGHT - 120 - 22 * number)
        for letter in line if letter_by_letter else [line]:
            at = (pen.write(at, letter), at[1])
    return pen.pdf()


def scan(pdf: bytes | None = None, *, wide: float = WIDTH, high: float = HEIGHT, mode: int = 3) -> bytes:
    """A page under a picture; the text of `pdf` in this mode: invisible, as a reader of scans adds it."""
    with pikepdf.open(io.BytesIO(pdf or paper("x"))) as opened:
        page = opened.pages[0]
        image = opened.make_stream(
            b"\xdd", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=1, Height=1,
            ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=8,
        )  # fmt: skip
        page.obj.Resources.XObject = pikepdf.Dictionary(Anh=image)
        text = page.obj.Contents.read_bytes().replace(b" Tf ", b" Tf %d Tr " % mode)
        page.obj.Contents = opened.make_stream(f"q {wide} 0 0 {high} 0 0 cm /Anh Do Q ".encode() + text)
        return saved(opened)


def turned(pdf: bytes, quarters: int) -> bytes:
    """The same page shown turned clockwise."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.pages[0].obj.Rotate = 90 * quarters
        return saved(opened)


def stamped(
    pki: Pki,
    pdf: bytes,
    *,
    text: str = STAMP_TEXT,
    at: datetime = NOW,
    organisation: str = ORGANISATION,
) -> bytes:
    """`pdf` signed as the product signs attachments; `text` as `seal.STAMP_TEXT`."""
    return stamp(
        prepare_attachment(pdf, 1),
        number_symbol=SYMBOL,
        at=at,
        key=pki_key(pki, organisation),
        timestamps=None,
        revocation=None,
        template=text,
    )


def stamped_at(pki: Pki, pdf: bytes, x: float, y: float, text: str) -> bytes:
    """The text somewhere else: (x, y) from the place where it belongs, in points of the page."""
    writer = Revision.on(pdf)
    there = stamp_box(writer)
    box = (there.x0 + x, there.y0 + y, there.x1 + x, there.y1 + y)
    append_signature_field(writer, SigFieldSpec(SEAL, on_page=0, box=box))  # type: ignore[arg-type]
    form = stamp_form(writer, text, there, 10.0, family())
    key = pki_key(pki, ORGANISATION)
    return put(writer, SEAL, form, key=key, at=NOW, timestamps=None, certify=True)
