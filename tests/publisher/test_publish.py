"""The switch: whole or not at all, only when something changed; and what is public at all."""

import json
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from document.ledger import connect
from document.vault import digest_of
from publisher.listing import Listing
from publisher.publish import current_listing, publish, publish_postgresql, state_of
from publisher.search import Query
from tests.support.issued import IssuingOffice, issuing_office, sample_procedures
from tests.support.postgres import administer, fresh_database

pytest_plugins = ["tests.support.postgres"]

TODAY = date(2030, 6, 14)


def out(office: IssuingOffice) -> Path | None:
    return publish(office.ledger, office.vault, office.root / "public", clock=office.clock)


def count(office: IssuingOffice, on: date = TODAY) -> int:
    return Listing(office.root / "public").find(Query(), on).total


def test_it_is_done_once_for_each_change(office: IssuingOffice) -> None:
    office.issue(sample_procedures())
    first = out(office)
    assert first is not None
    assert out(office) is None
    assert state_of(first) == office.ledger.listing_state()
    office.issue([replace(sample_procedures()[0], code="1.900009")])
    second = out(office)
    assert second is not None
    assert second != first
    assert count(office) == 7


def test_an_office_without_decisions_has_an_empty_listing(office: IssuingOffice) -> None:
    assert out(office) is not None
    assert count(office) == 0


def test_a_listing_is_one_plain_readable_file(office: IssuingOffice) -> None:
    office.issue(sample_procedures())
    made = out(office)
    assert made is not None
    with sqlite3.connect(f"file:{made}?mode=ro&immutable=1", uri=True) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    names = sorted(path.name for path in made.parent.iterdir())
    assert names == [".lock", "current", "files", "listing-1.sqlite"]
    assert made.stat().st_mode & 0o777 == 0o644


def test_the_last_two_listings_stay(office: IssuingOffice) -> None:
    for number in range(4):
        office.issue([replace(sample_procedures()[0], code=f"1.90010{number}")])
        out(office)
    kept = sorted(path.name for path in (office.root / "public").glob("listing-*"))
    assert kept == ["listing-3.sqlite", "listing-4.sqlite"]
    assert count(office) == 4


def test_the_signed_file_is_there_byte_for_byte(office: IssuingOffice) -> None:
    office.issue(sample_procedures(), pdf=b"the sealed bytes")
    out(office)
    digest = digest_of(b"the sealed bytes")
    assert (office.root / "public" / "files" / f"{digest}.pdf").read_bytes() == b"the sealed bytes"


def test_what_is_issued_with_a_decision_is_public_with_it(office: IssuingOffice) -> None:
    annex = b"the stamped appendix"
    office.issue(sample_procedures(), attachments=(annex, b"another one"))
    out(office)
    (shown,) = Listing(office.root / "public").in_force("1.900001", TODAY)
    first, second = shown.decision.attachments
    assert first.digest == digest_of(annex)
    assert first.verdict.headline.code == "verdict.valid_single"
    assert [one.layer for one in second.verdict.signatures] == ["organisation"]
    assert first.file == f"/files/{first.digest}.pdf"
    assert (office.root / "public" / "files" / f"{first.digest}.pdf").read_bytes() == annex
    assert Listing(office.root / "public").file_name(first.digest) == "01_QD_UBND_Phu_luc_1.pdf"


def test_a_file_that_was_tampered_with_is_put_right(office: IssuingOffice) -> None:
    office.issue(sample_procedures(), pdf=b"the sealed bytes")
    out(office)
    file = office.root / "public" / "files" / f"{digest_of(b'the sealed bytes')}.pdf"
    file.write_bytes(b"something else")
    office.issue([])
    out(office)
    assert file.read_bytes() == b"the sealed bytes"


def test_purged_bytes_leave_the_record_without_its_file(office: IssuingOffice) -> None:
    office.issue(sample_procedures(), pdf=b"the sealed bytes")
    office.vault.purge(digest_of(b"the sealed bytes"))
    out(office)
    (shown,) = Listing(office.root / "public").in_force("1.900001", TODAY)
    assert shown.decision.file is None


def test_nothing_of_a_certificate_but_names_and_times(office: IssuingOffice) -> None:
    office.issue(sample_procedures())
    made = out(office)
    assert made is not None
    with sqlite3.connect(made) as database:
        decision = json.loads(database.execute("SELECT decision FROM announcements").fetchone()[0])
    assert b"4711" not in made.read_bytes()
    assert decision["verdict"]["signatures"][0]["name"] == "Trần Văn Mẫu"


def test_internal_procedures_stay_inside(office: IssuingOffice) -> None:
    inside = sample_procedures()[0]
    office.issue([replace(inside, data=inside.data | {"kind": "TTHC nội bộ"}), sample_procedures()[1]])
    out(office)
    assert count(office) == 1
    assert Listing(office.root / "public").history(inside.code, TODAY) == []


def test_workers_at_once_make_one_listing(office: IssuingOffice) -> None:
    office.issue(sample_procedures())
    made: list[Path | None] = []
    threads = [threading.Thread(target=lambda: made.append(out(office))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(str(path) for path in made if path) == [str(office.root / "public" / "listing-1.sqlite")]
    assert len(made) == 5


CRASH = """
import sys
from pathlib import Path
from document.faults import Faults
from document.ledger import Ledger, connect
from document.vault import Vault
from publisher.publish import publish
root = Path(sys.argv[1])
publish(Ledger(connect(f"sqlite:///{root}/ledger.sqlite")), Vault(root / "vault"), root / "public",
        faults=Faults(root / "faults"))
"""


@pytest.mark.parametrize(("point", "seen"), [("publish.before", 6), ("publish.after", 7)])
def test_a_crash_leaves_the_old_listing_or_the_new_one(office: IssuingOffice, point: str, seen: int) -> None:
    office.issue(sample_procedures())
    out(office)
    office.issue([replace(sample_procedures()[0], code="1.900009")])
    (office.root / "faults").mkdir()
    (office.root / "faults" / point).touch()
    ended = subprocess.run([sys.executable, "-c", CRASH, str(office.root)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert count(office) == seen
    assert (out(office) is None) == (point == "publish.after")
    assert count(office) == 7


def test_half_written_listings_are_cleared_away(office: IssuingOffice) -> None:
    public = office.root / "public"
    public.mkdir()
    (public / ".listing-1.sqlite.tmp").write_bytes(b"half")
    (public / "listing-9.sqlite").write_bytes(b"never pointed to")
    office.issue(sample_procedures())
    made = out(office)
    assert made == public / "listing-1.sqlite"
    assert [path.name for path in public.glob("*listing*")] == ["listing-1.sqlite"]


def test_a_pointer_out_of_the_folder_is_not_followed(office: IssuingOffice) -> None:
    out(office)
    (office.root / "public" / "current").write_text("../ledger.sqlite\n")
    assert current_listing(office.root / "public") is None


# PostgreSQL


@pytest.fixture
def served(postgres_url: str, tmp_path: Path) -> Iterator[tuple[IssuingOffice, Engine]]:
    """An office on PostgreSQL, and an engine of the role that the public process has."""
    with fresh_database(postgres_url) as url:
        role = f"reader_{make_url(url).database}"
        administer(url, f"CREATE ROLE {role} LOGIN")
        engine = connect(url)
        reader = create_engine(make_url(url).set(username=role))
        try:
            yield issuing_office(engine, tmp_path), reader
        finally:
            reader.dispose()
            engine.dispose()
            administer(url, f"DROP OWNED BY {role}")
            administer(url, f"DROP ROLE {role}")


def serve(office: IssuingOffice, reader: Engine) -> bool:
    role = reader.url.username
    assert role is not None
    public = office.root / "public"
    return publish_postgresql(
        office.engine, office.ledger, office.vault, public, reader=role, clock=office.clock
    )


def test_postgresql_is_filled_and_read_by_a_role_that_only_reads(
    served: tuple[IssuingOffice, Engine],
) -> None:
    office, reader = served
    office.issue(sample_procedures())
    assert serve(office, reader)
    assert not serve(office, reader)
    url = reader.url.render_as_string(hide_password=False)
    listing = Listing(office.root / "public", url)
    assert listing.find(Query("ho tro hoc"), TODAY).items[0].code == "1.900004"
    assert (
        listing.find(Query("chợ"), TODAY).total == Listing(office.root, url).find(Query("cho"), TODAY).total
    )
    assert listing.in_force("1.900005", TODAY)[0].decision.verdict.headline.code == "verdict.valid"
    assert listing.facets(TODAY)["level"][0].count == 3
    decision = listing.in_force("1.900005", TODAY)[0].decision
    assert listing.file_name(decision.digest) == "01_QD_UBND.pdf"
    office.issue([replace(sample_procedures()[0], code="1.900009")])
    assert serve(office, reader)
    assert listing.find(Query(), TODAY).total == 7
    assert listing.about()["number"] == "2"


def test_the_reading_role_can_do_nothing_else(served: tuple[IssuingOffice, Engine]) -> None:
    office, reader = served
    office.issue(sample_procedures())
    serve(office, reader)
    for statement in (
        "DELETE FROM niem_public.words",
        "INSERT INTO niem_public.about VALUES ('a', 'b')",
        "CREATE TABLE niem_public.mine (a int)",
        "SELECT * FROM public.documents",
        "SELECT * FROM public.people",
    ):
        with reader.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text(statement))


def test_another_version_of_the_schema_is_made_anew(served: tuple[IssuingOffice, Engine]) -> None:
    office, reader = served
    office.issue(sample_procedures())
    serve(office, reader)
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE niem_public.about SET value = '0' WHERE key = 'version'"))
    assert serve(office, reader)
    assert (
        Listing(office.root, reader.url.render_as_string(hide_password=False)).find(Query(), TODAY).total == 6
    )


def test_a_role_that_needs_quoting_is_refused(office: IssuingOffice) -> None:
    with pytest.raises(ValueError, match="drop"):
        publish_postgresql(office.engine, office.ledger, office.vault, office.root, reader='x"; drop table y')
