"""R-TTHC-15: where an announcement stands on a day."""

from datetime import date

import pytest

from publisher.views import status_on

TODAY = date(2030, 6, 14)
EARLIER, LATER = date(2030, 6, 13), date(2030, 6, 15)


@pytest.mark.parametrize(
    ("abolished", "starts", "until", "expected"),
    [
        (False, TODAY, None, "active"),
        (False, EARLIER, LATER, "active"),
        (False, EARLIER, TODAY, "superseded"),
        (False, LATER, None, "future_effective"),
        (True, LATER, None, "future_effective"),
        (True, TODAY, None, "repealed"),
        (True, EARLIER, TODAY, "superseded"),
    ],
)
def test_status(abolished: bool, starts: date, until: date | None, expected: str) -> None:  # noqa: FBT001
    assert status_on(TODAY, abolished, starts, until) == expected
