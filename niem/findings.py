"""What the doctor finds: one line of the report each, in words of the catalogue."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from rich.console import Console

from document import messages
from document.errors import NiemError

State = Literal["good", "warning", "fault"]
MARKS: Final[dict[State, tuple[str, str]]] = {
    "good": ("✓", "green"), "warning": ("!", "yellow"), "fault": ("✗", "red"),
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    state: State
    code: str
    params: dict[str, object] = field(default_factory=dict)


def good(code: str, **params: object) -> Finding:
    return Finding("good", code, params)


def warning(code: str, **params: object) -> Finding:
    return Finding("warning", code, params)


def fault(code: str, **params: object) -> Finding:
    return Finding("fault", code, params)


def of_error(error: NiemError) -> Finding:
    return Finding("fault", error.code, error.params)


def tell(findings: Iterable[Finding], console: Console, lang: str) -> int:
    """Print each with its remedy; the number of faults."""
    faults = 0
    for finding in findings:
        faults += finding.state == "fault"
        mark, style = MARKS[finding.state]
        console.print(mark, style=style, end=" ")
        console.print(messages.text(finding.code, lang, **finding.params))
        remedy = messages.fix(finding.code, lang, **finding.params)
        if remedy and finding.state != "good":
            console.print(f"    → {remedy}")
    return faults
