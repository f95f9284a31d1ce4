"""One unit's folders, looked at again and again: what may be taken, what a crash left, what is secret."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from document.errors import Returnable, Unavailable
from document.facts import DocumentFact, FolderFact
from document.stages import LIVING
from document.vault import digest_of
from watch_folders.claim import Content, claimed, read_at_rest, release
from watch_folders.drop import AtRest, Drop, FileSet, Mark, Times, files_in, mark_of
from watch_folders.folders import places
from watch_folders.intake import Intake, Outcome
from watch_folders.names import nfc, parts
from watch_folders.receipts import give_back, put_notice, reason_with, take_notice_away

TRIES: Final = 3
"""A set that fails so often for no reason we know is given back."""
REST: Final = 60.0
"""Seconds at most until a set that could not be taken is tried again; at first the quiet time."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class Work:
    """A set to be taken, and what takes it; never raises."""

    key: str
    run: Callable[[], None]


class UnitFolder:
    """One watched folder and what is remembered of it; nothing of that must survive a restart."""

    def __init__(self, folder: FolderFact, intake: Intake, times: Times, ticks: Callable[[], float]) -> None:
        self.folder = folder
        self.places = places(folder)
        self._intake = intake
        self._drop = Drop(self.places.drop, times, intake.limits.max_bytes, ticks)
        self._busy: set[str] = set()
        self._secret: dict[str, Mark] = {}
        self._known: set[tuple[tuple[str, Mark], ...]] = set()
        self._failures: Counter[tuple[str, ...]] = Counter()
        self._not_before: dict[str, float] = {}
        self._ticks = ticks
        self._quiet = times.quiet

    @property
    def restless(self) -> bool:
        """Whether another look is worth it soon."""
        return bool(self._busy) or self._drop.waiting()

    def look(self) -> list[Work]:
        """The sets to be taken now; they count as busy until they have run.

        `OSError` when the folder cannot be reached.
        """
        if not self.places.complete():
            raise FileNotFoundError(self.folder.id)
        self._take_up_again()
        found = [s for s in self._drop.ready() if self._may_take(s)]
        self._busy.update(s.key for s in found)
        self._notice()
        return [Work(s.key, lambda s=s: self._take(s)) for s in found]  # type: ignore[misc]

    def give_back(self, document: DocumentFact) -> None:
        """Put a document that ended before issue back for its unit."""
        give_back(self.places, document, self._intake.vault, self._intake.faults)

    def _take(self, found: FileSet) -> None:
        # A boundary of the house: one bad file never holds up the next.
        digests = tuple(file.digest for file in found.files)
        try:
            outcome = self._intake.take(self.folder, self.places, found)
            if outcome is Outcome.SECRET:
                self._secret |= {nfc(file.name): file.mark for file in found.files}
            _log.info("set", folder=self.folder.id, outcome=outcome.value)
        except (OSError, Unavailable) as error:
            self._try_later(found, digests, error)
        except Exception as error:  # noqa: BLE001
            self._try_later(found, digests, error)
            if self._failures[digests] >= TRIES:
                self._give_up(found)
        finally:
            self._busy.discard(found.key)

    def _may_take(self, found: FileSet) -> bool:
        rested = self._ticks() >= self._not_before.get(found.key, 0)
        secret = any(self._secret.get(nfc(file.name)) == file.mark for file in found.files)
        return rested and not secret and found.key not in self._busy

    def _try_later(self, found: FileSet, digests: tuple[str, ...], error: Exception) -> None:
        """Each time a little later: what is wrong with a disk or a database lasts."""
        self._failures[digests] += 1
        tries = self._failures[digests]
        self._not_before[found.key] = self._ticks() + min(REST, self._quiet * 2**tries)
        _log.warning("set.failed", folder=self.folder.id, error=type(error).__name__, tries=tries)

    def _give_up(self, found: FileSet) -> None:
        try:
            contents = read_at_rest(found.files)
            with claimed(self.places, found.files, contents, self._intake.faults) as mine:
                self._intake.give_up(self.folder, self.places, mine, reason_with("intake.failed"))
        except Exception as error:  # noqa: BLE001 (the same boundary)
            _log.warning("set.later", folder=self.folder.id, error=type(error).__name__)

    def _notice(self) -> None:
        """The notice lies there as long as something that it speaks of does."""
        present = {name: _mark_or_none(file) for name, file in files_in(self.places.drop)}
        self._secret = {name: mark for name, mark in self._secret.items() if present.get(name) == mark}
        if self._secret:
            put_notice(self.places)
        elif not self.restless:
            take_notice_away(self.places)

    def _take_up_again(self) -> None:
        """Put back what a crash left in the work folder: files that belong to no document.

        They come to rest in the drop folder as a set again, also where only half of it had been claimed.
        """
        groups = defaultdict(list)
        for name, path in files_in(self.places.work):
            groups[parts(name).key].append(AtRest(path, mark_of(path), ""))
        present = {key: tuple(sorted((f.name, f.mark) for f in files)) for key, files in groups.items()}
        self._known &= set(present.values())
        for key, files in groups.items():
            if present[key] in self._known or self._claimed_now(key):
                continue
            contents = [_content(file) for file in files]
            if self._accounted(contents):
                self._known.add(present[key])
            else:
                _log.warning("claim.taken_up_again", folder=self.folder.id, files=len(files))
                release(self.places, contents)

    def _claimed_now(self, key: str) -> bool:
        """Whether a thread works on files of this stem, or of the stem they were dropped with."""
        return any(key == busy or key.startswith(f"{busy} (") for busy in self._busy)

    def _accounted(self, contents: list[Content]) -> bool:
        """Whether these are the convenience copies of a document.

        By name first: a copy that somebody has changed stays where it is, too. Then by manifest digest:
        a document that has ended, and whose unit does not see its end yet.
        """
        ledger = self._intake.ledger
        names = {nfc(content.name) for content in contents}
        living = ledger.documents(self.folder.organisation_id, set(LIVING), self.folder.unit_id)
        if any(
            names <= _names(d) for d in [*living, *ledger.to_give_back()] if d.folder_id == self.folder.id
        ):
            return True
        try:
            last = ledger.last_round(self.folder.id, self._intake.manifest(contents))
        except Returnable:
            return False
        return last is not None and not last.folder_done and names <= _names(last)


def _names(document: DocumentFact) -> set[str]:
    return {nfc(file.name) for file in document.files}


def _content(file: AtRest) -> Content:
    try:
        data = file.path.read_bytes()
    except PermissionError:
        return Content(file.path, file.name, file.mark.size, "", None)
    return Content(file.path, file.name, len(data), digest_of(data), data)


def _mark_or_none(path: Path) -> Mark | None:
    try:
        return mark_of(path)
    except OSError:
        return None
