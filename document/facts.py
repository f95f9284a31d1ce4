"""What the ledger answers: plain frozen values, so that nobody above it sees a table or a session."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from document.manifest import FileFact
from document.page import Reading
from document.stages import Stage
from document.words import comparable


@dataclass(frozen=True)
class OrganisationFact:
    id: str
    code: str
    level: str
    name: str
    """The name valid today."""
    names: tuple[str, ...]
    """Every name it ever had."""
    place: str
    may_decide_procedures: bool
    seal_image: str | None
    seal_mm: float

    def is_called(self, printed: str) -> bool:
        """Whether a name on a page is one that the organisation has, or had."""
        return comparable(printed) in {comparable(name) for name in (self.name, *self.names)}


@dataclass(frozen=True)
class FolderFact:
    """A watched folder. `names`: drop, work, issued, returned."""

    id: str
    organisation_id: str
    unit_id: str
    path: str
    names: tuple[str, str, str, str]


@dataclass(frozen=True)
class UnitFact:
    id: str
    organisation_id: str
    code: str
    name: str
    content_check: bool
    content_rule: str
    form_check: bool
    form_rule: str


@dataclass(frozen=True)
class PersonFact:
    id: str
    organisation_id: str
    login: str
    full_name: str
    password_hash: str
    active: bool
    roles: frozenset[tuple[str, str | None]]
    """(role, unit_id); unit_id only for unit_head."""
    signature_image: str | None
    failed_sign_ins: int
    locked_until: datetime | None

    def has(self, role: str) -> bool:
        """Whether this person holds `role`, in whatever unit."""
        return any(held == role for held, _ in self.roles)


@dataclass(frozen=True)
class SessionFact:
    person: PersonFact
    csrf: str
    expires_at: datetime


@dataclass(frozen=True)
class SignatoryFact:
    """`capacity` and `title` as printed, e.g. `TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH` and `PHÓ CHỦ TỊCH`."""

    id: str
    organisation_id: str
    person_id: str
    full_name: str
    capacity: str
    title: str
    valid_from: date
    valid_to: date | None
    signature_image: str | None


@dataclass(frozen=True)
class KeyFact:
    """A key's certificate; `person_id` None is the organisation's key."""

    id: str
    organisation_id: str
    person_id: str | None
    fingerprint: str
    certificate: bytes
    chain: tuple[bytes, ...]
    not_before: datetime
    not_after: datetime
    for_test: bool


@dataclass(frozen=True)
class SeriesFact:
    id: str
    organisation_id: str
    code: str
    symbols: tuple[str, ...]
    width: int
    start: int


@dataclass(frozen=True)
class VersionFact:
    ordinal: int
    preparation: int
    kind: str
    digest: str
    size: int
    at: datetime


@dataclass(frozen=True)
class DecisionFact:
    step: str
    person_id: str | None
    person_name: str
    shown: str
    outcome: str
    reason: str
    at: datetime
    preparation: int


@dataclass(frozen=True)
class IntentFact:
    id: str
    document_id: str
    ordinal: int
    layer: str
    key_id: str
    actor_id: str
    base: str
    at: datetime
    state: str


@dataclass(frozen=True)
class RegisterFact:
    id: str
    document_id: str
    year: int
    number: int
    number_text: str
    symbol: str
    number_symbol: str
    issued_on: date
    kind: str
    subject: str
    signer: str
    recipients: tuple[str, ...]
    archive_unit: str
    copies: int
    note: str
    void: bool


@dataclass(frozen=True)
class SealRuleFact:
    """A standing rule for sealing without the clerk's PIN (R-SIG-04): written, dated, for named kinds."""

    id: str
    organisation_id: str
    authorisation: str
    valid_from: date
    valid_to: date
    kinds: tuple[str, ...]
    key_id: str
    clerk_id: str


@dataclass(frozen=True)
class EventFact:
    seq: int
    at: datetime
    act: str
    actor_id: str | None
    actor_name: str
    document_id: str | None
    data: dict[str, Any]


@dataclass(frozen=True)
class DocumentFact:
    """Everything about one document. `versions` of the current preparation come last."""

    id: str
    organisation_id: str
    folder_id: str
    unit_id: str
    unit_name: str
    dossier_id: str
    round: int
    digest: str
    stem: str
    stage: Stage
    held_from: Stage | None
    reason: str | None
    reason_params: dict[str, Any]
    reading: Reading
    confirmed: bool
    signatory: SignatoryFact | None
    plan: dict[str, Any]
    preparation: int
    received_at: datetime
    stage_at: datetime
    attempts: int
    needs_pin: bool
    folder_done: bool
    files: tuple[FileFact, ...]
    versions: tuple[VersionFact, ...]
    decisions: tuple[DecisionFact, ...]
    register: RegisterFact | None

    def version(self, kind: str, ordinal: int = 0) -> str | None:
        """Digest of the newest version of `kind` of file `ordinal` in the current preparation."""
        found = [
            v.digest
            for v in self.versions
            if v.kind == kind and v.ordinal == ordinal and v.preparation == self.preparation
        ]
        return found[-1] if found else None

    def passed(self, step: str) -> bool:
        """Whether `step` (content, form, approve) passed, or is switched off, in this preparation."""
        return any(
            d.step == step and d.outcome in ("pass", "off") and d.preparation == self.preparation
            for d in self.decisions
        )


@dataclass(frozen=True)
class IssuedFileFact:
    """An issued PDF (the sealed version) with its latest verdict; `ordinal` 0 is the document itself."""

    ordinal: int
    digest: str
    verdict: dict[str, Any]


@dataclass(frozen=True)
class ProcedureFact:
    """A procedure as an issued decision announces it; `data` has the keys of requirements 7.4."""

    id: str
    organisation_id: str
    organisation_code: str
    organisation_name: str
    document_id: str
    code: str
    act: str
    data: dict[str, Any]
    effective_from: date | None
    published_at: datetime | None
    decision: RegisterFact
    files: tuple[IssuedFileFact, ...]
    """The decision, then its separate attachments."""


@dataclass(frozen=True)
class NewProcedure:
    """A checked row of the set's data file."""

    code: str
    act: str
    data: dict[str, Any]
    effective_from: date | None
