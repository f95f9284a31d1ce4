"""The one message catalogue: every code used exists, every entry is used, and the wording keeps its rules."""

import ast
import re
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Final, NamedTuple

import pytest

from document import messages
from document.faults import POINTS
from tests.support.papertrail import BANNED, SOURCES, TEMPLATES, banned

CODE: Final = re.compile(r"[a-z][a-z0-9]*\.[a-z0-9_]*[a-z0-9]")
QUOTED: Final = re.compile(r"""["']([a-z][a-z0-9]*\.[a-z0-9_]*[a-z0-9])["']""")
BUILT: Final = re.compile(r"""["']([a-z][a-z0-9]*\.[a-z0-9_]*_)["']\s*~""")
CALLS: Final = frozenset(
    {
        "reason", "good", "warning", "fault", "reason_with",
        "NiemError", "BadInput", "Returnable", "Refused", "NotSignedIn", "Denied", "WrongPin", "NotFound",
        "Conflict", "Unavailable", "KeyLocked", "Damaged", "Misconfigured",
    }
)  # fmt: skip
"""What takes a code as its first argument."""
LEFT_OUT: Final = {
    ("procedure.data_invalid", "faults"),  # the list of faults itself stands in one language each
    ("procedure.data_invalid", "faults_en"),
}
"""Blanks that only one of the two languages has."""
HISTORY: Final = {("procedure.fault_district", "huyện")}


class Used(NamedTuple):
    """Codes that stand in the source whole; beginnings that are put together; every other short word."""

    asked: frozenset[str]
    whole: frozenset[str]
    begun: frozenset[str]
    words: frozenset[str]


@cache
def used() -> Used:
    asked: set[str] = set()
    whole: set[str] = set()
    begun: set[str] = set()
    words: set[str] = set()
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                asked.update(_asked(node))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                (whole if CODE.fullmatch(node.value) else words).add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                begun.add(str(node.values[0].value))
    for file in TEMPLATES:
        _template(file, whole, begun)
    return Used(frozenset(asked), frozenset(whole), frozenset(begun), frozenset(words))


def _asked(call: ast.Call) -> set[str]:
    method = isinstance(call.func, ast.Attribute) and call.func.attr in {"text", "fix"}
    first = call.args[0] if call.args else None
    if (
        not (method or getattr(call.func, "id", "") in CALLS)
        or not isinstance(first, ast.Constant)
        or not isinstance(first.value, str)
    ):
        return set()
    return {first.value} if CODE.fullmatch(first.value) else set()


def _template(file: Path, whole: set[str], begun: set[str]) -> None:
    text = file.read_text(encoding="utf-8")
    whole.update(QUOTED.findall(text))
    begun.update(BUILT.findall(text))


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_code_that_is_raised_or_shown_has_its_text() -> None:
    assert len(used().asked) > 200
    assert sorted(used().asked - messages.catalogue().keys() - POINTS) == []


def test_every_code_in_a_template_has_its_text() -> None:
    shown = {
        code
        for file in TEMPLATES
        for code in re.findall(r'\bt\("([a-z.0-9_]+)"[,)]', file.read_text("utf-8"))
    }
    assert len(shown) > 100
    assert sorted(shown - messages.catalogue().keys()) == []


def test_every_entry_is_used() -> None:
    assert sorted(code for code in messages.catalogue() if not _is_used(code)) == []


def _is_used(code: str) -> bool:
    found = used()
    if code in found.whole:
        return True
    area, _, name = code.partition(".")
    longer = {head for head in found.begun if head.startswith(f"{area}.") and head != f"{area}."}
    if any(code.startswith(head) for head in longer):
        return True
    # An area whose names are put together as a whole: the name, or its first word, stands in the source.
    return f"{area}." in found.begun and (name in found.words or name.split("_")[0] in found.words)


def test_every_entry_is_whole_in_both_languages() -> None:
    for code, entry in messages.catalogue().items():
        assert entry.keys() in ({"vi", "en"}, {"vi", "en", "fix_vi", "fix_en"}), code
        for key in ("", "fix_"):
            differ = blanks(entry.get(f"{key}vi", "")) ^ blanks(entry.get(f"{key}en", ""))
            assert {name for name in differ if (code, name) not in LEFT_OUT} == set(), code
        assert all(text and text == text.rstrip() for text in entry.values()), code


def test_the_wording_keeps_its_rules() -> None:
    wrong = [
        (code, word)
        for code, entry in messages.catalogue().items()
        for word in banned(f"{entry['vi']} {entry.get('fix_vi', '')}")
    ]
    assert set(wrong) == HISTORY
    assert [
        code for code, entry in messages.catalogue().items() if "!" in entry["en"] + entry.get("fix_en", "")
    ] == []


@pytest.mark.parametrize("word", BANNED)
def test_each_rule_of_wording_would_notice(word: str) -> None:
    assert banned(f"Văn bản {word}.") == [word]
    assert (
        banned("Tệp đã được trả lại: {file} `niem people password`, bản đang xử lý, tổ chức, CV-01.pdf.")
        == []
    )
