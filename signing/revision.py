"""One incremental revision: the bytes that came in stay, exactly, as a prefix of those that go out.

A revision made twice from the same input is the same bytes: a key is used once per intent, so a process
that died after the key was used must ask for the same signature again.
"""

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Self

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from document.errors import NiemError, Returnable
from document.page import Box
from signing.frame import Frame

BROKEN: Final = (
    PdfError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    NotImplementedError,
    RecursionError,
    OSError,
)
"""What pyHanko raises on a PDF that is not as it should be."""


class Revision(IncrementalPdfFileWriter):
    """pyHanko's writer, made repeatable: no random identifier, no time of the machine.

    Hybrid files, as Word saves them, are read leniently: strict reading refuses to sign them.
    """

    _placed: dict[str, generic.IndirectObject]

    @classmethod
    def on(cls, pdf: bytes) -> Self:
        """A revision on top of `pdf`."""
        revision = cls(io.BytesIO(pdf), strict=False)
        revision._placed = {}
        return revision

    def once(self, key: str, put: Callable[["Revision"], generic.IndirectObject]) -> generic.IndirectObject:
        """The object of this name, put into this revision by `put` the first time."""
        if key not in self._placed:
            self._placed[key] = put(self)
        return self._placed[key]

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> generic.ArrayObject:
        # ISO 32000-1, 14.4: the first part stays, the second tells this revision from the one before.
        stream = prev.stream
        size = stream.seek(0, io.SEEK_END)
        stream.seek(max(0, size - 65536))
        seed = b"%d:" % size + stream.read()
        second = hashlib.sha256(seed).digest()[:16]
        try:
            first = prev.trailer["/ID"][0]
            original = getattr(first, "original_bytes", first)
        except (KeyError, IndexError, TypeError):
            original = second
        return generic.ArrayObject(map(generic.ByteStringObject, (original, second)))

    def _update_meta(self) -> None:
        # Producer and dates stay those of the document; the signature dictionary tells who signed and when.
        return

    @property
    def form(self) -> generic.DictionaryObject:
        """The file's form; `KeyError` where it has none."""
        form = self.root["/AcroForm"]
        if not isinstance(form, generic.DictionaryObject):
            raise TypeError("/AcroForm")
        return form

    def field(self, wanted: str) -> tuple[generic.DictionaryObject, generic.IndirectObject] | None:
        """The top-level field of this name and its reference."""
        for reference in follow(self.form, "/Fields") if "/AcroForm" in self.root else ():
            field = reference.get_object()
            if isinstance(field, generic.DictionaryObject) and follow(field, "/T") == wanted:
                return field, reference
        return None

    def page(self, number: int) -> tuple[generic.IndirectObject, Frame]:
        """Reference and frame of a page: its CropBox within its MediaBox (ISO 32000-1, 14.11.2)."""
        reference = self.find_page_for_modification(number)[0]
        page = reference.get_object()
        media = _rectangle(_inherited(page, "/MediaBox"))
        crop = _rectangle(_inherited(page, "/CropBox") or _inherited(page, "/MediaBox"))
        low, high = map(max, media[:2], crop[:2]), map(min, media[2:], crop[2:])
        return reference, Frame(Box(number, *low, *high), int(_inherited(page, "/Rotate") or 0) % 360)

    def finish(self) -> bytes:
        """The whole file with this revision at its end."""
        out = io.BytesIO()
        self.write(out)
        return out.getvalue()


def follow(dictionary: Any, key: str) -> Any:
    """An entry with its reference resolved, which `get` would leave; an empty tuple where it is missing."""
    try:
        return dictionary[key]
    except KeyError:
        return ()


def _inherited(page: Any, key: str) -> Any:
    """A page attribute, looked for upwards (ISO 32000-1, 7.7.3.4); None where it is nowhere."""
    for _ in range(64):
        if key in page:
            return page[key]
        if "/Parent" not in page:
            return None
        page = page["/Parent"]
    return None


def _rectangle(raw: Any) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (float(value) for value in (raw or (0, 0, 612, 792)))
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def frames(pdf: bytes, pages: Iterable[int]) -> dict[int, Frame]:
    """The frames of some pages. Raises `Returnable("prepare.unreadable")`."""
    with readable("prepare.unreadable"):
        revision = Revision.on(pdf)
        return {number: revision.page(number)[1] for number in sorted(set(pages))}


@contextmanager
def readable(code: str, kind: type[NiemError] = Returnable) -> Iterator[None]:
    """Turn what pyHanko raises on an irregular PDF into our error `code` (its blank: `detail`)."""
    try:
        yield
    except BROKEN as error:
        raise kind(code, detail=type(error).__name__) from error


def numbers(*values: float) -> generic.ArrayObject:
    """A PDF array of numbers, rounded to a thousandth of a point."""
    return generic.ArrayObject([generic.FloatObject(f"{value:.3f}") for value in values])
