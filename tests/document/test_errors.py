"""Errors that a person may read: a code, a text in two languages, and they survive a process border."""

import pickle

import pytest

from document import errors
from document.errors import (
    BadInput,
    Conflict,
    KeyLocked,
    NiemError,
    NotSignedIn,
    Refused,
    Returnable,
    Unavailable,
    WrongPin,
)
from document.stages import Stage


def kinds(root: type[NiemError] = NiemError) -> set[type[NiemError]]:
    return {root}.union(*(kinds(kind) for kind in root.__subclasses__()))


def test_the_tree_drawn_at_the_top_is_the_tree() -> None:
    drawn = {
        line.replace("│", " ").replace("├──", "").replace("└──", "").split()[0]
        for line in (errors.__doc__ or "").splitlines()
        if line.startswith("    ") and line.strip()
    }
    assert drawn == {kind.__name__ for kind in kinds() if kind.__module__ == "document.errors"}


@pytest.mark.parametrize(
    ("kind", "above"),
    [(Returnable, BadInput), (NotSignedIn, Refused), (WrongPin, Refused), (KeyLocked, Unavailable)],
)
def test_who_is_a_kind_of_whom(kind: type[NiemError], above: type[NiemError]) -> None:
    assert issubclass(kind, above)


def test_text_and_remedy_come_from_the_catalogue() -> None:
    error = Conflict("ledger.moved", stage=Stage.CHECKED)
    assert "Chờ ký" in error.text()
    assert "Awaiting signature" in error.text("en")
    assert error.fix("en") == "Reload the page to see where it stands."
    assert str(error).startswith("ledger.moved: ")


@pytest.mark.parametrize("kind", sorted(kinds(), key=str))
def test_each_kind_crosses_a_process_border_with_its_parameters(kind: type[NiemError]) -> None:
    error = pickle.loads(pickle.dumps(kind("ledger.moved", stage=Stage.CHECKED)))  # noqa: S301
    assert type(error) is kind
    assert (error.code, error.params) == ("ledger.moved", {"stage": Stage.CHECKED})


def test_a_parameter_may_be_called_code() -> None:
    assert BadInput("office.missing", code="x", path="y").params == {"code": "x", "path": "y"}
