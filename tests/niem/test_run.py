"""The supervisor: what dies comes back, what dies at once comes back slowly, and everything ends together."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from document.settings import Site
from niem.run import PROCESSES, Supervisor, command
from signing.keys.client import KeyClient

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


@contextmanager
def running(supervisor: Supervisor) -> Iterator[Supervisor]:
    stop = threading.Event()
    thread = threading.Thread(target=supervisor.run, args=[stop])
    thread.start()
    try:
        yield supervisor
    finally:
        stop.set()
        thread.join()


def until(what: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Running: neither gone nor waiting to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_dead_process_comes_back_alone(site: Site) -> None:
    with running(Supervisor(site, {"one": SLEEPER, "two": SLEEPER}, ())) as supervisor:
        until(lambda: len(supervisor.pids()) == 2)
        first = supervisor.pids()
        os.kill(first["one"], signal.SIGKILL)
        until(lambda: supervisor.pids().get("one", first["one"]) != first["one"])
        second = supervisor.pids()
        assert second["two"] == first["two"]
        assert alive(second["one"])
    assert not any(alive(pid) for pid in second.values())


def test_what_dies_at_once_is_started_more_and_more_slowly(site: Site, tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    dies = [sys.executable, "-c", f"open({str(starts)!r}, 'a').write('.')"]
    with running(Supervisor(site, {"dies": dies}, ())):
        until(lambda: starts.exists() and len(starts.read_text()) >= 3)
        time.sleep(1.0)
    assert len(starts.read_text()) < 6


def test_what_was_steady_starts_again_at_once(site: Site, tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    dies = [sys.executable, "-c", f"open({str(starts)!r}, 'a').write('.')"]
    with running(Supervisor(site, {"dies": dies}, (), steady_seconds=0.0)):
        until(lambda: starts.exists() and len(starts.read_text()) >= 8)


def test_the_five_processes_end_with_their_parent(site: Site) -> None:
    parent = subprocess.Popen(command("run", site.root), stdout=subprocess.DEVNULL)
    try:
        until(lambda: len(children_of(parent.pid)) == len(PROCESSES))
        until(site.socket.exists)
        until(lambda: KeyClient(site.socket).status())
        children = children_of(parent.pid)
    finally:
        parent.terminate()
        assert parent.wait(30) == 0
    assert not any(alive(pid) for pid in children)


def children_of(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            above = int(entry.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        found += [int(entry.parent.name)] if above == parent else []
    return found


def test_no_process_outlives_a_supervisor_that_was_killed(site: Site) -> None:
    code = (
        "import sys, threading, time; from pathlib import Path; from document.settings import load\n"
        "from niem.run import Supervisor\n"
        "s = Supervisor(load(Path(sys.argv[1])), {}, ('work',))\n"
        "threading.Thread(target=s.run, args=[threading.Event()]).start()\n"
        "while not s.pids(): time.sleep(0.01)\n"
        "print(s.pids()['work'], flush=True)"
    )
    arguments = [sys.executable, "-c", code, str(site.root)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = next(int(line) for line in parent.stdout if line.strip().isdecimal())
        assert alive(worker)
        parent.kill()
    until(lambda: not alive(worker))
