"""Issue, and what the public listing is built from."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from document.clock import local_date
from document.errors import Conflict, NotFound
from document.facts import IssuedFileFact, NewProcedure, ProcedureFact
from document.ledger.register import RegisterActs
from document.ledger.views import organisation_fact, register_fact
from document.stages import LIVING, Stage
from document.tables import (
    Document,
    DocumentFile,
    Event,
    Organisation,
    Procedure,
    RegisterEntry,
    VerdictRecord,
    Version,
)


class PublicationActs(RegisterActs):
    """The last step, and the source of the read model."""

    def issued(self, document_id: str, procedures: list[NewProcedure]) -> None:
        """VERIFIED -> ISSUED: the file lies in the unit's folder; its procedures are public from now."""
        with self.writing() as session:
            row = self.take(session, document_id)
            now = self.clock.now()
            self.move(session, row, Stage.ISSUED, old=Stage.VERIFIED, folder_done=True)
            for item in procedures:
                session.add(
                    Procedure(
                        id=self.new_id(), organisation_id=row.organisation_id, document_id=row.id,
                        code=item.code, act=item.act, data=item.data,
                        effective_from=item.effective_from, published_at=now,
                    )
                )  # fmt: skip
            self.record(
                session, row.organisation_id, "document.issued", document=row.id,
                procedures=[p.code for p in procedures],
            )  # fmt: skip

    def listing_state(self) -> str:
        """Changes whenever the public listing must be built again: issues and what follows them."""
        with self.reading() as session:
            acts = ("document.issued", "document.judged", "office.applied", "vault.purged")
            rows = session.execute(
                select(Event.organisation_id, func.max(Event.seq))
                .where(Event.act.in_(acts))
                .group_by(Event.organisation_id)
                .order_by(Event.organisation_id)
            )
            return ";".join(f"{organisation}:{seq}" for organisation, seq in rows)

    def published(self) -> list[ProcedureFact]:
        """Every procedure of every issued document, with its decision and that decision's verdict."""
        today = local_date(self.clock.now())
        with self.reading() as session:
            rows = session.execute(
                select(Procedure, RegisterEntry, Organisation)
                .join(Document, Document.id == Procedure.document_id)
                .join(RegisterEntry, RegisterEntry.document_id == Document.id)
                .join(Organisation, Organisation.id == Procedure.organisation_id)
                .where(Document.stage == Stage.ISSUED.value)
                .order_by(Procedure.code, RegisterEntry.issued_on, Procedure.id)
            ).all()
            names = {o.id: organisation_fact(session, o, today).name for o in {row[2] for row in rows}}
            files = {
                document: _issued_files(session, document)
                for document in {row[1].document_id for row in rows}
            }
            return [
                ProcedureFact(
                    id=procedure.id, organisation_id=organisation.id, organisation_code=organisation.code,
                    organisation_name=names[organisation.id], document_id=procedure.document_id,
                    code=procedure.code, act=procedure.act, data=procedure.data,
                    effective_from=procedure.effective_from, published_at=procedure.published_at,
                    decision=register_fact(entry), files=files[procedure.document_id],
                )
                for procedure, entry, organisation in rows
            ]  # fmt: skip

    def purged(self, digest: str, reason: str) -> None:
        """Record, before it happens, that the bytes of `digest` are destroyed; digest and events stay.

        The reason's words are kept with the decisions of every document the bytes belong to. Raises
        `NotFound("vault.missing")` when no document has these bytes, `Conflict("vault.in_use")` while one
        that has them is on its way, or its unit's folder does not show its end yet.
        """
        with self.writing() as session:
            concerned = session.scalars(
                select(Version.document_id)
                .where(Version.digest == digest)
                .union(select(DocumentFile.document_id).where(DocumentFile.digest == digest))
            ).all()
            if not concerned:
                raise NotFound("vault.missing", digest=digest)
            for row in [self.take(session, document_id) for document_id in sorted(concerned)]:
                if row.stage in LIVING or not row.folder_done:
                    raise Conflict("vault.in_use", id=row.id, stage=Stage(row.stage))
                self.note(session, row, "vault.purged", reason, None, digests=[digest])


def _issued_files(session: Session, document_id: str) -> tuple[IssuedFileFact, ...]:
    sealed = session.execute(
        select(Version.ordinal, Version.digest)
        .where(Version.document_id == document_id, Version.kind == "sealed")
        .order_by(Version.ordinal)
    )
    return tuple(IssuedFileFact(ordinal, digest, _verdict(session, digest)) for ordinal, digest in sealed)


def _verdict(session: Session, digest: str) -> dict[str, Any]:
    body = session.scalar(
        select(VerdictRecord.body)
        .where(VerdictRecord.digest == digest)
        .order_by(VerdictRecord.at.desc(), VerdictRecord.id.desc())
    )
    return body or {}
