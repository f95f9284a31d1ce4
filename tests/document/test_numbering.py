from datetime import date

import pytest

from document.numbering import day_text, month_text, number_symbol, number_text, widest_number, year_text


@pytest.mark.parametrize(
    ("number", "width", "text"),
    [(5, 2, "05"), (15, 2, "15"), (2144, 5, "02144"), (123, 2, "123"), (7, 1, "07")],
)
def test_a_number_has_its_leading_zeros(number: int, width: int, text: str) -> None:
    assert number_text(number, width) == text


def test_numbers_begin_with_one() -> None:
    with pytest.raises(ValueError, match="0"):
        number_text(0)


@pytest.mark.parametrize(
    ("on", "day", "month"),
    [
        (date(2026, 1, 5), "05", "01"),
        (date(2026, 2, 28), "28", "02"),
        (date(2026, 6, 29), "29", "6"),
        (date(2026, 12, 3), "03", "12"),
    ],
)
def test_days_below_ten_and_the_first_two_months_have_a_zero(on: date, day: str, month: str) -> None:
    assert (day_text(on), month_text(on), year_text(on)) == (day, month, "2026")


def test_number_and_symbol_stand_without_blanks() -> None:
    assert number_symbol("05", "QĐ-UBND") == "05/QĐ-UBND"


def test_the_widest_number_is_at_least_as_long_as_any_number_of_a_year() -> None:
    assert len(widest_number()) == 4
    assert len(widest_number(5)) == len(number_text(99_999, 5))
