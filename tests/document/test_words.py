"""Names on a page against names on record."""

import unicodedata

import pytest

from document.words import comparable


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ỦY BAN  NHÂN DÂN", " Ủy ban nhân\u00a0dân"),
        ("ỦY BAN NHÂN DÂN", "UỶ BAN NHÂN DÂN"),
        ("Lê Thị Minh Họa", "LÊ THỊ MINH HOẠ"),
        ("Tòa án", "Toà án"), ("Thúy Lũy Khỏe", "Thuý Luỹ Khoẻ"), ("quý", "QUÝ"),
    ],
)  # fmt: skip
def test_the_same_word_written_in_two_ways(one: str, other: str) -> None:
    assert comparable(one) == comparable(other)
    assert comparable(one) == comparable(unicodedata.normalize("NFD", other))


@pytest.mark.parametrize(
    ("one", "other"), [("Hòa", "Hóa"), ("Hoa", "Hòa"), ("Tuy", "Túy"), ("Hoàn", "Hoán"), ("của", "cua")]
)
def test_another_tone_is_another_word(one: str, other: str) -> None:
    assert comparable(one) != comparable(other)
