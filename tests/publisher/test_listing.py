"""Questions to the read model: search, filters, and what is in force on which day (T-18)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from document.errors import Unavailable
from document.facts import NewProcedure
from document.ledger import connect
from publisher.listing import Listing
from publisher.publish import publish
from publisher.search import Query
from tests.support.issued import IssuingOffice, issuing_office, sample_procedures

TODAY = date(2030, 6, 14)
AUTUMN = date(2030, 9, 1)


def listed(office: IssuingOffice) -> Listing:
    publish(office.ledger, office.vault, office.root / "public", clock=office.clock)
    return Listing(office.root / "public")


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listing]:
    """The six samples; nobody changes them."""
    root = tmp_path_factory.mktemp("samples")
    engine = connect(f"sqlite:///{root}/ledger.sqlite")
    office = issuing_office(engine, root)
    office.issue(sample_procedures())
    yield listed(office)
    engine.dispose()


def codes(listing: Listing, text: str = "", on: date = TODAY) -> list[str]:
    return [one.code for one in listing.find(Query(text), on).items]


def named(code: str, name: str) -> NewProcedure:
    one = sample_procedures()[0]
    return replace(one, code=code, data=one.data | {"name": name, "keywords": []})


def test_before_the_first_listing_there_is_nothing(office: IssuingOffice) -> None:
    listing = Listing(office.root / "public")
    assert listing.find(Query(), TODAY).total == 0
    assert listing.facets(TODAY)["field"] == []
    assert listing.history("1.900001", TODAY) == []
    assert listing.built_at() is None


def test_a_damaged_listing_is_told_as_such(office: IssuingOffice) -> None:
    samples = listed(office)
    assert samples.built_at() == office.clock.now()
    (office.root / "public" / "listing-1.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(Unavailable):
        samples.find(Query(), TODAY)


def test_all_in_force_come_by_field(samples: Listing) -> None:
    found = samples.find(Query(), TODAY)
    assert [one.field for one in found.items] == [
        "Bảo trợ xã hội", "Đường bộ", "Nông nghiệp", "Nông nghiệp", "Văn hóa", "Văn thư, lưu trữ",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("he pho", "1.900005"),
        ("HÈ PHỐ", "1.900005"),
        ("giong cay trong", "1.900002"),
        ("cây giống", "1.900002"),
        ("hoc sinh ngheo", "1.900004"),
        ("1.900003", "1.900003"),
        ("900006", "1.900006"),
        ("di san", "1.900003"),
        ("trông xe", "1.900005"),
        ("chung nh", "1.900001"),
        ("45/2024/QH15", "1.900003"),
    ],
)
def test_search_without_diacritics_and_by_beginnings(samples: Listing, text: str, first: str) -> None:
    assert codes(samples, text)[0] == first


@pytest.mark.parametrize("text", ["xuat khau gao", "900055", "zzzz"])
def test_what_is_not_there_is_not_found(samples: Listing, text: str) -> None:
    assert codes(samples, text) == []
    assert samples.find(Query(text), TODAY).exact


def test_signs_alone_ask_for_nothing(samples: Listing) -> None:
    assert codes(samples, "%") == codes(samples)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("hej pho", "1.900005"),
        ("hocj phaamr", "1.900004"),
        ("ho tro hoc phma", "1.900004"),
        ("caay giongs", "1.900002"),
        ("thủ tục xin giấy phép hè phố trông xe", "1.900005"),
        ("daidan di san", "1.900003"),
        ("he' OR 1=1 --", "1.900005"),
    ],
)
def test_mistyped_or_too_many_words_find_what_comes_nearest(samples: Listing, text: str, first: str) -> None:
    found = samples.find(Query(text), TODAY)
    assert not found.exact
    assert found.items[0].code == first


def test_marks_typed_count(office: IssuingOffice) -> None:
    office.issue([named("1.900101", "Cho phép mở lớp"), named("1.900102", "Thuê quầy ở chợ")])
    listing = listed(office)
    assert codes(listing, "chợ")[0] == "1.900102"
    assert codes(listing, "cho")[0] == "1.900101"
    assert set(codes(listing, "cho")) == {"1.900101", "1.900102"}


def test_the_phrase_comes_before_scattered_words(office: IssuingOffice) -> None:
    office.issue([named("1.900101", "Trẻ em: khai báo và sinh hoạt"), named("1.900102", "Đăng ký khai sinh")])
    assert codes(listed(office), "khai sinh") == ["1.900102", "1.900101"]


@pytest.mark.parametrize(
    ("query", "number"),
    [
        (Query(level="Xã"), 3),
        (Query(field="Nông nghiệp"), 2),
        (Query(online="PARTIAL"), 1),
        (Query(organisation="minh-giang"), 6),
        (Query(organisation="tan-mau"), 0),
        (Query(field="Nông nghiệp", level="Xã"), 1),
        (Query("ho tro", level="Tỉnh"), 2),
    ],
)
def test_filters(samples: Listing, query: Query, number: int) -> None:
    assert samples.find(query, TODAY).total == number


def test_facets_count_what_is_in_force(samples: Listing) -> None:
    facets = samples.facets(TODAY)
    assert {one.value: one.count for one in facets["level"]} == {"Tỉnh": 3, "Xã": 3}
    assert facets["field"][0].value == "Nông nghiệp"
    assert facets["organisation"][0].label == "ỦY BAN NHÂN DÂN TỈNH MINH GIANG"


def test_pages(samples: Listing) -> None:
    pages = [samples.find(Query(page=number), TODAY, size=4) for number in (1, 2, 9)]
    assert [(one.page, one.pages, len(one.items)) for one in pages] == [(1, 2, 4), (2, 2, 2), (2, 2, 2)]
    assert len({item.code for one in pages for item in one.items}) == 6


# T-18: what is in force on which day.


def test_a_future_decision_does_not_alter_todays_list(office: IssuingOffice) -> None:
    old = sample_procedures()[0]
    office.issue([old])
    office.issue(
        [
            replace(
                old, act="sửa đổi, bổ sung", data=old.data | {"name": "Tên mới"}, effective_from=AUTUMN
            ),
            replace(sample_procedures()[1], effective_from=AUTUMN),
        ],
        on=date(2030, 6, 14),
    )  # fmt: skip
    listing = listed(office)
    assert [one.name for one in listing.find(Query(), TODAY).items] == [old.data["name"]]
    assert codes(listing, "ten moi") == []
    assert [one.name for one in listing.find(Query("ten moi"), AUTUMN).items] == ["Tên mới"]
    assert sorted(codes(listing, on=AUTUMN)) == ["1.900001", "1.900002"]
    assert [one.status for one in listing.history(old.code, TODAY)] == ["future_effective", "active"]
    assert [one.status for one in listing.history(old.code, AUTUMN)] == ["active", "superseded"]
    assert listing.in_force(old.code, TODAY)[0].effective_until == AUTUMN


def test_an_abolished_one_disappears_on_its_date_and_stays_in_history(office: IssuingOffice) -> None:
    old = sample_procedures()[0]
    office.issue([old])
    office.issue([replace(old, act="bãi bỏ", effective_from=AUTUMN)])
    listing = listed(office)
    assert codes(listing, on=date(2030, 8, 31)) == [old.code]
    assert codes(listing, on=AUTUMN) == []
    assert listing.in_force(old.code, AUTUMN) == []
    assert [one.status for one in listing.history(old.code, AUTUMN)] == ["repealed", "superseded"]


def test_a_decision_may_apply_from_before_its_day(office: IssuingOffice) -> None:
    office.issue([replace(sample_procedures()[0], effective_from=date(2030, 5, 1))], on=TODAY)
    assert codes(listed(office), on=date(2030, 5, 1)) == ["1.900001"]


def test_of_two_decisions_for_one_day_the_later_one_holds(office: IssuingOffice) -> None:
    old = sample_procedures()[0]
    office.issue([old])
    office.issue([replace(old, act="thay thế", data=old.data | {"name": "Sau cùng"})])
    listing = listed(office)
    assert [one.name for one in listing.find(Query(), TODAY).items] == ["Sau cùng"]


def test_the_suffix_is_part_of_the_code_but_not_of_the_procedure(office: IssuingOffice) -> None:
    old = sample_procedures()[0]
    office.issue([replace(old, code="1.900001.H05")])
    office.issue([replace(old, code="1.900001.000.00.00.H05", act="sửa đổi, bổ sung")])
    listing = listed(office)
    assert codes(listing) == ["1.900001.000.00.00.H05"]
    assert len(listing.history("1.900001", TODAY)) == 2
    assert [one.status for one in listing.history("1.900001.H05", TODAY)] == ["superseded"]


def test_each_body_has_its_own(office: IssuingOffice) -> None:
    old = sample_procedures()[0]
    office.issue([old])
    office.issue([replace(old, act="bãi bỏ")], body="tan-mau")
    listing = listed(office)
    assert [one.organisation.code for one in listing.in_force(old.code, TODAY)] == ["minh-giang"]
    office.issue([old], body="tan-mau")
    listing = listed(office)
    assert len(listing.in_force(old.code, TODAY)) == 2
    assert len(listing.in_force(old.code, TODAY, "tan-mau")) == 1


def test_everything_of_the_data_comes_back(samples: Listing) -> None:
    (shown,) = samples.in_force("1.900005", TODAY)
    announced = sample_procedures()[4].data
    lists = ("steps", "methods", "dossier", "subjects", "places", "forms", "legal_basis", "keywords")
    texts = ("name", "field", "level", "authority", "result", "conditions", "fees", "online_reason", "sets")
    for key in lists + texts:
        assert getattr(shown, key) == announced[key], key
    assert shown.time_limit.model_dump() == announced["time_limit"]
    assert shown.decision.number_symbol == "01/QĐ-UBND"
    assert shown.decision.verdict.headline.code == "verdict.valid"


def test_a_file_is_known_by_its_digest(samples: Listing) -> None:
    digest = samples.in_force("1.900005", TODAY)[0].decision.digest
    assert samples.file_name(digest) == "01_QD_UBND.pdf"
    assert samples.file_name("0" * 64) is None
