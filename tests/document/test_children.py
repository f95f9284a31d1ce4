"""The pool against jobs that misbehave, with real processes.

A job must be importable in a child, so the jobs here are functions of the standard library and of a
module that each test session writes to a folder on `sys.path`.
"""

import os
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from operator import add
from pathlib import Path
from types import ModuleType

import pytest

from document.children import ChildError, Children
from document.errors import Conflict, Returnable, Unavailable
from document.page import Box

JOBS = """
import os, resource, sys, time
from document.errors import Conflict
from document.page import Box

class Odd(Exception):
    def __init__(self, handle):
        super().__init__(handle)

class Foreign:
    def __reduce__(self):
        return (os.system, ("true",))

def odd(): raise Odd(open(os.devnull))
def conflict(at): raise Conflict("intake.duplicate", at=at)
def conflict_with_a_handle(): raise Conflict("intake.duplicate", at=open(os.devnull))
def leave(): sys.exit(3)
def handle(): return open(os.devnull)
def foreign(): return Foreign()
def box(): return (Box(0, 1.0, 2.0, 3.0, 4.0), {"a": None})
def pid(): return os.getpid()
def die(marks):
    with open(marks, "a") as file: file.write("x")
    os.kill(os.getpid(), 9)
def die_once(marks):
    if os.path.exists(marks): return "second"
    die(marks)
def bomb(): return len([bytearray(1 << 20) for _ in range(4096)])
def spin():
    while True: pass
def wait(): time.sleep(600)
def limits():
    kinds = resource.RLIMIT_CORE, resource.RLIMIT_AS, resource.RLIMIT_NOFILE
    return [resource.getrlimit(kind)[0] for kind in kinds]
def open_many(): return len([open(os.devnull) for _ in range(1000)])
def environment(): return dict(os.environ)
def main_module(): return "pytest" in sys.modules
"""


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("jobs")
    (folder / "misbehaving_jobs.py").write_text(JOBS, encoding="utf-8")
    sys.path.insert(0, str(folder))
    import misbehaving_jobs  # type: ignore[import-not-found]  # noqa: PLC0415 - written a line above

    yield misbehaving_jobs
    sys.path.remove(str(folder))
    del sys.modules["misbehaving_jobs"]


@pytest.fixture(scope="module")
def pool(jobs: ModuleType) -> Iterator[Children]:
    with Children(workers=2, seconds=30, memory_mb=512) as children:
        yield children


def test_values_come_back(pool: Children, jobs: ModuleType) -> None:
    assert pool.call(add, 2, 3) == 5
    assert pool.call(add, b"x" * 3_000_000, b"y") == b"x" * 3_000_000 + b"y"
    assert pool.call(jobs.box) == (Box(0, 1.0, 2.0, 3.0, 4.0), {"a": None})
    moment = datetime(2030, 6, 14, 2, 0, tzinfo=UTC)
    assert pool.call(min, moment, moment) == moment
    assert pool.call(min, date(2030, 1, 1), date(2029, 1, 1)) == date(2029, 1, 1)
    assert pool.call(Path, "a/b") == Path("a/b")


def test_our_errors_come_back_with_their_parameters(pool: Children, jobs: ModuleType) -> None:
    with pytest.raises(Conflict) as caught:
        pool.call(jobs.conflict, "08:15")
    assert (caught.value.code, caught.value.params) == ("intake.duplicate", {"at": "08:15"})


def test_a_parameter_that_cannot_travel_goes_as_text(pool: Children, jobs: ModuleType) -> None:
    with pytest.raises(Conflict) as caught:
        pool.call(jobs.conflict_with_a_handle)
    assert os.devnull in str(caught.value.params["at"])


@pytest.mark.parametrize(
    ("name", "kind"),
    [("odd", "Odd"), ("leave", "SystemExit"), ("handle", "TypeError"), ("open_many", "OSError")],
)
def test_other_errors_make_the_file_unreadable(
    pool: Children, jobs: ModuleType, name: str, kind: str
) -> None:
    with pytest.raises(Returnable) as caught:
        pool.call(getattr(jobs, name))
    assert (caught.value.code, caught.value.params) == ("reading.unreadable", {"kind": kind})
    cause = caught.value.__cause__
    assert isinstance(cause, ChildError)
    assert kind in str(cause)


def test_an_answer_that_would_run_something_here_is_not_opened(pool: Children, jobs: ModuleType) -> None:
    with pytest.raises(Returnable) as caught:
        pool.call(jobs.foreign)
    assert caught.value.params == {"kind": "UnpicklingError"}


def test_a_job_that_no_child_can_import_is_unreadable(
    pool: Children, jobs: ModuleType, tmp_path: Path
) -> None:
    lost = ModuleType("lost")
    exec("def job(): pass", vars(lost))  # noqa: S102
    sys.modules["lost"] = lost
    try:
        with pytest.raises(Returnable) as caught:
            pool.call(lost.job)
    finally:
        del sys.modules["lost"]
    assert caught.value.params == {"kind": "ModuleNotFoundError"}


def test_a_job_that_kills_its_child_is_tried_twice(pool: Children, jobs: ModuleType, tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    with pytest.raises(Returnable) as caught:
        pool.call(jobs.die, str(marks))
    assert caught.value.code == "reading.reader_died"
    assert marks.read_text() == "xx"
    assert pool.call(add, 1, 1) == 2


def test_a_child_that_died_once_is_forgiven(pool: Children, jobs: ModuleType, tmp_path: Path) -> None:
    assert pool.call(jobs.die_once, str(tmp_path / "marks")) == "second"


def test_a_child_killed_while_idle_costs_no_try(jobs: ModuleType, tmp_path: Path) -> None:
    with Children(workers=1) as children:
        first = children.call(jobs.pid)
        os.kill(first, 9)
        deadline = time.monotonic() + 10
        while children._idle[0].alive and time.monotonic() < deadline:
            time.sleep(0.01)
        assert children.call(jobs.die_once, str(tmp_path / "marks")) == "second"


@pytest.mark.parametrize("name", ["spin", "wait"])
def test_an_endless_job_is_stopped(pool: Children, jobs: ModuleType, name: str) -> None:
    began = time.monotonic()
    with pytest.raises(Returnable) as caught:
        pool.call(getattr(jobs, name), seconds=0.5)
    assert caught.value.code == "reading.reader_slow"
    assert 1.0 <= time.monotonic() - began < 30
    assert pool.call(add, 1, 1) == 2


def test_a_memory_bomb_harms_only_itself(jobs: ModuleType) -> None:
    with Children(workers=1, memory_mb=256) as children:
        before = children.call(jobs.pid)
        with pytest.raises(Returnable) as caught:
            children.call(jobs.bomb)
        assert (caught.value.code, caught.value.params) == ("reading.unreadable", {"kind": "MemoryError"})
        assert children.call(jobs.pid) != before


def test_limits_are_set(jobs: ModuleType) -> None:
    with Children(memory_mb=300) as children:
        assert children.call(jobs.limits) == [0, 300 << 20, 128]


def test_a_child_starts_clean(pool: Children, jobs: ModuleType) -> None:
    assert "HOME" not in pool.call(jobs.environment)
    assert pool.call(jobs.main_module) is False


def test_a_child_is_replaced_after_its_last_job(jobs: ModuleType) -> None:
    with Children(workers=1, jobs=2) as children:
        pids = [children.call(jobs.pid) for _ in range(5)]
    assert pids[0] == pids[1] != pids[2] == pids[3] != pids[4]


def test_many_threads_share_few_children(pool: Children, jobs: ModuleType) -> None:
    answers: list[tuple[int, int]] = []
    pids: set[int] = set()

    def work(number: int) -> None:
        answers.append((number, pool.call(add, number, 1000)))
        pids.add(pool.call(jobs.pid))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [(n, n + 1000) for n in range(24)]
    assert 1 <= len(pids) <= 2


def test_closing_stops_the_work_without_blaming_the_file(jobs: ModuleType) -> None:
    children = Children(workers=1, seconds=60)
    pid = children.call(jobs.pid)
    errors: list[Exception] = []

    def work() -> None:
        try:
            children.call(time.sleep, 50)
        except Unavailable as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    deadline = time.monotonic() + 10
    while not children._busy and time.monotonic() < deadline:
        time.sleep(0.01)
    children.close()
    thread.join(10)
    assert [str(getattr(e, "code", "")) for e in errors] == ["reading.reader_closing"]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(Unavailable):
        children.call(add, 1, 1)


def test_a_place_where_no_child_can_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    with Children() as children, pytest.raises(Unavailable) as caught:
        children.call(add, 1, 1)
    assert caught.value.code == "reading.reader_not_starting"
