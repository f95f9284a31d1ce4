"""A disk that gives back something else than was stored."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def damaged(path: Path) -> Iterator[None]:
    """Other bytes than were stored, inside the block."""
    right = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(right[:-1] + b"?")
    try:
        yield
    finally:
        path.write_bytes(right)


@contextmanager
def in_the_way(folder: Path) -> Iterator[None]:
    """A file stands where a folder of the vault was: an error that nobody foresaw."""
    aside = folder.with_suffix(".aside")
    folder.rename(aside)
    folder.write_bytes(b"")
    try:
        yield
    finally:
        folder.unlink()
        aside.rename(folder)
