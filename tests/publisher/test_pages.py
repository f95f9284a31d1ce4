"""Words for values, addresses, sections."""

import re

import pytest

from document import messages
from publisher.fields import ACTS, LEVELS, ONLINE, UNITS
from publisher.pages import HERE, address, average, limit_text, word
from publisher.views import TimeLimit


@pytest.mark.parametrize(
    ("prefix", "values"),
    [("act", ACTS), ("level", LEVELS), ("unit", UNITS), ("online", ONLINE),
     ("online", tuple(f"{value} means" for value in ONLINE))],
)  # fmt: skip
def test_every_value_has_its_words(prefix: str, values: tuple[str, ...]) -> None:
    for value in values:
        assert word(prefix, value, "en") != value


def test_a_value_of_later_days_is_shown_as_it_is() -> None:
    assert word("online", "LEVEL_5", "vi") == "LEVEL_5"


def test_limits() -> None:
    assert limit_text(TimeLimit(value=12, unit="ngày làm việc"), "vi") == "12 ngày làm việc"
    assert limit_text(TimeLimit(value=8, unit="giờ"), "en") == "8 hours"
    assert limit_text(TimeLimit(), "vi") == ""


def test_addresses_keep_the_language_and_leave_out_what_is_empty() -> None:
    assert address("vi", "/", q="", page=2) == "/?page=2"
    assert address("en", "/procedures/1.900001", q="đất & nhà") == (
        "/procedures/1.900001?q=%C4%91%E1%BA%A5t+%26+nh%C3%A0&lang=en"
    )


@pytest.mark.parametrize(("value", "vi"), [(4.25, "4,3"), (4.0, "4,0"), (4.949, "4,9")])
def test_averages(value: float, vi: str) -> None:
    assert average(value, "vi") == vi
    assert average(value, "en") == vi.replace(",", ".")


def test_every_sentence_of_the_templates_is_in_the_catalogue() -> None:
    said = {
        code
        for file in (HERE / "templates").glob("*.html")
        for code in re.findall(r't\("((?:public|procedure)\.\w+[a-z0-9])"', file.read_text(encoding="utf-8"))
    }
    assert len(said) > 40
    assert said <= messages.catalogue().keys()
