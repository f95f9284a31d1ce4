"""What the workers ask and write: the next piece of work, its result, and what is held."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from document.clock import shown
from document.errors import Conflict
from document.facts import DocumentFact
from document.ledger.views import ViewActs, document_fact
from document.stages import Stage, may_move
from document.tables import Decision, Document, Unit, VerdictRecord, Version

ATTEMPTS: Final = 3
"""A step that fails so often ends at Held."""


@dataclass(frozen=True)
class NewVersion:
    """Bytes that are in the vault and now become a version."""

    ordinal: int
    digest: str
    size: int


class WorkActs(ViewActs):
    """Leases, results of the machine's steps, Held."""

    def next_work(self, lease_seconds: float) -> DocumentFact | None:
        """Claim the longest waiting document that a worker can carry on, for `lease_seconds`.

        The claim counts as an attempt before the work begins, so that a death counts too; a document
        whose attempts are used up is held instead. None: nothing to do.
        """
        ready = select(Document.id).where(self._ready(), self._free())
        query = ready.order_by(Document.stage_at, Document.id).limit(1)
        with self.reading() as session:
            found = session.scalar(query)
        return self._claim(found, lease_seconds) if found else None

    def _claim(self, document_id: str, lease_seconds: float) -> DocumentFact | None:
        now = self.clock.now()
        with self.writing() as session:
            row = self.take(session, document_id)
            if row.lease_until is not None and row.lease_until >= now:
                return None  # another worker was quicker
            if row.attempts >= ATTEMPTS:
                self._hold(session, row, "work.three_times", {"stage": row.stage})
                return None
            won = session.execute(
                update(Document)
                .where(
                    Document.id == document_id,
                    self._ready(),
                    Document.attempts == row.attempts,
                    or_(Document.lease_until.is_(None), Document.lease_until < now),
                )
                .values(attempts=row.attempts + 1, lease_until=now + timedelta(seconds=lease_seconds))
            )
            if not isinstance(won, CursorResult) or won.rowcount != 1:
                return None
            session.refresh(row)
            return document_fact(session, row)

    def _free(self) -> ColumnElement[bool]:
        return or_(Document.lease_until.is_(None), Document.lease_until < self.clock.now())

    @staticmethod
    def _ready() -> ColumnElement[bool]:
        return or_(
            and_(Document.stage == Stage.RECEIVED.value, Document.confirmed.is_(True)),
            and_(Document.stage == Stage.NUMBERED.value, Document.needs_pin.is_(False)),
            Document.stage.in_([Stage.SEALED.value, Stage.VERIFIED.value]),
        )

    def release(self, document_id: str, *, needs_pin: bool = False, seconds: float = 0.0) -> None:
        """Give a claimed document back unharmed: a service was silent, or the key's holder is needed.

        Neither is the document's fault, so the attempt does not count. For `seconds` no worker takes it:
        what waits for a service must not hold up what does not.
        """
        with self.writing() as session:
            row = self.take(session, document_id)
            row.lease_until = self.clock.now() + timedelta(seconds=seconds) if seconds else None
            row.attempts = max(0, row.attempts - 1)
            row.needs_pin = needs_pin

    def failed(self, document_id: str) -> None:
        """The step failed for an unforeseen reason: free it for another try (the attempt counts)."""
        with self.writing() as session:
            self.take(session, document_id).lease_until = None

    def prepared(self, document_id: str, plan: dict[str, Any], versions: list[NewVersion]) -> None:
        """RECEIVED -> PREPARED with the prepared bytes; a switched-off check is recorded with its rule."""
        with self.writing() as session:
            row = self.take(session, document_id)
            number = row.preparation + 1
            self.move(session, row, Stage.PREPARED, old=Stage.RECEIVED, plan=plan, preparation=number)
            session.refresh(row)
            self.add_versions(session, row, "prepared", versions)
            unit = session.get_one(Unit, row.unit_id)
            off = [
                (step, rule)
                for step, on, rule in (
                    ("content", unit.content_check, unit.content_rule),
                    ("form", unit.form_check, unit.form_rule),
                )
                if not on
            ]
            for step, rule in off:
                session.add(
                    Decision(
                        id=self.new_id(), organisation_id=row.organisation_id, document_id=row.id,
                        preparation=number, step=step, person_id=None, shown="", outcome="off",
                        reason=rule, at=self.clock.now(),
                    )
                )  # fmt: skip
            self.record(
                session, row.organisation_id, "document.prepared", document=row.id,
                digests=[v.digest for v in versions], preparation=number,
                checks_off=[step for step, _ in off],
            )  # fmt: skip
            if len(off) == 2:
                self.move(session, row, Stage.CHECKED, old=Stage.PREPARED)

    def add_versions(self, session: Session, row: Document, kind: str, versions: list[NewVersion]) -> None:
        """Rows for bytes that are already safe in the vault."""
        for version in versions:
            session.add(
                Version(
                    id=self.new_id(), organisation_id=row.organisation_id, document_id=row.id,
                    ordinal=version.ordinal, preparation=row.preparation, kind=kind,
                    digest=version.digest, size=version.size, at=self.clock.now(),
                )
            )  # fmt: skip

    def returned_by_machine(
        self, document_id: str, code: str, seen: Stage | None = None, /, **params: object
    ) -> None:
        """The document itself cannot go on: it goes back to its folder with this reason.

        `seen`: the stage the caller worked at; `Conflict("ledger.moved")` when it stands elsewhere now.
        """
        with self.writing() as session:
            row = self.take(session, document_id)
            self._still(row, seen)
            stage = row.stage
            self.move(session, row, Stage.RETURNED, reason=code, reason_params=_plain(params), held_from=None)
            self.record(
                session, row.organisation_id, "document.returned", document=row.id,
                digests=[row.digest], code=code, stage=stage,
            )  # fmt: skip

    def verified(self, document_id: str, verdicts: list[dict[str, Any]]) -> None:
        """SEALED -> VERIFIED; the verdicts (one per file, main first) are kept whole."""
        with self.writing() as session:
            row = self.take(session, document_id)
            self.keep_verdicts(session, row, verdicts)
            self.move(session, row, Stage.VERIFIED, old=Stage.SEALED)
            self.record(
                session, row.organisation_id, "document.verified", document=row.id,
                digests=[v["sha256"] for v in verdicts], verdicts=[v["verdict"] for v in verdicts],
            )  # fmt: skip

    def judged(self, document_id: str, verdicts: list[dict[str, Any]]) -> None:
        """Keep verdicts without moving (before a hold, or at a later re-check)."""
        with self.writing() as session:
            row = self.take(session, document_id)
            self.keep_verdicts(session, row, verdicts)
            self.record(
                session, row.organisation_id, "document.judged", document=row.id,
                digests=[v["sha256"] for v in verdicts], verdicts=[v["verdict"] for v in verdicts],
            )  # fmt: skip

    def to_recheck(self, before: datetime) -> DocumentFact | None:
        """An issued document whose newest verdicts, older than `before`, did not learn a revocation status.

        One that was put off (`release` with `seconds`) waits that long.
        """
        newest = (
            select(VerdictRecord.document_id, func.max(VerdictRecord.at).label("at"))
            .group_by(VerdictRecord.document_id)
            .subquery()
        )
        query = (
            select(Document.id)
            .join(newest, newest.c.document_id == Document.id)
            .join(
                VerdictRecord,
                and_(VerdictRecord.document_id == Document.id, VerdictRecord.at == newest.c.at),
            )
            .where(
                Document.stage == Stage.ISSUED.value,
                VerdictRecord.verdict == "indeterminate",
                newest.c.at < before,
                self._free(),
            )
            .order_by(newest.c.at)
            .limit(1)
        )
        with self.reading() as session:
            found = session.scalar(query)
            return document_fact(session, self.row(session, found)) if found else None

    def keep_verdicts(self, session: Session, row: Document, verdicts: list[dict[str, Any]]) -> None:
        """One row per verdict, the whole JSON; those of one look carry one time."""
        now = self.clock.now()
        for body in verdicts:
            session.add(
                VerdictRecord(
                    id=self.new_id(), organisation_id=row.organisation_id, document_id=row.id,
                    digest=body["sha256"], verdict=body["verdict"], body=body, at=now,
                )
            )  # fmt: skip

    def hold(self, document_id: str, code: str, seen: Stage | None = None, /, **params: object) -> None:
        """The machine gives up: HELD, with the code of its reason; `seen` as for `returned_by_machine`."""
        with self.writing() as session:
            row = self.take(session, document_id)
            self._still(row, seen)
            self._hold(session, row, code, params)

    @staticmethod
    def _still(row: Document, seen: Stage | None) -> None:
        if seen is not None and row.stage != seen.value:
            raise Conflict("ledger.moved", stage=Stage(row.stage))

    def _hold(self, session: Session, row: Document, code: str, params: dict[str, object]) -> None:
        stage = row.stage
        self.move(session, row, Stage.HELD, held_from=stage, reason=code, reason_params=_plain(params))
        self.record(session, row.organisation_id, "document.held", document=row.id, code=code, stage=stage)

    def held(self) -> list[DocumentFact]:
        """Everything that is held, with its reason."""
        return self.documents(None, {Stage.HELD})

    def retry(self, document_id: str, reason: str, actor: str | None = None) -> Stage:
        """HELD -> where it came from; returns that stage."""
        with self.writing() as session:
            row = self.take(session, document_id)
            if row.stage != Stage.HELD.value or row.held_from is None:
                raise Conflict("ledger.not_held", id=document_id)
            back = Stage(row.held_from)
            self.move(session, row, back, old=Stage.HELD, held_from=None, reason=None, reason_params={})
            self.note(session, row, "held.retry", reason, actor)
            return back

    def return_held(self, document_id: str, reason: str, actor: str | None = None) -> None:
        """HELD -> RETURNED, only while no number was given."""
        with self.writing() as session:
            row = self.take(session, document_id)
            held_from = Stage(row.held_from) if row.held_from else None
            if row.stage != Stage.HELD.value or not may_move(Stage.HELD, Stage.RETURNED, held_from):
                raise Conflict("ledger.not_held", id=document_id)
            self.move(session, row, Stage.RETURNED, old=Stage.HELD)
            self.note(session, row, "held.return", reason, actor)

    def note(
        self,
        session: Session,
        row: Document,
        act: str,
        reason: str,
        actor: str | None,
        *,
        digests: list[str] | None = None,
    ) -> None:
        """An act of the office with its reason: the words stand among the decisions, the act in the chain."""
        session.add(
            Decision(
                id=self.new_id(), organisation_id=row.organisation_id, document_id=row.id,
                preparation=row.preparation, step=act, person_id=actor, shown=row.digest,
                outcome="return" if act in ("held.return", "number.void") else "noted", reason=reason,
                at=self.clock.now(),
            )
        )  # fmt: skip
        self.record(session, row.organisation_id, act, document=row.id, actor=actor, digests=digests)


def _plain(params: dict[str, object]) -> dict[str, Any]:
    """Parameters of a message as JSON: times as people here write them, what is no number becomes text."""

    def one(value: object) -> object:
        if isinstance(value, datetime):
            return shown(value)
        if isinstance(value, date):
            return value.strftime("%d/%m/%Y")
        return value if isinstance(value, str | int | float | bool) else str(value)

    return {name: one(value) for name, value in params.items()}
