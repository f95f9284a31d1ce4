"""What the person at the folder sees: a file given back with its reason, and the neutral secrecy notice.

A text for people is UTF-8 with BOM and CRLF, so that the editor of every Windows shows it: the reason in
the first line, then what to do; Vietnamese, then English.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from document import messages
from document.errors import NiemError
from document.facts import DocumentFact
from document.faults import NONE, Faults
from document.files import text_for_people, write_new
from document.stages import Stage
from document.vault import Vault, digest_of, sync_folder
from watch_folders.folders import Places, move, taken_names
from watch_folders.names import cut, nfc, numbered

REASON: Final = " - LÝ DO TRẢ LẠI.txt"
REASON_ASCII: Final = " - LY DO TRA LAI.txt"
NOTICE: Final = "LƯU Ý - Có tệp không được tiếp nhận.txt"
NOTICE_ASCII: Final = "LUU Y - Co tep khong duoc tiep nhan.txt"
_NOT_AGAIN: Final = "intake.duplicate"
"""The one reason after which nothing is to be submitted again."""
_BY_PERSON: Final = {Stage.WITHDRAWN: "receipt.withdrawn_by", Stage.VOID: "receipt.voided_by"}


@dataclass(frozen=True)
class Reason:
    """Why, and what to do about it, in both languages; `code` goes into the record."""

    code: str
    why: tuple[str, str]
    remedy: tuple[str, str]


@dataclass(frozen=True)
class Item:
    """A file to be given back under the name it was dropped with."""

    path: Path
    name: str


def reason_of(error: NiemError) -> Reason:
    """The reason that an error gives."""
    return _reason(error.code, error.params)


def reason_with(code: str) -> Reason:
    """The reason of a code of the catalogue that has no blanks."""
    return _reason(code, {})


def reason_of_document(document: DocumentFact) -> Reason:
    """Why a document was given back: the words of a person, else the machine's code."""
    said = next((d for d in reversed(document.decisions) if d.outcome == "return"), None)
    if said is None and document.reason in messages.catalogue():
        return _reason(document.reason, document.reason_params)
    if said is None:
        return _reason("receipt.withdrawn" if document.stage is Stage.WITHDRAWN else "receipt.returned", {})
    blanks: dict[str, object] = {"reason": said.reason, "person": said.person_name or "", "at": said.at}
    if document.stage is Stage.VOID and document.register is not None:
        blanks["number"] = document.register.number_symbol
    return _reason(_BY_PERSON.get(document.stage, "receipt.returned_by"), blanks)


def _reason(code: str, params: dict[str, object]) -> Reason:
    vi, en = (_words(code, params, lang) for lang in messages.LANGUAGES)
    return Reason(code, (vi[0], en[0]), (vi[1], en[1]))


def _words(code: str, params: dict[str, object], lang: str) -> tuple[str, str]:
    """Why, and what to do about it; of one file of a set, its name first.

    A person without a name acted at the server's own console.
    """
    blanks = params | {"person": params.get("person") or messages.text("receipt.administrator", lang)}
    why = messages.text(code, lang, **blanks)
    file = params.get("of_file")
    return f"{file}: {why}" if file else why, messages.fix(code, lang, **blanks)


def reason_text(reason: Reason, drop_name: str) -> bytes:
    """The bytes of the file that lies beside what was given back."""
    halves = [_half(reason, index, lang, drop_name) for index, lang in enumerate(messages.LANGUAGES)]
    return text_for_people([*halves[0], "", *halves[1]])


def _half(reason: Reason, index: int, lang: str, drop_name: str) -> list[str]:
    """The text in one language."""
    by_person, remedy = reason.code.startswith("receipt."), reason.remedy[index]
    not_again = reason.code == _NOT_AGAIN
    lines = [
        reason.why[index],
        messages.text("receipt.remedy", lang, remedy=remedy) if remedy else "",
        messages.text("receipt.kept_by_person" if by_person or not_again else "receipt.kept", lang),
        "" if not_again else messages.text("receipt.again", lang, drop=nfc(drop_name)),
    ]
    return [line for line in lines if line]


def send_back(
    places: Places,
    items: list[Item],
    reason: Reason,
    faults: Faults = NONE,
    record: Callable[[], None] = lambda: None,
) -> None:
    """Rename claimed files into the folder of what is given back, with the reason beside the first of them.

    The first item is the document itself. The reason is there before the files, and the document before
    its appendices: a crash between them leaves nothing that could be taken for a whole set. `record` is
    called in between: a folder that cannot be written to leaves no line in the record.
    """
    faults.point("give_back.before")
    text = reason_text(reason, places.drop.name)
    names = _free_names(places, [item.name for item in items], text)
    _put(places.returned, reason_name(places, names[0]), text)
    record()
    for item, name in zip(items, names, strict=True):
        move(item.path, places.returned / name)
    sync_folder(places.returned)
    sync_folder(places.work)
    faults.point("give_back.after")


def _free_names(places: Places, wanted: list[str], text: bytes) -> list[str]:
    """Names that nothing has yet, nor their reason; a reason that a crash left alone is the same reason."""
    taken = taken_names(places.returned)
    for count in itertools.count(1):
        names = [numbered(name, count) for name in wanted]
        if any(nfc(name).casefold() in taken for name in names):
            continue
        beside = places.returned / reason_name(places, names[0])
        if not beside.exists() or beside.read_bytes() == text:
            return names
    raise AssertionError


def reason_name(places: Places, name: str) -> str:
    """`KH-07.pdf - LÝ DO TRẢ LẠI.txt`, without diacritics where the office's folders have none."""
    return cut(name) + (REASON_ASCII if places.returned.name.isascii() else REASON)


def give_back(places: Places, document: DocumentFact, vault: Vault, faults: Faults = NONE) -> None:
    """Put a returned or withdrawn document's files back for its unit, byte-identical, with the reason.

    The bytes come from the vault, which is the truth; then the convenience copies go. Doing it again after
    a crash changes nothing.
    """
    faults.point("give_back.before")
    for file in document.files:
        _put(places.returned, file.name, vault.get(file.digest))
    text = reason_text(reason_of_document(document), places.drop.name)
    _put(places.returned, reason_name(places, document.files[0].name), text)
    remove_copies(places, document)
    sync_folder(places.returned)
    faults.point("give_back.after")


def remove_copies(places: Places, document: DocumentFact) -> None:
    """Take the convenience copies of a document out of the work folder; a changed one stays."""
    for entry in list(places.work.iterdir()):
        for file in document.files:
            if nfc(entry.name) == nfc(file.name) and digest_of(entry.read_bytes()) == file.digest:
                entry.unlink()
                break
    sync_folder(places.work)


def _put(folder: Path, name: str, data: bytes) -> None:
    """`data` under the first name of its kind that is free, or holds just these bytes already."""
    count = 1
    while True:
        target = folder / numbered(name, count)
        try:
            if target.read_bytes() == data:
                return
        except FileNotFoundError:
            write_new(target, data)
            return
        count += 1


def is_notice(name: str) -> bool:
    """Whether a file in a drop folder is our own secrecy notice."""
    return nfc(name) in {NOTICE, NOTICE_ASCII}


def put_notice(places: Places) -> None:
    """Lay the neutral notice into the drop folder; it names no file and repeats no word of one (F-10)."""
    for name in (NOTICE, NOTICE_ASCII):
        if (places.drop / name).exists():
            return
    lines = []
    for lang in messages.LANGUAGES:
        lines += [messages.text("receipt.secret", lang), messages.fix("receipt.secret", lang), ""]
    write_new(places.drop / _notice_name(places), text_for_people(lines[:-1]))


def take_notice_away(places: Places) -> None:
    """Remove the notice when nothing that it speaks of is left."""
    for name in (NOTICE, NOTICE_ASCII):
        (places.drop / name).unlink(missing_ok=True)


def _notice_name(places: Places) -> str:
    return NOTICE_ASCII if places.drop.name.isascii() else NOTICE
