"""Glyphs into words, pieces and rows, without any PDF."""

import pytest

from document.layout import Glyph, Piece, Sheet, rows, turned

A4 = (0.0, 0.0, 595.0, 842.0)


def line(
    text: str, *, x: float = 0, y: float = 100, size: float = 10, step: float = 5, bold: bool = False
) -> list[Glyph]:
    """Letters `step` points wide; a space of the text is a space of the file, `step / 2` wide."""
    glyphs: list[Glyph] = []
    space = False
    for char in text:
        if char == " ":
            x += step / 2
            space = True
            continue
        glyphs.append(
            Glyph(char, x + 0.3, y, x + step - 0.3, y + 7, x, x + step, y, size, bold, False, space)
        )
        x += step
        space = False
    return glyphs


def spread(text: str, gaps: float, words: float) -> list[Glyph]:
    """Letters 5 wide with room between letters and more between words; no spaces in the file."""
    glyphs: list[Glyph] = []
    x = 0.0
    for char in text:
        if char == " ":
            x += words
            continue
        glyphs.append(Glyph(char, x, 0, x + 5, 7, x, x + 5, 0, 10, False, False, False))
        x += 5 + gaps
    return glyphs


def test_spaces_of_the_file_part_words() -> None:
    assert Piece(line("Trần Văn  Mẫu")).text == "Trần Văn Mẫu"


def test_gaps_part_words_where_there_are_no_spaces() -> None:
    assert Piece(spread("Trần Văn Mẫu", 0, 2.5)).text == "Trần Văn Mẫu"


@pytest.mark.parametrize(("gaps", "words"), [(1.5, 4), (3, 6), (5, 10)])
def test_letter_spacing_parts_no_words(gaps: float, words: float) -> None:
    assert Piece(spread("Trần Văn Mẫu", gaps, words)).text == "Trần Văn Mẫu"


def test_letters_with_typed_spaces_between() -> None:
    assert Piece(line("T r ầ n   V ă n   M ẫ u")).text == "Trần Văn Mẫu"


def test_a_list_of_a_few_single_letters_stays() -> None:
    assert Piece(line("a b c")).text == "a b c"


def test_a_row_is_parted_at_wide_gaps() -> None:
    row = Piece([*line("- Như trên;"), *line("KT. CHỦ TỊCH", x=100, bold=True)])
    assert [p.text for p in row.pieces] == ["- Như trên;", "KT. CHỦ TỊCH"]
    assert [p.bold for p in row.pieces] == [False, True]


def test_a_narrow_border_shows_in_the_style() -> None:
    left = line("trên địa bàn;")
    gap = left[-1].right + 8
    assert len(Piece([*left, *line("CHỦ TỊCH", x=gap)]).pieces) == 1
    assert len(Piece([*left, *line("CHỦ TỊCH", x=gap, bold=True)]).pieces) == 2
    assert len(Piece([*left, *line("CHỦ TỊCH", x=gap, size=13)]).pieces) == 2


def test_rows_from_top_to_bottom_and_left_to_right() -> None:
    glyphs = [*line("dưới", y=80), *line("phải", x=50, y=101), *line("trái", y=100)]
    found = rows(glyphs)
    assert [row.text for row in found] == ["trái phải", "dưới"]


def test_a_part_of_the_text_is_a_piece_of_its_glyphs() -> None:
    row = Piece(line("Số:     /QĐ"))
    assert row.text == "Số: /QĐ"
    part = row.part(4, 7)
    assert part is not None
    assert part.text == "/QĐ"
    assert row.part(3, 4) is None
    assert row.part(2, 2) is None


def test_boxes_bold_and_capitals() -> None:
    piece = Piece([*line("AB", bold=True), *line("C", x=10)])
    assert (piece.x0, piece.x1, piece.y0, piece.y1) == (0.3, 14.7, 100, 107)
    assert piece.centre == pytest.approx(7.5)
    assert piece.bold
    assert piece.capital
    assert not Piece(line("12/")).capital
    assert not Piece(line("____")).has_letters
    left = piece.left_of(6)
    assert left is not None
    assert left.text == "AB"
    assert piece.left_of(0) is None


@pytest.mark.parametrize("rotation", [0, 1, 2, 3])
def test_boxes_turn_back_to_the_users_space(rotation: int) -> None:
    user, origin = (300.0, 400.0), (20.0, 30.0)
    shown_size = (400.0, 300.0) if rotation % 2 else user
    frame = (*origin, origin[0] + shown_size[0], origin[1] + shown_size[1])
    sheet = Sheet(3, frame, rotation, [])
    one = turned((50.0, 70.0), rotation, shown_size, origin)
    two = turned((90.0, 85.0), rotation, shown_size, origin)
    x0, x1 = sorted((one[0], two[0]))
    y0, y1 = sorted((one[1], two[1]))
    box = sheet.box(x0, y0, x1, y1)
    assert (box.page, box.x0, box.y0, box.x1, box.y1) == (3, 50.0, 70.0, 90.0, 85.0)


def test_a_quarter_turn_clockwise_brings_the_lower_left_to_the_upper_left() -> None:
    assert turned((0, 0), 1, (400, 300), (0, 0)) == (0, 300)
    assert turned((0, 0), 2, (300, 400), (0, 0)) == (300, 400)
    assert turned((0, 0), 3, (400, 300), (0, 0)) == (400, 0)


def test_shares_of_a_page() -> None:
    sheet = Sheet(0, (10.0, 20.0, 110.0, 220.0), 0, [])
    assert (sheet.width, sheet.height) == (100, 200)
    assert (sheet.across(60), sheet.up(70)) == (0.5, 0.25)


def test_the_box_around_pieces() -> None:
    sheet = Sheet(1, A4, 0, [])
    box = sheet.box_of([Piece(line("ab")), Piece(line("cd", x=40, y=60))])
    assert (box.page, box.x0, box.y0, box.x1, box.y1) == (1, 0.3, 60, 49.7, 107)
