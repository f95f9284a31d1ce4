from datetime import timedelta

import pytest

from certs.test.pki import Pki
from document.clock import local
from signing.asking import Asking
from signing.evidence import Verdict
from signing.trust import Trust
from signing.verify import verify
from tests.support.papers import drawn, pki_key
from tests.support.sealed import NOW, sealed, signed, stamped_by_receiver, text_added, trust
from tests.support.stamped import LINES, SYMBOL, paper, scan, stamped, stamped_at, turned

pytest_plugins = ["tests.support.pki"]

COPY = "{form}; ỦY BAN NHÂN DÂN TỈNH MINH GIANG; {{date}}; {{time}} +07:00"
SAID = f"Số: {SYMBOL}; {local(NOW):%d/%m/%Y; %H:%M:%S} +07:00"


@pytest.fixture(scope="module")
def asking(pki: Pki) -> Trust:
    return trust(pki, online=Asking(frozenset({"127.0.0.1"})))


def check(pdf: bytes, trust: Trust) -> Verdict:
    return verify(pdf, name="a.pdf", trust=trust, at=NOW)


def codes(verdict: Verdict) -> set[str]:
    return {verdict.headline.code, *(found.code for found in verdict.reasons)}


def is_main(verdict: Verdict, code: str) -> bool:
    """Whether the file counts as a document whose signatory has not signed, and `code` says why."""
    told = (verdict.document_class, verdict.verdict, verdict.headline.code)
    assert verdict.integrity == "intact"
    return told == ("main", "incomplete", "verdict.missing_signer") and code in codes(verdict)


# ---- attachments


@pytest.mark.parametrize(
    "text",
    [
        "Số: {number_symbol}; {date}; {time} +07:00",
        "Số: {number_symbol}; {iso}",
        "số :{number_symbol} ;{date};  {time}",
        "Số: {number_symbol}-BAN CHỈ ĐẠO CẢI CÁCH HÀNH CHÍNH THỨ 35; {date}; {time} +07:00",
    ],
)
def test_an_attachment_is_told_by_its_stamp(pki: Pki, asking: Trust, text: str) -> None:
    verdict = check(stamped(pki, paper(*LINES), text=text), asking)
    assert (verdict.document_class, verdict.verdict, verdict.integrity) == ("attachment", "valid", "intact")
    assert verdict.headline.code == "verdict.valid_single"
    (why,) = [found for found in verdict.reasons if found.code == "verdict.told_attachment"]
    assert str(why.params["number"]).startswith(SYMBOL)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_an_attachment_on_a_page_that_is_turned(pki: Pki, asking: Trust, quarters: int) -> None:
    verdict = check(stamped(pki, turned(paper(*LINES), quarters)), asking)
    assert (verdict.document_class, verdict.verdict) == ("attachment", "valid")


def test_a_receivers_stamp_leaves_it_an_attachment(pki: Pki, asking: Trust) -> None:
    both = stamped_by_receiver(stamped(pki, paper(*LINES)), pki_key(pki, "org-tan-mau"))
    verdict = check(both, asking)
    assert (verdict.document_class, verdict.verdict) == ("attachment", "valid")
    assert "verdict.later_signature" in codes(verdict)


def test_a_receivers_words_make_no_attachment(pki: Pki, asking: Trust) -> None:
    """The text counts where the body says it that signed first."""
    alone = signed(pki, leader="org-minh-giang")[0]
    verdict = check(stamped_by_receiver(alone, pki_key(pki, "org-tan-mau")), asking)
    assert is_main(verdict, "verdict.missing_signer")


def test_a_changed_attachment_is_modified(pki: Pki, asking: Trust) -> None:
    assert check(text_added(stamped(pki, paper(*LINES))), asking).integrity == "modified"


# ---- what looks like one


@pytest.mark.parametrize("seconds", [-1, 1, 86400])
def test_another_time_than_that_of_signing(pki: Pki, asking: Trust, seconds: int) -> None:
    other = local(NOW + timedelta(seconds=seconds))
    text = f"Số: {SYMBOL}; {other:%d/%m/%Y; %H:%M:%S} +07:00"
    assert is_main(check(stamped(pki, paper(*LINES), text=text), asking), "verdict.stamp_time_differs")


@pytest.mark.parametrize("ending", ["{date}; {time} +08:00", "{date}; {time}Z", "31/02/2026; 09:30:15"])
def test_a_time_that_is_not_viet_nams_or_none_at_all(pki: Pki, asking: Trust, ending: str) -> None:
    text = f"Số: {SYMBOL}; {ending}"
    assert is_main(check(stamped(pki, paper(*LINES), text=text), asking), "verdict.stamp_time_differs")


def test_the_same_words_in_their_place_are_good(pki: Pki, asking: Trust) -> None:
    assert check(stamped_at(pki, paper(*LINES), 0, 0, SAID), asking).document_class == "attachment"


@pytest.mark.parametrize(("x", "y"), [(0, -700), (-280, 0), (0, -160), (100, 0)])
def test_a_stamp_elsewhere(pki: Pki, asking: Trust, x: float, y: float) -> None:
    assert is_main(check(stamped_at(pki, paper(*LINES), x, y, SAID), asking), "verdict.stamp_misplaced")


@pytest.mark.parametrize("text", ["Đã ký; {date}; {time} +07:00", "Số: ; {date}; {time}", "{iso}"])
def test_other_words_say_nothing(pki: Pki, asking: Trust, text: str) -> None:
    verdict = check(stamped(pki, paper(*LINES), text=text), asking)
    assert is_main(verdict, "verdict.missing_signer")
    assert not {code for code in codes(verdict) if "stamp" in code or "told" in code}


def test_a_letter_that_only_the_organisation_signed(pki: Pki, asking: Trust) -> None:
    assert is_main(check(stamped(pki, drawn().pdf), asking), "verdict.reads_as_main")


@pytest.mark.parametrize(
    "lines",
    [
        ("CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "QUYẾT ĐỊNH", "Điều 1. Kiện toàn Tổ rà soát."),
        ("ỦY BAN NHÂN DÂN", "Số:        /QĐ-UBND", "Điều 1. Kiện toàn Tổ rà soát thủ tục hành chính."),
    ],
)
@pytest.mark.parametrize("letter_by_letter", [False, True])
def test_a_letter_without_a_part_of_its_head(
    pki: Pki,
    asking: Trust,
    lines: tuple[str, ...],
    letter_by_letter: bool,  # noqa: FBT001
) -> None:
    pdf = paper(*lines, letter_by_letter=letter_by_letter)
    assert is_main(check(stamped(pki, pdf), asking), "verdict.reads_as_main")


def test_a_letter_made_a_picture(pki: Pki, asking: Trust) -> None:
    assert is_main(check(stamped(pki, scan()), asking), "verdict.page_unread")
    assert is_main(check(stamped(pki, paper("x")), asking), "verdict.page_unread")


def test_an_attachment_with_a_small_picture_is_still_read(pki: Pki, asking: Trust) -> None:
    pdf = scan(paper(*LINES), wide=200, high=100, mode=0)
    assert check(stamped(pki, pdf), asking).document_class == "attachment"


# ---- copies


@pytest.mark.parametrize("form", ["SAO Y", "SAO LỤC", "TRÍCH SAO", "Sao y"])
def test_an_electronic_copy_of_a_paper(pki: Pki, asking: Trust, form: str) -> None:
    verdict = check(stamped(pki, scan(drawn().pdf), text=COPY.format(form=form)), asking)
    assert (verdict.document_class, verdict.verdict) == ("copy", "valid")
    (why,) = [found for found in verdict.reasons if found.code == "verdict.told_copy"]
    assert why.params["form"] == form.upper()


def test_an_extract_may_be_made_of_an_electronic_document(pki: Pki, asking: Trust) -> None:
    pdf = stamped(pki, drawn().pdf, text=COPY.format(form="TRÍCH SAO"))
    assert check(pdf, asking).document_class == "copy"


@pytest.mark.parametrize("form", ["SAO Y", "SAO LỤC"])
def test_no_other_copy_may(pki: Pki, asking: Trust, form: str) -> None:
    pdf = stamped(pki, drawn().pdf, text=COPY.format(form=form))
    assert is_main(check(pdf, asking), "verdict.copy_not_scanned")


def test_a_copy_names_the_body_that_made_it(pki: Pki, asking: Trust) -> None:
    def text(body: str) -> str:
        return f"SAO Y; {body}; {{date}}; {{time}} +07:00"

    short = check(stamped(pki, scan(), text=text("UBND tỉnh Minh Giang")), asking)
    assert short.document_class == "copy"
    other = check(stamped(pki, scan(), text=text("UBND xã Tân Mẫu")), asking)
    assert is_main(other, "verdict.stamp_body_differs")


# ---- the caller's word, and documents of two layers


def test_who_knows_the_class_says_it(pki: Pki, asking: Trust) -> None:
    letter = stamped(pki, drawn().pdf)
    said = verify(letter, name="a", trust=asking, at=NOW, document_class="attachment")
    assert (said.document_class, said.verdict) == ("attachment", "valid")
    appendix = stamped(pki, paper(*LINES))
    said = verify(appendix, name="a", trust=asking, at=NOW, document_class="main")
    assert (said.document_class, said.verdict) == ("main", "incomplete")


def test_two_layers_are_a_main_document_whatever_they_show(pki: Pki, asking: Trust) -> None:
    verdict = check(sealed(pki), asking)
    assert (verdict.document_class, verdict.headline.code) == ("main", "verdict.valid")
