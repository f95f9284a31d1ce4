"""Importing and listing keys. With `niem keys`, the only commands that touch key files."""

import hashlib
from pathlib import Path

from cryptography.x509 import load_der_x509_certificate
from cryptography.x509.oid import NameOID
from rich.console import Console
from rich.table import Column, Table

from document.clock import shown
from document.errors import BadInput, Conflict, NotFound
from document.facts import KeyFact
from document.settings import Site
from niem.held import ledger_of
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
        closed, certificate, chain = protect(file.read_bytes(), old, pin)
        parsed = load_der_x509_certificate(certificate)
        key = KeyFact(
            id=ledger.new_id(),
            organisation_id=organisation_id,
            person_id=person_id,
            fingerprint=hashlib.sha256(certificate).hexdigest(),
            certificate=certificate,
            chain=chain,
            not_before=parsed.not_valid_before_utc,
            not_after=parsed.not_valid_after_utc,
            for_test=True,
        )
        file = private_folder(site.keys) / f"{key.id}.p12"
        write_private(file, closed)
        try:
            ledger.add_key(key, "pkcs12")
        except Conflict:
            file.unlink()  # a key that nobody knows of has no place among the others
            raise
    return key


def show(site: Site, console: Console) -> None:
    """A table of the keys on record."""
    with ledger_of(site) as ledger:
        table = Table(Column("Mã", no_wrap=True), "Chủ khóa", "Chủ thể chứng thư", "Hiệu lực đến", "SHA-256")
        for key in ledger.all_keys():
            holder = (
                ledger.person(key.person_id).full_name
                if key.person_id
                else ledger.organisation(key.organisation_id).name
            )
            subject = load_der_x509_certificate(key.certificate).subject.rfc4514_string(
                {NameOID.EMAIL_ADDRESS: "E"}
            )
            table.add_row(key.id, holder, subject, shown(key.not_after), key.fingerprint[:16])
    console.print(table)
