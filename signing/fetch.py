"""One answer of a service on the network: bounded in time and in size, no redirects, no proxy.

The settings of the environment are not ours to read (settings.py is the only reader).
"""

import time
from typing import Final
from urllib.parse import urlsplit

import httpx

UNREACHED: Final = (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError)
"""What `fetch` raises where there is no answer."""


def fetch(
    url: str,
    *,
    seconds: float,
    most: int,
    hosts: frozenset[str] | None = None,
    body: bytes | None = None,
    kind: str = "",
) -> bytes:
    """GET `url`, or POST `body` as `kind` (a media type); the answer, at most `most` bytes.

    `seconds` hold for the whole answer: one that drips keeps nobody waiting. `hosts`: nobody else is asked
    (None: anybody). Raises one of `UNREACHED`.
    """
    if hosts is not None and urlsplit(url).hostname not in hosts:
        raise ValueError("not on the list")
    headers = {} if body is None else {"Content-Type": kind}
    until = time.monotonic() + seconds
    found = bytearray()
    with (
        httpx.Client(timeout=seconds, trust_env=False) as client,
        client.stream("GET" if body is None else "POST", url, content=body, headers=headers) as answer,
    ):
        answer.raise_for_status()
        for part in answer.iter_bytes():
            found += part
            if len(found) > most:
                raise ValueError("too large")
            if time.monotonic() > until:
                raise ValueError("too late")
    return bytes(found)
