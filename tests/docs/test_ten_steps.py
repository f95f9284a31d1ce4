"""The ten steps of the README, typed as they stand there, make an office that takes its first document.

What the test puts in itself is what a reader must: names into `office.toml`, own keys, own images, own
roots and ports; and the site is called a test site, because its certificates are.
"""

import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

from certs.test import images
from certs.test.pki import Pki
from document.facts import DocumentFact
from document.ledger import Ledger, connect
from document.settings import load
from document.stages import Stage
from niem.run import command
from tests.support.papertrail import ROOT

PIN: Final = "mã PIN 1234"
PATIENCE: Final = 90.0
NAMES: Final = {
    "XÃ VÍ DỤ": "XÃ TÂN MẪU",
    "Ví Dụ": "Tân Mẫu",
    'login = "lanhdao"\nname = "Họ và Tên"': 'login = "lanhdao"\nname = "Lê Thị Minh Họa"',
}
"""What this office writes into `office.toml`: it is the commune of the samples."""


def steps() -> list[str]:
    """The shell lines of the ten steps, in order."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("## Your own site in ten steps")[2].partition("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


class Reader:
    """Somebody who types what the README says, in a terminal of their own, with a folder as `/srv`."""

    def __init__(self, srv: Path) -> None:
        self.srv, self.here = srv, ROOT

    def types(self, line: str, *answers: str) -> str:
        """Type a line that must succeed, and give what is asked for."""
        if line.startswith("cd "):
            self.here = Path(self._words(line)[1])
            return f"{self.here}"
        ran = self.tries(line, *answers)
        assert ran.returncode == 0, f"{line}\n{ran.stdout}{ran.stderr}"
        assert PIN not in ran.stdout + ran.stderr
        return ran.stdout

    def tries(self, line: str, *answers: str) -> "subprocess.CompletedProcess[str]":
        """Type a line, whatever comes of it."""
        program, *words = self._words(line)
        assert program == "niem"
        return subprocess.run(
            [sys.executable, "-m", "niem", *words],
            cwd=self.here,
            input="".join(f"{answer}\n" for answer in answers),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            start_new_session=True,  # without a terminal, secrets are read from the input
        )

    def _words(self, line: str) -> list[str]:
        return shlex.split(line.replace("/srv/", f"{self.srv}/"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fill_in(site: Path, pki: Pki) -> None:
    """What steps 3, 7 and 8 leave to the reader."""
    office = site / "office.toml"
    text = office.read_text(encoding="utf-8")
    for old, new in NAMES.items():
        assert old in text, old
        text = text.replace(old, new)
    office.write_text(text, encoding="utf-8")
    roots = [shutil.copy(file, site / "trust") for file in pki.roots().values()]
    between = [shutil.copy(file, site / "trust") for file in pki.intermediates()]
    settings = (site / "niem.toml").read_text(encoding="utf-8")
    for old, new in {
        'kind = "office"': 'kind = "test"',
        "port = 8443": f"port = {free_port()}",
        "port = 8080": f"port = {free_port()}",
        "timestamp_urls = []": f"timestamp_urls = {pki.tsa_urls()!r}",
        "roots = []": f"roots = {[str(one) for one in roots]!r}",
        "intermediates = []": f"intermediates = {[str(one) for one in between]!r}",
        "revocation_hosts = []": 'revocation_hosts = ["127.0.0.1"]',
    }.items():
        assert old in settings, old
        settings = settings.replace(old, new, 1)
    (site / "niem.toml").write_text(settings, encoding="utf-8")
    (site / "seal.png").write_bytes(images.seal("ỦY BAN NHÂN DÂN XÃ TÂN MẪU"))
    (site / "lanhdao.png").write_bytes(images.signature("Lê Thị Minh Họa"))
    shutil.copy(pki.p12("deputy-hoa"), site / "lanhdao.p12")
    shutil.copy(pki.p12("org-tan-mau"), site / "coquan.p12")


def answers(line: str, pki: Pki) -> tuple[str, ...]:
    """What a command asks for: a new password twice; the old passphrase, then a new PIN twice."""
    if line.startswith("niem people password"):
        return ("mật khẩu dài 12", "mật khẩu dài 12")
    return (pki.passphrase, PIN, PIN) if line.startswith("niem keys import") else ()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory, pki: Pki) -> Reader:
    """A reader who has typed everything but the last line."""
    one = Reader(tmp_path_factory.mktemp("srv"))
    *lines, last = steps()
    assert lines[:2] == ["make setup", 'export PATH="$PWD/.venv/bin:$PATH"']
    assert last == "niem run"
    for line in lines[2:]:
        told = one.types(line, *answers(line, pki))
        if line.startswith("cd "):
            fill_in(one.here, pki)
        assert told, f"{line}: says nothing"
    return one


def test_the_steps_end_with_a_document_that_waits_for_its_checks(reader: Reader) -> None:
    ran = subprocess.Popen(
        command("run", reader.here),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        shutil.copy(ROOT / "samples/CV-bao-cao.pdf", reader.here / "shares/kinhte/1. Trình ký/CV-01.pdf")
        ledger = Ledger(connect(load(reader.here).database_url))
        until = time.monotonic() + PATIENCE
        found: list[DocumentFact] = []
        while time.monotonic() < until and [d.stage for d in found] != [Stage.PREPARED]:
            assert ran.poll() is None
            found = ledger.documents(None, set(Stage))
            time.sleep(0.2)
        assert [(d.stem, d.stage) for d in found] == [("CV-01", Stage.PREPARED)]
        assert (reader.here / "shares/kinhte/2. Đang xử lý/CV-01.pdf").is_file()
        ledger.engine.dispose()
    finally:
        ran.terminate()
        ran.wait(30)


def test_an_office_that_believes_a_test_root_is_told_so(reader: Reader) -> None:
    file = reader.here / "niem.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('kind = "test"', 'kind = "office"'), encoding="utf-8")
    try:
        ran = reader.tries("niem doctor")
    finally:
        file.write_text(text, encoding="utf-8")
    assert ran.returncode == 1
    assert "TEST ONLY" in ran.stdout
