"""Keys open for an act, for a time, for one signature; what was signed is never forgotten."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from document.clock import SetClock
from document.errors import BadInput, Conflict, KeyLocked, Misconfigured, NotFound, Refused, WrongPin
from document.vault import digest_of
from signing.keys.algorithms import fits
from signing.keys.holder import KeyHolder
from signing.keys.journal import Journal
from tests.support.keyfiles import PASSPHRASE, PIN, make_holder

OWNER = make_holder()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def keys(tmp_path: Path, clock: SetClock) -> Iterator[KeyHolder]:
    holder = again(tmp_path, clock)
    holder.import_key("key", OWNER.file(), PASSPHRASE, PIN)
    yield holder
    holder.close()


def again(site: Path, clock: SetClock, *unattended: str) -> KeyHolder:
    """The holder of a new process over the same folder."""
    return KeyHolder(site / "keys", tries=3, lock=timedelta(minutes=15), clock=clock, unattended=unattended)


def closed(keys: KeyHolder, intent: str, data: bytes = b"content") -> bool:
    with pytest.raises(KeyLocked) as caught:
        keys.sign(intent, data)
    return caught.value.code == "key.closed"


def test_one_signature_for_each_intent_and_none_for_another(keys: KeyHolder) -> None:
    keys.unlock("key", PIN, ["one", "two"], 60)
    for intent in ("one", "two"):
        assert fits(OWNER.key.public_key(), keys.sign(intent, intent.encode()), intent.encode())
    assert closed(keys, "three")
    assert keys.status()[0].open_for == 0


def test_the_same_content_again_is_the_same_signature_other_content_is_refused(
    keys: KeyHolder, tmp_path: Path, clock: SetClock
) -> None:
    keys.unlock("key", PIN, ["one"], 60)
    signature = keys.sign("one", b"content")
    for holder in (keys, again(tmp_path, clock)):
        assert holder.sign("one", b"content") == signature
        with pytest.raises(Refused) as caught:
            holder.sign("one", b"other content")
        assert (caught.value.code, caught.value.params) == ("key.intent_used", {"intent": "one"})


def test_the_pin_again_opens_a_used_intent_for_one_more(keys: KeyHolder) -> None:
    keys.unlock("key", PIN, ["one"], 60)
    first = keys.sign("one", b"content")
    keys.unlock("key", PIN, ["one"], 60)
    second = keys.sign("one", b"other content")
    assert fits(OWNER.key.public_key(), second, b"other content")
    assert keys.sign("one", b"content") == first
    with pytest.raises(Refused):
        keys.sign("one", b"a third content")


def test_a_use_cut_off_before_its_end_asks_for_the_pin(
    keys: KeyHolder, tmp_path: Path, clock: SetClock
) -> None:
    journal = Journal(tmp_path / "keys" / "journal.sqlite")
    journal.begin("one", "key", digest_of(b"content"), clock.now())
    journal.close()
    assert closed(keys, "one")
    keys.unlock("key", PIN, ["one"], 60)
    assert fits(OWNER.key.public_key(), keys.sign("one", b"other content"), b"other content")


def test_an_open_key_is_forgotten_when_its_time_has_run_out(keys: KeyHolder, clock: SetClock) -> None:
    keys.unlock("key", PIN, ["one"], 60)
    clock.move(timedelta(seconds=59))
    keys.forget_expired()
    assert keys.status()[0].open_for == 1
    clock.move(timedelta(seconds=1))
    assert closed(keys, "one")
    keys.forget_expired()
    assert keys._grants == {}


def test_wrong_pins_are_counted_over_restarts_and_lock(
    keys: KeyHolder, tmp_path: Path, clock: SetClock
) -> None:
    told: list[tuple[str, dict[str, object]]] = []
    for _ in range(3):
        with pytest.raises(Refused) as caught:
            again(tmp_path, clock).unlock("key", "sai mã PIN", ["one"], 60)
        told.append((caught.value.code, caught.value.params))
    assert told[:2] == [("key.wrong_pin", {"tries": 2}), ("key.wrong_pin", {"tries": 1})]
    assert told[2][0] == "key.locked"
    with pytest.raises(Refused) as caught:
        again(tmp_path, clock).unlock("key", PIN, ["one"], 60)
    assert caught.value.code == "key.locked"
    assert keys.status()[0].locked_until == clock.now() + timedelta(minutes=15)

    clock.move(timedelta(minutes=15))
    keys.unlock("key", PIN, ["one"], 60)
    assert keys.status()[0].tries_left == 3
    assert closed(keys, "two")


def test_what_cannot_be_a_pin_costs_no_try_and_a_wrong_pin_opens_nothing(keys: KeyHolder) -> None:
    with pytest.raises(BadInput):
        keys.unlock("key", "1234\x005678", ["one"], 60)
    assert keys.status()[0].tries_left == 3
    with pytest.raises(WrongPin):
        keys.unlock("key", "sai mã PIN", ["one"], 60)
    assert closed(keys, "one")


@pytest.mark.parametrize("seconds", [0, -1, 12 * 3600 + 1])
def test_a_key_opens_for_some_act_and_not_for_ever(keys: KeyHolder, seconds: int) -> None:
    with pytest.raises(BadInput):
        keys.unlock("key", PIN, ["one"], seconds)
    with pytest.raises(BadInput):
        keys.unlock("key", PIN, [], 60)


def test_unknown_keys_and_names_that_leave_the_folder(keys: KeyHolder) -> None:
    with pytest.raises(NotFound):
        keys.unlock("nobody", PIN, ["one"], 60)
    for name in ("../key", "", ".lock", "a/b", "k" * 101, "key\n"):
        with pytest.raises(BadInput):
            keys.unlock(name, PIN, ["one"], 60)


def test_a_key_is_never_overwritten(keys: KeyHolder, tmp_path: Path) -> None:
    before = (tmp_path / "keys" / "key.p12").read_bytes()
    with pytest.raises(Conflict) as caught:
        keys.import_key("key", make_holder().file(), PASSPHRASE, "mã PIN khác")
    assert caught.value.code == "key.exists"
    assert (tmp_path / "keys" / "key.p12").read_bytes() == before


def test_everything_in_the_folder_is_closed_to_others(keys: KeyHolder, tmp_path: Path) -> None:
    keys.unlock("key", PIN, ["one"], 60)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "keys").glob("key.*")}
    assert modes == {"key.p12": 0o600, "key.state.json": 0o600}
    (tmp_path / "keys" / "key.p12").chmod(0o644)
    with pytest.raises(Misconfigured):
        keys.unlock("key", PIN, ["one"], 60)


def test_a_pin_file_opens_only_a_key_with_a_standing_rule(
    keys: KeyHolder, tmp_path: Path, clock: SetClock
) -> None:
    pin_file = tmp_path / "keys" / "key.pin"
    pin_file.write_text(PIN + "\n", encoding="utf-8")
    pin_file.chmod(0o600)
    with pytest.raises(Refused) as caught:
        keys.announce_unattended("key", ["one"], 60)
    assert caught.value.code == "key.not_unattended"

    ruled = again(tmp_path, clock, "key")
    ruled.announce_unattended("key", ["one"], 60)
    assert fits(OWNER.key.public_key(), ruled.sign("one", b"content"), b"content")
    assert closed(ruled, "two")
    assert ruled.status()[0].unattended

    pin_file.chmod(0o640)
    with pytest.raises(Misconfigured):
        ruled.announce_unattended("key", ["two"], 60)
    pin_file.unlink()
    with pytest.raises(NotFound):
        ruled.announce_unattended("key", ["two"], 60)
