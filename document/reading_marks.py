"""Marks of secrecy and urgency (boxes 10a and 10b): words that stand alone, never words inside a sentence."""

import ctypes
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Final

import pypdfium2.raw as pdfium

from document.glyphs import quick_text, sheet
from document.layout import Sheet

SECRECY: Final = {"TUYỆTMẬT": "TUYỆT MẬT", "TỐIMẬT": "TỐI MẬT", "MẬT": "MẬT"}
URGENCY: Final = {
    "HỎATỐC": "HOẢ TỐC", "HOẢTỐC": "HOẢ TỐC", "HỎATỐCHẸNGIỜ": "HOẢ TỐC", "HOẢTỐCHẸNGIỜ": "HOẢ TỐC",
    "THƯỢNGKHẨN": "THƯỢNG KHẨN", "KHẨN": "KHẨN",
}  # fmt: skip
_LABELS: Final = ("ĐỘMẬT:", "DẤUCHỈĐỘMẬT:")


def _compact(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFC", text) if not c.isspace()).strip("[]()|.-*")


def _mark(text: str, marks: dict[str, str]) -> str:
    compact = _compact(text)
    for label in _LABELS:
        compact = compact.removeprefix(label)
    return marks.get(compact, "")


def urgency_on(page: Sheet) -> str:
    """The urgency mark in the upper part of the first page, or an empty string."""
    upper = (p.text for p in page.pieces if page.up(p.baseline) > 0.4)
    return next((mark for text in upper if (mark := _mark(text, URGENCY))), "")


def secrecy_in(opened: Any) -> str:
    """The highest secrecy mark on any page, in its notes, or as the file's own title; or an empty string."""
    found = {mark for text in _texts(opened) if (mark := _mark(text, SECRECY))}
    for index in range(len(opened)):
        if "MẬT" in _compact(quick_text(opened, index)):
            found.update(_marks_on(sheet(opened, index)))
    return next((mark for mark in SECRECY.values() if mark in found), "")


def _marks_on(page: Sheet) -> Iterator[str]:
    """Two different marks in one row are the heads of a table's columns."""
    yield from filter(None, (_mark(text, SECRECY) for text in page.aslant))
    for row in page.rows:
        marks = {mark for piece in row.pieces if (mark := _mark(piece.text, SECRECY))}
        if len(marks) == 1:
            yield from marks


def _texts(opened: Any) -> Iterable[str]:
    """What the page's text does not hold: the file's properties, and notes laid on pages."""
    yield from opened.get_metadata_dict(skip_empty=True).values()
    for index in range(len(opened)):
        page = opened[index]
        for at in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
            note = pdfium.FPDFPage_GetAnnot(page.raw, at)
            yield _string(note, b"Contents")
            yield _string(note, b"V")
            pdfium.FPDFPage_CloseAnnot(note)
        page.close()


def _string(note: Any, key: bytes) -> str:
    length = pdfium.FPDFAnnot_GetStringValue(note, key, None, 0)
    room = ctypes.create_string_buffer(length)
    wide = ctypes.cast(room, ctypes.POINTER(pdfium.FPDF_WCHAR))
    pdfium.FPDFAnnot_GetStringValue(note, key, wide, length)
    return room.raw.decode("utf-16-le", "replace").rstrip("\0")
