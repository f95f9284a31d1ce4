"""What is judged before and after a document is issued; a test is the worker."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from document.clock import SetClock
from document.facts import DocumentFact
from document.settings import Site
from document.stages import Stage
from niem.parts import Parts
from niem.worker import work_once
from tests.support.bad_disk import damaged
from tests.support.crashing import Office
from tests.support.samples import LETTER, NOTICE
from tests.support.stepping import until


def changed(worker: Parts, **sections: dict[str, object]) -> Parts:
    """The same worker with other settings."""
    settings = worker.site.settings
    new = {name: getattr(settings, name).model_copy(update=values) for name, values in sections.items()}
    return replace(worker, site=Site(worker.site.root, settings.model_copy(update=new)))


def cut_off(worker: Parts, *, accepts: bool = True) -> Parts:
    """No revocation service may be asked: neither when sealing nor when judging."""
    signing = {"level": "B-T", "issue_when_revocation_unknown": accepts}
    return changed(worker, signing=signing, trust={"revocation_hosts": []})


def later(worker: Parts) -> Parts:
    """The same worker when a re-check is due."""
    due = timedelta(seconds=worker.site.settings.work.recheck_seconds + 1)
    return replace(worker, clock=SetClock(worker.clock.now() + due))


def idle(worker: Parts) -> None:
    """Work until there is nothing to do."""
    while work_once(worker):
        pass


def verdicts(staffed: Office, document: DocumentFact) -> list[str]:
    """What was said of it, each time."""
    acts = ("document.verified", "document.judged")
    return [event.data["verdicts"][0] for event in staffed.history(document) if event.act in acts]


def headline(staffed: Office, document: DocumentFact) -> str:
    """The newest verdict's first sentence."""
    body = staffed.ledger.verdict(document.id, document.version("sealed") or "")
    assert body is not None
    code: str = body["headline"]["code"]
    return code


@pytest.fixture(scope="module")
def sealed(staffed: Office, worker: Parts) -> DocumentFact:
    """A document that carries both layers but no evidence about revocation; each test leaves it there."""
    return until(staffed, cut_off(worker), staffed.drop(NOTICE, "da-dong-dau"), Stage.SEALED)


def held(staffed: Office, worker: Parts, document: DocumentFact) -> DocumentFact:
    """What becomes of it at the next step, before a person tries again."""
    while work_once(worker):
        if staffed.ledger.document(document.id).stage is not Stage.SEALED:
            break
    found = staffed.ledger.document(document.id)
    staffed.ledger.retry(document.id, "Đã xem lại")
    assert staffed.ledger.document(document.id).stage is Stage.SEALED
    return found


def test_unknown_revocation_holds_a_document_where_the_office_wants_it_so(
    staffed: Office, worker: Parts, sealed: DocumentFact
) -> None:
    found = held(staffed, cut_off(worker, accepts=False), sealed)
    assert (found.stage, found.reason) == (Stage.HELD, "work.verdict_bad")
    assert headline(staffed, sealed) == "verdict.valid_unchecked"


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `pdfsig` before the machine's on the PATH; of any file it says what stands in `said` beside it."""
    tool = tmp_path / "pdfsig"
    tool.write_text(f'#!/bin/sh\nwhile IFS= read -r line; do echo "$line"; done < {tmp_path}/said\n', "utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return tmp_path


LEADER = """Signature #1:
  - Signature Field Name: Niem_Ky_1
  - Not total document signed
  - Signature Validation: Digest Mismatch.
"""
OFFICE = """Signature #2:
  - Signature Field Name: Niem_Dau
  - Total document signed
  - Signature Validation: Signature is Valid.
"""


@pytest.mark.parametrize("says", [LEADER + OFFICE, OFFICE, ""])
def test_a_second_opinion_that_differs_holds_the_document(
    staffed: Office, worker: Parts, sealed: DocumentFact, stand_in: Path, says: str
) -> None:
    (stand_in / "said").write_text(says, encoding="utf-8")
    found = held(staffed, worker, sealed)
    assert (found.stage, found.reason) == (Stage.HELD, "work.second_opinion")
    assert "Niem_Ky_1" in found.reason_params["difference"]


def test_what_was_not_learnt_is_issued_with_a_warning_and_asked_again_until_it_is(
    staffed: Office, worker: Parts
) -> None:
    alone = cut_off(worker)
    document = until(staffed, alone, staffed.drop(LETTER, "chua-ro"), Stage.ISSUED)
    assert headline(staffed, document) == "verdict.valid_unchecked"
    assert verdicts(staffed, document) == ["indeterminate"]
    idle(worker)
    assert verdicts(staffed, document) == ["indeterminate"]  # not due yet
    while len(verdicts(staffed, document)) == 1:  # and no longer: for a second it stays due
        assert work_once(later(alone))
    assert verdicts(staffed, document) == ["indeterminate"] * 2
    digest = document.version("sealed")
    assert digest is not None
    with damaged(staffed.vault.path(digest)):
        idle(later(worker))  # put off, and nobody's way is blocked
    assert verdicts(staffed, document) == ["indeterminate"] * 2
    staffed.ledger.release(document.id)
    idle(later(worker))
    assert verdicts(staffed, document) == ["indeterminate", "indeterminate", "valid"]
    assert headline(staffed, document) == "verdict.valid"
    idle(later(worker))
    assert len(verdicts(staffed, document)) == 3
    assert staffed.ledger.document(document.id).stage is Stage.ISSUED


def test_the_organisations_key_is_not_used_where_the_signers_layer_does_not_verify(
    staffed: Office, worker: Parts
) -> None:
    """A leader whose certificate nobody here vouches for (R-SIG-03)."""
    document = until(staffed, worker, staffed.drop(LETTER, "khong-tin"), Stage.NUMBERED)
    others = [name for name in worker.site.settings.trust.roots if "public" in name]
    assert others
    strangers = changed(worker, trust={"roots": others, "intermediates": []})
    while staffed.ledger.document(document.id).stage is Stage.NUMBERED:
        assert work_once(strangers)
    found = staffed.ledger.document(document.id)
    assert (found.stage, found.held_from, found.reason) == (Stage.HELD, Stage.NUMBERED, "seal.leader_broken")
    assert "document.sealed" not in [event.act for event in staffed.history(found)]
    staffed.ledger.retry(document.id, "Đã bổ sung chứng thư gốc")
    while staffed.ledger.document(document.id).stage is not Stage.ISSUED:
        assert work_once(worker)
    assert verdicts(staffed, document) == ["valid"]
