"""What the watcher asks and writes."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from document.errors import Conflict, Returnable
from document.facts import DocumentFact, FolderFact, SignatoryFact, UnitFact
from document.ledger.views import ViewActs, document_fact, organisation_fact, signatory_fact
from document.manifest import FileFact, manifest_digest
from document.page import Reading
from document.stages import LIVING, Stage
from document.tables import (
    Document,
    DocumentFile,
    Folder,
    Organisation,
    Person,
    Signatory,
    Unit,
    Version,
)
from document.words import comparable


def folder_fact(row: Folder) -> FolderFact:
    """A folder's row as a fact."""
    drop, work, issued, returned = row.names
    return FolderFact(row.id, row.organisation_id, row.unit_id, row.path, (drop, work, issued, returned))


class IntakeActs(ViewActs):
    """Folders, admission, and giving back."""

    def folders(self) -> list[FolderFact]:
        """Every watched folder of the site."""
        with self.reading() as session:
            return [folder_fact(row) for row in session.scalars(select(Folder).order_by(Folder.path))]

    def folder(self, folder_id: str) -> FolderFact:
        """One watched folder."""
        with self.reading() as session:
            return folder_fact(self.one(session, Folder, folder_id))

    def unit(self, unit_id: str) -> UnitFact:
        """One drafting unit."""
        with self.reading() as session:
            row = self.one(session, Unit, unit_id)
            return UnitFact(
                row.id, row.organisation_id, row.code, row.name, row.content_check, row.content_rule,
                row.form_check, row.form_rule,
            )  # fmt: skip

    def standing(self, folder_id: str, digest: str) -> DocumentFact | None:
        """The living document of this folder with this manifest digest, if there is one."""
        with self.reading() as session:
            row = self._living(session, folder_id, digest)
            return document_fact(session, row) if row else None

    @staticmethod
    def _living(session: Session, folder_id: str, digest: str) -> Document | None:
        return session.scalar(
            select(Document).where(
                Document.folder_id == folder_id,
                Document.digest == digest,
                Document.stage.in_([s.value for s in LIVING]),
            )
        )

    def last_round(self, folder_id: str, digest: str) -> DocumentFact | None:
        """The newest document of this folder with this manifest digest, living or ended."""
        with self.reading() as session:
            row = self._newest(session, folder_id, digest)
            return document_fact(session, row) if row else None

    @staticmethod
    def _newest(session: Session, folder_id: str, digest: str) -> Document | None:
        return session.scalar(
            select(Document)
            .where(Document.folder_id == folder_id, Document.digest == digest)
            .order_by(Document.round.desc())
            .limit(1)
        )

    def admit(
        self,
        folder: FolderFact,
        stem: str,
        files: list[FileFact],
        reading: Reading,
        *,
        signatory_id: str | None,
        confirmed: bool,
    ) -> str:
        """Take a set in: its row, files and received versions, with the event; returns the document's id.

        The bytes are in the vault already. A set that is on its way in the same folder raises
        `Conflict("intake.duplicate", at, stage)`; one that ended before begins a new round of its dossier.
        """
        digest = manifest_digest(files)
        try:
            with self.writing() as session:
                before = self._newest(session, folder.id, digest)
                if before is not None and Stage(before.stage) in LIVING:
                    raise _duplicate(before)
                now = self.clock.now()
                document = Document(
                    id=self.new_id(), organisation_id=folder.organisation_id, folder_id=folder.id,
                    unit_id=folder.unit_id, digest=digest, stem=stem, stage=Stage.RECEIVED.value,
                    reading=reading.as_json(), confirmed=confirmed, signatory_id=signatory_id,
                    received_at=now, stage_at=now, round=before.round + 1 if before else 1,
                    reason_params={}, plan={}, dossier_id=before.dossier_id if before else "",
                )  # fmt: skip
                document.dossier_id = document.dossier_id or document.id
                session.add(document)
                session.flush()
                self._add_files(session, document, files)
                self.record(
                    session, folder.organisation_id, "document.received", document=document.id,
                    digests=[digest, *(f.digest for f in files)], folder=folder.id, round=document.round,
                )  # fmt: skip
                return document.id
        except IntegrityError:
            standing = self.standing(folder.id, digest)
            if standing is None:
                raise
            raise Conflict("intake.duplicate", at=standing.received_at, stage=standing.stage) from None

    def _add_files(self, session: Session, document: Document, files: list[FileFact]) -> None:
        for file in files:
            session.add(
                DocumentFile(
                    id=self.new_id(), organisation_id=document.organisation_id, document_id=document.id,
                    role=file.role.value, ordinal=file.ordinal, name=file.name, digest=file.digest,
                    size=file.size, derived=file.derived,
                )
            )  # fmt: skip
            session.add(
                Version(
                    id=self.new_id(), organisation_id=document.organisation_id, document_id=document.id,
                    ordinal=file.ordinal, preparation=0, kind="received", digest=file.pdf,
                    size=file.size, at=document.received_at,
                )
            )  # fmt: skip

    def file_returned(self, folder: FolderFact, digests: list[str], code: str) -> None:
        """Record that files were given back before they became a document."""
        with self.writing() as session:
            self.record(
                session, folder.organisation_id, "file.returned", digests=digests, folder=folder.id, code=code
            )

    def secret_seen(self, folder: FolderFact) -> None:
        """Record that a file with a secrecy mark lies in a folder: nothing of it, only that (R-SIG-16)."""
        with self.writing() as session:
            self.record(session, folder.organisation_id, "secret.seen", folder=folder.id, rule="R-SIG-16")

    def find_signatory(
        self, organisation_id: str, name: str, title: str, capacity: str, on: date
    ) -> SignatoryFact:
        """Who signs, by the name, title and authority lines printed on the page (R-SIG-19).

        Raises `Returnable("intake.signer_unknown")` when nobody of that name may sign on that day and
        `Returnable("intake.capacity_wrong")` when the person may, but not in the printed capacity.
        """
        with self.reading() as session:
            rows = session.execute(
                select(Signatory, Person)
                .join(Person, Person.id == Signatory.person_id)
                .where(Signatory.organisation_id == organisation_id, Person.active)
            ).all()
            named = [
                s
                for s, p in rows
                if comparable(p.full_name) == comparable(name)
                and s.valid_from <= on
                and (s.valid_to is None or on <= s.valid_to)
            ]
            if not named:
                body = organisation_fact(session, self.one(session, Organisation, organisation_id), on)
                raise Returnable("intake.signer_unknown", name=name, organisation=body.name)
            printed = comparable(title), comparable(capacity)
            for row in named:
                if (comparable(row.title), comparable(row.capacity)) == printed:
                    return signatory_fact(session, row)
            raise Returnable("intake.capacity_wrong", capacity=capacity or title, name=name)

    def signatories(self, organisation_id: str) -> list[SignatoryFact]:
        """Everybody who may sign for the organisation."""
        with self.reading() as session:
            rows = session.scalars(select(Signatory).where(Signatory.organisation_id == organisation_id))
            return [signatory_fact(session, row) for row in rows.all()]

    def to_give_back(self) -> list[DocumentFact]:
        """Documents that ended before issue and still lie in the unit's work folder."""
        ended = [Stage.RETURNED.value, Stage.WITHDRAWN.value, Stage.VOID.value]
        with self.reading() as session:
            rows = session.scalars(
                select(Document).where(Document.stage.in_(ended), Document.folder_done.is_(False))
            )
            return [document_fact(session, row) for row in rows.all()]

    def folder_done(self, document_id: str) -> None:
        """The unit's folders show the end."""
        with self.writing() as session:
            row = self.take(session, document_id)
            row.folder_done = True
            self.record(session, row.organisation_id, "folder.done", document=row.id)


def _duplicate(row: Document) -> Conflict:
    params: dict[str, Any] = {"at": row.received_at, "stage": Stage(row.stage)}
    return Conflict("intake.duplicate", **params)
