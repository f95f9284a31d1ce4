"""Importing keys: encrypted anew, for their owner alone, the certificate on record."""

import hashlib
import stat
from pathlib import Path

import pytest
from rich.console import Console

from certs.test.pki import Pki
from document.errors import BadInput, Conflict, NiemError, NotFound, WrongPin
from document.settings import Site
from niem import keyring
from niem.held import ledger_of
from signing.keys.pkcs12 import open_key

PIN = "mot-ma-pin-dai"


@pytest.fixture
def pki(site: Site) -> Pki:
    return Pki(site.root / "pki")


def bring_in(site: Site, pki: Pki, label: str = "head-kiem", **more: str) -> str:
    given = {"login": "kiem", "organisation": "", "old": pki.passphrase, "pin": PIN, **more}
    return keyring.import_key(site, pki.p12(label), **given).id


def test_the_file_is_encrypted_anew_and_closed_to_others(site: Site, pki: Pki) -> None:
    file = site.keys / f"{bring_in(site, pki)}.p12"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert open_key(file.read_bytes(), PIN).key_size == 2048
    with pytest.raises(WrongPin):
        open_key(file.read_bytes(), pki.passphrase)


def test_owner_and_fingerprint_are_on_record(site: Site, pki: Pki) -> None:
    key_id = bring_in(site, pki)
    with ledger_of(site) as ledger:
        person = ledger.person_by_login("kiem")
        assert person is not None
        (key,) = ledger.keys_of(person.organisation_id, person.id)
    assert key.id == key_id
    assert key.fingerprint == hashlib.sha256(pki.certificate("head-kiem")).hexdigest()
    assert key.for_test


def test_the_list_names_each_holder(site: Site, pki: Pki, console: Console) -> None:
    keyring.show(site, console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]  # the fixture's text
    for holder in ("Trần Văn Mẫu", "Phạm Văn Thử", "Lê Thị Minh Họa", "ỦY BAN NHÂN DÂN TỈNH MINH GIANG"):
        assert holder in shown


@pytest.mark.parametrize(
    ("given", "kind", "code"),
    [
        ({"organisation": "tan-mau"}, BadInput, "key.whose"),
        ({"login": ""}, BadInput, "key.whose"),
        ({"login": "nobody"}, NotFound, "people.unknown"),
        ({"login": "", "organisation": "nobody"}, NotFound, "ledger.organisation_unknown"),
        ({"old": "not this one"}, BadInput, None),
        ({"pin": "1234567"}, BadInput, None),
    ],
)
def test_what_cannot_be_brought_in(
    site: Site, pki: Pki, given: dict[str, str], kind: type[NiemError], code: str | None
) -> None:
    before = sorted(site.keys.iterdir())
    with pytest.raises(kind) as caught:
        bring_in(site, pki, **given)
    assert code in (None, caught.value.code)
    assert sorted(site.keys.iterdir()) == before


def test_a_file_that_is_not_there(site: Site) -> None:
    with pytest.raises(BadInput) as caught:
        keyring.import_key(site, Path("nowhere.p12"), login="kiem", organisation="", old="", pin=PIN)
    assert caught.value.code == "key.no_file"


def test_a_certificate_is_registered_once(site: Site, pki: Pki) -> None:
    bring_in(site, pki)
    before = sorted(site.keys.iterdir())
    with pytest.raises(Conflict):
        bring_in(site, pki, login="thuc")
    assert sorted(site.keys.iterdir()) == before
