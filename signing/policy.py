"""What counts as a document with its signatures, as data (`policy.toml` beside this file)."""

import tomllib
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from document.clock import local_date
from document.words import comparable
from signing.evidence import DocumentClass

Person = Literal["signer", "organisation"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Subject(_Part):
    """Rules on a certificate's subject, for where no directory names its holder."""

    organisation_words: tuple[str, ...]


class Usage(_Part):
    """Key usages and extended key usages, by asn1crypto's names, that a signer's certificate may have."""

    key: frozenset[str]
    extended: frozenset[str]


class Algorithms(_Part):
    """Digests by hashlib's names; `weak_refused_from`: the first day on which weak ones are refused."""

    digests: frozenset[str]
    weak_digests: frozenset[str]
    least_rsa_bits: int
    least_ec_bits: int
    weak_refused_from: date


class Revocation(_Part):
    """What becomes of a document when the status of a certificate cannot be learnt."""

    unknown: Literal["indeterminate", "invalid"]


class Limits(_Part):
    """More signatures or revisions than this in one file are not looked at."""

    signatures: int
    revisions: int


class Policy(_Part):
    """The rules of one time and place. Raises pydantic's `ValidationError` on a wrong or unknown entry."""

    version: Literal[1]
    layers: dict[DocumentClass, tuple[Person, ...]]
    subject: Subject
    usage: Usage
    algorithms: Algorithms
    revocation: Revocation
    limits: Limits

    @classmethod
    def from_toml(cls, text: str) -> "Policy":
        """Read a policy file."""
        raw = tomllib.loads(text)
        return cls.model_validate({"version": raw.pop("schema", 0), **raw})

    def layer_of(self, common_name: str, organisation: str) -> Person:
        """Whose certificate it is, told from its subject (to be marked as assumed)."""
        name, body = comparable(common_name), comparable(organisation)
        if name == body:
            return "organisation"
        words = map(comparable, self.subject.organisation_words)
        begins = any(name == word or name.startswith(f"{word} ") for word in words)
        return "organisation" if begins else "signer"

    def weakness(self, digest: str, key: str, bits: int, signed_at: datetime | None) -> str:
        """The code of what is wrong with an algorithm, or "": `verdict.weak_refused`, `verdict.weak_old`."""
        rules = self.algorithms
        least = rules.least_rsa_bits if key == "rsa" else rules.least_ec_bits
        if digest in rules.digests and (bits >= least or key not in {"rsa", "ec"}):
            return ""
        day = local_date(signed_at or datetime.max.replace(tzinfo=UTC, year=9998))
        return "verdict.weak_refused" if day >= rules.weak_refused_from else "verdict.weak_old"


DEFAULT: Final = Policy.from_toml(files(__package__).joinpath("policy.toml").read_text(encoding="utf-8"))
"""The policy that Niêm ships."""
