"""The commands: each says what it does, and an error is a sentence, never a traceback."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from document.settings import FILE, Site
from niem.cli import app
from tests.support.played import niem


def commands(of: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with its words."""
    yield path, of
    for name, command in getattr(of, "commands", {}).items():
        yield from commands(command, (*path, name))


ALL = dict(commands(typer.main.get_command(app)))


def test_the_commands_are_found() -> None:
    assert {("run",), ("keys", "import"), ("held", "void"), ("vault", "purge"), ("verify",)} <= set(ALL)


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_command_explains_itself(words: tuple[str, ...]) -> None:
    ran = CliRunner().invoke(app, [*words, "--help"])
    assert ran.exit_code == 0
    assert "Usage" in ran.output
    assert ALL[words].help, words


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_no_secret_is_an_argument(words: tuple[str, ...]) -> None:
    """Arguments are seen by every process of the machine: a secret comes from a file or the terminal."""
    for parameter in ALL[words].params:
        name = parameter.name or ""
        if any(word in name for word in ("pin", "password", "passphrase")):
            assert name.endswith("_file")


def test_no_site(tmp_path: Path) -> None:
    ran = niem("held", "--site", str(tmp_path))
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert FILE in ran.stderr
    assert "niem init" in ran.stderr


def test_wrong_settings_are_named_with_line_and_what_is_allowed(site: Site) -> None:
    text = (site.root / FILE).read_text(encoding="utf-8")
    for right, wrong in {
        "settle_seconds = 0.2": 'settle_seconds = "soon"',
        'poll = "auto"': 'poll = "sometimes"',
        "[work]": "[work]\nhurry = true",
    }.items():
        assert right in text
        text = text.replace(right, wrong)
    (site.root / FILE).write_text(text, encoding="utf-8")
    ran = niem("doctor", "--site", str(site.root))
    assert ran.returncode == 2
    lines = (site.root / FILE).read_text(encoding="utf-8").splitlines()
    for entry, allowed in (("settle_seconds", "number"), ("poll", "'never'"), ("hurry", "ask_seconds")):
        number = next(n for n, line in enumerate(lines, start=1) if line.startswith(entry))
        assert re.search(rf"line {number}: \w+\.{entry}: .*{re.escape(allowed)}", ran.stderr), ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("keys", "import", "nowhere.p12", "--login", "kiem"), "nowhere.p12"),
        (("held", "retry", "no-such-document", "--reason", "thử"), "no-such-document"),
        (("vault", "purge", "0" * 64, "--reason", "hết hạn"), "0" * 64),
        (("office", "images", "--organisation", "tan-mau", "--seal", "nowhere.png"), "nowhere.png"),
        (("people", "password", "kiem", "--password-file", "nowhere.txt"), "nowhere.txt"),
    ],
)
def test_an_error_is_a_sentence(site: Site, tmp_path: Path, arguments: tuple[str, ...], part: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mot-ma-pin-dai", encoding="utf-8")
    files = ("--passphrase-file", str(secret), "--pin-file", str(secret)) if "import" in arguments else ()
    ran = niem(*arguments, *files, "--site", str(site.root))
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert part in ran.stderr
    assert "●" in ran.stderr
    assert len([line for line in ran.stderr.splitlines() if line.strip()]) >= 2  # Vietnamese, English


def test_a_site_where_none_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = niem("init", str(tmp_path / "file" / "site"))
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert str(tmp_path / "file" / "site") in ran.stderr


def test_a_new_site_by_command(tmp_path: Path) -> None:
    made = niem("init", str(tmp_path / "site"))
    assert (made.returncode, (tmp_path / "site" / FILE).is_file()) == (0, True)
    again = niem("init", str(tmp_path / "site"))
    assert again.returncode == 2
    assert "Traceback" not in again.stderr
    assert niem("migrate", "--site", str(tmp_path / "site")).returncode == 0
    assert niem("audit", "--site", str(tmp_path / "site")).returncode == 0


def test_keys_and_held_lists(site: Site) -> None:
    keys = niem("keys", "list", "--site", str(site.root), COLUMNS="400")
    assert keys.returncode == 0
    assert "Trần Văn Mẫu" in keys.stdout
    assert niem("held", "--site", str(site.root)).returncode == 0


def test_a_password_from_a_file(site: Site, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("một mật khẩu đủ dài\n", encoding="utf-8")
    ran = niem(
        "people", "password", "kiem", "--password-file", str(tmp_path / "secret"), "--site", str(site.root)
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_verify_cannot_open_or_is_not_signed(site: Site, tmp_path: Path) -> None:
    plain = tmp_path / "plain.pdf"
    plain.write_bytes((Path(__file__).parents[2] / "samples" / "TB-ket-luan.pdf").read_bytes())
    for file in (plain, tmp_path / "nowhere.pdf"):
        ran = niem("verify", str(file), "--site", str(site.root))
        assert ran.returncode == 1
        assert "Traceback" not in ran.stderr
