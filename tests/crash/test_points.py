"""A process killed at each named point: before and after the durable act of each step."""

from dataclasses import dataclass
from typing import Final

import pytest

from document.stages import Stage
from tests.support.crashing import DECISION, NOTICE, PLAN, Office, Sample


@dataclass(frozen=True)
class Death:
    """`process` dies at `point`, which is armed when the document stands at `at` (None: before it is dropped)."""

    point: str
    process: str
    sample: Sample = NOTICE
    at: Stage | None = None

    def __str__(self) -> str:
        return f"{self.point}-{self.process}"


def both(step: str, process: str, sample: Sample = NOTICE, at: Stage | None = None) -> list[Death]:
    return [Death(f"{step}.{when}", process, sample, at) for when in ("before", "after")]


BY_ITSELF: Final = [
    *both("claim", "watch"),
    *both("vault", "watch"),
    *both("admit", "watch"),
    *both("prepare", "work"),
    *both("check", "desk"),
    Death("approve.before", "desk"),
    Death("sign.after", "desk"),
    *both("number", "desk"),
    *both("seal", "work", PLAN),
    *both("vault", "work", PLAN, Stage.SIGNED),
    *both("verify", "work"),
    *both("deliver", "work"),
    *both("publish", "work", DECISION),
]


@pytest.mark.parametrize("death", BY_ITSELF, ids=str)
def test_a_death_changes_nothing(crashed: Office, death: Death) -> None:
    stem = f"{death.point}-{death.process}".replace(".", "-")
    if death.at is None:
        crashed.arm(death.point)
    before = crashed.pid(death.process)
    dropped = crashed.drop(death.sample, stem)
    if death.at is not None:
        crashed.until_stage(dropped, death.at)
        crashed.arm(death.point)
    crashed.until_stage(dropped, Stage.ISSUED)
    crashed.until_reborn(death.process, before)
    crashed.issued_once(dropped)
