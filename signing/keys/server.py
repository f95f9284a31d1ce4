"""The one process that opens keys.

It listens on a Unix socket that only its own user (or one configured group) can reach, and answers
signatures. A PIN lives here for the time of one derivation: it is not kept, not logged, and stands
in no answer. What an unexpected error says is not printed either, because nobody knows what it quotes.
"""

import fcntl
import grp
import os
import pwd
import signal
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import structlog

from document.clock import Clock, SystemClock
from document.errors import BadInput, Denied, Misconfigured, NiemError, Unavailable
from signing.keys import wire
from signing.keys.holder import KeyHolder
from signing.keys.private_files import private_folder, private_memory

CONNECTIONS: Final = 64
IDLE_SECONDS: Final = 30.0
TICK_SECONDS: Final = 0.25

log = structlog.get_logger("keys")


def serve(
    folder: Path,
    path: Path,
    *,
    tries: int,
    lock_minutes: int,
    clock: Clock | None = None,
    unattended: Iterable[str] = (),
    group: str | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Hold the keys of `folder` and answer on the socket `path`, until SIGTERM, SIGINT or `stop`.

    `unattended`: ids of the keys whose PIN file a standing rule allows. `group`: the system group
    whose members may connect beside the process's own user; without it nobody else may.
    `Misconfigured` where a folder is open to others, the group is unknown, or another process
    holds these keys.
    """
    over = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():  # a process of its own
        _harden(over)
    gid = _gid(group)
    with ExitStack() as stack:
        stack.enter_context(_alone(private_folder(folder)))
        holder = KeyHolder(
            folder,
            tries=tries,
            lock=timedelta(minutes=lock_minutes),
            clock=clock or SystemClock(),
            unattended=unattended,
        )
        stack.callback(holder.close)
        listener = stack.enter_context(_listen(path, gid))
        stack.callback(path.unlink, missing_ok=True)
        log.info("keys.listening", socket=str(path))
        _accept(listener, holder, gid, over)


def _accept(listener: socket.socket, holder: KeyHolder, gid: int | None, over: threading.Event) -> None:
    free = threading.BoundedSemaphore(CONNECTIONS)
    listener.settimeout(TICK_SECONDS)
    while not over.is_set():
        holder.forget_expired()
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        if not free.acquire(blocking=False):
            with connection, suppress(OSError):
                wire.send(connection, wire.error_message(Unavailable("key.process_busy")))
            continue
        guest = Guest(connection, holder, gid, free.release)
        threading.Thread(target=guest.serve, name="keys-guest", daemon=True).start()


class Guest:
    """One connection, in a thread of its own; `left` is called when it is over."""

    def __init__(
        self, connection: socket.socket, holder: KeyHolder, gid: int | None, left: Callable[[], None]
    ) -> None:
        self._connection = connection
        self._left = left
        self._gid = gid
        self._acts: dict[str, Callable[[Mapping[str, Any]], Any]] = {
            "unlock": lambda q: holder.unlock(
                _text(q, "key_id"), _text(q, "pin"), _texts(q, "intents"), _whole(q, "seconds")
            ),
            "announce_unattended": lambda q: holder.announce_unattended(
                _text(q, "key_id"), _texts(q, "intents"), _whole(q, "seconds")
            ),
            "sign": lambda q: wire.packed(holder.sign(_text(q, "intent"), _bytes(q, "data"))),
            "status": lambda _: [key.as_json() for key in holder.status()],
            "import": lambda q: _imported(
                holder.import_key(
                    _text(q, "key_id"), _bytes(q, "file"), _text(q, "passphrase"), _text(q, "pin")
                )
            ),
        }

    def serve(self) -> None:
        """Answer requests until the guest leaves, is silent for too long, or is not allowed in."""
        # The guest may hang up at any moment: that is its right, not our error.
        with ExitStack() as stack:
            stack.callback(self._left)
            stack.enter_context(suppress(OSError))
            stack.enter_context(self._connection)
            pid = self._check_peer()
            while (answer := self._next(pid)) is not None:
                wire.send(self._connection, answer)

    def _check_peer(self) -> int:
        pid, uid, gid = struct.unpack(
            "3i", self._connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        )
        if uid != os.geteuid() and not _member(uid, gid, self._gid):
            log.warning("keys.stranger", uid=uid, pid=pid)
            wire.send(self._connection, wire.error_message(Denied("key.not_allowed")))
            raise ConnectionAbortedError
        return int(pid)

    def _next(self, pid: int) -> dict[str, Any] | None:
        """The answer to the next request; None when there is none."""
        try:
            request = wire.receive(self._connection, IDLE_SECONDS)
            if request is None:
                return None
            act = self._acts.get(_text(request, "act"))
            if act is None:
                raise BadInput("key.request_bad", what="act")
            named = {name: request[name] for name in ("act", "key_id", "intent") if name in request}
            answer = {"done": act(request)}
        except NiemError as error:
            log.warning("keys.refused", code=error.code, pid=pid)
            return wire.error_message(error)
        log.info("keys.done", **named, pid=pid)
        return answer


def _harden(over: threading.Event) -> None:
    """Stop on a signal; new files are ours alone; no core is dumped, and nobody reads this memory."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    os.umask(0o077)
    private_memory()
    threading.excepthook = lambda fault: log.error("keys.failed", kind=fault.exc_type.__name__)


def _alone(folder: Path) -> Any:
    """The lock that makes this process the only one at `folder`; the kernel drops it when we die."""
    lock = os.fdopen(os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise Misconfigured("key.already_running", path=str(folder)) from None
    return lock


def _listen(path: Path, gid: int | None) -> socket.socket:
    private_folder(path.parent, group=gid is not None)
    if gid is not None:
        os.chown(path.parent, -1, gid)
        path.parent.chmod(0o710)
    path.unlink(missing_ok=True)  # left by a killed process: the lock says that none is alive
    listener = socket.socket(socket.AF_UNIX)
    with wire.address(path) as name:
        listener.bind(name)
    if gid is not None:
        os.chown(path, -1, gid)
    path.chmod(0o600 if gid is None else 0o660)
    listener.listen(CONNECTIONS)
    return listener


def _gid(group: str | None) -> int | None:
    if group is None:
        return None
    try:
        return grp.getgrnam(group).gr_gid
    except KeyError:
        raise Misconfigured("key.group_unknown", group=group) from None


def _member(uid: int, gid: int, wanted: int | None) -> bool:
    if wanted is None or gid == wanted:
        return wanted is not None
    try:
        user = pwd.getpwuid(uid)
    except KeyError:
        return False
    return wanted in os.getgrouplist(user.pw_name, user.pw_gid)


def _text(request: Mapping[str, Any], name: str) -> str:
    if not isinstance(value := request.get(name), str):
        raise BadInput("key.request_bad", what=name)
    return value


def _texts(request: Mapping[str, Any], name: str) -> list[str]:
    value = request.get(name)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadInput("key.request_bad", what=name)
    return value


def _whole(request: Mapping[str, Any], name: str) -> int:
    if type(value := request.get(name)) is not int or not 0 < value < 1_000_000:
        raise BadInput("key.request_bad", what=name)
    return int(value)


def _bytes(request: Mapping[str, Any], name: str) -> bytes:
    return wire.unpacked(_text(request, name))


def _imported(found: tuple[bytes, tuple[bytes, ...]]) -> dict[str, Any]:
    certificate, chain = found
    return {"certificate": wire.packed(certificate), "chain": [wire.packed(one) for one in chain]}
