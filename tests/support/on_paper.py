"""What the tests of the record write into it: an office file, a reading, keys, and a person's words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from document.facts import KeyFact
from document.office_file import OfficeSpec
from document.page import Blank, Box, Field, Reading
from document.vault import digest_of

SUBJECT: Final = "Công bố danh mục thủ tục hành chính lĩnh vực đất đai"
REASON: Final = "Sai căn cứ ban hành ở dòng thứ ba"
STEM: Final = "QĐ công bố TTHC"

OFFICE: Final[dict[str, Any]] = {
    "organisations": [
        {
            "code": "minh-giang",
            "level": "province",
            "place": "Minh Giang",
            "may_decide_procedures": True,
            "names": [{"name": "ỦY BAN NHÂN DÂN TỈNH MINH GIANG", "valid_from": "2020-01-01"}],
            "units": [
                {"code": "kstt", "name": "Phòng Kiểm soát thủ tục hành chính", "folder": "shares/kstt"},
                {"code": "tonghop", "name": "Phòng Tổng hợp", "folder": "shares/tonghop"},
            ],
            "people": [
                {
                    "login": "mau",
                    "name": "Trần Văn Mẫu",
                    "roles": ["leader"],
                    "signs": [{"capacity": "KT. CHỦ TỊCH", "title": "PHÓ CHỦ TỊCH"}],
                },
                {
                    "login": "thu",
                    "name": "Phạm Văn Thử",
                    "roles": ["leader"],
                    "signs": [{"capacity": "TL. CHỦ TỊCH", "title": "CHÁNH VĂN PHÒNG"}],
                },
                {"login": "kiem", "name": "Nguyễn Thị Kiểm", "head_of": ["kstt"]},
                {"login": "hop", "name": "Ngô Văn Hợp", "head_of": ["tonghop"]},
                {"login": "thuc", "name": "Đỗ Văn Thức", "roles": ["form_checker"]},
                {"login": "so", "name": "Vũ Thị Sổ", "roles": ["clerk"]},
            ],
            "series": [
                {"code": "qd", "symbols": ["QĐ-UBND"]},
                {"code": "chung", "symbols": ["*"], "width": 3, "start": 7},
            ],
        },
        {
            "code": "tan-mau",
            "level": "commune",
            "place": "Tân Mẫu",
            "names": [{"name": "ỦY BAN NHÂN DÂN XÃ TÂN MẪU", "valid_from": "2020-01-01"}],
            "units": [{"code": "kinhte", "name": "Phòng Kinh tế", "folder": "shares/kinhte"}],
            "people": [
                {
                    "login": "hoa",
                    "name": "Lê Thị Minh Họa",
                    "roles": ["leader"],
                    "signs": [{"capacity": "TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH", "title": "PHÓ CHỦ TỊCH"}],
                },
                {"login": "de", "name": "Hoàng Văn Đề", "head_of": ["kinhte"]},
                {"login": "cach", "name": "Bùi Thị Cách", "roles": ["form_checker"]},
                {"login": "dau", "name": "Đặng Văn Dấu", "roles": ["clerk"]},
            ],
            "series": [{"code": "chung", "symbols": ["*"]}],
        },
    ]
}
"""As `niem office apply` would read it."""


def office_spec(change: Callable[[dict[str, Any]], None] = lambda _: None) -> OfficeSpec:
    """The office file, changed by `change` where a test needs another."""
    raw = _copy(OFFICE)
    change(raw)
    return OfficeSpec.model_validate(raw)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def reading(**changes: Any) -> Reading:
    """What was read on a decision of the province; `changes` are fields of `Reading`."""
    blank = Blank(Box(0, 100, 700, 130, 714), 703, 13, confidence=1.0)
    base = Reading(
        pages=2,
        sizes=((595.0, 842.0), (595.0, 842.0)),
        issuing_body=sure("ỦY BAN NHÂN DÂN TỈNH MINH GIANG"),
        symbol=sure("QĐ-UBND"),
        number=blank,
        day=blank,
        month=replace(blank, italic=True),
        year=replace(blank, filled="2030"),
        kind=sure("QĐ"),
        subject=sure(SUBJECT),
        capacity=sure("KT. CHỦ TỊCH"),
        title=sure("PHÓ CHỦ TỊCH"),
        signer=sure("Trần Văn Mẫu"),
        signature_area=Box(1, 300, 200, 500, 280),
        recipients=("Như Điều 3", "Lưu: VT, KSTT"),
        archive_unit="KSTT",
    )
    return replace(base, **changes)


def sure(text: str) -> Field:
    """A field read without doubt."""
    return Field(text, Box(0, 60, 60, 260, 75), 1.0, "test")


def key(key_id: str, organisation_id: str, person_id: str | None, **changes: Any) -> KeyFact:
    """A key on record; its certificate is no certificate."""
    der = f"certificate of {key_id}".encode()
    fact = KeyFact(
        id=key_id,
        organisation_id=organisation_id,
        person_id=person_id,
        fingerprint=digest_of(der),
        certificate=der,
        chain=(b"issuer", b"root"),
        not_before=datetime(2030, 1, 1, tzinfo=UTC),
        not_after=datetime(2033, 1, 1, tzinfo=UTC),
        for_test=True,
    )
    return replace(fact, **changes)
