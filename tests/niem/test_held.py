"""What is held and why, and the only ways out."""

from typing import Any

import pytest
from rich.console import Console

from document import messages
from document.errors import BadInput, Conflict, NotFound
from document.facts import DocumentFact
from document.stages import Stage
from document.vault import Vault
from niem import held
from niem.parts import Parts
from niem.worker import work_once
from office.audit import audit
from publisher.publish import FILES
from tests.support.bad_disk import damaged
from tests.support.crashing import Office
from tests.support.samples import LETTER, NOTICE
from tests.support.stepping import received, until

REASON = "Đã xem và quyết định như vậy"


def text_of(console: Console) -> str:
    said: str = console.file.getvalue()  # type: ignore[attr-defined]  # the fixture's text
    return said


def hold(staffed: Office, worker: Parts, stem: str) -> DocumentFact:
    """A document whose bytes the disk gave back wrong when it was to be prepared."""
    document = received(staffed, staffed.drop(NOTICE, stem))
    with damaged(staffed.vault.path(document.files[0].digest)):
        while staffed.document(stem).stage is not Stage.HELD:
            assert work_once(worker)
    return staffed.document(stem)


def reasons(document: DocumentFact) -> list[tuple[str, str]]:
    return [(decision.step, decision.reason) for decision in document.decisions]


def test_the_list_says_why_and_what_to_do(staffed: Office, worker: Parts, console: Console) -> None:
    document = hold(staffed, worker, "giu-lai-1")
    held.show(staffed.site, console)
    said = text_of(console)
    for part in (document.id, "giu-lai-1", held.reason_of(document), messages.text("stage.received")):
        assert part in said
    assert messages.fix("vault.damaged", "vi", **document.reason_params) in said


def test_nothing_held(staffed: Office, console: Console) -> None:
    for document in staffed.ledger.held():
        held.retry(staffed.site, document.id, REASON, console)
    held.show(staffed.site, console)
    assert messages.text("cli.nothing_held", "vi") in text_of(console)


def test_retry_goes_back_to_where_it_came_from(staffed: Office, worker: Parts, console: Console) -> None:
    document = hold(staffed, worker, "giu-lai-2")
    held.retry(staffed.site, document.id, REASON, console)
    freed = staffed.document("giu-lai-2")
    assert (freed.stage, freed.held_from, freed.reason) == (Stage.RECEIVED, None, None)
    assert ("held.retry", REASON) in reasons(freed)
    told = staffed.person("hop")._get(f"/documents/{freed.id}")
    assert REASON in [decision["reason"] for decision in told["document"]["decisions"]]
    with pytest.raises(Conflict) as caught:
        held.retry(staffed.site, document.id, REASON, console)
    assert caught.value.code == "ledger.not_held"


def test_return_gives_the_file_back_with_the_reason(staffed: Office, worker: Parts, console: Console) -> None:
    document = hold(staffed, worker, "giu-lai-3")
    original = staffed.vault.get(document.files[0].digest)
    held.give_back(staffed.site, document.id, REASON, console)
    staffed.until(lambda: staffed.document("giu-lai-3").folder_done, "given back")
    folder = staffed.place(NOTICE.unit, 3)
    assert (folder / "giu-lai-3.pdf").read_bytes() == original
    assert REASON in (folder / "giu-lai-3.pdf - LÝ DO TRẢ LẠI.txt").read_text(encoding="utf-8-sig")


def test_after_a_number_only_void_is_left(staffed: Office, worker: Parts, console: Console) -> None:
    """The number stays in the register, marked, and the next document gets the next one."""
    document = until(staffed, worker, staffed.drop(LETTER, "giu-lai-4"), Stage.NUMBERED)
    with damaged(staffed.vault.path(document.version("signed") or "")):
        assert work_once(worker)
    with pytest.raises(Conflict):
        held.give_back(staffed.site, document.id, REASON, console)
    held.void(staffed.site, document.id, REASON, console)
    voided = staffed.document("giu-lai-4")
    assert voided.stage is Stage.VOID
    assert voided.register is not None
    assert (voided.register.void, voided.register.note) == (True, REASON)
    after = until(staffed, worker, staffed.drop(LETTER, "giu-lai-5"), Stage.ISSUED)
    assert after.register is not None
    assert after.register.number == voided.register.number + 1


def test_purge_destroys_the_bytes_and_keeps_the_record(
    staffed: Office, worker: Parts, console: Console
) -> None:
    document = hold(staffed, worker, "huy-1")
    digest = document.files[0].digest
    with pytest.raises(Conflict) as living:
        held.purge(staffed.site, digest, REASON, console)
    assert living.value.code == "vault.in_use"
    held.give_back(staffed.site, document.id, REASON, console)
    staffed.until(lambda: staffed.document("huy-1").folder_done, "given back")
    shown = staffed.site.public / FILES / f"{digest}.pdf"
    shown.parent.mkdir(parents=True, exist_ok=True)
    shown.write_bytes(staffed.vault.get(digest))
    held.purge(staffed.site, digest, REASON, console)
    assert not shown.exists()
    assert not Vault(staffed.site.vault).path(digest).exists()
    kept = staffed.document("huy-1")
    assert kept.files[0].digest == digest
    assert ("vault.purged", REASON) in reasons(kept)
    assert "vault.purged" in [event.act for event in staffed.history(kept)]
    with pytest.raises(NotFound):
        held.purge(staffed.site, digest, REASON, console)
    report = audit(staffed.ledger, staffed.vault)
    assert report.sound, report.lines("en")
    assert held.audit_site(staffed.site, console) == 0


def test_damage_is_found_by_the_audit(staffed: Office, worker: Parts, console: Console) -> None:
    document = received(staffed, staffed.drop(NOTICE, "huy-2"))
    digest = document.files[0].digest
    with damaged(staffed.vault.path(digest)):
        assert held.audit_site(staffed.site, console) == 1
        assert digest in text_of(console)
    assert held.audit_site(staffed.site, console) == 0


def test_purge_of_what_was_never_there(staffed: Office, console: Console) -> None:
    with pytest.raises(NotFound) as caught:
        held.purge(staffed.site, "0" * 64, REASON, console)
    assert caught.value.code == "vault.missing"


@pytest.mark.parametrize("act", [held.retry, held.give_back, held.void, held.purge])
@pytest.mark.parametrize("reason", ["", "  \n", "x"])
def test_no_way_out_without_a_reason(staffed: Office, console: Console, act: Any, reason: str) -> None:
    with pytest.raises(BadInput) as caught:
        act(staffed.site, "whatever", reason, console)
    assert caught.value.code == "desk.reason_needed"
