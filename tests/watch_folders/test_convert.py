"""DOCX to PDF, with the real LibreOffice where the machine has one."""

import os
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest

from document.errors import Returnable
from document.reading import read
from watch_folders.convert import convert, program

needs_libreoffice = pytest.mark.skipif(program() is None, reason="LibreOffice is not installed")


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program named `soffice`, first on the path; a test writes what it does."""
    script = tmp_path / "bin" / "soffice"
    script.parent.mkdir()
    monkeypatch.setenv("PATH", f"{script.parent}:{os.defpath}")
    script.write_text("#!/bin/sh\nexit 0\n")
    script.chmod(stat.S_IRWXU)
    return script


def code(seconds: float = 30) -> str:
    with pytest.raises(Returnable) as caught:
        convert(b"no DOCX", seconds)
    return caught.value.code


@needs_libreoffice
def test_a_document_keeps_its_letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    reading = read(convert(Path("samples/CV-bao-cao.docx").read_bytes()))
    assert reading.signer.text == "Lê Thị Minh Họa"
    assert list(tmp_path.iterdir()) == []


def test_without_libreoffice_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program() is None
    assert code() == "intake.no_libreoffice"


def test_a_converter_that_makes_nothing_or_fails_is_no_success(stand_in: Path) -> None:
    assert code() == "intake.conversion_failed"
    stand_in.write_text("#!/bin/sh\nexit 3\n")
    assert code() == "intake.conversion_failed"


def test_a_slow_converter_ends_with_all_its_children(stand_in: Path, tmp_path: Path) -> None:
    late = tmp_path / "late"
    stand_in.write_text(f"#!/bin/sh\n(sleep 40; touch {late}) &\nsleep 60\n")
    assert code(seconds=0.5) == "intake.conversion_slow"
    end = time.monotonic() + 20
    while _running(stand_in):
        assert time.monotonic() < end
        time.sleep(0.02)
    assert not late.exists()


def test_the_converter_sees_no_setting_of_ours(stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIEM_TEST_VALUE", "x")
    stand_in.write_text(
        '#!/bin/sh\n[ -z "$NIEM_TEST_VALUE" ] || exit 3\nmkdir out; printf "%%PDF" > out/document.pdf\n'
    )
    assert convert(b"x") == b"%PDF"


def _running(script: Path) -> bool:
    """Whether any process of the machine still runs the script."""
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if str(script) in line.read_text(errors="replace"):
                return True
    return False
