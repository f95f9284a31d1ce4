"""What the public writes: anonymous ratings (R-TTHC-10), counted per procedure, day and score.

A small database of its own. No address, no cookie, nothing about who rated is kept; repeated sending is
noticed in memory only, under a key that ends with the process.
"""

import hashlib
import ipaddress
import secrets
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from document.errors import Misconfigured

SCORES: Final = range(1, 6)
PER_HOUR: Final = 20
"""Ratings taken from one address in an hour; families and offices share one."""
_MOST_REMEMBERED: Final = 50_000
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Rating:
    """The mean of `count` ratings; 0 when there is none."""

    average: float
    count: int


class Store:
    """The file at `path`, made when it is missing. `sqlite3.Error` when it cannot be used later on.

    Raises `Misconfigured("public.store_closed")` when it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as database:
                database.execute(
                    "CREATE TABLE IF NOT EXISTS ratings (organisation TEXT, code TEXT, day TEXT, "
                    "score INTEGER, count INTEGER NOT NULL, PRIMARY KEY (organisation, code, day, score)) "
                    "WITHOUT ROWID"
                )
        except (OSError, sqlite3.Error):
            raise Misconfigured("public.store_closed", path=path.parent) from None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=5)) as database, database:
            yield database

    def rate(self, organisation: str, code: str, score: int, day: date) -> None:
        """Count one rating."""
        with self._open() as database:
            database.execute(
                "INSERT INTO ratings VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1",
                (organisation, code, day.isoformat(), score),
            )

    def rating(self, organisation: str, code: str) -> Rating:
        """All ratings of one body's procedure together."""
        with self._open() as database:
            total, count = database.execute(
                "SELECT COALESCE(SUM(score * count), 0), COALESCE(SUM(count), 0) FROM ratings "
                "WHERE organisation = ? AND code = ?",
                (organisation, code),
            ).fetchone()
        return Rating(total / count if count else 0.0, count)


@dataclass
class Limit:
    """One rating a day of a procedure, and `PER_HOUR` in an hour, from one address."""

    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _seen: OrderedDict[bytes, list[datetime]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def allows(self, address: str, procedure: str, now: datetime) -> bool:
        """Whether one more is taken; if so it is remembered."""
        client = self._mark(_network(address))
        rated = self._mark(f"{_network(address)} {procedure}")
        with self._lock:
            recent = [at for at in self._seen.get(client, []) if now - at < _HOUR]
            again = any(now - at < _DAY for at in self._seen.get(rated, []))
            if again or len(recent) >= PER_HOUR:
                return False
            self._keep(client, [*recent, now])
            self._keep(rated, [now])
            return True

    def _mark(self, what: str) -> bytes:
        return hashlib.blake2b(what.encode(), key=self._key, digest_size=16).digest()

    def _keep(self, mark: bytes, times: list[datetime]) -> None:
        self._seen[mark] = times
        self._seen.move_to_end(mark)
        while len(self._seen) > _MOST_REMEMBERED:
            self._seen.popitem(last=False)


def _network(address: str) -> str:
    """An IPv6 user has a whole /64 of addresses."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return address
    return str(ipaddress.ip_network((known, 64), strict=False))
