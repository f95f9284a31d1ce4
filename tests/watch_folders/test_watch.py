"""The watcher: real folders, real threads, real events; and a real SIGKILL."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from document.errors import Conflict
from document.stages import Stage
from tests.support import bad_files
from tests.support.pages import letter
from tests.support.watched import QUICK, Office, names, until
from watch_folders.receipts import REASON
from watch_folders.watch import Watcher, WatchRules


@pytest.fixture(scope="module")
def one_process() -> Iterator[Callable[[Path], int]]:
    """Watch an office in a process of its own until nothing is left to do; how that ended."""
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.defpath}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.watching"],
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        asked, told = process.stdin, process.stdout
        assert asked is not None
        assert told is not None

        def run(root: Path) -> int:
            print(root, file=asked, flush=True)
            return int(told.readline())

        yield run
        asked.close()


def test_a_bad_file_does_not_hold_up_the_next(office: Office) -> None:
    watcher = office.watcher()
    office.drop("a hỏng.pdf", bad_files.javascript())
    office.drop("b.pdf", letter())
    until(lambda: bool(office.documents()) and len(names(office.places.returned)) == 2, watcher)
    assert names(office.places.returned) == ["a hỏng.pdf", f"a hỏng.pdf{REASON}"]


def test_a_returned_document_is_given_back(office: Office) -> None:
    watcher = office.watcher()
    office.drop("QD.pdf", letter())
    until(lambda: bool(office.documents()), watcher)
    (document,) = office.documents()
    office.ledger.withdraw(document.id, document.unit_id, "Sửa lại căn cứ.")
    until(lambda: office.documents()[0].folder_done, watcher)
    assert names(office.places.work) == []
    assert "Sửa lại căn cứ." in office.reason()
    office.drop("QD.pdf", letter())
    until(lambda: bool(office.documents(Stage.RECEIVED)), watcher)
    assert office.documents(Stage.RECEIVED)[0].round == 2


def test_it_runs_until_it_is_stopped_and_only_once(office: Office, tmp_path: Path) -> None:
    stop = threading.Event()
    watcher = office.watcher(lock_file=tmp_path / "watch.lock", poll="auto")
    thread = threading.Thread(target=watcher.run, args=(stop,))
    thread.start()
    try:
        office.drop("QD.pdf", letter())
        end = time.monotonic() + 30
        while not office.documents() and time.monotonic() < end:
            time.sleep(0.05)
        with pytest.raises(Conflict) as caught:
            office.watcher(lock_file=tmp_path / "watch.lock").run(threading.Event())
        assert caught.value.code == "intake.watcher_running"
    finally:
        stop.set()
        watcher.wake()
        thread.join(10)
    assert not thread.is_alive()
    assert len(office.documents()) == 1


def test_an_event_brings_the_next_look_and_reading_brings_none(office: Office) -> None:
    watcher = Watcher(office.intake, WatchRules(QUICK, rescan_seconds=600, poll="never"))
    office.watchers.append(watcher)
    watcher.look()
    office.drop("a.tmp", b"a")
    assert watcher._wake.wait(5)
    time.sleep(0.2)
    watcher._wake.clear()
    (office.places.drop / "a.tmp").read_bytes()
    assert not watcher._wake.wait(0.3)


def test_polling_alone_is_enough(office: Office) -> None:
    watcher = Watcher(office.intake, WatchRules(QUICK, rescan_seconds=0.1, poll="always"))
    office.watchers.append(watcher)
    office.drop("QD.pdf", letter())
    until(lambda: bool(office.documents()), watcher)
    assert not watcher._events._folders


def test_one_folder_that_is_gone_does_not_hold_up_the_other_and_may_come_back(office: Office) -> None:
    watcher = office.watcher()
    gone = Path(office.folder.path)
    gone.rename(gone.with_name("away"))
    other = Office(office.root, office.ledger, office.intake, office.other, office.folder)
    other.drop("hỏng.pdf", b"")
    until(lambda: bool(names(other.places.returned)), watcher)
    assert not gone.exists()
    gone.with_name("away").rename(gone)
    office.drop("QD.pdf", letter())
    until(lambda: bool(office.documents()), watcher)


def test_a_ledger_that_does_not_answer_now_is_asked_again(office: Office, tmp_path: Path) -> None:
    watcher = office.watcher()
    office.drop("QD.pdf", letter())
    database = tmp_path / "ledger.sqlite"
    office.ledger.engine.dispose()
    database.rename(tmp_path / "away")
    watcher.look()
    database.unlink(missing_ok=True)
    (tmp_path / "away").rename(database)
    office.ledger.engine.dispose()
    until(lambda: bool(office.documents()), watcher)


@pytest.mark.parametrize(
    "point", ["claim.before", "claim.after", "vault.after", "admit.before", "admit.after"]
)
def test_a_power_cut_while_a_set_is_taken_loses_nothing(
    office: Office, tmp_path: Path, one_process: Callable[[Path], int], point: str
) -> None:
    faults = tmp_path / "faults"
    faults.mkdir()
    (faults / point).touch()
    office.drop("KH.pdf", letter())
    office.drop("KH.phu-luc-1.pdf", letter(symbol="/PL"))
    assert one_process(tmp_path) == -signal.SIGKILL
    until(lambda: bool(office.documents()) and not names(office.places.drop), office.watcher())
    (document,) = office.documents()
    assert [f.name for f in document.files] == ["KH.pdf", "KH.phu-luc-1.pdf"]
    assert all(office.vault.get(f.digest) for f in document.files)
    assert names(office.places.work) == ["KH.pdf", "KH.phu-luc-1.pdf"]
    assert names(office.places.drop) == names(office.places.returned) == []


@pytest.mark.parametrize("point", ["give_back.before", "give_back.after"])
def test_a_power_cut_while_a_file_is_given_back_loses_nothing(
    office: Office, tmp_path: Path, one_process: Callable[[Path], int], point: str
) -> None:
    (tmp_path / "faults").mkdir()
    (tmp_path / "faults" / point).touch()
    office.drop("KH.pdf", bad_files.javascript())
    assert one_process(tmp_path) == -signal.SIGKILL
    until(lambda: bool(names(office.places.returned)), office.watcher())
    assert names(office.places.returned) == ["KH.pdf", f"KH.pdf{REASON}"]
    assert names(office.places.work) == names(office.places.drop) == []
