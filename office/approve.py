"""One decision by one person about one digest; approving signs at once with the leader's own key."""

from datetime import datetime
from typing import Final

from pydantic import SecretStr

from document.clock import Clock, local_date
from document.errors import Conflict, Damaged, NiemError, Refused
from document.facts import PersonFact
from document.faults import NONE, Faults
from document.vault import Vault
from office.access import Act, demand, see
from office.parts import DeskLedger, usable_key, wrong_pin
from office.showing import shown as shown_now
from signing.keys.client import IntentKey, KeyClient
from signing.layers import check_signers
from signing.pdf_stages import PreparedPdf
from signing.plan import plan_from
from signing.sign import sign
from signing.timestamps import Timestamps

OPEN_SECONDS: Final = 60
"""How long the leader's key stays open for this one intent."""


def approve(
    ledger: DeskLedger,
    vault: Vault,
    keys: KeyClient,
    clock: Clock,
    person: PersonFact,
    *,
    document_id: str,
    shown: str,
    pin: SecretStr,
    timestamps: Timestamps | None = None,
    font_order: tuple[str, ...] = (),
    faults: Faults = NONE,
) -> str:
    """Approve what was shown and sign it; gives back the digest of the signed file.

    The order is the law of this act: the intent is written down, then the PIN is tried (a wrong one moves
    nothing), then the approval is recorded, then the key is used once, then its result is recorded. After
    a power cut in between, the document stands at Approved and waits for the same person's PIN.

    Before it counts, the signed file must begin with the approved bytes and its own layer must verify.

    Raises `Denied`; `Conflict("check.shown_changed")`; `Refused("desk.no_key")`; `WrongPin`;
    `Refused("key.locked")`; `Unavailable` when the keys process is away.
    """
    document = see(ledger, person, document_id)
    demand(person, document, Act.APPROVE)
    if shown != shown_now(document):
        raise Conflict("check.shown_changed")
    key = usable_key(ledger, person.organisation_id, person.id, clock.now())
    if key is None:
        raise Refused("desk.no_key", name=person.full_name)
    faults.point("approve.before")
    intent = ledger.plan_intent(document.id, person.id, key.id, shown)
    try:
        keys.unlock(key.id, pin.get_secret_value(), [intent.id], OPEN_SECONDS)
        ledger.approve(intent.id, shown)
    except NiemError as error:
        ledger.abandon(intent.id)
        if wrong_pin(error):
            ledger.pin_failed(person.id, key.id, person.organisation_id)
        raise
    faults.point("approve.after")
    prepared = PreparedPdf(vault.get(intent.base))
    plan = plan_from(document.plan)
    image = document.signatory.signature_image if document.signatory else None
    signed = sign(
        prepared,
        plan=plan,
        key=IntentKey(keys, intent.id, key.certificate, key.chain),
        at=intent.at,
        image=vault.get(image) if image else None,
        timestamps=timestamps,
        font_order=font_order,
    )
    if not signed.startswith(prepared):
        raise Damaged("desk.prefix_broken")
    check_signers(signed, plan)
    digest = vault.put(signed)
    faults.point("sign.before")
    ledger.signed(intent.id, digest, len(signed))
    faults.point("sign.after")
    return digest


def year_end(at: datetime) -> int | None:
    """The year to warn of: from 25 December a number may come from the next year's series (R-REG-01)."""
    today = local_date(at)
    return today.year if (today.month, today.day) >= (12, 25) else None
