"""`niem.toml`: typed, frozen; a wrong entry stops the start with its line and what is allowed."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from document.errors import Misconfigured
from document.settings import FILE, Settings, Site, load
from niem.init import DATABASE, SETTINGS


def site(tmp_path: Path, text: str) -> Site:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    return load(tmp_path)


def faults(tmp_path: Path, text: str) -> str:
    with pytest.raises(Misconfigured) as caught:
        site(tmp_path, text)
    assert caught.value.code == "settings.wrong"
    for lang in ("vi", "en"):
        assert str(caught.value.params["faults"]) in caught.value.text(lang)
    return str(caught.value.params["faults"])


def test_an_empty_file_is_an_office_with_safe_values(tmp_path: Path) -> None:
    found = site(tmp_path, "")
    assert found.settings == Settings()
    assert (found.settings.site.kind, found.is_trial, found.faults.folder) == ("office", False, None)
    assert found.settings.desk.host == found.settings.public.host == "127.0.0.1"
    assert found.settings.keys.unattended == []
    assert not found.settings.signing.strict_lock


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[watch]\nmax_mb = 50\nmax_md = 60", 3, ["watch.max_md", "known: ", "max_mb", "settle_seconds"]),
        ("\n[wacht]\nmax_mb = 50", 2, ["wacht", "known: ", "database", "watch"]),
        ('[watch]\nmax_mb = "many"', 2, ["watch.max_mb", "integer"]),
        ("[watch]\nmax_mb = 0", 2, ["watch.max_mb", "greater than or equal to 1"]),
        ("[watch]\nmax_mb = 5000", 2, ["watch.max_mb", "less than or equal to 2000"]),
        ('[site]\n# kind\nkind = "school"', 3, ["site.kind", "'office'", "'demo'", "'test'"]),
        ('[signing]  # how\nlevel = "B-LTA"', 2, ["signing.level", "'B-B'", "'B-T'", "'B-LT'"]),
        ('[watch]\npoll = "sometimes"', 2, ["watch.poll", "'auto'", "'always'", "'never'"]),
        ('[database]\nurl = "mysql://host/niem"', 2, ["database.url", "sqlite:///", "postgresql"]),
        ('[public]\nport = 1\n[desk]\ntls_key = "k.pem"', 3, ["desk", "belong together"]),
        ('[public]\nfile_name = "{nummer}"', 2, ["public.file_name", "{number}"]),
        ('[public]\nfile_name = "../{number}"', 2, ["public.file_name", "letters, digits"]),
        ('[public]\ndatabase = "postgresql+psycopg:///niem"', 2, ["public.database", "role@"]),
        ('[public]\ndatabase = "postgresql+psycopg://A;B@h/n"', 2, ["public.database", "small letters"]),
        ("[trust]\nroots = [3]", 2, ["trust.roots.0", "string"]),
        ("watch.max_md = 3", 1, ["watch.max_md", "max_mb"]),
        ("watch = 3", 1, ["watch"]),
        ("[watch]\nmax_mb = 5\n[desk]\nport = 70000", 4, ["desk.port", "65535"]),
    ],
)
def test_a_wrong_entry_is_named_with_its_line_and_what_is_allowed(
    tmp_path: Path, text: str, line: int, says: list[str]
) -> None:
    told = faults(tmp_path, text)
    assert told.startswith(f"  line {line}: ")
    assert "\n" not in told
    assert [word for word in says if word not in told] == []


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    told = faults(tmp_path, '[site]\nkind = "school"\n[watch]\nmax_md = 3\nmax_mb = 0\n')
    assert [row.split(":")[0] for row in sorted(told.splitlines())] == ["  line 2", "  line 4", "  line 5"]


@pytest.mark.parametrize(
    "text", ["[watch\nmax_mb = 3", "[watch]\nmax_mb = ", "[watch]\nmax_mb = 1\nmax_mb = 2"]
)
def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path, text: str) -> None:
    assert "line " in faults(tmp_path, text)


def test_other_bytes_than_utf8_are_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes('[site]\nname = "Niêm"\n'.encode("utf-16"))
    with pytest.raises(Misconfigured) as caught:
        load(tmp_path)
    assert caught.value.code == "settings.wrong"


def test_no_file_says_how_to_make_a_site(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as caught:
        load(tmp_path)
    assert caught.value.code == "settings.missing"
    assert str(tmp_path / FILE) in caught.value.text("vi")
    assert "niem init" in caught.value.fix("vi")


def test_settings_are_frozen(tmp_path: Path) -> None:
    found = site(tmp_path, "")
    with pytest.raises(ValidationError):
        setattr(found.settings.watch, "max_mb", 3)  # noqa: B010 (the type checker forbids it already)


def test_paths_are_the_site_s_or_absolute(tmp_path: Path) -> None:
    found = site(tmp_path, '[keys]\nfolder = "/srv/keys"\n[site]\nkind = "demo"')
    assert found.database_url == f"sqlite:///{tmp_path.resolve()}/ledger.sqlite"
    assert (found.keys, found.socket) == (Path("/srv/keys"), tmp_path.resolve() / "run/keys.sock")
    assert (found.vault, found.public) == (tmp_path.resolve() / "vault", tmp_path.resolve() / "public")
    assert found.is_trial
    assert found.faults.folder == tmp_path.resolve() / "faults"


def test_another_database_is_taken_as_written(tmp_path: Path) -> None:
    url = "postgresql+psycopg://niem@/niem?host=/var/run/postgresql"
    assert site(tmp_path, f'[database]\nurl = "{url}"').database_url == url


@pytest.mark.parametrize("kind", ["office", "demo", "test"])
def test_the_file_that_init_writes_says_what_holds_anyway(tmp_path: Path, kind: str) -> None:
    written = site(tmp_path, SETTINGS.format(kind=kind, database=DATABASE)).settings
    assert written.model_copy(update={"site": Settings().site}) == Settings()
    assert written.site.kind == kind
