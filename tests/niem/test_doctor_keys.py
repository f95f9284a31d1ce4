"""What the doctor says of keys and of those who hold them, on a site where it is so."""

import sqlite3
from contextlib import closing

from certs.test.pki import Pki
from document.settings import Site
from niem import doctor_keys, keyring
from niem.demo_site import PIN
from signing.keys.private_files import write_private
from tests.support.found import faults, found
from tests.support.quick import set_to


def test_a_key_folder_open_to_others(site: Site) -> None:
    assert faults(doctor_keys.secrets_closed, site) == set()
    site.keys.chmod(0o755)
    assert faults(doctor_keys.secrets_closed, site) == {"doctor.folder_open"}


def test_where_no_key_process_runs_one_is_started_for_the_question(site: Site) -> None:
    assert "doctor.keys_held" in found(doctor_keys.keys, site, "good")
    assert not site.socket.exists()


def test_a_key_process_that_cannot_start(site: Site) -> None:
    site.keys.chmod(0o755)
    assert faults(doctor_keys.keys, site) == {"key.process_down"}


def test_a_key_file_that_was_cut_off(site: Site) -> None:
    cut = next(site.keys.glob("*.p12"))
    cut.write_bytes(cut.read_bytes()[:-100])
    (finding,) = [f for f in doctor_keys.keys(site) if f.state == "fault"]
    assert (finding.code, finding.params["keys"]) == ("doctor.keys_missing", cut.stem)


def test_a_key_that_the_process_does_not_hold(site: Site) -> None:
    lost = next(site.keys.glob("*.p12"))
    lost.rename(site.root / "elsewhere.p12")
    (finding,) = [f for f in doctor_keys.keys(site) if f.state == "fault"]
    assert (finding.code, finding.params["keys"]) == ("doctor.keys_missing", lost.stem)


def test_an_organisation_without_a_key(site: Site) -> None:
    with closing(sqlite3.connect(site.root / "ledger.sqlite")) as database, database:
        database.execute("DELETE FROM keys WHERE person_id IS NULL")
    assert found(doctor_keys.people, site, "warning") == {"work.missing_key"}


def test_people_without_key_image_or_password(site: Site) -> None:
    assert list(doctor_keys.people(site)) == []
    with closing(sqlite3.connect(site.root / "ledger.sqlite")) as database, database:
        database.execute("DELETE FROM keys WHERE person_id IS NOT NULL")
        database.execute("UPDATE people SET signature_image = NULL, password_hash = ''")
        database.execute("UPDATE organisations SET seal_image = NULL")
    named = {(f.code, str(f.params.get("holder", ""))) for f in doctor_keys.people(site)}
    assert {("work.missing_key", "Trần Văn Mẫu"), ("doctor.no_signature_image", "Trần Văn Mẫu")} <= named
    assert {("doctor.no_password", "Đặng Văn Dấu"), ("work.no_seal_image", "")} <= named
    assert found(doctor_keys.people, site, "fault") == set()


def test_a_certificate_that_is_over(site: Site) -> None:
    pki = Pki(site.root / "pki")
    keyring.import_key(
        site, pki.p12("expired-mau"), login="kiem", organisation="", old=pki.passphrase, pin=PIN
    )
    (finding,) = [f for f in doctor_keys.keys(site) if f.state == "fault"]
    assert (finding.code, finding.params["holder"]) == ("doctor.certificate_over", "Nguyễn Thị Kiểm")


def test_a_key_that_a_standing_rule_may_open(site: Site) -> None:
    key = next(site.keys.glob("*.p12")).stem
    site = set_to(site.root, unattended=f'["{key}"]')
    assert "doctor.unattended" in found(doctor_keys.keys, site, "warning")
    assert faults(doctor_keys.keys, site) == {"key.pin_file_missing"}
    write_private(site.keys / f"{key}.pin", PIN.encode())
    assert faults(doctor_keys.keys, site) == set()
