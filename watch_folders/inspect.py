"""Whether a dropped file may go on: what it really is, whole, readable, unsigned and without active content.

What a leader sees must be what is signed, so nothing that can change the picture later gets in. Runs only
inside children. Every way out is a `Returnable` with its own message (`document/messages/intake.toml`).
"""

import io
import re
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from document.errors import Returnable
from watch_folders.inspect_pdf import inspect_pdf
from watch_folders.names import ZIPPED, parts

_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_MOST_UNPACKED: Final = 512 << 20
_ENCRYPTED_PACKAGE: Final = "EncryptedPackage".encode("utf-16-le")
_CHANGES: Final = re.compile(rb"<w:(?:ins|del|moveFrom|moveTo) ")
_COMMENT: Final = re.compile(rb"<w:comment ")
_EXTERNAL: Final = re.compile(rb"<Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>")


class FileKind(StrEnum):
    """What a file is by its content, whatever its suffix says."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    YAML = "yaml"


@dataclass(frozen=True)
class Inspected:
    """A file that may go on; `pages` is known of a PDF, else 0."""

    kind: FileKind
    pages: int = 0


def inspect(data: bytes, name: str, max_bytes: int) -> Inspected:
    """Look at one dropped file. `Returnable` (`intake.*`) says why it cannot go on."""
    if not data:
        raise Returnable("intake.empty")
    if len(data) > max_bytes:
        raise too_big(len(data), max_bytes)
    if b"%PDF-" in data[:1024]:
        return Inspected(FileKind.PDF, inspect_pdf(data))
    if data.startswith(_OLE):
        raise Returnable("intake.encrypted_office" if _ENCRYPTED_PACKAGE in data else "intake.old_office")
    if data.startswith(b"PK"):
        return _inspect_zip(data, parts(name).extension.lower())
    if parts(name).extension.lower() in {".yaml", ".yml"}:
        return _inspect_yaml(data)
    raise Returnable("intake.not_pdf")


def too_big(size: int, max_bytes: int) -> Returnable:
    """The return of a file over the limit, in megabytes as people here write them."""
    shown = f"{size / (1 << 20):.1f}".replace(".", ",")
    return Returnable("intake.too_big", size=shown, most=max_bytes >> 20)


def _inspect_yaml(data: bytes) -> Inspected:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        raise Returnable("intake.not_text") from None
    return Inspected(FileKind.YAML)


def _inspect_zip(data: bytes, extension: str) -> Inspected:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if sum(item.file_size for item in archive.infolist()) > _MOST_UNPACKED:
                raise Returnable("intake.too_big_inside")
            if "word/document.xml" in names:
                _inspect_docx(archive, names)
                return Inspected(FileKind.DOCX)
            if "xl/workbook.xml" in names:
                return Inspected(FileKind.XLSX)
    except (zipfile.BadZipFile, EOFError):
        raise Returnable("intake.truncated" if extension in ZIPPED else "intake.not_pdf") from None
    except (NotImplementedError, RuntimeError):  # zipfile's words for an encrypted member
        raise Returnable("intake.encrypted_office") from None
    raise Returnable("intake.not_pdf")


def _inspect_docx(archive: zipfile.ZipFile, names: set[str]) -> None:
    if archive.testzip() is not None:
        raise Returnable("intake.truncated")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Returnable("intake.macros")
    if _CHANGES.search(archive.read("word/document.xml")):
        raise Returnable("intake.tracked_changes")
    if "word/comments.xml" in names and _COMMENT.search(archive.read("word/comments.xml")):
        raise Returnable("intake.tracked_changes")
    for name in names:
        if name.endswith(".rels"):
            _no_outside_content(archive.read(name))


def _no_outside_content(relations: bytes) -> None:
    """A link that a reader clicks is harmless; a template or picture fetched from elsewhere is not."""
    if any(b"/hyperlink" not in found[0] for found in _EXTERNAL.finditer(relations)):
        raise Returnable("intake.outside_content")
