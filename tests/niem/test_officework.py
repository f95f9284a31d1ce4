"""What an administrator does at the terminal."""

import stat
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from certs.test import images
from document.errors import BadInput, NotFound
from document.facts import SealRuleFact
from document.settings import Site
from document.vault import Vault, digest_of
from niem import officework
from niem.held import ledger_of

PERIOD = (date(2030, 1, 1), date(2030, 12, 31))
INSIDE = date(2030, 6, 14)


def rule(site: Site, pin_file: Path, **more: object) -> None:
    given = {"authorisation": "12/QĐ-UBND", "period": PERIOD, "kinds": ["TB"], **more}
    officework.seal_rule(site, "minh-giang", "so", pin_file=pin_file, **given)  # type: ignore[arg-type]


def rules(site: Site, on: date = INSIDE) -> list[SealRuleFact]:
    with ledger_of(site) as ledger:
        return ledger.seal_rules(on)


@pytest.fixture
def pin_file(tmp_path: Path) -> Path:
    (tmp_path / "pin").write_text("12345678\n", encoding="utf-8")
    return tmp_path / "pin"


def test_applying_the_same_file_again_changes_nothing(site: Site) -> None:
    def people() -> list[str]:
        with ledger_of(site) as ledger:
            return [p.id for o in ledger.organisations() for p in ledger.people(o.id)]

    before = people()
    officework.apply(site, site.root / "office.toml")
    assert people() == before
    assert len(before) == 10


def test_each_unit_has_its_four_folders(site: Site) -> None:
    for unit in ("minh-giang/kstt", "minh-giang/tonghop", "tan-mau/kinhte"):
        names = sorted(path.name for path in (site.root / "shares" / unit).iterdir())
        assert names == ["1. Trình ký", "2. Đang xử lý", "3. Đã phát hành", "4. Trả lại"]


def test_images_are_kept_and_named(site: Site, tmp_path: Path) -> None:
    seal, ink = tmp_path / "seal.png", tmp_path / "ink.png"
    seal.write_bytes(images.seal("ỦY BAN NHÂN DÂN XÃ TÂN MẪU"))
    ink.write_bytes(images.signature("Lê Thị Minh Họa"))
    officework.images(site, "tan-mau", seal, [f"hoa={ink}"])
    with ledger_of(site) as ledger:
        (commune,) = [o for o in ledger.organisations() if o.code == "tan-mau"]
        assert commune.seal_image == digest_of(seal.read_bytes())
    assert Vault(site.vault).get(digest_of(ink.read_bytes())) == ink.read_bytes()


def test_an_image_without_transparency_is_refused(site: Site, tmp_path: Path) -> None:
    opaque = tmp_path / "white.png"
    Image.new("RGBA", (40, 40), (255, 255, 255, 255)).save(opaque)
    with pytest.raises(BadInput) as caught:
        officework.images(site, "tan-mau", opaque, [])
    assert caught.value.code == "office.image_opaque"


@pytest.mark.parametrize(
    ("people", "code"), [(["nobody={}"], "people.unknown"), (["hoa={}.no"], "office.missing")]
)
def test_an_image_of_nobody_or_of_nothing(site: Site, tmp_path: Path, people: list[str], code: str) -> None:
    ink = tmp_path / "ink.png"
    ink.write_bytes(images.signature("Ai đó"))
    with pytest.raises((NotFound, BadInput)) as caught:
        officework.images(site, "tan-mau", None, [pair.format(ink) for pair in people])
    assert caught.value.code == code


def test_a_password_for_nobody(site: Site) -> None:
    with pytest.raises(NotFound) as caught:
        officework.password(site, "nobody", "một mật khẩu dài")
    assert caught.value.code == "people.unknown"


def test_a_rule_is_in_force_in_its_period_only(site: Site, pin_file: Path) -> None:
    rule(site, pin_file)
    (found,) = rules(site)
    assert (found.authorisation, found.kinds) == ("12/QĐ-UBND", ("TB",))
    assert rules(site, date(2029, 12, 31)) == rules(site, date(2031, 1, 1)) == []
    kept = site.keys / f"{found.key_id}.pin"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.read_text(encoding="utf-8") == "12345678"


@pytest.mark.parametrize(
    "more",
    [{"authorisation": " "}, {"kinds": ["TB", "no such kind"]}, {"period": PERIOD[::-1]}, {"kinds": []}],
)
def test_a_rule_that_is_not_whole(site: Site, pin_file: Path, more: dict[str, object]) -> None:
    with pytest.raises(BadInput) as caught:
        rule(site, pin_file, **more)
    assert caught.value.code == "office.rule_incomplete"
    assert rules(site) == []
    assert list(site.keys.glob("*.pin")) == []


def test_a_pin_that_opens_nothing_is_not_kept(site: Site, pin_file: Path) -> None:
    pin_file.write_text("87654321", encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        rule(site, pin_file)
    assert caught.value.code == "office.rule_pin"
    assert rules(site) == []
    assert list(site.keys.glob("*.pin")) == []


@pytest.mark.parametrize("login", ["mau", "dau", "nobody"])
def test_only_a_clerk_of_the_same_body_answers_for_a_rule(site: Site, pin_file: Path, login: str) -> None:
    with pytest.raises(NotFound):
        officework.seal_rule(
            site,
            "minh-giang",
            login,
            authorisation="12/QĐ-UBND",
            period=PERIOD,
            kinds=["TB"],
            pin_file=pin_file,
        )
    assert rules(site) == []
