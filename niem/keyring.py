"""Importing and listing keys. With `niem keys`, the only commands that touch key files."""

import hashlib
from pathlib import Path

from cryptography.x509 import load_der_x509_certificate
from cryptography.x509.oid import NameOID
from rich.console import Console

from document import messages
from document.errors import BadInput, Conflict, NotFound
from document.facts import KeyFact
from document.ledger import Ledger
from document.settings import Site
from niem.held import ledger_of
from signing.keys.client import KeyClient
from signing.keys.pkcs12 import protect
from signing.keys.private_files import private_folder, write_private


def import_key(site: Site, file: Path, *, login: str, organisation: str, old: str, pin: str) -> KeyFact:
    """Encrypt the key anew under `pin` and put its certificate on record (point 13).

    `login` names a person, `organisation` (a code) the organisation: exactly one of them. On a real site
    the row is marked as for demo and test all the same: there the owner keeps the key (R-SIG-05).
    """
    if bool(login) == bool(organisation):
        raise BadInput("key.whose")
    if not file.is_file():
        raise BadInput("key.no_file", path=file)
    with ledger_of(site) as ledger:
        if login:
            person = ledger.person_by_login(login)
            if person is None:
                raise NotFound("people.unknown", login=login)
            organisation_id, person_id = person.organisation_id, person.id
        else:
            found = [o for o in ledger.organisations() if o.code == organisation]
            if not found:
                raise NotFound("ledger.organisation_unknown", id=organisation)
            organisation_id, person_id = found[0].id, None
        key_id = ledger.new_id()
        certificate, chain = _keep(site, key_id, file.read_bytes(), old, pin)
        parsed = load_der_x509_certificate(certificate)
        key = KeyFact(
            id=key_id,
            organisation_id=organisation_id,
            person_id=person_id,
            fingerprint=hashlib.sha256(certificate).hexdigest(),
            certificate=certificate,
            chain=chain,
            not_before=parsed.not_valid_before_utc,
            not_after=parsed.not_valid_after_utc,
            for_test=True,
        )
        try:
            ledger.add_key(key, "pkcs12")
        except Conflict:
            if not site.settings.keys.group:
                _file(site, key.id).unlink()  # a key that nobody knows of has no place among the others
            raise
    return key


def _keep(site: Site, key_id: str, file: bytes, old: str, pin: str) -> tuple[bytes, tuple[bytes, ...]]:
    """The key into the key process's folder; by that process where the folder is another account's."""
    if site.settings.keys.group:
        return KeyClient(site.socket).import_key(key_id, file, old, pin)
    closed, certificate, chain = protect(file, old, pin)
    write_private(_file(site, key_id), closed)
    return certificate, chain


def _file(site: Site, key_id: str) -> Path:
    return private_folder(site.keys) / f"{key_id}.p12"


def named(ledger: Ledger, key: KeyFact) -> dict[str, object]:
    """Whose key it is, the certificate's subject and its end: what is said of a key."""
    holder = (
        ledger.person(key.person_id).full_name
        if key.person_id
        else ledger.organisation(key.organisation_id).name
    )
    subject = load_der_x509_certificate(key.certificate).subject.rfc4514_string({NameOID.EMAIL_ADDRESS: "E"})
    return {"holder": holder, "subject": subject, "until": key.not_after}


def show(site: Site, console: Console) -> None:
    """The keys on record, three lines each."""
    with ledger_of(site) as ledger:
        for key in ledger.all_keys():
            told = messages.text(
                "cli.key_line", key=key.id, fingerprint=key.fingerprint, **named(ledger, key)
            )
            console.print(told)
