"""What the watched folders ask of the record: the consumer's interface, fulfilled by `document.ledger`."""

from collections.abc import Callable
from datetime import date
from typing import Protocol

from document.facts import DocumentFact, FolderFact, OrganisationFact, SignatoryFact
from document.manifest import FileFact
from document.page import Reading
from document.stages import Stage

CheckData = Callable[[bytes, str], None]
"""Looks at a data file (bytes, name) in a child; raises `Returnable` with a message for each wrong cell."""


class IntakeLedger(Protocol):
    """The record, as the watcher sees it. Thread-safe."""

    def folders(self) -> list[FolderFact]: ...

    def organisation(self, organisation_id: str, /) -> OrganisationFact: ...

    def documents(
        self, organisation_id: str | None, stages: set[Stage], unit_id: str | None = None
    ) -> list[DocumentFact]: ...

    def standing(self, folder_id: str, digest: str) -> DocumentFact | None:
        """The living document with this manifest digest."""
        ...

    def last_round(self, folder_id: str, digest: str) -> DocumentFact | None:
        """The newest document with this manifest digest, living or ended."""
        ...

    def find_signatory(
        self, organisation_id: str, name: str, title: str, capacity: str, on: date
    ) -> SignatoryFact:
        """`Returnable`: `intake.signer_unknown`, `intake.capacity_wrong`."""
        ...

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
        """The new document's id; `Conflict("intake.duplicate", at, stage)`."""
        ...

    def file_returned(self, folder: FolderFact, digests: list[str], code: str) -> None: ...

    def secret_seen(self, folder: FolderFact) -> None: ...

    def to_give_back(self) -> list[DocumentFact]: ...

    def folder_done(self, document_id: str) -> None: ...
