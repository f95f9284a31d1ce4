"""Files, folders and memory that only one system user may see."""

import ctypes
import os
import resource
import secrets
import stat
from pathlib import Path

from document.errors import Misconfigured
from document.vault import sync_folder

OTHERS = 0o077


def private_folder(path: Path, *, group: bool = False) -> Path:
    """`path`, made with mode 0700 where it is missing.

    `Misconfigured` where it belongs to another user or is open to others (with `group`, its group
    may reach what lies in it).
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    closed = 0o027 if group else OTHERS
    if not _own(path.stat(), closed):
        raise Misconfigured("key.folder_open", path=str(path))
    return path


def read_private(path: Path) -> bytes:
    """The bytes of `path`; `FileNotFoundError`, or `Misconfigured` where others may read it."""
    with path.open("rb") as file:
        if not _own(os.fstat(file.fileno()), OTHERS):
            raise Misconfigured("key.file_open", path=str(path))
        return file.read()


def write_private(path: Path, data: bytes) -> None:
    """`data` under the name `path`, mode 0600, whole or not at all, also after a power cut."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    beside.rename(path)
    sync_folder(path.parent)


def private_memory() -> None:
    """No core of this process is dumped, and nobody reads its memory (`PR_SET_DUMPABLE`, prctl(2)).

    For the processes through which a PIN passes. A program that it starts is not bound by this.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)


def _own(found: os.stat_result, closed: int) -> bool:
    return found.st_uid == os.geteuid() and not stat.S_IMODE(found.st_mode) & closed
