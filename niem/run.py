"""`niem run`: one parent that keeps the site's processes alive. It opens nothing and decides nothing."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

from document.settings import Site

PROCESSES: Final = ("keys", "watch", "work", "desk", "public")
"""Each is also a command of its own; `keys` first, because the others ask it."""
LEAST_PAUSE: Final = 0.2
MOST_PAUSE: Final = 10.0
STEADY_SECONDS: Final = 30.0
"""A process that lived so long starts again without a pause."""
STOP_SECONDS: Final = 10.0

log = structlog.get_logger("run")


@dataclass
class _Child:
    name: str
    command: Sequence[str]
    output: Path
    steady_seconds: float
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    pause: float = LEAST_PAUSE
    again_at: float = 0.0

    def start(self) -> None:
        # What a process prints besides its log (a crash of the interpreter) belongs to nobody's terminal.
        with self.output.open("ab") as out:
            # Its standard input ends with us, however we end: see niem/tied.py.
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=out, stderr=out, start_new_session=True
            )
        self.started = time.monotonic()
        log.info("process.started", process=self.name, pid=self.process.pid)

    def look(self) -> None:
        """Start the process again when it has ended, more slowly the quicker it dies."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            log.warning("process.ended", process=self.name, status=self.process.returncode)
            steady = now - self.started > self.steady_seconds
            self.pause = LEAST_PAUSE if steady else min(self.pause * 2, MOST_PAUSE)
            self.process, self.again_at = None, now + self.pause
        if self.process is None and now >= self.again_at:
            self.start()


@dataclass
class Supervisor:
    """The processes of one site. `extra` are further commands by name (the demo's TSA, OCSP and CRL)."""

    site: Site
    extra: dict[str, list[str]] = field(default_factory=dict)
    names: Sequence[str] | None = None
    """Those of the site: all but those that run apart, under accounts of their own."""
    steady_seconds: float = STEADY_SECONDS

    def __post_init__(self) -> None:
        apart = {"desk", "public"} - self.site.served.keys()
        apart |= {"keys"} if self.site.settings.keys.group else set()
        names = [name for name in PROCESSES if name not in apart] if self.names is None else self.names
        commands = {**self.extra, **{name: tied(name, self.site.root) for name in names}}
        folder = self.site.path("logs")
        folder.mkdir(parents=True, exist_ok=True)
        self._children = [
            _Child(name, argv, folder / f"{name}.out", self.steady_seconds) for name, argv in commands.items()
        ]

    def run(self, stop: threading.Event) -> None:
        """Keep every process alive until `stop` is set; then end them, the youngest first."""
        try:
            while not stop.is_set():
                for child in self._children:
                    child.look()
                stop.wait(0.1)
        finally:
            self._end()

    def pids(self) -> dict[str, int]:
        """The process ids of what runs now."""
        return {c.name: c.process.pid for c in self._children if c.process is not None}

    def _end(self) -> None:
        running = [c.process for c in reversed(self._children) if c.process is not None]
        for process in running:
            process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def command(name: str, root: Path) -> list[str]:
    """How process `name` of the site at `root` is started."""
    return [sys.executable, "-m", "niem", name, "--site", str(root)]


def tied(name: str, root: Path) -> list[str]:
    """The same for a child that must not outlive its supervisor."""
    return [sys.executable, "-m", "niem.tied", name, "--site", str(root)]


def taken(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody listens on that port already (or the host is none of this machine's)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError:
            return True
    return False


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
