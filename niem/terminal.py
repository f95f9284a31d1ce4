"""What all commands share: the site they are for, how they print, how they ask."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from document import messages
from document.errors import NiemError

SiteOption = Annotated[Path, typer.Option("--site", help="Folder of the site.", readable=False)]
"""Not looked into: the public process may have an account that only passes through it."""
LangOption = Annotated[Literal["vi", "en"], typer.Option(help="Language of the report.")]
HERE = Path()
console = Console(highlight=False, soft_wrap=True, markup=False)
"""Without markup: what is printed stands there as it is, also `[trust]` and a file's name in brackets."""


def show(error: NiemError) -> None:
    """An error on the terminal, Vietnamese first: what happened, then what to do."""
    faults = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
    for lang in messages.LANGUAGES:
        faults.print("●" if lang == "vi" else " ", style="red", end=" ")
        faults.print(error.text(lang))
        if error.fix(lang):
            faults.print(f"  → {error.fix(lang)}")


def secret(file: Path | None, question: str, *, confirm: bool = False) -> str:
    """From a file or the terminal, never from an argument: arguments are seen by every process."""
    if file is not None:
        return file.read_text(encoding="utf-8").strip("\r\n")
    again = messages.text("cli.ask_again") if confirm else False
    answer: str = typer.prompt(question, hide_input=True, confirmation_prompt=again)
    return answer
