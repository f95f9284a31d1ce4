"""People, sessions and keys, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from document.errors import Conflict
from tests.support.ledger import Office
from tests.support.on_paper import key


def test_people_with_their_roles(office: Office) -> None:
    unit = office.folder("kstt").unit_id
    assert office.person("kiem").roles == frozenset({("unit_head", unit)})
    assert office.person("so").roles == frozenset({("clerk", None)})
    assert office.person("mau").has("leader")
    assert not office.person("mau").has("clerk")
    assert office.ledger.person_by_login("nobody") is None
    assert [p.login for p in office.ledger.people(office.organisation)] == [
        "hop", "kiem", "mau", "so", "thu", "thuc",
    ]  # fmt: skip


def test_wrong_passwords_are_counted_and_forgotten(office: Office) -> None:
    person, until = office.id_of("so"), office.clock.now() + timedelta(minutes=15)
    office.ledger.sign_in_failed(person, None)
    office.ledger.sign_in_failed(person, until)
    locked = office.ledger.person(person)
    assert (locked.failed_sign_ins, locked.locked_until) == (2, until)
    office.ledger.sign_in_ok(person)
    free = office.ledger.person(person)
    assert (free.failed_sign_ins, free.locked_until) == (0, None)


def test_a_session_ends_by_time_by_signing_out_and_with_a_new_password(office: Office) -> None:
    ledger, person, now = office.ledger, office.id_of("so"), office.clock.now()
    for token in ("a", "b", "c"):
        ledger.open_session(token, person, "csrf", now + timedelta(hours=8))
    found = ledger.session("a", now)
    assert found is not None
    assert (found.person.login, found.csrf) == ("so", "csrf")
    assert ledger.session("a", now + timedelta(hours=8)) is None
    assert ledger.session("unknown", now) is None
    ledger.close_session("a")
    assert ledger.session("a", now) is None
    assert ledger.session("b", now) is not None
    ledger.set_password(person, "argon2")
    assert ledger.person(person).password_hash == "argon2"
    assert [ledger.session(token, now) for token in "bc"] == [None, None]


def test_old_sessions_are_swept(office: Office) -> None:
    office.ledger.open_session("old", office.id_of("so"), "csrf", office.clock.now() + timedelta(hours=1))
    office.clock.move(timedelta(hours=2))
    office.ledger.open_session("new", office.id_of("so"), "csrf", office.clock.now() + timedelta(hours=1))
    long_ago = datetime(2030, 1, 1, tzinfo=UTC)
    assert office.ledger.session("old", long_ago) is None
    assert office.ledger.session("new", long_ago) is not None


def test_keys_of_people_and_of_the_organisation(office: Office) -> None:
    organisation, mau = office.organisation, office.id_of("mau")
    assert [k.id for k in office.ledger.keys_of(organisation, mau)] == ["key-mau"]
    assert [k.id for k in office.ledger.keys_of(organisation, None)] == ["key-minh-giang"]
    assert office.ledger.keys_of(organisation, office.id_of("thu")) == []
    assert office.ledger.key("key-mau") == key("key-mau", organisation, mau)
    assert {k.id for k in office.ledger.all_keys()} == {"key-mau", "key-minh-giang"}


def test_a_new_key_takes_the_place_of_the_old_which_stays_known(office: Office) -> None:
    organisation, mau = office.organisation, office.id_of("mau")
    office.ledger.add_key(key("key-mau-2", organisation, mau), "pkcs12")
    assert [k.id for k in office.ledger.keys_of(organisation, mau)] == ["key-mau-2"]
    assert [k.id for k in office.ledger.keys_of(organisation, None)] == ["key-minh-giang"]
    assert office.ledger.key("key-mau").id == "key-mau"
    people, bodies = office.ledger.directory()
    assert people == {
        key("key-mau", organisation, mau).fingerprint: "Trần Văn Mẫu",
        key("key-mau-2", organisation, mau).fingerprint: "Trần Văn Mẫu",
    }
    assert bodies == {
        key("key-minh-giang", organisation, None).fingerprint: "ỦY BAN NHÂN DÂN TỈNH MINH GIANG"
    }


def test_a_certificate_is_registered_once(office: Office) -> None:
    twice = key("key-mau", office.organisation, office.id_of("mau"))
    with pytest.raises(Conflict) as caught:
        office.ledger.add_key(twice, "pkcs12")
    assert twice.fingerprint in caught.value.text("vi")
    assert [k.id for k in office.ledger.keys_of(office.organisation, office.id_of("mau"))] == ["key-mau"]
