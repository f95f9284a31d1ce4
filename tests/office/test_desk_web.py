"""What the routes share."""

import pytest
from starlette.requests import Request

from office.desk_web import Notice, Notices, cookie_name, pin_is_private, way_back


def asked(
    *, scheme: str = "http", host: str = "127.0.0.1:8001", client: str = "127.0.0.1", path: str = "/"
) -> Request:
    """A request as the server hands it over."""
    return Request(
        {
            "type": "http", "method": "POST", "scheme": scheme, "path": path, "query_string": b"",
            "headers": [(b"host", host.encode())], "client": (client, 1), "server": ("127.0.0.1", 8001),
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "private"),
    [
        ({}, True),
        ({"host": "localhost:8001"}, True),
        ({"host": "[::1]:8001", "client": "::1"}, True),
        ({"client": "10.1.2.3"}, False),
        ({"host": "niem.example"}, False),
        ({"host": "localhost.niem.example"}, False),
        ({"scheme": "https", "host": "niem.example", "client": "10.1.2.3"}, True),
    ],
)
def test_where_a_pin_may_be_typed(given: dict[str, str], private: bool) -> None:  # noqa: FBT001
    assert pin_is_private(asked(**given)) is private


def test_the_cookies_name_binds_it_to_https() -> None:
    assert cookie_name(asked()) == "niem_session"
    assert cookie_name(asked(scheme="https")) == "__Host-niem_session"


@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("/documents/ab12/approve", "/documents/ab12"),
        ("/clerk/seal", "/clerk"),
        ("/sign-out", None),
        ("/documents//evil.example/x", None),
    ],
)
def test_the_way_back_is_a_page_of_the_desk(path: str, back: str | None) -> None:
    assert way_back(asked(path=path)) == back


def test_a_notice_is_told_once_and_to_one_session() -> None:
    notices = Notices()
    notices.put("a", Notice("good", "xong"))
    assert notices.take("b") is None
    assert notices.take("a") == Notice("good", "xong")
    assert notices.take("a") is None
    for n in range(1500):
        notices.put(str(n), Notice("plain", ""))
    assert notices.take("0") is None
    assert notices.take("1499") is not None
