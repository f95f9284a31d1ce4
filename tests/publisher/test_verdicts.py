"""What the public is told of a verdict, and what not."""

import json

import pytest

from document import messages
from publisher.verdicts import headline, public_verdict
from tests.support.issued import good_verdict


def test_names_and_times_pass_and_nothing_else_of_a_certificate() -> None:
    shown = public_verdict(good_verdict("Trần Văn Mẫu", "ỦY BAN NHÂN DÂN TỈNH MINH GIANG"))
    assert [one["name"] for one in shown["signatures"]] == ["Trần Văn Mẫu", "ỦY BAN NHÂN DÂN TỈNH MINH GIANG"]
    assert "4711" not in json.dumps(shown)
    assert shown["headline"] == "valid"


@pytest.mark.parametrize(
    ("verdict", "integrity", "missing", "expected"),
    [
        ("valid", "intact", [], "valid"),
        ("indeterminate", "intact", [], "indeterminate"),
        ("indeterminate", "intact", ["organisation"], "invalid"),
        ("incomplete", "intact", ["organisation"], "incomplete"),
        ("invalid", "modified", [], "modified"),
        ("valid", "modified", [], "modified"),
        ("invalid", "broken", [], "invalid"),
        ("unreadable", "unreadable", [], "invalid"),
        ("something new", "intact", [], "invalid"),
    ],
)
def test_headlines(verdict: str, integrity: str, missing: list[str], expected: str) -> None:
    judged = {"verdict": verdict, "integrity": integrity, "layers": {"missing": missing}}
    assert headline(judged) == expected
    assert f"public.verdict_{expected}" in messages.catalogue()


def test_no_verdict_is_not_a_good_one() -> None:
    assert public_verdict({})["headline"] == "unknown"


def test_a_time_stamp_is_no_layer() -> None:
    assert public_verdict({"verdict": "valid", "signatures": [{"layer": "timestamp"}]})["signatures"] == []
