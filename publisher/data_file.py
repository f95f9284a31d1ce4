"""The data file of a set, taken apart into records of plain texts with the place each came from.

Two formats: a workbook (sheet `Thủ tục`; row 1 headings, row 2 keys, data from row 3) and YAML (a list of
mappings with the same keys). Strangers fill these files: sizes are limited, nothing in them is run, and
they are read in a child process.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import openpyxl
import yaml
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from document.errors import Returnable

SHEET: Final = "Thủ tục"
FIRST_ROW: Final = 3
MAX_BYTES: Final = 5 << 20
MAX_UNPACKED: Final = 60 << 20
MAX_PARTS: Final = 500
MAX_RECORDS: Final = 2000
MAX_COLUMNS: Final = 100
MAX_CELL: Final = 20_000
"""Characters of one value."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Value:
    """One value: its lines (trimmed, NFC, blank ones left out) and where it stands.

    `row` counts rows of the sheet, or lines of the YAML file, from 1; `column` is a letter, "" in YAML.
    """

    lines: tuple[str, ...]
    row: int
    column: str = ""
    problem: str = ""
    """Code of a fault that shows in the value itself: an error cell, a number where digits would be lost."""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True)
class Record:
    """One procedure: `item` counts them from 1."""

    item: int
    row: int
    values: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Raw:
    """The whole file. `columns`: key -> (column, row) of the head; empty in YAML."""

    records: tuple[Record, ...]
    columns: dict[str, tuple[str, int]]
    repeated: tuple[tuple[str, str, int], ...] = ()
    """(key, column, row) that stand twice."""


def read(data: bytes, name: str) -> Raw:
    """Take `data` apart by the ending of `name`.

    `Returnable`: `procedure.too_big`, `procedure.not_readable` (with what the reader said in `detail`),
    `procedure.no_sheet`, `procedure.too_many`, `procedure.wrong_ending`.
    """
    if len(data) > MAX_BYTES:
        raise Returnable("procedure.too_big", name=name, most=MAX_BYTES >> 20)
    ending = name.lower().rpartition(".")[2]
    if ending == "xlsx":
        return _workbook(data, name)
    if ending in ("yaml", "yml"):
        return _yaml(data, name)
    raise Returnable("procedure.wrong_ending", name=name)


def _workbook(data: bytes, name: str) -> Raw:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            entries = parts.infolist()
        if len(entries) > MAX_PARTS or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
            raise Returnable("procedure.too_big", name=name, most=MAX_UNPACKED >> 20)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError, OSError) as error:
        # SyntaxError is what the XML parsers of the standard library and of lxml raise.
        raise Returnable("procedure.not_readable", name=name, detail=type(error).__name__) from None
    sheet = next((one for one in book.worksheets if _clean(one.title) == SHEET), None)
    if sheet is None:
        raise Returnable("procedure.no_sheet", name=name, sheet=SHEET)
    rows = sheet.iter_rows(min_row=1, max_col=MAX_COLUMNS, values_only=True)
    next(rows, None)
    keys = [_clean(str(key or "")) for key in next(rows, ())]
    columns: dict[str, tuple[str, int]] = {}
    repeated: list[tuple[str, str, int]] = []
    for number, key in enumerate(keys, start=1):
        if key in columns:
            repeated.append((key, get_column_letter(number), FIRST_ROW - 1))
        elif key:
            columns[key] = (get_column_letter(number), FIRST_ROW - 1)
    records = tuple(_sheet_records(rows, keys, name))
    return Raw(records, columns, tuple(repeated))


def _sheet_records(rows: Iterator[tuple[Any, ...]], keys: list[str], name: str) -> Iterator[Record]:
    item = 0
    for row, cells in enumerate(rows, start=FIRST_ROW):
        if all(cell is None or not str(cell).strip() for cell in cells):
            continue
        item += 1
        if item > MAX_RECORDS:
            raise Returnable("procedure.too_many", name=name, most=MAX_RECORDS)
        values: dict[str, Value] = {}
        for number, (key, cell) in enumerate(zip(keys, cells, strict=False), start=1):
            if key and key not in values:
                values[key] = _cell(key, cell, row, get_column_letter(number))
        yield Record(item, row, values)


def _cell(key: str, cell: Any, row: int, column: str) -> Value:
    if isinstance(cell, datetime | date):
        return Value((cell.strftime("%Y-%m-%d"),), row, column)
    if isinstance(cell, str) and cell.startswith("#") and cell.rstrip("!?/A0").isupper():
        return Value((cell,), row, column, "fault_error_cell")
    if isinstance(cell, float) and key == "code":
        # Excel keeps 1.900010 as a number without its last zero: with fewer digits it cannot be known.
        whole = len(repr(cell).partition(".")[2]) == 6
        return Value((repr(cell),), row, column, "" if whole else "fault_code_number")
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return value_of(str(cell) if cell is not None else "", row, column)


def value_of(text: str, row: int, column: str = "") -> Value:
    """A value of one text: a list inside it is one entry per line."""
    lines = tuple(line for line in map(_clean, text.splitlines()) if line)
    return Value(lines, row, column, "fault_too_long" if len(text) > MAX_CELL else "")


def _clean(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    return " ".join(_CONTROL.sub("", composed).split())


class _Plain(yaml.SafeLoader):
    """YAML without aliases: a few bytes of them can stand for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="alias", problem_mark=self.get_mark())
        return super().compose_node(parent, index)


def _yaml(data: bytes, name: str) -> Raw:
    loader: _Plain | None = None
    try:
        loader = _Plain(data.decode("utf-8-sig"))
        root = loader.get_single_node()
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        detail = f"{type(error).__name__}, {mark.line + 1}" if mark else type(error).__name__
        raise Returnable("procedure.not_readable", name=name, detail=detail) from None
    finally:
        if loader is not None:
            loader.dispose()
    if not isinstance(root, yaml.SequenceNode):
        raise Returnable("procedure.not_a_list", name=name)
    if len(root.value) > MAX_RECORDS:
        raise Returnable("procedure.too_many", name=name, most=MAX_RECORDS)
    records: list[Record] = []
    repeated: list[tuple[str, str, int]] = []
    for item, node in enumerate(root.value, start=1):
        values: dict[str, Value] = {}
        for key_node, value_node in node.value if isinstance(node, yaml.MappingNode) else ():
            key = _clean(str(key_node.value))
            if key in values:
                repeated.append((key, "", key_node.start_mark.line + 1))
            values[key] = _node(value_node)
        records.append(Record(item, node.start_mark.line + 1, values))
    return Raw(tuple(records), {}, tuple(repeated))


def _node(node: yaml.Node) -> Value:
    """The text as written: `1.900010` stays what it is, and no value becomes a date or a number."""
    row = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        parts = [one.value for one in node.value if isinstance(one, yaml.ScalarNode)]
        whole = value_of("\n".join(" ".join(str(part).split()) for part in parts), row)
        nested = len(parts) != len(node.value)
        return Value(whole.lines, row, "", "fault_nested" if nested else whole.problem)
    if isinstance(node, yaml.ScalarNode):
        empty = node.tag == "tag:yaml.org,2002:null"
        return value_of("" if empty else node.value, row)
    return Value((), row, "", "fault_nested")
