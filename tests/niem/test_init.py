"""A new site: what stands in its folder, and that its settings file says what the code does."""

import stat
from pathlib import Path

import pytest

from document.errors import BadInput
from document.ledger import connect, migrate
from document.office_file import load_office
from document.settings import FILE, Settings
from niem import officework
from niem.init import init


def test_the_written_settings_are_the_defaults(tmp_path: Path) -> None:
    """Every value in the commented file is the one that counts where the line is missing."""
    assert init(tmp_path / "site").settings == Settings()


def test_every_section_is_written_out(tmp_path: Path) -> None:
    text = (init(tmp_path / "site").root / FILE).read_text(encoding="utf-8")
    for section in Settings.model_fields:
        assert f"[{section}]" in text


def test_private_folders_are_closed_and_the_database_is_current(tmp_path: Path) -> None:
    site = init(tmp_path / "site")
    for folder in (site.keys, site.socket.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    engine = connect(site.database_url)
    assert migrate.is_current(engine)
    engine.dispose()


def test_the_office_file_to_fill_in_is_a_valid_one(tmp_path: Path) -> None:
    site = init(tmp_path / "site")
    (organisation,) = load_office(site.root / "office.toml").organisations
    assert {role for person in organisation.people for role in person.roles} >= {"leader", "clerk"}
    officework.apply(site, site.root / "office.toml")
    assert (site.root / "shares/kinhte/1. Trình ký").is_dir()


def test_an_office_file_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "office.toml").write_text("# mine", encoding="utf-8")
    init(tmp_path)
    assert (tmp_path / "office.toml").read_text(encoding="utf-8") == "# mine"


def test_a_site_is_never_made_over_another(tmp_path: Path) -> None:
    before = init(tmp_path / "site")
    (before.root / FILE).write_text("# mine", encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        init(tmp_path / "site")
    assert caught.value.code == "init.exists"
    assert (before.root / FILE).read_text(encoding="utf-8") == "# mine"
