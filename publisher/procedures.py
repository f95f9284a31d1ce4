"""The procedure record: its fields checked one by one, before anyone signs.

All faults of a file are told at once, each with its row and column. T-21, R-TTHC-01, 02, 11.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from document import messages
from document.errors import Returnable
from document.facts import NewProcedure, OrganisationFact
from publisher.data_file import Raw, Record, Value, read
from publisher.fields import ABOLISHED, BY_KEY, RULES, FieldRule

CODE: Final = re.compile(r"([123]\.\d{6})((?:\.000\.00\.00)?(?:\.H\d{2}(?:\.\d{2,3})?)?)", re.ASCII)
"""T-21: the national part, then the suffix of the publishing body."""
MOST_FAULTS: Final = 50
DECISION: Final = "QĐ"

_NOT_IN_DATA: Final = frozenset(
    {"code", "act", "effective_from", "time_limit_value", "time_limit_unit", "time_limit_text"}
)


@dataclass
class _Faults:
    """What is wrong, in both languages."""

    found: list[tuple[str, str]] = field(default_factory=list)

    def add(
        self, code: str, record: Record | None, key: str, value: Value | None, /, **params: object
    ) -> None:
        said = []
        for lang in messages.LANGUAGES:
            rule = BY_KEY.get(key)
            heading = rule.heading(lang) if rule else key
            what = messages.text(f"procedure.{code}", lang, **params)
            said.append(f"{_place(lang, record, heading, value)}: {what}")
        self.found.append((said[0], said[1]))

    def raise_any(self, name: str) -> None:
        if not self.found:
            return
        more = len(self.found) - MOST_FAULTS
        texts = []
        for index, lang in enumerate(messages.LANGUAGES):
            lines = [f"- {both[index]}" for both in self.found[:MOST_FAULTS]]
            if more > 0:
                lines.append(messages.text("procedure.more_faults", lang, count=more))
            texts.append("\n".join(lines))
        raise Returnable(
            "procedure.data_invalid", name=name, count=len(self.found), faults=texts[0], faults_en=texts[1]
        )


def _place(lang: str, record: Record | None, heading: str, value: Value | None) -> str:
    row = value.row if value else record.row if record else 1
    if value and value.column:
        return messages.text("procedure.place_cell", lang, row=row, column=value.column, heading=heading)
    item = record.item if record else 0
    return messages.text("procedure.place_item", lang, row=row, item=item, heading=heading)


def national_code(code: str) -> str:
    """The part that is the same all over the country: `1.014390` of `1.014390.H05`."""
    found = CODE.fullmatch(code)
    return found.group(1) if found else code


def may_decide(organisation: OrganisationFact) -> None:
    """R-TTHC-01: only a body that decides on procedures may issue such a decision; a commune posts.

    Raises `Returnable("procedure.may_not_decide")`.
    """
    if not organisation.may_decide_procedures:
        raise Returnable("procedure.may_not_decide", organisation=organisation.name)


def must_be_decision(kind: str) -> None:
    """R-TTHC-01: procedures are announced by a decision; `kind` is the code of the document's kind.

    Raises `Returnable("procedure.not_a_decision")`.
    """
    if kind != DECISION:
        raise Returnable("procedure.not_a_decision")


def check(data: bytes, name: str) -> list[NewProcedure]:
    """The procedures of a data file (.xlsx, .yaml), each field checked. Run it in a child process.

    `Returnable`: `procedure.data_invalid` with every fault in `faults` (Vietnamese) and `faults_en`, or
    one of `publisher.data_file.read`.
    """
    raw = read(data, name)
    faults = _Faults()
    _check_head(raw, faults)
    found = [_procedure(record, raw, faults) for record in raw.records]
    if not raw.records:
        raise Returnable("procedure.empty", name=name)
    _check_twice(raw, faults)
    faults.raise_any(name)
    return found


def refuse_twice(found: Iterable[NewProcedure]) -> None:
    """One procedure stands once in a decision, also where its set has several data files.

    Raises `Returnable("procedure.twice")`.
    """
    seen: set[str] = set()
    for one in found:
        if national_code(one.code) in seen:
            raise Returnable("procedure.twice", code=one.code)
        seen.add(national_code(one.code))


def _check_head(raw: Raw, faults: _Faults) -> None:
    for key, column, row in raw.repeated:
        faults.add("fault_key_twice", None, key, Value((), row, column), key=key)
    for key, (column, row) in raw.columns.items():
        if key not in BY_KEY:
            faults.add("fault_key_unknown", None, key, Value((), row, column), key=key)
    if raw.columns:
        for rule in RULES:
            if rule.required and rule.key not in raw.columns:
                faults.add("fault_column_missing", None, rule.key, Value((), 2), key=rule.key)


def _check_twice(raw: Raw, faults: _Faults) -> None:
    seen: dict[str, Record] = {}
    for record in raw.records:
        value = record.values.get("code")
        if value is None or not CODE.fullmatch(value.text):
            continue
        first = seen.setdefault(national_code(value.text), record)
        if first is not record:
            faults.add("fault_code_twice", record, "code", value, code=value.text, row=first.row)


def _procedure(record: Record, raw: Raw, faults: _Faults) -> NewProcedure:
    if not raw.columns:
        for key, value in record.values.items():
            if key not in BY_KEY:
                faults.add("fault_key_unknown", record, key, value, key=key)
    act = _chosen(record.values.get("act"), BY_KEY["act"])
    data = {rule.key: _field(record, rule, raw, act == ABOLISHED, faults) for rule in RULES}
    _check_code(record, faults)
    _check_online(record, data, faults)
    limit = {part: data[f"time_limit_{part}"] for part in ("value", "unit", "text")}
    kept = {key: value for key, value in data.items() if key not in _NOT_IN_DATA}
    return NewProcedure(
        code=data["code"],
        act=data["act"],
        data=kept | {"time_limit": limit},
        effective_from=_day(record, faults),
    )


def _field(record: Record, rule: FieldRule, raw: Raw, abolished: bool, faults: _Faults) -> Any:  # noqa: FBT001
    empty = Value((), record.row, raw.columns.get(rule.key, ("", 0))[0])
    value = record.values.get(rule.key, empty)
    if value.problem:
        faults.add(value.problem, record, rule.key, value, text=value.text[:40])
    elif not value.lines:
        needed = rule.always or (rule.required and not abolished)
        if needed and not (raw.columns and rule.key not in raw.columns):
            faults.add("fault_empty", record, rule.key, value)
    elif rule.choices:
        return _choice(record, rule, value, faults)
    elif rule.number:
        return _number(record, rule, value, faults)
    if rule.listed:
        return list(value.lines)
    return None if rule.number else value.text


def _chosen(value: Value | None, rule: FieldRule) -> str | None:
    said = value.text.casefold() if value else ""
    return next((choice for choice in rule.choices if choice.casefold() == said), None)


def _choice(record: Record, rule: FieldRule, value: Value, faults: _Faults) -> str:
    found = _chosen(value, rule)
    if found is None:
        code = (
            "fault_district" if rule.key == "level" and value.text.casefold() == "huyện" else "fault_choice"
        )
        faults.add(code, record, rule.key, value, text=value.text[:40], allowed=", ".join(rule.choices))
    return found or ""


def _number(record: Record, rule: FieldRule, value: Value, faults: _Faults) -> int | None:
    if re.fullmatch(r"\d{1,4}", value.text, re.ASCII) and int(value.text) > 0:
        return int(value.text)
    faults.add("fault_number", record, rule.key, value, text=value.text[:40])
    return None


def _check_code(record: Record, faults: _Faults) -> None:
    value = record.values.get("code")
    if value and value.lines and not value.problem and not CODE.fullmatch(value.text):
        faults.add("fault_code", record, "code", value, text=value.text[:40])


def _check_online(record: Record, data: dict[str, Any], faults: _Faults) -> None:
    if data["online_level"] == "PARTIAL" and not data["online_reason"]:
        value = record.values.get("online_reason") or record.values["online_level"]
        faults.add("fault_reason", record, "online_reason", value)


def _day(record: Record, faults: _Faults) -> date | None:
    value = record.values.get("effective_from")
    if value is None or not value.lines:
        return None
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            day = datetime.strptime(value.text, form).date()  # noqa: DTZ007 - a calendar day, no moment
        except ValueError:
            continue
        if day.year >= 2010:  # Decree 63/2010 began the practice; an earlier year is a slip
            return day
    faults.add("fault_date", record, "effective_from", value, text=value.text[:40])
    return None
