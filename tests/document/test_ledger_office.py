"""The office file on record: applied, applied again, changed, on both databases."""

from datetime import date, timedelta
from typing import Any

import pytest

from document.clock import local_date
from document.errors import BadInput, NotFound, Returnable
from document.stages import Stage
from tests.support.ledger import Office
from tests.support.on_paper import office_spec

DAY = date(2030, 6, 14)


def province(raw: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = raw["organisations"][0]
    return found


def test_applied_again_it_changes_nothing_but_the_chain(office: Office) -> None:
    def seen() -> list[object]:
        ledger = office.ledger
        return [
            ledger.organisations(), ledger.folders(), ledger.people(office.organisation),
            ledger.signatories(office.organisation), ledger.series(office.organisation),
        ]  # fmt: skip

    before, head = seen(), office.ledger.chain_head(office.organisation)[0]
    office.ledger.apply_office(office_spec())
    assert seen() == before
    assert office.ledger.chain_head(office.organisation)[0] == head + 1


def test_what_the_file_changes_is_changed(office: Office) -> None:
    def change(raw: dict[str, Any]) -> None:
        province(raw)["units"][0]["name"] = "Phòng KSTTHC"
        province(raw)["people"][5].update(active=False, roles=["administrator"])
        province(raw)["series"][0]["width"] = 4
        province(raw)["seal_mm"] = 38

    organisation = office.organisation
    office.ledger.apply_office(office_spec(change))
    assert office.ledger.unit(office.folder().unit_id).name == "Phòng KSTTHC"
    assert office.person("so").roles == frozenset({("administrator", None)})
    assert not office.person("so").active
    assert [s.width for s in office.ledger.series(organisation) if s.code == "qd"] == [4]
    assert office.ledger.organisation(organisation).seal_mm == 38


def test_somebody_not_active_has_no_session_and_does_not_sign(office: Office) -> None:
    office.ledger.open_session("a", office.id_of("mau"), "csrf", office.clock.now() + timedelta(hours=1))
    office.ledger.apply_office(office_spec(lambda raw: province(raw)["people"][0].update(active=False)))
    assert office.ledger.session("a", office.clock.now()) is None
    with pytest.raises(Returnable):
        office.ledger.find_signatory(office.organisation, "Trần Văn Mẫu", "PHÓ CHỦ TỊCH", "KT. CHỦ TỊCH", DAY)


def test_a_capacity_the_file_no_longer_names_has_ended(office: Office) -> None:
    signed = office.at(Stage.SIGNED)
    signs = [{"capacity": "", "title": "CHỦ TỊCH", "valid_from": "2030-06-14"}]
    office.ledger.apply_office(office_spec(lambda raw: province(raw)["people"][0].update(signs=signs)))
    find = office.ledger.find_signatory
    assert find(office.organisation, "Trần Văn Mẫu", "CHỦ TỊCH", "", DAY).valid_from == DAY
    with pytest.raises(Returnable, match=r"capacity_wrong"):
        find(office.organisation, "Trần Văn Mẫu", "PHÓ CHỦ TỊCH", "KT. CHỦ TỊCH", DAY)
    before = find(office.organisation, "Trần Văn Mẫu", "PHÓ CHỦ TỊCH", "KT. CHỦ TỊCH", date(2030, 6, 13))
    assert office.document(signed).signatory == before
    office.ledger.apply_office(office_spec())
    assert find(office.organisation, "Trần Văn Mẫu", "PHÓ CHỦ TỊCH", "KT. CHỦ TỊCH", DAY).valid_to is None


def test_an_organisation_goes_by_the_name_of_the_day(office: Office) -> None:
    today = local_date(office.clock.now())

    def renamed(raw: dict[str, Any]) -> None:
        old = province(raw)["names"][0]
        old["valid_to"] = str(today)
        new = {"name": "ỦY BAN NHÂN DÂN TỈNH MỚI", "valid_from": str(today + timedelta(days=1))}
        province(raw)["names"].append(new)

    office.ledger.apply_office(office_spec(renamed))
    assert office.ledger.organisation(office.organisation).name == "ỦY BAN NHÂN DÂN TỈNH MINH GIANG"
    office.clock.move(timedelta(days=1))
    fact = office.ledger.organisation(office.organisation)
    assert fact.name == "ỦY BAN NHÂN DÂN TỈNH MỚI"
    assert fact.names == ("ỦY BAN NHÂN DÂN TỈNH MINH GIANG", "ỦY BAN NHÂN DÂN TỈNH MỚI")


@pytest.mark.parametrize("what", ["login", "folder"])
def test_a_login_or_folder_of_another_organisation_is_refused_whole(office: Office, what: str) -> None:
    def steal(raw: dict[str, Any]) -> None:
        del raw["organisations"][1]
        province(raw)["seal_mm"] = 38
        if what == "login":
            province(raw)["people"].append({"login": "hoa", "name": "Người Khác"})
        else:
            province(raw)["units"].append({"code": "x", "name": "X", "folder": "shares/kinhte"})

    with pytest.raises(BadInput) as caught:
        office.ledger.apply_office(office_spec(steal))
    assert caught.value.code == "office.taken"
    assert office.person("hoa").full_name == "Lê Thị Minh Họa"
    assert office.ledger.organisation(office.organisation).seal_mm == 36


def test_images_are_set_by_digest(office: Office) -> None:
    office.ledger.set_images("minh-giang", "ab" * 32, {"mau": "cd" * 32})
    assert office.ledger.organisation(office.organisation).seal_image == "ab" * 32
    office.ledger.set_images("minh-giang", None, {"mau": "ef" * 32})
    assert office.ledger.organisation(office.organisation).seal_image == "ab" * 32
    assert office.ledger.signatories(office.organisation)[0].signature_image == "ef" * 32
    with pytest.raises(NotFound):
        office.ledger.set_images("nowhere", None, {})
