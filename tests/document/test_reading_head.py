"""Heads of page 1 that are not as they should be."""

from collections.abc import Sequence
from typing import Any

import pytest

from document.glyphs import document, sheet
from document.reading_head import Head, read_head
from tests.support.pages import MOTTO, NATION, Letter, draw
from tests.support.pen import Pen

LEFT, MIDDLE, RIGHT = 170.0, 297.6, 410.0
Line = tuple[float, float, str, str]


def head(**fields: Any) -> Head:
    with document(draw(Letter(**fields)).pdf) as opened:
        return read_head(sheet(opened, 0))


def drawn(lines: Sequence[Line]) -> Head:
    pen = Pen()
    pen.page()
    for middle, y, text, style in lines:
        pen.centre(middle, y, text, style=style, size=12)
    with document(pen.pdf()) as opened:
        return read_head(sheet(opened, 0))


NATIONAL: list[Line] = [(RIGHT, 780, NATION, "bold"), (RIGHT, 764, MOTTO, "bold")]
OWN: list[Line] = [(LEFT, 780, "UBND TỈNH MINH GIANG", "regular"), (LEFT, 764, "SỞ NỘI VỤ", "bold")]
NUMBER: list[Line] = [
    (LEFT, 730, "Số:          /QĐ-SNV", "regular"),
    (RIGHT, 730, "Minh Giang, ngày      tháng      năm 2026", "italic"),
]
KIND: list[Line] = [
    (MIDDLE, 690, "QUYẾT ĐỊNH", "bold"),
    (MIDDLE, 672, "Về việc thành lập Tổ công tác", "bold"),
]


def test_the_parent_is_not_the_issuing_body() -> None:
    found = drawn([*NATIONAL, *OWN, *NUMBER, *KIND])
    assert (found.issuing_body.text, found.issuing_body.confidence) == ("SỞ NỘI VỤ", 0.95)
    assert found.kind.text == "QĐ"


def test_lines_that_all_are_plain_are_a_guess() -> None:
    plain = [(x, y, text, "regular") for x, y, text, _ in OWN]
    found = drawn([*NATIONAL, *plain, *NUMBER, *KIND])
    assert found.issuing_body.text == "SỞ NỘI VỤ"
    assert found.issuing_body.confidence < 0.8


def test_a_bold_parent_above_a_plain_body_is_unsure() -> None:
    swapped = [(LEFT, 780, OWN[0][2], "bold"), (LEFT, 764, OWN[1][2], "regular")]
    assert drawn([*NATIONAL, *swapped, *NUMBER, *KIND]).issuing_body.confidence < 0.8


def test_without_the_national_name_the_body_is_unsure() -> None:
    found = drawn([*OWN, *NUMBER, *KIND])
    assert found.issuing_body.text == "SỞ NỘI VỤ"
    assert found.issuing_body.confidence < 0.8


def test_columns_that_nearly_touch_are_parted_by_the_national_name() -> None:
    wide: list[Line] = [(154, 780, "ỦY BAN NHÂN DÂN TỈNH MINH GIANG", "bold"), (LEFT, 764, "SỞ", "bold")]
    found = drawn([*NATIONAL, *wide, *NUMBER, *KIND])
    assert found.issuing_body.text == "ỦY BAN NHÂN DÂN TỈNH MINH GIANG SỞ"


@pytest.mark.parametrize(
    ("line", "filled", "symbol"),
    [
        ("Số:        /QĐ-UBND", None, "QĐ-UBND"),
        ("Số:/QĐ-UBND", None, "QĐ-UBND"),
        ("Số ......./QĐ-UBND", None, "QĐ-UBND"),
        ("Số: …… / QĐ - UBND", None, "QĐ-UBND"),
        ("Số: 2849 /TTr-SVHTTDL", "2849", "TTr-SVHTTDL"),
        ("Số: 05/QĐ-UBND", "05", "QĐ-UBND"),
        ("Số:       /PCCC&CNCH-P6", None, "PCCC&CNCH-P6"),
        ("Số:       /2026/QĐ-CTUBND", None, "2026/QĐ-CTUBND"),
    ],
)
def test_number_lines(line: str, filled: str | None, symbol: str) -> None:
    found = drawn([*NATIONAL, *OWN, (LEFT, 730, line, "regular"), NUMBER[1], *KIND])
    assert found.number is not None
    assert (found.number.filled, found.symbol.text) == (filled, symbol)
    assert found.place.text == "Minh Giang"
    assert found.number.box.x0 < found.number.box.x1


@pytest.mark.parametrize(
    ("line", "filled"),
    [
        ("Minh Giang, ngày 05 tháng 01 năm 2026", ("05", "01", "2026")),
        ("Minh Giang, ngày      tháng 01 năm 2026", (None, "01", "2026")),
        ("Minh Giang, ngày ..... tháng ..... năm .....", (None, None, None)),
        ("Minh Giang, ngày … tháng … năm 2026.", (None, None, "2026")),
        ("Minh Giang ngày      tháng      năm", (None, None, None)),
    ],
)
def test_date_lines(line: str, filled: tuple[str | None, ...]) -> None:
    found = drawn([*NATIONAL, *OWN, NUMBER[0], (RIGHT, 730, line, "italic"), *KIND])
    blanks = [found.day, found.month, found.year]
    assert [b.filled for b in blanks if b] == list(filled)
    assert all(b.italic and b.confidence >= 0.8 for b in blanks if b)
    assert found.place.text == "Minh Giang"


def test_a_year_half_printed_is_for_a_person() -> None:
    found = head(year="20")
    assert [b.confidence for b in (found.day, found.month, found.year) if b] == [0.5, 0.5, 0.5]


def test_the_number_and_date_of_a_basis_or_an_appendix_are_not_taken() -> None:
    lines: list[Line] = [
        *NATIONAL,
        *OWN,
        (MIDDLE, 690, "Phụ lục", "bold"),
        (MIDDLE, 672, "(Kèm theo Quyết định số      /QĐ-UBND ngày     tháng     năm 2026)", "italic"),
        (MIDDLE, 654, "Căn cứ Nghị định ngày 05 tháng 3 năm 2020", "italic"),
    ]
    found = drawn(lines)
    assert (found.number, found.day, found.symbol.text) == (None, None, "")


def test_a_kind_that_contradicts_the_symbol_is_unsure() -> None:
    found = head(kind="KẾ HOẠCH", symbol="/QĐ-UBND")
    assert found.kind.text == "KH"
    assert found.kind.confidence < 0.8


def test_the_first_line_of_capitals_is_the_kind_not_a_later_one() -> None:
    order: Line = (MIDDLE, 560, "QUYẾT ĐỊNH:", "bold")
    authority: Line = (MIDDLE, 640, "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH MINH GIANG", "bold")
    found = drawn([*NATIONAL, *OWN, *NUMBER, *KIND, authority, order])
    assert found.subject.text == "Về việc thành lập Tổ công tác"
    assert found.bottom == pytest.approx(672, abs=1)


def test_a_subject_over_several_lines_ends_where_capitals_begin() -> None:
    more: list[Line] = [
        (MIDDLE, 656, "và phân công nhiệm vụ", "bold"),
        (MIDDLE, 638, "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH MINH GIANG", "bold"),
    ]
    found = drawn([*NATIONAL, *OWN, *NUMBER, *KIND, *more])
    assert found.subject.text == "Về việc thành lập Tổ công tác và phân công nhiệm vụ"


def test_a_subject_that_is_not_bold_is_unsure() -> None:
    plain: Line = (MIDDLE, 672, "Về việc thành lập Tổ công tác", "regular")
    found = drawn([*NATIONAL, *OWN, *NUMBER, KIND[0], plain])
    assert found.subject.text == "Về việc thành lập Tổ công tác"
    assert found.subject.confidence < 0.8


def test_the_subject_of_a_letter_stops_before_the_addressee() -> None:
    lines: list[Line] = [
        (LEFT, 714, "V/v rà soát", "regular"),
        (LEFT, 699, "thủ tục hành chính", "regular"),
        (MIDDLE, 680, "Kính gửi: Sở Nội vụ", "regular"),
    ]
    number: Line = (LEFT, 730, "Số:          /SNV-VP", "regular")
    found = drawn([*NATIONAL, *OWN, number, NUMBER[1], *lines])
    assert (found.kind.text, found.subject.text) == ("CV", "rà soát thủ tục hành chính")
    assert found.kind.confidence >= 0.8


def test_v_v_under_the_symbol_of_a_kind_is_unsure() -> None:
    lines: list[Line] = [(LEFT, 714, "V/v rà soát thủ tục", "regular")]
    found = drawn([*NATIONAL, *OWN, *NUMBER, *lines])
    assert found.kind.text == "CV"
    assert found.kind.confidence < 0.8


def test_an_empty_page_has_no_head() -> None:
    found = drawn([])
    assert (found.kind.confidence, found.number, found.issuing_body.confidence) == (0.0, None, 0.0)


def test_a_date_line_without_a_number_line_is_unsure() -> None:
    found = drawn([*NATIONAL, *OWN, NUMBER[1], *KIND])
    assert found.number is None
    assert found.day is not None
    assert found.day.confidence < 0.8
