"""Named fault points: where the crash suite may kill a process.

A point is armed by a file of its name in the site's `faults/` folder; reaching it removes the file
and kills the process as a power cut would. Only demo and test sites look at that folder at all.
"""

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Final

POINTS: Final = frozenset(
    f"{step}.{when}"
    for step in (
        "claim", "vault", "admit", "prepare", "check", "approve", "sign",
        "number", "seal", "verify", "deliver", "publish", "give_back",
    )
    for when in ("before", "after")
)  # fmt: skip


@dataclass(frozen=True)
class Faults:
    """The fault points of one site; `folder` None means that none can be armed."""

    folder: Path | None = None

    def point(self, name: str) -> None:
        """Die here if `name` is armed. `ValueError` on a name that does not exist."""
        if name not in POINTS:
            raise ValueError(name)
        if self.folder is None:
            return
        armed = self.folder / name
        if armed.exists():
            armed.unlink()
            os.kill(os.getpid(), signal.SIGKILL)


NONE: Final = Faults()
