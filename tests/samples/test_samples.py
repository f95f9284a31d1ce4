"""The samples as they are committed: texts, layout and geometry of Decree 30, and their data files.

LibreOffice is not asked here: what it made is in the repository, beside what it was made from.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
import pikepdf
import pypdfium2
import pytest
import yaml
from pyhanko.pdf_utils.generic import NullObject
from pyhanko.pdf_utils.reader import PdfFileReader

from samples.data import FIRST_ROW, GUIDE, LISTS, SHEET, blank_workbook, blank_yaml, in_cell, workbook
from samples.documents import cited, every_document, read
from samples.fields import ACTS, FIELDS, LEVELS, ONLINE, UNITS
from samples.hybrid import hybrid
from samples.layout import MOTTO, NATION, width_of
from samples.make import packed

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

SAMPLES = Path(__file__).parents[2] / "samples"
HYBRID = SAMPLES / "hybrid" / "CV-bao-cao.hybrid.pdf"
MAIN = ("QD-cong-bo-TTHC", "CV-bao-cao", "KH-07", "TB-ket-luan")
PAGES = {"QD-cong-bo-TTHC": 3, "CV-bao-cao": 1, "KH-07": 3, "KH-07.phu-luc-1": 1, "TB-ket-luan": 2}
# The page with the signature, from 0, and what stands in the signer's block from top to bottom.
SIGNED = {
    "QD-cong-bo-TTHC": (1, ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Trần Văn Mẫu")),
    "CV-bao-cao": (0, ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Lê Thị Minh Họa")),
    "KH-07": (2, ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Lê Thị Minh Họa")),
    "TB-ket-luan": (1, ("TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG", "Phạm Văn Thử")),
}
MM = 72 / 25.4


class Text:
    """The letters of one page with their places."""

    def __init__(self, path: Path, page: int) -> None:
        with pypdfium2.PdfDocument(path) as pdf:
            own = pdf[page]
            self.size: tuple[float, float] = own.get_size()
            text = own.get_textpage()
            self.letters = [
                (text.get_text_range(index, 1), text.get_charbox(index))
                for index in range(text.count_chars())
            ]
        self.text = "".join(letter for letter, _ in self.letters)

    def box(self, found: re.Match[str], group: int) -> tuple[float, float, float, float]:
        """Give left, bottom, right, top of the letters of a group that are not spaces."""
        boxes = [box for letter, box in self.letters[found.start(group) : found.end(group)] if letter.strip()]
        lows, highs = zip(*[(box[:2], box[2:]) for box in boxes], strict=True)
        return (
            min(low[0] for low in lows),
            min(low[1] for low in lows),
            max(high[0] for high in highs),
            max(high[1] for high in highs),
        )

    def gap(self, pattern: str) -> float:
        """Give the room in points between the two groups of a pattern."""
        found = re.search(pattern, self.text)
        assert found, f"{pattern} is not on the page"
        return self.box(found, 2)[0] - self.box(found, 1)[2]


def text_of(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as pdf:
        return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def flat(text: str) -> str:
    """Take out white space, and hyphens: PDFium gives one at the end of a line as a control letter."""
    return re.sub(r"[\s\-\x02\ufffe]+", "", text)


@pytest.mark.parametrize(("name", "count"), PAGES.items())
def test_pages_are_a4_and_as_many_as_planned(name: str, count: int) -> None:
    with pypdfium2.PdfDocument(SAMPLES / f"{name}.pdf") as pdf:
        sizes = [sorted(page.get_size()) for page in pdf]
    assert len(sizes) == count
    assert all(
        short == pytest.approx(595.3, abs=0.5) and long == pytest.approx(841.9, abs=0.5)
        for short, long in sizes
    )


@pytest.mark.parametrize("name", PAGES)
def test_fonts_are_embedded_and_stand_in_for_times(name: str) -> None:
    with pikepdf.open(SAMPLES / f"{name}.pdf") as pdf:
        fonts = [
            one
            for one in pdf.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor"
        ]
        assert fonts
        assert all("/FontFile2" in one and "LiberationSerif" in str(one.FontName) for one in fonts)


@pytest.mark.parametrize("name", MAIN)
def test_blanks_are_wide_enough_for_four_digits_and_a_date(name: str) -> None:
    page = Text(SAMPLES / f"{name}.pdf", 0)
    assert page.gap(r"(Số:)\s*(/[A-ZĐ]+)") >= 30
    assert page.gap(r"(, ngày) *(tháng)") >= 16
    assert page.gap(r"(tháng) *(năm)") >= 16
    year = re.search(r"tháng *(năm)", page.text)
    assert year
    right_margin = page.size[0] - 20 * MM
    assert right_margin - page.box(year, 1)[2] >= 28, "the year needs room for four digits"


@pytest.mark.parametrize("name", MAIN)
def test_number_and_date_share_a_line(name: str) -> None:
    page = Text(SAMPLES / f"{name}.pdf", 0)
    number, date = _first(page.text, "Số"), _first(page.text, "năm")
    # The base of "S" and of "ă" in italics: the letters differ by less than a point.
    assert page.box(number, 1)[1] == pytest.approx(page.box(date, 1)[1], abs=1.5)


@pytest.mark.parametrize("name", MAIN)
def test_the_head_follows_the_boxes_of_the_decree(name: str) -> None:
    page = Text(SAMPLES / f"{name}.pdf", 0)
    places = {}
    for key, words in {"nation": NATION, "motto": MOTTO, "issuer": "ỦY BAN NHÂN DÂN"}.items():
        found = re.search(f"({words})", page.text)
        assert found, words
        places[key] = page.box(found, 1)
    middle = {key: (left + right) / 2 for key, (left, _, right, _) in places.items()}
    assert middle["nation"] == pytest.approx(middle["motto"], abs=2)
    assert middle["issuer"] < page.size[0] / 2 < middle["nation"]
    assert places["nation"][2] <= page.size[0] - 20 * MM + 1
    assert places["issuer"][0] >= 30 * MM


@pytest.mark.parametrize(("name", "expected"), SIGNED.items())
def test_the_signer_stands_at_the_right_with_room_to_sign(
    name: str, expected: tuple[int, tuple[str, ...]]
) -> None:
    number, lines = expected
    page = Text(SAMPLES / f"{name}.pdf", number)
    *above, title, signer = (page.box(_last(page.text, line), 1) for line in lines)
    for low in (*above, title):
        assert low[0] > page.size[0] / 2
        assert (low[0] + low[2]) / 2 == pytest.approx((signer[0] + signer[2]) / 2, abs=2)
    # A signature image is 23 mm high in practice; between title and name is room for it.
    assert title[1] - signer[3] >= 23 * MM


def _first(text: str, words: str) -> re.Match[str]:
    return next(re.finditer(f"({re.escape(words)})", text))


def _last(text: str, words: str) -> re.Match[str]:
    *_, last = re.finditer(f"({re.escape(words)})", text)
    return last


@pytest.mark.parametrize("name", PAGES)
def test_no_page_one_number_and_a_number_on_each_page_after(name: str) -> None:
    restarts = {"QD-cong-bo-TTHC": {2}}.get(name, set())
    for index in range(PAGES[name]):
        page = Text(SAMPLES / f"{name}.pdf", index)
        first = page.text.strip().split()[0]
        if index == 0 or index in restarts:
            assert not first.isdigit()
        else:
            assert first == str(index + 1)


@pytest.mark.parametrize("name", PAGES)
def test_nothing_printed_ends_with_a_year(name: str) -> None:
    years = {int(year) for year in re.findall(r"\b20\d\d\b", text_of(SAMPLES / f"{name}.pdf"))}
    assert max(years, default=2025) <= 2025


@pytest.mark.parametrize("name", MAIN)
def test_the_text_ends_as_the_decree_wants(name: str) -> None:
    text = flat(text_of(SAMPLES / f"{name}.pdf"))
    assert text.count("./.") == 1
    assert text.index("./.") < text.index(flat("Nơi nhận:"))
    assert re.search(r"Lưu:VT,[A-ZĐ]+\.", text)


def test_the_guidance_of_appendices_keeps_its_blanks() -> None:
    decision = text_of(SAMPLES / "QD-cong-bo-TTHC.pdf")
    plan = text_of(SAMPLES / "KH-07.phu-luc-1.pdf")
    assert re.search(r"\(Kèm theo Quyết định số */QĐ-UBND ngày *tháng *năm *của Chủ tịch", decision)
    assert re.search(r"\(Kèm theo Kế hoạch số */KH-UBND ngày *tháng *năm", plan)


def test_the_decision_lists_every_procedure_of_its_data_file() -> None:
    text = flat(text_of(SAMPLES / "QD-cong-bo-TTHC.pdf"))
    rows = _rows(SAMPLES / "QD-cong-bo-TTHC.xlsx")
    assert len(rows) == 6
    for row in rows:
        assert row["code"] in text
        assert flat(f"{row['name']} (cấp {row['level'].lower()})") in text


def _rows(path: Path) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(path)[SHEET]
    keys = [str(cell.value) for cell in sheet[2]]
    rows = sheet.iter_rows(min_row=FIRST_ROW, values_only=True)
    return [dict(zip(keys, row, strict=True)) for row in rows if any(row)]


@pytest.mark.parametrize("name", ["QD-cong-bo-TTHC.xlsx", "thu-tuc.mau.xlsx"])
def test_the_sheet_has_headings_keys_and_nobodys_name(name: str) -> None:
    book = openpyxl.load_workbook(SAMPLES / name)
    sheet = book[SHEET]
    assert [cell.value for cell in sheet[1]] == [field.heading for field in FIELDS]
    assert [cell.value for cell in sheet[2]] == [field.key for field in FIELDS]
    assert not book.properties.creator
    assert not book.properties.lastModifiedBy


def test_the_template_is_empty_and_explains_every_column() -> None:
    path = SAMPLES / "thu-tuc.mau.xlsx"
    assert _rows(path) == []
    guide = openpyxl.load_workbook(path)[GUIDE]
    assert [row[1] for row in guide.iter_rows(min_row=2, values_only=True)] == [one.key for one in FIELDS]


def test_the_template_offers_each_value_whole() -> None:
    """A list in the rule itself would split "sửa đổi, bổ sung" in two."""
    book = openpyxl.load_workbook(SAMPLES / "thu-tuc.mau.xlsx")
    assert book[LISTS].sheet_state == "hidden"
    offered = [tuple(cell for cell in column if cell) for column in book[LISTS].iter_cols(values_only=True)]
    assert offered == [LEVELS, ACTS, UNITS, ONLINE]
    assert len(book[SHEET].data_validations.dataValidation) == len(offered)


def test_the_yaml_template_has_every_key_and_no_value() -> None:
    (record,) = yaml.safe_load((SAMPLES / "thu-tuc.mau.yaml").read_text(encoding="utf-8"))
    assert record == {field.key: [] if field.listed else "" for field in FIELDS}


def test_every_procedure_is_complete_and_within_the_allowed_values() -> None:
    records = read("procedures")
    assert {record["level"] for record in records} == {"Tỉnh", "Xã"}
    assert {record["act"] for record in records} == {"mới ban hành", "sửa đổi, bổ sung"}
    for record in records:
        assert list(record) == [field.key for field in FIELDS]
        for field in FIELDS:
            value = record[field.key]
            assert value or not field.required, (record["code"], field.key)
            assert isinstance(value, list) == field.listed
            assert not field.choices or value in field.choices
        assert re.fullmatch(r"[123]\.\d{6}", record["code"])
        assert bool(record["online_reason"]) == (record["online_level"] == "PARTIAL")


def test_the_data_file_says_what_its_source_says() -> None:
    rows = _rows(SAMPLES / "QD-cong-bo-TTHC.xlsx")
    assert rows == [{key: in_cell(value) for key, value in record.items()} for record in read("procedures")]


def test_a_citation_without_a_number_is_refused() -> None:
    assert cited("Luật Lưu trữ số 33/2024/QH15 ngày 21/6/2024") == "- Luật Lưu trữ số 33/2024/QH15"
    with pytest.raises(ValueError, match="not a citation"):
        cited("theo thông lệ")


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    """What the script makes today, without LibreOffice."""
    files = {f"{name}.docx": packed(document) for name, document in every_document().items()}
    files["QD-cong-bo-TTHC.xlsx"] = packed(workbook(read("procedures")))
    files["thu-tuc.mau.xlsx"] = packed(blank_workbook())
    return files


def _parts(content: bytes) -> dict[str, str]:
    """Give the parts that hold our text; the rest is the library's and changes with it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [
            one
            for one in archive.namelist()
            if re.search(r"document\.xml$|header\d*\.xml$|sheet\d\.xml$", one)
        ]
        return {name: archive.read(name).decode() for name in names}


def test_the_committed_files_are_what_the_script_makes(made: dict[str, bytes]) -> None:
    for name, content in made.items():
        assert _parts(content) == _parts((SAMPLES / name).read_bytes()), f"{name}: run python -m samples.make"
    assert (SAMPLES / "thu-tuc.mau.yaml").read_text(encoding="utf-8") == blank_yaml()


def test_two_runs_give_equal_bytes(made: dict[str, bytes]) -> None:
    again = {f"{name}.docx": packed(document) for name, document in every_document().items()}
    again["QD-cong-bo-TTHC.xlsx"] = packed(workbook(read("procedures")))
    assert {name: made[name] for name in again} == again


@pytest.mark.parametrize("name", PAGES)
def test_the_pdf_says_what_the_docx_says(name: str) -> None:
    document = docx.Document(str(SAMPLES / f"{name}.docx"))
    words = [node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t")]
    printed = flat(unicodedata.normalize("NFC", text_of(SAMPLES / f"{name}.pdf")))
    missing = [text for text in words if flat(text) and flat(text) not in printed and len(text) < 60]
    assert missing == []
    assert "".join(words) == unicodedata.normalize("NFC", "".join(words))


def test_the_hybrid_file_has_two_kinds_of_cross_references() -> None:
    content = HYBRID.read_bytes()
    reader = PdfFileReader(io.BytesIO(content), strict=False)
    assert reader.xrefs.hybrid_xrefs_present
    assert reader.root["/StructTreeRoot"]["/Type"] == "/StructTreeRoot"
    assert content.count(b"/XRefStm") == 1
    assert content.count(b"/Type /ObjStm") >= 1
    assert flat(text_of(HYBRID)) == flat(text_of(SAMPLES / "CV-bao-cao.pdf"))
    with pikepdf.open(HYBRID) as pdf:
        assert pdf.check_pdf_syntax() == []
    with pytest.raises(ValueError, match="no structure tree"):
        hybrid((SAMPLES / "CV-bao-cao.pdf").read_bytes())


def test_a_reader_of_old_files_finds_every_page_but_not_what_is_hidden() -> None:
    """Cut before the second section, the file has its classic table only, as PDF 1.4 knows it."""
    content = HYBRID.read_bytes()
    old = content[: content.index(b"%%EOF") + 6]
    reader = PdfFileReader(io.BytesIO(old), strict=False)
    assert reader.root["/Pages"]["/Count"] == 1
    assert isinstance(reader.root.raw_get("/StructTreeRoot").get_object(), NullObject)


def test_a_width_is_that_of_times() -> None:
    # Times New Roman Bold: D 722, o 500 of 1000 units.
    assert width_of("Do", 10) == pytest.approx((0.722 + 0.5) * 10 / MM, rel=0.01)


def _sheet(path: Path) -> Worksheet:
    sheet: Worksheet = openpyxl.load_workbook(path)[SHEET]
    return sheet


@pytest.mark.parametrize("name", ["QD-cong-bo-TTHC.xlsx", "thu-tuc.mau.xlsx"])
def test_codes_are_text(name: str) -> None:
    """As numbers, 1.900010 and 1.90001 would be the same."""
    assert _sheet(SAMPLES / name).cell(FIRST_ROW, 1).number_format == "@"
