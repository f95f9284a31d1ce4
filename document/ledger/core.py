"""Transactions, moves and the chained record.

SQLite runs in WAL mode and every writing transaction begins IMMEDIATE (with ordinary transactions 20
threads taking numbers got `database is locked` 179 times of 200). PostgreSQL locks rows, always in this
order, so that no two transactions wait for each other: the documents concerned (by id), the series, the
end of the chain.
"""

import hashlib
import itertools
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any, Final, TypeVar

import rfc8785
from sqlalchemy import Connection, Engine, create_engine, event, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from document.clock import Clock, SystemClock
from document.errors import Conflict, Damaged, NotFound
from document.faults import NONE, Faults
from document.stages import Stage, may_move
from document.tables import Base, Document, Event, EventHead, Organisation

EVENT_VERSION: Final = 1
GENESIS: Final = "0" * 64
"""`prev` of the first event of a chain."""
BUSY_SECONDS: Final = 30

OWNED: Final = {"key_share": True}
"""FOR NO KEY UPDATE: one writer at a time, while rows that only refer to this one may still be added."""

Row = TypeVar("Row", bound=Base)

_count = itertools.count()


def connect(url: str, *, existing: bool = False) -> Engine:
    """An engine for `sqlite:///…` or `postgresql+psycopg://…`, set up as the ledger needs it.

    `existing`: `Damaged("ledger.file_missing")` where SQLite's file is gone. It would make an empty one in
    its place, and the numbers of the year would begin anew.
    """
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    file = Path(url.removeprefix("sqlite:///"))
    if existing and not file.exists():
        raise Damaged("ledger.file_missing", path=file)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: object) -> None:
        del record
        connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("niem_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


class LedgerCore:
    """The database, one clock, and the fault points."""

    def __init__(self, engine: Engine, clock: Clock | None = None, faults: Faults = NONE) -> None:
        self.engine = engine
        self.clock: Clock = clock or SystemClock()
        self.faults = faults
        self._writer = engine.execution_options(niem_writes=True)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction that may write: committed at the end, rolled back on any error."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One transaction that only reads."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    def new_id(self) -> str:
        """An id that sorts by time: 8 hex digits of seconds, 6 of a count in this process, 10 of chance."""
        return f"{int(self.clock.now().timestamp()):08x}{next(_count) & 0xFFFFFF:06x}{secrets.token_hex(5)}"

    def move(
        self, session: Session, document: Document, new: Stage, *, old: Stage | None = None, **columns: Any
    ) -> None:
        """Move `document` to `new` where it still stands at `old` (default: where it was read).

        The race is won in the database: the update names the old stage and its rows are counted.
        Raises `Conflict("ledger.moved")` when somebody was quicker or the table of moves forbids it.
        """
        before = old or Stage(document.stage)
        held_from = Stage(document.held_from) if document.held_from else None
        if not may_move(before, new, held_from):
            raise Conflict("ledger.moved", stage=before)
        now = self.clock.now()
        result = session.execute(
            update(Document)
            .where(Document.id == document.id, Document.stage == before.value)
            .values(stage=new.value, stage_at=now, attempts=0, lease_until=None, needs_pin=False, **columns)
            .execution_options(synchronize_session="fetch")
        )
        if not isinstance(result, CursorResult) or result.rowcount != 1:
            session.refresh(document)
            raise Conflict("ledger.moved", stage=Stage(document.stage))

    def record(
        self,
        session: Session,
        organisation_id: str,
        act: str,
        *,
        actor: str | None = None,
        document: str | None = None,
        digests: list[str] | None = None,
        rule: str | None = None,
        **data: Any,
    ) -> None:
        """Add an event to the organisation's chain: ids and digests, never names or texts.

        The event is RFC 8785 canonical JSON and its hash SHA-256 of exactly those bytes.
        """
        head = session.get(EventHead, organisation_id, with_for_update=OWNED)
        if head is None:
            if session.get(Organisation, organisation_id) is None:
                raise NotFound("ledger.organisation_unknown", id=organisation_id)
            head = EventHead(organisation_id=organisation_id, seq=0, hash=GENESIS)
            session.add(head)
        now = self.clock.now()
        body = rfc8785.dumps(
            {
                "v": EVENT_VERSION,
                "organisation": organisation_id,
                "seq": head.seq + 1,
                "prev": head.hash,
                "at": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "actor_id": actor,
                "act": act,
                "document_id": document,
                "digests": digests or [],
                "rule": rule,
                "data": data,
            }
        )
        head.seq += 1
        head.hash = hashlib.sha256(body).hexdigest()
        session.add(
            Event(
                organisation_id=organisation_id,
                seq=head.seq,
                at=now,
                act=act,
                document_id=document,
                body=body,
                hash=head.hash,
            )
        )

    @staticmethod
    def row(session: Session, document_id: str) -> Document:
        """The document's row, to look at; `NotFound` when there is none."""
        found = session.get(Document, document_id)
        if found is None:
            raise NotFound("ledger.document_unknown", id=document_id)
        return found

    @staticmethod
    def take(session: Session, document_id: str) -> Document:
        """The document's row, held until the transaction ends; `NotFound` when there is none."""
        found = session.get(Document, document_id, with_for_update=OWNED, populate_existing=True)
        if found is None:
            raise NotFound("ledger.document_unknown", id=document_id)
        return found

    @staticmethod
    def one(session: Session, kind: type[Row], row_id: str) -> Row:
        """The row of `kind` with this id; `NotFound` when there is none."""
        found = session.get(kind, row_id)
        if found is None:
            raise NotFound("ledger.unknown", id=row_id)
        return found
