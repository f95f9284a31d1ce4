"""This machine, or another one."""

import pytest

from document.hosts import is_loopback


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "::1", "[::1]"])
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "::", "localhost.example", "", "127.0.0.1.example"])
def test_any_other(host: str) -> None:
    assert not is_loopback(host)
