"""Taking a set out of the drop folder, and letting go of it."""

from contextlib import suppress
from pathlib import Path

import pytest

from document.vault import digest_of
from tests.support.watched import names
from watch_folders.claim import Changed, claimed, read_at_rest, release
from watch_folders.drop import AtRest, mark_of
from watch_folders.folders import Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(*(tmp_path / name for name in ("drop", "work", "issued", "returned")))
    made.make()
    return made


def files(places: Places, *wanted: str) -> tuple[AtRest, ...]:
    """Files at rest in the drop folder."""
    found = []
    for name in wanted:
        path = places.drop / name
        path.write_bytes(name.encode())
        found.append(AtRest(path, mark_of(path), digest_of(name.encode())))
    return tuple(found)


def test_a_claim_moves_the_set_and_keeps_it_when_all_is_well(places: Places) -> None:
    rested = files(places, "a.pl1.pdf", "a.docx", "a.pdf")
    contents = read_at_rest(rested)
    assert [c.name for c in contents] == ["a.pdf", "a.docx", "a.pl1.pdf"]
    with claimed(places, rested, contents) as mine:
        assert [c.path for c in mine] == [places.work / c.name for c in contents]
    assert names(places.work) == ["a.docx", "a.pdf", "a.pl1.pdf"]
    assert names(places.drop) == []


def test_an_error_brings_the_set_back_under_its_own_names(places: Places) -> None:
    (places.work / "a.pdf").touch()
    rested = files(places, "a.pdf", "a.pl1.pdf")
    with suppress(ZeroDivisionError), claimed(places, rested, read_at_rest(rested)):
        assert names(places.work) == ["a (2).pdf", "a (2).pl1.pdf", "a.pdf"]
        raise ZeroDivisionError
    assert names(places.drop) == ["a.pdf", "a.pl1.pdf"]
    assert names(places.work) == ["a.pdf"]


def test_what_came_meanwhile_is_not_overwritten(places: Places) -> None:
    rested = files(places, "a.pdf")
    with suppress(ZeroDivisionError), claimed(places, rested, read_at_rest(rested)):
        (places.drop / "a.pdf").write_bytes(b"new")
        raise ZeroDivisionError
    assert names(places.drop) == ["a (2).pdf", "a.pdf"]
    assert (places.drop / "a.pdf").read_bytes() == b"new"


def test_a_half_possible_claim_is_undone(places: Places) -> None:
    rested = files(places, "a.pdf", "a.pl1.pdf")
    contents = read_at_rest(rested)
    (places.drop / "a.pdf").unlink()
    with pytest.raises(Changed), claimed(places, rested, contents):
        pytest.fail("claimed")
    assert names(places.drop) == ["a.pl1.pdf"]
    assert names(places.work) == []


def test_a_file_that_was_written_to_is_not_claimed(places: Places) -> None:
    rested = files(places, "a.pdf")
    contents = read_at_rest(rested)
    with (places.drop / "a.pdf").open("ab") as out:
        out.write(b"more")
    with pytest.raises(Changed), claimed(places, rested, contents):
        pytest.fail("claimed")
    with pytest.raises(Changed):
        read_at_rest(rested)
    assert names(places.drop) == ["a.pdf"]


def test_a_file_that_was_not_read_has_no_bytes(places: Places) -> None:
    (rested,) = files(places, "a.pdf")
    (content,) = read_at_rest((AtRest(rested.path, rested.mark, ""),))
    assert content.data is None
    assert content.size == rested.mark.size


def test_release_leaves_what_is_gone(places: Places) -> None:
    rested = files(places, "a.pdf", "a.pl1.pdf")
    with claimed(places, rested, read_at_rest(rested)) as mine:
        mine[0].path.unlink()
        release(places, mine)
    assert names(places.drop) == ["a.pl1.pdf"]
