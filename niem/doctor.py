"""`niem doctor`: check the site before anything runs, and say what to do about each fault.

Every check is one function that yields findings; a finding names a text of the catalogue. Nothing is
changed, apart from one file written and removed in each folder to see that it can be.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal

import httpx
from cryptography.x509 import load_der_x509_certificate
from cryptography.x509.oid import NameOID
from rich.console import Console

from document import messages
from document.errors import NiemError
from document.facts import KeyFact
from document.ledger import Ledger, connect, migrate
from document.settings import Site
from niem.held import ledger_of
from niem.parts import Parts, parts
from signing import fonts
from signing.keys.client import KeyClient
from watch_folders.convert import program
from watch_folders.folders import file_system, on_network

State = Literal["good", "warning", "fault"]
MARKS: Final[dict[State, str]] = {
    "good": "[green]✓[/green]", "warning": "[yellow]![/yellow]", "fault": "[red]✗[/red]",
}  # fmt: skip
WARN_DAYS: Final = (60, 30, 7, 1)
"""Before a certificate ends (R-CRY-09)."""
CLOCK_TOLERANCE: Final = timedelta(minutes=2)


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    state: State
    code: str
    params: dict[str, object] = field(default_factory=dict)


def good(code: str, **params: object) -> Finding:
    return Finding("good", code, params)


def warning(code: str, **params: object) -> Finding:
    return Finding("warning", code, params)


def fault(code: str, **params: object) -> Finding:
    return Finding("fault", code, params)


def of_error(error: NiemError) -> Finding:
    return Finding("fault", error.code, error.params)


def database(site: Site) -> Iterator[Finding]:
    """The database answers and has every migration."""
    engine = connect(site.database_url)
    try:
        current = migrate.is_current(engine)
    except Exception as error:  # noqa: BLE001 (whatever the driver raises is the finding)
        yield fault("doctor.database_down", kind=type(error).__name__)
        return
    finally:
        engine.dispose()
    yield good("doctor.database") if current else fault("doctor.database_old", path=site.root)


def folders(site: Site) -> Iterator[Finding]:
    """Own folders and the units' folders can be written; on which file system they are."""
    own = [site.vault, site.public, site.path("logs"), site.path("run")]
    with ledger_of(site) as ledger:
        watched = [Path(f.path) / name for f in ledger.folders() for name in f.names]
    if not watched:
        yield warning("doctor.no_folders")
    bad = [path for path in [*own, *watched] if not _writable(path)]
    yield from (fault("doctor.not_writable", path=path) for path in bad)
    if not bad:
        yield good("doctor.folders", count=len(watched))
    for path in sorted({p.parent for p in watched if p.exists()}):
        kind = file_system(path)
        yield good("doctor.polled" if on_network(path) else "doctor.file_system", path=path, kind=kind)


def _writable(path: Path) -> bool:
    probe = path / f".niem-{secrets.token_hex(4)}"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError:
        return False
    return True


def secrets_closed(site: Site) -> Iterator[Finding]:
    """Key folder and socket folder belong to their owner alone."""
    for path in (site.keys, site.socket.parent):
        if path.exists() and path.stat().st_mode & 0o077:
            yield fault("doctor.folder_open", path=path)
        elif path.exists() and path.stat().st_uid == os.geteuid():
            yield good("doctor.folder_closed", path=path)


def keys(site: Site) -> Iterator[Finding]:
    """Whose key is there, valid until when; whether the key process holds it."""
    with ledger_of(site) as ledger:
        known = ledger.all_keys()
        lacking = [o.name for o in ledger.organisations() if not ledger.keys_of(o.id, None)]
        for key in known:
            yield from _certificate(ledger, key, site)
    yield from (warning("work.missing_key", holder=name) for name in lacking)
    try:
        held = {status.key_id for status in KeyClient(site.socket).status()}
    except NiemError:
        yield warning("doctor.keys_down")
        return
    missing = [key.id for key in known if key.id not in held]
    yield fault("doctor.keys_missing", keys=", ".join(missing)) if missing else good("doctor.keys_held")


def _certificate(ledger: Ledger, key: KeyFact, site: Site) -> Iterator[Finding]:
    holder = (
        ledger.person(key.person_id).full_name
        if key.person_id
        else ledger.organisation(key.organisation_id).name
    )
    subject = load_der_x509_certificate(key.certificate).subject.rfc4514_string({NameOID.EMAIL_ADDRESS: "E"})
    now = datetime.now(UTC)
    params: dict[str, object] = {"holder": holder, "until": key.not_after, "subject": subject}
    left = (key.not_after - now).days
    if not key.not_before <= now <= key.not_after:
        yield fault("doctor.certificate_over", **params)
    elif left <= max(WARN_DAYS):
        yield warning("doctor.certificate_ends", days=left, **params)
    else:
        yield good("doctor.certificate", **params)
    if key.for_test and not site.is_trial:
        yield warning("doctor.key_in_file", **params)
    if key.id in site.settings.keys.unattended:
        yield warning("doctor.unattended", key=key.id, **params)


def trust(site: Site) -> Iterator[Finding]:
    """The trust store opens and holds a root; no test root on a real site."""
    with parts(site) as these:
        try:
            store = these.trust()
        except NiemError as error:
            yield of_error(error)
            return
    yield good("doctor.trust", count=len(store.roots)) if store.roots else fault("doctor.no_roots")


def timestamps(site: Site) -> Iterator[Finding]:
    """Each time-stamp service gives a real token."""
    urls = site.settings.signing.timestamp_urls
    if not urls:
        yield warning("doctor.no_timestamps")
        return
    with parts(site) as these:
        yield _token(these)


def _token(these: Parts) -> Finding:
    services = these.timestamps
    if services is None:
        return warning("doctor.no_timestamps")
    try:
        services.health()
    except NiemError as error:
        return of_error(error)
    return good("doctor.timestamps", urls=", ".join(services.urls))


def clock(site: Site) -> Iterator[Finding]:
    """The machine's clock agrees with the time-stamp service's `Date` header, where there is one."""
    for url in site.settings.signing.timestamp_urls[:1]:
        try:
            answer = httpx.head(url, timeout=site.settings.signing.timestamp_seconds)
            theirs = datetime.strptime(answer.headers["date"], "%a, %d %b %Y %H:%M:%S %Z").replace(tzinfo=UTC)
        except (httpx.HTTPError, KeyError, ValueError):
            break
        apart = abs(datetime.now(UTC) - theirs)
        state = good if apart <= CLOCK_TOLERANCE else fault
        yield state("doctor.clock" if apart <= CLOCK_TOLERANCE else "doctor.clock_off", apart=apart.seconds)
        return
    yield warning("doctor.clock_unknown")


def font(site: Site) -> Iterator[Finding]:
    """A font with every Vietnamese letter for number and date."""
    try:
        family = fonts.family(tuple(str(site.path(name)) for name in site.settings.fonts.order))
    except NiemError as error:
        yield of_error(error)
        return
    yield good("doctor.font", path=Path(family.face(bold=False, italic=False).path).name)


def programs(site: Site) -> Iterator[Finding]:
    """Programs that are used when they are there."""
    del site
    yield good("doctor.libreoffice") if program() else warning("doctor.no_libreoffice")
    yield good("doctor.pdfsig") if shutil.which("pdfsig") else warning("doctor.no_pdfsig")


CHECKS: Final[tuple[Callable[[Site], Iterator[Finding]], ...]] = (
    database, folders, secrets_closed, keys, trust, timestamps, clock, font, programs,
)  # fmt: skip
"""In the order in which one fault explains the next; after a missing database nothing else is asked."""


def examine(site: Site, console: Console, lang: str = "vi") -> int:
    """Run every check and print what was found; 0 without a fault, 1 with one."""
    faults = 0
    for check in CHECKS:
        for finding in check(site):
            faults += finding.state == "fault"
            console.print(f"{MARKS[finding.state]} {messages.text(finding.code, lang, **finding.params)}")
            remedy = messages.fix(finding.code, lang, **finding.params)
            if remedy and finding.state != "good":
                console.print(f"    → {remedy}")
        if faults and check is database:
            break
    console.print(messages.text("doctor.faults" if faults else "doctor.healthy", lang, count=faults))
    return 1 if faults else 0
