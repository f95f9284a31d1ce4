"""What the papers take from the code is what the code says now."""

import ast
import inspect
import re
import tomllib
from pathlib import Path

import pytest

from docs import derived
from document import children, messages
from document.settings import Settings, load
from document.stages import MOVES, Stage
from niem.init import init
from tests.support.papertrail import ROOT, SOURCES
from watch_folders import inspect_pdf


@pytest.mark.parametrize("name", derived.BLOCKS)
def test_a_derived_part_is_up_to_date(name: str) -> None:
    """Otherwise: python -m docs.derived."""
    text = (ROOT / derived.BLOCKS[name][0]).read_text(encoding="utf-8")
    assert text == derived.written(name)


def test_the_diagram_has_every_move_that_is_not_a_trap() -> None:
    arrows = re.findall(r"(\w+) --> (\w+)", derived.diagram())
    moves = {(old, new) for old, allowed in MOVES.items() for new in allowed}
    drawn = {(Stage(old), Stage(new)) for old, new in arrows}
    assert drawn < moves
    assert all({old, new} & set(derived.TRAPS) for old, new in moves - drawn)


def test_the_table_of_stages_is_the_table_of_moves() -> None:
    rows = [line.split(" | ") for line in derived.stages().splitlines() if line.startswith("| `")]
    told = {row[0].strip("|` "): set(re.findall(r"`(\w+)`", row[-1])) for row in rows}
    assert told == {old.value: {new.value for new in allowed} for old, allowed in MOVES.items()}


def test_every_setting_has_a_meaning() -> None:
    assert [line for line in derived.settings().splitlines() if re.search(r"\|\s*\|$", line)] == []


def test_every_setting_is_read_somewhere() -> None:
    """An entry that nobody reads promises something and does nothing."""
    read = {
        node.attr
        for file in SOURCES
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    sections = Settings().model_dump()
    assert {
        f"{name}.{key}" for name, section in sections.items() for key in section if key not in read
    } == set()


def test_a_new_site_names_every_setting_with_its_default(tmp_path: Path) -> None:
    init(tmp_path / "site")
    written = tomllib.loads((tmp_path / "site/niem.toml").read_text(encoding="utf-8"))
    assert written == Settings().model_dump(mode="json")
    assert load(tmp_path / "site").settings == Settings()


def test_the_reasons_chosen_at_run_time_are_known() -> None:
    files = {path: (ROOT / path).read_text(encoding="utf-8") for path in derived.CHOSEN}
    worst_first = {f"intake.{code}" for code in inspect_pdf._WORST_FIRST}
    assert set(derived.CHOSEN["watch_folders/inspect_pdf.py"]) == worst_first
    tried = set(re.findall(r'code = "([a-z_.]+)"', files["document/children.py"]))
    assert set(derived.CHOSEN["document/children.py"]) == tried
    assert all(inspect.getsourcefile(module) for module in (children, inspect_pdf))


def test_the_page_for_staff_names_every_reason_of_a_return() -> None:
    codes = derived.returning()
    assert len(codes) > 50
    assert {"intake.encrypted", "intake.duplicate", "prepare.blank_narrow", "procedure.data_invalid"} <= set(
        codes
    )
    page = (ROOT / "docs/vi/thu-muc.md").read_text(encoding="utf-8")
    for code in codes:
        entry = messages.catalogue()[code]
        first = re.split(r"\{|<", entry["vi"])[0].split(":")[0].strip()
        assert " ".join(first.split()) in page, code
        assert entry.get("fix_vi"), f"{code}: a return says what to do"
