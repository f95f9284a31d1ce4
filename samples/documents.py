"""From the texts in ``source/`` to documents on the page of Decree 30."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from docx.shared import Pt

from samples.grid import Grid
from samples.layout import (
    Head,
    Signer,
    appendix_section,
    blank_date,
    body,
    heading,
    kind,
    letterhead,
    new_document,
    signature,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from docx.document import Document

    Fill = Callable[[Grid, Mapping[str, Any]], None]

SOURCE = Path(__file__).parent / "source"
# In 14 pt one space is 3.5 pt: as wide a blank as that of the number itself.
NUMBER_BLANK = " " * 10

ACTS = {
    "mới ban hành": "A. THỦ TỤC HÀNH CHÍNH MỚI BAN HÀNH",
    "sửa đổi, bổ sung": "B. THỦ TỤC HÀNH CHÍNH ĐƯỢC SỬA ĐỔI, BỔ SUNG",
}


def read(name: str) -> Any:
    """Read one of the source files: documents, appendices or procedures."""
    return yaml.safe_load((SOURCE / f"{name}.yaml").read_text(encoding="utf-8"))


def every_document() -> dict[str, Document]:
    """Give every sample document by its file stem.

    An appendix with the stem of a document stands in that document's file, after its signature
    page; any other is a file of its own.
    """
    documents = {name: letter(source) for name, source in read("documents").items()}
    for name, source in read("appendices").items():
        if name in documents:
            appendix_section(documents[name])
            appendix(documents[name], source, _procedure_rows)
        else:
            documents[name] = new_document(" ".join(source["title"]).capitalize())
            appendix(documents[name], source, _task_rows)
    return documents


def letter(source: Mapping[str, Any]) -> Document:
    """Set a document: with `kind` a named kind (box 5a), without it a công văn (boxes 5b, 9a)."""
    document = new_document(source["title"])
    named = "kind" in source
    head = Head(tuple(source["issuer"]), source["symbol"], source["place"])
    letterhead(document, head, () if named else source["subject"])
    if named:
        kind(document, source["kind"], source["subject"])
    else:
        write(document, source["addressee"], before=20, after=12)
    for part in source["text"]:
        _set(document, part)
    signer = source["signer"]
    block = Signer(tuple(signer["capacity"]), signer["title"], signer["name"])
    signature(document, source["recipients"], block)
    return document


def _set(document: Document, part: Mapping[str, str]) -> None:
    if "centre" in part:
        write(document, part["centre"], bold=True, before=8, after=4)
    elif "heading" in part:
        heading(document, part["heading"])
    elif "basis" in part:
        body(document, part["basis"], italic=True)
    else:
        body(document, part["text"], lead=part.get("lead", ""))


def appendix(document: Document, source: Mapping[str, Any], fill: Fill) -> None:
    """Set an appendix; the guidance line keeps its blanks (Decree 30, Annex I, Part I, III.1)."""
    write(document, "Phụ lục", bold=True)
    for text in source["title"]:
        write(document, text, size=13, bold=True)
    for index, text in enumerate(source["guidance"]):
        line = text.format(number=NUMBER_BLANK, date=blank_date())
        write(document, line, italic=True, before=0 if index else 2)
    document.paragraphs[-1].paragraph_format.space_after = Pt(8)
    fill(Grid(document, [(name, width) for name, width in source["columns"]], source["size"]), source)


def _task_rows(grid: Grid, source: Mapping[str, Any]) -> None:
    for number, task in enumerate(source["rows"], start=1):
        grid.fill((str(number), *task))


def _procedure_rows(grid: Grid, _: Mapping[str, Any]) -> None:
    procedures: Sequence[Mapping[str, Any]] = read("procedures")
    number = 0
    for act, title in ACTS.items():
        grid.band(title)
        group = ""
        for record in (one for one in procedures if one["act"] == act):
            if record["field"] != group:
                group = record["field"]
                grid.band(f"Lĩnh vực {group}")
            number += 1
            grid.fill((str(number), *_columns(record)))


def _columns(record: Mapping[str, Any]) -> tuple[str | list[str], ...]:
    """Give the columns of the list as provinces print them: short where the record is long."""
    return (
        record["code"],
        f"{record['name']} (cấp {record['level'].lower()})",
        "; ".join(text.split(":")[0] for text in record["methods"]).capitalize(),
        [text.split(":")[0] for text in record["places"]],
        f"{record['time_limit_value']:02} {record['time_limit_unit']}",
        record["fees"],
        [cited(text) for text in record["legal_basis"]],
    )


def cited(text: str) -> str:
    """Shorten a citation to kind and number, keeping what it says was amended.

    Raises ValueError when there is no number in it.
    """
    found = re.match(r"(?P<act>.*? số \S+).*?(?P<change> \(sửa đổi.*\))?$", text)
    if found is None:
        raise ValueError(f"not a citation: {text}")
    return f"- {found['act']}{found['change'] or ''}"
