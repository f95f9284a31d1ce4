"""Whether two objects of two revisions say the same, with everything that hangs on them."""

from typing import Any, Final

import pikepdf

_Pair = tuple[tuple[int, int], tuple[int, int], bool]

PAINTED: Final = frozenset(
    {
        "/Resources",
        "/Contents",
        "/AP",
        "/XObject",
        "/Font",
        "/Pattern",
        "/Shading",
        "/ExtGState",
        "/ColorSpace",
        "/Properties",
        "/MK",
    }
)
"""Below these an object is used to paint, whatever else it is: nothing there is left to another check."""
BACKWARD: Final = frozenset({"/Data"})
"""Points at the whole document (ISO 32000-2, table 256) and would compare it with itself."""
UNSAID: Final = frozenset({"/Length"})
"""Of a stream: its bytes are compared themselves."""


class Different(Exception):
    """The two say different things."""


class Comparison:
    """Compares objects of one pair of revisions; remembers what it has found equal.

    `handled` are objects (pages, form fields) that somebody else compares by rules of their own: met
    on the way, they need only be the same object - except where they are used to paint.
    """

    def __init__(self, handled: frozenset[tuple[int, int]]) -> None:
        self._handled = handled
        self._equal: set[_Pair] = set()

    def check(self, old: Any, new: Any, *, strict: bool = False) -> None:
        """Raise `Different` at the first difference. Cycles end: a pair is looked at once."""
        assumed: set[_Pair] = set()
        todo = [(old, new, strict)]
        while todo:
            was, now, painted = todo.pop()
            if not isinstance(was, pikepdf.Object) or not isinstance(now, pikepdf.Object):
                if type(was) is not type(now) or was != now:
                    raise Different
                continue
            if was.is_indirect or now.is_indirect:
                if was.objgen == now.objgen and was.objgen in self._handled and not painted:
                    continue
                pair = (was.objgen, now.objgen, painted)
                if pair in self._equal or pair in assumed:
                    continue
                assumed.add(pair)
            todo += _inside(was, now, painted=painted)
        self._equal |= assumed


def _inside(old: pikepdf.Object, new: pikepdf.Object, *, painted: bool) -> list[tuple[Any, Any, bool]]:
    """The pairs that must be equal for these two to be equal, or `Different`."""
    if old._type_code != new._type_code:  # noqa: SLF001 - pikepdf's own name for it
        raise Different
    if isinstance(old, pikepdf.Array):
        if len(old) != len(new):
            raise Different
        return [(was, now, painted) for was, now in zip(old, new, strict=True)]
    if isinstance(old, pikepdf.Stream):
        if old.read_raw_bytes() != new.read_raw_bytes():
            raise Different
        return _entries(old, new, BACKWARD | UNSAID, painted=painted)
    if isinstance(old, pikepdf.Dictionary):
        return _entries(old, new, BACKWARD, painted=painted)
    if bytes(old) != bytes(new) if isinstance(old, pikepdf.String) else old != new:
        raise Different
    return []


def _entries(
    old: pikepdf.Object, new: pikepdf.Object, left_out: frozenset[str], *, painted: bool
) -> list[tuple[Any, Any, bool]]:
    keys = set(old.keys()) - left_out
    if keys != set(new.keys()) - left_out:
        raise Different
    return [(old[key], new[key], painted or key in PAINTED) for key in keys]


def uses(pdf: pikepdf.Pdf, target: tuple[int, int]) -> int:
    """How many places of a document refer to an object."""
    return sum(_count(item, target) for item in pdf.objects if isinstance(item, pikepdf.Object))


def _count(item: pikepdf.Object, target: tuple[int, int]) -> int:
    """References to `target` within one object, those of objects below it not counted."""
    found, todo = 0, [item]
    while todo:
        container = todo.pop()
        if isinstance(container, pikepdf.Array):
            inside = list(container)
        elif isinstance(container, pikepdf.Dictionary | pikepdf.Stream):
            inside = [container[key] for key in map(str, container.keys())]
        else:
            continue
        for child in inside:
            if isinstance(child, pikepdf.Object) and not child.is_indirect:
                todo.append(child)
            elif isinstance(child, pikepdf.Object):
                found += child.objgen == target
    return found
