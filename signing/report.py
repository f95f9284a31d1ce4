"""A verdict for people (Vietnamese first) and for programs (JSON), and `niem verify` without its flags."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from document.clock import local, shown
from document.messages import text
from signing.evidence import Reason, SignatureEvidence, Verdict, reason
from signing.policy import DEFAULT, Policy
from signing.second_opinion import compared, pdfsig
from signing.trust import Directory, Trust
from signing.verify import verify

SIGNS: Final = {"valid": "✔", "incomplete": "!", "indeterminate": "!", "unsigned": "–"}
"""Before the headline; anything else gets ✘ (R-CRY-02: words or a symbol)."""


def verify_files(
    paths: Sequence[Path],
    *,
    trust: Trust,
    at: datetime,
    directory: Directory | None = None,
    policy: Policy = DEFAULT,
    second_opinion: bool = True,
) -> list[Verdict]:
    """Judge files one after another; a file that cannot be opened gets a verdict too."""
    return [_verify_file(path, trust, at, directory, policy, ask=second_opinion) for path in paths]


def _verify_file(
    path: Path,
    trust: Trust,
    at: datetime,
    directory: Directory | None,
    policy: Policy,
    *,
    ask: bool,
) -> Verdict:
    try:
        pdf = path.read_bytes()
    except OSError as error:
        found = reason("verdict.no_file", kind=type(error).__name__)
        return Verdict(str(path), "", 0, "unreadable", "unreadable", found, reasons=(found,))
    verdict = verify(pdf, name=str(path), trust=trust, directory=directory, policy=policy, at=at)
    return with_second_opinion(verdict, path) if ask and verdict.signatures else verdict


def with_second_opinion(verdict: Verdict, path: Path) -> Verdict:
    """The verdict with what `pdfsig` says of the same file; unchanged where it is not installed.

    A disagreement is shown and never changes the verdict itself: the caller decides what it holds up.
    """
    opinion = pdfsig(path)
    if opinion is None:
        return verdict
    return replace(verdict, second_opinion=compared(opinion, verdict.signatures))


def as_json(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """The JSON contract (docs/verdict.md): a list with one object per file."""
    return [verdict.as_json() for verdict in verdicts]


def exit_status(verdicts: Sequence[Verdict]) -> int:
    """0: all valid; 1: any other verdict."""
    return 0 if all(verdict.verdict == "valid" for verdict in verdicts) else 1


def report(verdict: Verdict, lang: str = "vi", *, details: bool = False) -> str:
    """The verdict as text: what matters first; with `details` the items of R-CRY-03 for each signature."""
    return "\n".join(_lines(verdict, lang, details=details))


def summary(verdicts: Sequence[Verdict], lang: str = "vi") -> str:
    """One line over several files."""
    valid = sum(verdict.verdict == "valid" for verdict in verdicts)
    return text("verdict.word_summary", lang, valid=valid, all=len(verdicts))


def _lines(verdict: Verdict, lang: str, *, details: bool) -> Iterator[str]:
    yield f"{SIGNS.get(verdict.verdict, '✘')} {Path(verdict.file).name}: {verdict.headline.text(lang)}"
    own = {found.text(lang) for one in verdict.signatures for found in one.reasons}
    yield from (
        f"  • {found.text(lang)}" for found in verdict.reasons if not details or found.text(lang) not in own
    )
    for number, one in enumerate(verdict.signatures, start=1):
        yield from _signature(number, one, lang, details=details)
    opinion = verdict.second_opinion
    if opinion is not None and (details or not opinion.agrees):
        word = "verdict.word_agrees" if opinion.agrees else "verdict.word_disagrees"
        yield f"  {text('verdict.word_second_opinion', lang, tool=opinion.tool)}: {text(word, lang)}"
        yield from (f"    • {found.text(lang)}" for found in opinion.disagreements)


def _signature(number: int, one: SignatureEvidence, lang: str, *, details: bool) -> Iterator[str]:
    layer = text(f"verdict.word_layer_{one.layer or 'unknown'}", lang)
    head = f"  {text('verdict.word_signature', lang, number=number, layer=layer)}"
    who = one.signer or one.organisation
    if not details:
        said = [head, who, None if one.signing_time is None else shown(one.signing_time)]
        yield " · ".join(part for part in said if part)
        return
    yield head
    for word, value in _items(one, lang):
        yield f"    {text(f'verdict.word_{word}', lang)}: {value}"
    yield from (f"    • {found.text(lang)}" for found in one.reasons)


def _items(one: SignatureEvidence, lang: str) -> Iterator[tuple[str, str]]:
    """The seven items of R-CRY-03, then what specialists ask for."""
    unknown = text("verdict.word_not_known", lang)
    yield "signer", " – ".join(part for part in (one.signer, one.organisation) if part) or unknown
    yield "issuer", one.issuer or unknown
    yield "managing_unit", one.managing_unit or unknown
    moment = unknown if one.signing_time is None else f"{shown(one.signing_time)} +07:00"
    yield f"time_{one.time_source or 'claimed'}", moment
    yield "integrity", text(f"verdict.word_{integrity_word(one)}", lang)
    yield "at_signing", text(f"verdict.word_{_VALID[one.valid_at_signing]}", lang)
    yield "validity", _validity(one, lang) or unknown
    yield "algorithm", one.algorithm or unknown
    yield "level", one.level or "–"
    yield "field", one.field


_VALID: Final = {True: "valid", False: "not_valid", None: "not_known"}


def integrity_word(one: SignatureEvidence) -> str:
    """`intact`, `changed` (after signing) or `damaged`: the end of a catalogue code `verdict.word_…`."""
    if one.integrity == "broken":
        return "damaged"
    return "changed" if one.modification in {"not_allowed", "unknown"} else "intact"


def _validity(one: SignatureEvidence, lang: str) -> str:
    if one.certificate_not_before is None or one.certificate_not_after is None:
        return ""
    begin, end = (local(moment) for moment in (one.certificate_not_before, one.certificate_not_after))
    return text("verdict.word_from_to", lang, begin=f"{begin:%d/%m/%Y}", end=f"{end:%d/%m/%Y}")


def reasons_text(reasons: Sequence[Reason], lang: str = "vi") -> str:
    """Several findings as one paragraph."""
    return " ".join(found.text(lang) for found in reasons)
