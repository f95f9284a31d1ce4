import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from signing.letters import UNKNOWN, Letters
from signing.painted import Text, painted
from tests.support.stamped import LINES, paper


def cmap(pdf: pikepdf.Pdf, lines: str) -> pikepdf.Stream:
    return pdf.make_stream(
        f"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n{lines}\nendcmap end end".encode()
    )


def test_what_a_page_says() -> None:
    with pikepdf.open(io.BytesIO(paper(*LINES))) as pdf:
        letters = Letters()
        found = [one for one in painted(pdf.pages[0].obj) if isinstance(one, Text)]
        assert tuple(letters.read(one.codes, one.font) for one in found) == LINES


@pytest.mark.parametrize(
    ("lines", "codes", "text"),
    [
        ("1 beginbfchar <0001> <1ED1> endbfchar", b"\0\1", "ố"),
        ("1 beginbfchar <0001> <006F03020301> endbfchar", b"\0\1", "ố"),
        ("1 beginbfrange <0001> <0003> <0041> endbfrange", b"\0\1\0\3", "AC"),
        ("1 beginbfrange <0001> <0002> [<0041> <01AF0301>] endbfrange", b"\0\1\0\2", "AỨ"),
        ("2 beginbfrange <0005> <0006> <0061> <0001> <0002> <0041> endbfrange", b"\0\2\0\5", "Ba"),
        ("1 beginbfrange <0001> <0002> <0041> endbfrange", b"\0\3", UNKNOWN),
        ("", b"\0\1\0\2", UNKNOWN * 2),
        ("1 beginbfchar <0001> 5 endbfchar", b"\0\1", UNKNOWN),
    ],
)
def test_what_a_font_says_itself(lines: str, codes: bytes, text: str) -> None:
    with pikepdf.new() as pdf:
        font = pdf.make_indirect(Dictionary(Subtype=Name.Type0, ToUnicode=cmap(pdf, lines)))
        assert Letters().read([codes], font) == text


@pytest.mark.parametrize(
    ("encoding", "codes", "text"),
    [
        (Name.WinAnsiEncoding, b"S\xf4 05", "Sô 05"),
        (Name.MacRomanEncoding, b"\x8e", "é"),
        (None, b"05/Q", "05/Q"),
        (Dictionary(Differences=Array([65, Name.Dcroat, Name("/uni1ED1")])), b"ABC", "ĐốC"),
        (Dictionary(BaseEncoding=Name.WinAnsiEncoding, Differences=Array([1, Name.five])), b"\1\xf4", "5ô"),
        (Name.WinAnsiEncoding, b"\x81", UNKNOWN),
    ],
)
def test_what_a_simple_fonts_encoding_says(encoding: pikepdf.Object | None, codes: bytes, text: str) -> None:
    font = Dictionary(Subtype=Name.TrueType)
    if encoding is not None:
        font.Encoding = encoding
    assert Letters().read([codes], font) == text


@pytest.mark.parametrize("name", ["/.VnTime", "/ABCDEF+.VnTimeH", "/VNI-Times"])
def test_fonts_from_before_unicode_say_nothing(name: str) -> None:
    font = Dictionary(Subtype=Name.TrueType, BaseFont=Name(name), Encoding=Name.WinAnsiEncoding)
    assert Letters().read([b"S\xe8"], font) == UNKNOWN * 2


def test_no_font_and_a_broken_one() -> None:
    assert Letters().read([b"ab", b"c"], None) == UNKNOWN * 3
    broken = Dictionary(Encoding=Dictionary(Differences=Array([Dictionary()])))
    assert Letters().read([b"ab"], broken) == UNKNOWN * 2
