"""How a number and a date are written on a page (Decree 30/2020, annex I, II.3 and II.4; R-REG-03 to 06)."""

from datetime import date


def number_text(number: int, width: int = 2) -> str:
    """`5` as `05`; with a series of five digits `02144`.

    `width` is the series' least number of digits; a number below 10 has a leading zero in any series
    (R-REG-03). `ValueError` below 1.
    """
    if number < 1:
        raise ValueError(number)
    return str(number).zfill(max(width, 2))


def widest_number(width: int = 2) -> str:
    """The widest number text a series gives in one year: four digits, or the series' own width."""
    return "8" * max(width, 4)


def number_symbol(number: str, symbol: str) -> str:
    """`05` and `QĐ-UBND` as `05/QĐ-UBND`, without blanks (R-REG-05)."""
    return f"{number}/{symbol}"


def day_text(on: date) -> str:
    """The day with a leading zero below 10 (R-REG-06)."""
    return f"{on.day:02d}"


def month_text(on: date) -> str:
    """The month; only January and February have a leading zero (R-REG-06)."""
    return f"{on.month:02d}" if on.month < 3 else str(on.month)


def year_text(on: date) -> str:
    """The year in four digits."""
    return f"{on.year:04d}"
