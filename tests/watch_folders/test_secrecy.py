"""Marks of secrecy in every format that may be dropped."""

import io
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from pypdfium2 import PdfiumError

from document.reading import secrecy_mark
from tests.support import bad_files
from tests.support.pages import letter
from watch_folders.secrecy import mark_in, secrecy_of

BOX = (
    '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape><v:textbox><w:txbxContent>'
    "<w:p><w:r><w:t>TỐI </w:t></w:r><w:r><w:t>MẬT</w:t></w:r></w:p>"
    "</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
)


def word(*paragraphs: str, box: bool = False, header: str = "") -> bytes:
    """A DOCX with these paragraphs."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if box:
        document.paragraphs[0]._p.append(parse_xml(BOX))
    if header:
        document.sections[0].header.paragraphs[0].text = header
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("MẬT", "MẬT"), (" T Ố I   M Ậ T ", "TỐI MẬT"), ("[TUYỆT MẬT]", "TUYỆT MẬT"),
        ("Độ mật: MẬT", "MẬT"), ("ĐỘ MẬT: TỐI MẬT", "TỐI MẬT"),
        ("TÀI LIỆU MẬT", ""), ("Mật ong", ""), ("văn bản MẬT", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_mark_is_a_line_of_its_own(line: str, mark: str) -> None:
    assert mark_in(line) == mark


@pytest.mark.parametrize(
    ("made", "mark"), [("secret", "MẬT"), ("top_secret", "TỐI MẬT"), ("most_secret", "TUYỆT MẬT")]
)
def test_a_pdf_is_asked_by_its_reader(made: str, mark: str) -> None:
    assert secrecy_of(bad_files.BAD[made]()) == mark == secrecy_mark(bad_files.BAD[made]())


@pytest.mark.parametrize("missing", [200, 15_000])
def test_a_pdf_that_broke_off_is_asked_as_far_as_it_goes(missing: int) -> None:
    assert secrecy_of(bad_files.top_secret()[:-missing]) == "TỐI MẬT"
    assert secrecy_of(letter()[:-missing]) == ""


def test_a_pdf_that_nothing_can_read_is_an_error_and_not_a_document_without_a_mark() -> None:
    with pytest.raises(PdfiumError):
        secrecy_of(b"%PDF-1.7\n" + b"x" * 4000)
    with pytest.raises(PdfiumError):
        secrecy_of(bad_files.encrypted())


def test_a_word_file_is_asked_in_its_body_boxes_tables_and_headers() -> None:
    assert secrecy_of(word("QUYẾT ĐỊNH", "MẬT", "Điều 1")) == "MẬT"
    assert secrecy_of(word("Số: /QĐ-UBND", box=True)) == "TỐI MẬT"
    assert secrecy_of(word("QUYẾT ĐỊNH", header="TUYỆT MẬT")) == "TUYỆT MẬT"
    assert secrecy_of(word("Không đưa văn bản có dấu MẬT vào thư mục dùng chung.")) == ""


def test_a_workbook_and_a_text_are_asked_too() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["B2"] = "MẬT"
    out = io.BytesIO()
    book.save(out)
    assert secrecy_of(out.getvalue()) == "MẬT"
    assert secrecy_of("Độ khẩn: không\r\nTỐI MẬT\r\n".encode()) == "TỐI MẬT"
    assert secrecy_of("xx\x00\rMẬT\r".encode("utf-16-le")) == "MẬT"
    assert secrecy_of(b"- code: 1.900001\n") == ""


@pytest.mark.parametrize("name", ["QD-cong-bo-TTHC.docx", "QD-cong-bo-TTHC.xlsx", "KH-07.pdf"])
def test_ordinary_documents_carry_none(name: str) -> None:
    assert secrecy_of(Path("samples", name).read_bytes()) == ""
    assert secrecy_of(letter()) == ""


def test_a_broken_archive_carries_none() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w:p>MẬT</w:p>")
    assert secrecy_of(out.getvalue()) == "MẬT"
    assert secrecy_of(out.getvalue()[:40]) == ""
