"""Signature blocks of every build, drawn line by line."""

from collections.abc import Sequence

import pytest

from document.glyphs import document, sheet
from document.layout import Sheet
from document.page import MM
from document.reading_foot import Foot, read_foot
from tests.support.pages import Letter, Signer, draw
from tests.support.pen import HEIGHT, Pen

Line = tuple[float, float, str]
"""Its middle, its baseline, its text; capitals and names are bold, as the law has it."""
RIGHT = 420.0


def page(lines: Sequence[Line], *, style: str = "bold", left: Sequence[tuple[float, str]] = ()) -> Sheet:
    pen = Pen()
    pen.page()
    for middle, y, text in lines:
        pen.centre(middle, y, text, size=14, style=style)
    for y, text in left:
        pen.write((85, y), text, size=11)
    with document(pen.pdf()) as opened:
        return sheet(opened, 0)


def foot(lines: Sequence[Line], *, style: str = "bold", left: Sequence[tuple[float, str]] = ()) -> Foot:
    found = read_foot(page(lines, style=style, left=left), HEIGHT)
    assert found is not None
    return found


def block(*titles: str, name: str = "Trần Văn Mẫu", room: float = 90) -> list[Line]:
    lines = [(RIGHT, 400 - 18.0 * i, text) for i, text in enumerate(titles)]
    return [*lines, (RIGHT, 400 - 18.0 * (len(titles) - 1) - room, name)]


@pytest.mark.parametrize(
    ("titles", "capacity", "title"),
    [
        (("CHỦ TỊCH",), "", "CHỦ TỊCH"),
        (("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
        (("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"),
        (
            ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
            "TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH",
            "PHÓ CHỦ TỊCH",
        ),
        (
            ("TL. CHỦ TỊCH", "KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG"),
            "TL. CHỦ TỊCH / KT. CHÁNH VĂN PHÒNG",
            "PHÓ CHÁNH VĂN PHÒNG",
        ),
        (("TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG TỔNG HỢP"), "TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG TỔNG HỢP"),
        (("KT.GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"),
        (("Q. GIÁM ĐỐC",), "Q. GIÁM ĐỐC", "GIÁM ĐỐC"),
        (
            ("TM. HỘI ĐỒNG QUẢN LÝ", "QUỸ ĐẦU TƯ TỈNH", "CHỦ TỊCH"),
            "TM. HỘI ĐỒNG QUẢN LÝ QUỸ ĐẦU TƯ TỈNH",
            "CHỦ TỊCH",
        ),
        (("GIÁM ĐỐC SỞ", "NỘI VỤ"), "", "GIÁM ĐỐC SỞ NỘI VỤ"),
    ],
)
def test_capacity_and_title(titles: tuple[str, ...], capacity: str, title: str) -> None:
    found = foot(block(*titles))
    assert (found.capacity.text, found.title.text) == (capacity, title)
    assert found.signer.text == "Trần Văn Mẫu"
    assert min(found.title.confidence, found.signer.confidence) >= 0.8
    assert found.blocks == 1


def test_words_before_the_name() -> None:
    soldier = foot(block("PHÓ CỤC TRƯỞNG", name="Đại tá Trần Văn Mẫu"))
    assert (soldier.signer.text, soldier.notes) == ("Trần Văn Mẫu", ())
    for degree in ("TS. ", "PGS.TS. ", "ThS ", "GS.TS "):
        doctor = foot(block("HIỆU TRƯỞNG", name=degree + "Trần Văn Mẫu"))
        assert (doctor.signer.text, doctor.notes) == ("Trần Văn Mẫu", ("reading.degree_before_name",))


@pytest.mark.parametrize(
    "name", ["Lý Sơn", "H'Hen Niê", "Nguyễn Thị Thanh Thủy", "Công Tằng Tôn Nữ Minh Họa"]
)
def test_names_of_all_kinds(name: str) -> None:
    assert foot(block("CHỦ TỊCH", name=name)).signer.text == name


def test_a_name_in_capitals_is_less_sure() -> None:
    found = foot(block("CHỦ TỊCH", name="TRẦN VĂN MẪU"))
    assert (found.signer.text, found.title.text) == ("Trần Văn Mẫu", "CHỦ TỊCH")
    assert 0.8 <= found.signer.confidence < 0.9


def test_a_second_title_belongs_to_the_name() -> None:
    lines = [
        (RIGHT, 400.0, "TRƯỞNG BAN"),
        (RIGHT, 310.0, "CHỦ TỊCH UBND TỈNH"),
        (RIGHT, 292.0, "Trần Văn Mẫu"),
    ]
    found = foot(lines)
    assert (found.title.text, found.signer.text) == ("TRƯỞNG BAN", "Trần Văn Mẫu")
    assert found.area is not None
    assert 320 < found.area.y0 < 330
    assert 390 < found.area.y1 <= 400


def test_plain_letters_are_unsure() -> None:
    found = foot(block("CHỦ TỊCH"), style="regular")
    assert found.signer.text == "Trần Văn Mẫu"
    assert max(found.signer.confidence, found.title.confidence) < 0.8


def test_no_room_for_a_signature_is_unsure() -> None:
    found = foot(block("CHỦ TỊCH", room=20))
    assert found.signer.text == "Trần Văn Mẫu"
    assert found.signer.confidence < 0.8


def test_two_blocks_are_never_sure() -> None:
    left = [(170.0, y, text) for y, text in ((400.0, "THƯ KÝ"), (310.0, "Lê Thị Minh Họa"))]
    found = foot([*left, *block("CHỦ TỊCH")])
    assert (found.blocks, found.signer.text) == (2, "Trần Văn Mẫu")
    assert max(found.signer.confidence, found.title.confidence) < 0.8


def test_a_remark_in_the_room_is_no_title() -> None:
    found = foot([*block("CHỦ TỊCH"), (RIGHT, 350.0, "(Đã ký)")])
    assert (found.title.text, found.signer.text) == ("CHỦ TỊCH", "Trần Văn Mẫu")


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [(RIGHT, 400.0, "CHỦ TỊCH")],
        [(RIGHT, 310.0, "Trần Văn Mẫu")],
        [(RIGHT, 400.0, "DANH SÁCH CÁN BỘ"), (RIGHT, 310.0, "Trần Văn Mẫu")],
        [(RIGHT, 700.0, "CHỦ TỊCH"), (RIGHT, 310.0, "Trần Văn Mẫu")],
        [(RIGHT, 400.0, "CHỦ TỊCH"), (RIGHT, 360.0, "đã họp và quyết định"), (RIGHT, 310.0, "Trần Văn Mẫu")],
        [(170.0, 400.0, "CHỦ TỊCH"), (170.0, 310.0, "Trần Văn Mẫu")],
    ],
    ids=["nothing", "no name", "no title", "no office", "too far", "words between", "on the left"],
)
def test_what_is_no_signature_block(lines: list[Line]) -> None:
    assert read_foot(page(lines), HEIGHT) is None


def test_only_below_the_head_is_looked_at() -> None:
    assert read_foot(page(block("CHỦ TỊCH")), 350) is None


def test_the_area_keeps_clear_of_the_recipients() -> None:
    left = [
        (400.0, "Nơi nhận:"),
        (386.0, "- Như trên;"),
        (350.0, "- Các cơ quan, đơn vị có liên quan trên địa bàn tỉnh;"),
    ]
    free = foot(block("CHỦ TỊCH")).area
    found = foot(block("CHỦ TỊCH"), left=left)
    assert free is not None
    assert found.area is not None
    assert free.width == pytest.approx(60 * MM)
    edge = max(p.x1 for p in page([], left=left).pieces)
    assert edge < found.area.x0
    assert found.area.centre[0] == pytest.approx(free.centre[0], abs=0.1)
    assert found.area.width < free.width


def test_recipients_in_order_with_wrapped_lines() -> None:
    left = [
        (400.0, "Nơi nhận:"),
        (386.0, "- Như Điều 3;"),
        (372.0, "- Chủ tịch, các Phó Chủ tịch"),
        (358.0, "UBND tỉnh;"),
        (344.0, "- Trần Văn Mẫu (để báo cáo);"),
        (330.0, "- Lưu: VT, NC.PL.(300)"),
        (100.0, "Số 1 đường Mẫu, tỉnh Minh Giang"),
    ]
    found = foot(block("CHỦ TỊCH"), left=left)
    assert found.recipients == (
        "Như Điều 3",
        "Chủ tịch, các Phó Chủ tịch UBND tỉnh",
        "Trần Văn Mẫu (để báo cáo)",
    )
    assert found.archive_unit == "NC.PL"
    assert found.signer.text == "Trần Văn Mẫu"


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("- Lưu: VT, KT.", "KT"),
        ("- Lưu: VT, KSTT (05b).", "KSTT"),
        ("- Lưu VT, TH, KT;", "TH, KT"),
        ("- Lưu: VT.", ""),
    ],
)
def test_the_unit_that_keeps_it(line: str, unit: str) -> None:
    found = foot(block("CHỦ TỊCH"), left=[(400.0, "Nơi nhận:"), (386.0, "- Như trên;"), (372.0, line)])
    assert (found.recipients, found.archive_unit) == (("Như trên",), unit)


def test_a_letter_with_two_signers_of_equal_rank() -> None:
    drawn = draw(
        Letter(signers=(Signer((), "GIÁM ĐỐC", "Lê Thị Minh Họa"), Signer((), "CHỦ TỊCH", "Trần Văn Mẫu")))
    )
    with document(drawn.pdf) as opened:
        found = read_foot(sheet(opened, 0), 600)
    assert found is not None
    assert found.blocks == 2
