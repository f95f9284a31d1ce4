"""`niem doctor`: check the site before anything runs, and say what to do about each fault.

Every check is one function that yields findings; a finding names a text of the catalogue. Nothing is
changed, apart from one file written and removed in each folder to see that it can be.
"""

import secrets
import shutil
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
from rich.console import Console

from document import messages
from document.errors import NiemError
from document.hosts import is_loopback
from document.ledger import connect, migrate
from document.settings import Site, WebSection
from niem.doctor_keys import keys, people, secrets_closed
from niem.doctor_public import listing, settings_open
from niem.findings import Finding, fault, good, of_error, tell, warning
from niem.held import ledger_of
from niem.parts import Parts, parts
from niem.run import taken
from signing import fonts
from watch_folders.convert import program
from watch_folders.folders import file_system, on_network

Check = Callable[[Site], Iterator[Finding]]

CLOCK_TOLERANCE: Final = timedelta(minutes=2)


def database(site: Site) -> Iterator[Finding]:
    """The database answers and has every migration."""
    try:
        engine = connect(site.database_url, existing=True)
    except NiemError as error:
        yield of_error(error)
        return
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
    if watched and not bad:
        yield good("doctor.folders", count=len(watched))
    for path in sorted({p.parent for p in watched if p.exists()}):
        kind = file_system(path) or "?"
        yield good("doctor.polled" if on_network(path) else "doctor.file_system", path=path, kind=kind)


def _writable(path: Path) -> bool:
    probe = path / f".niem-{secrets.token_hex(4)}"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError:
        return False
    return True


def web(site: Site) -> Iterator[Finding]:
    """Certificate and key of the pages open; nobody types a PIN on an open line."""
    for name, section in site.served.items():
        if section.tls_certificate:
            yield _tls(site, name, section)
        elif name == "desk" and not is_loopback(section.host):
            yield warning("doctor.desk_open", host=section.host)


def ports(site: Site) -> Iterator[Finding]:
    """Nobody listens yet where the pages are to be."""
    for section in site.served.values():
        if taken(section.port, section.host):
            yield fault("doctor.port_taken", port=section.port)


def _tls(site: Site, name: str, section: WebSection) -> Finding:
    certificate, key = site.path(section.tls_certificate), site.path(section.tls_key)
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    except OSError as error:  # also ssl.SSLError
        return fault("doctor.tls", section=name, certificate=certificate, key=key, kind=error.strerror)
    return good("doctor.tls_good", section=name, certificate=certificate)


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


CHECKS: Final[tuple[Check, ...]] = (
    database, folders, secrets_closed, settings_open, keys, people, web, listing, trust, timestamps, clock,
    font, programs,
)  # fmt: skip
"""In the order in which one fault explains the next; after a missing database nothing else is asked."""
BEFORE_START: Final[tuple[Check, ...]] = (database, web, ports, trust)
"""With a fault of these nothing could be issued: `niem run` does not begin."""


def examine(site: Site, console: Console, lang: str = "vi") -> int:
    """Run every check and print what was found; 0 without a fault, 1 with one."""
    faults = 0
    for check in CHECKS:
        faults += tell(check(site), console, lang)
        if faults and check is database:
            break
    console.print(messages.text("doctor.faults" if faults else "doctor.healthy", lang, count=faults))
    return 1 if faults else 0


def may_start(site: Site, console: Console) -> bool:
    """Whether `niem run` has what it needs; what is missing is printed."""
    faults = [finding for check in BEFORE_START for finding in check(site) if finding.state == "fault"]
    return not tell(faults, console, "vi")
