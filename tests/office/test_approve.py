"""The leader's act: approve what was shown, and sign it at once."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from document.errors import Conflict, Denied, NotFound, Refused, Unavailable, WrongPin
from document.stages import Stage
from office.approve import approve, year_end
from office.parts import DeskSite
from signing.keys.client import KeyClient
from signing.layers import check_signers
from signing.plan import plan_from
from tests.support.desk import Holders, Office
from tests.support.keyfiles import PASSPHRASE, PIN, keys_process


def signs(place: Office, document_id: str, *, login: str = "mau", pin: str = PIN, shown: str = "") -> str:
    """The act by `login`."""
    site = place.site
    return approve(
        site.ledger,
        site.vault,
        site.keys,
        site.clock,
        place.person(login),
        document_id=document_id,
        shown=shown or place.ledger.shown(document_id),
        pin=SecretStr(pin),
    )


def test_the_leader_signs_exactly_what_was_shown(place: Office) -> None:
    document_id = place.checked()
    digest = signs(place, document_id)
    document = place.ledger.document(document_id)
    prepared = document.version("prepared")
    assert document.stage is Stage.SIGNED
    assert document.version("signed") == digest
    assert prepared is not None
    signed = place.site.vault.get(digest)
    assert signed.startswith(place.site.vault.get(prepared))
    (layer,) = check_signers(signed, plan_from(document.plan))
    assert layer.field_name == "Niem_Ky_1"
    assert [(d.step, d.person_name) for d in document.decisions][-1] == ("approve", "Trần Văn Mẫu")
    assert place.ledger.open_intents(document_id) == []


def test_a_wrong_pin_moves_nothing_and_is_recorded(place: Office) -> None:
    document_id = place.checked()
    with pytest.raises(WrongPin) as wrong:
        signs(place, document_id, pin="không phải PIN")
    assert wrong.value.params["tries"] == 49
    document = place.ledger.document(document_id)
    assert document.stage is Stage.CHECKED
    assert [d.step for d in document.decisions] == ["content", "form"]
    assert place.ledger.open_intents(document_id) == []
    signs(place, document_id)
    assert place.ledger.document(document_id).stage is Stage.SIGNED


def test_the_try_that_locks_and_those_while_locked_are_recorded_too(
    place: Office, shared: Holders, tmp_path: Path
) -> None:
    document_id = place.checked()
    with keys_process(tmp_path / "keys", tries=2) as process:
        process.client.import_key("leader", shared.leader.file(), PASSPHRASE, PIN)
        strict = replace(place, site=replace(place.site, keys=process.client))
        codes = []
        for pin in ("không phải PIN", "không phải PIN", PIN):
            with pytest.raises(Refused) as refused:
                signs(strict, document_id, pin=pin)
            codes.append(refused.value.code)
    assert codes == ["key.wrong_pin", "key.locked", "key.locked"]
    organisation = place.person("mau").organisation_id
    assert [e.act for e in place.ledger.chain(organisation)].count("pin.failed") == 3
    assert place.ledger.document(document_id).stage is Stage.CHECKED
    assert place.ledger.open_intents(document_id) == []


def test_after_a_power_cut_between_the_pin_is_asked_again(place: Office) -> None:
    """Approved, but the key was not used: what a kill right after the approval leaves behind."""
    document_id = place.checked()
    shown = place.ledger.shown(document_id)
    intent = place.ledger.plan_intent(document_id, place.person("mau").id, "leader", shown)
    place.ledger.approve(intent.id, shown)
    assert place.ledger.document(document_id).stage is Stage.APPROVED
    signs(place, document_id)
    document = place.ledger.document(document_id)
    assert document.stage is Stage.SIGNED
    assert [d.step for d in document.decisions] == ["content", "form", "approve"]


def test_only_the_person_whose_name_stands_under_it(place: Office) -> None:
    document_id = place.checked()
    with pytest.raises(NotFound):
        signs(place, document_id, login="thu")
    for login in ("kiem", "thuc", "so"):
        with pytest.raises(Denied):
            signs(place, document_id, login=login)
    assert place.ledger.document(document_id).stage is Stage.CHECKED


def test_not_before_the_checks_and_not_twice(place: Office) -> None:
    document_id = place.prepared()
    with pytest.raises(Denied):
        signs(place, document_id)
    done = place.checked(subject=("Về việc khác",))
    signs(place, done)
    with pytest.raises(Denied):
        signs(place, done)


def test_what_was_shown_must_still_stand(place: Office) -> None:
    document_id = place.checked()
    with pytest.raises(Conflict):
        signs(place, document_id, shown="0" * 64)
    assert place.ledger.document(document_id).stage is Stage.CHECKED


def test_a_leader_without_a_valid_certificate_is_told(place: Office) -> None:
    document_id = place.checked()
    place.clock.at = datetime(2100, 1, 1, tzinfo=UTC)
    with pytest.raises(Refused) as refused:
        signs(place, document_id)
    assert refused.value.code == "desk.no_key"


def test_when_the_keys_are_away_nothing_moves(place: Office) -> None:
    document_id = place.checked()
    site = place.site
    away = KeyClient(site.vault.root / "nobody.sock", seconds=1)
    lone = Office(DeskSite(**{**vars(site), "keys": away}), place.ledger, place.clock)
    with pytest.raises(Unavailable):
        signs(lone, document_id)
    assert place.ledger.document(document_id).stage is Stage.CHECKED
    assert place.ledger.open_intents(document_id) == []


@pytest.mark.parametrize(
    ("moment", "year"),
    [
        (datetime(2030, 12, 24, 16, 59, tzinfo=UTC), None),
        (datetime(2030, 12, 24, 17, 0, tzinfo=UTC), 2030),  # midnight in Viet Nam
        (datetime(2030, 12, 31, 16, 59, tzinfo=UTC), 2030),
        (datetime(2030, 12, 31, 17, 0, tzinfo=UTC), None),
    ],
)
def test_the_last_days_of_a_year_by_the_clock_of_viet_nam(moment: datetime, year: int | None) -> None:
    assert year_end(moment) == year
