"""What the papers claim holds: links, commands, words on the screen, the sample event, the sample answer."""

import hashlib
import json
import re
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
import rfc8785
import typer.main
from typer.testing import CliRunner

from document import messages
from document.ledger.core import EVENT_VERSION
from document.settings import Settings
from niem.cli import app
from niem.run import PROCESSES
from office.audit import FORMAT
from publisher.views import ErrorBody, Procedure
from publisher.web import api, site_pages
from tests.support.papertrail import PAPERS, ROOT, banned

VIETNAMESE: Final = [ROOT / "README.vi.md", *sorted((ROOT / "docs/vi").glob("*.md"))]
SCREENS: Final = [ROOT / "docs/vi/lanh-dao.md", ROOT / "docs/vi/van-thu.md"]
LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
COMMAND: Final = re.compile(r"(?:^|[\s`|(/])niem ((?:[a-z-]+ ?)+[^`\n|]*)")
FENCE: Final = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)
LISTS: Final = [pytest.param(paper, id=str(paper.relative_to(ROOT))) for paper in PAPERS]


def text_of(paper: Path) -> str:
    return paper.read_text(encoding="utf-8")


def fence(paper: str, mark: str) -> str:
    """The code block after `<!-- mark -->`."""
    found = re.search(rf"<!-- {mark} -->\n```\w+\n(.*?)```", text_of(ROOT / paper), re.DOTALL)
    assert found, f"{paper} has no block {mark}"
    return found.group(1)


@pytest.mark.parametrize("paper", LISTS)
def test_every_link_points_at_something(paper: Path) -> None:
    for link in LINK.findall(text_of(paper)):
        if not link.startswith("https://"):
            target = (paper.parent / link.partition("#")[0]).resolve()
            assert target.exists(), link
            assert target.is_relative_to(ROOT), link


def test_every_paper_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        paper = waiting.pop()
        if paper in reached or paper.suffix != ".md":
            continue
        reached.add(paper)
        for link in LINK.findall(text_of(paper)):
            target = (paper.parent / link.partition("#")[0]).resolve()
            index = target / "README.md"
            waiting.append(index if index.is_file() else target)
    papers = {paper for paper in PAPERS if paper.is_relative_to(ROOT / "docs") or paper.parent == ROOT}
    assert papers <= reached


@pytest.mark.parametrize("paper", LISTS)
def test_no_paper_names_this_machine(paper: Path) -> None:
    assert re.findall(rf"{re.escape(str(ROOT))}|/home/|/tmp/|/root/", text_of(paper)) == []


# ---- commands


def commands() -> list[tuple[str, str]]:
    """Every `niem …` in the papers, with where it stands."""
    found = []
    for paper in PAPERS:
        prose = re.sub(r"^ {0,8}(?=niem )", "`", text_of(paper), flags=re.MULTILINE)
        codes = re.findall(r"`([^`\n]*)", prose)
        for code in codes:
            found += [(paper.name, each.strip()) for each in COMMAND.findall(f" {code}")]
    return found


def below(command: Any) -> dict[str, Any]:
    """The commands of a group, by name; empty for a command."""
    found: dict[str, Any] = getattr(command, "commands", {})
    return found


def resolve(words: list[str]) -> tuple[Any, list[str], list[str]]:
    """The command that `words` name, the words that named it, and the rest."""
    command: Any = typer.main.get_command(app)
    rest = list(words)
    while rest and rest[0] in below(command):
        command = below(command)[rest.pop(0)]
    return command, words[: len(words) - len(rest)], rest


def test_every_command_and_option_exists() -> None:
    assert len(commands()) > 40
    for where, line in commands():
        command, named, rest = resolve(line.split())
        assert named, f"{where}: niem {line}"
        known = {name for one in command.params for name in one.opts}
        options = set(re.findall(r"(?<!\S)-{1,2}[a-z][a-z-]*", " ".join(rest)))
        assert options <= known | {"--help"}, f"{where}: niem {line}"
        assert not (below(command) and rest and rest[0][0].isalpha()), f"{where}: niem {line}"


def every(command: Any, words: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    further = [path for name, one in below(command).items() for path in every(one, (*words, name))]
    return [words, *further]


def test_every_command_helps() -> None:
    paths = every(typer.main.get_command(app))
    assert len(paths) > 20
    for words in paths:
        ran = CliRunner().invoke(app, [*words, "--help"])
        assert ran.exit_code == 0, words
        assert "--help" in ran.output


def test_every_command_is_named_in_the_papers() -> None:
    told = {tuple(resolve(line.split())[1]) for _, line in commands()}
    leaves = {words for words in every(typer.main.get_command(app)) if not below(resolve(list(words))[0])}
    assert leaves - told == set()


def test_the_processes_are_those_that_run() -> None:
    for paper in ("docs/architecture.md", "docs/vi/van-hanh.md"):
        rows = re.findall(r"^\| `niem (\w+)` \|", text_of(ROOT / paper), re.MULTILINE)
        assert sorted(rows) == sorted(PROCESSES), paper


# ---- words


@pytest.mark.parametrize("paper", [pytest.param(p, id=p.name) for p in VIETNAMESE])
def test_the_vietnamese_papers_keep_the_rules_of_wording(paper: Path) -> None:
    assert banned(FENCE.sub("", text_of(paper))) == []


@pytest.mark.parametrize("paper", [pytest.param(p, id=p.name) for p in SCREENS])
def test_what_is_printed_bold_stands_on_the_screen(paper: Path) -> None:
    shown = {entry["vi"] for entry in messages.catalogue().values()}
    bold = re.findall(r"\*\*([^*]+)\*\*", text_of(paper))
    assert len(bold) > 5
    assert [words for words in bold if " ".join(words.split()) not in shown] == []


# ---- samples


def test_the_sample_event_is_one() -> None:
    line = fence("docs/record.md", "event").strip()
    body = json.loads(line)
    assert rfc8785.dumps(body) == line.encode()
    assert body.keys() == FORMAT
    assert body["v"] == EVENT_VERSION
    page = text_of(ROOT / "docs/record.md")
    assert f"Its hash: `{hashlib.sha256(line.encode()).hexdigest()}`" in page
    assert set(re.findall(r"^\| `(\w+)` \|", page.partition("## A document")[0], re.MULTILINE)) == FORMAT


def test_the_sample_answer_is_one() -> None:
    answer = json.loads(fence("docs/api.md", "answer"))
    shown = Procedure.model_validate(answer)
    assert json.loads(shown.model_dump_json()) == answer
    (error,) = [
        json.loads(code) for kind, code in FENCE.findall(text_of(ROOT / "docs/api.md")) if '"error"' in code
    ]
    problem = ErrorBody.model_validate(error).error
    assert problem.text == messages.text(problem.code, "vi", code="9.999999")
    assert problem.fix == messages.fix(problem.code, "vi", code="9.999999")


def test_the_addresses_of_the_api_exist() -> None:
    told = set(re.findall(r"`GET (/[^`?]*)`", text_of(ROOT / "docs/api.md").partition("## One")[0]))
    routes = {route.path for router in (api, site_pages) for route in router.routes if hasattr(route, "path")}
    assert {path.replace("{digest}.pdf", "{name}") for path in told} <= routes
    assert {path for path in routes if path.startswith("/api/")} <= told


def test_every_toml_of_the_papers_is_accepted() -> None:
    parts = [code for paper in PAPERS for kind, code in FENCE.findall(text_of(paper)) if kind == "toml"]
    assert len(parts) >= 2
    for part in parts:
        lines = "\n".join(line.strip() for line in part.splitlines())
        Settings.model_validate(tomllib.loads(lines))
