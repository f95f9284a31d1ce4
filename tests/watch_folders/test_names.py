"""Names: sets, appendices, what is ignored, and room for another."""

import unicodedata

import pytest

from watch_folders.names import cut, ignored, natural, nfc, numbered, parts


@pytest.mark.parametrize(
    ("name", "stem", "part", "extension"),
    [
        ("KH-07.pdf", "KH-07", "", ".pdf"),
        ("KH-07.phu-luc-1.pdf", "KH-07", ".phu-luc-1", ".pdf"),
        ("KH-07.Phụ lục 2.PDF", "KH-07", ".Phụ lục 2", ".PDF"),
        ("KH-07.pl1.docx", "KH-07", ".pl1", ".docx"),
        ("KH-07.pl.pdf", "KH-07", ".pl", ".pdf"),
        ("KH-07.plan.pdf", "KH-07.plan", "", ".pdf"),
        ("QĐ 12.2025 (ký).pdf", "QĐ 12.2025 (ký)", "", ".pdf"),
        ("không đuôi", "không đuôi", "", ""),
        (".pl1.pdf", ".pl1", "", ".pdf"),
    ],
)
def test_a_name_is_taken_apart(name: str, stem: str, part: str, extension: str) -> None:
    found = parts(name)
    assert (found.stem, found.part, found.extension) == (stem, part, extension)
    assert found.stem + found.part + found.extension == nfc(name)


def test_both_normal_forms_and_cases_are_one_set() -> None:
    composed, apart = "Tờ trình.pdf", unicodedata.normalize("NFD", "Tờ Trình.phụ-lục-1.pdf")
    assert parts(composed).key == parts(apart).key
    assert parts(apart).part_key == ".phụ-lục-1"


@pytest.mark.parametrize(
    "name",
    [
        "~$KH-07.docx", ".~lock.KH-07.docx#", ".DS_Store", "Thumbs.db", "thumbs.db", "a.tmp", "a.pdf.part",
        "a.pdf.crdownload", ".smbdelete1234", "smbdeleteAAA.4", ".hidden.pdf", "desktop.ini",
    ],
)  # fmt: skip
def test_what_programs_leave_is_ignored(name: str) -> None:
    assert ignored(name)


@pytest.mark.parametrize("name", ["KH-07.pdf", "template.pdf", "department.docx", "tmp", "part.pdf"])
def test_what_people_drop_is_not_ignored(name: str) -> None:
    assert not ignored(name)


def test_appendices_are_sorted_as_people_count() -> None:
    names = ["KH.phu-luc-10.pdf", "KH.phụ-lục-9.pdf", "KH.phu-luc-1.pdf"]
    assert sorted(names, key=natural) == ["KH.phu-luc-1.pdf", "KH.phụ-lục-9.pdf", "KH.phu-luc-10.pdf"]


def test_a_cut_name_ends_with_a_whole_letter() -> None:
    assert cut("ngắn") == "ngắn"
    assert cut("ố" * 100, 200) == "ố" * 66
    assert len(cut("ệ" * 200).encode()) <= 200


def test_the_number_follows_the_stem_and_a_long_name_makes_room_for_it() -> None:
    assert numbered("KH-07.phu-luc-1.pdf", 1) == "KH-07.phu-luc-1.pdf"
    assert numbered("KH-07.phu-luc-1.pdf", 3) == "KH-07 (3).phu-luc-1.pdf"
    long = numbered("ế" * 80 + ".phu-luc-1.pdf", 2)
    assert long.endswith(" (2).phu-luc-1.pdf")
    assert len(long.encode()) <= 204
    assert numbered(unicodedata.normalize("NFD", "Tờ.pdf"), 1) == unicodedata.normalize("NFD", "Tờ.pdf")
