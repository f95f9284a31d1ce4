"""Whether the look of a field that was filled or signed later hides what was already signed.

A later signature may paint its image or its text beside and between signed lines; the seal even lies over
a third of the leader's signature (R-SIG-07). What it may not do is paint something opaque over signed
text: so are the shadow and the certification attacks made. Text is found by following the page's text
operators; advance widths are guessed low, so that a point is never put where no text is.
"""

from collections.abc import Iterator
from typing import Any, Final

import pikepdf

Rect = tuple[float, float, float, float]
Matrix = tuple[float, float, float, float, float, float]

_PAINTING: Final = frozenset({"f", "F", "f*", "B", "B*", "b", "b*", "sh"})
_IDENTITY: Final[Matrix] = (1, 0, 0, 1, 0, 0)
_ADVANCE: Final = 0.4
"""Width of a letter, in ems: low for every text face."""
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
    yield from _Text(page.get("/Resources", {})).points(page, _IDENTITY, 0)
    for annotation in page.get("/Annots", []):
        box = annotation.get("/Rect")
        if "/V" in annotation and isinstance(box, pikepdf.Array) and len(box) == 4:
            x0, y0, x1, y1 = (float(edge) for edge in box)
            yield (x0 + x1) / 2, (y0 + y1) / 2  # an earlier signature, a number: content as well


class _Text:
    """Follows the text operators of one content stream (ISO 32000-2, 9.4)."""

    def __init__(self, resources: Any) -> None:
        self.resources = resources
        self.stack: list[Matrix] = []
        self.line: Matrix = _IDENTITY
        self.at: Matrix = _IDENTITY
        self.size = self.leading = 0.0

    def points(self, content: Any, ctm: Matrix, depth: int) -> Iterator[tuple[float, float]]:
        for item in pikepdf.parse_content_stream(content):
            if isinstance(item, pikepdf.ContentStreamInlineImage):
                continue
            name, operands = str(item.operator), list(item.operands)
            if name in {"q", "Q", "cm"}:
                ctm = self._state(name, operands, ctm)
            elif name in {"Tj", "TJ", "'", '"'}:
                yield from self._show(name, operands, ctm)
            elif name == "Do":
                yield from self._form(str(operands[0]), ctm, depth)
            else:
                self._move(name, operands)

    def _state(self, name: str, operands: list[Any], ctm: Matrix) -> Matrix:
        if name == "q":
            self.stack.append(ctm)
        elif name == "Q":
            return self.stack.pop() if self.stack else ctm
        else:
            return _times(_matrix(operands), ctm)
        return ctm

    def _move(self, name: str, operands: list[Any]) -> None:
        if name == "BT":
            self.line = self.at = _IDENTITY
        elif name == "Tf":
            self.size = float(operands[1])
        elif name == "TL":
            self.leading = float(operands[0])
        elif name == "Tm":
            self.line = self.at = _matrix(operands)
        elif name in {"Td", "TD"}:
            x, y = (float(number) for number in operands)
            self.leading = -y if name == "TD" else self.leading
            self._next(x, y)
        elif name == "T*":
            self._next(0, -self.leading)

    def _next(self, x: float, y: float) -> None:
        self.line = self.at = _times((1, 0, 0, 1, x, y), self.line)

    def _show(self, name: str, operands: list[Any], ctm: Matrix) -> Iterator[tuple[float, float]]:
        if name in {"'", '"'}:
            self._next(0, -self.leading)
        shown = operands[-1]
        pieces = list(shown) if isinstance(shown, pikepdf.Array) else [shown]
        letters = sum(len(bytes(piece)) for piece in pieces if isinstance(piece, pikepdf.String))
        # A letter of a composite font takes two bytes: the guess halves, and stays low.
        step = self.size * _ADVANCE
        for number in range(max(1, letters // 2)):
            spot = _times((1, 0, 0, 1, number * step, self.size * 0.2), _times(self.at, ctm))
            yield spot[4], spot[5]
        self.at = _times((1, 0, 0, 1, max(1, letters // 2) * step, 0), self.at)

    def _form(self, name: str, ctm: Matrix, depth: int) -> Iterator[tuple[float, float]]:
        target = self.resources.get("/XObject", {}).get(name)
        if depth < _DEEPEST and isinstance(target, pikepdf.Stream):
            if target.get("/Subtype") != pikepdf.Name.Form:
                return
            own = _matrix(list(target.get("/Matrix", _IDENTITY)))
            inner = _Text(target.get("/Resources", self.resources))
            yield from inner.points(target, _times(own, ctm), depth + 1)


def _matrix(numbers: list[Any]) -> Matrix:
    a, b, c, d, e, f = (float(number) for number in numbers)
    return a, b, c, d, e, f


def _times(one: Matrix, other: Matrix) -> Matrix:
    """`one` applied first."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m
