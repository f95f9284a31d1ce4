"""Sealing by a standing rule: off unless an administrator recorded one with its written basis.

A rule names its authorisation, its period and the kinds it covers; whatever it does not name waits for
the clerk (R-SIG-04, Đ32.2b). The key must be listed under `[keys] unattended`, with its PIN file: taking it
off that list ends the rule before its day.
"""

from contextlib import suppress

import structlog

from document.clock import local_date
from document.errors import Conflict, NiemError, Unavailable
from document.facts import DocumentFact, SealRuleFact
from document.stages import Stage
from niem.parts import Parts
from office.parts import usable_key
from office.register import check_printed_date

log = structlog.get_logger("work")


def seal_by_rule(parts: Parts) -> bool:
    """Number one waiting document that a rule in force covers; workers seal it. False: none.

    A document whose printed date is not today's waits for the clerk and never holds up the next one.
    """
    for rule in parts.ledger.seal_rules(local_date(parts.clock.now())):
        waiting = [
            document
            for document in parts.ledger.documents(rule.organisation_id, {Stage.SIGNED, Stage.NUMBERED})
            if document.reading.kind.text in rule.kinds and _waits(document)
        ]
        if waiting and _opens(parts, rule) and any(_number(parts, rule, document) for document in waiting):
            return True
    return False


def _opens(parts: Parts, rule: SealRuleFact) -> bool:
    """Whether the rule's key would open, asked before anything is written down.

    Not where its clerk is no clerk any more, another key has taken its place, it is not listed, or wrong
    PINs have locked it: then everything waits for the clerk, and nothing is held.
    """
    clerk = parts.ledger.person(rule.clerk_id)
    key = usable_key(parts.ledger, rule.organisation_id, None, parts.clock.now())
    if not (clerk.active and clerk.has("clerk")) or key is None or key.id != rule.key_id:
        return False
    try:
        states = [state for state in parts.keys.status() if state.key_id == key.id]
    except Unavailable as error:
        log.warning("rule.waits", rule=rule.id, code=error.code)
        return False
    return any(state.unattended and state.locked_until is None for state in states)


def _waits(document: DocumentFact) -> bool:
    return document.stage is Stage.SIGNED or document.needs_pin


def _number(parts: Parts, rule: SealRuleFact, document: DocumentFact) -> bool:
    """False: not now, or somebody was quicker."""
    try:
        if document.stage is Stage.SIGNED:
            check_printed_date(document.reading, local_date(parts.clock.now()))
        intents = parts.ledger.plan_seal([document.id], rule.clerk_id, rule.key_id)[document.id]
        parts.keys.announce_unattended(rule.key_id, [i.id for i in intents])
        parts.ledger.number(document.id, rule.clerk_id)
    except (Conflict, Unavailable) as error:
        log.info("rule.later", document=document.id, code=error.code)
        return False
    except NiemError as error:
        with suppress(Conflict):
            parts.ledger.hold(document.id, error.code, document.stage, **error.params)
    return True
