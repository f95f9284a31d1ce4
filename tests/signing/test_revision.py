import io

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from document.errors import Refused, Returnable
from signing.revision import Revision, follow, frames, readable
from tests.support.papers import drawn


def marked(pdf: bytes) -> bytes:
    writer = Revision.on(pdf)
    writer.root[pdf_name("/Niem")] = generic.NumberObject(1)
    writer.update_root()
    return writer.finish()


def test_a_revision_is_the_same_bytes_every_time_and_keeps_what_came_in() -> None:
    made = marked(drawn().pdf)
    assert made == marked(drawn().pdf)
    assert made.startswith(drawn().pdf)
    assert len(made) > len(drawn().pdf)


def test_the_first_identifier_stays_and_the_second_tells_revisions_apart() -> None:
    one, two = marked(drawn().pdf), marked(marked(drawn().pdf))
    with pikepdf.open(io.BytesIO(one)) as first, pikepdf.open(io.BytesIO(two)) as second:
        assert first.trailer.ID[0] == second.trailer.ID[0]
        assert first.trailer.ID[1] != second.trailer.ID[1]


def test_dates_and_producer_of_the_document_stay() -> None:
    with pikepdf.open(io.BytesIO(drawn().pdf)) as opened:
        opened.docinfo["/Producer"] = "LibreOffice"
        opened.docinfo["/ModDate"] = "D:20300101000000+07'00'"
        out = io.BytesIO()
        opened.save(out)
    with pikepdf.open(io.BytesIO(marked(out.getvalue()))) as made:
        assert dict(made.docinfo.items()) == {
            "/Producer": "LibreOffice",
            "/ModDate": "D:20300101000000+07'00'",
        }


def test_boxes_and_turns_are_inherited_and_the_crop_box_stays_within_the_media_box() -> None:
    with pikepdf.open(io.BytesIO(drawn().pdf)) as opened:
        page = opened.pages[0]
        del page["/MediaBox"]
        opened.Root.Pages.MediaBox = [0, 0, 500, 600]
        opened.Root.Pages.CropBox = [490, 580, 10, -20]
        opened.Root.Pages.Rotate = -90
        out = io.BytesIO()
        opened.save(out)
    frame = frames(out.getvalue(), [0, 0])[0]
    assert (frame.visible.x0, frame.visible.y0, frame.visible.x1, frame.visible.y1) == (10, 0, 490, 580)
    assert frame.turn == 270


def test_a_page_that_is_not_there_is_returned() -> None:
    with pytest.raises(Returnable) as caught:
        frames(drawn().pdf, [7])
    assert caught.value.code == "prepare.unreadable"


def test_faults_of_a_file_get_our_words_and_our_own_errors_stay() -> None:
    with pytest.raises(Refused) as caught, readable("signing.failed", Refused):
        raise KeyError("/Pages")
    assert caught.value.params == {"detail": "KeyError"}
    with pytest.raises(Returnable), readable("signing.failed", Refused):
        raise Returnable("prepare.signed_already")


def test_a_reference_is_followed_and_what_is_missing_is_empty() -> None:
    writer = Revision.on(drawn().pdf)
    assert isinstance(follow(writer.root, "/Pages"), generic.DictionaryObject)
    assert follow(writer.root, "/Niem") == ()
    assert writer.field("Niem_So") is None
