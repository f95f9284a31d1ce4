"""What each key was used for: one row per use, written before the key signs, never changed after.

SQLite, because a row is on disk or it is not, and because years of rows need not be read to find one.
It holds hashes and signatures, no PIN and no content.
"""

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Final

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS uses (
    id INTEGER PRIMARY KEY,
    intent TEXT NOT NULL,
    key_id TEXT NOT NULL,
    digest TEXT NOT NULL,   -- SHA-256 of the data to be signed
    begun_at TEXT NOT NULL, -- UTC
    signature BLOB          -- NULL: begun and never finished; then no signature ever left
) STRICT;
CREATE INDEX IF NOT EXISTS uses_of_intent ON uses (intent);
"""


class Journal:
    """The uses of the keys, in the file `path`. Not thread-safe: its owner lets one thread in at a time."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.executescript(_TABLE)

    def made(self, intent: str, digest: str, key_id: str | None = None) -> bytes | None:
        """The signature already made for `intent` over the data of `digest` (by `key_id`, if given)."""
        row = self._database.execute(
            "SELECT signature FROM uses WHERE intent = ? AND digest = ? AND key_id = coalesce(?, key_id)"
            " AND signature IS NOT NULL ORDER BY id DESC",
            (intent, digest, key_id),
        ).fetchone()
        return None if row is None else bytes(row[0])

    def used(self, intent: str) -> bool:
        """Whether a signature was ever made for `intent`."""
        row = self._database.execute(
            "SELECT 1 FROM uses WHERE intent = ? AND signature IS NOT NULL", (intent,)
        ).fetchone()
        return row is not None

    def begin(self, intent: str, key_id: str, digest: str, at: datetime) -> int:
        """Write down that `key_id` will now sign the data of `digest` for `intent`; the row's number."""
        cursor = self._database.execute(
            "INSERT INTO uses (intent, key_id, digest, begun_at) VALUES (?, ?, ?, ?)",
            (intent, key_id, digest, at.isoformat()),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def finish(self, use: int, signature: bytes) -> None:
        """Write down the result. Only then may it leave the process."""
        self._database.execute("UPDATE uses SET signature = ? WHERE id = ?", (signature, use))

    def close(self) -> None:
        """Leave the file in one piece."""
        self._database.close()
