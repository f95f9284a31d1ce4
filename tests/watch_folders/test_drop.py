"""A file is at rest when two readings agree; a set when nothing of it has changed for a while."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from tests.support.watched import Hand
from watch_folders.drop import Drop, FileSet, Times, ends_well, files_in
from watch_folders.receipts import NOTICE

PDF = b"%PDF-1.7\n...\n%%EOF\n"


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def drop(tmp_path: Path, hand: Hand) -> Drop:
    return Drop(tmp_path, Times(), 1 << 20, hand)


def found(drop: Drop, hand: Hand, seconds: float, step: float = 0.5) -> list[FileSet]:
    """What is ready after `seconds` of looking."""
    ready = drop.ready()
    for _ in range(round(seconds / step)):
        hand.at += step
        ready = drop.ready()
    return ready


def names(sets: list[FileSet]) -> list[list[str]]:
    return [[file.name for file in s.files] for s in sets]


def test_a_whole_pdf_is_ready_after_the_quiet_time(tmp_path: Path, drop: Drop, hand: Hand) -> None:
    (tmp_path / "a.pdf").write_bytes(PDF)
    assert found(drop, hand, 4.5) == []
    assert drop.waiting()
    assert names(found(drop, hand, 0.5)) == [["a.pdf"]]
    assert not drop.waiting()


def test_two_readings_need_their_distance(tmp_path: Path, hand: Hand) -> None:
    drop = Drop(tmp_path, Times(settle=2, quiet=0), 1 << 20, hand)
    (tmp_path / "a.pdf").write_bytes(PDF)
    assert found(drop, hand, 2.0) == []  # the first reading was at the second look, half a second in
    assert names(found(drop, hand, 0.5)) == [["a.pdf"]]


def test_a_file_that_grows_is_not_ready(tmp_path: Path, drop: Drop, hand: Hand) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(PDF)
    for _ in range(8):
        assert found(drop, hand, 4) == []
        with file.open("ab") as out:
            out.write(PDF)
    assert names(found(drop, hand, 5)) == [["a.pdf"]]


def test_a_change_that_keeps_size_and_time_is_seen(tmp_path: Path, drop: Drop, hand: Hand) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(PDF)
    when = file.stat().st_mtime_ns
    found(drop, hand, 1.5)
    file.write_bytes(PDF.replace(b"...", b"xyz"))
    os.utime(file, ns=(when, when))
    assert found(drop, hand, 5) == []
    assert len(found(drop, hand, 3)) == 1


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n..."])
def test_an_empty_or_unfinished_file_is_taken_when_it_stays_so(
    tmp_path: Path, drop: Drop, hand: Hand, data: bytes
) -> None:
    (tmp_path / "a.pdf").write_bytes(data)
    assert found(drop, hand, 59.5) == []
    assert names(found(drop, hand, 1)) == [["a.pdf"]]


def test_a_file_over_the_limit_is_taken_without_being_read(tmp_path: Path, drop: Drop, hand: Hand) -> None:
    with (tmp_path / "a.pdf").open("wb") as out:
        out.truncate(2 << 20)
    (ready,) = found(drop, hand, 5)
    assert ready.files[0].digest == ""


def test_a_file_that_may_not_be_read_is_taken_when_it_stays_so(
    tmp_path: Path, drop: Drop, hand: Hand
) -> None:
    (tmp_path / "a.pdf").write_bytes(PDF)
    (tmp_path / "a.pdf").chmod(0)
    if os.access(tmp_path / "a.pdf", os.R_OK):
        pytest.skip("this user may read everything")
    assert found(drop, hand, 59.5) == []
    (ready,) = found(drop, hand, 1)
    assert ready.files[0].digest == ""


def test_a_set_waits_for_its_last_member(tmp_path: Path, drop: Drop, hand: Hand) -> None:
    (tmp_path / "KH-07.pdf").write_bytes(PDF)
    found(drop, hand, 4.5)
    (tmp_path / "KH-07.phu-luc-1.pdf").write_bytes(PDF)
    (tmp_path / "Khác.pdf").write_bytes(PDF)
    assert found(drop, hand, 4.5) == []
    assert names(found(drop, hand, 1)) == [["KH-07.pdf", "KH-07.phu-luc-1.pdf"], ["Khác.pdf"]]


def test_what_is_taken_away_is_forgotten(tmp_path: Path, drop: Drop, hand: Hand) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(PDF)
    assert len(found(drop, hand, 6)) == 1
    file.unlink()
    assert found(drop, hand, 1) == []
    file.write_bytes(PDF)
    assert found(drop, hand, 4) == []


def test_only_plain_files_that_count_are_seen(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(PDF)
    (tmp_path / "~$a.docx").write_bytes(PDF)
    (tmp_path / NOTICE).write_bytes(b"")
    (tmp_path / "folder.pdf").mkdir()
    (tmp_path / "link.pdf").symlink_to(tmp_path / "a.pdf")
    os.mkfifo(tmp_path / "pipe.pdf")
    assert [name for name, _ in files_in(tmp_path)] == ["a.pdf"]


def test_a_folder_that_is_gone_is_an_error(tmp_path: Path, hand: Hand) -> None:
    with pytest.raises(FileNotFoundError):
        Drop(tmp_path / "none", Times(), 1, hand).ready()


def test_each_format_has_its_own_end(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", "x" * 2000)
        archive.comment = b"note"
    whole = packed.getvalue()
    for name, data, well in (
        ("a.pdf", PDF + b" " * 900, True),
        ("a.pdf", PDF + b" " * 1100, False),
        ("a.DOCX", whole, True),
        ("a.docx", whole[:-30], False),
        ("a.xlsx", whole[:40], False),
        ("a.yaml", b"- a", True),
        ("a.txt", b"a", True),
    ):
        (tmp_path / name).write_bytes(data)
        assert ends_well(tmp_path / name) is well, (name, len(data))
