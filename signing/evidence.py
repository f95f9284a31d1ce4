"""What a check of signatures found: evidence, never a bare boolean. The JSON contract is docs/verdict.md."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from document import messages
from document.clock import local

SCHEMA: Final = 1
"""Number of the JSON contract; within one number entries are only added."""

DocumentClass = Literal[
    "main", "attachment", "copy", "scan_of_paper", "draft", "received", "not_administrative"
]
Overall = Literal["valid", "incomplete", "invalid", "indeterminate", "unsigned", "unreadable"]
Integrity = Literal["intact", "modified", "broken", "unsigned", "unreadable"]
Order = Literal["right", "wrong", "unknown"]
Layer = Literal["signer", "organisation", "timestamp"]
Covers = Literal["whole_file", "revision", "partial"]
Modification = Literal["none", "long_term", "signing", "form_filling", "unknown", "not_allowed"]
TrustState = Literal["trusted", "untrusted", "revoked", "expired", "unknown"]
TimeSource = Literal["timestamp", "claimed"]


@dataclass(frozen=True)
class Reason:
    """One finding: a code of the catalogue and what fills its blanks."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    def text(self, lang: str = "vi") -> str:
        """The finding as a sentence, in `lang` ("vi" or "en")."""
        return messages.text(self.code, lang, **self.params)

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "vi": self.text("vi"), "en": self.text("en")}


def reason(code: str, /, **params: object) -> Reason:
    """A `Reason` as a call."""
    return Reason(code, params)


@dataclass(frozen=True)
class SignatureEvidence:
    """One signature. Times are aware; `fingerprint` is the certificate's SHA-256, hex. None: not known."""

    field: str
    integrity: Literal["intact", "broken"]
    covers: Covers
    modification: Modification = "unknown"
    layer: Layer | None = None
    assumed: bool = False
    signer: str | None = None
    organisation: str | None = None
    managing_unit: str | None = None
    issuer: str | None = None
    serial: str | None = None
    fingerprint: str | None = None
    signing_time: datetime | None = None
    time_source: TimeSource | None = None
    trust: TrustState = "unknown"
    certificate_not_before: datetime | None = None
    certificate_not_after: datetime | None = None
    valid_at_signing: bool | None = None
    algorithm: str | None = None
    level: str | None = None
    reasons: tuple[Reason, ...] = ()

    def as_json(self) -> dict[str, Any]:
        plain = {key: getattr(self, key) for key in self.__dataclass_fields__}
        for key in ("signing_time", "certificate_not_before", "certificate_not_after"):
            moment = plain[key]
            plain[key] = None if moment is None else local(moment).isoformat()
        plain["reasons"] = [found.as_json() for found in self.reasons]
        return plain


@dataclass(frozen=True)
class Layers:
    """Indexes into the list of signatures, in the order of signing."""

    signer: tuple[int, ...] = ()
    organisation: tuple[int, ...] = ()
    order: Order = "unknown"
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class FieldOpinion:
    """What another verifier says of one signature; None where it cannot judge."""

    field: str
    digest_valid: bool | None
    signature_valid: bool | None
    total_document: bool | None


@dataclass(frozen=True)
class SecondOpinion:
    """What another verifier says of a file, and where it disagrees (`agrees` None: not compared)."""

    tool: str
    signatures: tuple[FieldOpinion, ...]
    agrees: bool | None = None
    disagreements: tuple[Reason, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "tool": self.tool,
            "agrees": self.agrees,
            "disagreements": [found.as_json() for found in self.disagreements],
            "signatures": [asdict(one) for one in self.signatures],
        }


@dataclass(frozen=True)
class Verdict:
    """The whole answer about one file. `headline` is the one sentence a person reads first."""

    file: str
    sha256: str
    size: int
    verdict: Overall
    integrity: Integrity
    headline: Reason
    document_class: DocumentClass = "main"
    layers: Layers = Layers()
    reasons: tuple[Reason, ...] = ()
    signatures: tuple[SignatureEvidence, ...] = ()
    second_opinion: SecondOpinion | None = None

    def as_json(self) -> dict[str, Any]:
        """One object of the JSON contract; key order is that of the contract."""
        return {
            "schema": SCHEMA,
            "file": self.file,
            "sha256": self.sha256,
            "size": self.size,
            "document_class": self.document_class,
            "verdict": self.verdict,
            "integrity": self.integrity,
            "headline": self.headline.as_json(),
            "layers": {
                "signer": list(self.layers.signer),
                "organisation": list(self.layers.organisation),
                "order": self.layers.order,
                "missing": list(self.layers.missing),
            },
            "reasons": [found.as_json() for found in self.reasons],
            "signatures": [one.as_json() for one in self.signatures],
            "second_opinion": None if self.second_opinion is None else self.second_opinion.as_json(),
        }
