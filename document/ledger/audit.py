"""The whole record, to be walked again by `office/audit.py`: every event, every digest that is named."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from document.ledger.core import GENESIS, LedgerCore
from document.tables import (
    Decision,
    DocumentFile,
    Event,
    EventHead,
    Key,
    Organisation,
    Person,
    RegisterEntry,
    Version,
)

Statement = tuple[str, str, tuple[object, ...]]
"""What is said (number, void, version, decision, key), about which document or key, and its values."""

AT_ONCE: Final = 500
"""Events read from the database at a time."""


@dataclass(frozen=True)
class ChainedEvent:
    """An event as it is stored: the body with its hash, and the columns that repeat parts of the body."""

    seq: int
    body: bytes
    hash: str
    at: datetime
    act: str
    document_id: str | None


class AuditActs(LedgerCore):
    """Questions of the audit."""

    def chain(self, organisation_id: str) -> Iterator[ChainedEvent]:
        """Every event of the organisation in order."""
        with self.reading() as session:
            rows = session.scalars(
                select(Event)
                .where(Event.organisation_id == organisation_id)
                .order_by(Event.seq)
                .execution_options(yield_per=AT_ONCE)
            )
            for row in rows:
                yield ChainedEvent(row.seq, row.body, row.hash, row.at, row.act, row.document_id)

    def statements(self) -> set[Statement]:
        """What the tables say that an event must have told, in the form of `office.audit.told`."""
        made = ["prepared", "signed", "sealed"]
        with self.reading() as session:
            numbers = session.scalars(select(RegisterEntry)).all()
            versions = session.scalars(select(Version).where(Version.kind.in_(made)))
            decisions = session.scalars(select(Decision).where(Decision.outcome == "pass"))
            return {
                *(("number", n.document_id, (n.series_id, n.year, n.number)) for n in numbers),
                *(("void", n.document_id, ()) for n in numbers if n.void),
                *(("version", v.document_id, (v.kind, v.digest)) for v in versions),
                *(("decision", d.document_id, (d.step, d.person_id, d.shown)) for d in decisions),
                *(
                    ("key", k.id, (k.person_id, k.fingerprint, hashlib.sha256(k.certificate).hexdigest()))
                    for k in session.scalars(select(Key))
                ),
            }

    def chain_head(self, organisation_id: str) -> tuple[int, str]:
        """Number and hash of the newest event, `(0, GENESIS)` before the first."""
        with self.reading() as session:
            head = session.get(EventHead, organisation_id)
            return (head.seq, head.hash) if head else (0, GENESIS)

    def named_digests(self) -> dict[str, str]:
        """Every digest whose bytes the vault must have, with the id of what names it first."""
        named: dict[str, str] = {}
        with self.reading() as session:
            for query in (
                select(Version.digest, Version.document_id).order_by(Version.id),
                select(DocumentFile.digest, DocumentFile.document_id).order_by(DocumentFile.id),
                select(Organisation.seal_image, Organisation.id),
                select(Person.signature_image, Person.id),
            ):
                for digest, owner in session.execute(query):
                    if digest is not None:
                        named.setdefault(digest, owner)
        return named
