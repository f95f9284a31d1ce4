"""Rows to facts: what people and the other floors are shown."""

import json
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from document.clock import local_date
from document.errors import NotFound
from document.facts import (
    DecisionFact,
    DocumentFact,
    EventFact,
    IntentFact,
    OrganisationFact,
    RegisterFact,
    SignatoryFact,
    VersionFact,
)
from document.ledger.core import LedgerCore
from document.manifest import FileFact, FileRole
from document.page import reading_from
from document.stages import Stage
from document.tables import (
    Decision,
    Document,
    DocumentFile,
    Event,
    Intent,
    Organisation,
    OrganisationName,
    Person,
    RegisterEntry,
    Signatory,
    Unit,
    VerdictRecord,
    Version,
)


def intent_fact(row: Intent) -> IntentFact:
    """An intent's row as a fact."""
    return IntentFact(
        id=row.id, document_id=row.document_id, ordinal=row.ordinal, layer=row.layer, key_id=row.key_id,
        actor_id=row.actor_id, base=row.base, at=row.at, state=row.state,
    )  # fmt: skip


def register_fact(row: RegisterEntry) -> RegisterFact:
    """A row of the register as a fact."""
    return RegisterFact(
        id=row.id, document_id=row.document_id, year=row.year, number=row.number,
        number_text=row.number_text, symbol=row.symbol, number_symbol=row.number_symbol,
        issued_on=row.issued_on, kind=row.kind, subject=row.subject, signer=row.signer,
        recipients=tuple(row.recipients), archive_unit=row.archive_unit, copies=row.copies,
        note=row.note, void=row.void,
    )  # fmt: skip


def signatory_fact(session: Session, row: Signatory) -> SignatoryFact:
    """A signatory with the person's name and image."""
    person = session.get_one(Person, row.person_id)
    return SignatoryFact(
        id=row.id, organisation_id=row.organisation_id, person_id=row.person_id,
        full_name=person.full_name, capacity=row.capacity, title=row.title,
        valid_from=row.valid_from, valid_to=row.valid_to, signature_image=person.signature_image,
    )  # fmt: skip


def organisation_fact(session: Session, row: Organisation, on: date) -> OrganisationFact:
    """An organisation under the name valid on `on` (R-TTHC-16: names change)."""
    names = session.scalars(
        select(OrganisationName)
        .where(OrganisationName.organisation_id == row.id)
        .order_by(OrganisationName.valid_from)
    ).all()
    valid = [n.name for n in names if n.valid_from <= on and (n.valid_to is None or on <= n.valid_to)]
    return OrganisationFact(
        id=row.id, code=row.code, level=row.level, name=(valid or [n.name for n in names] or [row.code])[-1],
        names=tuple(n.name for n in names), place=row.place,
        may_decide_procedures=row.may_decide_procedures, seal_image=row.seal_image, seal_mm=row.seal_mm,
    )  # fmt: skip


def _decisions(session: Session, document_id: str) -> tuple[DecisionFact, ...]:
    rows = session.execute(
        select(Decision, Person.full_name)
        .outerjoin(Person, Person.id == Decision.person_id)
        .where(Decision.document_id == document_id)
        .order_by(Decision.at, Decision.id)
    ).all()
    return tuple(
        DecisionFact(
            step=d.step, person_id=d.person_id, person_name=name or "", shown=d.shown, outcome=d.outcome,
            reason=d.reason, at=d.at, preparation=d.preparation,
        )
        for d, name in rows
    )  # fmt: skip


def _files(session: Session, document_id: str) -> tuple[FileFact, ...]:
    rows = session.scalars(
        select(DocumentFile).where(DocumentFile.document_id == document_id).order_by(DocumentFile.ordinal)
    )
    return tuple(FileFact(FileRole(f.role), f.ordinal, f.name, f.digest, f.size, f.derived) for f in rows)


def _versions(session: Session, document_id: str) -> tuple[VersionFact, ...]:
    rows = session.scalars(
        select(Version).where(Version.document_id == document_id).order_by(Version.at, Version.id)
    )
    return tuple(VersionFact(v.ordinal, v.preparation, v.kind, v.digest, v.size, v.at) for v in rows)


def document_fact(session: Session, row: Document) -> DocumentFact:
    """Everything about one document."""
    entry = session.scalar(select(RegisterEntry).where(RegisterEntry.document_id == row.id))
    signatory = session.get(Signatory, row.signatory_id) if row.signatory_id else None
    return DocumentFact(
        id=row.id, organisation_id=row.organisation_id, folder_id=row.folder_id, unit_id=row.unit_id,
        unit_name=session.get_one(Unit, row.unit_id).name, dossier_id=row.dossier_id, round=row.round,
        digest=row.digest, stem=row.stem, stage=Stage(row.stage),
        held_from=Stage(row.held_from) if row.held_from else None, reason=row.reason,
        reason_params=_params(row), reading=reading_from(row.reading), confirmed=row.confirmed,
        signatory=signatory_fact(session, signatory) if signatory else None, plan=row.plan,
        preparation=row.preparation, received_at=row.received_at, stage_at=row.stage_at,
        attempts=row.attempts, needs_pin=row.needs_pin, folder_done=row.folder_done,
        files=_files(session, row.id), versions=_versions(session, row.id),
        decisions=_decisions(session, row.id), register=register_fact(entry) if entry else None,
    )  # fmt: skip


def _params(row: Document) -> dict[str, Any]:
    """The blanks of the reason; a stage is a stage again, so that people read its wording."""
    params = row.reason_params
    return {**params, "stage": Stage(params["stage"])} if params.get("stage") in set(Stage) else params


class ViewActs(LedgerCore):
    """Questions that change nothing."""

    def document(self, document_id: str) -> DocumentFact:
        """One document; `NotFound` when there is none."""
        with self.reading() as session:
            return document_fact(session, self.row(session, document_id))

    def documents(
        self,
        organisation_id: str | None,
        stages: set[Stage],
        unit_id: str | None = None,
        limit: int = 500,
        *,
        newest: bool = False,
    ) -> list[DocumentFact]:
        """At most `limit` documents at `stages`: the longest waiting first, or with `newest` the latest."""
        query = select(Document).where(Document.stage.in_([s.value for s in stages]))
        if organisation_id is not None:
            query = query.where(Document.organisation_id == organisation_id)
        if unit_id is not None:
            query = query.where(Document.unit_id == unit_id)
        with self.reading() as session:
            order = (Document.stage_at, Document.id)
            ordered = query.order_by(*(column.desc() for column in order) if newest else order)
            return [document_fact(session, row) for row in session.scalars(ordered.limit(limit)).all()]

    def dossier(self, dossier_id: str) -> list[DocumentFact]:
        """All rounds of one dossier, the first round first."""
        with self.reading() as session:
            rows = session.scalars(
                select(Document).where(Document.dossier_id == dossier_id).order_by(Document.round)
            )
            return [document_fact(session, row) for row in rows.all()]

    def history(self, document_id: str) -> list[EventFact]:
        """The events of one document in order."""
        with self.reading() as session:
            rows = session.scalars(
                select(Event).where(Event.document_id == document_id).order_by(Event.seq)
            ).all()
            return [_event_fact(session, row) for row in rows]

    def register(self, organisation_id: str, year: int) -> list[RegisterFact]:
        """The outgoing register of a year, in the order the numbers were given (R-REG-07)."""
        with self.reading() as session:
            rows = session.scalars(
                select(RegisterEntry)
                .where(RegisterEntry.organisation_id == organisation_id, RegisterEntry.year == year)
                .order_by(RegisterEntry.at, RegisterEntry.number)
            )
            return [register_fact(row) for row in rows]

    def organisation(self, organisation_id: str) -> OrganisationFact:
        """One organisation under its name of today; `NotFound` when there is none."""
        with self.reading() as session:
            row = session.get(Organisation, organisation_id)
            if row is None:
                raise NotFound("ledger.organisation_unknown", id=organisation_id)
            return organisation_fact(session, row, local_date(self.clock.now()))

    def organisations(self) -> list[OrganisationFact]:
        """Every organisation of the site."""
        with self.reading() as session:
            rows = session.scalars(select(Organisation).order_by(Organisation.code)).all()
            return [organisation_fact(session, row, local_date(self.clock.now())) for row in rows]

    def verdict(self, document_id: str, digest: str) -> dict[str, Any] | None:
        """The newest stored verdict about `digest`, or None."""
        with self.reading() as session:
            row = session.scalar(
                select(VerdictRecord)
                .where(VerdictRecord.document_id == document_id, VerdictRecord.digest == digest)
                .order_by(VerdictRecord.at.desc(), VerdictRecord.id.desc())
            )
            return row.body if row else None


def _event_fact(session: Session, row: Event) -> EventFact:
    body = json.loads(row.body)
    person = session.get(Person, body["actor_id"]) if body["actor_id"] else None
    return EventFact(
        seq=row.seq, at=row.at, act=row.act, actor_id=body["actor_id"],
        actor_name=person.full_name if person else "", document_id=row.document_id, data=body["data"],
    )  # fmt: skip
