"""The signatures in a file, and whether each one's bytes are what a signature's bytes must be."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import new as hashing
from typing import Any, Final

import pikepdf
from pyhanko.pdf_utils.generic import parse_pdf_date
from pyhanko.pdf_utils.misc import PdfError

from signing.cms_reading import Cms, Unreadable, holds, read_cms
from signing.evidence import Reason, reason
from signing.form import Form, FormField

FORMATS: Final = frozenset({"/adbe.pkcs7.detached", "/ETSI.CAdES.detached", "/ETSI.RFC3161"})
_HEX: Final = re.compile(rb"<[0-9A-Fa-f]*>")


@dataclass(frozen=True)
class Embedded:
    """One filled signature field of a file. `fault` says why it cannot be a signature over the file."""

    data: bytes
    field: FormField
    byte_range: tuple[int, int, int, int] | None
    contents: bytes
    message: Cms | None
    fault: Reason | None

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def end(self) -> int:
        """Where the signed part of the file ends (0: it signs no part)."""
        return 0 if self.byte_range is None else self.byte_range[2] + self.byte_range[3]

    @property
    def is_timestamp(self) -> bool:
        """A document time stamp, nobody's signature."""
        return self.message is not None and self.message.is_token

    @property
    def claimed(self) -> datetime | None:
        """The time in the signature's dictionary (/M), when it says its zone."""
        raw = self.field.value.get("/M")
        if raw is None:
            return None
        try:
            moment: datetime = parse_pdf_date(str(raw), strict=False)
        except (ValueError, PdfError):
            return None
        return moment if moment.tzinfo is not None else None

    @cached_property
    def is_intact(self) -> bool:
        """Whether the signature holds over the bytes it says it covers."""
        return self.fault is None and self.message is not None and holds(self.message, self._digest)

    def _digest(self, name: str) -> bytes:
        start, first, second, length = self.byte_range or (0, 0, 0, 0)
        whole = memoryview(self.data)
        digest = hashing(name, whole[start:first])
        digest.update(whole[second : second + length])
        return digest.digest()


def signatures(data: bytes, form: Form) -> list[Embedded]:
    """Every filled signature field of the file's last revision, in the order of signing."""
    found = [_read(data, field) for field in form.fields.values() if _is_filled(field)]
    return sorted(found, key=lambda one: (one.end, one.name))


def _is_filled(field: FormField) -> bool:
    return field.kind == "/Sig" and field.value is not None


def _read(data: bytes, field: FormField) -> Embedded:
    value = field.value
    if not isinstance(value, pikepdf.Dictionary):
        return Embedded(data, field, None, b"", None, reason("verdict.no_contents"))
    contents, byte_range = _contents(value), _byte_range(value)
    code = next(_faults(data, value, byte_range, contents), "")
    message = None
    if contents.strip(b"\0"):
        try:
            message = read_cms(contents)
        except Unreadable:
            code = code or "verdict.no_cms"
    fault = reason(code) if code else None
    return Embedded(data, field, byte_range, contents, message, fault)


def _contents(value: Any) -> bytes:
    raw = value.get("/Contents")
    return bytes(raw) if isinstance(raw, pikepdf.String) else b""


def _byte_range(value: Any) -> tuple[int, int, int, int] | None:
    raw = value.get("/ByteRange")
    if not isinstance(raw, pikepdf.Array) or len(raw) != 4:
        return None
    items: list[Any] = list(raw)
    numbers = [item for item in items if type(item) is int and item >= 0]
    return (numbers[0], numbers[1], numbers[2], numbers[3]) if len(numbers) == 4 else None


def _faults(
    data: bytes, value: Any, byte_range: tuple[int, int, int, int] | None, contents: bytes
) -> Iterator[str]:
    """What is wrong with the shape, worst first (ISO 32000-2, 12.8.1: all of the file but /Contents)."""
    if not contents.strip(b"\0"):
        yield "verdict.no_contents"
    if byte_range is None:
        yield "verdict.no_byte_range"
        return
    start, first, second, length = byte_range
    if start != 0 or second < first or second + length > len(data):
        yield "verdict.wrong_byte_range"
        return
    gap = data[first:second]
    # The one thing left out is this signature's own /Contents: else something else hides in the gap.
    if not _HEX.fullmatch(gap) or len(gap) % 2 or bytes.fromhex(gap[1:-1].decode("ascii")) != contents:
        yield "verdict.wrong_byte_range"
    if str(value.get("/SubFilter", "")) not in FORMATS:
        yield "verdict.unknown_format"
