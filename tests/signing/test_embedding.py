import io
import subprocess
import zlib
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from document.page import Box
from signing import fonts
from signing.appearance import show, stamp_form
from signing.embedding import DIGITS, Subset, subset
from signing.prepare import prepare_attachment
from signing.revision import Revision
from tests.support.papers import drawn

TEXT = "Số: 02144/QĐ-UBND; Ữ Ệ ỵ"


def regular() -> Subset:
    return subset(fonts.family().regular, TEXT)


def test_the_embedded_file_is_a_font_with_these_glyphs_only() -> None:
    font = TTFont(io.BytesIO(zlib.decompress(regular().file)))
    assert font["maxp"].numGlyphs < 40
    assert max(regular().glyphs.values()) < font["maxp"].numGlyphs
    assert set(regular().glyphs) == set(TEXT)


def test_widths_are_those_of_the_face() -> None:
    face = fonts.family().regular
    assert regular().width(TEXT, 13) == pytest.approx(face.width(TEXT, 13), rel=0.002)


def test_the_same_letters_are_the_same_bytes_and_built_once() -> None:
    face = fonts.family().bold
    assert subset(face, "210") is subset(face, "012")
    assert subset(face, DIGITS).name != subset(face, "012").name


def test_a_letter_outside_the_subset_is_an_error_not_a_hole() -> None:
    with pytest.raises(KeyError):
        subset(fonts.family().regular, DIGITS).show("1a")


def test_the_text_can_be_read_back_from_the_page(tmp_path: Path) -> None:
    writer = Revision.on(prepare_attachment(drawn().pdf, 1))
    found = writer.field("Niem_Dau")
    assert found is not None
    field, reference = found
    show(field, stamp_form(writer, TEXT, Box(0, 300, 800, 570, 830), 10, fonts.family()))
    writer.mark_update(reference)
    (tmp_path / "a.pdf").write_bytes(writer.finish())
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "a.pdf"), "-"], capture_output=True, check=True, text=True
    ).stdout
    assert TEXT in text
