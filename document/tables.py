"""The tables. Every table of an office carries `organisation_id` from the first migration.

Names of constraints follow one convention so that migrations can name them on both databases. Bytes
of documents are never here: they lie in the vault under their digest. One file on purpose, though a long
one: the whole schema is read in one place.
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from document.stages import LIVING, Stage


class Moment(TypeDecorator[datetime]):
    """An aware time, kept in UTC; SQLite has no zones, so the zone is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC) if value is not None else None


class Base(DeclarativeBase):
    """The root of the tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's own protocol)
        datetime: Moment(),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
        str: String(),
    }


class _Owned:
    """A row of one organisation."""

    id: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)


def _in(column: str, values: list[str]) -> str:
    return f"{column} IN ({', '.join(repr(v) for v in values)})"


class Organisation(Base):
    """A body with a seal of its own; its names over time stand in `organisation_names` (R-TTHC-16)."""

    __tablename__ = "organisations"
    id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    level: Mapped[str]
    """province, commune or department."""
    may_decide_procedures: Mapped[bool] = mapped_column(Boolean, default=False)
    """R-TTHC-01: a commune only posts."""
    place: Mapped[str]
    seal_image: Mapped[str | None]
    """Digest in the vault of the red transparent PNG."""
    seal_mm: Mapped[float] = mapped_column(default=36.0)
    """Real diameter of the seal (R-SIG-08)."""


class OrganisationName(_Owned, Base):
    __tablename__ = "organisation_names"
    name: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    decision: Mapped[str] = mapped_column(default="")


class Unit(_Owned, Base):
    """A drafting unit; a check may be switched off only with the rule that allows it (R-SIG-21)."""

    __tablename__ = "units"
    code: Mapped[str]
    name: Mapped[str]
    content_check: Mapped[bool] = mapped_column(default=True)
    content_rule: Mapped[str] = mapped_column(default="")
    form_check: Mapped[bool] = mapped_column(default=True)
    form_rule: Mapped[str] = mapped_column(default="")
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)


class Folder(_Owned, Base):
    """A unit's watched folder: `path` holds the four folders of `names` (drop, work, issued, returned)."""

    __tablename__ = "folders"
    unit_id: Mapped[str] = mapped_column(ForeignKey("units.id"))
    path: Mapped[str] = mapped_column(unique=True)
    names: Mapped[list[str]]


class Person(_Owned, Base):
    """Somebody who signs in. `login` is unique in the site."""

    __tablename__ = "people"
    login: Mapped[str] = mapped_column(unique=True)
    full_name: Mapped[str]
    password_hash: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    signature_image: Mapped[str | None]
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]


class Role(_Owned, Base):
    """unit_head (of `unit_id`), form_checker, leader, clerk, administrator."""

    __tablename__ = "roles"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("units.id"))
    role: Mapped[str]
    __table_args__ = (
        UniqueConstraint("person_id", "role", "unit_id"),
        CheckConstraint(
            _in("role", ["unit_head", "form_checker", "leader", "clerk", "administrator"]), "known_role"
        ),
    )


class Signatory(_Owned, Base):
    """Who may sign, as printed: authority lines joined by ` / ` and the own title (R-SIG-19)."""

    __tablename__ = "signatories"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    capacity: Mapped[str]
    title: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    basis: Mapped[str] = mapped_column(default="")


class Key(_Owned, Base):
    """A key by its certificate; the key itself is known to the key process alone.

    `person_id` None: the organisation's key (R-SIG-04). `for_test`: a file imported for demo and test;
    on a real site the owner keeps the key (R-SIG-05).
    """

    __tablename__ = "keys"
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str]
    fingerprint: Mapped[str]
    """SHA-256 of the certificate, lower-case hex."""
    certificate: Mapped[bytes] = mapped_column(LargeBinary)
    chain: Mapped[list[str]]
    """Issuer certificates, base64 of DER, nearest first."""
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]
    for_test: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    __table_args__ = (UniqueConstraint("organisation_id", "fingerprint"),)


class Series(_Owned, Base):
    """A number series (hệ thống số, R-REG-02); `symbols` are the symbols it numbers, `*` any other."""

    __tablename__ = "series"
    code: Mapped[str]
    symbols: Mapped[list[str]]
    width: Mapped[int] = mapped_column(default=2)
    """Digits shown at least (R-REG-03, R-REG-04)."""
    start: Mapped[int] = mapped_column(default=1)
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)


class SeriesYear(Base):
    """The last number given in a series and year; the row is locked while the next one is given."""

    __tablename__ = "series_years"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    series_id: Mapped[str] = mapped_column(ForeignKey("series.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class SealRule(_Owned, Base):
    """A standing rule for sealing without the clerk's PIN at each batch (R-SIG-04, Đ32.2b); rare."""

    __tablename__ = "seal_rules"
    authorisation: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    kinds: Mapped[list[str]]
    key_id: Mapped[str] = mapped_column(ForeignKey("keys.id"))
    clerk_id: Mapped[str] = mapped_column(ForeignKey("people.id"))


class Document(_Owned, Base):
    """A set of files with roles on its way; see `stages.py`.

    `digest` is the manifest digest (`document.manifest`), `dossier_id` the first round's id, `round`
    counts from 1. `preparation` counts how often it was prepared: approvals belong to one preparation.
    """

    __tablename__ = "documents"
    folder_id: Mapped[str] = mapped_column(ForeignKey("folders.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("units.id"))
    dossier_id: Mapped[str]
    round: Mapped[int] = mapped_column(default=1)
    digest: Mapped[str]
    stem: Mapped[str]
    """Common stem of the dropped names: what the unit recognises."""
    stage: Mapped[str]
    held_from: Mapped[str | None]
    reason: Mapped[str | None]
    """Code of the catalogue for Held and Returned by the machine; a person's words stand in decisions."""
    reason_params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reading: Mapped[dict[str, Any]]
    confirmed: Mapped[bool] = mapped_column(default=False)
    """A person confirmed what was read, or the machine was sure."""
    signatory_id: Mapped[str | None] = mapped_column(ForeignKey("signatories.id"))
    plan: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """`signing.plan.Plan` of the current preparation."""
    preparation: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime]
    stage_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    needs_pin: Mapped[bool] = mapped_column(default=False)
    """Waits for the key's holder: the key process does not hold the key open for the recorded intent."""
    folder_done: Mapped[bool] = mapped_column(default=False)
    """The unit's folders show the end (delivered, or given back)."""
    __table_args__ = (
        CheckConstraint(_in("stage", [s.value for s in Stage]), "known_stage"),
        Index(
            "uq_documents_living",
            "organisation_id",
            "folder_id",
            "digest",
            unique=True,
            sqlite_where=text(_in("stage", sorted(s.value for s in LIVING))),
            postgresql_where=text(_in("stage", sorted(s.value for s in LIVING))),
        ),
        Index("ix_documents_stage", "organisation_id", "stage"),
    )


class DocumentFile(_Owned, Base):
    """One file of the set as it was dropped; `derived` is the PDF made of a DOCX."""

    __tablename__ = "document_files"
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id"), index=True)
    role: Mapped[str]
    """main, attachment, data or source."""
    ordinal: Mapped[int]
    name: Mapped[str]
    digest: Mapped[str]
    size: Mapped[int]
    derived: Mapped[str | None]
    __table_args__ = (UniqueConstraint("document_id", "ordinal"),)


class Version(_Owned, Base):
    """received, prepared, signed, sealed (= issued), preserved bytes of file `ordinal`; never overwritten."""

    __tablename__ = "versions"
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id"), index=True)
    ordinal: Mapped[int]
    preparation: Mapped[int]
    kind: Mapped[str]
    digest: Mapped[str]
    size: Mapped[int]
    at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("document_id", "ordinal", "preparation", "kind", "digest"),
        CheckConstraint(_in("kind", ["received", "prepared", "signed", "sealed", "preserved"]), "known_kind"),
    )


class Decision(_Owned, Base):
    """One decision by one person about one digest: content, form (Đ12) or approve.

    Each of the three passes once in a preparation, whoever passes it.
    """

    __tablename__ = "decisions"
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id"), index=True)
    preparation: Mapped[int]
    step: Mapped[str]
    """content, form, approve; `withdraw` for the unit's own taking back; else the act that has a reason."""
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    shown: Mapped[str]
    """The manifest digest of what was shown (the prepared set)."""
    outcome: Mapped[str]
    """pass, return, off (the step is switched off; `reason` is the rule's number), or noted."""
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint(_in("outcome", ["pass", "return", "off", "noted"]), "known_outcome"),
        Index(
            "uq_decisions_passed",
            "document_id",
            "preparation",
            "step",
            unique=True,
            sqlite_where=text("outcome IN ('pass', 'off')"),
            postgresql_where=text("outcome IN ('pass', 'off')"),
        ),
    )


class Intent(_Owned, Base):
    """What will be signed, written down before a key is used; one open intent per document and file."""

    __tablename__ = "intents"
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id"), index=True)
    ordinal: Mapped[int]
    layer: Mapped[str]
    """signer or organisation."""
    key_id: Mapped[str] = mapped_column(ForeignKey("keys.id"))
    actor_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    base: Mapped[str]
    """Digest of the bytes that will be signed upon."""
    at: Mapped[datetime]
    """The act's time: /M, the visible time and the event carry this second."""
    state: Mapped[str] = mapped_column(default="open")
    result: Mapped[str | None]
    __table_args__ = (
        CheckConstraint(_in("state", ["open", "done", "abandoned"]), "known_state"),
        Index(
            "uq_intents_open",
            "document_id",
            "ordinal",
            "layer",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )


class RegisterEntry(_Owned, Base):
    """The outgoing register (R-REG-07): one row per number, never deleted, never reused."""

    __tablename__ = "register"
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id"), unique=True)
    series_id: Mapped[str] = mapped_column(ForeignKey("series.id"))
    year: Mapped[int]
    number: Mapped[int]
    number_text: Mapped[str]
    symbol: Mapped[str]
    number_symbol: Mapped[str]
    """Column 1 of the register: `05/QĐ-UBND`."""
    issued_on: Mapped[date]
    kind: Mapped[str]
    subject: Mapped[str] = mapped_column(Text)
    signer: Mapped[str]
    recipients: Mapped[list[str]]
    archive_unit: Mapped[str]
    copies: Mapped[int] = mapped_column(default=1)
    note: Mapped[str] = mapped_column(Text, default="")
    void: Mapped[bool] = mapped_column(default=False)
    clerk_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("series_id", "year", "number"),)


class VerdictRecord(_Owned, Base):
    """The whole verdict about one digest, as `niem verify --json` prints it."""

    __tablename__ = "verdicts"
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id"), index=True)
    digest: Mapped[str]
    verdict: Mapped[str]
    body: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class Procedure(_Owned, Base):
    """A procedure as one issued decision announces it (R-TTHC-02); versions over time are rows."""

    __tablename__ = "procedures"
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id"), index=True)
    code: Mapped[str]
    act: Mapped[str]
    data: Mapped[dict[str, Any]]
    effective_from: Mapped[date | None]
    published_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("document_id", "code"),)


class Event(Base):
    """The chained record: RFC 8785 canonical JSON, its SHA-256, one chain per organisation."""

    __tablename__ = "events"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    act: Mapped[str]
    document_id: Mapped[str | None] = mapped_column(index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[str]


class EventHead(Base):
    """Where each chain ends; locked while an event is added, so that no two events share a number."""

    __tablename__ = "event_heads"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str]


class DeskSession(Base):
    """A signed-in browser; only the hash of its cookie is kept."""

    __tablename__ = "desk_sessions"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    csrf: Mapped[str]
    expires_at: Mapped[datetime]
