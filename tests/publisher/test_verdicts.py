"""What the public is told of a verdict, and what not."""

import json

from publisher.verdicts import public_verdict
from tests.support.issued import good_verdict


def test_names_and_times_pass_and_nothing_else_of_a_certificate() -> None:
    shown = public_verdict(good_verdict("Trần Văn Mẫu", "ỦY BAN NHÂN DÂN TỈNH MINH GIANG"))
    assert [one["name"] for one in shown["signatures"]] == ["Trần Văn Mẫu", "ỦY BAN NHÂN DÂN TỈNH MINH GIANG"]
    assert "4711" not in json.dumps(shown)


def test_the_headline_is_the_verdicts_own_sentence_with_its_code() -> None:
    assert public_verdict(good_verdict("a", "b"))["headline"] == {
        "code": "verdict.valid",
        "vi": "Văn bản đủ 2 lớp chữ ký số, còn nguyên vẹn.",
        "en": "Both layers of digital signatures are present; the document is intact.",
    }


def test_no_verdict_is_not_a_good_one() -> None:
    shown = public_verdict({})
    assert (shown["verdict"], shown["headline"]["code"]) == ("unknown", "public.verdict_unknown")


def test_a_time_stamp_is_no_layer() -> None:
    assert public_verdict({"verdict": "valid", "signatures": [{"layer": "timestamp"}]})["signatures"] == []
