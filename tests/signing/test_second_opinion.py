import shutil
from pathlib import Path

import pytest

from certs.test.pki import Pki
from signing.evidence import FieldOpinion, SecondOpinion, SignatureEvidence
from signing.second_opinion import compared, pdfsig
from signing.verify import verify
from tests.support.papers import drawn, write
from tests.support.sealed import NOW, sealed, trust

pytest_plugins = ["tests.support.pki"]
needs_pdfsig = pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler-utils is not installed")


@needs_pdfsig
def test_pdfsig_agrees_on_a_good_document(pki: Pki, tmp_path: Path) -> None:
    pdf = sealed(pki)
    opinion = pdfsig(write(tmp_path, pdf))
    assert opinion is not None
    assert [one.field for one in opinion.signatures] == ["Niem_Ky_1", "Niem_Dau"]
    assert opinion.signatures[1] == FieldOpinion("Niem_Dau", True, True, True)
    verdict = verify(pdf, name="a", trust=trust(pki), at=NOW)
    answer = compared(opinion, verdict.signatures)
    assert (answer.agrees, answer.disagreements) == (True, ())


@needs_pdfsig
def test_pdfsig_sees_a_digest_mismatch(pki: Pki, tmp_path: Path) -> None:
    pdf = sealed(pki)
    place = pdf.index(b"/MediaBox")
    broken = pdf[:place] + b"/mediaBox" + pdf[place + 9 :]
    opinion = pdfsig(write(tmp_path, broken))
    assert opinion is not None
    assert {one.digest_valid for one in opinion.signatures} == {False}


@needs_pdfsig
def test_a_file_without_signatures(tmp_path: Path) -> None:
    assert pdfsig(write(tmp_path, drawn().pdf)) == SecondOpinion("pdfsig", ())


@needs_pdfsig
def test_it_may_not_take_long(pki: Pki, tmp_path: Path) -> None:
    assert pdfsig(write(tmp_path, sealed(pki)), seconds=0.0001) is None


OURS = SignatureEvidence("A", "intact", "whole_file")
STAMP = SignatureEvidence("T", "intact", "revision", layer="timestamp")


@pytest.mark.parametrize(
    ("theirs", "codes"),
    [
        ([FieldOpinion("A", True, True, True)], []),
        ([FieldOpinion("A", None, None, None)], []),
        ([FieldOpinion("A", True, True, True), FieldOpinion("T", False, False, True)], []),
        ([FieldOpinion("A", False, False, True)], ["verdict.opinion_integrity"]),
        ([FieldOpinion("A", True, True, False)], ["verdict.opinion_coverage"]),
        ([], ["verdict.opinion_missing"]),
        (
            [FieldOpinion("A", True, True, True), FieldOpinion("B", True, True, False)],
            ["verdict.opinion_extra"],
        ),
    ],
)  # fmt: skip
def test_disagreement_is_listed(theirs: list[FieldOpinion], codes: list[str]) -> None:
    answer = compared(SecondOpinion("pdfsig", tuple(theirs)), [OURS, STAMP])
    assert [found.code for found in answer.disagreements] == codes
    assert answer.agrees is (not codes)
    assert answer.as_json()["agrees"] is (not codes)
