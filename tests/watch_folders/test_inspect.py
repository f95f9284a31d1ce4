"""What a dropped file really is, and why it cannot go on."""

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml

from document.errors import Returnable
from tests.support import bad_files
from tests.support.pages import letter
from watch_folders.inspect import FileKind, inspect

MOST = 50 << 20
INSERTED = (
    '<w:ins xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" w:id="1" w:author="x">'
    "<w:r><w:t>thêm</w:t></w:r></w:ins>"
)


def code(data: bytes, name: str = "a.pdf", most: int = MOST) -> str:
    """Why a file goes back."""
    with pytest.raises(Returnable) as caught:
        inspect(data, name, most)
    assert caught.value.text("vi")
    assert caught.value.fix("vi")
    return caught.value.code


def packed(**files: bytes) -> bytes:
    """A zip; `__` in a name is a slash, `_dot_` a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return out.getvalue()


def bomb() -> bytes:
    """A DOCX that says it is much bigger once unpacked."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", b"x")
        archive.infolist()[0].file_size = 600 << 20
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("QD-cong-bo-TTHC.pdf", FileKind.PDF), ("KH-07.docx", FileKind.DOCX),
        ("QD-cong-bo-TTHC.xlsx", FileKind.XLSX), ("thu-tuc.mau.yaml", FileKind.YAML),
        ("hybrid/CV-bao-cao.hybrid.pdf", FileKind.PDF),
    ],
)  # fmt: skip
def test_good_files_go_on(name: str, kind: FileKind) -> None:
    assert inspect(Path("samples", name).read_bytes(), name, MOST).kind is kind


def test_the_content_decides_and_not_the_suffix() -> None:
    assert inspect(letter(pages=2), "a.docx", MOST).pages == 2
    assert inspect(Path("samples/KH-07.docx").read_bytes(), "a.pdf", MOST).kind is FileKind.DOCX
    assert code("Văn bản".encode()) == "intake.not_pdf"
    assert code(packed(a_dot_txt=b"a"), "a.docx") == "intake.not_pdf"


def test_size_and_completeness() -> None:
    assert code(b"") == "intake.empty"
    assert code(b"x" * 2000, most=1999) == "intake.too_big"
    assert code(Path("samples/KH-07.docx").read_bytes()[:-100], "a.docx") == "intake.truncated"
    assert code(Path("samples/KH-07.docx").read_bytes()[:-100], "a.zip") == "intake.not_pdf"
    assert code(bomb(), "a.docx") == "intake.too_big_inside"
    assert code("Số: 1\n".encode("utf-16"), "a.yaml") == "intake.not_text"


def test_a_damaged_member_is_found() -> None:
    data = bytearray(Path("samples/KH-07.docx").read_bytes())
    data[200] ^= 0xFF
    assert code(bytes(data), "a.docx") == "intake.truncated"


def test_old_and_locked_office_files_are_told_apart() -> None:
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 512
    assert code(ole, "a.doc") == "intake.old_office"
    assert code(ole + "EncryptedPackage".encode("utf-16-le"), "a.docx") == "intake.encrypted_office"


def test_a_word_file_with_unfinished_or_foreign_content_goes_back() -> None:
    document = docx.Document()
    document.add_paragraph()._p.append(parse_xml(INSERTED))
    out = io.BytesIO()
    document.save(out)
    assert code(out.getvalue(), "a.docx") == "intake.tracked_changes"
    body = b"<w:document/>"
    comment = b'<w:comments><w:comment w:id="0"/></w:comments>'
    noted = packed(word__document_dot_xml=body, word__comments_dot_xml=comment)
    assert code(noted, "a.docx") == "intake.tracked_changes"
    macro = packed(word__document_dot_xml=body, word__vbaProject_dot_bin=b"x")
    assert code(macro, "a.docm") == "intake.macros"
    template = b'<Relationship Type="x/attachedTemplate" Target="http://x" TargetMode="External"/>'
    linked = packed(word__document_dot_xml=body, word___rels__a_dot_rels=template)
    assert code(linked, "a.docx") == "intake.outside_content"
    link = template.replace(b"attachedTemplate", b"hyperlink")
    harmless = packed(word__document_dot_xml=body, word___rels__a_dot_rels=link)
    assert inspect(harmless, "a.docx", MOST).kind is FileKind.DOCX


def test_every_way_out_has_a_remedy_in_both_languages() -> None:
    for made in ("javascript", "encrypted", "truncated"):
        with pytest.raises(Returnable) as caught:
            inspect(bad_files.BAD[made](), "a.pdf", MOST)
        assert all(caught.value.fix(lang) for lang in ("vi", "en"))
