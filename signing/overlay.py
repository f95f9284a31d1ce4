"""Whether the look of a field that was filled or signed later hides what was already signed.

A later signature may paint its image or its text beside and between signed lines; the seal even lies over
a third of the leader's signature (R-SIG-07). What it may not do is paint something opaque over signed
text: so are the shadow and the certification attacks made.
"""

from collections.abc import Iterator
from typing import Any, Final

import pikepdf

from signing.painted import ADVANCE, Text, painted, times

Rect = tuple[float, float, float, float]

_PAINTING: Final = frozenset({"f", "F", "f*", "B", "B*", "b", "b*", "sh"})
_OPAQUE: Final = 0.6
"""Mean opacity from which an image hides what is below it; a round seal of thin lines is far lower."""
_DEEPEST: Final = 8
_EDGE: Final = 1.0


def hides(page: Any, rect: Rect, parts: list[Any]) -> bool:
    """Whether the appearances of `parts` (widgets) paint over text of `page` (as it was signed) in `rect`."""
    looks = [part.get("/AP", {}).get("/N") for part in parts]
    if not any(isinstance(look, pikepdf.Stream) and _opaque(look, 0) for look in looks):
        return False
    x0, y0, x1, y1 = rect
    return any(x0 + _EDGE < x < x1 - _EDGE and y0 + _EDGE < y < y1 - _EDGE for x, y in _text_points(page))


# ---- what an appearance paints


def _opaque(look: Any, depth: int) -> bool:
    if depth > _DEEPEST:
        return True
    objects = look.get("/Resources", {}).get("/XObject", {})
    for item in pikepdf.parse_content_stream(look):
        name = str(item.operator)
        if name in _PAINTING or (isinstance(item, pikepdf.ContentStreamInlineImage)):
            return True
        if name == "Do" and _opaque_object(objects.get(str(item.operands[0])), depth):
            return True
    return False


def _opaque_object(target: Any, depth: int) -> bool:
    if not isinstance(target, pikepdf.Stream):
        return False
    if target.get("/Subtype") == pikepdf.Name.Form:
        return _opaque(target, depth + 1)
    mask = target.get("/SMask")
    if isinstance(mask, pikepdf.Stream):
        alpha = mask.read_bytes()
        return not alpha or sum(alpha) / (255 * len(alpha)) > _OPAQUE
    return "/Mask" not in target and not target.get("/ImageMask", False)


# ---- where a page's text is


def _text_points(page: Any) -> Iterator[tuple[float, float]]:
    for one in painted(page):
        if isinstance(one, Text):
            for number in range(one.steps):
                spot = times((1, 0, 0, 1, number * one.size * ADVANCE, one.size * 0.2), one.place)
                yield spot[4], spot[5]
    for annotation in page.get("/Annots", []):
        box = annotation.get("/Rect")
        if "/V" in annotation and isinstance(box, pikepdf.Array) and len(box) == 4:
            x0, y0, x1, y1 = (float(edge) for edge in box)
            yield (x0 + x1) / 2, (y0 + y1) / 2  # an earlier signature, a number: content as well
