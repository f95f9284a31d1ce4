"""The 29 kinds and how a line of capitals names one."""

import unicodedata

import pytest

from document.kinds import KINDS, Kind, kind, kind_of


def test_there_are_29_with_unique_codes() -> None:
    assert len(KINDS) == 29
    assert len({k.code for k in KINDS}) == 29
    assert len({k.name for k in KINDS}) == 29


def test_only_cong_van_and_thu_cong_have_no_abbreviation() -> None:
    assert [k.name for k in KINDS if not k.abbreviation] == ["Công văn", "Thư công"]
    assert kind("CV").abbreviation == ""


@pytest.mark.parametrize("known", KINDS, ids=lambda k: k.code)
def test_each_is_found_by_its_name_however_it_is_written(known: Kind) -> None:
    name = known.name
    for text in (
        name,
        name.upper(),
        unicodedata.normalize("NFD", name.upper()),
        " ".join(name.upper()),
        name.upper().replace(" ", "\N{NO-BREAK SPACE}") + ":",
    ):
        assert kind_of(text) == known


def test_both_placings_of_the_tone_are_the_same_kind() -> None:
    assert kind_of("BẢN THOẢ THUẬN") == kind_of("BẢN THỎA THUẬN") == kind("BTT")
    assert kind_of("GIẤY UỶ QUYỀN") == kind_of("GIẤY ỦY QUYỀN") == kind("GUQ")


@pytest.mark.parametrize(
    "text", ["", ":", "QUYẾT ĐỊNH VỀ VIỆC", "PHÓ CHỦ TỊCH", "THÔNG", "Căn cứ Quyết định"]
)
def test_other_lines_name_none(text: str) -> None:
    assert kind_of(text) is None


def test_an_unknown_code_is_an_error() -> None:
    with pytest.raises(KeyError):
        kind("ZZ")
