"""Verdicts: about our own output before it is issued, and about any file for anyone."""

import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import typer

from document.clock import SystemClock
from document.facts import DocumentFact
from document.settings import load
from niem.parts import Parts, parts
from signing.evidence import Verdict
from signing.report import as_json, exit_status, report, summary, verify_files, with_second_opinion
from signing.trust import Directory, Trust
from signing.verify import verify

UNCHECKED: Final = ("verdict.valid_unchecked", "verdict.single_unchecked")
"""Headlines of a verdict that lacks nothing but a revocation status."""


@dataclass(frozen=True)
class Judged:
    """A verdict about a file of ours: whether it may be issued, and what to say when not."""

    body: dict[str, Any]
    good: bool
    sentence: str
    disagreement: str


def judge(these: Parts, data: bytes, ordinal: int, document: DocumentFact) -> Judged:
    """Judge sealed bytes from the bytes, the trust store and the directory alone (point 16)."""
    verdict: Verdict = these.children.call(
        look,
        data,
        f"{document.id}-{ordinal}.pdf",
        these.trust(),
        these.directory(),
        "main" if ordinal == 0 else "attachment",
    )
    verdict = second(verdict, data)
    unknown_is_accepted = these.site.settings.signing.issue_when_revocation_unknown
    accepted = verdict.verdict == "valid" or (unknown_is_accepted and only_revocation_unknown(verdict))
    opinion = verdict.second_opinion
    disagreement = "; ".join(d.text("vi") for d in opinion.disagreements) if opinion else ""
    return Judged(
        body=verdict.as_json(),
        good=accepted and verdict.integrity == "intact" and not disagreement,
        sentence=verdict.headline.text("vi"),
        disagreement=disagreement,
    )


def signers_fault(these: Parts, data: bytes, document: DocumentFact) -> str:
    """What speaks against the signers' layer of signed bytes, in a sentence; empty when nothing does.

    The organisation's key is used on nothing else (R-SIG-03). Whether the signer's certificate was revoked
    is asked here only where no evidence will be gathered for the seal, which asks too.
    """
    trust = these.trust() if these.revocation is None else replace(these.trust(), online=None)
    verdict: Verdict = these.children.call(
        look, data, f"{document.id}-0.pdf", trust, these.directory(), "main"
    )
    trusted = all(one.trust == "trusted" for one in verdict.signatures)
    # All that may be missing is the organisation's own layer.
    return "" if verdict.verdict == "incomplete" and trusted else verdict.headline.text("vi").rstrip(".")


def only_revocation_unknown(verdict: Verdict) -> bool:
    """Everything is right, but a revocation status could not be learnt (R-CRY-04)."""
    signatures = [one for one in verdict.signatures if one.layer != "timestamp"]
    return verdict.headline.code in UNCHECKED and all(one.trust == "trusted" for one in signatures)


def look(data: bytes, name: str, trust: Trust, directory: Directory | None, document_class: str) -> Verdict:
    """Verify in a child process: a stranger's bytes are never parsed in a process that holds more."""
    return verify(
        data,
        name=name,
        trust=trust,
        directory=directory,
        at=SystemClock().now(),
        document_class=document_class,  # type: ignore[arg-type]  # one of the contract's words
    )


def second(verdict: Verdict, data: bytes) -> Verdict:
    """Ask pdfsig too, where it is installed."""
    with tempfile.TemporaryDirectory(prefix="niem-") as folder:
        file = Path(folder) / "file.pdf"
        file.write_bytes(data)
        return with_second_opinion(verdict, file)


@dataclass(frozen=True)
class Wanted:
    """How `niem verify` prints."""

    as_json: bool
    details: bool
    lang: str


def verify_command(
    files: list[Path],
    wanted: Wanted,
    *,
    roots: list[Path],
    test_roots: bool,
    site: Path | None,
) -> int:
    """`niem verify`: print the verdicts; 0 when all are valid, 1 for any other verdict."""
    if site is not None:
        with parts(load(site)) as these:
            trust, directory = these.trust(), these.directory()
    else:
        trust, directory = Trust.load(roots, test_site=test_roots), None
    verdicts = verify_files(files, trust=trust, directory=directory, at=SystemClock().now())
    if wanted.as_json:
        typer.echo(json.dumps(as_json(verdicts), ensure_ascii=False, indent=1))
    else:
        for verdict in verdicts:
            typer.echo(report(verdict, wanted.lang, details=wanted.details))
        if len(verdicts) > 1:
            typer.echo(summary(verdicts, wanted.lang))
    return exit_status(verdicts)
