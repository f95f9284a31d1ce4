"""Time, through one seam.

Times are UTC in the database and Asia/Ho_Chi_Minh wherever a person or a PDF sees them
(R-REG-01, R-CRY-14). The zone comes from the package tzdata, so that a machine without zone
files, or one set to another zone, shows the same time.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """Where every time of the product comes from."""

    def now(self) -> datetime:
        """This moment, aware, in UTC, to the whole second."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC).replace(microsecond=0)


@dataclass
class SetClock:
    """A clock that stands where it was set (tests, rehearsals)."""

    at: datetime = field(default_factory=lambda: datetime(2030, 6, 14, 2, 0, tzinfo=UTC))

    def now(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> None:
        """Move the hand."""
        self.at += by


def local(moment: datetime) -> datetime:
    """The same moment on a clock in Viet Nam (`+07:00`)."""
    return moment.astimezone(VIET_NAM)


def local_date(moment: datetime) -> date:
    """The calendar day of `moment` in Viet Nam."""
    return local(moment).date()


def shown(moment: datetime) -> str:
    """`05/01/2026 09:30:15`, as people here write it."""
    return local(moment).strftime("%d/%m/%Y %H:%M:%S")
