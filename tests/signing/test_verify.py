import io
import json
import pickle
from collections.abc import Callable, Iterator
from datetime import timedelta

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.sign import fields

from certs.test.pki import Pki
from document.errors import Misconfigured
from signing.asking import Asking
from signing.evidence import Verdict
from signing.trust import Directory, Trust, fingerprint
from signing.verify import verify
from tests.support import sealed as support
from tests.support.papers import drawn, judged, pki_key
from tests.support.sealed import FORGERIES, NOW, appended, sealed, signed, trust

pytest_plugins = ["tests.support.pki"]


@pytest.fixture(scope="module")
def good(pki: Pki) -> bytes:
    return sealed(pki)


@pytest.fixture(scope="module")
def asking(pki: Pki) -> Trust:
    return trust(pki, online=Asking(frozenset({"127.0.0.1"})))


def check(pdf: bytes, trust: Trust, directory: Directory | None = None, **more: object) -> Verdict:
    return verify(pdf, name="a.pdf", trust=trust, directory=directory, at=NOW, **more)  # type: ignore[arg-type]


def codes(verdict: Verdict) -> set[str]:
    return {verdict.headline.code, *(found.code for found in verdict.reasons)}


def directory_of(pki: Pki, person: str = "leader-mau", body: str = "org-minh-giang") -> Directory:
    return Directory(
        {fingerprint(pki.certificate(person)): "mau"}, {fingerprint(pki.certificate(body)): "minh-giang"}
    )


# ---- good documents


def test_two_layers_with_the_status_asked_for_are_valid(pki: Pki, good: bytes, asking: Trust) -> None:
    verdict = check(good, asking, directory_of(pki))
    assert (verdict.verdict, verdict.integrity, verdict.headline.code) == ("valid", "intact", "verdict.valid")
    assert verdict.reasons == ()
    assert (verdict.layers.signer, verdict.layers.organisation, verdict.layers.order) == ((0,), (1,), "right")
    leader, seal = verdict.signatures
    assert (leader.field, leader.covers, leader.modification) == ("Niem_Ky_1", "revision", "form_filling")
    assert (seal.field, seal.covers, seal.modification) == ("Niem_Dau", "whole_file", "none")
    assert (leader.signer, leader.organisation) == ("Trần Văn Mẫu", "ỦY BAN NHÂN DÂN TỈNH MINH GIANG")
    assert (leader.level, leader.time_source, leader.valid_at_signing) == ("B-B", "claimed", True)
    assert leader.signing_time == NOW
    assert not leader.assumed
    assert leader.algorithm == "RSA 2048, SHA-256"


def test_what_the_file_carries_is_enough_for_a_long_time(pki: Pki) -> None:
    verdict = check(sealed(pki, long_term=True), trust(pki))
    assert verdict.verdict == "valid"
    assert [(one.level, one.time_source) for one in verdict.signatures] == [("B-LT", "timestamp")] * 2


def test_a_status_that_cannot_be_learnt_is_neither_valid_nor_invalid(pki: Pki, good: bytes) -> None:
    verdict = check(good, trust(pki))
    assert (verdict.verdict, verdict.integrity) == ("indeterminate", "intact")
    assert {"verdict.valid_unchecked", "verdict.revocation_unknown"} <= codes(verdict)
    assert {one.valid_at_signing for one in verdict.signatures} == {None}


def test_no_host_outside_the_list_is_asked(pki: Pki, good: bytes) -> None:
    verdict = check(good, trust(pki, online=Asking(frozenset({"ocsp.example"}))))
    assert "verdict.revocation_unknown" in codes(verdict)


def test_without_a_trust_store_integrity_is_still_told(good: bytes) -> None:
    verdict = check(good, Trust())
    assert (verdict.verdict, verdict.integrity) == ("indeterminate", "intact")
    assert "verdict.no_trust_store" in codes(verdict)


def test_a_strict_lock_is_good_too(pki: Pki, asking: Trust) -> None:
    assert check(sealed(pki, strict_lock=True), asking).verdict == "valid"


def test_the_drafts_own_form_may_be_there_when_it_is_left_alone(pki: Pki, asking: Trust) -> None:
    assert check(sealed(pki, original=support.with_foreign_field()), asking).verdict == "valid"


def test_without_a_directory_the_layer_is_assumed(good: bytes, asking: Trust) -> None:
    verdict = check(good, asking)
    assert verdict.verdict == "valid"
    assert [(one.layer, one.assumed) for one in verdict.signatures] == [
        ("signer", True),
        ("organisation", True),
    ]
    assert "verdict.assumed" in codes(verdict)


def test_a_document_as_the_states_tools_make_it(pki: Pki, asking: Trust) -> None:
    pdf = support.as_the_states_tools_do(pki)
    verdict = check(pdf, asking)
    assert (verdict.verdict, verdict.integrity, verdict.layers.order) == ("valid", "intact", "right")
    assert (verdict.layers.signer, verdict.layers.organisation) == ((0, 1), (2, 3, 4, 5))
    assert {one.level for one in verdict.signatures} == {"CMS"}
    assert not judged(pdf, moment=NOW)["Nhay"].docmdp_ok  # what pyHanko's own policy says of such files


def test_verdict_and_trust_cross_a_process_border(good: bytes, asking: Trust) -> None:
    other: Trust = pickle.loads(pickle.dumps(asking))  # noqa: S301 - our own bytes
    verdict = check(good, other)
    assert verdict.verdict == "valid"
    assert pickle.loads(pickle.dumps(verdict)).as_json() == verdict.as_json()  # noqa: S301


# ---- documents that lack something


def test_a_leader_alone_is_incomplete(pki: Pki, asking: Trust) -> None:
    verdict = check(signed(pki)[0], asking)
    assert (verdict.verdict, verdict.headline.code) == ("incomplete", "verdict.missing_organisation")
    assert verdict.layers.missing == ("organisation",)


def test_a_seal_alone_is_complete_for_an_attachment_only(pki: Pki, asking: Trust) -> None:
    alone = signed(pki, leader="org-minh-giang")[0]
    assert check(alone, asking).headline.code == "verdict.missing_signer"
    assert check(alone, asking, document_class="attachment").verdict == "valid"


def test_a_seal_before_the_leader_is_the_wrong_order(pki: Pki, asking: Trust) -> None:
    swapped = sealed(pki, leader="org-minh-giang", organisation="leader-mau")
    verdict = check(swapped, asking)
    assert (verdict.verdict, verdict.layers.order) == ("invalid", "wrong")


@pytest.mark.parametrize(
    ("leader", "code"),
    [
        ("revoked-mau", "verdict.revoked"),
        ("expired-mau", "verdict.expired_at_signing"),
        ("not-yet-mau", "verdict.not_yet_valid_at_signing"),
        ("self-made", "verdict.untrusted"),
        ("wrong-purpose", "verdict.wrong_purpose"),
    ],
)
def test_a_certificate_that_is_no_good(pki: Pki, asking: Trust, leader: str, code: str) -> None:
    verdict = check(support.carelessly_sealed(pki, leader), asking)
    assert (verdict.verdict, verdict.integrity) == ("invalid", "intact")
    assert code in codes(verdict)
    assert verdict.signatures[0].valid_at_signing is False


def test_a_revocation_after_signing_does_not_reach_back(pki: Pki, asking: Trust) -> None:
    before = sealed(pki, leader="revoked-mau", at=NOW - timedelta(days=60))
    assert check(before, asking).verdict == "valid"


def test_a_certificate_that_the_directory_does_not_know(pki: Pki, good: bytes, asking: Trust) -> None:
    verdict = check(good, asking, directory_of(pki, person="leader-thu"))
    assert verdict.verdict == "invalid"
    assert "verdict.not_in_directory" in codes(verdict)


def test_a_time_that_has_not_come(pki: Pki, asking: Trust) -> None:
    verdict = check(sealed(pki, at=NOW + timedelta(days=2)), asking)
    assert verdict.verdict == "invalid"
    assert "verdict.time_in_future" in codes(verdict)


def test_a_receivers_stamp_is_named_as_such_and_does_no_harm(pki: Pki, good: bytes, asking: Trust) -> None:
    stamped = support.stamped_by_receiver(good, pki_key(pki, "org-tan-mau"))
    verdict = check(stamped, asking)
    assert (verdict.verdict, verdict.integrity) == ("valid", "intact")
    assert "verdict.later_signature" in codes(verdict)


def test_a_strangers_later_signature_is_not_passed_over(pki: Pki, good: bytes, asking: Trust) -> None:
    verdict = check(support.stamped_by_receiver(good, pki_key(pki, "self-made")), asking)
    assert (verdict.verdict, verdict.integrity) == ("indeterminate", "intact")
    assert verdict.headline.code == "verdict.later_untrusted"


# ---- forgeries


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_what_is_changed_after_the_seal_is_modified(
    good: bytes, asking: Trust, forge: Callable[[bytes], bytes]
) -> None:
    forged = forge(good)
    assert forged.startswith(good)
    verdict = check(forged, asking)
    assert (verdict.verdict, verdict.integrity) == ("invalid", "modified")


# A number in the still empty field and a look for the still empty seal are what comes next anyway.
AT_ONCE = [
    forge
    for forge in FORGERIES
    if forge not in {support.number_changed, support.seal_covered, support.seal_moved}
]


@pytest.mark.parametrize("forge", AT_ONCE, ids=lambda forge: forge.__name__)
def test_what_is_changed_after_the_leader_is_modified(
    pki: Pki, asking: Trust, forge: Callable[[bytes], bytes]
) -> None:
    assert check(forge(signed(pki)[0]), asking).integrity == "modified"


def test_the_page_is_named(good: bytes, asking: Trust) -> None:
    verdict = check(support.text_added(good), asking)
    assert verdict.headline.text() == "Nội dung trang 1 đã bị thay đổi sau khi ký."


def test_the_number_changed_after_the_seal_is_bad_for_pyhanko_too(good: bytes, asking: Trust) -> None:
    forged = support.number_changed(good)
    assert check(forged, asking).integrity == "modified"
    assert not judged(forged, moment=NOW)["Niem_Dau"].bottom_line


def test_a_foreign_field_filled_between_the_layers(pki: Pki, asking: Trust) -> None:
    first, _ = signed(pki, original=support.with_foreign_field())
    forged = support.sealed_by_force(pki, first, support.fill_foreign_field)
    verdict = check(forged, asking)
    assert (verdict.verdict, verdict.integrity) == ("invalid", "modified")
    assert {"verdict.foreign_field"} <= codes(verdict)
    assert not judged(forged, moment=NOW)["Niem_Ky_1"].bottom_line


def test_a_visible_field_between_the_layers_that_covers_text(pki: Pki, asking: Trust) -> None:
    first, _ = signed(pki)
    forged = support.sealed_by_force(pki, first, support.overlay_added)
    assert check(forged, asking).integrity == "modified"


def test_one_signature_value_in_two_fields_counts_once(good: bytes, asking: Trust) -> None:
    def work(writer: support.Writer) -> None:
        value = support.field(writer, "Niem_Dau").raw_get("/V")
        spec = fields.SigFieldSpec("Lan_nua")
        fields.append_signature_field(writer, spec)
        support.field(writer, "Lan_nua")["/V"] = generic.IndirectObject(value.idnum, 0, writer)

    verdict = check(appended(good, work), asking)
    assert verdict.integrity == "broken"
    assert "verdict.same_value" in codes(verdict)


def without(pdf: bytes, entry: bytes, other: bytes) -> bytes:
    """The last occurrence of `entry` overwritten, byte for byte."""
    at = pdf.rindex(entry)
    assert len(entry) == len(other)
    return pdf[:at] + other + pdf[at + len(entry) :]


@pytest.mark.parametrize("entry", [b"/ByteRange", b"/Contents <"])
def test_a_signature_without_its_parts_is_broken(good: bytes, asking: Trust, entry: bytes) -> None:
    verdict = check(without(good, entry, b"/Z" + entry[2:]), asking)
    assert (verdict.verdict, verdict.integrity) == ("invalid", "broken")


def test_a_longer_gap_is_broken(pki: Pki, asking: Trust) -> None:
    pdf = signed(pki)[0]
    verdict = check(without(pdf, b"/ByteRange [0 ", b"/ByteRange [1 "), asking)
    assert verdict.integrity == "broken"


def test_a_shortened_file_is_broken(good: bytes, asking: Trust) -> None:
    assert check(good[:-40], asking).integrity == "broken"


def test_junk_behind_the_end_is_not_intact(good: bytes, asking: Trust) -> None:
    assert check(good + b"%%EOF\n1 0 obj<<>>endobj\n", asking).integrity in {"broken", "modified"}


def test_the_form_removed_is_not_simply_unsigned(good: bytes, asking: Trust) -> None:
    def work(writer: support.Writer) -> None:
        del writer.root["/AcroForm"]
        writer.update_root()

    verdict = check(appended(good, work), asking)
    assert (verdict.verdict, verdict.integrity) == ("invalid", "broken")
    assert "verdict.signature_lost" in codes(verdict)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_no_byte_can_be_flipped_or_cut(good: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(good) - 2))
    flipped = good[:place] + bytes([good[place] ^ data.draw(st.integers(1, 255))]) + good[place + 1 :]
    cut = good[:place] + good[place + 1 :]
    for changed in (flipped, cut):
        assert check(changed, Trust()).integrity != "intact"


# ---- other files


def test_an_unsigned_file(asking: Trust) -> None:
    verdict = check(drawn().pdf, asking)
    assert (verdict.verdict, verdict.integrity, verdict.signatures) == ("unsigned", "unsigned", ())


@pytest.mark.parametrize("data", [b"", b"khong phai PDF", b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\0" * 500])
def test_what_is_no_pdf_is_unreadable(asking: Trust, data: bytes) -> None:
    verdict = check(data, asking)
    assert (verdict.verdict, verdict.integrity) == ("unreadable", "unreadable")
    assert verdict.reasons


def test_a_closed_file_says_so(asking: Trust) -> None:
    with pikepdf.open(io.BytesIO(drawn().pdf)) as pdf:
        out = io.BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    verdict = check(out.getvalue(), asking)
    assert verdict.verdict == "unreadable"
    assert "verdict.encrypted" in codes(verdict)


def test_a_page_tree_in_a_circle_does_not_hang(asking: Trust) -> None:
    with pikepdf.open(io.BytesIO(drawn().pdf)) as pdf:
        pdf.Root.Pages.Kids.append(pdf.Root.Pages)
        out = io.BytesIO()
        pdf.save(out)
    assert check(out.getvalue(), asking).integrity in {"unsigned", "unreadable"}


# ---- the contract


TOP = (
    "schema file sha256 size document_class verdict integrity headline layers reasons signatures"
    " second_opinion"
)
ONE = (
    "field integrity covers modification layer assumed signer organisation managing_unit issuer serial"
    " fingerprint signing_time time_source trust certificate_not_before certificate_not_after"
    " valid_at_signing algorithm level reasons"
)


def keys_of(schema: object) -> Iterator[str]:
    assert isinstance(schema, dict)
    yield from schema


def test_json_has_every_key_of_the_contract_whatever_the_file(good: bytes, asking: Trust) -> None:
    top = TOP.split()
    one = ONE.split()
    for data in (good, b"", drawn().pdf):
        printed = json.loads(json.dumps(check(data, asking).as_json()))
        assert list(keys_of(printed)) == top
        assert set(printed["layers"]) == {"signer", "organisation", "order", "missing"}
        for signature in printed["signatures"]:
            assert list(keys_of(signature)) == one
            assert signature["signing_time"].endswith("+07:00")
        for found in [printed["headline"], *printed["reasons"]]:
            assert set(found) == {"code", "vi", "en"}


def test_a_test_root_has_no_place_on_a_real_site(pki: Pki) -> None:
    with pytest.raises(Misconfigured) as refused:
        Trust.load(pki.roots().values(), test_site=False)
    assert refused.value.code == "verdict.test_root"
