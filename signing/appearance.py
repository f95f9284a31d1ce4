"""What a signature, a seal, a number and a stamp look like on paper.

Every appearance is a form XObject as large as its field, drawn once and given to pyHanko as it is.
"""

import io
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name as name
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp import BaseStampStyle

from document.errors import BadInput
from document.page import Box
from signing.embedding import DIGITS, Subset, subset
from signing.fonts import Family
from signing.plan import DESCENT, TextSpot
from signing.revision import Revision, numbers

Form = generic.IndirectObject
BLACK: Final = "0 g"
INK: Final = "0 0.18 0.55 rg"
"""The blue of a signature (R-SIG-06) where no image of it was given."""
_LARGEST: Final = 40_000_000
"""Pixels; a signature at 600 dpi has two million."""


@dataclass(frozen=True)
class Pixels:
    """An image as a PDF keeps it: colours and transparency apart, both deflated."""

    width: int
    height: int
    colours: bytes
    alpha: bytes


@lru_cache(maxsize=64)
def pixels(png: bytes) -> Pixels:
    """Read an image with transparency; once per image. Raises `BadInput("signing.image_bad")`."""
    try:
        with Image.open(io.BytesIO(png)) as image:
            if image.width * image.height > _LARGEST:
                raise BadInput("signing.image_bad")
            whole = image.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadInput("signing.image_bad") from error
    colours, alpha = whole.convert("RGB"), whole.getchannel("A")
    return Pixels(
        whole.width, whole.height, zlib.compress(colours.tobytes(), 9), zlib.compress(alpha.tobytes(), 9)
    )


def image_form(writer: Revision, png: bytes, box: Box) -> Form:
    """`png` in its own shape, as large as fits into `box`, in the middle."""
    image, frame = pixels(png), writer.page(box.page)[1]
    mask = _image(image, image.alpha, name("/DeviceGray"))
    picture = _image(image, image.colours, name("/DeviceRGB"))
    picture[name("/SMask")] = writer.add_object(mask)
    width, height = frame.size_of(box)
    scale = min(width / image.width, height / image.height)
    w, h = image.width * scale, image.height * scale
    content = f"q {w:.3f} 0 0 {h:.3f} {(width - w) / 2:.3f} {(height - h) / 2:.3f} cm /Im Do Q"
    resources = {"/XObject": {"/Im": writer.add_object(picture)}}
    return _form(writer, content, resources, (width, height), frame.turn)


def text_form(
    writer: Revision, spot: TextSpot, text: str, family: Family, *, lead: float | None = None
) -> Form:
    """A number or a part of the date in its blank, in the style of the text around it.

    Centred; or `lead` points from the blank's left edge, where nothing is printed to its right. Raises
    `ValueError` where the text is wider than its blank.
    """
    font = subset(family.face(bold=spot.bold, italic=spot.italic), DIGITS)
    frame = writer.page(spot.box.page)[1]
    size = frame.size_of(spot.box)
    room = size[0] - font.width(text, spot.size)
    if room < 0:
        raise ValueError(text)
    x = room / 2 if lead is None else min(lead, room)
    lines = [(x, DESCENT * spot.size, text)]
    return _lines(writer, font, points=spot.size, lines=lines, size=size, turn=frame.turn, marked=True)


def words_form(writer: Revision, words: tuple[str, ...], box: Box, family: Family) -> Form:
    """Lines of text in signature blue: stands in for a missing signature image.

    They stand in the right two thirds of the box, since the seal covers the left third (R-SIG-07).
    """
    font, frame = subset(family.regular, "".join(words)), writer.page(box.page)[1]
    width, height = frame.size_of(box)
    left, room = width / 3, width * 2 / 3
    widest = max(font.width(line, 1.0) for line in words)
    size = min(12.0, room / widest, height / (1.25 * len(words)))
    top = (height + 1.25 * size * len(words)) / 2
    lines = [
        (left + (room - font.width(line, size)) / 2, top - size * (1.0 + 1.25 * number), line)
        for number, line in enumerate(words)
    ]
    return _lines(writer, font, points=size, lines=lines, size=(width, height), turn=frame.turn, colour=INK)


def stamp_form(writer: Revision, text: str, box: Box, points: float, family: Family) -> Form:
    """One or two lines of black upright text, flush right (R-SIG-09, R-SIG-10)."""
    font, frame = subset(family.regular, text), writer.page(box.page)[1]
    width, height = frame.size_of(box)
    parts = [text] if font.width(text, points) <= width else text.split("; ", 1)
    lines = [
        (width - font.width(part, points), height - points * (0.95 + 1.2 * number), part)
        for number, part in enumerate(parts)
    ]
    return _lines(writer, font, points=points, lines=lines, size=(width, height), turn=frame.turn)


@dataclass(frozen=True)
class Drawn(BaseStampStyle):
    """Hands a finished appearance to pyHanko; None leaves the field's empty one."""

    form: Form | None = None

    def create_stamp(
        self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: dict[str, Any]
    ) -> Any:
        """pyHanko asks for something with `apply_appearance`."""
        del writer, box, text_params
        return self if self.form is not None else None

    def apply_appearance(self, annotation: generic.DictionaryObject) -> None:
        """Make the form the annotation's normal appearance."""
        show(annotation, self.form)


def show(annotation: generic.DictionaryObject, form: Form | None) -> None:
    """Make `form` the normal appearance of a widget."""
    annotation[name("/AP")] = generic.DictionaryObject({name("/N"): form})


def empty_form(writer: Revision, width: float, height: float) -> Form:
    """The appearance of a field that is still empty: nothing, but not missing."""
    return _form(writer, "", {}, (width, height))


def _image(image: Pixels, data: bytes, colours: generic.NameObject) -> generic.StreamObject:
    return generic.StreamObject(
        {
            name("/Type"): name("/XObject"),
            name("/Subtype"): name("/Image"),
            name("/Width"): generic.NumberObject(image.width),
            name("/Height"): generic.NumberObject(image.height),
            name("/ColorSpace"): colours,
            name("/BitsPerComponent"): generic.NumberObject(8),
            name("/Filter"): name("/FlateDecode"),
        },
        encoded_data=data,
    )


def _lines(
    writer: Revision,
    font: Subset,
    *,
    points: float,
    lines: list[tuple[float, float, str]],
    size: tuple[float, float],
    colour: str = BLACK,
    turn: int = 0,
    marked: bool = False,
) -> Form:
    shown = " ".join(f"1 0 0 1 {x:.3f} {y:.3f} Tm {font.show(text).decode()} Tj" for x, y, text in lines)
    content = f"q BT {colour} /F {points:.3f} Tf {shown} ET Q"
    if marked:
        # The mark of variable text in a form field (ISO 32000-1, 12.7.3.3).
        content = f"/Tx BMC {content} EMC"
    return _form(writer, content, {"/Font": {"/F": writer.once(font.name, font.put)}}, size, turn)


def _turned(turn: int) -> tuple[float, ...]:
    """The matrix that keeps a form upright on a page shown turned clockwise by `turn` degrees.

    A viewer fits the turned box into /Rect, so that no shift is needed (ISO 32000-1, 12.5.5).
    """
    cos, sin = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[turn]
    return (cos, sin, -sin, cos, 0, 0)


def _form(
    writer: Revision,
    content: str,
    resources: dict[str, dict[str, Form]],
    size: tuple[float, float],
    turn: int = 0,
) -> Form:
    entries = {
        name("/Type"): name("/XObject"),
        name("/Subtype"): name("/Form"),
        name("/BBox"): numbers(0, 0, *size),
        name("/Resources"): generic.DictionaryObject(
            {
                name(kind): generic.DictionaryObject({name(key): value for key, value in named.items()})
                for kind, named in resources.items()
            }
        ),
    }
    if turn:
        entries[name("/Matrix")] = numbers(*_turned(turn))
    return writer.add_object(generic.StreamObject(entries, stream_data=content.encode("ascii")))
