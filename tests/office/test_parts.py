"""The parts of a desk."""

from dataclasses import replace
from datetime import timedelta

from office.parts import usable_key
from tests.support.desk import Office


def test_the_key_that_is_valid_now(place: Office) -> None:
    mau = place.person("mau")
    key = usable_key(place.ledger, mau.organisation_id, mau.id, place.clock.now())
    assert key is not None
    assert key.id == "leader"
    day = timedelta(days=1)
    for moment in (key.not_before - day, key.not_after + day):
        assert usable_key(place.ledger, mau.organisation_id, mau.id, moment) is None
    assert usable_key(place.ledger, mau.organisation_id, place.person("thu").id, place.clock.now()) is None


def test_a_newer_certificate_takes_over(place: Office) -> None:
    mau = place.person("mau")
    (old,) = place.ledger.keys_of(mau.organisation_id, mau.id)
    new = replace(old, id="leader-2", fingerprint="f" * 64, not_after=old.not_after + timedelta(days=9))
    place.ledger.add_key(new, "pkcs12")
    key = usable_key(place.ledger, mau.organisation_id, mau.id, place.clock.now())
    assert key is not None
    assert key.id == "leader-2"
