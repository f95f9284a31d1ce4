"""What the public API answers, field by field; the pages are drawn from the same values."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["active", "future_effective", "superseded", "repealed"]


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class Organisation(_View):
    """The body that announced it, under its name of today."""

    code: str
    name: str


class TimeLimit(_View):
    """`unit`: ngày, ngày làm việc, giờ."""

    value: int | None = None
    unit: str = ""
    text: str = ""


class Signature(_View):
    """One layer. `signing_time`: ISO 8601; `time_source`: how the time is known."""

    layer: Literal["signer", "organisation"]
    name: str
    signing_time: str | None = None
    time_source: str | None = None


class Sentence(_View):
    """A sentence of the message catalogue, in both languages."""

    code: str
    vi: str
    en: str


class Verdict(_View):
    """How Niêm judged a signed file, as a stranger would; `headline` says it in a sentence."""

    verdict: str = Field(
        description="valid | incomplete | invalid | indeterminate | unsigned | unreadable | unknown"
    )
    integrity: str = Field(description="intact | modified | broken | unsigned | unreadable | unknown")
    headline: Sentence
    signatures: list[Signature]


class SignedFile(_View):
    """An issued PDF. `file`: where it is, null when its bytes are gone."""

    digest: str = Field(description="SHA-256 of the signed PDF")
    file: str | None
    verdict: Verdict


class Decision(SignedFile):
    """The announcing decision (Quyết định công bố TTHC), and what was issued with it in files of its own."""

    number_symbol: str
    issued_on: date
    subject: str
    signer: str
    attachments: list[SignedFile]


class Summary(_View):
    """A procedure in the list."""

    id: str
    code: str
    national_code: str
    organisation: Organisation
    name: str
    field: str
    level: str
    act: str
    online_level: str = Field(description="FULL | PARTIAL | INFORMATION_ONLY | NONE | UNKNOWN")
    status: Status
    effective_from: date
    effective_until: date | None = Field(description="First day on which it no longer applies")
    time_limit: TimeLimit
    fees: str


class Procedure(Summary):
    """A procedure in full: the parts of Decree 63/2010/NĐ-CP, article 8.2."""

    steps: list[str]
    methods: list[str]
    dossier: list[str]
    sets: int | None
    subjects: list[str]
    authority: str
    places: list[str]
    forms: list[str]
    result: str
    conditions: str
    legal_basis: list[str]
    online_reason: str
    keywords: list[str]
    decision: Decision


class Results(_View):
    """One page of the list."""

    total: int
    page: int
    pages: int
    exact: bool = Field(description="false: nothing has every word of `q`; these come nearest")
    items: list[Summary]


class Problem(_View):
    """Why a request was not answered."""

    code: str
    text: str
    fix: str = ""


class ErrorBody(_View):
    """The shape of every error."""

    error: Problem


def status_on(day: date, act_is_abolition: bool, starts: date, until: date | None) -> Status:  # noqa: FBT001
    """R-TTHC-15: where an announcement stands on `day`."""
    if starts > day:
        return "future_effective"
    if until is not None and until <= day:
        return "superseded"
    return "repealed" if act_is_abolition else "active"
