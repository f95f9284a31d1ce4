"""A hybrid-reference PDF in the shape of ISO 32000-1, 7.5.8.4, as word processors write it.

The structure tree goes into object streams, which a reader of PDF 1.4 does not know. The classic
table marks those objects free; a second, empty table carries /XRefStm, which points to a
cross-reference stream with all of them.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Dictionary, Name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PER_STREAM = 100
FREE, DIRECT, PACKED = 0, 1, 2


def hybrid(source: bytes) -> bytes:
    """Rewrite a tagged PDF as a hybrid one.

    Raises ValueError when the file has no structure tree to hide.
    """
    with pikepdf.open(io.BytesIO(source)) as pdf:
        hidden = [one for one in pdf.objects if _is_structure(one)]
        if not hidden:
            message = "no structure tree to hide"
            raise ValueError(message)
        return _write(pdf, {one.objgen[0] for one in hidden})


def _is_structure(one: pikepdf.Object) -> bool:
    return isinstance(one, Dictionary) and one.get("/Type") in (Name.StructElem, Name.StructTreeRoot)


def _write(pdf: pikepdf.Pdf, hidden: set[int]) -> bytes:
    out = bytearray(b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n")
    entries: dict[int, tuple[int, int, int]] = {}
    for one in pdf.objects:
        number = one.objgen[0]
        if number in hidden:
            continue
        entries[number] = (DIRECT, len(out), 0)
        out += _direct(number, one)
    last = max(one.objgen[0] for one in pdf.objects)
    numbers = sorted(hidden)
    for start in range(0, len(numbers), PER_STREAM):
        last += 1
        group = numbers[start : start + PER_STREAM]
        entries.update({number: (PACKED, last, index) for index, number in enumerate(group)})
        entries[last] = (DIRECT, len(out), 0)
        out += _object_stream(last, [pdf.get_object(number, 0) for number in group])
    stream_at, number = len(out), last + 1
    entries[number] = (DIRECT, stream_at, 0)
    trailer = _trailer(pdf, number + 1)
    out += _xref_stream(number, entries, trailer)
    table_at = len(out)
    out += _classic(entries, number + 1)
    out += b"trailer\n<<" + trailer + b">>\nstartxref\n%d\n%%%%EOF\n" % table_at
    second_at = len(out)
    out += b"xref\n0 0\ntrailer\n<<" + trailer + b" /Prev %d /XRefStm %d>>\n" % (table_at, stream_at)
    out += b"startxref\n%d\n%%%%EOF\n" % second_at
    return bytes(out)


def _direct(number: int, one: pikepdf.Object) -> bytes:
    if isinstance(one, pikepdf.Stream):
        raw = one.read_raw_bytes()
        keys = Dictionary({key: value for key, value in one.items() if key != "/Length"})
        head = keys.unparse(resolved=False)[:-2] + b"/Length %d >>" % len(raw)
        return b"%d 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (number, head, raw)
    return b"%d 0 obj\n%s\nendobj\n" % (number, one.unparse(resolved=True))


def _object_stream(number: int, members: Sequence[pikepdf.Object]) -> bytes:
    bodies = [one.unparse(resolved=True) + b"\n" for one in members]
    offset, pairs = 0, []
    for one, text in zip(members, bodies, strict=True):
        pairs.append(b"%d %d" % (one.objgen[0], offset))
        offset += len(text)
    index = b" ".join(pairs) + b"\n"
    content = index + b"".join(bodies)
    head = b"<</Type /ObjStm /N %d /First %d /Length %d>>" % (len(members), len(index), len(content))
    return b"%d 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (number, head, content)


def _xref_stream(number: int, entries: Mapping[int, tuple[int, int, int]], trailer: bytes) -> bytes:
    rows = [entries.get(one, (FREE, 0, 65535)) for one in range(number + 1)]
    content = b"".join(
        kind.to_bytes(1, "big") + place.to_bytes(4, "big") + index.to_bytes(2, "big")
        for kind, place, index in rows
    )
    head = b"<</Type /XRef %s /W [1 4 2] /Length %d>>" % (trailer, len(content))
    return b"%d 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (number, head, content)


def _classic(entries: Mapping[int, tuple[int, int, int]], size: int) -> bytes:
    """Give the table for old readers: what is packed is a link in the chain of free entries."""
    free = [number for number in range(size) if entries.get(number, (FREE, 0, 0))[0] != DIRECT]
    following = dict(zip(free, [*free[1:], 0], strict=True))
    rows = [
        b"%010d 65535 f \n" % following[number]
        if number in following
        else b"%010d 00000 n \n" % entries[number][1]
        for number in range(size)
    ]
    return b"xref\n0 %d\n" % size + b"".join(rows)


def _trailer(pdf: pikepdf.Pdf, size: int) -> bytes:
    root = pdf.trailer["/Root"].objgen[0]
    info = pdf.trailer["/Info"].objgen[0]
    first = bytes(pdf.trailer["/ID"][0]).hex().encode()
    return b"/Size %d /Root %d 0 R /Info %d 0 R /ID [<%s><%s>]" % (size, root, info, first, first)
