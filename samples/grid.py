"""Ruled tables for appendices: a heading row on every page, rows that do not break."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Mm

from samples.layout import CENTRE, drop_first_line, set_widths, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document
    from docx.table import _Row

LEFT = WD_ALIGN_PARAGRAPH.LEFT


class Grid:
    """A table with a heading row; `columns` are headings and widths in millimetres."""

    def __init__(self, document: Document, columns: Sequence[tuple[str, float]], size: float) -> None:
        """Begin the table; `size` is that of its type in points."""
        self._widths, self._size = [width for _, width in columns], size
        self._table = document.add_table(0, len(columns))
        self._table.style = document.styles["Table Grid"]
        self._table.alignment = WD_TABLE_ALIGNMENT.CENTER
        self._table.autofit = False
        set_widths(self._table, self._widths)
        row = self._row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001
        for cell, (heading, _) in zip(row.cells, columns, strict=True):
            write(cell, heading, size=size, bold=True)
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            drop_first_line(cell)

    def band(self, text: str) -> None:
        """Add a row across the whole table that names a group and stays with its first row."""
        row = self._row()
        cell = row.cells[0].merge(row.cells[-1])
        for empty in cell.paragraphs[1:]:
            empty._p.getparent().remove(empty._p)  # noqa: SLF001
        line = write(cell, text, size=self._size, bold=True, align=LEFT)
        line.paragraph_format.keep_with_next = True
        drop_first_line(cell)

    def fill(self, values: Sequence[str | Sequence[str]]) -> None:
        """Add a row of data; a sequence of strings becomes lines of one cell."""
        for index, (cell, value) in enumerate(zip(self._row().cells, values, strict=True)):
            for text in [value] if isinstance(value, str) else value:
                write(cell, text, size=self._size, align=LEFT if index else CENTRE)
            drop_first_line(cell)

    def _row(self) -> _Row:
        row: _Row = self._table.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001
        for cell, width in zip(row.cells, self._widths, strict=True):
            cell.width = Mm(width)
        return row
