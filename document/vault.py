"""Bytes by their SHA-256: written beside, fsync, rename; hashed again on every read."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from document.errors import Damaged, NotFound
from document.faults import NONE, Faults


def digest_of(data: bytes) -> str:
    """SHA-256 in lower-case hex: the name of `data` everywhere in Niêm."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class Vault:
    """The store of original bytes under `root` (fanned out by the first two hex digits)."""

    root: Path
    faults: Faults = NONE

    def path(self, digest: str) -> Path:
        """Where the bytes of `digest` lie, or would lie."""
        return self.root / digest[:2] / digest

    def put(self, data: bytes) -> str:
        """Make `data` safe on disk and return its digest; the same bytes twice are one file.

        A damaged file of that digest is replaced.
        """
        digest = digest_of(data)
        target = self.path(digest)
        if target.exists() and digest_of(target.read_bytes()) == digest:
            return digest
        self.faults.point("vault.before")
        target.parent.mkdir(parents=True, exist_ok=True)
        sync_folder(self.root)
        beside = target.with_name(f".{digest}.{secrets.token_hex(4)}")
        try:
            with beside.open("xb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            beside.chmod(0o440)
            beside.rename(target)
        finally:
            beside.unlink(missing_ok=True)
        sync_folder(target.parent)
        self.faults.point("vault.after")
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of `digest`.

        Raises `NotFound` when they are not there (never stored, or purged) and `Damaged` when the
        disk gives back something else than was stored.
        """
        try:
            data = self.path(digest).read_bytes()
        except FileNotFoundError:
            raise NotFound("vault.missing", digest=digest) from None
        if digest_of(data) != digest:
            raise Damaged("vault.damaged", digest=digest)
        return data

    def purge(self, digest: str) -> None:
        """Destroy the bytes. The caller has recorded who, when and why before."""
        self.path(digest).unlink(missing_ok=True)
        sync_folder(self.path(digest).parent)


def sync_folder(folder: Path) -> None:
    """fsync a folder, so that a rename in it survives a power cut."""
    if not folder.is_dir():
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
