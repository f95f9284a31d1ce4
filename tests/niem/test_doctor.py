"""Each fault that the doctor names, on a site where it was really made."""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from rich.console import Console

from certs.test.pki import Pki
from document import messages
from document.settings import Site
from niem import doctor, keyring
from niem.doctor import Finding, State
from niem.init import init
from tests.support.crashing import Office
from tests.support.keyfiles import keys_process
from tests.support.quick import set_to

Check = Callable[[Site], Iterator[Finding]]


def found(check: Check, site: Site, state: State) -> set[str]:
    """Codes of what `check` found in `state`; every one has its words in both languages."""
    findings = list(check(site))
    for finding in findings:
        for lang in messages.LANGUAGES:
            assert "{" not in messages.text(finding.code, lang, **finding.params)
    return {finding.code for finding in findings if finding.state == state}


def faults(check: Check, site: Site) -> set[str]:
    return found(check, site, "fault")


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


def test_a_key_folder_open_to_others(site: Site) -> None:
    assert faults(doctor.secrets_closed, site) == set()
    site.keys.chmod(0o755)
    assert faults(doctor.secrets_closed, site) == {"doctor.folder_open"}


def test_no_key_process(site: Site) -> None:
    assert "doctor.keys_down" in found(doctor.keys, site, "warning")


def test_a_key_that_the_process_does_not_hold(site: Site) -> None:
    lost = next(site.keys.glob("*.p12"))
    lost.rename(site.root / "elsewhere.p12")
    with keys_process(site.root):
        (finding,) = [f for f in doctor.keys(site) if f.state == "fault"]
    assert (finding.code, finding.params["keys"]) == ("doctor.keys_missing", lost.stem)


def test_an_organisation_without_a_key(tmp_path_factory: pytest.TempPathFactory, site: Site) -> None:
    with closing(sqlite3.connect(site.root / "ledger.sqlite")) as database, database:
        database.execute("DELETE FROM keys WHERE person_id IS NULL")
    assert "work.missing_key" in found(doctor.keys, site, "warning")


def test_a_certificate_that_is_over(site: Site) -> None:
    pki = Pki(site.root / "pki")
    keyring.import_key(
        site, pki.p12("expired-mau"), login="kiem", organisation="", old=pki.passphrase, pin="12345678"
    )
    (finding,) = [f for f in doctor.keys(site) if f.state == "fault"]
    assert (finding.code, finding.params["holder"]) == ("doctor.certificate_over", "Nguyễn Thị Kiểm")


def test_a_key_that_a_standing_rule_may_open(site: Site) -> None:
    key = next(site.keys.glob("*.p12")).stem
    site = set_to(site.root, unattended=f'["{key}"]')
    assert "doctor.unattended" in found(doctor.keys, site, "warning")


def test_test_certificates_on_a_real_site(site: Site) -> None:
    site = set_to(site.root, kind='"office"')
    assert faults(doctor.trust, site) == {"verdict.test_root"}
    assert "doctor.key_in_file" in found(doctor.keys, site, "warning")


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
