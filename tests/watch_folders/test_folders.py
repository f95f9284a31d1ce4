"""The four folders on disk."""

import unicodedata
from pathlib import Path

import pytest

from document.facts import FolderFact
from document.office_file import ASCII_FOLDERS, VIETNAMESE_FOLDERS
from watch_folders.folders import file_system, free_names, move, on_network, places

MOUNTS = r"""
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 22 0:50 / /srv/chung rw,relatime shared:1 - cifs //may-chu/chung rw,vers=3.1.1
41 22 0:51 / /srv/nfs rw - nfs4 may-chu:/x rw
42 22 0:52 / /srv/Th\040m\303\265c rw - fuse.sshfs x:/ rw
43 40 254:1 / /srv/chung/may-nay rw - xfs /dev/vdb rw
44 22 0:53 / /srv/hai-lop rw - ext4 /dev/vdc rw
45 22 0:54 / /srv/hai-lop rw - 9p may-chu rw
"""


def folder(root: Path, names: list[str]) -> FolderFact:
    """A unit's folder under `root`."""
    drop, work, issued, returned = names
    return FolderFact("f", "o", "u", str(root), (drop, work, issued, returned))


@pytest.mark.parametrize("names", [VIETNAMESE_FOLDERS, ASCII_FOLDERS])
def test_folders_are_found_in_either_normal_form(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / unicodedata.normalize("NFD", name)).mkdir()
    found = places(folder(tmp_path, names))
    assert all(place.is_dir() for place in (found.drop, found.work, found.issued, found.returned))
    found.make()
    assert len(list(tmp_path.iterdir())) == 4


def test_a_share_that_is_not_mounted_gets_no_folders(tmp_path: Path) -> None:
    found = places(folder(tmp_path, VIETNAMESE_FOLDERS))
    assert not found.complete()
    assert list(tmp_path.iterdir()) == []
    found.drop.mkdir()
    assert found.complete()
    assert found.returned.is_dir()


def test_a_move_never_takes_another_files_place(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    with pytest.raises(FileExistsError):
        move(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_text() == "b"
    move(tmp_path / "a", tmp_path / "c")
    assert (tmp_path / "c").read_text() == "a"
    with pytest.raises(FileNotFoundError):
        move(tmp_path / "a", tmp_path / "d")


def test_all_names_of_a_set_get_the_same_free_number(tmp_path: Path) -> None:
    (tmp_path / "KH.phu-luc-1.PDF").touch()
    (tmp_path / unicodedata.normalize("NFD", "tờ (2).pdf")).touch()
    assert free_names(tmp_path, ["KH.pdf", "KH.phu-luc-1.pdf"]) == ["KH (2).pdf", "KH (2).phu-luc-1.pdf"]
    (tmp_path / "Tờ.pdf").touch()
    assert free_names(tmp_path, ["Tờ.pdf"]) == ["Tờ (3).pdf"]


@pytest.mark.parametrize(
    ("path", "network"),
    [
        ("/srv/chung/KSTT", True), ("/srv/nfs", True), ("/srv/Thõmc", False), ("/srv/Th mõc/a", True),
        ("/srv/chung/may-nay/a", False), ("/srv/hai-lop", True), ("/home", False), ("/srv/chung2", False),
    ],
)  # fmt: skip
def test_shares_of_other_machines_are_known(tmp_path: Path, path: str, *, network: bool) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS.strip() + "\n", encoding="utf-8")
    assert on_network(Path(path), mounts) is network


def test_a_machine_without_a_list_of_mounts_counts_as_local(tmp_path: Path) -> None:
    assert file_system(tmp_path, tmp_path / "none") == ""
    assert not on_network(tmp_path, tmp_path / "none")
    assert file_system(tmp_path) != ""
