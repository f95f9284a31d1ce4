"""Each fault that the doctor names, on a site where it was really made."""

import re
import shutil
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate
from rich.console import Console

from certs.test.pki import Pki
from document import messages
from document.settings import FILE, Site, load
from niem import doctor, doctor_keys
from niem.init import init
from tests.support.crashing import Office
from tests.support.found import faults, found
from tests.support.played import niem
from tests.support.quick import set_to


def test_a_whole_site_has_no_fault(staffed: Office, console: Console) -> None:
    assert doctor.examine(staffed.site, console) == 0
    said = console.file.getvalue()  # type: ignore[attr-defined]  # the fixture's text
    assert messages.text("doctor.healthy", "vi", count=0) in said
    assert "✗" not in said


def test_every_fault_comes_with_what_to_do(site: Site, console: Console) -> None:
    shutil.rmtree(site.root / "shares")
    (first, *_) = [finding for finding in doctor.folders(site) if finding.state == "fault"]
    assert doctor.examine(site, console) == 1
    said = console.file.getvalue()  # type: ignore[attr-defined]  # the fixture's text
    assert f"✗ {messages.text(first.code, 'vi', **first.params)}" in said.replace("\n", "")
    assert messages.fix(first.code, "vi", **first.params) in said


def test_a_database_of_an_older_version(site: Site) -> None:
    with closing(sqlite3.connect(site.root / "ledger.sqlite")) as database, database:
        database.execute("DELETE FROM alembic_version")
    assert faults(doctor.database, site) == {"doctor.database_old"}


def test_a_database_that_is_none(site: Site, console: Console) -> None:
    for leftover in site.root.glob("ledger.sqlite*"):
        leftover.write_bytes(b"no database at all, however long it is" * 100)
    assert faults(doctor.database, site) == {"doctor.database_down"}
    assert doctor.examine(site, console) == 1  # and nothing else is asked of it


def test_a_share_that_is_gone(site: Site) -> None:
    gone = site.root / "shares/tan-mau/kinhte/3. Đã phát hành"
    gone.rmdir()
    (finding,) = [f for f in doctor.folders(site) if f.state == "fault"]
    assert (finding.code, finding.params["path"]) == ("doctor.not_writable", gone)


def test_an_office_without_units(tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = init(tmp_path_factory.mktemp("empty") / "site", "test")
    assert found(doctor.folders, empty, "warning") == {"doctor.no_folders"}


def test_what_to_do_names_sections_of_the_settings(site: Site, console: Console) -> None:
    doctor.examine(set_to(site.root, roots="[]"), console)
    assert "[trust] roots" in console.file.getvalue()  # type: ignore[attr-defined]  # the fixture's text


def test_a_record_that_is_gone_is_never_begun_anew(site: Site) -> None:
    (site.root / "ledger.sqlite").unlink()
    assert faults(doctor.database, site) == {"ledger.file_missing"}
    assert niem("migrate", "--site", str(site.root)).returncode == 2
    assert niem("run", "--site", str(site.root)).returncode == 2
    assert not (site.root / "ledger.sqlite").exists()


def desk(site: Site, **values: str) -> Site:
    """Change what the settings say of the desk: the first of the two sections with such entries."""
    text = (site.root / FILE).read_text(encoding="utf-8")
    for name, value in values.items():
        text = re.sub(rf'(?m)^{name} = ".*"', f'{name} = "{value}"', text, count=1)
    (site.root / FILE).write_text(text, encoding="utf-8")
    return load(site.root)


def test_an_https_certificate_that_does_not_open(site: Site) -> None:
    assert list(doctor.web(site)) == []
    site = desk(site, tls_certificate="tls/desk.pem", tls_key="tls/desk.key")
    assert faults(doctor.web, site) == {"doctor.tls"}
    ran = niem("run", "--site", str(site.root))
    assert (ran.returncode, "tls/desk.pem" in ran.stdout) == (2, True)
    pki = Pki(site.root / "pki")
    (site.root / "tls").mkdir()
    certificate = load_der_x509_certificate(pki.certificate("wrong-purpose"))
    (site.root / "tls/desk.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (site.root / "tls/desk.key").write_bytes(pki.key_pem("wrong-purpose"))
    assert found(doctor.web, site, "good") == {"doctor.tls_good"}
    (site.root / "tls/desk.key").write_bytes(pki.key_pem("leader-mau"))
    assert faults(doctor.web, site) == {"doctor.tls"}


def test_a_desk_on_an_open_line(site: Site) -> None:
    assert found(doctor.web, desk(site, host="192.0.2.1"), "warning") == {"doctor.desk_open"}


def test_a_port_on_which_somebody_listens(site: Site) -> None:
    with socket.create_server(("127.0.0.1", site.settings.desk.port)):
        assert faults(doctor.ports, site) == {"doctor.port_taken"}
        ran = niem("run", "--site", str(site.root))
    assert (ran.returncode, str(site.settings.desk.port) in ran.stdout) == (2, True)
    assert faults(doctor.ports, site) == set()


def test_test_certificates_on_a_real_site(site: Site) -> None:
    site = set_to(site.root, kind='"office"')
    assert faults(doctor.trust, site) == {"verdict.test_root"}
    assert "doctor.key_in_file" in found(doctor_keys.keys, site, "warning")


def test_nobody_to_believe(site: Site) -> None:
    assert faults(doctor.trust, set_to(site.root, roots="[]")) == {"doctor.no_roots"}


def test_no_time_stamps(site: Site) -> None:
    # The services of this copy were never started: nobody answers.
    assert faults(doctor.timestamps, site) == {"signing.no_timestamp"}
    without = set_to(site.root, timestamp_urls="[]")
    assert found(doctor.timestamps, without, "warning") == {"doctor.no_timestamps"}


class _Yesterday(BaseHTTPRequestHandler):
    """A service whose clock stands at another time."""

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.end_headers()

    def date_time_string(self, timestamp: float | None = None) -> str:
        del timestamp
        return "Thu, 01 Jan 2026 00:00:00 GMT"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
        """Say nothing."""


@contextmanager
def yesterday() -> Iterator[str]:
    """Its address, while it answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Yesterday) as service:
        thread = threading.Thread(target=service.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{service.server_port}/"
        finally:
            service.shutdown()
            thread.join()


def test_a_clock_that_is_off(site: Site) -> None:
    with yesterday() as address:
        off = set_to(site.root, timestamp_urls=f'["{address}"]')
        assert faults(doctor.clock, off) == {"doctor.clock_off"}
    assert found(doctor.clock, off, "warning") == {"doctor.clock_unknown"}


def test_a_font_of_the_offices_own_that_is_none(site: Site) -> None:
    (site.root / "none.ttf").write_bytes(b"no font")
    own = set_to(site.root, order='["none.ttf"]')
    assert found(doctor.font, own, "good") == {"doctor.font"}  # the next in order is taken
