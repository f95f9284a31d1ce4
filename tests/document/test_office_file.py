"""`office.toml`: typed; every wrong entry is named with what is allowed."""

from pathlib import Path

import pytest

from document.errors import BadInput
from document.office_file import ASCII_FOLDERS, VIETNAMESE_FOLDERS, load_office
from niem.init import OFFICE

HEAD = """
[[organisations]]
code = "xa-vi-du"
level = "commune"
place = "Ví Dụ"
names = [{ name = "ỦY BAN NHÂN DÂN XÃ VÍ DỤ", valid_from = 2025-07-01 }]
"""
UNIT = """
[[organisations.units]]
code = "kinhte"
name = "Phòng Kinh tế"
folder = "shares/kinhte"
"""


def faults(tmp_path: Path, text: str) -> str:
    file = tmp_path / "office.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        load_office(file)
    assert caught.value.code == "office.invalid"
    return caught.value.text("vi")


def test_the_file_that_init_writes_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "office.toml").write_text(OFFICE, encoding="utf-8")
    (one,) = load_office(tmp_path / "office.toml").organisations
    assert one.units[0].folder_names == VIETNAMESE_FOLDERS
    assert not one.may_decide_procedures
    assert {role for person in one.people for role in person.roles} == {"leader", "form_checker", "clerk"}
    assert one.people[1].head_of == ["kinhte"]
    assert one.series[0].symbols == ["*"]


def test_ascii_folder_names_may_be_chosen(tmp_path: Path) -> None:
    file = tmp_path / "office.toml"
    file.write_text(HEAD + UNIT + f"folder_names = {ASCII_FOLDERS}\n", encoding="utf-8")
    assert load_office(file).organisations[0].units[0].folder_names == ASCII_FOLDERS


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ["organisations"]),
        ("organisations = []", ["organisations"]),
        (HEAD.replace("commune", "village"), ["organisations.0.level", "'province'", "'commune'"]),
        (HEAD + "seal_mm = 5", ["organisations.0.seal_mm", "20"]),
        (HEAD + "colour = 1", ["organisations.0.colour"]),
        (HEAD + UNIT + 'folder_names = ["a"]', ["folder_names", "4 items"]),
        (HEAD + UNIT + UNIT, ["units.code", "kinhte"]),
        (
            HEAD + UNIT + '[[organisations.people]]\nlogin = "de"\nname = "Đ"\nhead_of = ["x"]',
            ["de", "['x']", "known: ['kinhte']"],
        ),
        (HEAD + '[[organisations.people]]\nlogin = "de"\nname = "Đ"\nroles = ["king"]', ["'clerk'"]),
        (
            HEAD + '[[organisations.series]]\ncode = "a"\nsymbols = ["*"]\n'
            '[[organisations.series]]\ncode = "b"\nsymbols = ["*"]',
            ["series.symbols", "*"],
        ),
        (HEAD + HEAD, ["organisations.code", "xa-vi-du"]),
        (HEAD + UNIT + HEAD.replace("xa-vi-du", "xa-khac") + UNIT, ["units.folder", "shares/kinhte"]),
        ("[[organisations", ["line 1"]),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, text: str, says: list[str]) -> None:
    told = faults(tmp_path, text)
    assert str(tmp_path / "office.toml") in told
    assert [word for word in says if word not in told] == []


def test_other_bytes_than_utf8_are_refused(tmp_path: Path) -> None:
    (tmp_path / "office.toml").write_bytes(HEAD.encode("utf-16"))
    with pytest.raises(BadInput, match=r"office\.invalid"):
        load_office(tmp_path / "office.toml")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"office\.missing"):
        load_office(tmp_path / "office.toml")
