"""Frames on a socket, and which answers are opened."""

import os
import pickle
import socket
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import pytest

from document.child import LENGTH, opened, receive, send
from document.errors import Returnable
from document.page import Field, Reading
from document.stages import Stage

Ends = tuple[socket.socket, socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    here, there = socket.socketpair()
    with here, there:
        yield here, there


def test_messages_keep_their_borders(ends: Ends) -> None:
    for message in (b"", b"one", b"x" * 50_000):
        send(ends[0], message)
        assert receive(ends[1]) == message


def test_an_end_that_is_gone_in_the_middle(ends: Ends) -> None:
    ends[0].sendall(LENGTH.pack(10) + b"half")
    ends[0].close()
    with pytest.raises(EOFError):
        receive(ends[1])


def test_an_end_that_is_silent(ends: Ends) -> None:
    ends[0].sendall(LENGTH.pack(10) + b"half")
    with pytest.raises(TimeoutError):
        receive(ends[1], time.monotonic() + 0.05)


def test_a_message_longer_than_allowed(ends: Ends) -> None:
    ends[0].sendall(LENGTH.pack(1 << 60))
    with pytest.raises(OSError, match="too long"):
        receive(ends[1], most=1000)


def test_values_of_ours_are_opened() -> None:
    reading = Reading(pages=1, sizes=((595.0, 842.0),), kind=Field("QĐ", None, 1.0, "seen"))
    values = [reading, Stage.RECEIVED, Decimal("1.5"), {"a": {1, 2}}, None, b"x", ("y", 2.5)]
    assert opened(pickle.dumps(("ok", values, ""))) == ("ok", values, "")
    _, error, _ = opened(pickle.dumps(("error", Returnable("intake.not_pdf", name="a.pdf"), "")))
    assert (type(error), error.params) == (Returnable, {"name": "a.pdf"})


class Running:
    def __reduce__(self) -> tuple[object, ...]:
        return (os.system, ("true",))


class Calling:
    """A function of ours is no value either."""

    def __reduce__(self) -> tuple[object, ...]:
        return (send, (None, b""))


class Asking:
    """Asks for something of something, as Python before 3.11.4 does for a member of an enum."""

    def __init__(self, owner: object, name: str) -> None:
        self.asked = (owner, name)

    def __reduce__(self) -> tuple[object, ...]:
        return (getattr, self.asked)


def test_a_member_of_an_enum_as_older_pythons_send_it() -> None:
    assert opened(pickle.dumps(("ok", Asking(Stage, "RECEIVED"), ""))) == ("ok", Stage.RECEIVED, "")


ASKING: Final = (Asking(Stage, "__init__"), Asking(Returnable, "text"), Asking(Decimal(1), "real"))


@pytest.mark.parametrize("value", [Running(), Calling(), *ASKING, print, Returnable, Stage])
def test_nothing_else_is_opened(value: object) -> None:
    # Classes travel by name; only those whose instances are values may be named at all.
    packed = pickle.dumps(("ok", value, ""))
    if value in {Returnable, Stage}:
        assert opened(packed)[1] is value
        return
    with pytest.raises(pickle.UnpicklingError):
        opened(packed)
