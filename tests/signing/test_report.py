import json
from pathlib import Path

import pytest

from certs.test.pki import Pki
from signing.asking import Asking
from signing.evidence import Verdict
from signing.report import as_json, exit_status, report, summary, verify_files
from tests.support.papers import drawn, write
from tests.support.sealed import NOW, sealed, signed, text_added, trust

pytest_plugins = ["tests.support.pki"]


@pytest.fixture(scope="module")
def verdicts(pki: Pki, tmp_path_factory: pytest.TempPathFactory) -> list[Verdict]:
    folder = tmp_path_factory.mktemp("report")
    good = sealed(pki)
    files = {
        "tot.pdf": good,
        "thieu.pdf": signed(pki)[0],
        "sua.pdf": text_added(good),
        "trang.pdf": drawn().pdf,
    }
    paths = [write(folder, data, name) for name, data in files.items()] + [folder / "khong-co.pdf"]
    asking = trust(pki, online=Asking(frozenset({"127.0.0.1"})))
    return verify_files(paths, trust=asking, at=NOW)


def test_the_first_line_says_it(verdicts: list[Verdict]) -> None:
    assert [report(verdict).splitlines()[0] for verdict in verdicts] == [
        "✔ tot.pdf: Văn bản đủ 2 lớp chữ ký số, còn nguyên vẹn.",
        "! thieu.pdf: Chưa đủ 2 lớp chữ ký số: thiếu chữ ký số của cơ quan ban hành.",
        "✘ sua.pdf: Nội dung trang 1 đã bị thay đổi sau khi ký.",
        "– trang.pdf: Tệp không có chữ ký số.",
        "✘ khong-co.pdf: Không mở được tệp (FileNotFoundError).",
    ]


def test_details_name_the_seven_items(verdicts: list[Verdict]) -> None:
    text = report(verdicts[0], details=True)
    for item in (
        "Người ký: Trần Văn Mẫu – ỦY BAN NHÂN DÂN TỈNH MINH GIANG",
        "Tổ chức cấp chứng thư chữ ký số: CA phục vụ các cơ quan Nhà nước G2 (TEST ONLY)",
        "Cơ quan, tổ chức quản lý chứng thư: ỦY BAN NHÂN DÂN TỈNH MINH GIANG",
        "Thời điểm ký (do người ký ghi): ",
        "Tính toàn vẹn: còn nguyên vẹn",
        "Hiệu lực của chứng thư tại thời điểm ký: còn hiệu lực",
        "Thời hạn của chứng thư: từ ",
    ):
        assert item in text


def test_english_when_asked_for(verdicts: list[Verdict]) -> None:
    assert "the document is intact" in report(verdicts[0], "en")
    assert "Certificate at signing: valid" in report(verdicts[0], "en", details=True)


def test_json_and_exit_status(verdicts: list[Verdict]) -> None:
    printed = json.loads(json.dumps(as_json(verdicts), ensure_ascii=False))
    assert [one["verdict"] for one in printed] == [
        "valid",
        "incomplete",
        "invalid",
        "unsigned",
        "unreadable",
    ]
    assert exit_status(verdicts[:1]) == 0
    assert exit_status(verdicts) == 1
    assert summary(verdicts) == "1/5 tệp hợp lệ."


def test_the_second_opinion_stands_beside(verdicts: list[Verdict], tmp_path: Path) -> None:
    opinion = verdicts[0].second_opinion
    if opinion is not None:  # poppler-utils is installed
        assert opinion.agrees
        assert "Kết quả đối chiếu (pdfsig): trùng khớp" in report(verdicts[0], details=True)
    assert verdicts[3].second_opinion is None
