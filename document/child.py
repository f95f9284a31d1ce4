"""The inside of a child process: one request, one answer, over one socket, within limits.

Started by `document/children.py`, never by hand. A child reads files that strangers made; what it sends
back is therefore opened with `opened`, which builds plain data and values of our own types and nothing else.
"""

import datetime as dt
import errno
import math
import pickle
import resource
import signal
import socket
import struct
import time
import traceback
from dataclasses import is_dataclass
from decimal import Decimal
from enum import Enum
from io import BytesIO
from pathlib import PurePath
from typing import Any, Final

from document import errors
from document.errors import NiemError

LENGTH: Final = struct.Struct("!Q")
OPEN_FILES: Final = 128
READY: Final = b"ready"
GRACE_SECONDS: Final = 5
"""The parent kills at the limit; this much later a child whose parent is gone ends by itself."""
OWN: Final = frozenset({"document", "watch_folders", "signing", "office", "publisher", "niem"})
PLAIN: Final = frozenset(
    {
        dt.datetime, dt.date, dt.time, dt.timedelta, dt.timezone,
        Decimal, set, frozenset, bytearray,
    }
)  # fmt: skip


def send(line: socket.socket, message: bytes) -> None:
    """Send one message. `TimeoutError` after the socket's timeout, `OSError` when the other end is gone."""
    line.sendall(LENGTH.pack(len(message)) + message)


def receive(line: socket.socket, until: float | None = None, most: int | None = None) -> bytes:
    """The next message, of at most `most` bytes.

    `EOFError` when the other end is gone, `TimeoutError` at `until` (monotonic), `OSError` when longer.
    """
    (length,) = LENGTH.unpack(_exactly(line, LENGTH.size, until))
    if most is not None and length > most:
        raise OSError(errno.EMSGSIZE, "the answer is too long")
    return _exactly(line, length, until)


def _exactly(line: socket.socket, size: int, until: float | None) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        if until is not None:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            line.settimeout(left)
        part = line.recv(min(size - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


class _Opener(pickle.Unpickler):
    """Builds only values: a child taken over by a crafted file must not run anything in its parent."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("builtins", "getattr"):
            return _member
        own = module.partition(".")[0] in OWN
        if "." not in name and (own or module in {"datetime", "decimal", "pathlib", "builtins"}):
            found = super().find_class(module, name)
            if found is errors._rebuild or (isinstance(found, type) and _holds_values(found)):  # noqa: SLF001
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no plain value")


def _member(kind: object, name: str) -> Enum:
    """Stands for `getattr`, by which Python before 3.11.4 (Debian 12: 3.11.2) pickles a member of an enum."""
    if isinstance(kind, type) and issubclass(kind, Enum) and name in kind.__members__:
        return kind[name]
    raise pickle.UnpicklingError(f"{kind!r} has no member {name}")


def _holds_values(kind: type) -> bool:
    return kind in PLAIN or is_dataclass(kind) or issubclass(kind, Enum | NiemError | PurePath)


def opened(answer: bytes) -> tuple[str, Any, str]:
    """How a job ended ("ok", "error", "failed"), its value or error or the error's type name, and the trace.

    `pickle.UnpicklingError` when the answer holds anything but plain data, dataclasses, enums and errors.
    """
    how, value, trace = _Opener(BytesIO(answer)).load()
    return how, value, trace


def _cap(which: int, value: int) -> None:
    """Lower a limit of this process for good; one that is lower already stays."""
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def _allow(seconds: float) -> None:
    """Clock and processor time for the next job; the kernel keeps both, even inside a library's loop."""
    signal.setitimer(signal.ITIMER_REAL, seconds + GRACE_SECONDS)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = math.ceil(time.process_time() + seconds) + GRACE_SECONDS
    resource.setrlimit(
        resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard)
    )


def _answer(request: bytes) -> bytes:
    # This is a boundary of the house: whatever a reader raises ends here, and its kind is reported.
    try:
        seconds, job, args = pickle.loads(request)  # noqa: S301 - from our own parent
        _allow(seconds)
        return pickle.dumps(("ok", job(*args), ""))
    except NiemError as error:
        return _packed_error(error)
    except BaseException as error:  # noqa: BLE001
        trace = "".join(traceback.format_exception(error, limit=-8))
        return pickle.dumps(("failed", type(error).__name__, trace))


def _packed_error(error: NiemError) -> bytes:
    try:
        return pickle.dumps(("error", error, ""))
    except (pickle.PicklingError, TypeError, AttributeError):
        plain = {key: str(value) for key, value in error.params.items()}
        return pickle.dumps(("error", type(error)(error.code, **plain), ""))


def serve(descriptor: int, memory_mb: int) -> None:
    """Say that we are ready, then answer requests on the socket `descriptor` until the parent is gone."""
    _cap(resource.RLIMIT_CORE, 0)  # a core dump would hold the document
    _cap(resource.RLIMIT_AS, memory_mb << 20)
    _cap(resource.RLIMIT_NOFILE, OPEN_FILES)
    with socket.socket(fileno=descriptor) as line:
        send(line, READY)
        while True:
            try:
                request = receive(line)
            except (EOFError, OSError):
                return
            send(line, _answer(request))
            signal.setitimer(signal.ITIMER_REAL, 0)
