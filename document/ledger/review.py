"""Checks of content and form, the leader's approval and signature, returns, withdrawal."""

from typing import Final

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from document.errors import Conflict, NotFound
from document.facts import IntentFact
from document.ledger.basis import BasisActs
from document.ledger.views import intent_fact
from document.ledger.work import NewVersion
from document.manifest import shown_digest
from document.page import Reading
from document.stages import Stage
from document.tables import Decision, Document, Intent, Version

STEPS: Final = {"content": Stage.PREPARED, "form": Stage.PREPARED, "approve": Stage.CHECKED}
"""At which stage each decision is taken."""


class ReviewActs(BasisActs):
    """One decision by one person about one digest."""

    def decide(
        self, document_id: str, step: str, person_id: str, *, shown: str, outcome: str, reason: str
    ) -> Stage:
        """Record a check of content or form (R-SIG-21); returns the stage after it.

        Raises `Conflict("check.shown_changed")` when `shown` is not what is prepared now, and
        `Conflict("check.done")` when this step has passed already.
        """
        try:
            with self.writing() as session:
                row = self.take(session, document_id)
                self._must_stand(session, row, STEPS[step], shown)
                if outcome == "pass" and step in self._passed(session, row):
                    raise Conflict("check.done")
                self._decision(session, row, step, person_id, shown=shown, outcome=outcome, reason=reason)
                if outcome == "return":
                    self.move(session, row, Stage.RETURNED, old=STEPS[step])
                elif {"content", "form"} <= self._passed(session, row):
                    self.move(session, row, Stage.CHECKED, old=Stage.PREPARED)
                self.record(
                    session, row.organisation_id, f"check.{step}.{outcome}", document=row.id,
                    actor=person_id, digests=[shown], rule="R-SIG-21",
                )  # fmt: skip
                session.flush()
                session.refresh(row)
                return Stage(row.stage)
        except IntegrityError:
            raise Conflict("check.done") from None

    def return_document(self, document_id: str, person_id: str, step: str, shown: str, reason: str) -> None:
        """A person sends the document back with a reason, at whatever step before the number."""
        with self.writing() as session:
            row = self.take(session, document_id)
            if shown != self._shown(session, row):
                raise Conflict("check.shown_changed")
            self._decision(session, row, step, person_id, shown=shown, outcome="return", reason=reason)
            self.abandon_all(session, row.id)
            self.move(session, row, Stage.RETURNED)
            self.record(
                session, row.organisation_id, "document.returned", document=row.id, actor=person_id,
                digests=[shown], step=step,
            )  # fmt: skip

    def confirm_reading(self, document_id: str, person_id: str, reading: Reading, signatory_id: str) -> None:
        """A person says what the machine was not sure of; a prepared document is prepared again."""
        with self.writing() as session:
            row = self.take(session, document_id)
            row.reading = reading.as_json()
            row.signatory_id = signatory_id
            row.confirmed = True
            self.abandon_all(session, row.id)
            if row.stage == Stage.HELD.value:
                raise Conflict("ledger.moved", stage=Stage.HELD)
            if row.stage != Stage.RECEIVED.value:
                self.move(session, row, Stage.RECEIVED)
            self.record(session, row.organisation_id, "reading.confirmed", document=row.id, actor=person_id)

    def withdraw(self, document_id: str, unit_id: str, reason: str, actor: str | None = None) -> None:
        """The unit takes its document back before it is signed."""
        with self.writing() as session:
            row = self.take(session, document_id)
            if row.unit_id != unit_id:
                raise Conflict("ledger.other_unit")
            self._decision(session, row, "withdraw", actor, shown=row.digest, outcome="return", reason=reason)
            self.abandon_all(session, row.id)
            self.move(session, row, Stage.WITHDRAWN)
            self.record(session, row.organisation_id, "document.withdrawn", document=row.id, actor=actor)

    def plan_intent(self, document_id: str, person_id: str, key_id: str, shown: str) -> IntentFact:
        """Write down that this leader's key will sign these bytes; the stage does not change yet.

        At CHECKED, or at APPROVED by the person who approved, when the key was not used (the PIN is given
        again). An open intent that was never used is abandoned for the new one. `Conflict` where the
        preparation rests on an image, a seal or a series that has changed: it is prepared again.
        """
        if self.prepare_again(document_id):
            raise Conflict("check.shown_changed")
        with self.writing() as session:
            row = self.take(session, document_id)
            stage = Stage(row.stage)
            if stage is not Stage.APPROVED:
                self._must_stand(session, row, Stage.CHECKED, shown)
            else:
                self._must_stand(session, row, Stage.APPROVED, shown)
                if person_id != self._approver(session, row):
                    raise Conflict("ledger.moved", stage=stage)
            base = self._digest(session, row, "prepared")
            self.abandon_all(session, row.id)
            return intent_fact(
                self.intend(session, row, 0, "signer", key_id=key_id, actor_id=person_id, base=base)
            )

    def intend(
        self,
        session: Session,
        row: Document,
        ordinal: int,
        layer: str,
        *,
        key_id: str,
        actor_id: str,
        base: str,
    ) -> Intent:
        """A new open intent, with the one time of the act, and its event."""
        intent = Intent(
            id=self.new_id(), organisation_id=row.organisation_id, document_id=row.id, ordinal=ordinal,
            layer=layer, key_id=key_id, actor_id=actor_id, base=base, at=self.clock.now(), state="open",
        )  # fmt: skip
        session.add(intent)
        self.record(
            session, row.organisation_id, "intent.written", document=row.id, actor=actor_id,
            digests=[base], intent=intent.id, layer=layer, key=key_id,
        )  # fmt: skip
        session.flush()
        return intent

    def approve(self, intent_id: str, shown: str) -> None:
        """CHECKED -> APPROVED by the intent's person; nothing moves when it is APPROVED already.

        Raises `Conflict("ledger.intent_used")` when the intent is no longer open.
        """
        with self.writing() as session:
            intent, row = self._open(session, intent_id)
            if row.stage == Stage.APPROVED.value:
                return
            self._must_stand(session, row, Stage.CHECKED, shown)
            self._decision(session, row, "approve", intent.actor_id, shown=shown, outcome="pass", reason="")
            self.move(session, row, Stage.APPROVED, old=Stage.CHECKED)
            self.record(
                session, row.organisation_id, "document.approved", document=row.id,
                actor=intent.actor_id, digests=[shown],
            )  # fmt: skip

    def signed(self, intent_id: str, digest: str, size: int) -> None:
        """APPROVED -> SIGNED: the bytes with the leader's layer become a version, the intent is done."""
        with self.writing() as session:
            intent, row = self._open(session, intent_id)
            self.finish(session, intent_id, digest)
            self.add_versions(session, row, "signed", [NewVersion(0, digest, size)])
            self.move(session, row, Stage.SIGNED, old=Stage.APPROVED)
            self.record(
                session, row.organisation_id, "document.signed", document=row.id, actor=intent.actor_id,
                digests=[intent.base, digest], intent=intent_id, key=intent.key_id,
            )  # fmt: skip

    def abandon(self, intent_id: str) -> None:
        """The key was not used for this intent and never will be."""
        with self.writing() as session:
            session.execute(
                update(Intent).where(Intent.id == intent_id, Intent.state == "open").values(state="abandoned")
            )

    def open_intents(self, document_id: str) -> list[IntentFact]:
        """What keys are about to sign for this document, main file first."""
        with self.reading() as session:
            rows = session.scalars(
                select(Intent)
                .where(Intent.document_id == document_id, Intent.state == "open")
                .order_by(Intent.ordinal)
            )
            return [intent_fact(row) for row in rows]

    def _open(self, session: Session, intent_id: str) -> tuple[Intent, Document]:
        """A leader's open intent and its document, both held."""
        document_id = session.scalar(select(Intent.document_id).where(Intent.id == intent_id))
        if document_id is None:
            raise NotFound("ledger.unknown", id=intent_id)
        row = self.take(session, document_id)
        intent = session.get_one(Intent, intent_id)
        if intent.state != "open" or intent.layer != "signer":
            raise Conflict("ledger.intent_used")
        return intent, row

    @staticmethod
    def finish(session: Session, intent_id: str, result: str) -> None:
        """Open -> done, once."""
        done = session.execute(
            update(Intent)
            .where(Intent.id == intent_id, Intent.state == "open")
            .values(state="done", result=result)
        )
        if not isinstance(done, CursorResult) or done.rowcount != 1:
            raise Conflict("ledger.intent_used")

    def _must_stand(self, session: Session, row: Document, stage: Stage, shown: str) -> None:
        if row.stage != stage.value:
            raise Conflict("ledger.moved", stage=Stage(row.stage))
        if shown != self._shown(session, row):
            raise Conflict("check.shown_changed")

    def shown(self, document_id: str) -> str:
        """The digest of what people are shown of this document now."""
        with self.reading() as session:
            return self._shown(session, self.row(session, document_id))

    @staticmethod
    def _shown(session: Session, row: Document) -> str:
        rows = session.scalars(
            select(Version.digest)
            .where(
                Version.document_id == row.id,
                Version.kind == "prepared",
                Version.preparation == row.preparation,
            )
            .order_by(Version.ordinal)
        )
        return shown_digest(list(rows))

    @staticmethod
    def _digest(session: Session, row: Document, kind: str, ordinal: int = 0) -> str:
        return session.scalars(
            select(Version.digest).where(
                Version.document_id == row.id,
                Version.kind == kind,
                Version.ordinal == ordinal,
                Version.preparation == row.preparation,
            )
        ).one()

    @staticmethod
    def _approver(session: Session, row: Document) -> str | None:
        return session.scalar(
            select(Decision.person_id).where(
                Decision.document_id == row.id,
                Decision.preparation == row.preparation,
                Decision.step == "approve",
                Decision.outcome == "pass",
            )
        )

    @staticmethod
    def _passed(session: Session, row: Document) -> set[str]:
        rows = session.scalars(
            select(Decision.step).where(
                Decision.document_id == row.id,
                Decision.preparation == row.preparation,
                Decision.outcome.in_(["pass", "off"]),
            )
        )
        return set(rows)

    def _decision(
        self,
        session: Session,
        row: Document,
        step: str,
        person_id: str | None,
        *,
        shown: str,
        outcome: str,
        reason: str,
    ) -> None:
        session.add(
            Decision(
                id=self.new_id(), organisation_id=row.organisation_id, document_id=row.id,
                preparation=row.preparation, step=step, person_id=person_id, shown=shown,
                outcome=outcome, reason=reason, at=self.clock.now(),
            )
        )  # fmt: skip
        session.flush()
