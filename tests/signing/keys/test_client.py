"""The client against a real keys' process, and against none."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from document.errors import Conflict, Damaged, Denied, KeyLocked, NotFound, Refused, Unavailable, WrongPin
from signing.keys import wire
from signing.keys.base import SigningKey
from signing.keys.client import IntentKey, KeyClient
from tests.support.keyfiles import PASSPHRASE, PIN, Process, keys_process, make_holder

OWNER = make_holder()


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with keys_process(tmp_path_factory.mktemp("site")) as running:
        running.client.import_key("key", OWNER.file(), PASSPHRASE, PIN)
        yield running


def test_an_intents_key_signs_what_its_certificate_verifies(process: Process) -> None:
    process.client.unlock("key", PIN, ["a"], 60)
    key: SigningKey = IntentKey(process.client, "a", OWNER.der)
    assert key.sign(b"content") == process.client.sign("a", b"content")


def test_a_signature_of_somebody_elses_key_is_not_taken(process: Process) -> None:
    process.client.unlock("key", PIN, ["b"], 60)
    with pytest.raises(Damaged) as caught:
        IntentKey(process.client, "b", make_holder().der).sign(b"content")
    assert caught.value.code == "key.signature_wrong"


def test_errors_arrive_as_they_were_raised(process: Process) -> None:
    client = process.client
    with pytest.raises(KeyLocked):
        client.sign("never opened", b"content")
    with pytest.raises(NotFound):
        client.unlock("nobody", PIN, ["c"], 60)
    with pytest.raises(Refused) as refused:
        client.announce_unattended("key", ["c"])
    assert refused.value.code == "key.not_unattended"
    with pytest.raises(Conflict):
        client.import_key("key", OWNER.file(), PASSPHRASE, PIN)
    with pytest.raises(WrongPin) as wrong:
        client.unlock("key", "không đúng", ["c"], 60)
    assert wrong.value.params == {"tries": 2}
    assert "2 lần thử" in wrong.value.text("vi")
    client.unlock("key", PIN, ["c"], 60)
    (status,) = client.status()
    assert (status.key_id, status.tries_left, status.locked_until, status.open_for) == ("key", 3, None, 1)


def test_a_key_of_64_kilobytes_of_certificates_still_passes(process: Process) -> None:
    padded = OWNER.pem() + b"# " + b"x" * 65_536 + b"\n"
    certificate, chain = process.client.import_key("long", padded, "", PIN)
    assert (certificate, len(chain)) == (OWNER.der, 2)


def test_no_process_no_folder_no_answer(tmp_path: Path) -> None:
    (tmp_path / "left.sock").touch()
    for name in ("keys.sock", "no/keys.sock", "left.sock"):
        with pytest.raises(Unavailable) as caught:
            KeyClient(tmp_path / name).status()
        assert caught.value.code == "key.process_down"


def _hang_up(listener: socket.socket, times: int) -> None:
    for _ in range(times):
        listener.accept()[0].close()


def _refuse(listener: socket.socket) -> None:
    with listener.accept()[0] as guest:
        wire.send(guest, wire.error_message(Denied("key.not_allowed")))


def test_a_refusal_counts_though_the_line_is_closed_before_the_request_is_out(tmp_path: Path) -> None:
    path = tmp_path / "keys.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        with wire.address(path) as name:
            listener.bind(name)
        listener.listen()
        process = threading.Thread(target=_refuse, args=(listener,))
        process.start()
        with pytest.raises(Denied):  # more than a socket holds unread
            KeyClient(path, seconds=5).import_key("key", b"x" * 350_000, "", PIN)
        process.join()


def test_a_process_that_hangs_or_hangs_up_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "keys.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        with wire.address(path) as name:
            listener.bind(name)
        listener.listen()
        begun = time.monotonic()
        with pytest.raises(Unavailable):
            KeyClient(path, seconds=0.2).status()
        assert time.monotonic() - begun < 5

        rude = threading.Thread(target=_hang_up, args=(listener, 2))
        rude.start()
        with pytest.raises(Unavailable):
            KeyClient(path, seconds=5).status()
        rude.join()
