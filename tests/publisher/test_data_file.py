"""The data file taken apart: both formats, limits, and files that mean harm."""

import io
import zipfile
from collections.abc import Sequence

import pytest
from openpyxl import Workbook

from document.errors import Returnable
from publisher.data_file import MAX_BYTES, MAX_RECORDS, SHEET, read


def workbook(*rows: Sequence[object], sheet: str = SHEET) -> bytes:
    book = Workbook()
    page = book.worksheets[0]
    page.title = sheet
    for row in rows:
        page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def refused(data: bytes, name: str) -> str:
    with pytest.raises(Returnable) as caught:
        read(data, name)
    return caught.value.code


def test_a_cell_knows_its_place_and_its_lines() -> None:
    raw = read(workbook(["Mã", "Bước"], ["code", "steps"], [], ["1.900001", " một \n\n hai "]), "a.xlsx")
    (record,) = raw.records
    assert (record.row, record.item) == (4, 1)
    assert record.values["steps"].lines == ("một", "hai")
    assert (record.values["steps"].row, record.values["steps"].column) == (4, "B")


def test_a_code_kept_as_a_number_is_taken_only_with_all_its_digits() -> None:
    raw = read(workbook([], ["code"], [1.900001], [1.90001]), "a.xlsx")
    assert [one.values["code"].problem for one in raw.records] == ["", "fault_code_number"]
    assert raw.records[0].values["code"].text == "1.900001"


def test_yaml_keeps_what_is_written() -> None:
    raw = read("- code: 1.900010\n  sets: 01\n  steps: [một, hai]\n  forms:\n".encode(), "a.yaml")
    values = raw.records[0].values
    assert values["code"].text == "1.900010"
    assert values["sets"].text == "01"
    assert values["steps"].lines == ("một", "hai")
    assert values["forms"].lines == ()
    assert values["sets"].row == 2


def test_a_value_inside_a_value_is_told() -> None:
    raw = read(b"- code: {a: b}\n  steps: [[c]]\n", "a.yml")
    assert {key: value.problem for key, value in raw.records[0].values.items()} == {
        "code": "fault_nested",
        "steps": "fault_nested",
    }


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"x" * (MAX_BYTES + 1), "a.xlsx", "procedure.too_big"),
        (b"text", "a.xlsx", "procedure.not_readable"),
        (b"text", "a.docx", "procedure.wrong_ending"),
        (b"a: [", "a.yaml", "procedure.not_readable"),
        (b"\xff\xfe", "a.yaml", "procedure.not_readable"),
        (b"a: 1", "a.yaml", "procedure.not_a_list"),
        (b"", "a.yaml", "procedure.not_a_list"),
        (b"- &a [x]\n- *a\n", "a.yaml", "procedure.not_readable"),
        (b"[" * 100_000, "a.yaml", "procedure.not_readable"),
        (b"- a\n" * (MAX_RECORDS + 1), "a.yaml", "procedure.too_many"),
        (workbook(["a"], sheet="Trang khác"), "a.xlsx", "procedure.no_sheet"),
    ],
)
def test_what_cannot_be_read_is_named(data: bytes, name: str, code: str) -> None:
    assert refused(data, name) == code


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"\0" * (61 << 20))
    assert refused(out.getvalue(), "a.xlsx") == "procedure.too_big"


def test_a_zip_that_is_no_workbook_is_named() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("[Content_Types].xml", b"<broken")
    assert refused(out.getvalue(), "a.xlsx") == "procedure.not_readable"
