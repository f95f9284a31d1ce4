from pathlib import Path

import pytest

from signing import fonts

PACKAGE = fonts._packaged()


def test_every_letter_of_vietnamese_is_asked_for() -> None:
    # 12 vowels in 6 tones and đ, in both cases.
    assert len(fonts.VIETNAMESE) == 12 * 6 * 2 + 2
    assert {"ữ", "Ệ", "đ", "Ơ", "ỵ"} <= fonts.VIETNAMESE


def test_the_first_complete_family_of_the_setting_is_taken() -> None:
    found = fonts.family((str(PACKAGE[0]),))
    assert found.regular.path == PACKAGE[0]
    assert found.face(bold=True).path == PACKAGE[1]
    assert found.face(italic=True).path == PACKAGE[2]
    assert found.face(bold=True, italic=True).path == PACKAGE[3]


def test_the_package_alone_suffices() -> None:
    assert [fonts._face(path, fonts.PRINTABLE) is not None for path in PACKAGE[:2]] == [True, True]
    assert [fonts._face(path, fonts.PLAIN) is not None for path in PACKAGE[2:]] == [True, True]


def test_a_font_without_every_letter_is_passed_over() -> None:
    # The package's italic lacks Vietnamese letters: named as the office's font, it must not be taken.
    lacking = PACKAGE[2].with_name("SourceSerifPro-LightIt.ttf")
    assert fonts._face(lacking, fonts.PRINTABLE) is None
    assert fonts.family((str(lacking),)).regular.path != lacking


@pytest.mark.parametrize("text", ["", "no font at all"])
def test_what_is_no_font_is_passed_over(tmp_path: Path, text: str) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_text(text)
    assert fonts.family((str(broken), str(tmp_path / "missing.ttf"))).regular.path != broken


def test_a_width_is_in_points() -> None:
    face = fonts.family((str(PACKAGE[0]),)).regular
    assert face.width("00", 13) == pytest.approx(2 * face.width("0", 13))
    assert 4 < face.width("0", 13) < 9
