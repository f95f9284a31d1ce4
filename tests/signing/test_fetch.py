import gzip
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from signing.fetch import UNREACHED, fetch


@contextmanager
def answering(*parts: bytes, pause: float = 0.0, head: str = "200 OK") -> Iterator[tuple[str, list[bytes]]]:
    """A service on this machine that answers once, `parts` one after the other; what it was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        thread = threading.Thread(target=_answer, args=(listening, asked, head, parts, pause))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/", asked
        finally:
            thread.join(10)


def _answer(
    listening: socket.socket, asked: list[bytes], head: str, parts: Sequence[bytes], pause: float
) -> None:
    try:
        line, _ = listening.accept()
        with line:
            asked.append(line.recv(65536))
            line.sendall(f"HTTP/1.1 {head}\r\nConnection: close\r\n\r\n".encode())
            for part in parts:
                time.sleep(pause)
                line.sendall(part)
            line.shutdown(socket.SHUT_WR)
            while line.recv(65536):  # a body that comes after its head: left unread, it resets the line
                pass
    except OSError:  # nobody came, or whoever came has hung up
        return


def test_an_answer_is_had_whole() -> None:
    with answering(b"one", b"two") as (url, asked):
        assert fetch(url, seconds=5, most=6, body=b"what", kind="application/x") == b"onetwo"
    assert asked[0].startswith(b"POST / ")
    assert b"application/x" in asked[0]


def test_a_packed_answer_is_unpacked() -> None:
    with answering(gzip.compress(b"list"), head="200 OK\r\nContent-Encoding: gzip") as (url, _):
        assert fetch(url, seconds=5, most=100) == b"list"


def test_an_answer_that_drips_is_given_up_in_time() -> None:
    begun = time.monotonic()
    with answering(*[b"x"] * 40, pause=0.1) as (url, _), pytest.raises(ValueError, match="too late"):
        fetch(url, seconds=0.4, most=100)
    assert time.monotonic() - begun < 2


def test_what_is_too_large_is_not_read_to_its_end() -> None:
    with answering(b"x" * 100) as (url, _), pytest.raises(ValueError, match="too large"):
        fetch(url, seconds=5, most=99)


@pytest.mark.parametrize("head", ["404 Not Found", "302 Found\r\nLocation: http://127.0.0.1:1/"])
def test_no_other_answer_counts(head: str) -> None:
    with answering(b"page", head=head) as (url, _), pytest.raises(UNREACHED):
        fetch(url, seconds=5, most=100)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "http://\x00/",
        "ldap://127.0.0.1/cn=crl",
        "crl.pem",
        "",
    ],
)
def test_what_cannot_be_reached_is_said_in_one_way(url: str) -> None:
    with pytest.raises(UNREACHED):
        fetch(url, seconds=0.5, most=100)


def test_only_hosts_on_the_list_are_asked() -> None:
    with pytest.raises(ValueError, match="not on the list"):
        fetch("http://127.0.0.1:1/", seconds=5, most=100, hosts=frozenset({"ca.example"}))
