"""What a preparation rests on; when that changes, the document is prepared again and old approvals fall."""

from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from document.ledger.work import WorkActs
from document.stages import Stage
from document.tables import Document, Intent, Organisation, Person, Series, Signatory

UNSIGNED: Final = (Stage.PREPARED.value, Stage.CHECKED.value, Stage.APPROVED.value)
"""Prepared, and nobody's signature stands in the file yet."""


def basis_of(session: Session, row: Document) -> dict[str, Any]:
    """Signer, images, size of the seal, digits of the number: as they are now."""
    organisation = session.get_one(Organisation, row.organisation_id)
    signatory = session.get(Signatory, row.signatory_id) if row.signatory_id else None
    series = series_of(session, row.organisation_id, row.reading["symbol"]["text"])
    return {
        "signatory": row.signatory_id,
        "image": session.get_one(Person, signatory.person_id).signature_image if signatory else None,
        "seal": organisation.seal_image,
        "seal_mm": organisation.seal_mm,
        "width": series.width if series else None,
    }


def series_of(session: Session, organisation_id: str, symbol: str) -> Series | None:
    """The series that numbers documents with this printed symbol, else the joint one (`*`)."""
    rows = session.scalars(select(Series).where(Series.organisation_id == organisation_id)).all()
    fitting = [row for row in rows if symbol in row.symbols] or [row for row in rows if "*" in row.symbols]
    return fitting[0] if fitting else None


class BasisActs(WorkActs):
    """Another image, size of the seal or width of numbers; another signer is `confirm_reading`'s."""

    def basis(self, document_id: str) -> dict[str, Any]:
        """What the document would be prepared with now; kept as `basis` in its plan."""
        with self.reading() as session:
            return basis_of(session, self.row(session, document_id))

    def prepare_again(self, *document_ids: str) -> list[str]:
        """Send to RECEIVED those (default: all) whose preparation rests on what is no longer so; their ids.

        What a leader has signed stays: it cannot be prepared again without a new signature.
        """
        with self.writing() as session:
            query = select(Document).where(Document.stage.in_(UNSIGNED)).order_by(Document.id)
            query = query.where(Document.id.in_(document_ids)) if document_ids else query
            rows = session.scalars(
                query.with_for_update(key_share=True).execution_options(populate_existing=True)
            )
            outdated = [r for r in rows.all() if r.plan.get("basis") not in (None, basis_of(session, r))]
            for row in outdated:
                self.abandon_all(session, row.id)
                self.move(session, row, Stage.RECEIVED)
                self.record(session, row.organisation_id, "document.outdated", document=row.id)
            return [row.id for row in outdated]

    @staticmethod
    def abandon_all(session: Session, document_id: str) -> None:
        """No key will be used for what was intended so far."""
        session.execute(
            update(Intent)
            .where(Intent.document_id == document_id, Intent.state == "open")
            .values(state="abandoned")
        )
