"""Page images, drawn in a child and kept for a while."""

import pytest

from document.errors import NotFound
from office.desk_pages import WIDTHS, Pages
from tests.support.desk import Office


def test_a_drawn_page_is_kept_and_the_width_is_one_of_two(place: Office) -> None:
    document = place.ledger.document(place.received())
    pages = Pages(place.site)
    digest = document.files[0].pdf
    wide = pages.png(digest, 0, 1000)
    assert wide == pages.png(digest, 0, 5000) != pages.png(digest, 0, 1)
    assert pages.png(digest, 0, WIDTHS[-1]) is wide
    with pytest.raises(NotFound):
        pages.png(digest, 1, 800)


def test_of_what_was_purged_no_drawing_is_left(place: Office) -> None:
    digest, other = (place.ledger.document(place.received(subject=(s,))).files[0].pdf for s in "AB")
    pages = Pages(place.site)
    kept = len(pages.png(other, 0, 800))
    pages.png(digest, 0, 800)
    place.site.vault.purge(digest)
    with pytest.raises(NotFound):
        pages.png(digest, 0, 800)
    assert pages.size == kept
    assert len(pages.png(other, 0, 800)) == kept


def test_memory_stays_bounded(place: Office) -> None:
    digest = place.ledger.document(place.received()).files[0].pdf
    one = len(Pages(place.site).png(digest, 0, 800))
    small = Pages(place.site, most_bytes=one)
    small.png(digest, 0, 800)
    small.png(digest, 0, 1240)
    assert small.size <= one
