"""Wrong PINs are counted before they are tried, and stay counted."""

from datetime import timedelta
from pathlib import Path

import pytest

from document.clock import SetClock, shown
from document.errors import Damaged, Refused, WrongPin
from signing.keys.pins import PinCounter, PinState


def counter(path: Path, clock: SetClock) -> PinCounter:
    return PinCounter(path / "k.state.json", 3, timedelta(minutes=15), clock)


def test_three_wrong_pins_lock_and_time_opens(tmp_path: Path) -> None:
    clock = SetClock()
    pins = counter(tmp_path, clock)
    told = []
    for _ in range(3):
        told.append(pins.wrong(pins.count()))
        pins = counter(tmp_path, clock)  # as after a restart
    until = shown(clock.now() + timedelta(minutes=15))
    assert [type(one) for one in told] == [WrongPin, WrongPin, Refused]
    assert [one.params for one in told] == [{"tries": 2}, {"tries": 1}, {"until": until}]
    assert "Còn 2 lần thử" in told[0].text("vi")

    clock.move(timedelta(minutes=14, seconds=59))
    with pytest.raises(Refused) as caught:
        pins.count()
    assert (caught.value.code, caught.value.params) == ("key.locked", {"until": until})

    clock.move(timedelta(seconds=1))
    assert pins.count().failed == 1, "a lock that is over leaves all tries"


def test_a_try_counts_even_if_its_end_is_never_seen(tmp_path: Path) -> None:
    pins = counter(tmp_path, SetClock())
    pins.count()
    assert counter(tmp_path, SetClock()).state().failed == 1


def test_the_right_pin_begins_the_count_anew(tmp_path: Path) -> None:
    pins = counter(tmp_path, SetClock())
    pins.count()
    pins.count()
    pins.right()
    assert pins.state() == PinState()
    assert pins.count().failed == 1


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"failed": null, "locked_until": null}', '{"failed": 0, "locked_until": "2030-01-01"}'],
)
def test_a_count_that_somebody_changed_opens_nothing(tmp_path: Path, text: str) -> None:
    file = tmp_path / "k.state.json"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(Damaged) as caught:
        counter(tmp_path, SetClock()).count()
    assert caught.value.params == {"key": "k"}
