"""A fault point kills only where it was armed, once, and only in a demo or test site."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from document.faults import NONE, POINTS, Faults

REACH = """
import sys
from pathlib import Path
from document.faults import Faults
Faults(Path(sys.argv[1])).point("seal.before")
print("alive")
"""


def reach(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", REACH, str(folder)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_armed_point_kills_like_a_power_cut_once(tmp_path: Path) -> None:
    (tmp_path / "seal.before").touch()
    died = reach(tmp_path)
    assert (died.returncode, died.stdout) == (-signal.SIGKILL, "")
    assert reach(tmp_path).stdout == "alive\n"


def test_another_armed_point_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "seal.after").touch()
    assert reach(tmp_path).stdout == "alive\n"
    assert (tmp_path / "seal.after").exists()


def test_without_a_folder_nothing_can_be_armed() -> None:
    for name in POINTS:
        NONE.point(name)
    assert Faults() == NONE


def test_a_name_that_does_not_exist_is_a_mistake_in_the_source() -> None:
    with pytest.raises(ValueError, match=r"seal\.during"):
        NONE.point("seal.during")


def test_the_points_named_in_the_source_exist() -> None:
    root = Path(__file__).parents[2]
    used = set()
    for folder in ("niem", "office", "publisher", "watch_folders", "signing", "document"):
        for file in (root / folder).rglob("*.py"):
            used |= set(file.read_text(encoding="utf-8").split('.point("')[1:])
    named = {part.split('"')[0] for part in used}
    assert named
    assert named <= POINTS
