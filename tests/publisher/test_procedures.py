"""The fields of a procedure, checked one by one; T-21, R-TTHC-01, 02, 11."""

from datetime import date
from typing import Any

import pytest
import yaml

from document.children import Children
from document.errors import Returnable
from document.facts import OrganisationFact
from publisher.procedures import CODE, check, may_decide, national_code, refuse_twice
from tests.publisher.test_data_file import workbook
from tests.support.issued import SAMPLES

GOOD: dict[str, Any] = {
    "code": "1.900001",
    "name": "Hỗ trợ giống cây trồng",
    "field": "Nông nghiệp",
    "level": "Xã",
    "act": "mới ban hành",
    "steps": ["Bước 1", "Bước 2"],
    "methods": ["Trực tuyến"],
    "dossier": ["Đơn"],
    "sets": "01",
    "time_limit_value": 10,
    "time_limit_unit": "ngày làm việc",
    "subjects": ["Cá nhân"],
    "authority": "Ủy ban nhân dân cấp xã",
    "places": ["Trung tâm"],
    "result": "Quyết định",
    "legal_basis": ["Nghị định"],
    "online_level": "FULL",
}


def in_yaml(*records: dict[str, Any]) -> bytes:
    texts = [
        {key: list(value) if isinstance(value, list) else str(value) for key, value in record.items()}
        for record in records
    ]
    return yaml.safe_dump(texts, allow_unicode=True).encode()


def faults(data: bytes, name: str = "tthc.yaml") -> list[str]:
    with pytest.raises(Returnable) as caught:
        check(data, name)
    error = caught.value
    assert error.code == "procedure.data_invalid"
    english, vietnamese = error.text("en"), error.text("vi")
    assert english.count("\n") == vietnamese.count("\n")
    return vietnamese.splitlines()[1:]


def test_the_sample_is_taken_as_it_is() -> None:
    found = check((SAMPLES / "QD-cong-bo-TTHC.xlsx").read_bytes(), "QD-cong-bo-TTHC.xlsx")
    assert len(found) == 6
    assert found[4].data["online_level"] == "PARTIAL"
    assert found[4].data["time_limit"] == {
        "value": 3,
        "unit": "ngày làm việc",
        "text": "Kể từ ngày nhận đủ hồ sơ hợp lệ.",
    }


def test_the_check_runs_in_a_child_process() -> None:
    with Children(workers=1) as children:
        found = children.call(check, in_yaml(GOOD), "a.yaml")
        with pytest.raises(Returnable) as caught:
            children.call(check, in_yaml(GOOD | {"level": ""}), "a.yaml")
    assert found == check(in_yaml(GOOD), "a.yaml")
    assert caught.value.code == "procedure.data_invalid"


@pytest.mark.parametrize("name", ["thu-tuc.mau.xlsx", "thu-tuc.mau.yaml"])
def test_an_empty_template_is_not_a_procedure(name: str) -> None:
    with pytest.raises(Returnable):
        check((SAMPLES / name).read_bytes(), name)


@pytest.mark.parametrize(
    "code", ["1.014390", "1.014390.H05", "1.011442.000.00.00.H38", "2.000815.000.00.00.H55.02"]
)
def test_codes_that_are_right(code: str) -> None:
    assert CODE.fullmatch(code)
    assert check(in_yaml(GOOD | {"code": code}), "a.yaml")[0].code == code
    assert national_code(code) == code[:8]


@pytest.mark.parametrize(
    "code", ["4.000001", "1.14390", "1.014390.", "1.014390.h05", "１.014390", "1.014390\n2"]
)
def test_codes_that_are_wrong(code: str) -> None:
    assert not CODE.fullmatch(code)
    assert "(Mã thủ tục)" in faults(in_yaml(GOOD | {"code": code}))[0]


def test_every_fault_is_told_at_once_with_row_and_column() -> None:
    keys = list(GOOD)
    row = [GOOD[key] if not isinstance(GOOD[key], list) else "\n".join(GOOD[key]) for key in keys]
    bad = row.copy()
    bad[keys.index("level")] = "Huyện"
    bad[keys.index("sets")] = "nhiều"
    bad[keys.index("name")] = None
    found = faults(workbook(keys, keys, row, bad), "a.xlsx")
    assert [line.split(":")[0] for line in found] == [
        "- Dòng 4, cột B (Tên thủ tục)",
        "- Dòng 4, cột D (Cấp thực hiện)",
        "- Dòng 4, cột I (Số lượng hồ sơ)",
        "- Dòng 4, cột A (Mã thủ tục)",
    ]
    assert "01/7/2025" in found[1]
    assert "dòng 3" in found[3]


def test_a_missing_an_unknown_and_a_doubled_column_are_told() -> None:
    keys = [*(key for key in GOOD if key != "result"), "hieu_luc", "code"]
    row = [str(GOOD.get(key, "x")) for key in keys]
    row[keys.index("sets")], row[keys.index("time_limit_value")] = "1", "1"
    found = faults(workbook(keys, keys, row), "a.xlsx")
    assert len(found) == 3
    assert all(any(word in line for line in found) for word in ("“code”", "“hieu_luc”", "“result”"))


def test_a_record_in_yaml_is_found_by_line_and_entry() -> None:
    (line,) = faults(in_yaml(GOOD, GOOD | {"code": "1.900002", "online_level": "4"}))
    assert "mục 2" in line
    assert "INFORMATION_ONLY" in line


def test_online_in_part_needs_its_reason() -> None:
    partial = GOOD | {"online_level": "PARTIAL"}
    assert "Nghị định 224/2026/NĐ-CP" in faults(in_yaml(partial))[0]
    assert check(in_yaml(partial | {"online_reason": "Kiểm tra tại chỗ"}), "a.yaml")


def test_an_abolished_procedure_needs_name_code_and_legal_text_only() -> None:
    short = {key: GOOD[key] for key in ("code", "name", "field", "level", "legal_basis")}
    (found,) = check(in_yaml(short | {"act": "Bãi bỏ"}), "a.yaml")
    assert found.act == "bãi bỏ"
    assert len(faults(in_yaml(short | {"act": "thay thế"}))) > 5
    assert len(faults(in_yaml(short | {"act": "bãi bỏ", "legal_basis": []}))) == 1


@pytest.mark.parametrize(
    ("text", "day"),
    [("01/09/2031", date(2031, 9, 1)), ("2031-09-01", date(2031, 9, 1)), ("", None)],
)
def test_dates_in_both_forms(text: str, day: date | None) -> None:
    assert check(in_yaml(GOOD | {"effective_from": text}), "a.yaml")[0].effective_from == day


@pytest.mark.parametrize("text", ["31/02/2031", "01/09/31", "mai", "01/01/0203"])
def test_dates_that_are_none(text: str) -> None:
    assert len(faults(in_yaml(GOOD | {"effective_from": text}))) == 1


def test_a_date_cell_of_a_workbook_is_a_date() -> None:
    keys = [*GOOD, "effective_from"]
    row = ["\n".join(v) if isinstance(v, list) else v for v in GOOD.values()]
    (found,) = check(workbook(keys, keys, [*row, date(2031, 9, 1)]), "a.xlsx")
    assert found.effective_from == date(2031, 9, 1)


def test_many_faults_are_cut_with_their_count() -> None:
    found = faults(in_yaml(*({"code": f"1.9{n:05d}"} for n in range(10))))
    assert len(found) == 51
    assert "lỗi khác" in found[-1]


def test_a_procedure_stands_in_one_data_file_of_a_set() -> None:
    one = check(in_yaml(GOOD), "a.yaml")
    refuse_twice([*one, *check(in_yaml(GOOD | {"code": "1.900002"}), "b.yaml")])
    with pytest.raises(Returnable) as caught:
        refuse_twice([*one, *check(in_yaml(GOOD | {"code": "1.900001.H05"}), "b.yaml")])
    assert caught.value.code == "procedure.twice"


def test_a_commune_only_posts() -> None:
    body = OrganisationFact(
        id="x", code="tan-mau", level="commune", name="ỦY BAN NHÂN DÂN XÃ TÂN MẪU", names=(), place="Tân Mẫu",
        may_decide_procedures=False, seal_image=None, seal_mm=36,
    )  # fmt: skip
    with pytest.raises(Returnable) as caught:
        may_decide(body)
    assert "XÃ TÂN MẪU" in caught.value.text()
    assert "niêm yết" in caught.value.text()
