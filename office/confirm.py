"""A person confirms what the machine was not sure to have read, or puts it right."""

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Final

from document.clock import Clock, local_date
from document.errors import BadInput, Returnable
from document.facts import PersonFact
from document.kinds import KINDS
from document.page import Blank, Box, Field, Reading
from office.access import Act, demand, see
from office.parts import DeskLedger

HOW: Final = "confirmed by a person"
_SYMBOL: Final = re.compile(r"[A-ZĐa-z0-9.&]+(-[A-ZĐa-zÀ-ỹ0-9.&]+)*")
"""R-REG-05, without the number."""
_MOST: Final = 500


@dataclass(frozen=True)
class Confirmed:
    """What a person typed or left as it was read; all plain texts.

    `boxes`: for `number`, `day`, `month`, `year` and `signature` a rectangle `page,x0,y0,x1,y1` in points
    where the person drew one; a missing name keeps what was read.
    """

    issuing_body: str
    symbol: str
    kind: str
    subject: str
    capacity: str
    title: str
    signer: str
    boxes: dict[str, str]


def confirm(
    ledger: DeskLedger, clock: Clock, person: PersonFact, document_id: str, said: Confirmed
) -> Reading:
    """Store the reading as `said` and find its signatory.

    Raises `BadInput` for an empty or impossible field or a blank nobody has shown, `Returnable` when the
    issuing body is another one or the signer is not known or may not sign in this capacity, `Denied`.
    """
    document = see(ledger, person, document_id)
    demand(person, document, Act.CONFIRM)
    reading = _read(document.reading, said)
    organisation = ledger.organisation(document.organisation_id)
    if not organisation.is_called(reading.issuing_body.text):
        raise Returnable(
            "intake.other_organisation", printed=reading.issuing_body.text, organisation=organisation.name
        )
    on = local_date(clock.now())
    signatory = ledger.find_signatory(
        document.organisation_id, reading.signer.text, reading.title.text, reading.capacity.text, on
    )
    ledger.confirm_reading(document.id, person.id, reading, signatory.id)
    return reading


def _read(old: Reading, said: Confirmed) -> Reading:
    if said.kind not in {k.code for k in KINDS}:
        raise BadInput("desk.kind_unknown")
    if not _SYMBOL.fullmatch(_plain(said.symbol)):
        raise BadInput("desk.symbol_wrong")
    area = _box(said.boxes.get("signature", "")) or old.signature_area
    if area is None:
        raise BadInput("desk.blank_missing", part="signature")
    signer = _field(old.signer, said.signer, "signer")
    # The name stands right below the free space; only its middle matters for the plan.
    under = signer.box or replace(area, y0=max(0.0, area.y0 - 12), y1=area.y0)
    return replace(
        old,
        issuing_body=_field(old.issuing_body, said.issuing_body, "issuing_body"),
        symbol=_field(old.symbol, said.symbol, "symbol"),
        kind=_field(old.kind, said.kind, "kind"),
        subject=_field(old.subject, said.subject, "subject"),
        capacity=replace(old.capacity, text=_plain(said.capacity), confidence=1.0, how=HOW),
        title=_field(old.title, said.title, "title"),
        signer=replace(signer, box=under),
        number=_blank(old, said, "number"),
        day=_blank(old, said, "day"),
        month=_blank(old, said, "month"),
        year=_blank(old, said, "year"),
        signature_area=area,
    )


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _field(old: Field, text: str, name: str) -> Field:
    plain = _plain(text)
    if not plain or len(plain) > _MOST:
        raise BadInput("desk.field_empty", field=name)
    return replace(old, text=plain, confidence=1.0, how=HOW)


def _blank(old: Reading, said: Confirmed, name: str) -> Blank:
    read: Blank | None = getattr(old, name)
    box = _box(said.boxes.get(name, ""))
    if box is None:
        if read is None:
            raise BadInput("desk.blank_missing", part=name)
        return replace(read, confidence=1.0)
    like = read or old.number or old.day
    size = like.size if like else 13.0  # R-REG-03: the number line is set in 13 pt
    # On the line of its neighbour a drawn box takes the neighbour's baseline: a hand is not that steady.
    level = like is not None and like.box.page == box.page and box.y0 <= like.baseline <= box.y1
    baseline = like.baseline if like is not None and level else box.y0 + 0.25 * size
    return Blank(box, baseline, size, italic=name != "number", confidence=1.0)


def _box(raw: str) -> Box | None:
    if not raw.strip():
        return None
    try:
        page, *corners = (float(part) for part in raw.split(","))
        x0, y0, x1, y1 = corners
    except ValueError:
        raise BadInput("desk.box_wrong") from None
    if not (0 <= x0 < x1 <= 10_000 and 0 <= y0 < y1 <= 10_000 and page == int(page) >= 0):
        raise BadInput("desk.box_wrong")
    return Box(int(page), x0, y0, x1, y1)
