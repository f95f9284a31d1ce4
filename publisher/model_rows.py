"""From issued procedures to the rows of the read model: who is in force when, and by which words found."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from document.facts import IssuedFileFact, ProcedureFact
from publisher.deliver import file_name
from publisher.folding import folded
from publisher.folding import words as words_in
from publisher.procedures import national_code
from publisher.verdicts import public_verdict

_WEIGHTS: Final = {
    "name": 8, "keywords": 6, "field": 4, "subjects": 2, "result": 2, "forms": 2,
    "authority": 1, "dossier": 1, "legal_basis": 1,
}  # fmt: skip
_MARKED: Final = 2
"""A word found with its marks counts this many times."""

Row = dict[str, Any]


def public_facts(facts: Iterable[ProcedureFact]) -> list[ProcedureFact]:
    """Internal procedures are decided and listed elsewhere, never here (R-TTHC-14)."""
    return [fact for fact in facts if "noi bo" not in folded(str(fact.data.get("kind") or ""))]


def starts(fact: ProcedureFact) -> date:
    """The first day; the day of the decision where it names none. It may lie before it (R-TTHC-13)."""
    return fact.effective_from or fact.decision.issued_on


def _takes_over(fact: ProcedureFact) -> date:
    """When readers met it: an announcement that reaches back changes nothing before its decision's day."""
    return max(starts(fact), fact.decision.issued_on)


def _until(fact: ProcedureFact, following: ProcedureFact | None) -> date | None:
    """The day on which `following` ended it: its first day, or its decision's if it reaches back."""
    if following is None:
        return None
    return starts(following) if starts(following) > starts(fact) else _takes_over(following)


def rows_of(facts: Iterable[ProcedureFact], kept: set[str]) -> Iterator[Row]:
    """Each announcement with the day on which the next one of the same body and code takes over.

    Of two that apply the later decision counts, also where it reaches back behind the earlier (R-TTHC-13).
    """
    by_procedure: dict[tuple[str, str], list[ProcedureFact]] = defaultdict(list)
    for fact in facts:
        by_procedure[fact.organisation_id, national_code(fact.code)].append(fact)
    for group in by_procedure.values():
        group.sort(key=lambda f: (_takes_over(f), f.decision.issued_on, f.decision.number, f.id))
        for fact, following in zip(group, [*group[1:], None], strict=True):
            yield _row(fact, _until(fact, following), kept)


def _row(fact: ProcedureFact, until: date | None, kept: set[str]) -> Row:
    data, entry = fact.data, fact.decision
    main, *attachments = [_signed_file(file, kept) for file in fact.files]
    return {
        "id": fact.id,
        "code": fact.code,
        "national_code": national_code(fact.code),
        "organisation_code": fact.organisation_code,
        "organisation_name": fact.organisation_name,
        "act": fact.act,
        "name": data["name"],
        "name_folded": folded(data["name"]),
        "field": data["field"],
        "field_folded": folded(data["field"]),
        "level": data["level"],
        "online_level": data["online_level"] or "UNKNOWN",
        "starts": starts(fact),
        "until": until,
        "data": data,
        "decision": {
            "number_symbol": entry.number_symbol,
            "issued_on": entry.issued_on.isoformat(),
            "subject": entry.subject,
            "signer": entry.signer,
            **main,
            "attachments": attachments,
        },
    }


def _signed_file(file: IssuedFileFact, kept: set[str]) -> Row:
    """`publisher.views.SignedFile` as JSON."""
    return {
        "digest": file.digest,
        "file": f"/files/{file.digest}.pdf" if file.digest in kept else None,
        "verdict": public_verdict(file.verdict),
    }


def file_rows(facts: Iterable[ProcedureFact]) -> list[Row]:
    """Each signed PDF once, with the name under which a reader saves it."""
    names = {
        file.digest: file_name(fact.decision.number_symbol, "", ordinal=file.ordinal)
        for fact in facts
        for file in fact.files
    }
    return [{"digest": digest, "name": name} for digest, name in names.items()]


def words_of(row: Row) -> Iterator[Row]:
    """Every word to find the announcement `row` by, once, with its greatest weight."""
    weights: dict[str, int] = {}

    def add(word: str, weight: int) -> None:
        weights[word] = max(weight, weights.get(word, 0))

    for key, weight in _WEIGHTS.items():
        value = row["data"].get(key) or ""
        for word in words_in(" ".join(value) if isinstance(value, list) else value):
            add(folded(word), weight)
            if folded(word) != word:
                add(word, weight * _MARKED)
    for word in words_in(row["code"]):
        add(word, _WEIGHTS["name"])
    for word, weight in weights.items():
        yield {"word": word, "announcement_id": row["id"], "weight": weight}
