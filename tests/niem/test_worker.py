"""A worker's failures: each ends with the document in a place that a person finds."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from document.settings import Site
from document.stages import Stage
from niem.parts import Parts
from niem.worker import work_once
from publisher.publish import current_listing, state_of
from signing.keys.client import KeyClient
from tests.support.bad_disk import damaged, in_the_way
from tests.support.crashing import Office
from tests.support.samples import LETTER, NOTICE
from tests.support.stepping import received, until


@pytest.fixture(autouse=True)
def _nothing_left(worker: Parts) -> None:
    """What other tests left to do is done first: a worker takes what has waited longest."""
    while work_once(worker):
        pass


def test_damaged_bytes_are_held_at_once(staffed: Office, worker: Parts) -> None:
    document = received(staffed, staffed.drop(NOTICE, "hong-byte"))
    with damaged(staffed.vault.path(document.files[0].digest)):
        assert work_once(worker)
    held = staffed.document("hong-byte")
    assert (held.stage, held.held_from, held.reason) == (Stage.HELD, Stage.RECEIVED, "vault.damaged")
    staffed.ledger.retry(held.id, "Đã khôi phục từ bản sao lưu")
    assert work_once(worker)
    assert staffed.document("hong-byte").stage is Stage.PREPARED


def test_three_unforeseen_failures_are_held(staffed: Office, worker: Parts) -> None:
    document = received(staffed, staffed.drop(NOTICE, "ba-lan"))
    with in_the_way(staffed.vault.path(document.files[0].digest).parent):
        for _ in range(3):
            assert staffed.document("ba-lan").stage is Stage.RECEIVED
            assert work_once(worker)
        work_once(worker)
    held = staffed.document("ba-lan")
    assert (held.stage, held.reason) == (Stage.HELD, "work.three_times")
    assert held.reason_params == {"stage": "received"}
    staffed.ledger.retry(held.id, "Ổ đĩa đã sửa")
    assert work_once(worker)
    assert staffed.document("ba-lan").stage is Stage.PREPARED


def no_time_stamps(worker: Parts, _: Office) -> Parts:
    """Nobody listens where the time stamps should come from."""
    signing = worker.site.settings.signing.model_copy(update={"timestamp_urls": ["http://127.0.0.1:9/tsa"]})
    settings = worker.site.settings.model_copy(update={"signing": signing})
    return replace(worker, site=Site(worker.site.root, settings))


def no_keys(worker: Parts, staffed: Office) -> Parts:
    """Nobody listens where the keys should be."""
    return replace(worker, keys=KeyClient(staffed.site.path("run/nobody.sock")))


@pytest.mark.parametrize("silent", [no_time_stamps, no_keys])
def test_a_silent_service_is_waited_for_and_holds_up_nothing_else(
    staffed: Office, worker: Parts, silent: Callable[[Parts, Office], Parts]
) -> None:
    dropped = staffed.drop(LETTER, f"im-lang-{silent.__name__}")
    until(staffed, worker, dropped, Stage.NUMBERED)
    other = received(staffed, staffed.drop(NOTICE, f"khong-cho-{silent.__name__}"))
    without = silent(worker, staffed)
    assert work_once(without)
    waiting = staffed.document(dropped.stem)
    assert (waiting.stage, waiting.needs_pin, waiting.attempts) == (Stage.NUMBERED, False, 0)
    assert work_once(without)  # the other one, which needs no service
    assert staffed.ledger.document(other.id).stage is Stage.PREPARED
    document = until(staffed, worker, dropped, Stage.ISSUED)
    assert [e.act for e in staffed.history(document)].count("document.sealed") == 1
    assert staffed.intents(document) == {"signer": 1, "organisation": 1}


def test_a_listing_that_cannot_be_written_holds_up_nothing(staffed: Office, worker: Parts) -> None:
    issued = until(staffed, worker, staffed.drop(NOTICE, "ghi-cong-khai"), Stage.ISSUED)
    with in_the_way(worker.site.public):
        other = received(staffed, staffed.drop(NOTICE, "van-chay"))
        assert work_once(worker)
        assert staffed.ledger.document(other.id).stage is Stage.PREPARED
        assert not work_once(worker)
    assert work_once(worker)
    listing = current_listing(worker.site.public)
    assert listing is not None
    assert state_of(listing) == staffed.ledger.listing_state()
    assert staffed.document(issued.stem).stage is Stage.ISSUED


def test_nothing_to_do(staffed: Office, worker: Parts) -> None:
    while work_once(worker):
        pass
    assert not work_once(worker)
