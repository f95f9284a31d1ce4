"""Number and date, the seal's intents and result, void numbers. The outgoing register.

Numbers run without gaps and without duplicates (R-REG-01): the series' row of the year is locked,
incremented and used in one transaction together with the document's move.
"""

from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from document.clock import local_date
from document.errors import Conflict, Refused
from document.facts import IntentFact, RegisterFact, SealRuleFact, SeriesFact
from document.ledger.basis import series_of
from document.ledger.core import OWNED
from document.ledger.review import ReviewActs
from document.ledger.views import intent_fact, register_fact
from document.ledger.work import NewVersion
from document.manifest import FileRole
from document.numbering import number_symbol, number_text
from document.stages import Stage
from document.tables import (
    Document,
    DocumentFile,
    Intent,
    RegisterEntry,
    SealRule,
    Series,
    SeriesYear,
    Signatory,
)

SEALABLE: Final = (Stage.SIGNED.value, Stage.NUMBERED.value)


class RegisterActs(ReviewActs):
    """The clerk's acts."""

    def series(self, organisation_id: str) -> list[SeriesFact]:
        """The organisation's number series."""
        with self.reading() as session:
            rows = session.scalars(
                select(Series).where(Series.organisation_id == organisation_id).order_by(Series.code)
            )
            return [_series_fact(row) for row in rows]

    def series_for(self, organisation_id: str, symbol: str) -> SeriesFact:
        """The series that numbers documents with this printed symbol; `Refused` when there is none."""
        with self.reading() as session:
            return _series_fact(self._series(session, organisation_id, symbol))

    @staticmethod
    def _series(session: Session, organisation_id: str, symbol: str) -> Series:
        found = series_of(session, organisation_id, symbol)
        if found is None:
            raise Refused("register.no_series", symbol=symbol)
        return found

    def last_number(self, series_id: str, year: int) -> int:
        """The last number given in `year`, 0 when none was."""
        with self.reading() as session:
            row = session.get(SeriesYear, (series_id, year))
            return row.last if row else 0

    def plan_seal(self, document_ids: list[str], clerk_id: str, key_id: str) -> dict[str, list[IntentFact]]:
        """Write down that the organisation's key will sign the main file and each attachment.

        Documents at SIGNED (not numbered yet) or NUMBERED (the PIN is given again); others raise
        `Conflict`. All intents of one act carry one time.
        """
        planned: dict[str, list[IntentFact]] = {}
        with self.writing() as session:
            rows = {one: self.take(session, one) for one in sorted(set(document_ids))}
            for document_id, row in rows.items():
                if row.stage not in SEALABLE:
                    raise Conflict("ledger.moved", stage=Stage(row.stage))
                self.abandon_all(session, row.id)
                intents = [
                    self.intend(
                        session, row, ordinal, "organisation", key_id=key_id, actor_id=clerk_id, base=base
                    )
                    for ordinal, base in self._to_seal(session, row)
                ]
                planned[document_id] = [intent_fact(intent) for intent in intents]
        return planned

    def _to_seal(self, session: Session, row: Document) -> list[tuple[int, str]]:
        attachments = session.scalars(
            select(DocumentFile.ordinal)
            .where(DocumentFile.document_id == row.id, DocumentFile.role == FileRole.ATTACHMENT.value)
            .order_by(DocumentFile.ordinal)
        )
        return [
            (0, self._digest(session, row, "signed")),
            *((n, self._digest(session, row, "prepared", n)) for n in attachments),
        ]

    def number(self, document_id: str, clerk_id: str) -> RegisterFact:
        """SIGNED -> NUMBERED: the next number of the series, the day in Viet Nam, the register's row.

        A document that is NUMBERED already keeps its number; its intents are simply the new ones.
        The year is the year of numbering (R-REG-01), the date the act's own.
        """
        with self.writing() as session:
            row = self.take(session, document_id)
            entry = session.scalar(select(RegisterEntry).where(RegisterEntry.document_id == document_id))
            if entry is not None and row.stage == Stage.NUMBERED.value:
                row.needs_pin = False
                return register_fact(entry)
            intents = self._seal_intents(session, document_id)
            if not intents:
                raise Refused("register.no_intent")
            issued_on = local_date(intents[0].at)
            entry = self._enter(session, row, clerk_id, issued_on)
            self.move(session, row, Stage.NUMBERED, old=Stage.SIGNED)
            self.record(
                session, row.organisation_id, "document.numbered", document=row.id, actor=clerk_id,
                rule="R-REG-01", series=entry.series_id, year=entry.year, number=entry.number,
            )  # fmt: skip
            return register_fact(entry)

    @staticmethod
    def _seal_intents(session: Session, document_id: str) -> list[Intent]:
        return list(
            session.scalars(
                select(Intent)
                .where(
                    Intent.document_id == document_id,
                    Intent.state == "open",
                    Intent.layer == "organisation",
                )
                .order_by(Intent.ordinal)
            )
        )

    def _enter(self, session: Session, row: Document, clerk_id: str, issued_on: date) -> RegisterEntry:
        reading = row.reading
        symbol = reading["symbol"]["text"]
        series = self._series(session, row.organisation_id, symbol)
        number = self._next(session, series, issued_on.year)
        shown = number_text(number, series.width)
        signatory = session.get(Signatory, row.signatory_id) if row.signatory_id else None
        signer = " ".join(
            part
            for part in (
                signatory.capacity if signatory else "",
                reading["title"]["text"],
                reading["signer"]["text"],
            )
            if part
        )
        entry = RegisterEntry(
            id=self.new_id(), organisation_id=row.organisation_id, document_id=row.id,
            series_id=series.id, year=issued_on.year, number=number, number_text=shown, symbol=symbol,
            number_symbol=number_symbol(shown, symbol), issued_on=issued_on, kind=reading["kind"]["text"],
            subject=reading["subject"]["text"], signer=signer, recipients=list(reading["recipients"]),
            archive_unit=reading["archive_unit"], clerk_id=clerk_id, at=self.clock.now(), copies=1,
            note="", void=False,
        )  # fmt: skip
        session.add(entry)
        session.flush()
        return entry

    def _next(self, session: Session, series: Series, year: int) -> int:
        # The series' row always exists, so it is what is locked: two first numbers of a year cannot race.
        session.get_one(Series, series.id, with_for_update=OWNED, populate_existing=True)
        counter = session.get(SeriesYear, (series.id, year), populate_existing=True)
        if counter is None:
            counter = SeriesYear(
                organisation_id=series.organisation_id, series_id=series.id, year=year, last=series.start - 1
            )
            session.add(counter)
        counter.last += 1
        session.flush()
        return counter.last

    def sealed(
        self, document_id: str, versions: list[NewVersion], used: list[IntentFact] | None = None
    ) -> None:
        """NUMBERED -> SEALED: every file's sealed bytes become the issued version, its intent is done.

        `used`: the intents the bytes were signed for. Raises `Conflict("ledger.intent_used")` when they
        are not the open ones (the clerk has begun again meanwhile), or a file is missing.
        """
        with self.writing() as session:
            row = self.take(session, document_id)
            if row.stage != Stage.NUMBERED.value:
                raise Conflict("ledger.moved", stage=Stage(row.stage))
            intents = self._seal_intents(session, document_id)
            by_ordinal = {v.ordinal: v for v in versions}
            same = used is None or {i.id for i in used} == {i.id for i in intents}
            if not same or not intents or by_ordinal.keys() != {i.ordinal for i in intents}:
                raise Conflict("ledger.intent_used")
            for intent in intents:
                self.finish(session, intent.id, by_ordinal[intent.ordinal].digest)
            self.add_versions(session, row, "sealed", versions)
            self.move(session, row, Stage.SEALED, old=Stage.NUMBERED)
            self.record(
                session, row.organisation_id, "document.sealed", document=row.id,
                actor=intents[0].actor_id, digests=[v.digest for v in versions],
                intents=[i.id for i in intents], rule="R-SIG-03",
            )  # fmt: skip

    def void(self, document_id: str, reason: str, actor: str | None = None) -> None:
        """The number stays in the register, marked, and is never used again (R-REG-10)."""
        with self.writing() as session:
            row = self.take(session, document_id)
            entry = session.scalar(select(RegisterEntry).where(RegisterEntry.document_id == document_id))
            if entry is None:
                raise Conflict("register.no_number", id=document_id)
            entry.void = True
            entry.note = reason
            self.abandon_all(session, row.id)
            self.move(session, row, Stage.VOID)
            self.note(session, row, "number.void", reason, actor)

    def add_seal_rule(self, rule: SealRuleFact) -> None:
        """Record a standing rule with its written authorisation; it ends by itself on its last day."""
        with self.writing() as session:
            session.add(
                SealRule(
                    id=rule.id, organisation_id=rule.organisation_id, authorisation=rule.authorisation,
                    valid_from=rule.valid_from, valid_to=rule.valid_to, kinds=list(rule.kinds),
                    key_id=rule.key_id, clerk_id=rule.clerk_id,
                )
            )  # fmt: skip
            self.record(
                session, rule.organisation_id, "seal_rule.added", actor=rule.clerk_id, rule="R-SIG-04",
                key=rule.key_id, kinds=list(rule.kinds),
            )  # fmt: skip

    def seal_rules(self, on: date) -> list[SealRuleFact]:
        """The standing rules in force on `on`."""
        with self.reading() as session:
            rows = session.scalars(select(SealRule).where(SealRule.valid_from <= on, SealRule.valid_to >= on))
            return [
                SealRuleFact(
                    id=r.id, organisation_id=r.organisation_id, authorisation=r.authorisation,
                    valid_from=r.valid_from, valid_to=r.valid_to, kinds=tuple(r.kinds), key_id=r.key_id,
                    clerk_id=r.clerk_id,
                )
                for r in rows
            ]  # fmt: skip

    def pin_failed(self, person_id: str, key_id: str, organisation_id: str) -> None:
        """Record that a PIN did not open a key (never the PIN)."""
        with self.writing() as session:
            self.record(session, organisation_id, "pin.failed", actor=person_id, key=key_id)


def _series_fact(row: Series) -> SeriesFact:
    return SeriesFact(row.id, row.organisation_id, row.code, tuple(row.symbols), row.width, row.start)
