"""The law: the stages of a document and the moves between them. There is no other table of moves.

The SQL CHECK in `tables.py`, the diagram in `docs/stages.md` and the wording of each stage are derived
from here, and a test compares them.
"""

from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """Where a document stands. The values are stored."""

    RECEIVED = "received"
    """Bytes safe, read; waiting to be prepared, or for a person to confirm what was read."""
    PREPARED = "prepared"
    """Has its empty fields and has been rehearsed; waits for the checks of content and form (R-SIG-21)."""
    CHECKED = "checked"
    """Content and form have passed; waits for the leader."""
    APPROVED = "approved"
    """The leader said yes to this digest; the key has not been used yet: the PIN is needed (again)."""
    SIGNED = "signed"
    """Carries the leader's layer; waits for the clerk."""
    NUMBERED = "numbered"
    """Number and date are in the register; waits for the organisation's signature."""
    SEALED = "sealed"
    """Carries both layers; waits for the verdict."""
    VERIFIED = "verified"
    """Judged good as a stranger would; waits for delivery."""
    ISSUED = "issued"
    """Delivered; public where it announces procedures."""
    RETURNED = "returned"
    """Went back to its folder with a reason."""
    WITHDRAWN = "withdrawn"
    """Taken back by its unit before signing."""
    HELD = "held"
    """The machine gave up: says why, and waits for a person."""
    VOID = "void"
    """Its number stays in the register, marked, never reused."""
    RECALLED = "recalled"
    """Recalled after issue by a recall notice (R-REG-10)."""
    REPLACED = "replaced"
    """Replaced after issue by another document (R-REG-09)."""


_S = Stage
_BEFORE_SIGNING = frozenset({_S.RETURNED, _S.WITHDRAWN, _S.HELD})

MOVES: Final[dict[Stage, frozenset[Stage]]] = {
    _S.RECEIVED: frozenset({_S.PREPARED}) | _BEFORE_SIGNING,
    _S.PREPARED: frozenset({_S.CHECKED, _S.RECEIVED}) | _BEFORE_SIGNING,
    _S.CHECKED: frozenset({_S.APPROVED, _S.RECEIVED}) | _BEFORE_SIGNING,
    _S.APPROVED: frozenset({_S.SIGNED, _S.RECEIVED}) | _BEFORE_SIGNING,
    _S.SIGNED: frozenset({_S.NUMBERED, _S.RETURNED, _S.HELD}),
    _S.NUMBERED: frozenset({_S.SEALED, _S.VOID, _S.HELD}),
    _S.SEALED: frozenset({_S.VERIFIED, _S.VOID, _S.HELD}),
    _S.VERIFIED: frozenset({_S.ISSUED, _S.VOID, _S.HELD}),
    _S.ISSUED: frozenset({_S.RECALLED, _S.REPLACED}),
    _S.HELD: frozenset(
        {
            _S.RECEIVED, _S.PREPARED, _S.CHECKED, _S.APPROVED, _S.SIGNED,
            _S.NUMBERED, _S.SEALED, _S.VERIFIED, _S.RETURNED, _S.VOID,
        }
    ),
    _S.RETURNED: frozenset(),
    _S.WITHDRAWN: frozenset(),
    _S.VOID: frozenset(),
    _S.RECALLED: frozenset(),
    _S.REPLACED: frozenset(),
}  # fmt: skip
"""From a stage, where a document may go. HELD goes back only to where it came from, or out."""

LIVING: Final = frozenset(
    {
        _S.RECEIVED, _S.PREPARED, _S.CHECKED, _S.APPROVED, _S.SIGNED,
        _S.NUMBERED, _S.SEALED, _S.VERIFIED, _S.HELD,
    }
)  # fmt: skip
"""On its way: a second drop of the same set is answered with where the first one stands."""

MACHINE: Final = frozenset({_S.RECEIVED, _S.NUMBERED, _S.SEALED, _S.VERIFIED})
"""Stages that a worker carries on by itself (NUMBERED once the clerk has opened the key for it)."""


def may_move(old: Stage, new: Stage, held_from: Stage | None = None) -> bool:
    """Whether the table allows it.

    HELD goes back only to `held_from`, or to an end that stage itself could have come to: returned
    before a number was given, void after.
    """
    if old is not Stage.HELD or new not in MOVES[old]:
        return new in MOVES[old]
    return held_from is not None and (new is held_from or new in MOVES[held_from] - LIVING)
