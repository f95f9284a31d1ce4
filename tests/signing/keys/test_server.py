"""The keys' process as it really runs: its own process, a real socket, killed and started again."""

import grp
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from document.errors import Denied, KeyLocked, NiemError, Refused, WrongPin
from signing.keys import wire
from signing.keys.algorithms import fits
from tests.support.keyfiles import PASSPHRASE, PIN, SERVE, Process, keys_process, make_holder

OWNER = make_holder()
ROOT = Path(__file__).parents[3]
WRONG = "Mã PIN sai 1357"
NOBODY = 65534


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def raw(process: Process, line: bytes) -> bytes:
    """What the process answers to `line`, byte by byte."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        with wire.address(process.client.path) as name:
            connection.connect(name)
        connection.sendall(line)
        return connection.recv(65536)


def test_killed_and_started_again_it_knows_what_it_signed_and_who_guessed(tmp_path: Path) -> None:
    process = Process(tmp_path)
    process.start()
    client = process.client
    client.import_key("key", OWNER.file(), PASSPHRASE, PIN)
    client.unlock("key", PIN, ["signed", "open"], 600)
    signature = client.sign("signed", b"content")
    with pytest.raises(WrongPin):
        client.unlock("key", WRONG, ["open"], 600)

    process.kill()
    assert client.path.exists(), "a killed process leaves its socket behind"
    process.start()

    assert client.sign("signed", b"content") == signature
    with pytest.raises(Refused) as used:
        client.sign("signed", b"other content")
    assert used.value.code == "key.intent_used"
    with pytest.raises(KeyLocked):
        client.sign("open", b"content")
    with pytest.raises(WrongPin) as wrong:
        client.unlock("key", WRONG, ["open"], 600)
    assert wrong.value.params == {"tries": 1}
    with pytest.raises(Refused) as locked:
        client.unlock("key", WRONG, ["open"], 600)
    process.kill()
    process.start()
    with pytest.raises(Refused) as still:
        client.unlock("key", PIN, ["open"], 600)
    assert locked.value.code == still.value.code == "key.locked"
    assert locked.value.params == still.value.params

    assert process.stop() == 0
    assert not client.path.exists()


def test_many_clients_at_once_get_one_signature_per_intent(tmp_path: Path) -> None:
    with keys_process(tmp_path) as process:
        client = process.client
        client.import_key("key", OWNER.file(), PASSPHRASE, PIN)
        intents = [f"intent-{number}" for number in range(12)]
        client.unlock("key", PIN, intents, 60)

        def one(number: int) -> tuple[str, bytes | str]:
            intent, data = intents[number % 12], f"content {number // 12 % 2}".encode()
            try:
                return intent, client.sign(intent, data)
            except Refused as error:
                return intent, error.code

        # Each intent is asked for twice with one content and twice with another, all at once.
        with ThreadPoolExecutor(8) as pool:
            got = list(pool.map(one, range(48)))
        for intent in intents:
            answers = [answer for asked, answer in got if asked == intent]
            signatures = [answer for answer in answers if isinstance(answer, bytes)]
            assert answers.count("key.intent_used") == len(signatures) == 2
            assert len(set(signatures)) == 1, "one intent, one value"


def test_guesses_made_at_the_same_time_are_all_counted(tmp_path: Path) -> None:
    with keys_process(tmp_path, tries=4) as process:
        process.client.import_key("key", OWNER.file(), PASSPHRASE, PIN)

        together = threading.Barrier(8)

        def guess(_: int) -> str:
            together.wait()
            with pytest.raises(NiemError) as caught:
                process.client.unlock("key", WRONG, ["one"], 60)
            return caught.value.code

        with ThreadPoolExecutor(8) as pool:
            told = sorted(pool.map(guess, range(8)))
        assert told == ["key.locked"] * 5 + ["key.wrong_pin"] * 3


def test_nothing_it_writes_or_says_holds_a_pin(tmp_path: Path) -> None:
    with keys_process(tmp_path, unattended=["ruled"]) as process:
        client = process.client
        answers = bytearray()
        client.import_key("key", OWNER.file(), PASSPHRASE, PIN)
        client.unlock("key", PIN, ["one"], 60)
        client.sign("one", b"content")
        for pin in (WRONG, WRONG + "\0", WRONG + "\udc80"):
            with pytest.raises(NiemError) as caught:
                client.unlock("key", pin, ["one"], 60)
            answers += (str(caught.value) + caught.value.text("vi")).encode()
        for broken in (
            json.dumps({"act": "unlock", "key_id": 5, "pin": PIN}),
            json.dumps({"act": "unlock", "key_id": "key", "pin": [PIN]}),
            json.dumps({"act": PIN, "pin": PIN}),
            json.dumps({"act": "unlock", "key_id": PIN, "pin": PIN, "intents": ["a"], "seconds": 5}),
            json.dumps({"act": "unlock", "key_id": "key", "pin": PIN, "intents": ["a"], "seconds": True}),
            json.dumps({"act": "import", "key_id": "new", "file": PIN, "passphrase": PIN, "pin": PIN}),
            '{"pin": "' + PIN,
            f"[{json.dumps(PIN)}]",
        ):
            answer = raw(process, broken.encode() + b"\n")
            assert b'"error"' in answer
            answers += answer
        process.kill()
        for path in [process.output, *process.folder.rglob("*")]:
            answers += path.read_bytes()
        process.start()

    text = bytes(answers)
    assert len(text) > 2000
    for secret in (PIN, WRONG, PASSPHRASE):
        for form in (secret.encode(), json.dumps(secret)[1:-1].encode(), secret.encode("utf-16-be")):
            assert form not in text
        assert str(list(secret.encode()))[1:-1].encode() not in text, "as a list of bytes"
    assert b"keys.done" in text
    assert b"Traceback" not in text


def test_a_key_with_a_standing_rule_opens_from_its_pin_file(tmp_path: Path) -> None:
    with keys_process(tmp_path, unattended=["seal"]) as process:
        process.client.import_key("seal", OWNER.file(), PASSPHRASE, PIN)
        pin_file = process.folder / "seal.pin"
        pin_file.write_text(PIN, encoding="utf-8")
        pin_file.chmod(0o600)
        process.client.announce_unattended("seal", ["one"])
        signature = process.client.sign("one", b"content")
        assert fits(OWNER.key.public_key(), signature, b"content")
        with pytest.raises(KeyLocked):
            process.client.sign("two", b"content")


def test_socket_and_folders_are_its_owners_alone_however_long_their_names(tmp_path: Path) -> None:
    with keys_process(tmp_path / ("thư mục có tên rất dài " * 7)) as process:
        path = process.client.path
        assert len(os.fsencode(path)) > 200
        assert (mode(path), mode(path.parent), mode(process.folder)) == (0o600, 0o700, 0o700)
        assert {mode(file) for file in process.folder.iterdir()} == {0o600}


def test_a_second_process_does_not_touch_the_keys_of_the_first(tmp_path: Path) -> None:
    with keys_process(tmp_path) as process:
        given = {**process._given, "path": str(tmp_path / "run" / "second.sock")}
        second = subprocess.run(
            [sys.executable, "-c", SERVE, json.dumps(given)],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=30,
        )  # fmt: skip
        assert second.returncode == 1
        assert "key.already_running" in second.stderr
        assert process.client.status() == []


def test_open_folders_and_unknown_groups_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o755)
    (tmp_path / "keys").chmod(0o755)
    for given, code in (
        ({"folder": str(tmp_path / "keys")}, "key.folder_open"),
        ({"folder": str(tmp_path / "other"), "group": "no such group"}, "key.group_unknown"),
    ):
        arguments = {"path": str(tmp_path / "run" / "k.sock"), "tries": 3, "lock_minutes": 1, **given}
        ran = subprocess.run(
            [sys.executable, "-c", SERVE, json.dumps(arguments)],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=30,
        )  # fmt: skip
        assert code in ran.stderr


def test_a_guest_that_says_nothing_or_too_much_does_not_hold_up_the_next(tmp_path: Path) -> None:
    with keys_process(tmp_path) as process:
        with socket.socket(socket.AF_UNIX) as silent, wire.address(process.client.path) as name:
            silent.connect(name)
            assert process.client.status() == []
        with pytest.raises(ConnectionError):
            raw(process, b"x" * (4 * wire.LIMIT))
        assert process.client.status() == []


def test_it_leaves_no_core_and_cannot_be_looked_into(tmp_path: Path) -> None:
    with keys_process(tmp_path) as process:
        assert process._child is not None
        limits = Path(f"/proc/{process._child.pid}/limits").read_text()
        core = next(line.split() for line in limits.splitlines() if line.startswith("Max core"))
        assert core[4:6] == ["0", "0"]
        # A process that may not be dumped belongs to root in /proc (proc(5)).
        assert Path(f"/proc/{process._child.pid}/environ").stat().st_uid == 0


def as_nobody(process: Process) -> str:
    """What another system user hears; run in a child that gives its rights up."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        heard = "nothing"
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            process.client.status()
            heard = "an answer"
        except NiemError as error:
            heard = f"{type(error).__name__} {error.code}"
        finally:
            os.write(writer, heard.encode())
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        return answer.read()


@pytest.fixture
def passable() -> Iterator[Path]:
    """A folder that other users may pass through; pytest's own are closed."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o711)
        yield Path(made)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_members_of_the_configured_group_are_let_in(passable: Path) -> None:
    group = grp.getgrgid(NOBODY).gr_name
    with keys_process(passable, group=group) as process:
        path = process.client.path
        assert (mode(path), mode(path.parent), mode(process.folder)) == (0o660, 0o710, 0o700)
        assert as_nobody(process) == "an answer"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_system_user_is_kept_out_twice(passable: Path) -> None:
    refused = f"{Denied.__name__} key.not_allowed"
    with keys_process(passable) as process:
        assert as_nobody(process) == refused, "by the folder"

        process.client.path.parent.chmod(0o711)
        process.client.path.chmod(0o666)
        assert as_nobody(process) == refused, "and by the process, who asks the kernel"
        assert "keys.stranger" in process.output.read_text()


def test_it_ends_on_sigint_too(tmp_path: Path) -> None:
    process = Process(tmp_path)
    process.start()
    assert process._child is not None
    process._child.send_signal(signal.SIGINT)
    assert process._child.wait(20) == 0
