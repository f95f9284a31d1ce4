"""Files that only their owner sees."""

from pathlib import Path

import pytest

from document.errors import Misconfigured
from signing.keys.private_files import private_folder, read_private, write_private


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_folders_and_files_are_made_closed(tmp_path: Path) -> None:
    folder = private_folder(tmp_path / "a" / "keys")
    write_private(folder / "file", b"one")
    write_private(folder / "file", b"two")
    assert (mode(folder), mode(folder / "file")) == (0o700, 0o600)
    assert read_private(folder / "file") == b"two"
    assert [path.name for path in folder.iterdir()] == ["file"]


def test_what_is_open_to_others_is_not_used(tmp_path: Path) -> None:
    folder = private_folder(tmp_path / "keys")
    write_private(folder / "file", b"one")
    (folder / "file").chmod(0o640)
    folder.chmod(0o750)

    with pytest.raises(Misconfigured) as caught:
        read_private(folder / "file")
    assert "chmod 600" in caught.value.fix("vi")
    with pytest.raises(Misconfigured) as caught:
        private_folder(folder)
    assert "chmod 700" in caught.value.fix("vi")
    assert private_folder(folder, group=True) == folder
    folder.chmod(0o770)
    with pytest.raises(Misconfigured):
        private_folder(folder, group=True)
