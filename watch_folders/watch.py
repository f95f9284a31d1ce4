"""Watch every unit's folder: look, take what is at rest, give back what has ended.

The rescan is the mechanism and would be enough; an event of the file system only makes the next look come
sooner. Folders on network shares, where events of other machines do not arrive, are polled.
"""

import fcntl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import structlog
from watchdog.events import (
    FileClosedEvent,
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from document.errors import Conflict, NiemError
from document.facts import DocumentFact, FolderFact
from watch_folders.drop import Times
from watch_folders.folders import on_network
from watch_folders.intake import Intake
from watch_folders.unit_folder import UnitFolder

EVENTS: Final[list[type[FileSystemEvent]]] = [
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileClosedEvent,
]
"""Not the events of opening and reading: we read the files ourselves."""

Poll = Literal["auto", "always", "never"]
"""Whether folders are only polled; `auto`: those on a network share."""

BREATH: Final = 0.2
"""Seconds between two looks at least, however many events come."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class WatchRules:
    """The section `watch` of the settings, without what belongs to the intake."""

    times: Times = field(default_factory=Times)
    rescan_seconds: float = 2.0
    poll: Poll = "auto"
    workers: int = 2


class Watcher:
    """Watches the folders of one site. One at a time: `lock_file` says so where it is given."""

    def __init__(
        self,
        intake: Intake,
        rules: WatchRules | None = None,
        *,
        lock_file: Path | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._intake = intake
        self._rules = rules or WatchRules()
        self._lock_file = lock_file
        self._ticks = ticks
        self._units: dict[str, UnitFolder] = {}
        self._unreachable: set[str] = set()
        self._running: set[Future[None]] = set()
        self._wake = threading.Event()
        self._pool = ThreadPoolExecutor(self._rules.workers, thread_name_prefix="intake")
        self._events = _Events(self._wake)

    def run(self, stop: threading.Event) -> None:
        """Watch until `stop` is set. `Conflict("intake.watcher_running")` when another one does."""
        with _only_one(self._lock_file):
            try:
                while not stop.is_set():
                    self.look()
                    stop.wait(BREATH)
                    self._wake.wait(self._pause())
                    self._wake.clear()
            finally:
                self.close()

    def wake(self) -> None:
        """Look again at once (also to notice that `stop` is set)."""
        self._wake.set()

    def close(self) -> None:
        """Finish the sets in hand and stop listening."""
        self._events.stop()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def look(self) -> None:
        """Look at every folder once, and start taking what may be taken."""
        # A boundary of the house: whatever is wrong with the database or a share now, the next look may do.
        try:
            folders = self._intake.ledger.folders()
            self._sort_out(folders)
            self._give_back()
        except Exception as error:  # noqa: BLE001
            _log.error("look.failed", error=type(error).__name__)
            return
        for unit in list(self._units.values()):
            self._look_at(unit)

    def drain(self) -> None:
        """Wait until every set that was started has been taken."""
        wait(self._running)

    def _sort_out(self, folders: list[FolderFact]) -> None:
        """A folder that is new, gone or changed in the record is watched anew."""
        wanted = {folder.id: folder for folder in folders}
        for known in [k for k, unit in self._units.items() if wanted.get(k) != unit.folder]:
            del self._units[known]
        for key, folder in wanted.items():
            if key not in self._units:
                self._units[key] = UnitFolder(folder, self._intake, self._rules.times, self._ticks)

    def _look_at(self, unit: UnitFolder) -> None:
        key = unit.folder.id
        try:
            self._listen(unit)
            work = unit.look()
        except OSError as error:
            if key not in self._unreachable:
                _log.warning("folder.unreachable", folder=key, error=type(error).__name__)
            self._unreachable.add(key)
            return
        except Exception as error:  # noqa: BLE001 (the same boundary: one folder never holds up the next)
            _log.error("folder.failed", folder=key, error=type(error).__name__)
            return
        self._unreachable.discard(key)
        for item in work:
            future = self._pool.submit(item.run)
            self._running.add(future)
            future.add_done_callback(self._done)

    def _done(self, future: Future[None]) -> None:
        self._running.discard(future)
        self._wake.set()

    def _give_back(self) -> None:
        """Show the units what was returned or withdrawn; one that cannot be shown now comes again."""
        for document in self._intake.ledger.to_give_back():
            unit = self._units.get(document.folder_id)
            if unit is not None:
                self._give_one_back(unit, document)

    def _give_one_back(self, unit: UnitFolder, document: DocumentFact) -> None:
        try:
            unit.give_back(document)
        except (OSError, NiemError) as error:
            _log.warning("give_back.later", document=document.id, error=type(error).__name__)
        else:
            self._intake.ledger.folder_done(document.id)

    def _listen(self, unit: UnitFolder) -> None:
        drop = unit.places.drop
        poll = self._rules.poll
        if poll == "always" or (poll == "auto" and on_network(drop)):
            return
        self._events.listen(drop)

    def _pause(self) -> float:
        """Seconds until the next look when no event comes."""
        rescan = self._rules.rescan_seconds
        if any(unit.restless for unit in self._units.values()):
            return min(rescan, max(BREATH, self._rules.times.settle / 4))
        return rescan


class _Events(FileSystemEventHandler):
    """Listens to folders and wakes the watcher; where it cannot, the rescan does the work alone."""

    def __init__(self, wake: threading.Event) -> None:
        self._wake = wake
        self._observer = Observer()
        self._folders: set[Path] = set()

    def on_any_event(self, event: FileSystemEvent) -> None:
        del event  # a hint; the folder is the truth
        self._wake.set()

    def listen(self, folder: Path) -> None:
        if folder in self._folders or not folder.is_dir():
            return
        self._folders.add(folder)
        try:
            self._observer.schedule(self, str(folder), recursive=False, event_filter=EVENTS)
            if not self._observer.is_alive():
                self._observer.start()
        except OSError as error:  # the system's number of watches is used up
            _log.warning("folder.no_events", error=type(error).__name__, errno=error.errno)

    def stop(self) -> None:
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()


@contextmanager
def _only_one(lock_file: Path | None) -> Iterator[None]:
    """Hold the lock of the site's watcher; the system frees it when the process ends."""
    if lock_file is None:
        yield
        return
    with lock_file.open("ab") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("intake.watcher_running") from None
        yield
