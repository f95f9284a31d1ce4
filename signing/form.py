"""The interactive form of one revision, as far as judging its changes needs it."""

from dataclasses import dataclass
from typing import Any, Final

import pikepdf

DEEPEST: Final = 64
"""Levels of fields; a deeper tree is no form that an office fills."""
HIDDEN: Final = 2 | 32
"""Annotation flags Hidden and NoView (ISO 32000-2, table 167)."""

SHOWING: Final = 1 | 2 | 4 | 32 | 256
"""Annotation flags that decide whether a field is seen: Invisible, Hidden, Print, NoView, ToggleNoView."""
HARMLESS_FIELD_FLAGS: Final = 1 | 2 | 4
"""Field flags that change neither look nor meaning: ReadOnly, Required, NoExport."""


@dataclass(frozen=True)
class FormField:
    """One field. `name` is fully qualified; `kind` its type, inherited where need be ("" when unknown)."""

    name: str
    kind: str
    dictionary: Any
    widgets: tuple[Any, ...]

    @property
    def value(self) -> Any:
        """`/V`, or None."""
        return self.dictionary.get("/V")

    @property
    def is_empty(self) -> bool:
        """Whether nobody had put anything into the field."""
        value = self.value
        if value is None or (isinstance(value, pikepdf.Name) and value == pikepdf.Name.Off):
            return True
        return isinstance(value, pikepdf.String | pikepdf.Array) and len(bytes_or_items(value)) == 0

    @property
    def rect(self) -> tuple[float, float, float, float] | None:
        """The box of its first widget, in points of the page; None when it has none."""
        return next((box for part in (self.dictionary, *self.widgets) if (box := _rect(part))), None)


def bytes_or_items(value: Any) -> Any:
    """The content of a string or an array."""
    return bytes(value) if isinstance(value, pikepdf.String) else list(value)


@dataclass(frozen=True)
class Form:
    """`entries`: those of /AcroForm; `fields` by full name; `nodes`: every field's and widget's object."""

    entries: dict[str, Any]
    fields: dict[str, FormField]
    nodes: frozenset[tuple[int, int]]

    @classmethod
    def read(cls, pdf: pikepdf.Pdf) -> "Form":
        """Raises `ValueError` on a form that can be read in two ways (loops, a name that stands twice)."""
        acroform = pdf.Root.get("/AcroForm")
        if not isinstance(acroform, pikepdf.Dictionary):
            return cls({}, {}, frozenset())
        reader = _Reader()
        for field in acroform.get("/Fields", []):
            reader.read(field, "", "", 0)
        entries = {key: acroform[key] for key in map(str, acroform)}
        return cls(entries, reader.fields, frozenset(reader.nodes))


class _Reader:
    def __init__(self) -> None:
        self.fields: dict[str, FormField] = {}
        self.nodes: set[tuple[int, int]] = set()

    def read(self, node: Any, parent: str, kind: str, depth: int) -> None:
        if not isinstance(node, pikepdf.Dictionary) or depth > DEEPEST:
            raise ValueError("form")
        self._enter(node)
        name = ".".join(part for part in (parent, str(node.get("/T", ""))) if part)
        kind = str(node.get("/FT", kind))
        kids = [kid for kid in node.get("/Kids", []) if isinstance(kid, pikepdf.Dictionary)]
        widgets = tuple(kid for kid in kids if "/T" not in kid)
        if name in self.fields:
            raise ValueError(f"field {name} stands twice")
        self.fields[name] = FormField(name, kind, node, widgets)
        for kid in kids:
            if "/T" in kid:
                self.read(kid, name, kind, depth + 1)
            else:
                self._enter(kid)

    def _enter(self, node: Any) -> None:
        if not node.is_indirect:
            return
        if node.objgen in self.nodes:
            raise ValueError("a field stands in two places")
        self.nodes.add(node.objgen)


def visible(field: FormField) -> bool:
    """Whether the field takes up room that somebody can see."""
    return any(
        (box := _rect(part)) is not None
        and (box[2] - box[0]) * (box[3] - box[1]) > 0
        and not int(part.get("/F", 0)) & HIDDEN
        for part in (field.dictionary, *field.widgets)
    )


def _rect(part: Any) -> tuple[float, float, float, float] | None:
    raw = part.get("/Rect")
    if not isinstance(raw, pikepdf.Array) or len(raw) != 4:
        return None
    x0, y0, x1, y1 = (float(number) for number in raw)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def is_timestamp(field: FormField) -> bool:
    """Whether the field holds a document time stamp, which is nobody's signature."""
    value = field.value
    return isinstance(value, pikepdf.Dictionary) and (
        value.get("/Type") == pikepdf.Name.DocTimeStamp
        or value.get("/SubFilter") == pikepdf.Name("/ETSI.RFC3161")
    )


def may_write(key: str, old: Any, new: Any, *, signing: bool, filling: bool) -> bool:
    """Whether signing or filling a field may write this entry so; without either, only harmless flags."""
    if key == "/F":
        return signing or (int(old or 0) ^ int(new or 0)) & SHOWING == 0
    if key == "/Ff":
        return signing or (int(old or 0) ^ int(new or 0)) & ~HARMLESS_FIELD_FLAGS == 0
    if key == "/Type":
        return bool(new == pikepdf.Name.Annot)
    return signing or filling


def paints_pictures(field: FormField) -> bool:
    """Whether the appearance of a filled text field paints more than text: a cover, not a value."""
    if field.kind != "/Tx":
        return False
    for part in (field.dictionary, *field.widgets):
        normal = part.get("/AP", {}).get("/N")
        if isinstance(normal, pikepdf.Stream):
            operators = {str(item.operator) for item in pikepdf.parse_content_stream(normal)}
            if operators & {"Do", "sh", "INLINE IMAGE"}:
                return True
    return False
