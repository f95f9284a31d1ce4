"""From issued procedures to rows: who takes over when, and the words to be found by."""

from dataclasses import replace
from datetime import date

from publisher.model_rows import public_facts, rows_of, starts, words_of
from tests.support.issued import IssuingOffice, sample_procedures


def test_the_next_announcement_of_the_same_body_ends_the_one_before(office: IssuingOffice) -> None:
    first = sample_procedures()[0]
    office.issue([first], on=date(2030, 6, 14))
    office.issue([replace(first, effective_from=date(2030, 9, 1))], on=date(2030, 6, 15))
    office.issue([first], body="tan-mau", on=date(2030, 6, 16))
    rows = list(rows_of(office.ledger.published(), set()))
    spans = {(row["organisation_code"], row["starts"], row["until"]) for row in rows}
    assert spans == {
        ("minh-giang", date(2030, 6, 14), date(2030, 9, 1)),
        ("minh-giang", date(2030, 9, 1), None),
        ("tan-mau", date(2030, 6, 16), None),
    }


def test_the_later_decision_counts_where_it_reaches_back_behind_an_earlier(office: IssuingOffice) -> None:
    """R-TTHC-13: a decision signed after its effective day still changes what was announced before."""
    first = sample_procedures()[0]
    office.issue([replace(first, effective_from=date(2030, 6, 1))], on=date(2030, 5, 20))
    office.issue([replace(first, effective_from=date(2030, 5, 1))], on=date(2030, 6, 10))
    rows = list(rows_of(office.ledger.published(), set()))
    assert {(row["decision"]["issued_on"], row["starts"], row["until"]) for row in rows} == {
        ("2030-05-20", date(2030, 6, 1), date(2030, 6, 10)),
        ("2030-06-10", date(2030, 5, 1), None),
    }


def test_without_a_day_of_its_own_the_decisions_day_counts(office: IssuingOffice) -> None:
    office.issue(sample_procedures()[:1], on=date(2030, 6, 14))
    assert [starts(fact) for fact in public_facts(office.ledger.published())] == [date(2030, 6, 14)]


def test_words_with_and_without_marks(office: IssuingOffice) -> None:
    office.issue(sample_procedures()[:1])
    (row,) = rows_of(office.ledger.published(), set())
    weights = {one["word"]: one["weight"] for one in words_of(row)}
    assert weights["hữu"] == 2 * weights["huu"]
    assert weights["900001"] == weights["huu"] > weights["hop"] > weights["chinh"]
    assert len(weights) == len(list(words_of(row)))
