"""Files for people: whole or not there, never over another."""

import unicodedata
from pathlib import Path

import pytest

from document.files import on_disk, replace, text_for_people, write_new


def test_a_new_file_is_whole_and_alone(tmp_path: Path) -> None:
    write_new(tmp_path / "a.pdf", b"one")
    assert (tmp_path / "a.pdf").read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [tmp_path / "a.pdf"]


def test_a_taken_name_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"other")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "a.pdf", b"one")
    assert (tmp_path / "a.pdf").read_bytes() == b"other"
    assert list(tmp_path.iterdir()) == [tmp_path / "a.pdf"]


def test_replace_gives_the_new_bytes_and_leaves_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "current").write_bytes(b"old")
    replace(tmp_path / "current", b"new", 0o640)
    assert (tmp_path / "current").read_bytes() == b"new"
    assert (tmp_path / "current").stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [tmp_path / "current"]


def test_text_has_a_mark_and_windows_lines() -> None:
    assert text_for_people(["Số: 05", "", "a\nb"]) == "\ufeffSố: 05\r\n\r\na\r\nb\r\n".encode()


def test_a_folder_made_on_a_mac_is_found(tmp_path: Path) -> None:
    made = tmp_path / unicodedata.normalize("NFD", "3. Đã phát hành")
    made.mkdir()
    assert on_disk(tmp_path, "3. Đã phát hành") == made
    assert on_disk(tmp_path, "4. Trả lại") == tmp_path / "4. Trả lại"
