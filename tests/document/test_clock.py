"""Time through one seam; Viet Nam's day whatever the machine's zone."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from document.clock import SetClock, SystemClock, local, local_date, shown

LAST = datetime(2030, 12, 31, 16, 59, 59, tzinfo=UTC)


def test_the_year_ends_in_viet_nam_seven_hours_before_utc() -> None:
    assert local_date(LAST) == date(2030, 12, 31)
    assert local_date(LAST + timedelta(seconds=1)) == date(2031, 1, 1)
    assert local(LAST).isoformat() == "2030-12-31T23:59:59+07:00"


def test_a_time_as_people_write_it() -> None:
    assert shown(LAST) == "31/12/2030 23:59:59"


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", ""])
def test_the_machine_s_zone_does_not_matter(zone: str) -> None:
    code = (
        "from datetime import UTC, datetime; from document.clock import shown, SystemClock;"
        "print(shown(datetime(2030, 12, 31, 17, tzinfo=UTC)), SystemClock().now().utcoffset())"
    )
    out = subprocess.run(
        [sys.executable, "-c", code],
        env={"TZ": zone, "PATH": "/usr/bin:/bin"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert out.strip() == "01/01/2031 00:00:00 0:00:00"


def test_the_system_s_clock_tells_whole_seconds_in_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert now.microsecond == 0
    assert timedelta(seconds=-1) < now - before < timedelta(seconds=5)


def test_a_set_clock_stands_until_it_is_moved() -> None:
    clock = SetClock(LAST)
    assert clock.now() == clock.now() == LAST
    clock.move(timedelta(days=1))
    assert clock.now() == LAST + timedelta(days=1)
