from dataclasses import replace

import pytest

from signing.evidence import Reason, SignatureEvidence, Verdict, reason
from signing.policy import DEFAULT
from signing.summary import Findings, summed, unsigned
from signing.trust import Directory

BLANK = Verdict("a.pdf", "", 0, "unreadable", "unreadable", reason("verdict.unreadable"))
LEADER = SignatureEvidence(
    "Ky", "intact", "revision", "form_filling", "signer", signer="A", organisation="B",
    trust="trusted", valid_at_signing=True,
)  # fmt: skip
SEAL = replace(
    LEADER, field="Dau", covers="whole_file", modification="none", layer="organisation", signer=None
)
STAMP = SignatureEvidence("T", "intact", "whole_file", "none", "timestamp")
OTHER = replace(SEAL, field="Den", organisation="C")
STRANGER = replace(OTHER, trust="untrusted")
UNLEARNT = replace(SEAL, valid_at_signing=None)


def of(*evidence: SignatureEvidence, reasons: tuple[Reason, ...] = (), **more: object) -> Verdict:
    blank = replace(BLANK, **more)  # type: ignore[arg-type]
    return summed(blank, evidence, Findings(reasons), DEFAULT, None)


@pytest.mark.parametrize(
    ("evidence", "verdict", "integrity", "headline"),
    [
        ((LEADER, SEAL), "valid", "intact", "verdict.valid"),
        ((LEADER, SEAL, STAMP), "valid", "intact", "verdict.valid"),
        ((LEADER, SEAL, OTHER), "valid", "intact", "verdict.valid"),
        ((LEADER, SEAL, STRANGER), "indeterminate", "intact", "verdict.later_untrusted"),
        ((LEADER,), "incomplete", "intact", "verdict.missing_organisation"),
        ((SEAL,), "incomplete", "intact", "verdict.missing_signer"),
        ((STAMP,), "incomplete", "intact", "verdict.missing_both"),
        ((SEAL, LEADER), "incomplete", "intact", "verdict.missing_signer"),
        ((LEADER, replace(SEAL, integrity="broken")), "invalid", "broken", "verdict.broken"),
        ((replace(LEADER, modification="not_allowed"), SEAL), "invalid", "modified", "verdict.modified"),
        ((replace(LEADER, modification="unknown"), SEAL), "invalid", "modified", "verdict.modified"),
        ((replace(LEADER, trust="revoked"), SEAL), "invalid", "intact", "verdict.not_trusted"),
        ((LEADER, UNLEARNT), "indeterminate", "intact", "verdict.valid_unchecked"),
        ((replace(LEADER, trust="unknown"), SEAL), "indeterminate", "intact", "verdict.valid_no_store"),
    ],
)  # fmt: skip
def test_sums(evidence: tuple[SignatureEvidence, ...], verdict: str, integrity: str, headline: str) -> None:
    found = of(*evidence)
    expected = (verdict, integrity)
    if evidence == (SEAL, LEADER):
        expected, headline = ("invalid", "intact"), "verdict.order_wrong"
    assert (found.verdict, found.integrity) == expected
    assert found.headline.code == headline


def test_an_attachment_needs_the_seal_only() -> None:
    assert of(SEAL, document_class="attachment").headline.code == "verdict.valid_single"


def test_a_person_alone_is_not_called_an_organisation_or_two_layers() -> None:
    assert of(LEADER, document_class="draft").headline.code == "verdict.valid_person"


def test_a_file_that_says_two_things_is_not_valid() -> None:
    doubt, note = reason("verdict.field_differs", name="So"), reason("verdict.field_differs", name="Khac")
    found = summed(BLANK, (LEADER, SEAL), Findings(doubts=(doubt,), notes=(note,)), DEFAULT, None)
    assert (found.verdict, found.integrity, found.headline) == ("indeterminate", "intact", doubt)
    assert found.reasons == (note,)
    found = summed(BLANK, (LEADER, SEAL), Findings(notes=(note,)), DEFAULT, None)
    assert (found.verdict, found.reasons) == ("valid", (note,))
    found = summed(BLANK, (LEADER,), Findings(doubts=(doubt,)), DEFAULT, None)
    assert (found.verdict, found.reasons) == ("incomplete", (doubt,))


def test_something_against_the_file_breaks_it() -> None:
    found = of(LEADER, SEAL, reasons=(reason("verdict.readers_differ"),))
    assert (found.integrity, [one.code for one in found.reasons]) == ("broken", ["verdict.readers_differ"])


def test_the_page_comes_first_and_nothing_is_said_twice() -> None:
    changed = replace(
        LEADER, modification="not_allowed",
        reasons=(reason("verdict.changed_structure", name="/X"), reason("verdict.changed_page", page=3)),
    )  # fmt: skip
    found = of(changed, replace(SEAL, reasons=changed.reasons, modification="not_allowed"))
    assert found.headline == reason("verdict.changed_page", page=3)
    assert [one.code for one in found.reasons] == ["verdict.changed_structure"]


def test_with_a_directory_each_layer_needs_somebody_it_knows() -> None:
    strange = replace(LEADER, assumed=True)
    assert summed(BLANK, (strange, SEAL), Findings(), DEFAULT, Directory()).verdict == "invalid"
    assert summed(BLANK, (strange, LEADER, SEAL), Findings(), DEFAULT, Directory()).verdict == "valid"
    assert of(strange, SEAL).verdict == "valid"


def test_no_signature() -> None:
    assert unsigned(BLANK).verdict == "unsigned"
