"""The doctor on the public pages."""

from pathlib import Path

import pytest

from document.ledger import connect
from document.settings import FILE, Site, load
from niem.doctor_public import listing, settings_open
from niem.init import init
from publisher.publish import publish
from tests.support.issued import issuing_office, sample_procedures


@pytest.fixture
def new(tmp_path: Path) -> Site:
    return init(tmp_path / "new", "test")


def test_what_was_issued_and_is_not_public_yet_is_told(new: Site) -> None:
    assert [found.code for found in listing(new)] == ["public.current"]
    office = issuing_office(connect(new.database_url), new.root)
    office.issue(sample_procedures())
    assert [(found.state, found.code) for found in listing(new)] == [("warning", "public.behind")]
    publish(office.ledger, office.vault, new.public)
    office.engine.dispose()
    assert [found.code for found in listing(new)] == ["public.current"]


def test_a_password_that_others_may_read_is_a_fault(new: Site) -> None:
    assert list(settings_open(new)) == []
    file = new.root / FILE
    file.write_text('[database]\nurl = "postgresql+psycopg://niem:geheim@/niem"\n', encoding="utf-8")
    assert [found.code for found in settings_open(load(new.root))] == ["public.password"]
    file.chmod(0o640)
    assert list(settings_open(load(new.root))) == []
