"""Whether what was changed after a signature was allowed.

Three things speak: the kind of the change, the permissions the signature itself gave (DocMDP,
ISO 32000-2, 12.8.2.2) and the fields it or its field locked (FieldMDP, 12.8.2.4). What people see may
be added only together with a later signature, which then answers for it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pikepdf

from signing.changes import Change, Step
from signing.evidence import Modification, Reason, reason
from signing.form import FormField

FILL_FORMS: Final = 2
"""DocMDP level 2: form filling and signing."""
_WORSE: Final[tuple[Modification, ...]] = (
    "none",
    "long_term",
    "signing",
    "form_filling",
    "unknown",
    "not_allowed",
)


@dataclass(frozen=True)
class Lock:
    """Which fields a signature locked: `action` is All, Include or Exclude (of `fields`)."""

    action: str
    fields: frozenset[str]

    def locks(self, name: str) -> bool:
        """Whether the field, or one it belongs to, is locked."""
        parts = name.split(".")
        named = any(".".join(parts[: end + 1]) in self.fields for end in range(len(parts)))
        return {"/All": True, "/Include": named, "/Exclude": not named}.get(self.action, True)


@dataclass(frozen=True)
class Limits:
    """What a signature allows after it: `level` 1, 2 or 3 (None: it says nothing), and its locks."""

    level: int | None = None
    locks: tuple[Lock, ...] = ()

    @classmethod
    def of(cls, field: FormField) -> "Limits":
        """Read from the signature and its field; where both speak, the stricter holds."""
        levels, locks = [], []
        for method, params in _references(field.value):
            if method == "/DocMDP":
                levels.append(_level(params.get("/P", FILL_FORMS)))
            elif method == "/FieldMDP":
                locks.append(_lock(params))
        prepared = field.dictionary.get("/Lock")
        if isinstance(prepared, pikepdf.Dictionary):
            locks.append(_lock(prepared))
            if "/P" in prepared:
                levels.append(_level(prepared.get("/P")))
        return cls(min(levels, default=None), tuple(locks))


def _references(value: Any) -> Iterator[tuple[str, Any]]:
    for entry in value.get("/Reference", []):
        params = entry.get("/TransformParams", pikepdf.Dictionary())
        yield str(entry.get("/TransformMethod", "")), params


def _level(raw: Any) -> int:
    """A level that is none forbids everything."""
    return raw if raw in {1, 2, 3} else 1


def _lock(raw: Any) -> Lock:
    return Lock(str(raw.get("/Action", "/All")), frozenset(map(str, raw.get("/Fields", []))))


@dataclass(frozen=True)
class Judgement:
    """What became of a document after one signature."""

    modification: Modification
    reasons: tuple[Reason, ...] = ()


def judge(limits: Limits, steps: Sequence[Step]) -> Judgement:
    """Judge all steps after one signature by what it allowed."""
    worst: Modification = "none"
    reasons: list[Reason] = []
    for step in steps:
        if not step.clear:
            worst = _worse(worst, "unknown")
            reasons.append(reason("verdict.changes_unclear"))
        for change in step.changes:
            found = _one(limits, change)
            worst = _worse(worst, found.modification)
            reasons += [new for new in found.reasons if new not in reasons]
    return Judgement(worst, tuple(reasons))


def _one(limits: Limits, change: Change) -> Judgement:
    if change.kind == "long_term":
        return Judgement("long_term")
    if change.kind == "forbidden":
        return Judgement("not_allowed", (say(change),))
    if limits.level == 1:
        return Judgement("not_allowed", (reason("verdict.no_changes_permitted", name=change.name),))
    if any(lock.locks(change.name) for lock in limits.locks):
        return Judgement("not_allowed", (reason("verdict.locked_field", name=change.name),))
    return Judgement("form_filling" if change.kind == "field" else "signing")


def closed(step: Step, closing: Limits | None) -> Step:
    """A step with the changes that nobody answers for made forbidden.

    `closing`: of the person's or organisation's signature that ends the step, or of a later one; None
    when none follows: then nothing that people see may have been added. Where the closing signature
    names the fields it fixes (an Include lock), only those may have been filled.
    """
    return Step(tuple(_closed(change, closing) for change in step.changes), step.clear)


def _closed(change: Change, closing: Limits | None) -> Change:
    shows = change.kind == "field" or (change.kind == "signature_field" and change.seen)
    if closing is None and shows:
        return _forbid(change, "verdict.added_after_last")
    if closing is not None and change.kind == "field":
        named = [lock for lock in closing.locks if lock.action == "/Include"]
        if named and not any(lock.locks(change.name) for lock in named):
            return _forbid(change, "verdict.foreign_field")
    return change


def _forbid(change: Change, code: str) -> Change:
    return Change("forbidden", change.name, change.page, code, change.seen, change.rect)


def say(change: Change) -> Reason:
    """The sentence about a forbidden change."""
    page = "?" if change.page is None else change.page + 1
    return reason(change.code, page=page, name=change.name)


def _worse(one: Modification, other: Modification) -> Modification:
    return max(one, other, key=_WORSE.index)
