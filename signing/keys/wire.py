"""One JSON line each way over a Unix socket, and errors that keep their kind on the way.

A request is `{"act": …, …}`; an answer is `{"done": …}` or `{"error": [kind, code, params]}`.
Bytes travel as base64.
"""

import base64
import binascii
import json
import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from document import errors
from document.errors import BadInput, NiemError, Unavailable

LIMIT: Final = 512 * 1024
"""Bytes of a line. A key file is some kilobytes, what is to be signed some hundred bytes."""

_KINDS: Final[Mapping[str, type[NiemError]]] = {
    kind.__name__: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, NiemError)
}


SEND_SECONDS: Final = 10.0


@dataclass(frozen=True)
class KeyStatus:
    """What may be told of a key without its PIN. `open_for`: number of acts it is open for now.

    `whole`: the file is a PKCS#12 file from its first byte to its last.
    """

    key_id: str
    tries_left: int
    locked_until: datetime | None
    unattended: bool
    open_for: int
    whole: bool

    def as_json(self) -> dict[str, Any]:
        """As it travels."""
        until = self.locked_until.isoformat() if self.locked_until else None
        return {**asdict(self), "locked_until": until}


def status_from(found: dict[str, Any]) -> KeyStatus:
    """What `KeyStatus.as_json` gave."""
    until = found["locked_until"]
    return KeyStatus(**{**found, "locked_until": datetime.fromisoformat(until) if until else None})


def packed(data: bytes) -> str:
    """Bytes as they travel."""
    return base64.b64encode(data).decode()


def unpacked(text: str) -> bytes:
    """What `packed` gave. `BadInput` on anything else."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadInput("key.request_bad", what="base64") from None


def send(connection: socket.socket, message: Mapping[str, Any]) -> None:
    """One message as one line. `BadInput` when it is too long to be received."""
    line = json.dumps(message).encode() + b"\n"
    if len(line) > LIMIT:
        raise BadInput("key.request_bad", what="length")
    connection.settimeout(SEND_SECONDS)
    connection.sendall(line)


def receive(connection: socket.socket, seconds: float) -> dict[str, Any] | None:
    """The next message, or None when the other side has closed.

    `TimeoutError` when it is not whole within `seconds`, `ConnectionError` when it is too long,
    `BadInput` when it is no JSON object.
    """
    until = time.monotonic() + seconds
    line = bytearray()
    while not line.endswith(b"\n"):
        connection.settimeout(max(until - time.monotonic(), 0.001))
        part = connection.recv(65536)
        if not part:
            return None
        line += part
        if len(line) > LIMIT:
            raise ConnectionAbortedError
    try:
        message = json.loads(line)
    except ValueError:
        # From None, and without the decoder's text: it may hold what was sent.
        raise BadInput("key.request_bad", what="JSON") from None
    if not isinstance(message, dict):
        raise BadInput("key.request_bad", what="JSON")
    return message


def error_message(error: NiemError) -> dict[str, Any]:
    """`error` as an answer."""
    return {"error": [type(error).__name__, error.code, error.params]}


def raise_error(answer: Mapping[str, Any]) -> None:
    """Raise the error that `answer` carries, if it carries one."""
    if "error" not in answer:
        return
    kind, code, params = answer["error"]
    raise _KINDS.get(kind, Unavailable)(code, **params)


@contextmanager
def address(path: Path) -> Iterator[str]:
    """A name for the socket `path` of fewer than the 108 bytes that `sockaddr_un` can hold (unix(7))."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
