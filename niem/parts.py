"""One site's parts, put together once per process from its settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from document.children import Children
from document.clock import Clock, SystemClock
from document.faults import Faults
from document.ledger import Ledger, connect
from document.settings import Site
from document.vault import Vault
from office.parts import DeskSite
from signing.asking import Asking
from signing.keys.client import KeyClient
from signing.revocation import Revocation
from signing.timestamps import Timestamps
from signing.trust import Directory, Trust


@dataclass(frozen=True)
class Parts:
    """What a process of this site works with. No key is among them, only the way to ask for a signature."""

    site: Site
    clock: Clock
    faults: Faults
    ledger: Ledger
    vault: Vault
    children: Children
    keys: KeyClient

    @property
    def timestamps(self) -> Timestamps | None:
        """The time-stamp services in their order, or None: signatures stay at B-B."""
        signing = self.site.settings.signing
        if not signing.timestamp_urls or signing.level == "B-B":
            return None
        return Timestamps(signing.timestamp_urls, signing.timestamp_seconds)

    @property
    def seal_timestamps(self) -> Timestamps | None:
        """The same for the organisation's layer: a machine can wait until a service answers (point 15)."""
        signing = self.site.settings.signing
        given = self.timestamps
        required = signing.timestamp_required
        return given and Timestamps(given.urls, signing.timestamp_seconds, required=required)

    @property
    def revocation(self) -> Revocation | None:
        """Where revocation data for B-LT comes from; what was gathered for an act is kept for its retry."""
        signing, trust = self.site.settings.signing, self.site.settings.trust
        if signing.level != "B-LT":
            return None
        return Revocation(
            roots=tuple(certificate.dump() for certificate in self.trust().roots),
            hosts=frozenset(trust.revocation_hosts),
            seconds=signing.timestamp_seconds,
            memory=self.site.path("revocation"),
        )

    @property
    def fonts(self) -> tuple[str, ...]:
        """Font files of the office's own, first."""
        return tuple(str(self.site.path(name)) for name in self.site.settings.fonts.order)

    def trust(self) -> Trust:
        """The trust store: read anew, so that a changed store counts at once."""
        settings = self.site.settings.trust
        return Trust.load(
            [self.site.path(name) for name in settings.roots],
            intermediates=[self.site.path(name) for name in settings.intermediates],
            online=Asking(frozenset(settings.revocation_hosts)) if settings.revocation_hosts else None,
            test_site=self.site.is_trial,
        )

    def directory(self) -> Directory:
        """Whose certificate is whose, by fingerprint."""
        people, organisations = self.ledger.directory()
        return Directory(people=people, organisations=organisations)

    def desk(self) -> DeskSite:
        """What the desk is made of."""
        settings = self.site.settings
        return DeskSite(
            ledger=self.ledger,
            vault=self.vault,
            children=self.children,
            keys=self.keys,
            clock=self.clock,
            faults=self.faults,
            timestamps=self.timestamps,
            font_order=self.fonts,
            session_hours=settings.desk.session_hours,
            seal_seconds=int(settings.keys.hold_minutes * 60),
            test_site=self.site.is_trial,
        )


@contextmanager
def parts(site: Site, clock: Clock | None = None) -> Iterator[Parts]:
    """The parts of `site`; the child processes and the database are closed at the end."""
    clock = clock or SystemClock()
    reading = site.settings.reading
    engine = connect(site.database_url, existing=True)
    children = Children(reading.children, seconds=reading.seconds, memory_mb=reading.memory_mb)
    try:
        yield Parts(
            site=site,
            clock=clock,
            faults=site.faults,
            ledger=Ledger(engine, clock, site.faults),
            vault=Vault(site.vault, site.faults),
            children=children,
            keys=KeyClient(site.socket),
        )
    finally:
        children.close()
        engine.dispose()


def ensure_folder(path: Path) -> Path:
    """`path`, made where it is missing."""
    path.mkdir(parents=True, exist_ok=True)
    return path
