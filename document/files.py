"""Files laid into folders that people look at: complete or not there, and never over another file."""

import errno
import os
import secrets
import unicodedata
from pathlib import Path

from document.vault import sync_folder

_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL})


def write_new(target: Path, data: bytes) -> None:
    """Write beside, fsync, then appear as `target`: nobody sees half a file.

    `FileExistsError` when the name is taken. A hard link gives the name, because it can refuse; where a
    share has no links the name is looked for first.
    """
    beside = target.with_name(f".{secrets.token_hex(6)}.tmp")
    try:
        with beside.open("xb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        try:
            target.hardlink_to(beside)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            if os.path.lexists(target):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
            beside.rename(target)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(target.parent)


def replace(target: Path, data: bytes, mode: int = 0o644) -> None:
    """Write beside, fsync, rename over `target`: a reader sees the old bytes or the new ones."""
    beside = target.with_name(f".{secrets.token_hex(6)}.tmp")
    try:
        with beside.open("xb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        beside.chmod(mode)
        beside.rename(target)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(target.parent)


def text_for_people(lines: list[str]) -> bytes:
    """UTF-8 with BOM and CRLF: the editor of every Windows shows the letters and the lines."""
    whole = "\n".join(lines).splitlines()
    return b"\xef\xbb\xbf" + "".join(f"{line}\r\n" for line in whole).encode()


def on_disk(root: Path, name: str) -> Path:
    """The entry `name` of `root` in whichever normal form it was made (macOS: NFD), or where it would be."""
    wanted = root / unicodedata.normalize("NFC", name)
    if wanted.exists() or not root.is_dir():
        return wanted
    same = (entry for entry in root.iterdir() if unicodedata.normalize("NFC", entry.name) == wanted.name)
    return next(same, wanted)
