"""Every bad file has the fault it is named for; each check fails on a good document."""

from __future__ import annotations

import io

import pikepdf
import pypdfium2
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from tests.support import bad_files
from tests.support.pages import letter


def opens(content: bytes) -> bool:
    try:
        with pypdfium2.PdfDocument(content):
            return True
    except pypdfium2.PdfiumError:
        return False


def text(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as pdf:
        return str(pdf[0].get_textpage().get_text_range())


@pytest.mark.parametrize("name", ["not_a_pdf", "empty", "truncated", "zero_pages", "encrypted"])
def test_what_cannot_be_opened(name: str) -> None:
    assert opens(letter())
    assert not opens(bad_files.BAD[name]())


def test_the_truncated_file_is_the_beginning_of_a_good_one() -> None:
    assert letter().startswith(bad_files.truncated())
    assert b"%%EOF" not in bad_files.truncated()


def test_a_restricted_file_opens_but_may_not_be_changed() -> None:
    with pikepdf.open(io.BytesIO(bad_files.restricted())) as pdf:
        assert pdf.is_encrypted
        assert not pdf.allow.modify_form
    with pikepdf.open(io.BytesIO(letter())) as pdf:
        assert not pdf.is_encrypted


@pytest.mark.parametrize(
    ("name", "trace"),
    [
        ("javascript", "/JavaScript"),
        ("named_javascript", "/JavaScript"),
        ("page_javascript", "/JavaScript"),
        ("launch", "/Launch"),
        ("xfa", "/XFA"),
        ("hidden_layer", "/OCProperties"),
        ("embedded_media", "/Rendition"),
        ("rich_media", "/RichMedia"),
    ],
)
def test_active_content_is_in_the_file_and_the_page_still_reads(name: str, trace: str) -> None:
    assert name in bad_files.ACTIVE
    content = bad_files.BAD[name]()
    assert trace.encode() in content
    assert trace.encode() not in letter()
    assert "Trần Văn Mẫu" in text(content)


def test_the_signed_file_is_signed() -> None:
    reader = PdfFileReader(io.BytesIO(bad_files.already_signed()))
    (signature,) = reader.embedded_signatures
    assert signature.signer_cert.subject.native["common_name"] == bad_files.EARLIER_SIGNER


def test_the_scan_has_a_page_without_text() -> None:
    assert text(bad_files.scan()).strip() == ""
    with pikepdf.open(io.BytesIO(bad_files.scan())) as pdf:
        assert len(pdf.pages[0].get_images()) == 1


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("secret", "MẬT\r\n"),
        ("top_secret", "TỐI MẬT\r\n"),
        ("unknown_signer", "Hồ Văn Lạ"),
        ("other_issuer", "XÃ HÒA MẪU"),
        ("filled_number", "Số: 15/QĐ-UBND"),
        ("printed_date", "năm 2019"),
    ],
)
def test_the_wrong_words_are_on_the_page(name: str, wrong: str) -> None:
    assert wrong in text(bad_files.BAD[name]())
    assert wrong not in text(letter())


def test_without_a_signer_there_is_no_block() -> None:
    assert "CHỦ TỊCH" not in text(bad_files.no_signer())
