import io
from collections.abc import Callable
from dataclasses import replace

import pikepdf
import pytest
from PIL import Image

from document.errors import BadInput
from document.page import Blank, Box, Reading
from signing import fonts
from signing.appearance import pixels, text_form
from signing.frame import Frame
from signing.plan import Plan, plan
from signing.prepare import prepare
from signing.rehearsal import throw_away_key
from signing.revision import Revision, frames
from signing.seal import seal
from signing.sign import sign
from tests.support.papers import (
    AT,
    ISSUED,
    SEAL_MM,
    drawn,
    image_size,
    plan_of,
    reading_of,
    seal_image,
    signature_image,
    standard,
)
from tests.support.pictures import cut, difference, ink, pdfium, poppler, share

Viewer = Callable[[bytes], Image.Image]
VIEWERS = pytest.mark.parametrize("viewer", [poppler, pdfium])


@VIEWERS
def test_number_and_date_are_black_in_their_blanks_and_touch_nothing(viewer: Viewer) -> None:
    before, after = viewer(standard().signed), viewer(standard().sealed)
    for spot in standard().plan.texts.values():
        room = replace(spot.box, x0=spot.box.x0 + 2, x1=spot.box.x1 - 2)
        assert ink(cut(before, room)) is None
        drawn_there = cut(after, room)
        where = ink(drawn_there)
        assert where is not None
        assert 0 < where[0] < where[2] < drawn_there.width
        assert share(drawn_there, "black") > 0.03
        # Digits stand on the baseline: their lowest ink is a quarter of the size above the box's foot.
        foot = (drawn_there.height - where[3]) * 72 / 100
        assert foot == pytest.approx(0.25 * spot.size, abs=1.5)


@VIEWERS
def test_the_red_seal_is_painted_over_the_left_third_of_the_blue_signature(viewer: Viewer) -> None:
    before, after = viewer(standard().signed), viewer(standard().sealed)
    where = standard().plan
    signature, stamped = where.signers[0].box, where.seal
    both = replace(signature, x1=stamped.x1)
    rest = replace(signature, x0=stamped.x1 + 2)
    assert share(cut(before, signature), "blue") > 0.01
    assert share(cut(before, both), "red") == 0
    assert share(cut(after, both), "red") > 0.05
    assert share(cut(after, rest), "red") == 0
    # The transparent parts of both stay transparent: blue under red, white between.
    assert share(cut(after, both), "blue") > 0
    assert difference(cut(before, rest), cut(after, rest)) == 0


@VIEWERS
def test_an_empty_field_shows_nothing(viewer: Viewer) -> None:
    assert difference(viewer(standard().original), viewer(standard().prepared)) == 0


def test_both_viewers_show_the_same() -> None:
    assert difference(poppler(standard().sealed), pdfium(standard().sealed)) < 0.01


MATRICES = {90: "0 1 -1 0 {h} 0", 180: "-1 0 0 -1 {w} {h}", 270: "0 -1 1 0 0 {w}"}


def turned(pdf: bytes, turn: int, width: float, height: float) -> bytes:
    """The same page as shown, lying otherwise in its file and turned by /Rotate, on an origin of its own."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        page = opened.pages[0]
        matrix = MATRICES[turn].format(w=width, h=height)
        page.contents_add(f"q 1 0 0 1 30 40 cm {matrix} cm".encode(), prepend=True)
        page.contents_add(b"Q")
        size = (height, width) if turn % 180 else (width, height)
        page.MediaBox = [0, 0, size[0] + 60, size[1] + 80]
        page.CropBox = [30, 40, size[0] + 30, size[1] + 40]
        page.Rotate = turn
        out = io.BytesIO()
        opened.save(out)
        return out.getvalue()


def on(reading: Reading, frame: Frame) -> Reading:
    """The reading of the upright page on the turned one."""

    def box(found: Box | None) -> Box:
        assert found is not None
        return frame.user(
            replace(found, x0=found.x0 + 30, x1=found.x1 + 30, y0=found.y0 + 40, y1=found.y1 + 40)
        )

    def blank(found: Blank | None) -> Blank:
        assert found is not None
        return replace(found, box=box(found.box), baseline=found.baseline + 40)

    return replace(
        reading,
        number=blank(reading.number),
        day=blank(reading.day),
        month=blank(reading.month),
        year=blank(reading.year),
        title=replace(reading.title, box=box(reading.title.box)),
        signer=replace(reading.signer, box=box(reading.signer.box)),
        signature_area=box(reading.signature_area),
    )


def through(pdf: bytes, where: Plan) -> bytes:
    signed = sign(
        prepare(pdf, where),
        plan=where,
        key=throw_away_key("Trần Văn Mẫu"),
        at=AT,
        image=signature_image(),
        timestamps=None,
    )
    return seal(
        signed,
        plan=where,
        number="05",
        issued_on=ISSUED,
        key=throw_away_key("ỦY BAN NHÂN DÂN TỈNH MINH GIANG"),
        at=AT,
        seal_image=seal_image(),
        timestamps=None,
        revocation=None,
    )


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_and_cropped_page_looks_like_an_upright_one(turn: int) -> None:
    with pikepdf.open(io.BytesIO(drawn().pdf)) as opened:
        width, height = (float(edge) for edge in opened.pages[0].MediaBox[2:])
    original = turned(drawn().pdf, turn, width, height)
    seen = frames(original, [0])
    assert seen[0].turn == turn
    where = plan(
        on(reading_of(drawn()), seen[0]),
        image_size=image_size(signature_image()),
        seal_mm=SEAL_MM,
        widest_number="8888",
        frames=seen,
    )
    sealed = through(original, where)
    assert difference(pdfium(sealed), pdfium(standard().sealed)) < 0.004
    assert difference(poppler(sealed), poppler(standard().sealed)) < 0.004


def test_a_text_wider_than_its_blank_is_an_error() -> None:
    writer = Revision.on(drawn().pdf)
    with pytest.raises(ValueError, match="888888"):
        text_form(writer, plan_of(drawn()).texts["Niem_Ngay"], "888888", fonts.family())


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n broken", b"<svg/>"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        pixels(data)
    assert caught.value.code == "signing.image_bad"


def test_transparency_is_kept() -> None:
    image = pixels(signature_image())
    assert (image.width, image.height) == image_size(signature_image())
    assert image.alpha != image.colours
