"""A demo that was played once per run, by the command people type, for the tests that look at its end."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from document.ledger import Ledger, connect
from document.settings import Site, load


@dataclass(frozen=True)
class Played:
    """A site after its demo, and what the command printed."""

    site: Site
    status: int
    output: str

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(connect(self.site.database_url))

    @property
    def issued(self) -> list[Path]:
        """The delivered PDFs."""
        return sorted(self.site.root.glob("shares/*/*/3. Đã phát hành/*.pdf"))

    def delivered(self, part: str) -> Path:
        """The one delivered PDF whose name holds `part`."""
        (found,) = [path for path in self.issued if part in path.name]
        return found

    def verdicts(self, *files: Path) -> list[dict[str, Any]]:
        """What `niem verify --json` prints about `files`."""
        ran = niem("verify", "--json", "--site", str(self.site.root), *map(str, files))
        found: list[dict[str, Any]] = json.loads(ran.stdout)
        return found


def niem(*arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run the command as people do; `settings` are environment variables."""
    return subprocess.run(
        [sys.executable, "-m", "niem", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
        env={**os.environ, **settings},
    )


def play(folder: Path, *more: str) -> Played:
    """`niem demo FOLDER` on a machine that is set to another zone."""
    ran = niem("demo", str(folder), "--any-ports", *more, TZ="America/New_York")
    return Played(load(folder), ran.returncode, ran.stdout + ran.stderr)


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """The demo on the embedded defaults."""
    one = play(tmp_path_factory.mktemp("demo") / "site")
    assert one.status == 0, one.output
    yield one
    one.ledger.engine.dispose()
