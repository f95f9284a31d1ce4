"""What a person is shown: which bytes, and their one digest, so that a decision is about exactly these."""

from dataclasses import dataclass
from typing import Final

from document.facts import DocumentFact
from document.manifest import FileRole, shown_digest

_NEWEST_FIRST: Final = ("sealed", "signed", "prepared")
ISSUABLE: Final = (FileRole.MAIN, FileRole.ATTACHMENT)
"""What is shown as pages and goes out in the end; data and sources are papers beside it."""


@dataclass(frozen=True)
class ShownFile:
    """A file as it stands now: `version` is its stage, `digest` its bytes in the vault."""

    ordinal: int
    role: FileRole
    name: str
    version: str
    digest: str


def shown_files(document: DocumentFact) -> tuple[ShownFile, ...]:
    """The main file and its attachments in their newest versions, in order."""
    files = sorted(
        (f for f in document.files if f.role in ISSUABLE), key=lambda f: (ISSUABLE.index(f.role), f.ordinal)
    )
    return tuple(
        ShownFile(f.ordinal, f.role, f.name, *(_newest(document, f.ordinal) or ("received", f.pdf)))
        for f in files
    )


def _newest(document: DocumentFact, ordinal: int) -> tuple[str, str] | None:
    for kind in _NEWEST_FIRST:
        digest = document.version(kind, ordinal)
        if digest is not None:
            return kind, digest
    return None


def shown(document: DocumentFact) -> str:
    """The digest a decision names: of the prepared files, main first (of none before it was prepared)."""
    prepared = (document.version("prepared", f.ordinal) for f in shown_files(document))
    return shown_digest([digest for digest in prepared if digest])
