"""Lines over a socket: whole or not at all, and errors that keep their kind."""

import contextlib
import json
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from document.errors import BadInput, NiemError, NotSignedIn, Unavailable, WrongPin
from signing.keys import wire


def pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX)


def test_a_message_arrives_however_it_is_cut() -> None:
    here, there = pair()
    message = {"act": "sign", "data": wire.packed(bytes(range(256)) * 700)}
    line = json.dumps(message).encode() + b"\n"
    with here, there:
        sender = threading.Thread(target=_in_pieces, args=(here, line))
        sender.start()
        assert wire.receive(there, 5) == message
        sender.join()
        assert wire.unpacked(message["data"]) == bytes(range(256)) * 700


def _in_pieces(connection: socket.socket, line: bytes) -> None:
    for start in range(0, len(line), 9_999):
        connection.sendall(line[start : start + 9_999])


@pytest.mark.parametrize(
    "error", [WrongPin("key.wrong_pin", tries=2), NotSignedIn("people.not_signed_in"), BadInput("key.weak")]
)
def test_an_error_keeps_its_kind_its_code_and_its_blanks(error: NiemError) -> None:
    answer = json.loads(json.dumps(wire.error_message(error)))
    with pytest.raises(type(error)) as caught:
        wire.raise_error(answer)
    assert type(caught.value) is type(error)
    assert (caught.value.code, caught.value.params) == (error.code, error.params)
    wire.raise_error({"done": None})


def test_an_error_of_an_unknown_kind_is_still_an_error() -> None:
    with pytest.raises(Unavailable):
        wire.raise_error({"error": ["SystemExit", "key.process_down", {}]})


def test_a_silent_side_ends_in_time_and_a_closed_one_at_once() -> None:
    here, there = pair()
    with there:
        with here:
            here.sendall(b'{"act": ')
            with pytest.raises(TimeoutError):
                wire.receive(there, 0.05)
        assert wire.receive(there, 5) is None


def test_too_long_a_line_is_neither_sent_nor_read() -> None:
    here, there = pair()
    with here, there:
        with pytest.raises(BadInput):
            wire.send(here, {"data": "x" * wire.LIMIT})
        sender = threading.Thread(target=_flood, args=(here,))
        sender.start()
        with pytest.raises(ConnectionAbortedError):
            wire.receive(there, 5)
        there.close()
        sender.join()


def _flood(connection: socket.socket) -> None:
    with contextlib.suppress(ConnectionError):
        connection.sendall(b"x" * (4 * wire.LIMIT))


@pytest.mark.parametrize("line", [b"\xff\n", b"nonsense\n", b"[1]\n", b'"act"\n'])
def test_what_is_no_object_is_bad_input_and_is_not_quoted(line: bytes) -> None:
    here, there = pair()
    with here, there:
        here.sendall(line)
        with pytest.raises(BadInput) as caught:
            wire.receive(there, 5)
        assert caught.value.params == {"what": "JSON"}
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_bytes_that_are_no_base64() -> None:
    for text in ("a", "a===", "é", "ab c"):
        with pytest.raises(BadInput):
            wire.unpacked(text)


def test_a_status_travels_whole() -> None:
    until = datetime(2030, 6, 14, 2, 0, tzinfo=UTC)
    status = wire.KeyStatus("key", 2, until, unattended=True, open_for=1, whole=True)
    assert wire.status_from(json.loads(json.dumps(status.as_json()))) == status


def test_a_socket_whose_path_is_longer_than_the_kernel_allows(tmp_path: Path) -> None:
    folder = tmp_path / ("dài" * 40) / ("hơn" * 40)
    folder.mkdir(parents=True)
    path = folder / "keys.sock"
    assert len(str(path)) > 200
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as guest:
        with wire.address(path) as name:
            listener.bind(name)
        listener.listen()
        with wire.address(path) as name:
            guest.connect(name)
    assert path.is_socket()
