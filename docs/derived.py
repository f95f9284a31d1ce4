"""The parts of the papers that are taken from the code: `python -m docs.derived` writes them anew.

Each stands in its file between `<!-- derived: NAME -->` and `<!-- end -->`; a test compares.
"""

import ast
import re
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Formatter
from typing import Any, Final, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from document import messages
from document.settings import Settings
from document.stages import LIVING, MACHINE, MOVES, Stage

ROOT: Final = Path(__file__).parents[1]
RETURNING: Final = ("document", "watch_folders", "publisher", "signing", "niem", "office")
CHOSEN: Final = {
    "watch_folders/inspect_pdf.py": (
        "intake.javascript", "intake.actions", "intake.xfa", "intake.layers", "intake.media",
        "intake.attached_files",
    ),
    "document/children.py": ("reading.reader_died", "reading.reader_slow"),
}  # fmt: skip
"""Files that choose the reason of a return at run time, and from what."""
BESIDE: Final = ("intake.duplicate", "intake.failed")
"""Reasons that are no `Returnable` and bring a file back all the same."""
TRAPS: Final = (Stage.HELD, Stage.RETURNED, Stage.WITHDRAWN)
"""Ends that so many stages share that arrows to them would hide the way."""


def diagram() -> str:
    """The way and its ends, as a Mermaid diagram; moves to and from the traps stand in the table."""
    arrows = [
        f"    {old.value} --> {new.value}"
        for old, allowed in MOVES.items()
        for new in Stage
        if new in allowed and old not in TRAPS and new not in TRAPS
    ]
    return "\n".join(["```mermaid", "stateDiagram-v2", "    [*] --> received", *arrows, "```"])


def stages() -> str:
    """Every stage: its words, who carries it on, where it may go."""
    rows = ["| stage | Vietnamese | English | carried on by | may go to |", "|---|---|---|---|---|"]
    for stage, allowed in MOVES.items():
        vi, en = (messages.text(f"stage.{stage.value}", lang) for lang in messages.LANGUAGES)
        by = "a worker" if stage in MACHINE else "people" if stage in LIVING else ""
        to = ", ".join(f"`{new.value}`" for new in Stage if new in allowed) or "its end"
        rows.append(f"| `{stage.value}` | {vi} | {en} | {by} | {to} |")
    return "\n".join(rows)


def settings() -> str:
    """Every setting with what it may be; the last column is written by hand and kept."""
    meant = _meanings()
    rows = []
    for name, section in Settings.model_fields.items():
        model = section.annotation
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        rows += ["", f"### `[{name}]`", "", "| entry | default | allowed | meaning |", "|---|---|---|---|"]
        rows += [
            f"| `{key}` | `{_toml(field.default)}` | {allowed(field)} | {meant.get(f'{name}.{key}', '')} |"
            for key, field in model.model_fields.items()
        ]
    return "\n".join(rows[1:])


def _meanings() -> dict[str, str]:
    found, section = {}, ""
    for line in (ROOT / "docs/settings.md").read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"### `\[(\w+)\]`", line):
            section = heading.group(1)
        elif row := re.fullmatch(r"\| `(\w+)` \|.*\| ([^|]*) \|", line):
            found[f"{section}.{row.group(1)}"] = row.group(2)
    return found


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def allowed(field: FieldInfo) -> str:
    """What may stand for a setting, in words."""
    kind: Any = field.annotation
    if get_origin(kind) is Literal:
        return ", ".join(f"`{_toml(one)}`" for one in get_args(kind))
    assert get_origin(kind) not in (Union, types.UnionType)
    pattern = next((one.pattern for one in field.metadata if getattr(one, "pattern", None)), None)
    if pattern:
        beginnings = re.findall(r"\w[\w+]*:/+", pattern.replace("\\", ""))
        either = " or ".join(f"`{one}`" for one in beginnings)
        return f"{'empty, or ' if re.fullmatch(pattern, '') else ''}begins with {either}"
    words = {int: "whole number", float: "number", str: "text", bool: "`true`, `false`"}
    return f"{words.get(kind, 'list of texts')}{_limits(field)}"


def _limits(field: FieldInfo) -> str:
    low = next((f" from {m.ge}" for m in field.metadata if isinstance(m, Ge)), "")
    low = low or next((f" above {m.gt}" for m in field.metadata if isinstance(m, Gt)), "")
    high = next((f" to {m.le}" for m in field.metadata if isinstance(m, Le)), "")
    high = high or next((f" below {m.lt}" for m in field.metadata if isinstance(m, Lt)), "")
    return low + high


def returning() -> list[str]:
    """The codes of every reason for which a file comes back, in the order of the catalogue."""
    codes = set(BESIDE)
    for folder in RETURNING:
        for file in sorted((ROOT / folder).rglob("*.py")):
            codes.update(_codes(file))
    return [code for code in messages.catalogue() if code in codes]


def _codes(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Returnable":
            first = node.args[0]
            either = (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,)
            if all(isinstance(code, ast.Constant) for code in either):
                yield from (str(ast.literal_eval(code)) for code in either)
            else:
                yield from CHOSEN[file.relative_to(ROOT).as_posix()]


AREAS: Final = {
    "intake": "Khi tiếp nhận tệp",
    "reading": "Khi đọc tệp",
    "prepare": "Khi chuẩn bị để ký",
    "procedure": "Tệp dữ liệu thủ tục hành chính",
}


def reasons() -> str:
    """Every reason for return as staff reads it, with what to do."""
    rows: list[str] = []
    found = returning()
    for area, title in AREAS.items():
        rows += ["", f"### {title}", "", "| Lý do trả lại | Cách khắc phục |", "|---|---|"]
        for code in (one for one in found if one.startswith(f"{area}.")):
            entry = messages.catalogue()[code]
            rows.append(f"| {_bare(entry['vi'])} | {_bare(entry.get('fix_vi', ''))} |")
    assert {code.split(".")[0] for code in found} <= AREAS.keys()
    return "\n".join(rows[1:])


def _bare(text: str) -> str:
    """A text of the catalogue with its blanks shown as dots, in one line, safe in a table."""
    pieces = (
        f"{literal}{'…' if name is not None else ''}" for literal, name, _, _ in Formatter().parse(text)
    )
    return " ".join("".join(pieces).split()).replace("|", "\\|").replace("<", "&lt;")


BLOCKS: Final[dict[str, tuple[str, Callable[[], str]]]] = {
    "diagram": ("docs/stages.md", diagram),
    "stages": ("docs/stages.md", stages),
    "settings": ("docs/settings.md", settings),
    "reasons": ("docs/vi/thu-muc.md", reasons),
}


def block(name: str) -> re.Pattern[str]:
    """Where the part `name` stands in its file."""
    return re.compile(rf"(?<=<!-- derived: {name} -->\n).*?(?=<!-- end -->)", re.DOTALL)


def written(name: str) -> str:
    """The file of the part `name`, with that part made anew."""
    path, make = BLOCKS[name]
    text = (ROOT / path).read_text(encoding="utf-8")
    found = block(name).search(text)
    assert found is not None, f"{path} has no place for {name}"
    return f"{text[: found.start()]}\n{make()}\n\n{text[found.end() :]}"


def main() -> None:
    """Write every part anew."""
    for name, (path, _) in BLOCKS.items():
        (ROOT / path).write_text(written(name), encoding="utf-8")


if __name__ == "__main__":
    main()
