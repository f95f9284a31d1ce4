"""A second reader of a signed file, which shares no code with the first (pyHanko's beside qpdf).

A file that two readers understand differently can be shown differently, whatever its signatures say. So the
second must find the same signatures, each at its place and covering a whole revision.
"""

from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader, process_data_at_eof
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import extract_contents

from signing.embedded import Embedded


def agrees(pdf: bytes, found: Sequence[Embedded]) -> bool:
    """Whether it finds just the signatures `found`, all without fault, whole revisions each."""
    try:
        reader = PdfFileReader(BytesIO(_marked(pdf, found)), strict=False)
        theirs = {name: value.get_object() for name, value, _ in enumerate_sig_fields(reader, True)}
        ours = {one.name: one for one in found}
        return theirs.keys() == ours.keys() and all(
            _is_same(value, ours[name]) and _is_whole(reader, value, ours[name])
            for name, value in theirs.items()
        )
    except Exception:  # noqa: BLE001 - whatever it stumbles over: it does not read what qpdf reads
        return False


def _marked(pdf: bytes, found: Sequence[Embedded]) -> bytes:
    """The file with a short mark and spaces in place of each signature's value, at the same length.

    The first reader has seen that there are but hexadecimal digits; this one reads a byte at a time.
    """
    marked = bytearray(pdf)
    for one in found:
        _, first, second, _ = one.byte_range or (0, 0, 0, 0)
        room = second - first - 2
        marked[first:second] = b"<" + _mark(one).hex().encode("ascii").ljust(room) + b">"
    return bytes(marked)


def _mark(one: Embedded) -> bytes:
    return sha256(one.contents).digest()[: len(one.contents)]


def _is_same(value: Any, one: Embedded) -> bool:
    return tuple(value["/ByteRange"]) == one.byte_range and extract_contents(value) == _mark(one)


def _is_whole(reader: PdfFileReader, value: Any, one: Embedded) -> bool:
    """Whether the signature covers the whole file, or all of its revision and of those before it."""
    stream, xrefs = reader.stream, reader.xrefs
    if one.end == stream.seek(0, 2):
        return True
    revision = xrefs.get_last_change(value.container_ref)
    stream.seek(one.end)
    starts = process_data_at_eof(stream) == xrefs.get_startxref_for_revision(revision)
    tables = (xrefs.get_xref_container_info(number) for number in range(revision + 1))
    return starts and all(table.end_location <= one.end for table in tables)
