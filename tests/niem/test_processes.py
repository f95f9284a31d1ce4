"""The public process alone: under another account, with nothing of the office in its reach or its memory."""

import grp
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

import httpx
import pytest
from sqlalchemy import make_url

from document.ledger import connect
from document.settings import FILE, Site, load
from niem import processes
from niem.init import CLOSED, init
from niem.keyring import import_key
from niem.parts import parts
from niem.run import Supervisor
from niem.worker import work_once
from publisher.publish import publish
from signing.keys.client import IntentKey, KeyClient
from tests.support.crashing import Office
from tests.support.issued import IssuingOffice, issuing_office, sample_procedures
from tests.support.keyfiles import PASSPHRASE, PIN, make_holder
from tests.support.postgres import administer, fresh_database

pytest_plugins = ["tests.support.postgres"]

PDF: Final = b"%PDF-1.7 the signed decision %%EOF"
NOBODY: Final = 65534
WATCHED: Final = """
import json, os, signal, sys
root, report = sys.argv[1:3]
opened = set()
def hook(event, args):
    if event in ("open", "sqlite3.connect", "os.listdir") and root in str(args[0]):
        opened.add(str(args[0]))
    elif event == "socket.connect":
        opened.add(f"connected to {args[1]}")
sys.addaudithook(hook)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
sys.argv = ["niem", "public", "--site", root]
from niem.cli import app
try:
    app(standalone_mode=False)
finally:
    os.write(int(report), json.dumps([sorted(opened), sorted(sys.modules)]).encode())
"""


def site_at(root: Path, database: str = "", public: str = "") -> Site:
    """A new site whose public pages have a free port; `public`: more lines of that section."""
    init(root, "test", database)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    text = (root / FILE).read_text(encoding="utf-8").replace("port = 8080", f"port = {port}")
    (root / FILE).write_text(text.replace('database = ""', f'database = "{public}"'), encoding="utf-8")
    return load(root)


def issued(site: Site) -> IssuingOffice:
    """The sample decision, issued on a day long past."""
    office = issuing_office(connect(site.database_url), site.root)
    office.issue(sample_procedures(), on=date(2020, 6, 15), pdf=PDF, attachments=(b"%PDF appendix",))
    return office


@contextmanager
def serving(site: Site, command: list[str], **how: object) -> Iterator[httpx.Client]:
    with (
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **how) as process,  # type: ignore[call-overload]
        httpx.Client(base_url=f"http://127.0.0.1:{site.settings.public.port}") as http,
    ):
        try:
            end = time.monotonic() + 30
            while True:
                try:
                    http.get("/healthz")
                    break
                except httpx.ConnectError:
                    assert process.poll() is None, process.stderr.read()
                    assert time.monotonic() < end
                    time.sleep(0.05)
            yield http
        finally:
            process.terminate()
            process.wait()


def as_another_account(site: Site) -> list[str]:
    """Close what init closes to the account of the process that will be started with these words before it.

    Root gives the site away and runs without the right to pass over permissions: what the owner alone may
    open is closed to it. Where we are no root, the folders are closed even to their owner.
    """
    if os.geteuid() != 0:
        for name in (*CLOSED, "ledger.sqlite", "office.toml"):
            if name != "public-store":
                (site.root / name).chmod(0)
        return []
    for path in [site.root, *site.root.rglob("*")]:
        os.chown(path, NOBODY, NOBODY)
    os.chown(site.public_store.parent, 0, 0)
    return ["setpriv", "--inh-caps=-all", "--bounding-set=-all"]


def opened_again(site: Site) -> None:
    for name in CLOSED:
        (site.root / name).chmod(0o700)


def test_it_needs_the_public_folder_its_store_and_the_settings(tmp_path: Path) -> None:
    site = site_at(tmp_path / "site")
    office = issued(site)
    publish(office.ledger, office.vault, site.public)
    office.engine.dispose()
    before = as_another_account(site)
    reading, writing = os.pipe()
    try:
        command = [*before, sys.executable, "-c", WATCHED, str(site.root), str(writing)]
        with serving(site, command, pass_fds=(writing,)) as http:
            assert http.get("/").status_code == 200
            one = http.get("/api/v1/procedures/1.900005").json()
            assert http.get(one["decision"]["file"]).content == PDF
            rated = http.post("/procedures/1.900005/rating", data={"score": "5"})
            assert rated.status_code == 303
            assert "5,0/5" in http.get(rated.headers["location"]).text
        os.close(writing)
        with os.fdopen(reading) as report:
            opened, modules = json.load(report)
    finally:
        opened_again(site)
    paths = [Path(name.removeprefix("file:").partition("?")[0]) for name in opened]
    within = {path.relative_to(site.root).parts[0] for path in paths}
    assert within <= {FILE, "public", "public-store", "logs"}  # it asks for logs/, and may not
    assert {FILE, "public", "public-store"} <= within
    office_code = (
        "office",
        "signing",
        "watch_folders",
        "document.ledger",
        "document.tables",
        "document.vault",
    )
    tools = ("pikepdf", "pypdfium2", "pyhanko", "cryptography")
    assert not [m for m in modules if m.startswith((*office_code, *tools, "publisher.publish"))]


def test_a_store_it_may_not_write_is_told(tmp_path: Path) -> None:
    site = site_at(tmp_path / "site")
    before = as_another_account(site)
    shutil.rmtree(site.public_store.parent)
    site.public_store.parent.write_bytes(b"")
    ended = subprocess.run(
        [*before, sys.executable, "-m", "niem", "public", "--site", str(site.root)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 2
    assert "nơi lưu đánh giá của người dân" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_public_process_that_runs_apart_is_left_alone(tmp_path: Path) -> None:
    site = site_at(tmp_path / "site")
    (site.root / FILE).write_text("[public]\napart = true\n", encoding="utf-8")
    assert [child.name for child in Supervisor(load(site.root))._children] == [
        "keys",
        "watch",
        "work",
        "desk",
    ]


def test_on_postgresql_a_worker_publishes_and_a_role_that_only_reads_serves(
    postgres_url: str, tmp_path: Path
) -> None:
    with fresh_database(postgres_url) as url:
        role = f"reader_{make_url(url).database}"
        administer(url, f"CREATE ROLE {role} LOGIN")
        reader = make_url(url).set(username=role).render_as_string(hide_password=False)
        site = site_at(tmp_path / "site", url, reader)
        try:
            office = issued(site)
            with parts(site) as these:
                assert work_once(these)
                assert not work_once(these)
            office.engine.dispose()
            assert not list(site.public.glob("listing-*"))
            with serving(site, [sys.executable, "-m", "niem", "public", "--site", str(site.root)]) as http:
                assert http.get("/healthz").json() == {"status": "ok", "listing": "1"}
                assert "6 thủ tục đang có hiệu lực" in http.get("/").text
                assert http.get("/", params={"q": "\x00 he pho"}).text.count('class="name"') == 1
                one = http.get("/api/v1/procedures/1.900005").json()
                assert http.get(one["decision"]["file"]).content == PDF
                assert http.get("/api/v1/procedures", params={"organisation": "\x00"}).status_code == 200
                assert http.get("/api/v1/procedures/%00").status_code == 404
        finally:
            administer(url, f"DROP OWNED BY {role}")
            administer(url, f"DROP ROLE {role}")


@pytest.mark.parametrize("umask", [0o077, 0o022])
def test_a_new_site_shows_others_nothing_but_what_is_public(tmp_path: Path, umask: int) -> None:
    old = os.umask(umask)
    try:
        site = site_at(tmp_path / "site")
        office = issued(site)
        publish(office.ledger, office.vault, site.public)
        office.engine.dispose()
    finally:
        os.umask(old)
    modes = {path.name: path.stat().st_mode & 0o777 for path in site.root.iterdir()}
    assert site.root.stat().st_mode & 0o777 == 0o711
    assert {name for name, mode in modes.items() if mode & 0o007} >= {"public", FILE}
    assert not [name for name in (*CLOSED, "ledger.sqlite", "office.toml") if modes[name] & 0o077]
    for path in [site.public, *site.public.rglob("*")]:
        assert path.name == ".lock" or path.stat().st_mode & 0o004


def test_nobody_looks_into_the_memory_that_a_pin_passes_through(staffed: Office) -> None:
    for name in ("desk", "keys"):
        process = Path(f"/proc/{staffed.pid(name)}")
        limits = (process / "limits").read_text(encoding="ascii").splitlines()
        (core,) = [line.split() for line in limits if line.startswith("Max core")]
        assert core[4:6] == ["0", "0"]
        assert (process / "environ").stat().st_uid == 0  # not to be dumped: root's in /proc (proc(5))


@contextmanager
def forked(site: Site) -> Iterator[None]:
    """`niem keys` as another system user who is in the office's group, until the block ends."""
    import signing.keys.server  # noqa: F401, PLC0415 (that user may not read where Python lies)

    child = os.fork()
    if child == 0:
        try:
            os.setgroups([os.getegid()])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            processes.keys(site)
        finally:
            os._exit(0)
    try:
        yield
    finally:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_keys_under_an_account_of_their_own(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as theirs:  # pytest's own folders are closed to others
        os.chown(theirs, NOBODY, NOBODY)
        Path(theirs).chmod(0o711)
        site = site_at(tmp_path / "site")
        office = issuing_office(connect(site.database_url), site.root)
        group = grp.getgrgid(os.getegid()).gr_name
        text = (site.root / FILE).read_text(encoding="utf-8")
        for old, new in (
            ('folder = "keys"', f'folder = "{theirs}/keys"'),
            ('socket = "run/keys.sock"', f'socket = "{theirs}/run/keys.sock"'),
            ('group = ""', f'group = "{group}"'),
        ):
            text = text.replace(old, new)
        (site.root / FILE).write_text(text, encoding="utf-8")
        site = load(site.root)
        assert "keys" not in [child.name for child in Supervisor(site)._children]
        owner = make_holder()
        with forked(site):
            client = KeyClient(site.socket)
            end = time.monotonic() + 30
            while not site.socket.exists():
                assert time.monotonic() < end
                time.sleep(0.05)
            file = tmp_path / "owner.p12"
            file.write_bytes(owner.file())
            key = import_key(site, file, login="", organisation="minh-giang", old=PASSPHRASE, pin=PIN)
            kept = site.keys / f"{key.id}.p12"
            assert kept.stat().st_uid == NOBODY
            assert kept.stat().st_mode & 0o777 == 0o600
            client.unlock(key.id, PIN, ["one act"], 60)
            signed = IntentKey(client, "one act", key.certificate).sign(b"what is signed")
        assert len(signed) == 256
        office.engine.dispose()
