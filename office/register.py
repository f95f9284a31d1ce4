"""The clerk's personal act: number and date, and the organisation's key opened for this batch (R-SIG-04)."""

from dataclasses import dataclass
from datetime import date

from pydantic import SecretStr

from document.clock import Clock, local_date
from document.errors import BadInput, Conflict, NiemError, Refused
from document.facts import DocumentFact, PersonFact, RegisterFact
from document.faults import NONE, Faults
from document.page import Reading
from document.stages import Stage
from office.access import Act, demand, see
from office.parts import DeskLedger, usable_key, wrong_pin
from office.people import require
from signing.keys.client import KeyClient


@dataclass(frozen=True)
class Batch:
    """What became of a batch: the documents with their numbers (one that waited for the PIN again keeps
    its own), and those refused, each with its reason. The sealing itself is done by the workers.
    """

    given: tuple[tuple[DocumentFact, RegisterFact], ...]
    refused: tuple[tuple[DocumentFact, NiemError], ...]


def start_sealing(
    ledger: DeskLedger,
    keys: KeyClient,
    clock: Clock,
    clerk: PersonFact,
    document_ids: list[str],
    *,
    pin: SecretStr,
    seconds: int = 900,
    faults: Faults = NONE,
) -> Batch:
    """Number the chosen documents and open the organisation's key for exactly their seals.

    The key is opened before any number is given, so a wrong PIN costs none. A document whose printed date
    differs from today is refused before that. Raises `Denied` for others than the clerk, `BadInput` when
    nothing is chosen, `Refused("desk.no_seal_key")`, `WrongPin`, `Refused("key.locked")`, `Unavailable`.
    """
    require(clerk, "clerk")
    chosen = [see(ledger, clerk, one) for one in dict.fromkeys(document_ids)]
    if not chosen:
        raise BadInput("desk.nothing_chosen")
    today = local_date(clock.now())
    refused = [(d, why) for d in chosen if (why := _obstacle(clerk, d, today)) is not None]
    ready = [d for d in chosen if d.id not in {r.id for r, _ in refused}]
    key = usable_key(ledger, clerk.organisation_id, None, clock.now())
    if key is None:
        raise Refused("desk.no_seal_key")
    if not ready:
        return Batch((), tuple(refused))
    intents = ledger.plan_seal([d.id for d in ready], clerk.id, key.id)
    every = [intent.id for planned in intents.values() for intent in planned]
    try:
        keys.unlock(key.id, pin.get_secret_value(), every, seconds)
    except NiemError as error:
        _abandon(ledger, every)
        if wrong_pin(error):
            ledger.pin_failed(clerk.id, key.id, clerk.organisation_id)
        raise
    given: list[tuple[DocumentFact, RegisterFact]] = []
    for document in ready:
        faults.point("number.before")
        try:
            _dated(document, local_date(intents[document.id][0].at))  # midnight may have passed since
            given.append((document, ledger.number(document.id, clerk.id)))
        except NiemError as error:  # one that moved meanwhile never holds up the rest
            refused.append((document, error))
            _abandon(ledger, [intent.id for intent in intents[document.id]])
        faults.point("number.after")
    return Batch(tuple(given), tuple(refused))


def _abandon(ledger: DeskLedger, intents: list[str]) -> None:
    for intent in intents:
        ledger.abandon(intent)


def _obstacle(clerk: PersonFact, document: DocumentFact, today: date) -> NiemError | None:
    """Why this document cannot have a number today; None when it can."""
    try:
        demand(clerk, document, Act.SEAL)
        _dated(document, today)
    except NiemError as error:
        return error
    return None


def _dated(document: DocumentFact, today: date) -> None:
    """As `check_printed_date`; one that has its number already keeps number and date."""
    if document.stage is Stage.SIGNED:
        check_printed_date(document.reading, today)


def check_printed_date(reading: Reading, today: date) -> None:
    """`Conflict("desk.printed_…")` when a printed day, month or year is not today's (R-REG-01)."""
    expected = {"day": today.day, "month": today.month, "year": today.year}
    printed = {
        name: blank.filled
        for name in expected
        if (blank := getattr(reading, name)) is not None and blank.filled
    }
    if any(not text.isdecimal() or int(text) != expected[name] for name, text in printed.items()):
        words = {"day": "ngày", "month": "tháng", "year": "năm"}
        raise Conflict(
            {("year",): "desk.printed_year", ("month", "year"): "desk.printed_month_year"}.get(
                tuple(printed), "desk.printed_date"
            ),
            printed=" ".join(f"{words[name]} {text}" for name, text in printed.items()),
            today=today.strftime("%d/%m/%Y"),
        )
