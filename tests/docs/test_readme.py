"""What the two READMEs promise at first sight: targets of make, the layout, words of a run."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from document import messages
from niem.demo import DROPS
from niem.demo_show import WAY
from tests.support.papertrail import FLOORS, PAPERS, ROOT

READMES: Final = ("README.md", "README.vi.md")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))


@pytest.mark.parametrize("paper", [pytest.param(p, id=str(p.relative_to(ROOT))) for p in PAPERS])
def test_every_target_of_make_exists(paper: Path) -> None:
    told = re.findall(r"(?:`|^ {3,}|^)make ([a-z]+)", paper.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(told) <= targets()


def test_the_readme_names_the_two_commands_and_serving() -> None:
    for name in READMES:
        assert {"demo", "run"} <= set(re.findall(r"make ([a-z]+)", text_of(name)))
    assert re.search(r"^    make test\b", text_of("README.md"), re.MULTILINE)
    assert "make test" in text_of(".ci/run")


def layout() -> list[str]:
    block = re.search(r"<!-- layout -->\n```text\n(.*?)```", text_of("README.md"), re.DOTALL)
    assert block
    return re.findall(r"(?:^|  )([a-z_]+(?:/[a-z]+)?)/(?= )", block.group(1), re.MULTILINE)


def test_the_layout_is_that_of_the_house() -> None:
    told = layout()
    assert [name for name in told if not (ROOT / name).is_dir()] == []
    assert [name for name in told if name in FLOORS] == list(FLOORS), "as a document walks"
    with_code = {path.parent.relative_to(ROOT).parts[0] for path in ROOT.glob("*/**/*.py") if _ours(path)}
    assert with_code <= {name.partition("/")[0] for name in told}


def _ours(path: Path) -> bool:
    top = path.relative_to(ROOT).parts[0]
    return not top.startswith(".") and top not in {"build", "var"} and "__pycache__" not in path.parts


@pytest.mark.parametrize("name", READMES)
def test_the_run_that_is_shown_could_be_one(name: str) -> None:
    """Every line has today's words, and each document goes its way without a step back."""
    block = re.search(r"<!-- run -->\n```text\n(.*?)```", text_of(name), re.DOTALL)
    assert block
    lines = re.findall(r"^ +[\d.]+ s  (\S+) +(\d)/(\d)  (.*?)(?:  \d+/\S+)?$", block.group(1), re.MULTILINE)
    assert len(lines) > len(WAY)
    ways: dict[str, list[int]] = {}
    for document, step, of, words in lines:
        assert int(of) == len(WAY)
        assert words == messages.text(f"stage.{WAY[int(step) - 1].value}")
        ways.setdefault(document, []).append(int(step))
    assert ways.keys() == {min(drop.files, key=len).rsplit(".", 1)[0] for drop in DROPS}
    assert all(steps[-1] == len(WAY) for steps in ways.values())
    assert all(now < then for steps in ways.values() for now, then in pairwise(steps))
    assert block.group(1).count(".pdf\n") == len(re.findall(r"^  ● ", block.group(1), re.MULTILINE))


def test_the_ten_steps_are_ten_in_both_languages() -> None:
    english = text_of("README.md").partition("## Your own site in ten steps")[2].partition("\n## ")[0]
    numbers = [int(one) for one in re.findall(r"^(\d+)\. ", english, re.MULTILINE)]
    assert numbers == list(range(1, 11))
    vietnamese = text_of("README.vi.md").partition("trong mười bước")[2].partition("\n## ")[0]
    assert [int(one) for one in re.findall(r"^\| (\d+) \|", vietnamese, re.MULTILINE)] == numbers
    detailed = text_of("docs/vi/van-hanh.md").partition("## Lập hệ thống")[2].partition("\n## ")[0]
    assert [int(one) for one in re.findall(r"^(\d+)\. ", detailed, re.MULTILINE)] == numbers
