"""The time of documents, from the events of a record."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.journey import STEPS, durations, main
from document.facts import EventFact
from niem.init import init

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def events(*seconds: float) -> list[EventFact]:
    """One event per step, so many seconds after noon, with an earlier preparation before it."""
    acts = [act for act, _ in STEPS]
    whole = [("document.prepared", 0.5), *zip(acts, seconds, strict=True)]
    return [
        EventFact(number, NOON + timedelta(seconds=at), act, None, "", "d", {})
        for number, (act, at) in enumerate(whole, start=1)
    ]


def test_the_whole_way_and_its_parts_are_told_from_the_last_of_each_event() -> None:
    found = durations(events(0, 2, 5, 6, 8, 11, 12))
    assert found == [12, 2, 3, 1, 2, 3, 1]
    assert found[0] == sum(found[1:])


def test_a_site_without_issued_documents_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init(tmp_path / "site", "test")
    assert main(tmp_path / "site") == 1
    assert "nothing was issued" in capsys.readouterr().out
