from datetime import UTC, datetime

from signing.evidence import FieldOpinion, SecondOpinion, SignatureEvidence, Verdict, reason


def test_a_reason_speaks_both_languages() -> None:
    found = reason("verdict.changed_page", page=2)
    assert found.as_json() == {
        "code": "verdict.changed_page",
        "vi": "Nội dung trang 2 đã bị thay đổi sau khi ký.",
        "en": "The content of page 2 was changed after signing.",
    }


def test_times_are_shown_as_in_viet_nam() -> None:
    one = SignatureEvidence(
        "F", "intact", "revision", signing_time=datetime(2026, 1, 5, 2, 30, 15, tzinfo=UTC)
    )
    assert one.as_json()["signing_time"] == "2026-01-05T09:30:15+07:00"
    assert one.as_json()["certificate_not_after"] is None


def test_what_is_not_known_is_null() -> None:
    verdict = Verdict("a.pdf", "", 0, "unsigned", "unsigned", reason("verdict.unsigned"))
    printed = verdict.as_json()
    assert printed["second_opinion"] is None
    assert printed["layers"] == {"signer": [], "organisation": [], "order": "unknown", "missing": []}


def test_a_second_opinion() -> None:
    opinion = SecondOpinion("pdfsig", (FieldOpinion("F", True, None, False),), agrees=True)
    assert opinion.as_json() == {
        "tool": "pdfsig",
        "agrees": True,
        "disagreements": [],
        "signatures": [
            {"field": "F", "digest_valid": True, "signature_valid": None, "total_document": False}
        ],
    }
