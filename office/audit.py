"""The audit: every chain walked again, the tables compared with it, every file of the vault hashed again."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import rfc8785

from document import messages
from document.errors import Damaged, NotFound
from document.ledger import Ledger
from document.ledger.audit import ChainedEvent, Statement
from document.ledger.core import EVENT_VERSION, GENESIS
from document.vault import Vault

FORMAT: Final = frozenset(
    {"v", "organisation", "seq", "prev", "at", "actor_id", "act", "document_id", "digests", "rule", "data"}
)
"""The members of an event."""


@dataclass(frozen=True)
class Finding:
    """One thing that is not as recorded (or, `audit.purged`, was destroyed lawfully), as a message."""

    code: str
    params: dict[str, object]

    def text(self, lang: str = "vi") -> str:
        """The finding as a sentence."""
        return messages.text(self.code, lang, **self.params)


@dataclass
class AuditReport:
    """What the audit saw."""

    events: int = 0
    files: int = 0
    faults: list[Finding] = field(default_factory=list)
    purged: list[Finding] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether everything is as it was recorded."""
        return not self.faults

    def lines(self, lang: str = "vi") -> list[str]:
        """The report for people: each fault, what was purged, the sum, what to do."""
        code = "audit.sound" if self.sound else "audit.faulty"
        blanks = {"events": self.events, "files": self.files, "faults": len(self.faults)}
        found = [finding.text(lang) for finding in (*self.faults, *self.purged)]
        told = [*found, messages.text(code, lang, **blanks), messages.fix(code, lang, **blanks)]
        return [line for line in told if line]


def audit(ledger: Ledger, vault: Vault) -> AuditReport:
    """Walk every organisation's chain and read every file that the record names.

    Numbers, versions, decisions and keys must stand in the tables exactly as the chain tells them. Changes
    nothing and goes on after a fault, so that one run names all of them. What only a copy kept
    elsewhere can tell: that the newest events and the recorded end of the chain were cut off together.
    """
    report = AuditReport()
    purged: set[str] = set()
    heard: set[Statement] = set()
    before = ledger.statements()  # on both sides of the walk: people go on working meanwhile
    for organisation in ledger.organisations():
        _walk(ledger, organisation.id, report, purged, heard)
    differing = {(what, owner) for what, owner, _ in (before - heard) | (heard - ledger.statements())}
    for what, owner in sorted(differing):
        report.faults.append(Finding(f"audit.{what}", {"owner": owner}))
    for digest, owner in ledger.named_digests().items():
        _file(vault, digest, owner, report, purged)
    return report


def told(body: dict[str, Any]) -> Iterator[Statement]:
    """What an event says that a table repeats, in the form of the ledger's `statements`."""
    data, document = body.get("data", {}), str(body.get("document_id"))
    stage, _, made = str(body.get("act")).partition(".")
    match stage, made:
        case "document", "prepared" | "signed" | "sealed":
            # The event of a signature names the bytes that were signed upon, too.
            digests = body["digests"][1:] if made == "signed" else body["digests"]
            yield from (("version", document, (made, digest)) for digest in digests)
        case "document", "numbered":
            yield "number", document, (data["series"], data["year"], data["number"])
        case "document", "approved":
            yield "decision", document, ("approve", body["actor_id"], body["digests"][0])
        case "check", "content.pass" | "form.pass":
            yield "decision", document, (made.removesuffix(".pass"), body["actor_id"], body["digests"][0])
        case "number", "void":
            yield "void", document, ()
        case "key", "added":
            yield "key", data["key"], (data["person"], body["digests"][0], body["digests"][0])


def _walk(
    ledger: Ledger, organisation: str, report: AuditReport, purged: set[str], heard: set[Statement]
) -> None:
    due, prev = 1, GENESIS
    began = ledger.chain_head(organisation)
    at_head = began == (0, GENESIS)
    for event in ledger.chain(organisation):
        report.events += 1
        body = _parsed(event)
        if body.get("act") == "vault.purged":
            purged.update(body["digests"])
        heard.update(told(body))
        for code in _wrong(event, body, organisation, due, prev):
            report.faults.append(
                Finding(code, {"organisation": organisation, "seq": event.seq, "expected": due})
            )
        due, prev = event.seq + 1, event.hash
        at_head |= began == (event.seq, event.hash)
    end, _ = ledger.chain_head(organisation)  # events may have been added since
    if not at_head or due - 1 > end:
        report.faults.append(
            Finding("audit.head", {"organisation": organisation, "seq": due - 1, "expected": end})
        )


def _parsed(event: ChainedEvent) -> dict[str, Any]:
    """The body as a mapping; empty where it is no canonical event at all."""
    try:
        body = json.loads(event.body)
        canonical = rfc8785.dumps(body) == event.body
    except (ValueError, rfc8785.CanonicalizationError):
        return {}
    whole = canonical and isinstance(body, dict) and body.keys() == FORMAT
    return body if whole and isinstance(body["digests"], list) else {}


def _wrong(
    event: ChainedEvent, body: dict[str, Any], organisation: str, due: int, prev: str
) -> Iterator[str]:
    if hashlib.sha256(event.body).hexdigest() != event.hash:
        yield "audit.hash"
    if event.seq != due:
        yield "audit.seq"
    if body.get("prev") != prev:
        yield "audit.prev"
    repeated = {
        "v": EVENT_VERSION,
        "organisation": organisation,
        "seq": event.seq,
        "at": event.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "act": event.act,
        "document_id": event.document_id,
    }
    if not body or body != body | repeated:
        yield "audit.body"


def _file(vault: Vault, digest: str, owner: str, report: AuditReport, purged: set[str]) -> None:
    report.files += 1
    try:
        vault.get(digest)
    except NotFound:
        kind, lawful = (
            ("audit.purged", report.purged) if digest in purged else ("audit.missing", report.faults)
        )
        lawful.append(Finding(kind, {"digest": digest, "owner": owner}))
    except Damaged:
        report.faults.append(Finding("audit.damaged", {"digest": digest, "owner": owner}))
