"""Pages as pictures, drawn with PDFium. Runs only inside child processes (`document/children.py`)."""

from io import BytesIO
from typing import Final

from document.errors import NotFound
from document.glyphs import document

MOST_PIXELS: Final = 40_000_000
"""A page of odd proportions is drawn smaller rather than filling the memory."""


def page_count(pdf: bytes) -> int:
    """How many pages the file has."""
    with document(pdf) as opened:
        return len(opened)


def render_page(pdf: bytes, page: int, width: int) -> bytes:
    """Page `page` (from 0) as a PNG `width` pixels wide, with the appearances of its form fields.

    `NotFound` (`reading.no_page`) when there is no such page. `ValueError` when `width` is not positive.
    """
    if width <= 0:
        raise ValueError(width)
    with document(pdf) as opened:
        if not 0 <= page < len(opened):
            raise NotFound("reading.no_page", page=page + 1, pages=len(opened))
        opened.init_forms()
        shown = opened[page]
        across, up = shown.get_size()
        scale = width / across
        if width * up * scale > MOST_PIXELS:
            scale = (MOST_PIXELS / (across * up)) ** 0.5
        picture = shown.render(scale=scale, may_draw_forms=True).to_pil()
        file = BytesIO()
        picture.convert("RGB").save(file, "PNG")
        return file.getvalue()
