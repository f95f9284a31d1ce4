"""A process killed at each named point: before the durable act of a step, and then again after it."""

import os
import signal
from dataclasses import dataclass
from typing import Final

import httpx
import pytest

from document.faults import POINTS
from document.stages import Stage
from tests.support.crashing import Office, public
from tests.support.samples import DECISION, NOTICE, PLAN, TONGHOP, Sample


@dataclass(frozen=True)
class Deaths:
    """`process` dies twice at `step`, armed when the document stands at `at` (None: before it is dropped)."""

    step: str
    process: str
    sample: Sample = NOTICE
    at: Stage | None = None

    def __str__(self) -> str:
        return f"{self.step}-{self.process}"

    @property
    def points(self) -> tuple[str, str]:
        return f"{self.step}.before", f"{self.step}.after"


PROCEDURES: Final = 6
"""That the decision among the samples announces."""
BY_ITSELF: Final = [
    Deaths("claim", "watch"),
    Deaths("vault", "watch"),
    Deaths("admit", "watch"),
    Deaths("prepare", "work"),
    Deaths("check", "desk"),
    Deaths("number", "desk"),
    Deaths("seal", "work", PLAN),
    Deaths("vault", "work", PLAN, Stage.SIGNED),
    Deaths("verify", "work"),
    Deaths("deliver", "work"),
    Deaths("publish", "work", DECISION, Stage.SIGNED),  # what was issued before is published by then
]
WITH_THE_PIN: Final = {
    "approve": (Stage.CHECKED, Stage.APPROVED),
    "vault": (Stage.APPROVED, Stage.APPROVED),
    "sign": (Stage.APPROVED, Stage.SIGNED),
}
"""Where the document stands after a death before, and a death after."""


def test_every_point_has_its_death() -> None:
    """A point that is added to the product fails here until somebody dies at it."""
    steps = {d.step for d in BY_ITSELF} | set(WITH_THE_PIN) | {"give_back"}
    assert {point.partition(".")[0] for point in POINTS} == steps


@pytest.mark.parametrize("deaths", BY_ITSELF, ids=str)
def test_goes_on_by_itself(crashed: Office, deaths: Deaths) -> None:
    stem = f"chet-{deaths.step}-{deaths.process}"
    before = crashed.pid(deaths.process)
    if deaths.at is None:
        crashed.arm(*deaths.points)
    dropped = crashed.drop(deaths.sample, stem)
    if deaths.at is not None:
        crashed.until_stage(dropped, deaths.at)
        crashed.arm(*deaths.points)
    document = crashed.until_stage(dropped, Stage.ISSUED)
    crashed.until(lambda: not crashed.armed(), "both points reached")
    crashed.until_reborn(deaths.process, before)
    crashed.issued_once(dropped)
    if deaths.process != "desk":  # nobody was asked for a PIN again
        issued = sum(1 for name in dropped.files if name.endswith(".pdf"))
        assert crashed.intents(document) == {"signer": 1, "organisation": issued}
    if deaths.sample is DECISION:
        crashed.until(lambda: _listed(crashed) == PROCEDURES, "the listing is up")


def _listed(crashed: Office) -> int:
    """How many procedures the public sees."""
    return int(httpx.get(f"{public(crashed.site)}/api/v1/procedures").json()["total"])


@pytest.mark.parametrize("step", WITH_THE_PIN)
def test_between_approval_and_signature_it_waits_for_the_pin(crashed: Office, step: str) -> None:
    dropped = crashed.drop(NOTICE, f"cho-pin-{step}")
    crashed.until_stage(dropped, Stage.CHECKED)
    if step == "vault":  # the approval first, then the two deaths while the signed file is kept
        _die(crashed, "approve.after")
    for when, stands_at in zip(("before", "after"), WITH_THE_PIN[step], strict=True):
        _die(crashed, f"{step}.{when}")
        crashed.until_up()
        document = crashed.document(dropped.stem)
        assert document.stage is stands_at
        assert document.version("signed") is None or stands_at is Stage.SIGNED
        assert (document.id in crashed.waiting(TONGHOP.leader, "sign")) == (stands_at is not Stage.SIGNED)
    crashed.until_stage(dropped, Stage.ISSUED)
    crashed.issued_once(dropped)


def _die(crashed: Office, point: str) -> None:
    """The leader gives the PIN, and the desk dies at `point`."""
    crashed.until_up()
    crashed.arm(point)
    before = crashed.pid("desk")
    crashed.work(TONGHOP.leader)
    crashed.until_reborn("desk", before)
    assert crashed.armed() == []


@pytest.mark.parametrize("by", ["a person", "the machine"])
def test_what_is_given_back_is_given_back_once(crashed: Office, by: str) -> None:
    before = crashed.pid("watch")
    if by == "a person":
        dropped = crashed.drop(NOTICE, "tra-lai-1")
        document = crashed.until_stage(dropped, Stage.CHECKED)
        crashed.arm("give_back.before", "give_back.after")
        crashed.send_back(TONGHOP.leader, document, "Thiếu căn cứ ban hành.")
    else:
        crashed.arm("give_back.before", "give_back.after")
        dropped = crashed.drop_bytes(TONGHOP, "tra-lai-2", {"tra-lai-2.pdf": b"%PDF-1.7, cut off"})
    (name,) = dropped.files
    expected = {3: {name, f"{name} - LÝ DO TRẢ LẠI.txt"}}
    crashed.until(lambda: not crashed.armed() and crashed.lying(dropped) == expected, "given back")
    crashed.until_reborn("watch", before)
    crashed.until_looked(TONGHOP)
    assert crashed.lying(dropped) == expected
    assert (crashed.place(TONGHOP, 3) / name).read_bytes() == dropped.files[name]
    if by == "a person":
        assert crashed.until_stage(dropped, Stage.RETURNED).folder_done


def test_a_dead_key_process_waits_for_the_pin(crashed: Office) -> None:
    """A PIN is never stored: between number and seal the clerk is asked again, and the number stays."""
    dropped = crashed.drop(PLAN, "khoa-chet")
    crashed.until_stage(dropped, Stage.SIGNED)
    with crashed.asleep("work"):
        crashed.until_stage(dropped, Stage.NUMBERED)
        number = crashed.document(dropped.stem).register
        crashed.kill("keys")
        crashed.until_up()
    crashed.until(lambda: crashed.document(dropped.stem).needs_pin, "the PIN is asked again")
    waiting = crashed.document(dropped.stem)
    assert waiting.stage is Stage.NUMBERED
    assert crashed.waiting(PLAN.unit.clerk, "seal") == {waiting.id}
    crashed.until_stage(dropped, Stage.ISSUED)
    document = crashed.issued_once(dropped)
    assert document.register == number


def test_a_worker_finds_the_key_open_after_its_own_death(crashed: Office) -> None:
    """Killed at a moment of no name, with the key open for the acts of the batch."""
    dropped = crashed.drop(NOTICE, "tho-chet")
    crashed.until_stage(dropped, Stage.SIGNED)
    with crashed.asleep("work"):
        crashed.until_stage(dropped, Stage.NUMBERED)
        before = crashed.pid("work")
        os.kill(before, signal.SIGKILL)
    crashed.until_reborn("work", before)
    document = crashed.until_stage(dropped, Stage.ISSUED)
    crashed.issued_once(dropped)
    assert crashed.intents(document) == {"signer": 1, "organisation": 1}


def test_nothing_outlives_the_process_it_served(crashed: Office) -> None:
    assert crashed.dead
    crashed.until(lambda: crashed.left_behind() == [], "children of the dead", seconds=15)
