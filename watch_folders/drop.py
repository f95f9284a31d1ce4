"""See files in a drop folder and know that they have stopped changing.

The folder is the truth: `Drop.ready` looks at it anew each time and would work without any event. A file
is at rest when two readings, at least `settle` seconds apart, agree on size, time of change and content,
and it is not empty and ends as its format must; or when it has not changed for `stuck` seconds, whatever
it looks like. Files with one stem are a set, and a set is ready when none of it has changed for `quiet`
seconds.
"""

import hashlib
import os
import stat
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from watch_folders.names import ZIPPED, ignored, nfc, parts
from watch_folders.receipts import is_notice

_PDF_TAIL: Final = 1024
_ZIP_END: Final = b"PK\x05\x06"
_ZIP_TAIL: Final = 22 + 65535


@dataclass(frozen=True)
class Times:
    """Seconds, from the section `watch` of the settings."""

    settle: float = 2.0
    stuck: float = 60.0
    quiet: float = 5.0


@dataclass(frozen=True)
class Mark:
    """What a look at a file costs nothing to tell."""

    size: int
    mtime_ns: int


@dataclass(frozen=True)
class AtRest:
    """A file that has stopped changing; `digest` is empty when it was too big or may not be read."""

    path: Path
    mark: Mark
    digest: str

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(frozen=True)
class FileSet:
    """The files of one stem. `key` is the stem as it is compared."""

    key: str
    files: tuple[AtRest, ...]


@dataclass
class _Seen:
    """A file as it has looked `since` then, and its first reading at `read_at` (None: not yet read)."""

    path: Path
    mark: Mark
    since: float
    digest: str = ""
    read_at: float | None = None
    at_rest: bool = False


class Drop:
    """One drop folder, remembered between looks. `ticks` gives seconds that never go back."""

    def __init__(self, folder: Path, times: Times, max_bytes: int, ticks: Callable[[], float]) -> None:
        self._folder = folder
        self._times = times
        self._max_bytes = max_bytes
        self._ticks = ticks
        self._seen: dict[str, _Seen] = {}

    def ready(self) -> list[FileSet]:
        """The sets that may be taken now. `OSError` when the folder itself cannot be read."""
        present = dict(files_in(self._folder))
        for name in self._seen.keys() - present.keys():
            del self._seen[name]
        for name, path in present.items():
            try:
                self._look(name, path)
            except OSError:
                # Gone meanwhile, or still held by whoever writes it: the next look tells.
                self._seen.pop(name, None)
        quiet_since = self._ticks() - self._times.quiet
        found = []
        for key, members in self._sets(present).items():
            seen = [self._seen.get(name) for name in members]
            rested = [s for s in seen if s is not None and s.at_rest and s.since <= quiet_since]
            if len(rested) == len(members):
                found.append(FileSet(key, tuple(AtRest(s.path, s.mark, s.digest) for s in rested)))
        return found

    def waiting(self) -> bool:
        """Whether something lies here that is not at rest yet: worth another look soon."""
        now = self._ticks()
        return any(not s.at_rest or now - s.since < self._times.quiet for s in self._seen.values())

    @staticmethod
    def _sets(present: dict[str, Path]) -> dict[str, list[str]]:
        sets = defaultdict(list)
        for name in sorted(present):
            sets[parts(name).key].append(name)
        return sets

    def _look(self, name: str, path: Path) -> None:
        mark = mark_of(path)
        seen = self._seen.get(name)
        if seen is None or seen.mark != mark:
            # Not read yet: a file that is still growing would be read again and again.
            self._seen[name] = _Seen(path, mark, self._ticks())
        elif seen.read_at is None:
            seen.digest = self._digest(path, mark)
            seen.read_at = self._ticks()
        elif not seen.at_rest and self._due(seen, seen.read_at):
            if self._digest(path, mark) == seen.digest and mark_of(path) == mark:
                seen.at_rest = True
            else:
                del self._seen[name]

    def _due(self, seen: _Seen, read_at: float) -> bool:
        now = self._ticks()
        if now - read_at < self._times.settle:
            return False
        return now - seen.since >= self._times.stuck or self._ends_well(seen)

    def _digest(self, path: Path, mark: Mark) -> str:
        """What was read, in short; a file over the limit goes back unread."""
        if mark.size > self._max_bytes:
            return ""
        try:
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except PermissionError:
            return ""

    def _ends_well(self, seen: _Seen) -> bool:
        if seen.mark.size == 0 or not seen.digest:
            return seen.mark.size > self._max_bytes
        return ends_well(seen.path)


def files_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name in NFC and path of each plain file that counts (no link, no folder, nothing ignored)."""
    with os.scandir(folder) as entries:
        for entry in entries:
            name = nfc(entry.name)
            if not ignored(name) and not is_notice(name) and entry.is_file(follow_symlinks=False):
                yield name, folder / entry.name


def mark_of(path: Path) -> Mark:
    """Size and time of change. `OSError` when it is gone, or no plain file any more."""
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode):
        raise FileNotFoundError(path.name)
    return Mark(found.st_size, found.st_mtime_ns)


def ends_well(path: Path) -> bool:
    """Whether a file ends as the format of its suffix must; an unknown format ends anywhere."""
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        return b"%%EOF" in _tail(path, _PDF_TAIL)
    if suffix in ZIPPED:
        tail = _tail(path, _ZIP_TAIL)
        at = tail.rfind(_ZIP_END)
        return at >= 0 and len(tail) - at >= 22
    return True


def _tail(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - size))
        return file.read()
