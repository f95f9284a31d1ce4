"""The doctor's questions about keys and those who hold them."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from document.errors import NiemError, Unavailable
from document.facts import KeyFact, OrganisationFact
from document.ledger import Ledger
from document.settings import Site
from niem.findings import Finding, fault, good, of_error, warning
from niem.held import ledger_of
from niem.keyring import named
from niem.run import command
from signing.keys.client import KeyClient

WARN_DAYS: Final = (60, 30, 7, 1)
"""Before a certificate ends (R-CRY-09)."""
START_SECONDS: Final = 20.0


def keys(site: Site) -> Iterator[Finding]:
    """Whose key is there, valid until when; whether the key process opens its folder and holds each one."""
    with ledger_of(site) as ledger:
        known = ledger.all_keys()
        for key in known:
            yield from _certificate(ledger, key, site)
    with _key_process(site) as client:
        yield from _held(client, known, site)


def _held(client: KeyClient, known: list[KeyFact], site: Site) -> Iterator[Finding]:
    try:
        held = {status.key_id: status for status in client.status()}
    except NiemError as error:
        yield of_error(error) if _ours(site) else warning("doctor.keys_down")
        return
    missing = [key.id for key in known if key.id not in held or not held[key.id].whole]
    if known:
        yield fault("doctor.keys_missing", keys=", ".join(missing)) if missing else good("doctor.keys_held")
    for key_id in site.settings.keys.unattended:
        try:
            client.announce_unattended(key_id, ["niem-doctor"], seconds=1)
        except NiemError as error:
            yield of_error(error)


@contextmanager
def _key_process(site: Site) -> Iterator[KeyClient]:
    """The site's key process; where none runs and the keys are ours, one is started for the question."""
    client = KeyClient(site.socket)
    if _answers(client) or not _ours(site):
        yield client
        return
    with subprocess.Popen(
        command("keys", site.root),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        until = time.monotonic() + START_SECONDS
        while not _answers(client) and process.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
        yield client
        process.terminate()


def _ours(site: Site) -> bool:
    return not site.keys.exists() or site.keys.stat().st_uid == os.geteuid()


def _answers(client: KeyClient) -> bool:
    try:
        client.status()
    except Unavailable:
        return False
    except NiemError:
        return True  # it says why not: the finding
    return True


def _certificate(ledger: Ledger, key: KeyFact, site: Site) -> Iterator[Finding]:
    now = datetime.now(UTC)
    params = named(ledger, key)
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


def people(site: Site) -> Iterator[Finding]:
    """Who signs or seals lacks neither key nor image; who works at the desk has a password."""
    with ledger_of(site) as ledger:
        for body in ledger.organisations():
            yield from _signing(ledger, body)
            for person in ledger.people(body.id):
                if person.active and not person.password_hash:
                    yield warning("doctor.no_password", holder=person.full_name, login=person.login)


def _signing(ledger: Ledger, body: OrganisationFact) -> Iterator[Finding]:
    if not body.seal_image:
        yield warning("work.no_seal_image", organisation=body.name)
    signers = {one.person_id: one for one in ledger.signatories(body.id)}.values()
    for signer in signers:
        if not signer.signature_image:
            yield warning("doctor.no_signature_image", holder=signer.full_name)
    for person_id, name in [(None, body.name), *((one.person_id, one.full_name) for one in signers)]:
        if not ledger.keys_of(body.id, person_id):
            yield warning("work.missing_key", holder=name)


def secrets_closed(site: Site) -> Iterator[Finding]:
    """Key folder and socket folder belong to their owner alone."""
    to_group = 0o027 if site.settings.keys.group else 0o077
    for path, closed in ((site.keys, 0o077), (site.socket.parent, to_group)):
        if path.exists() and path.stat().st_mode & closed:
            yield fault("doctor.folder_open", path=path)
        elif path.exists() and path.stat().st_uid == os.geteuid():
            yield good("doctor.folder_closed", path=path)
