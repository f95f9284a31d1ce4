"""What the doctor asks about the public pages: are they current, and does their account see no secret."""

from collections.abc import Iterator

from sqlalchemy import make_url

from document.errors import NiemError
from document.settings import FILE, Site
from niem.findings import Finding, fault, good, of_error, warning
from niem.held import ledger_of
from publisher.listing import Listing


def listing(site: Site) -> Iterator[Finding]:
    """What is public is what was issued."""
    try:
        shown = Listing(site.public, site.settings.public.database or None).about()
    except NiemError as error:
        yield of_error(error)
        return
    with ledger_of(site) as ledger:
        current = shown.get("state") == ledger.listing_state() or not ledger.published()
    yield good("public.current") if current else warning("public.behind")


def settings_open(site: Site) -> Iterator[Finding]:
    """`niem.toml` may be read by others (the public process) only while no password stands in it."""
    urls = (site.settings.database.url, site.settings.public.database)
    if (site.root / FILE).stat().st_mode & 0o004 and any(make_url(url).password for url in urls if url):
        yield fault("public.password", path=site.root / FILE)
