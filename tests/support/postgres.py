"""A PostgreSQL of one's own for a test run: in a temporary folder, on a Unix socket, never as root.

`pytest_plugins = ["tests.support.postgres"]` gives the fixture `postgres_url`; `fresh_database` makes an
empty database (or a copy of another) in that cluster and drops it afterwards.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
import pytest
from sqlalchemy import make_url

START_SECONDS: Final = 30
QUICK: Final = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
}
"""Nothing of a test must outlive the machine."""


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """`postgresql+psycopg://…` of a running cluster's first database; its owner may do everything in it."""
    root = Path(tempfile.mkdtemp(prefix="niem-pg-", dir="/tmp"))  # short: a socket's path has 107 bytes
    account = _account()
    if account is not None:
        os.chown(root, account.pw_uid, account.pw_gid)
    data = root / "data"
    subprocess.run(
        [*_as(account), _program("initdb"), "-D", str(data), "-U", "niem", "-A", "trust", "-E", "UTF8",
         "--no-locale", "--no-sync"],
        check=True, capture_output=True, cwd="/",
    )  # fmt: skip
    options = [part for name, value in QUICK.items() for part in ("-c", f"{name}={value}")]
    with (root / "log").open("wb") as log:
        server = subprocess.Popen(
            [*_as(account), _program("postgres"), "-D", str(data), "-k", str(root), "-h", "", *options],
            stdout=log, stderr=log, cwd="/",
        )  # fmt: skip
    try:
        url = f"postgresql+psycopg://niem@/postgres?host={root}"
        _wait(server, url, root / "log")
        yield url
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(START_SECONDS)
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def fresh_database(url: str, template: str = "template1") -> Iterator[str]:
    """A new database (a copy of the database `template`) in the cluster of `url`; gives its URL."""
    name = f"niem_{secrets.token_hex(6)}"
    administer(url, f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        administer(url, f"DROP DATABASE {name} WITH (FORCE)")


def administer(url: str, statement: str) -> None:
    """One statement outside a transaction, in the database of `url`."""
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        connection.execute(statement.encode())


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _program(name: str) -> str:
    found = shutil.which(name) or next(
        (str(p) for p in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None
    )
    if found is None:
        pytest.fail(f"PostgreSQL's {name} is missing. Type:  apt-get install -y postgresql")
    return found


def _account() -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as where we are root, which it refuses."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return pwd.getpwnam("postgres" if "postgres" in names else "nobody")


def _as(account: pwd.struct_passwd | None) -> list[str]:
    # pdeathsig: a test run that is killed takes its database with it.
    user = (
        []
        if account is None
        else [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    )
    return ["setpriv", *user, "--pdeathsig=QUIT"]


def _wait(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(_plain(url), connect_timeout=2).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > end:
                pytest.fail(log.read_text(errors="replace"))
            time.sleep(0.05)
        else:
            return
