"""Whether a dropped file carries a secrecy mark, asked in memory before anything else is done with it.

Secret documents are outside this pipeline (R-SIG-16), and every copy of one is a further incident (F-10).
A mark is a paragraph, cell or line that consists of nothing but `MẬT`, `TỐI MẬT` or `TUYỆT MẬT`; the words
inside a sentence are none. Runs only inside children.
"""

import html
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Final

import pikepdf
from pypdfium2 import PdfiumError

from document.reading import secrecy_mark
from watch_folders.names import nfc

MARKS: Final = ("TUYỆT MẬT", "TỐI MẬT", "MẬT")

_MOST_XML: Final = 64 << 20
_TEXT_XML: Final = re.compile(r"(?:word|xl)/(?:[^/]+/)*[^/]+\.xml")
_BREAK: Final = re.compile(r"</?(?:\w+:)?(?:p|si|is|tc|tr|br|cr|tab|row|c)(?:\s[^>]*)?/?>")
_TAG: Final = re.compile(r"<[^>]*>")
_LINES: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_SQUEEZED: Final = {mark.replace(" ", ""): mark for mark in MARKS}
_LABEL: Final = re.compile(r"^(?:dấuchỉ)?độmật:", re.IGNORECASE)
_AROUND: Final = " \u00a0.,:;-–—_*[](){}|<>\"'“”"


def secrecy_of(data: bytes) -> str:
    """The mark that a file of any format carries, or an empty string.

    `pypdfium2.PdfiumError` of a PDF that cannot be read, not even when its structure is mended.
    """
    if b"%PDF-" in data[:1024]:
        return _pdf_mark(data)
    if data.startswith(b"PK"):
        return _first(_zipped_lines(data))
    return _first(_plain_lines(data))


def _pdf_mark(pdf: bytes) -> str:
    """A damaged or broken-off copy is asked too: it will be given back, and a secret one may not be moved."""
    try:
        return secrecy_mark(pdf)
    except PdfiumError:
        mended = io.BytesIO()
        try:
            with pikepdf.open(io.BytesIO(pdf)) as opened:
                opened.save(mended)
        except (pikepdf.PdfError, pikepdf.PasswordError):
            pass
        else:
            return secrecy_mark(mended.getvalue())
        raise


def _first(lines: Iterator[str]) -> str:
    return next(filter(None, map(mark_in, lines)), "")


def mark_in(line: str) -> str:
    """The mark that a line consists of, also letter-spaced, framed by strokes or after `Độ mật:`."""
    squeezed = "".join(nfc(line).strip(_AROUND).split())
    return _SQUEEZED.get(_LABEL.sub("", squeezed), "")


def _zipped_lines(data: bytes) -> Iterator[str]:
    """Paragraphs and cells of DOCX and XLSX: body, headers, footers, text boxes, shared texts."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for item in archive.infolist():
                if _TEXT_XML.fullmatch(item.filename) and item.file_size <= _MOST_XML:
                    xml = archive.read(item).decode("utf-8", errors="replace")
                    for piece in _BREAK.split(xml):
                        yield html.unescape(_TAG.sub("", piece))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return


def _plain_lines(data: bytes) -> Iterator[str]:
    """Lines of a text file, and the texts inside an old binary format."""
    for encoding in ("utf-8", "utf-16-le"):
        yield from _LINES.split(data.decode(encoding, errors="replace"))
