"""What the demo shows while it runs: a live table on a terminal, plain lines elsewhere."""

import time
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from document import messages
from document.facts import DocumentFact
from document.stages import Stage

WAY: Final = (
    Stage.RECEIVED, Stage.PREPARED, Stage.CHECKED, Stage.APPROVED, Stage.SIGNED,
    Stage.NUMBERED, Stage.SEALED, Stage.VERIFIED, Stage.ISSUED,
)  # fmt: skip


class Show:
    """Follows the documents from stage to stage."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._seen: dict[str, Stage] = {}
        self._started = time.monotonic()
        self._live = Live(console=console, refresh_per_second=8) if console.is_terminal else None

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def update(self, documents: list[DocumentFact]) -> None:
        """Show where each document stands now."""
        ordered = sorted(documents, key=lambda d: d.received_at)
        if self._live is not None:
            self._live.update(_table(ordered))
            return
        for document in ordered:
            if self._seen.get(document.id) != document.stage:
                self._seen[document.id] = document.stage
                self._console.print(f"{time.monotonic() - self._started:6.1f} s  {_line(document)}")


def _line(document: DocumentFact) -> str:
    number = f"  {document.register.number_symbol}" if document.register else ""
    return f"{document.stem:<18} {_step(document)}/{len(WAY)}  {_words(document)}{number}"


def _table(documents: list[DocumentFact]) -> Table:
    table = Table("Văn bản", "Số, ký hiệu", "", "Tình trạng", box=None, pad_edge=False)
    for document in documents:
        done = document.stage is Stage.ISSUED
        table.add_row(
            document.stem,
            document.register.number_symbol if document.register else "",
            ProgressBar(total=len(WAY), completed=_step(document), width=18),
            Text(_words(document), style="green" if done else ""),
        )
    return table


def _step(document: DocumentFact) -> int:
    return WAY.index(document.stage) + 1 if document.stage in WAY else 0


def _words(document: DocumentFact) -> str:
    return messages.text(f"stage.{document.stage.value}")
