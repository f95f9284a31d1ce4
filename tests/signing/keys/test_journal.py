"""What a key was used for is on disk before and after it is used."""

from datetime import UTC, datetime
from pathlib import Path

from signing.keys.journal import Journal

AT = datetime(2030, 6, 14, 2, 0, tzinfo=UTC)


def test_a_use_is_kept_across_processes(tmp_path: Path) -> None:
    first = Journal(tmp_path / "journal.sqlite")
    first.finish(first.begin("intent", "key", "aa", AT), b"signature")
    again = Journal(tmp_path / "journal.sqlite")  # the first was never closed: its process was killed

    assert again.made("intent", "aa") == b"signature"
    assert again.made("intent", "aa", "key") == b"signature"
    assert again.made("intent", "aa", "another key") is None
    assert again.made("intent", "bb") is None
    assert again.made("another", "aa") is None
    assert (again.used("intent"), again.used("another")) == (True, False)


def test_a_use_that_was_never_finished_is_no_use(tmp_path: Path) -> None:
    Journal(tmp_path / "journal.sqlite").begin("intent", "key", "aa", AT)
    again = Journal(tmp_path / "journal.sqlite")
    assert again.made("intent", "aa") is None
    assert not again.used("intent")


def test_every_use_keeps_a_row_of_its_own(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    for digest in ("aa", "bb"):
        journal.finish(journal.begin("intent", "key", digest, AT), digest.encode())
    assert [journal.made("intent", digest) for digest in ("aa", "bb")] == [b"aa", b"bb"]
