from certs.test.pki import Pki
from signing.changes import Revision
from signing.embedded import signatures
from signing.history import History
from tests.support.sealed import note_added, sealed, signed

pytest_plugins = ["tests.support.pki"]


def history(pdf: bytes) -> History:
    last = Revision.open(pdf)
    return History(pdf, signatures(pdf, last.form), last)


def test_each_signature_covers_its_revision(pki: Pki) -> None:
    found = history(sealed(pki))
    leader, seal = found.found
    assert (found.covers(leader), found.covers(seal)) == ("revision", "whole_file")
    assert found.judged(leader).modification == "form_filling"
    assert found.judged(seal).modification == "none"
    assert not found.stamped_later(seal)


def test_what_comes_after_the_last_signature_counts_for_all(pki: Pki) -> None:
    found = history(note_added(sealed(pki)))
    assert [found.judged(one).modification for one in found.found] == ["not_allowed"] * 2
    assert [found.covers(one) for one in found.found] == ["revision"] * 2


def test_what_was_filled_between_two_signatures(pki: Pki) -> None:
    assert history(sealed(pki)).filled() == {"Niem_So", "Niem_Ngay", "Niem_Thang", "Niem_Nam"}
    assert history(signed(pki)[0]).filled() == frozenset()


def test_white_space_behind_the_end_is_no_change(pki: Pki) -> None:
    found = history(signed(pki)[0] + b"\r\n")
    assert found.judged(found.found[0]).modification == "none"
    assert found.covers(found.found[0]) == "revision"


def test_a_tail_without_a_cross_reference_of_its_own_is_unclear(pki: Pki) -> None:
    found = history(signed(pki)[0] + b"\n99 0 obj\n<<>>\nendobj\n%%EOF\n")
    assert found.judged(found.found[0]).modification == "unknown"
