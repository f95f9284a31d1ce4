"""The pool of child processes in which files are inspected, read and drawn.

PDFium is not thread-safe and a crafted file may kill or hang its reader, so no file is parsed in a
process that holds anything else. Each child is a fresh interpreter (no fork out of a threaded
process) that does one job at a time within limits on time, memory and open files, and is replaced
after a number of jobs, after a crash and after running out of memory.
"""

import pickle
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, Self, TypeVar, cast

from document.child import READY, opened, receive, send
from document.errors import NiemError, Returnable, Unavailable

T = TypeVar("T")

TRIES: Final = 2
"""A file that kills its reader twice is given back."""
_START_SECONDS: Final = 60
_START: Final = (
    "import sys; number, memory, *sys.path = sys.argv[1:]\n"
    "from document.child import serve; serve(int(number), int(memory))"
)


class ChildError(Exception):
    """The cause of a `Returnable` out of a child: the trace as it was there."""


class _Child:
    """One process and the socket to it."""

    def __init__(self, memory_mb: int) -> None:
        self.jobs = 0
        self._most = memory_mb << 20
        self._line, other = socket.socketpair()
        with other:
            command = [sys.executable, "-I", "-c", _START, str(other.fileno()), str(memory_mb), *sys.path]
            # An empty environment: what reads strangers' files inherits no setting and no secret.
            # Its own session: Ctrl-C at a terminal ends the parent, and by that the children.
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                pass_fds=[other.fileno()],
                start_new_session=True,
            )
        try:
            receive(self._line, time.monotonic() + _START_SECONDS, len(READY))
        except (EOFError, OSError) as error:
            self.end()
            raise Unavailable("reading.reader_not_starting") from error

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: bytes, seconds: float) -> bytes:
        """The answer; `TimeoutError` when it takes too long, `EOFError` or `OSError` when the child died."""
        self.jobs += 1
        until = time.monotonic() + seconds
        self._line.settimeout(seconds)
        send(self._line, request)
        return receive(self._line, until, self._most)

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._line.close()


def _result(child: _Child, answer: bytes) -> Any:
    """The job's value, or its error raised."""
    try:
        how, value, trace = opened(answer)
    except (
        pickle.UnpicklingError,
        EOFError,
        LookupError,
        AttributeError,
        ImportError,
        TypeError,
        ValueError,
    ) as error:
        raise Returnable("reading.unreadable", kind=type(error).__name__) from error
    if how == "ok":
        return value
    if how == "error" and isinstance(value, NiemError):
        raise value
    if value == MemoryError.__name__:
        child.jobs = sys.maxsize
    raise Returnable("reading.unreadable", kind=str(value)) from ChildError(trace)


class Children:
    """Up to `workers` child processes, started when first needed; safe to use from many threads."""

    def __init__(
        self, workers: int = 2, seconds: float = 60.0, memory_mb: int = 1536, jobs: int = 500
    ) -> None:
        self._seconds = seconds
        self._memory_mb = memory_mb
        self._jobs = jobs
        self._places = threading.BoundedSemaphore(workers)
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def call(self, job: Callable[..., T], *args: object, seconds: float | None = None) -> T:
        """`job(*args)`, done in a child; `job` is a function at the top level of a module.

        The answer may be plain data, dataclasses and enums of ours, dates and paths. A `NiemError` of the
        job is raised here. `Returnable`: `reading.reader_died` or `reading.reader_slow` when the job killed
        its child, or took longer than `seconds`, twice; `reading.unreadable` for any other error of the
        job. `Unavailable`: the pool is being closed, or no child can be started; the job may be tried later.
        """
        limit = self._seconds if seconds is None else seconds
        request = pickle.dumps((limit, job, args))
        code = ""
        for _ in range(TRIES):
            with self._places, self._taken() as child:
                try:
                    answer = child.ask(request, limit)
                except TimeoutError:
                    code = "reading.reader_slow"
                except (EOFError, OSError):
                    code = "reading.reader_died"
                else:
                    return cast("T", _result(child, answer))
                child.jobs = self._jobs  # it has done its last
        raise Returnable(code, seconds=round(limit))

    def close(self) -> None:
        """End all children, also those at work."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            for child in self._busy:
                child.kill()  # whoever waits for it takes the rest away
        for child in idle:
            child.end()

    @contextmanager
    def _taken(self) -> Iterator[_Child]:
        """A living child of one's own; afterwards it goes back, or is replaced when it has done its last."""
        child = self._first_idle() or _Child(self._memory_mb)
        with self._lock:
            self._busy.add(child)
        kept = False
        try:
            self._still_open()
            yield child
            self._still_open()
            kept = child.jobs < self._jobs
        finally:
            with self._lock:
                self._busy.discard(child)
                kept = kept and not self._closed
                if kept:
                    self._idle.append(child)
            if not kept:
                child.end()

    def _first_idle(self) -> _Child | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                child = self._idle.pop()
            if child.alive:
                return child
            child.end()

    def _still_open(self) -> None:
        # A child killed by `close` says nothing about its file: the work is put off, not given back.
        if self._closed:
            raise Unavailable("reading.reader_closing")
