"""Vietnamese without its marks."""

import unicodedata

from publisher.folding import ascii_letters, folded, words


def test_marks_and_d_go() -> None:
    assert folded("Đất đai, ƯỚC Nguyễn") == "dat dai, uoc nguyen"


def test_a_decomposed_text_folds_alike() -> None:
    assert folded(unicodedata.normalize("NFD", "Hỗ trợ")) == folded("Hỗ trợ") == "ho tro"


def test_letters_keep_their_case() -> None:
    assert ascii_letters("Quyết định số 15/QĐ-UBND") == "Quyet dinh so 15/QD-UBND"


def test_words_keep_their_marks_and_split_a_code() -> None:
    assert words("Chợ 1.900001, m²") == ["chợ", "1", "900001", "m²"]
