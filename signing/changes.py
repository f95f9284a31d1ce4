"""What was changed after a signature: two revisions of a file compared by what they mean.

Each signature covers a prefix of the file. The prefix is opened as a document of its own - what its
signer had - and compared with the next signed prefix, the last one with the whole file. The walk goes
from the trailer through everything reachable, so an object that is replaced is judged in every place
that uses it; how a tool wrote its update (cross-reference tables or streams, freed or rewritten
objects, extra white space) does not matter. Whether a change was allowed is told in `allowed.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, Literal

import pikepdf

from signing.form import Form, FormField, is_timestamp, may_write, paints_pictures, visible
from signing.overlay import hides
from signing.same import Comparison, Different, uses

Kind = Literal["long_term", "signature", "signature_field", "field", "forbidden"]

LONG_TERM_KEYS: Final = frozenset({"/DSS", "/Extensions", "/Metadata", "/Version", "/MarkInfo"})
"""Entries of the catalog that say nothing a reader sees (ISO 32000-2, 12.8.4.3 for /DSS)."""
FORM_KEYS: Final = frozenset({"/Fields", "/SigFlags", "/DR", "/DA", "/Q"})
"""Entries of the form that a signing tool writes; none of them shows by itself."""
NEW_FIELD_KEYS: Final = frozenset(
    {
        "/Type",
        "/Subtype",
        "/FT",
        "/T",
        "/TU",
        "/TM",
        "/Ff",
        "/F",
        "/V",
        "/P",
        "/Rect",
        "/AP",
        "/AS",
        "/MK",
        "/DA",
        "/Q",
        "/Lock",
        "/SV",
        "/Kids",
        "/Parent",
        "/BS",
        "/Border",
        "/NM",
        "/M",
        "/C",
        "/StructParent",
    }
)
"""What a signature field may hold; an action (/A, /AA) is not among it."""
VALUE_KEYS: Final = frozenset({"/V", "/AP", "/AS", "/F", "/Ff", "/M", "/Type"})


@dataclass(frozen=True)
class Change:
    """One change. `name`: the form field; `page` counts from 0; `code`: of the catalogue, when forbidden."""

    kind: Kind
    name: str = ""
    page: int | None = None
    code: str = ""
    seen: bool = True
    rect: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Step:
    """What happened between two revisions. `clear` is False when the comparison could not be finished."""

    changes: tuple[Change, ...]
    clear: bool = True


class Unclear(Exception):
    """The two revisions cannot be compared with certainty."""


@dataclass
class Revision:
    """A prefix of the file, opened as a document of its own."""

    pdf: pikepdf.Pdf
    form: Form

    @classmethod
    def open(cls, data: bytes) -> "Revision":
        """Raises `Unclear` when the prefix is no whole document; nothing is repaired on the way."""
        try:
            pdf = pikepdf.open(BytesIO(data), attempt_recovery=False, suppress_warnings=True)
            return cls(pdf, Form.read(pdf))
        except (pikepdf.PdfError, ValueError, RecursionError) as error:
            raise Unclear(str(error)) from error


def compare(old: Revision, new: Revision) -> Step:
    """Everything that differs between two revisions, in the order of the walk."""
    before = len(old.pdf.get_warnings())
    try:
        changes = tuple(_Walk(old, new).changes())
    except (Unclear, pikepdf.PdfError, ValueError, TypeError, RecursionError):
        return Step((), clear=False)
    # A reader that had to guess may have guessed otherwise than the one the reader of the file uses.
    return Step(changes, clear=bool(before) or not new.pdf.get_warnings())


class _Walk:
    def __init__(self, old: Revision, new: Revision) -> None:
        self.old, self.new = old, new
        self.old_pages = [page.obj for page in old.pdf.pages]
        self.new_pages = [page.obj for page in new.pdf.pages]
        handled = {page.objgen for page in self.old_pages} | old.form.nodes
        self.same = Comparison(frozenset(handled))
        self.page_of = {
            annotation.objgen: number
            for number, page in enumerate(self.new_pages)
            for annotation in page.get("/Annots", [])
        }

    def changes(self) -> Iterator[Change]:
        yield from self._trailer()
        yield from self._catalog()
        yield from self._form()
        if [page.objgen for page in self.old_pages] != [page.objgen for page in self.new_pages]:
            yield Change("forbidden", code="verdict.changed_pages")
            return
        for number, (old, new) in enumerate(zip(self.old_pages, self.new_pages, strict=True)):
            yield from self._page(number, old, new)

    def _trailer(self) -> Iterator[Change]:
        old, new = self.old.pdf.trailer, self.new.pdf.trailer
        if ("/Encrypt" in old) != ("/Encrypt" in new):
            yield Change("forbidden", code="verdict.changed_structure")
        if not self._equal(old.get("/Info"), new.get("/Info")):
            yield Change("long_term")

    def _catalog(self) -> Iterator[Change]:
        old, new = self.old.pdf.Root, self.new.pdf.Root
        for key in sorted(set(old.keys()) | set(new.keys())):
            if key in {"/AcroForm", "/Pages"}:
                continue
            if self._equal(old.get(key), new.get(key)):
                continue
            if key in LONG_TERM_KEYS and (key in new or key == "/MarkInfo"):
                yield Change("long_term")
            else:
                yield Change("forbidden", code="verdict.changed_structure", name=key)
        # The nodes of the page tree hold what pages inherit; the pages themselves are compared one by one.
        if not self._equal(old.Pages, new.Pages):
            yield Change("forbidden", code="verdict.changed_pages")

    # ---- the form

    def _form(self) -> Iterator[Change]:
        old, new = self.old.form, self.new.form
        for key in sorted(set(old.entries) | set(new.entries)):
            if key not in FORM_KEYS and not self._equal(old.entries.get(key), new.entries.get(key)):
                yield Change("forbidden", code="verdict.changed_structure", name=f"/AcroForm {key}")
        if not self._resources_kept(old.entries.get("/DR"), new.entries.get("/DR")):
            yield Change("forbidden", code="verdict.changed_structure", name="/AcroForm /DR")
        for name in old.fields.keys() - new.fields.keys():
            yield Change("forbidden", name=name, code="verdict.field_removed")
        for name, field in new.fields.items():
            known = old.fields.get(name)
            yield from self._new_field(field) if known is None else self._field(known, field)

    def _resources_kept(self, old: Any, new: Any) -> bool:
        """Whether each old default resource is what it was; new ones may be added."""
        if old is None:
            return True
        if not isinstance(new, pikepdf.Dictionary) or not isinstance(old, pikepdf.Dictionary):
            return False
        for key in map(str, old):
            was, now = old.get(key), new.get(key)
            if isinstance(was, pikepdf.Dictionary) and isinstance(now, pikepdf.Dictionary):
                if not all(self._equal(was[name], now.get(name), strict=True) for name in map(str, was)):
                    return False
            elif not self._equal(was, now):
                return False
        return True

    def _new_field(self, field: FormField) -> Iterator[Change]:
        parts = [field.dictionary, *field.widgets]
        if field.kind != "/Sig" or any(not set(part.keys()) <= NEW_FIELD_KEYS for part in parts):
            yield Change("forbidden", name=field.name, code="verdict.field_added")
            return
        created = self._shown(field, "signature_field")
        yield created
        if field.value is not None and created.kind != "forbidden":
            yield self._signed(field)

    def _signed(self, field: FormField) -> Change:
        return self._shown(field, "signature")

    def _shown(self, field: FormField, kind: Kind) -> Change:
        page, seen = self._page_of(field), visible(field)
        if seen and self._hides(field, page):
            return Change("forbidden", name=field.name, page=page, code="verdict.covers_text")
        if not seen and is_timestamp(field):
            kind = "long_term"
        return Change(kind, name=field.name, page=page, seen=seen, rect=field.rect)

    def _hides(self, field: FormField, page: int | None) -> bool:
        """Whether what the field shows now lies over what the page said before."""
        if page is None or page >= len(self.old_pages) or field.rect is None:
            return False
        return hides(self.old_pages[page], field.rect, [field.dictionary, *field.widgets])

    def _field(self, old: FormField, new: FormField) -> Iterator[Change]:
        name, page = new.name, self._page_of(new)
        value_kept = self._equal(old.value, new.value, strict=True)
        signing = old.kind == "/Sig" and old.value is None and not value_kept
        filling = old.kind != "/Sig" and not value_kept
        parts = [(old.dictionary, new.dictionary), *zip(old.widgets, new.widgets, strict=False)]
        if (
            old.kind != new.kind
            or len(old.widgets) != len(new.widgets)
            or not all(self._part_kept(*pair, signing=signing, filling=filling) for pair in parts)
            or (not value_kept and self._shares_appearance(old))
        ):
            yield Change("forbidden", name=name, page=page, code="verdict.field_changed")
        elif signing:
            yield self._signed(new)
        elif filling and self._hides(new, page):
            yield Change("forbidden", name=name, page=page, code="verdict.covers_text")
        elif filling and old.is_empty and not paints_pictures(new):
            yield Change("field", name=name, page=page, rect=new.rect)
        elif not value_kept:
            yield Change("forbidden", name=name, page=page, code="verdict.field_refilled")

    def _shares_appearance(self, field: FormField) -> bool:
        """Whether the field's appearance dictionary also served something else, which changes with it."""
        appearances = [part.get("/AP") for part in (field.dictionary, *field.widgets)]
        return any(
            appearance is not None and appearance.is_indirect and uses(self.old.pdf, appearance.objgen) > 1
            for appearance in appearances
        )

    def _part_kept(self, old: Any, new: Any, *, signing: bool, filling: bool) -> bool:
        """Whether a field's or widget's dictionary differs only where the act in question writes."""
        for key in {str(key) for part in (old, new) for key in part}:
            was, now = old.get(key), new.get(key)
            if key == "/Kids" or self._equal(was, now, strict=key in {"/AP", "/MK"}):
                continue
            if key not in VALUE_KEYS or not may_write(key, was, now, signing=signing, filling=filling):
                return False
        return True

    # ---- the pages

    def _page(self, number: int, old: Any, new: Any) -> Iterator[Change]:
        for key in sorted(set(old.keys()) | set(new.keys())):
            if key in {"/Annots", "/Parent"}:
                continue
            if not self._equal(old.get(key), new.get(key), strict=key in {"/Contents", "/Resources"}):
                yield Change("forbidden", page=number, code="verdict.changed_page")
                return
        yield from self._annotations(number, list(old.get("/Annots", [])), list(new.get("/Annots", [])))

    def _annotations(self, number: int, old: list[Any], new: list[Any]) -> Iterator[Change]:
        # Later annotations are painted over earlier ones, so the old ones must keep their order.
        others = iter(new)
        if not all(any(self._is_same(annotation, other) for other in others) for annotation in old):
            yield Change("forbidden", page=number, code="verdict.annotation_changed")
            return
        known = {annotation.objgen for annotation in old}
        added = self.new.form.nodes - self.old.form.nodes
        strange = [one for one in new if one.is_indirect and one.objgen not in known | added]
        if strange or sum(not one.is_indirect for one in new) > sum(not one.is_indirect for one in old):
            yield Change("forbidden", page=number, code="verdict.annotation_added")

    def _is_same(self, old: Any, new: Any) -> bool:
        """Whether both are the same annotation and show the same; a widget is judged with its field."""
        if old.objgen != new.objgen:
            return False
        return (old.is_indirect and old.objgen in self.old.form.nodes) or self._equal(old, new)

    def _page_of(self, field: FormField) -> int | None:
        nodes = [field.dictionary, *field.widgets]
        return next((self.page_of[node.objgen] for node in nodes if node.objgen in self.page_of), None)

    def _equal(self, old: Any, new: Any, *, strict: bool = False) -> bool:
        try:
            self.same.check(old, new, strict=strict)
        except Different:
            return False
        return True
