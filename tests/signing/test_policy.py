from datetime import UTC, datetime
from importlib.resources import files

import pytest
from pydantic import ValidationError

from signing.policy import DEFAULT, Policy

TEXT = files("signing").joinpath("policy.toml").read_text(encoding="utf-8")
OLD, NEW = datetime(2024, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "body", "layer"),
    [
        ("Trần Văn Mẫu", "ỦY BAN NHÂN DÂN TỈNH MINH GIANG", "signer"),
        ("ỦY BAN NHÂN DÂN TỈNH MINH GIANG", "ỦY BAN NHÂN DÂN TỈNH MINH GIANG", "organisation"),
        ("ỦY BAN NHÂN DÂN XÃ TÂN MẪU", "ỦY BAN NHÂN DÂN TỈNH MINH GIANG", "organisation"),
        ("Uỷ ban  nhân dân xã Tân Mẫu", "", "organisation"),
        ("SỞ TƯ PHÁP", "UBND TỈNH MINH GIANG", "organisation"),
        ("Sở Văn Vui", "", "organisation"),  # a person of such a name needs the directory
        ("Bạch Thị Bộ", "SỞ TƯ PHÁP", "signer"),
        ("BANG VĂN BA", "SỞ TƯ PHÁP", "signer"),
    ],
)
def test_whose_certificate_it_is(name: str, body: str, layer: str) -> None:
    assert DEFAULT.layer_of(name, body) == layer


def test_unicode_forms_are_read_alike() -> None:
    import unicodedata  # noqa: PLC0415

    assert DEFAULT.layer_of(unicodedata.normalize("NFD", "SỞ TƯ PHÁP"), "") == "organisation"


@pytest.mark.parametrize(
    ("digest", "key", "bits", "at", "code"),
    [
        ("sha256", "rsa", 2048, NEW, ""),
        ("sha256", "ec", 256, NEW, ""),
        ("sha1", "rsa", 2048, OLD, "verdict.weak_old"),
        ("sha1", "rsa", 2048, NEW, "verdict.weak_refused"),
        ("sha256", "rsa", 1024, OLD, "verdict.weak_old"),
        ("sha256", "rsa", 1024, None, "verdict.weak_refused"),
    ],
)
def test_weak_algorithms(digest: str, key: str, bits: int, at: datetime | None, code: str) -> None:
    assert DEFAULT.weakness(digest, key, bits, at) == code


def test_layers_by_class() -> None:
    assert DEFAULT.layers["main"] == ("signer", "organisation")
    assert DEFAULT.layers["attachment"] == ("organisation",)


@pytest.mark.parametrize(
    ("old", "new"), [("schema = 1", "schema = 2"), ("least_rsa_bits", "least_rsa"), ("[limits]", "[limit]")]
)
def test_a_wrong_entry_is_an_error(old: str, new: str) -> None:
    with pytest.raises(ValidationError):
        Policy.from_toml(TEXT.replace(old, new))
