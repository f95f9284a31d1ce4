"""The data file of procedures: the filled workbook, and the templates an office fills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from samples.fields import FIELDS, Field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

SHEET = "Thủ tục"
GUIDE = "Hướng dẫn"
LISTS = "Danh mục"
FIRST_ROW = 3
# As far down as the lists of allowed values reach in an empty template.
LAST_ROW = 500
SHADE = PatternFill("solid", fgColor="E8EEF4")
GREY = PatternFill("solid", fgColor="F4F4F4")
THIN = Border(*(Side(style="thin", color="BBBBBB"),) * 4)
FACE = "Times New Roman"


def workbook(procedures: Sequence[Mapping[str, object]]) -> Workbook:
    """Give the sheet "Thủ tục": headings in row 1, keys in row 2, one procedure a row from 3."""
    book = Workbook()
    book.properties.creator = ""
    book.properties.title = "Dữ liệu thủ tục hành chính"
    book.remove(book.worksheets[0])
    sheet: Worksheet = book.create_sheet(SHEET)
    lists: Worksheet = book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    for column, field in enumerate(FIELDS, start=1):
        _head(sheet, column, field)
        if field.choices:
            _offer(sheet, lists, column, field)
    for row, record in enumerate(procedures, start=FIRST_ROW):
        for column, field in enumerate(FIELDS, start=1):
            _plain(sheet, row, column, in_cell(record[field.key]))
        sheet.cell(row, 1).number_format = "@"
    sheet.freeze_panes = "C3"
    return book


def blank_workbook() -> Workbook:
    """Give the template: no procedure yet, and a second sheet that explains every column."""
    book = workbook(())
    book.properties.title = "Mẫu dữ liệu thủ tục hành chính"
    for row in range(FIRST_ROW, LAST_ROW + 1):
        # Excel would read 1.900010 as a number and drop its last zero.
        book[SHEET].cell(row, 1).number_format = "@"
    guide: Worksheet = book.create_sheet(GUIDE)
    headings = ("Cột", "Khóa", "Bắt buộc", "Cách ghi", "Giá trị được dùng")
    for column, (text, width) in enumerate(zip(headings, (32, 20, 10, 70, 44), strict=True), start=1):
        cell = guide.cell(1, column, text)
        cell.font, cell.fill, cell.border = Font(name=FACE, size=11, bold=True), SHADE, THIN
        guide.column_dimensions[get_column_letter(column)].width = width
    for row, field in enumerate(FIELDS, start=2):
        needed = "Có" if field.required else "Không"
        values = (field.heading, field.key, needed, field.advice, "; ".join(field.choices))
        for column, value in enumerate(values, start=1):
            _plain(guide, row, column, value)
    return book


def _plain(sheet: Worksheet, row: int, column: int, value: str | int | None) -> None:
    cell = sheet.cell(row, column, value)
    cell.font, cell.border = Font(name=FACE, size=11), THIN
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _head(sheet: Worksheet, column: int, field: Field) -> None:
    top, key = sheet.cell(1, column, field.heading), sheet.cell(2, column, field.key)
    top.font, top.fill = Font(name=FACE, size=11, bold=True), SHADE
    key.font, key.fill = Font(name="Consolas", size=9, color="666666"), GREY
    for cell in (top, key):
        cell.border = THIN
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    sheet.column_dimensions[get_column_letter(column)].width = field.width


def _offer(sheet: Worksheet, lists: Worksheet, column: int, field: Field) -> None:
    """Offer the allowed values as a list. Typed into the rule it would be split at its commas."""
    own = get_column_letter(1 + [one.key for one in FIELDS if one.choices].index(field.key))
    for row, value in enumerate(field.choices, start=1):
        lists[f"{own}{row}"] = value
    rule = DataValidation(
        "list", formula1=f"'{LISTS}'!${own}$1:${own}${len(field.choices)}", allow_blank=True
    )
    rule.error, rule.errorTitle = "Chọn một giá trị trong danh sách.", field.heading
    sheet.add_data_validation(rule)
    letter = get_column_letter(column)
    rule.add(f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}")


def in_cell(value: object) -> str | int | None:
    """Give a value as one cell: a list becomes lines, an empty text an empty cell."""
    if isinstance(value, list):
        return "\n".join(str(one) for one in value)
    if isinstance(value, int):
        return value
    return str(value) or None


def blank_yaml() -> str:
    """Give the YAML template: one empty record, each key with its advice above."""
    out = ["# Mẫu dữ liệu thủ tục hành chính. Mỗi thủ tục là một mục, bắt đầu bằng dấu gạch ngang."]
    for index, field in enumerate(FIELDS):
        needed = "bắt buộc" if field.required else "không bắt buộc"
        allowed = f" Giá trị: {' | '.join(field.choices)}." if field.choices else ""
        out.append(f"  # {field.heading} ({needed}). {field.advice}{allowed}")
        empty = "[]" if field.listed else '""'
        out.append(f"{'- ' if index == 0 else '  '}{field.key}: {empty}")
    return "\n".join(out) + "\n"
