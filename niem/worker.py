"""A worker: asks the ledger for the next document, carries it one step on, and asks again.

One worker or five behave alike: who claims a document is decided in the database.
"""

import threading
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

import structlog

from document.errors import Conflict, KeyLocked, NiemError, Returnable, Unavailable
from document.facts import DocumentFact
from document.ledger import Ledger
from niem.parts import Parts
from niem.pipeline import STEPS, judged
from niem.standing import seal_by_rule
from publisher.publish import publish, publish_postgresql

PAUSE_SECONDS = 2.0
"""Before a document is tried again for which a service was silent."""

log = structlog.get_logger("work")
_failing: set[str] = set()
"""Acts whose last try failed: what is told already."""


def work(parts: Parts, stop: threading.Event) -> None:
    """Carry documents on until `stop` is set."""
    ask = parts.site.settings.work.ask_seconds
    while not stop.is_set():
        if not work_once(parts):
            stop.wait(ask)


def work_once(parts: Parts) -> bool:
    """One step of one document, or the listing built anew; False when there was nothing to do."""
    document = parts.ledger.next_work(parts.site.settings.work.lease_seconds)
    if document is None:
        return _aside(parts)
    carry_on(parts, document)
    return True


def _aside(parts: Parts) -> bool:
    """What there is to do when no document is; False when nothing.

    A failure here is no document's: it is logged once, holds up nothing, and is tried again.
    """
    for act in (seal_by_rule, _publish, _recheck):
        try:
            done = act(parts)
        except Exception:
            if act.__name__ not in _failing:
                log.exception("aside.failed", act=act.__name__)
            _failing.add(act.__name__)
            continue
        _failing.discard(act.__name__)
        if done:
            return True
    return False


def _publish(parts: Parts) -> bool:
    """Bring the public listing up to the record; False when it is already."""
    database = parts.site.settings.public.database
    if database:
        return publish_postgresql(
            parts.ledger.engine,
            parts.ledger,
            parts.vault,
            parts.site.public,
            reader=urlsplit(database).username or "",
            clock=parts.clock,
            faults=parts.faults,
        )
    listing = publish(parts.ledger, parts.vault, parts.site.public, clock=parts.clock, faults=parts.faults)
    return listing is not None


def _recheck(parts: Parts) -> bool:
    """Ask once more about an issued document whose revocation status could not be learnt (R-CRY-04).

    It is issued: whatever is found cannot stop it, but is kept, shown and logged.
    """
    again = parts.site.settings.work.recheck_seconds
    document = parts.ledger.to_recheck(parts.clock.now() - timedelta(seconds=again))
    if document is None:
        return False
    try:
        verdicts = judged(parts, document)
    except NiemError as error:
        log.warning("recheck.failed", document=document.id, code=error.code)
        parts.ledger.release(document.id, seconds=again)
        return True
    parts.ledger.judged(document.id, [verdict.body for verdict in verdicts])
    say = log.info if all(verdict.good for verdict in verdicts) else log.error
    say("recheck.done", document=document.id, verdicts=[verdict.body["verdict"] for verdict in verdicts])
    return True


def carry_on(parts: Parts, document: DocumentFact) -> None:
    """Do the document's next step and turn every failure into a place for the document.

    The single boundary of the machine: whatever a step raises, the document ends returned, held,
    waiting for a PIN, or free for another try; after three unforeseen failures it is held.
    """
    ledger, stage = parts.ledger, document.stage
    try:
        STEPS[stage](parts, document)
        log.info("step.done", document=document.id, stage=stage.value)
    except KeyLocked:
        ledger.release(document.id, needs_pin=True)
    except Unavailable as error:
        log.warning("step.waits", document=document.id, stage=stage.value, code=error.code)
        ledger.release(document.id, seconds=PAUSE_SECONDS)
    except Conflict as error:
        log.info("step.lost", document=document.id, stage=stage.value, code=error.code)
        with suppress(Conflict):
            ledger.failed(document.id)
    except NiemError as error:
        _give_up(ledger, document, error)
    except Exception:
        log.exception("step.failed", document=document.id, stage=stage.value)
        ledger.failed(document.id)


def _give_up(ledger: Ledger, document: DocumentFact, error: NiemError) -> None:
    """What the document can make fail goes back to its unit; what the office must mend is held."""
    log.warning("step.stopped", document=document.id, stage=document.stage.value, code=error.code)
    if error.code == "key.intent_used":
        ledger.release(document.id, needs_pin=True)
        return
    end = ledger.returned_by_machine if isinstance(error, Returnable) else ledger.hold
    with suppress(Conflict):  # it has moved meanwhile: what failed here is no longer its step
        end(document.id, error.code, document.stage, **error.params)
