"""The four folders of a unit, on whatever file system they lie."""

import ctypes
import errno
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from document.facts import FolderFact
from document.files import on_disk
from watch_folders.names import nfc, numbered

MOUNTS: Final = Path("/proc/self/mountinfo")
NETWORK: Final = frozenset({"cifs", "smb3", "smbfs", "nfs", "nfs4", "9p", "sshfs", "afs", "ceph", "ncpfs"})
"""File systems that tell nothing about what other machines do on them: these are polled."""

_NO_REPLACE: Final = 1
_NOT_SUPPORTED: Final = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP})


@dataclass(frozen=True)
class Places:
    """Where a unit drops, and where Niêm puts what it takes, issues and gives back."""

    drop: Path
    work: Path
    issued: Path
    returned: Path

    def make(self) -> None:
        """Make all four (when a site is set up)."""
        for place in (self.drop, self.work, self.issued, self.returned):
            place.mkdir(parents=True, exist_ok=True)

    def complete(self) -> bool:
        """Whether the drop folder is there; the other three are then made where they are missing.

        The drop folder itself is never made here: where a share is not mounted it would be made on the
        local disk below, and hide that nobody's files arrive.
        """
        if not self.drop.is_dir():
            return False
        self.make()
        return True


def places(folder: FolderFact) -> Places:
    """The unit's four folders as they are called on disk."""
    root = Path(folder.path)
    drop, work, issued, returned = (on_disk(root, name) for name in folder.names)
    return Places(drop, work, issued, returned)


def move(source: Path, target: Path) -> None:
    """Rename within one file system, never over another file.

    `FileExistsError` when `target` is there. Where the file system cannot refuse by itself (NFS), the
    target is looked for first.
    """
    if not _rename_no_replace(source, target):
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        source.rename(target)


def _rename_no_replace(source: Path, target: Path) -> bool:
    """Whether the kernel did it; `OSError` for every refusal but "I cannot do this here"."""
    call = _renameat2()
    if call is None:
        return False
    at = -100  # AT_FDCWD
    if call(at, os.fsencode(source), at, os.fsencode(target), _NO_REPLACE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _NOT_SUPPORTED:
        return False
    raise OSError(code, os.strerror(code))


@cache
def _renameat2() -> Callable[..., int] | None:
    found: Callable[..., int] | None = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    return found


def taken_names(folder: Path) -> set[str]:
    """The names in use in a folder, in NFC and case-folded: some shares do not tell cases apart."""
    return {nfc(child.name).casefold() for child in folder.iterdir()}


def free_names(folder: Path, names: list[str]) -> list[str]:
    """Names that nothing in `folder` has yet; all get the same number, so that a set stays together."""
    taken = taken_names(folder)
    count = 1
    while True:
        wanted = [numbered(name, count) for name in names]
        if not any(nfc(name).casefold() in taken for name in wanted):
            return wanted
        count += 1


def on_network(path: Path, mounts: Path = MOUNTS) -> bool:
    """Whether `path` lies on a share of another machine (or on FUSE, which may be one)."""
    kind = file_system(path, mounts)
    return kind in NETWORK or kind.startswith("fuse")


def file_system(path: Path, mounts: Path = MOUNTS) -> str:
    """The file system's type, as the kernel lists it (proc(5)); empty when it cannot be learnt."""
    try:
        lines = mounts.read_bytes().splitlines()
    except OSError:
        return ""
    place = path.resolve()
    best, kind = -1, ""
    for line in lines:
        before, _, after = line.partition(b" - ")
        mount = Path(_unescaped(before.split(b" ")[4]))
        # The last one listed at a place is the one on top.
        if place.is_relative_to(mount) and len(mount.parts) >= best:
            best, kind = len(mount.parts), os.fsdecode(after.split(b" ")[0])
    return kind


def _unescaped(field: bytes) -> str:
    return os.fsdecode(re.sub(rb"\\([0-7]{3})", lambda m: bytes([int(m[1], 8)]), field))
