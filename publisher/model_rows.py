"""From issued procedures to the rows of the read model: who is in force when, and by which words found."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from document.facts import ProcedureFact
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


def rows_of(facts: Iterable[ProcedureFact], kept: set[str]) -> Iterator[Row]:
    """Each announcement with the day on which the next one of the same body and code takes over."""
    by_procedure: dict[tuple[str, str], list[ProcedureFact]] = defaultdict(list)
    for fact in facts:
        by_procedure[fact.organisation_id, national_code(fact.code)].append(fact)
    for group in by_procedure.values():
        group.sort(key=lambda f: (starts(f), f.decision.issued_on, f.decision.number, f.id))
        for fact, following in zip(group, [*group[1:], None], strict=True):
            yield _row(fact, starts(following) if following else None, kept)


def _row(fact: ProcedureFact, until: date | None, kept: set[str]) -> Row:
    data, entry = fact.data, fact.decision
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
            "digest": fact.decision_digest,
            "has_file": fact.decision_digest in kept,
            "verdict": public_verdict(fact.verdict),
        },
    }


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
