"""A document is a set of files with roles; its identity is the manifest digest.

The manifest digest is SHA-256 over the RFC 8785 canonical JSON of `[[role, digest], ...]` in the
order main, attachments (by name), data, sources. Names do not enter: the same bytes under another name
are the same document.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

import rfc8785


class FileRole(StrEnum):
    """What a file of the set is for; the order is the manifest's."""

    MAIN = "main"
    """The document itself (PDF, or DOCX to be converted)."""
    ATTACHMENT = "attachment"
    """A separate appendix; gets the organisation's text stamp (R-SIG-09)."""
    DATA = "data"
    """Procedure data (.xlsx, .yaml); never issued."""
    SOURCE = "source"
    """A DOCX beside its own PDF; kept, never issued."""


ORDER = tuple(FileRole)


@dataclass(frozen=True)
class FileFact:
    """One file of a set: `digest` of the dropped bytes, `derived` of the PDF made from a DOCX."""

    role: FileRole
    ordinal: int
    name: str
    digest: str
    size: int
    derived: str | None = None

    @property
    def pdf(self) -> str:
        """Digest of the PDF that goes on: the derived one, else the dropped one."""
        return self.derived or self.digest


def manifest_digest(files: list[FileFact]) -> str:
    """The identity of the set."""
    ordered = sorted(files, key=lambda f: (ORDER.index(f.role), f.ordinal))
    return hashlib.sha256(rfc8785.dumps([[f.role.value, f.digest] for f in ordered])).hexdigest()


def shown_digest(pdfs: list[str]) -> str:
    """The digest of what a person is shown: the prepared main PDF, then the attachments."""
    return hashlib.sha256(rfc8785.dumps([["shown", digest] for digest in pdfs])).hexdigest()
