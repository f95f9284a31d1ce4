"""The catalogue: every sentence in two languages, with the same blanks; every code that is used exists."""

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest

from document import messages
from document.stages import Stage

ROOT = Path(__file__).parents[2]
FOLDERS = ("document", "watch_folders", "signing", "office", "publisher", "niem")
KINDS = {
    "BadInput", "Returnable", "Refused", "NotSignedIn", "Denied", "WrongPin", "NotFound", "Conflict",
    "Unavailable", "KeyLocked", "Damaged", "Misconfigured",
}  # fmt: skip


def raised() -> Iterator[tuple[str, set[str] | None, str]]:
    """Code, names of parameters (None: not to be seen from here) and place of every error in the source."""
    for file in (file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py"))):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
                continue
            first = call.args[0] if call.args else None
            if call.func.id in KINDS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                names = {keyword.arg for keyword in call.keywords}
                known = {name for name in names if name is not None}
                yield first.value, known if known == names else None, f"{file.name}:{call.lineno}"


def blanks(sentence: str) -> set[str]:
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in Formatter().parse(sentence) if name}


def alike(first: str, second: str) -> bool:
    """The same blanks; a blank that is itself a text may have an English twin `name_en`."""
    return {name.removesuffix("_en") for name in blanks(first)} == {
        name.removesuffix("_en") for name in blanks(second)
    }


def test_every_entry_has_both_languages_and_the_same_blanks() -> None:
    wrong = [
        code
        for code, entry in messages.catalogue().items()
        if not (entry["vi"].strip() and entry["en"].strip()) or not alike(entry["vi"], entry["en"])
    ]
    assert wrong == []


def test_a_remedy_stands_in_both_languages_with_the_same_blanks() -> None:
    wrong = [
        code
        for code, entry in messages.catalogue().items()
        if ("fix_vi" in entry) != ("fix_en" in entry)
        or not alike(entry.get("fix_vi", ""), entry.get("fix_en", ""))
    ]
    assert wrong == []


def test_entries_hold_nothing_else() -> None:
    allowed = {"vi", "en", "fix_vi", "fix_en"}
    assert [code for code, entry in messages.catalogue().items() if not entry.keys() <= allowed] == []


def test_every_code_that_an_error_is_raised_with_exists() -> None:
    used = {code: place for code, _, place in raised()}
    assert len(used) > 50
    assert {code: place for code, place in used.items() if code not in messages.catalogue()} == {}


def test_every_error_fills_the_blanks_of_its_texts() -> None:
    lacking = {
        f"{place} {code}": missing
        for code, given, place in raised()
        if given is not None
        and (missing := set().union(*map(blanks, messages.catalogue()[code].values())) - given)
    }
    assert lacking == {}


def test_an_entry_of_each_language() -> None:
    assert messages.text("stage.sealed", "vi") == "Đang kiểm tra chữ ký số"
    assert messages.text("stage.sealed", "en") == "Checking signatures"
    assert messages.fix("stage.sealed") == ""
    assert "niem init" in messages.fix("settings.missing", "en", path="x")


def test_blanks_are_filled_as_people_read_them() -> None:
    moment = datetime(2030, 6, 14, 2, 0, tzinfo=UTC)
    text = messages.text("office.taken", "vi", what=moment)
    assert "14/06/2030 09:00:00" in text
    assert "14/06/2030" in messages.text("office.taken", "en", what=date(2030, 6, 14))
    assert "Awaiting signature" in messages.text("ledger.moved", "en", stage=Stage.CHECKED)
    assert "Chờ ký" in messages.text("ledger.moved", "vi", stage=Stage.CHECKED)


def test_a_code_that_is_not_there_is_a_mistake_in_the_source() -> None:
    with pytest.raises(KeyError):
        messages.text("stage.nowhere")
