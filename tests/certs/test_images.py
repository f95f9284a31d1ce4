"""Specimen images: true in size and colour, clear around, and never to be taken for real ones."""

import colorsys
import io

import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from certs.test.images import SEAL_MM, SIGNATURE_MM, _font, seal, signature

BODY = "ỦY BAN NHÂN DÂN TỈNH MINH GIANG"
LETTERS = "AĂÂBCDĐEÊGHIKLMNOÔƠPQRSTUƯVXY" + "ÁÀẢÃẠẮẰẲẴẶẤẦẨẪẬÉÈẺẼẸẾỀỂỄỆÍÌỈĨỊÓÒỎÕỌỐỒỔỖỘỚỜỞỠỢÚÙỦŨỤỨỪỬỮỰÝỲỶỸỴ"


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def size_mm(image: Image.Image) -> tuple[float, float]:
    across, down = image.info["dpi"]
    return image.width / across * 25.4, image.height / down * 25.4


def hue(image: Image.Image) -> float:
    """Of the ink, in degrees; there is one colour, only its opacity varies."""
    [(_, colour)] = image.convert("RGB").getcolors() or []
    assert isinstance(colour, tuple)
    return colorsys.rgb_to_hsv(*(part / 255 for part in colour))[0] * 360


def test_a_seal_is_red_round_and_of_its_true_size() -> None:
    image = opened(seal(BODY))
    assert size_mm(image) == pytest.approx((SEAL_MM, SEAL_MM), abs=0.1)
    assert image.mode == "RGBA"
    assert min(hue(image), 360 - hue(image)) < 15
    opacity = image.getchannel("A")
    corner = opacity.crop((0, 0, image.width // 8, image.height // 8))
    assert corner.getbbox() is None, "the corners are clear"
    left, top, right, bottom = opacity.getbbox() or (0, 0, 0, 0)
    assert (left, top) <= (20, 20)
    assert (right, bottom) >= (image.width - 20, image.height - 20)
    clear = opacity.histogram()[0] / (image.width * image.height)
    assert 0.5 < clear < 0.9, "what is under a seal stays legible"


def test_a_signature_is_blue_and_fills_its_frame() -> None:
    image = opened(signature("Trần Văn Mẫu"))
    assert size_mm(image) == pytest.approx(SIGNATURE_MM, abs=0.1)
    assert 210 < hue(image) < 250
    opacity = image.getchannel("A")
    left, top, right, bottom = opacity.getbbox() or (0, 0, 0, 0)
    assert max(right - left - 0.9 * image.width, bottom - top - 0.85 * image.height) > 0
    assert min(left, top, image.width - right, image.height - bottom) > 0, "no stroke is cut off"
    assert opacity.histogram()[0] / (image.width * image.height) > 0.8


def test_the_same_name_gives_the_same_picture_and_another_name_another() -> None:
    assert signature("Trần Văn Mẫu") == signature("Trần Văn Mẫu") != signature("Phạm Văn Thử")
    assert seal(BODY) == seal(BODY) != seal("ỦY BAN NHÂN DÂN XÃ TÂN MẪU")


def test_a_seal_that_does_not_say_it_is_a_specimen_is_not_made() -> None:
    with pytest.raises(ValueError, match="MẪU"):
        seal(BODY, rim="TỈNH MINH GIANG")


def test_what_the_rim_says_is_on_the_seal() -> None:
    assert seal(BODY) != seal(BODY, rim="MẪU")


def test_the_font_has_every_vietnamese_letter() -> None:
    font = _font(20)
    assert isinstance(font.path, io.BytesIO)
    font.path.seek(0)
    assert {letter for letter in LETTERS if ord(letter) not in TTFont(font.path).getBestCmap()} == set()
