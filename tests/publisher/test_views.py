"""R-TTHC-15: where an announcement stands on a day."""

from datetime import date

import pytest

from publisher.views import decision_of, status_on

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


def test_a_decision_without_its_file_offers_none() -> None:
    raw = {
        "number_symbol": "01/QĐ-UBND", "issued_on": "2030-06-14", "subject": "", "signer": "", "digest": "ab",
        "verdict": {"verdict": "valid", "integrity": "intact", "headline": "valid", "signatures": []},
    }  # fmt: skip
    assert decision_of(raw | {"has_file": False}).file is None
    assert decision_of(raw | {"has_file": True}).file == "/files/ab.pdf"
