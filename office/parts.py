"""What the desk is made of: its parts are given to it, so that tests and the demo run the same desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from document.children import Children
from document.clock import Clock
from document.errors import NiemError, WrongPin
from document.facts import (
    DocumentFact,
    EventFact,
    IntentFact,
    KeyFact,
    OrganisationFact,
    RegisterFact,
    SignatoryFact,
)
from document.faults import NONE, Faults
from document.page import Reading
from document.stages import Stage
from document.vault import Vault
from office.people import PeopleLedger
from signing.keys.client import KeyClient
from signing.timestamps import Timestamps

Json = dict[str, Any]


class DeskLedger(PeopleLedger, Protocol):
    """What the desk asks of the ledger. Every act is one transaction with its event inside.

    `Conflict("ledger.moved")` when somebody else was quicker, `NotFound` for an unknown id.
    """

    def document(self, document_id: str, /) -> DocumentFact: ...
    def documents(
        self,
        organisation_id: str | None,
        stages: set[Stage],
        unit_id: str | None = None,
        limit: int = 500,
        *,
        newest: bool = False,
    ) -> list[DocumentFact]: ...
    def dossier(self, dossier_id: str, /) -> list[DocumentFact]: ...
    def history(self, document_id: str, /) -> list[EventFact]: ...
    def register(self, organisation_id: str, year: int, /) -> list[RegisterFact]: ...
    def verdict(self, document_id: str, digest: str, /) -> Json | None: ...
    def organisation(self, organisation_id: str, /) -> OrganisationFact: ...
    def keys_of(self, organisation_id: str, person_id: str | None, /) -> list[KeyFact]: ...
    def signatories(self, organisation_id: str, /) -> list[SignatoryFact]: ...
    def find_signatory(
        self, organisation_id: str, name: str, title: str, capacity: str, on: date, /
    ) -> SignatoryFact: ...

    def decide(
        self, document_id: str, step: str, person_id: str, *, shown: str, outcome: str, reason: str
    ) -> object: ...
    def confirm_reading(
        self, document_id: str, person_id: str, reading: Reading, signatory_id: str, /
    ) -> object: ...
    def return_document(
        self, document_id: str, person_id: str, step: str, shown: str, reason: str, /
    ) -> object: ...
    def withdraw(self, document_id: str, unit_id: str, reason: str, person_id: str, /) -> object: ...

    def plan_intent(self, document_id: str, person_id: str, key_id: str, shown: str, /) -> IntentFact: ...
    def approve(self, intent_id: str, shown: str, /) -> object: ...
    def abandon(self, intent_id: str, /) -> object: ...
    def signed(self, intent_id: str, digest: str, size: int, /) -> object: ...
    def pin_failed(self, person_id: str, key_id: str, organisation_id: str, /) -> object: ...
    def plan_seal(
        self, document_ids: list[str], clerk_id: str, key_id: str, /
    ) -> Mapping[str, list[IntentFact]]: ...
    def number(self, document_id: str, clerk_id: str, /) -> RegisterFact: ...


@dataclass(frozen=True)
class DeskSite:
    """One site's desk. `session_hours`: how long a sign-in lasts; `seal_seconds`: how long the key stays
    open for a batch; `test_site` puts a notice on every page that nothing here is official.
    """

    ledger: DeskLedger
    vault: Vault
    children: Children
    keys: KeyClient
    clock: Clock
    faults: Faults = NONE
    timestamps: Timestamps | None = None
    font_order: tuple[str, ...] = ()
    session_hours: float = 8.0
    seal_seconds: int = 900
    test_site: bool = False


def usable_key(
    ledger: DeskLedger, organisation_id: str, person_id: str | None, at: datetime
) -> KeyFact | None:
    """The key to use at `at`: of those valid then, the one that lasts longest; None when there is none."""
    valid = [k for k in ledger.keys_of(organisation_id, person_id) if k.not_before <= at <= k.not_after]
    return max(valid, key=lambda k: k.not_after, default=None)


def wrong_pin(error: NiemError) -> bool:
    """Whether a key refused a PIN: the try that locks it, and those while it is locked, count too."""
    return isinstance(error, WrongPin) or error.code == "key.locked"
