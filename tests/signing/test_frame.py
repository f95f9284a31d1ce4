import pytest

from document.page import Box
from signing.frame import Frame

PAGE = Box(0, 10, 20, 410, 320)  # 400 x 300, cropped


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_there_and_back_is_where_it_was(turn: int) -> None:
    frame, box = Frame(PAGE, turn), Box(0, 30, 40, 130, 60)
    assert frame.user(frame.shown(box)) == pytest.approx(box) or frame.user(frame.shown(box)) == box
    assert (frame.shown(box).width, frame.shown(box).height) == frame.size_of(box)


@pytest.mark.parametrize(
    ("turn", "shown"),
    [
        (0, Box(0, 10, 20, 20, 25)),
        (90, Box(0, 10, 410, 15, 420)),  # the lower left corner is shown at the upper left
        (180, Box(0, 400, 315, 410, 320)),
        (270, Box(0, 305, 20, 310, 30)),  # at the lower right
    ],
)
def test_a_page_is_turned_clockwise(turn: int, shown: Box) -> None:
    corner = Box(0, 10, 20, 20, 25)  # at the lower left, 10 wide and 5 high
    assert Frame(PAGE, turn).shown(corner) == shown


def test_what_is_held_is_wholly_visible() -> None:
    frame = Frame(PAGE, 90)
    assert frame.holds(PAGE)
    assert not frame.holds(Box(0, 9, 20, 410, 320))
    assert not frame.holds(Box(0, 10, 20, 410, 321))
