"""One byte changed in an event or in a file of the vault is named; a lawful purge is no fault."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Executable, delete, select, update

from document.ledger import Ledger
from document.ledger.audit import ChainedEvent
from document.stages import Stage
from document.tables import Decision, Event, EventHead, Key, RegisterEntry, Version
from document.vault import Vault, digest_of
from office.audit import AuditReport, audit
from tests.support.ledger import Office
from tests.support.on_paper import REASON


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "vault")


@pytest.fixture
def document(office: Office, vault: Vault) -> str:
    """A received document whose bytes are in the vault."""
    files = [replace(f, digest=vault.put(f.name.encode())) for f in office.files(attachments=1)]
    return office.admit(files)


def told(report: AuditReport) -> list[tuple[str, Any]]:
    """The faults of chain and vault; what the tables say otherwise in consequence has tests of its own."""
    named = [(f.code, f.params.get("seq", f.params.get("digest"))) for f in report.faults]
    return [(code, where) for code, where in named if where is not None]


def change(office: Office, seq: int, **values: object) -> None:
    with office.ledger.writing() as session:
        session.execute(
            update(Event)
            .where(Event.organisation_id == office.organisation, Event.seq == seq)
            .values(**values)
        )


def body(office: Office, seq: int) -> bytes:
    with office.ledger.reading() as session:
        return session.scalars(
            select(Event.body).where(Event.organisation_id == office.organisation, Event.seq == seq)
        ).one()


def test_what_nobody_touched_is_sound(office: Office, vault: Vault, document: str) -> None:
    report = audit(office.ledger, vault)
    assert report.sound
    organisations = office.ledger.organisations()
    assert report.events == sum(office.ledger.chain_head(o.id)[0] for o in organisations)
    assert report.files == 2
    assert report.lines("vi") == [f"Toàn vẹn: {report.events} sự kiện, 2 tệp gốc đúng như đã ghi."]


def test_one_byte_of_an_event_is_named(office: Office, vault: Vault, document: str) -> None:
    whole = body(office, 2)
    for place in range(0, len(whole), 29):
        change(office, 2, body=whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        found = told(audit(office.ledger, vault))
        assert ("audit.hash", 2) in found
        assert {seq for _, seq in found} == {2}
    change(office, 2, body=whole)
    assert audit(office.ledger, vault).sound


def test_an_event_written_anew_with_its_hash_breaks_the_chain(
    office: Office, vault: Vault, document: str
) -> None:
    forged = body(office, 2).replace(b'"rule":null', b'"rule":"R-0"')
    change(office, 2, body=forged, hash=digest_of(forged))
    report = audit(office.ledger, vault)
    assert told(report) == [("audit.prev", 3)]
    assert any("sự kiện 3" in line for line in report.lines("vi"))
    assert any("event 3" in line for line in report.lines("en"))


def test_columns_that_say_something_else_than_the_body(office: Office, vault: Vault, document: str) -> None:
    change(office, 3, act="document.approved")
    assert told(audit(office.ledger, vault)) == [("audit.body", 3)]


def test_an_event_that_is_gone(office: Office, vault: Vault, document: str) -> None:
    with office.ledger.writing() as session:
        session.execute(delete(Event).where(Event.organisation_id == office.organisation, Event.seq == 2))
    assert told(audit(office.ledger, vault)) == [("audit.seq", 3), ("audit.prev", 3)]


def test_a_tail_cut_off_and_a_head_that_was_moved(office: Office, vault: Vault, document: str) -> None:
    seq, _ = office.ledger.chain_head(office.organisation)
    with office.ledger.writing() as session:
        session.execute(delete(Event).where(Event.organisation_id == office.organisation, Event.seq == seq))
    assert told(audit(office.ledger, vault)) == [("audit.head", seq - 1)]
    with office.ledger.writing() as session:
        session.execute(update(EventHead).values(hash="00" * 32))
    assert {code for code, _ in told(audit(office.ledger, vault))} == {"audit.head"}


def test_one_byte_of_a_file_and_a_file_that_is_gone(office: Office, vault: Vault, document: str) -> None:
    main, attachment = (f.digest for f in office.document(document).files)
    path = vault.path(main)
    path.chmod(0o640)
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    vault.path(attachment).unlink()
    report = audit(office.ledger, vault)
    assert sorted(told(report)) == sorted([("audit.damaged", main), ("audit.missing", attachment)])
    assert not report.sound
    assert any(main in line and document in line for line in report.lines("vi"))


def test_a_purge_on_record_is_told_but_is_no_fault(office: Office, vault: Vault, document: str) -> None:
    main, attachment = (f.digest for f in office.document(document).files)
    office.ledger.withdraw(document, office.document(document).unit_id, REASON)
    office.ledger.folder_done(document)
    office.ledger.purged(main, REASON)
    vault.purge(main)
    report = audit(office.ledger, vault)
    assert report.sound
    assert [f.params["digest"] for f in report.purged] == [main]
    assert any(main in line for line in report.lines("en"))
    vault.purge(attachment)
    assert told(audit(office.ledger, vault)) == [("audit.missing", attachment)]


def test_bytes_that_no_step_stored_are_missed(office: Office, vault: Vault) -> None:
    document = office.at(Stage.PREPARED)
    digests = {v.digest for v in office.document(document).versions}
    assert {d for code, d in told(audit(office.ledger, vault)) if code == "audit.missing"} == digests


@pytest.mark.parametrize(
    ("what", "statement"),
    [
        ("number", update(RegisterEntry).values(number=99)),
        ("number", delete(RegisterEntry)),
        ("void", update(RegisterEntry).values(void=True)),
        ("version", update(Version).where(Version.kind == "sealed").values(digest="ab")),
        ("version", delete(Version).where(Version.kind == "signed")),
        ("decision", delete(Decision).where(Decision.step == "form")),
        ("decision", update(Decision).where(Decision.step == "approve").values(shown="cd")),
        ("key", update(Key).where(Key.person_id.is_(None)).values(certificate=b"another")),
        ("key", update(Key).values(person_id=None)),
    ],
)
def test_a_table_that_says_something_else_than_the_record(
    office: Office, vault: Vault, what: str, statement: Executable
) -> None:
    document = office.at(Stage.ISSUED)
    assert {f.code for f in audit(office.ledger, vault).faults} == {"audit.missing"}  # no bytes here
    with office.ledger.writing() as session:
        session.execute(statement)
    (fault, *more) = [f for f in audit(office.ledger, vault).faults if f.code != "audit.missing"]
    assert fault.code == f"audit.{what}"
    assert {f.code for f in more} <= {fault.code}
    if what != "key":
        assert fault.params == {"owner": document}


def test_people_may_go_on_working_during_an_audit(office: Office, vault: Vault, document: str) -> None:
    """One who writes at any moment of the walk: no false alarm."""

    class Busy(Ledger):
        def chain(self, organisation_id: str) -> Iterator[ChainedEvent]:
            for event in super().chain(organisation_id):
                if event.seq % 3 == 0:
                    office.ledger.sign_in_ok(office.id_of("so"))
                yield event
            office.at(Stage.SIGNED)

    report = audit(Busy(office.ledger.engine, office.ledger.clock), vault)
    assert [f.code for f in report.faults if f.code != "audit.missing"] == []
