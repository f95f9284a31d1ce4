"""The public's own store: counts, and nothing about who."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from publisher.store import PER_HOUR, Limit, Store

NOW = datetime(2030, 6, 14, 2, 0, tzinfo=UTC)
DAY = date(2030, 6, 14)


def test_ratings_add_up_and_last(tmp_path: Path) -> None:
    store = Store(tmp_path / "deep" / "store.sqlite")
    for score in (5, 5, 2):
        store.rate("minh-giang", "1.900001", score, DAY)
    store.rate("tan-mau", "1.900001", 1, DAY)
    again = Store(tmp_path / "deep" / "store.sqlite").rating("minh-giang", "1.900001")
    assert (again.average, again.count) == (4.0, 3)


def test_nothing_rated_is_nothing(tmp_path: Path) -> None:
    assert Store(tmp_path / "store.sqlite").rating("a", "b").count == 0


def test_one_rating_a_day_of_a_procedure() -> None:
    limit = Limit()
    assert limit.allows("192.0.2.1", "a", NOW)
    assert not limit.allows("192.0.2.1", "a", NOW + timedelta(hours=23))
    assert limit.allows("192.0.2.2", "a", NOW)
    assert limit.allows("192.0.2.1", "a", NOW + timedelta(hours=25))


def test_so_many_in_an_hour() -> None:
    limit = Limit()
    taken = [limit.allows("192.0.2.1", str(number), NOW) for number in range(PER_HOUR + 5)]
    assert taken.count(True) == PER_HOUR
    assert limit.allows("192.0.2.1", "later", NOW + timedelta(hours=1))


@pytest.mark.parametrize("other", ["2001:db8::2", "2001:db8:0:0:ffff::1"])
def test_one_ipv6_network_is_one_reader(other: str) -> None:
    limit = Limit()
    assert limit.allows("2001:db8::1", "a", NOW)
    assert not limit.allows(other, "a", NOW)
    assert limit.allows("2001:db8:0:1::1", "a", NOW)
