"""What an administrator does at the terminal: the office file, images, passwords, standing rules."""

import zlib
from datetime import date
from pathlib import Path

from document.errors import BadInput, NotFound, WrongPin
from document.facts import SealRuleFact
from document.kinds import KINDS
from document.office_file import OfficeSpec, load_office
from document.settings import Site
from document.vault import Vault
from niem.held import ledger_of
from office.people import set_password
from signing.appearance import pixels
from signing.keys.pkcs12 import open_key
from signing.keys.private_files import private_folder, read_private, write_private


def apply(site: Site, file: Path) -> OfficeSpec:
    """Make the record say what the office file says, and make the units' folders."""
    office = load_office(file)
    placed = office.model_copy(
        update={
            "organisations": [
                organisation.model_copy(
                    update={
                        "units": [
                            unit.model_copy(update={"folder": str(site.path(unit.folder))})
                            for unit in organisation.units
                        ]
                    }
                )
                for organisation in office.organisations
            ]
        }
    )
    with ledger_of(site) as ledger:
        ledger.apply_office(placed)
    for organisation in placed.organisations:
        for unit in organisation.units:
            for name in unit.folder_names:
                (Path(unit.folder) / name).mkdir(parents=True, exist_ok=True)
    return placed


def images(site: Site, organisation: str, seal: Path | None, people: list[str]) -> None:
    """Keep the images in the vault and put their digests on record; each is looked at first.

    Raises `BadInput` where a PNG has no transparent background (R-SIG-06, R-SIG-07).
    """
    vault = Vault(site.vault)

    def keep(file: Path) -> str:
        if not file.is_file():
            raise BadInput("office.missing", path=file)
        data = file.read_bytes()
        if min(zlib.decompress(pixels(data).alpha)) > 0:
            raise BadInput("office.image_opaque", path=file)
        return vault.put(data)

    named: dict[str, str] = {}
    for pair in people:
        login, _, file = pair.partition("=")
        named[login] = keep(Path(file))
    with ledger_of(site) as ledger:
        for login in named:
            if ledger.person_by_login(login) is None:
                raise NotFound("people.unknown", login=login)
        ledger.set_images(organisation, keep(seal) if seal else None, named)


def password(site: Site, login: str, secret: str) -> None:
    """Set somebody's password."""
    with ledger_of(site) as ledger:
        person = ledger.person_by_login(login)
        if person is None:
            raise NotFound("people.unknown", login=login)
        set_password(ledger, person.id, secret)


def seal_rule(
    site: Site,
    organisation: str,
    clerk: str,
    *,
    authorisation: str,
    period: tuple[date, date],
    kinds: list[str],
    pin_file: Path,
) -> None:
    """Record a standing rule and keep the PIN for it, in the key folder, for its owner alone.

    The key's id must also stand under `[keys] unattended` in niem.toml: two people's acts.
    """
    known = {kind.code for kind in KINDS}
    if not authorisation.strip() or not kinds or not set(kinds) <= known or period[0] > period[1]:
        raise BadInput("office.rule_incomplete", kinds=", ".join(sorted(known)))
    with ledger_of(site) as ledger:
        found = [o for o in ledger.organisations() if o.code == organisation]
        person = ledger.person_by_login(clerk)
        own = bool(found) and person is not None and person.organisation_id == found[0].id
        if not own or person is None or not person.has("clerk"):
            raise NotFound("people.unknown", login=clerk)
        keys = ledger.keys_of(found[0].id, None)
        if not keys:
            raise NotFound("work.missing_key", holder=found[0].name)
        secret = pin_file.read_text(encoding="utf-8").strip("\r\n")
        folder = private_folder(site.keys)
        try:  # a wrong one would lock the key for the clerk as well
            open_key(read_private(folder / f"{keys[0].id}.p12"), secret)
        except WrongPin:
            raise BadInput("office.rule_pin", path=pin_file) from None
        write_private(folder / f"{keys[0].id}.pin", secret.encode())
        ledger.add_seal_rule(
            SealRuleFact(
                id=ledger.new_id(),
                organisation_id=found[0].id,
                authorisation=authorisation,
                valid_from=period[0],
                valid_to=period[1],
                kinds=tuple(kinds),
                key_id=keys[0].id,
                clerk_id=person.id,
            )
        )
