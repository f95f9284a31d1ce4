"""The record's fields against the templates an office fills, and the catalogue."""

from document import messages
from publisher.fields import BY_KEY, RULES
from samples.fields import FIELDS


def test_the_template_has_exactly_the_known_keys() -> None:
    assert {one.key for one in FIELDS} | {"kind"} == set(BY_KEY)


def test_the_template_says_what_is_required_listed_and_allowed() -> None:
    for one in FIELDS:
        rule = BY_KEY[one.key]
        assert (rule.required, rule.listed, rule.choices) == (one.required, one.listed, one.choices), one.key


def test_every_field_has_a_heading_in_both_languages() -> None:
    for rule in RULES:
        assert all(rule.heading(lang) for lang in messages.LANGUAGES)


def test_vietnamese_headings_are_those_of_the_template() -> None:
    assert {one.key: one.heading for one in FIELDS} == {
        one.key: BY_KEY[one.key].heading("vi") for one in FIELDS
    }
