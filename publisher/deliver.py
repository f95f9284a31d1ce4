"""The issued files, laid into the unit's folder of issued documents with a short receipt beside them.

Doing it again after a crash changes nothing: a name that holds the same bytes is done, a name that holds
another document's bytes is never touched.
"""

import re
from pathlib import Path
from typing import Final

from document import messages
from document.errors import Refused
from document.facts import DocumentFact, FolderFact, RegisterFact
from document.faults import NONE, Faults
from document.files import on_disk, text_for_people, write_new
from document.kinds import KINDS
from document.vault import digest_of, sync_folder
from publisher.folding import ascii_letters

PATTERN: Final = "{number}_{subject}"
LENGTH: Final = 50
RECEIPT: Final = " - BIÊN NHẬN.txt"
RECEIPT_ASCII: Final = " - BIEN NHAN.txt"

_KINDS: Final = {kind.code: kind.name for kind in KINDS}


def file_name(
    number_symbol: str, subject: str, pattern: str = PATTERN, ordinal: int = 0, length: int = LENGTH
) -> str:
    """The name of an issued PDF: letters and digits without marks, at most `length` characters (R-REG-20).

    `pattern` has `{number}` (number and symbol, `05_QD_UBND`) and `{subject}`; whatever stands between them
    in the pattern also stands between words, so that a province that allows no `_` writes a pattern without.
    The subject is cut at a word. An attachment (`ordinal` from 1) ends with `Phu_luc_1`.
    """
    between = re.search(r"\}(.*?)\{", pattern)
    joint = between.group(1) if between else "_"
    tail = f"{joint}Phu{joint}luc{joint}{ordinal}" if ordinal else ""
    room = length - len(tail) - len(".pdf")
    number = joint.join(_parts(number_symbol))
    subject_words = _parts(subject)
    while True:
        stem = pattern.format(number=number, subject=joint.join(subject_words)).strip("_-. ")
        if len(stem) <= room or not subject_words:
            return f"{stem[:room]}{tail}.pdf"
        subject_words.pop()


def _parts(text: str) -> list[str]:
    return re.findall(r"[A-Za-z0-9]+", ascii_letters(text))


def deliver(
    folder: FolderFact,
    document: DocumentFact,
    files: dict[int, bytes],
    verdict_text: str,
    verdict_text_en: str = "",
    *,
    pattern: str = PATTERN,
    length: int = LENGTH,
    faults: Faults = NONE,
) -> list[Path]:
    """Lay the issued PDFs (`files`: bytes by ordinal, 0 the main one) and the receipt; give the PDFs' paths.

    Each appears whole under its name or not at all. Then the convenience copies go. `Refused` when the
    document has no number, `OSError` when the folder cannot be written: it may be tried again.
    """
    entry = document.register
    if entry is None:
        raise Refused("public.not_numbered")
    faults.point("deliver.before")
    issued = on_disk(Path(folder.path), folder.names[2])
    issued.mkdir(parents=True, exist_ok=True)
    placed = [
        _place(
            issued, file_name(entry.number_symbol, entry.subject, pattern, ordinal, length), files[ordinal]
        )
        for ordinal in sorted(files)
    ]
    receipt = receipt_text(document, entry, placed, files, (verdict_text, verdict_text_en or verdict_text))
    suffix = RECEIPT_ASCII if issued.name.isascii() else RECEIPT
    _place(issued, f"{placed[0].stem}{suffix}", receipt)
    _remove_copies(on_disk(Path(folder.path), folder.names[1]), document)
    faults.point("deliver.after")
    return placed


def receipt_text(
    document: DocumentFact,
    entry: RegisterFact,
    placed: list[Path],
    files: dict[int, bytes],
    verdicts: tuple[str, str],
) -> bytes:
    """The receipt; the same document always gives the same bytes."""
    lines: list[str] = []
    for lang, verdict in zip(messages.LANGUAGES, verdicts, strict=True):
        lines.append(
            messages.text(
                "public.receipt",
                lang,
                number_symbol=entry.number_symbol,
                date=entry.issued_on.strftime("%d/%m/%Y"),
                kind=_KINDS.get(entry.kind, entry.kind),
                subject=entry.subject,
                signer=entry.signer,
                stem=document.stem,
                verdict=verdict,
            )
        )
        for ordinal, path in zip(sorted(files), placed, strict=True):
            digest = digest_of(files[ordinal])
            lines.append(messages.text("public.receipt_file", lang, name=path.name, digest=digest))
        lines.append("")
    return text_for_people(lines[:-1])


def _place(folder: Path, name: str, data: bytes) -> Path:
    """`data` under `name`, or under the first `name_2`, `name_3` ... that no other document has."""
    stem, dot, ending = name.rpartition(".")
    count = 1
    while True:
        target = folder / (name if count == 1 else f"{stem}_{count}{dot}{ending}")
        try:
            write_new(target, data)
        except FileExistsError:
            if not target.is_file() or target.read_bytes() != data:
                count += 1
                continue
        return target


def _remove_copies(work: Path, document: DocumentFact) -> None:
    """The files that were dropped lie in the work folder until now; a changed one is no copy and stays."""
    for file in document.files:
        copy = on_disk(work, file.name)
        if copy.is_file() and digest_of(copy.read_bytes()) == file.digest:
            copy.unlink()
    sync_folder(work)
