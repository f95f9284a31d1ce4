"""The public pages: templates, words for values, and addresses. No web framework here."""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from document import clock, messages
from publisher.fields import ABOLISHED
from publisher.folding import folded, words
from publisher.views import Procedure, Summary, TimeLimit

HERE: Final = Path(__file__).parent
STYLE: Final = HERE / "static" / "public.css"
SECTIONS: Final = (
    "steps", "methods", "dossier", "time_limit", "subjects", "authority", "places", "forms", "result",
    "conditions", "fees", "legal_basis",
)  # fmt: skip
"""The parts of Decree 63/2010/NĐ-CP, article 8.2, in its order (the name is the page's heading)."""


@dataclass(frozen=True)
class Contact:
    """Where feedback goes (R-TTHC-09); what is empty is not shown."""

    address: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Section:
    """One part of a procedure: `key` names its heading; several `lines` are a list."""

    key: str
    heading: str
    lines: tuple[str, ...]
    note: str = ""
    translated: bool = False
    """The lines are ours, in the reader's language; otherwise they are the decision's, in Vietnamese."""

    @property
    def numbered(self) -> bool:
        """Whether the lines are a list of several things."""
        return len(self.lines) > 1


def word(prefix: str, value: str, lang: str) -> str:
    """The catalogue's words for a stored value: `word("unit", "ngày làm việc", "en")` is `working days`."""
    code = f"public.{prefix}_{'_'.join(words(folded(value).replace('_', ' ')))}"
    return messages.text(code, lang) if code in messages.catalogue() else value


def limit_text(limit: TimeLimit, lang: str) -> str:
    """`12 ngày làm việc`; empty when it is not known."""
    if limit.value is None:
        return ""
    return messages.text("public.time_limit", lang, value=limit.value, unit=word("unit", limit.unit, lang))


def day(value: date) -> str:
    """`05/01/2026`."""
    return value.strftime("%d/%m/%Y")


def last_day(until: date | None) -> str:
    """The last day of something that no longer applies from `until`."""
    return day(until - timedelta(days=1)) if until else ""


def status_text(one: Procedure, lang: str) -> str:
    """Where an announcement stands, in a sentence; one replaced before its first day never applied."""
    until = one.effective_until
    never = one.status == "superseded" and until is not None and until <= one.effective_from
    code = "public.status_never" if never else f"public.status_{one.status}"
    return messages.text(code, lang, date=day(one.effective_from), until=last_day(until))


def moment(value: str) -> str:
    """`05/01/2026 09:30:15` in Viet Nam, from ISO 8601."""
    return clock.shown(datetime.fromisoformat(value))


def average(value: float, lang: str) -> str:
    """`4,5` in Vietnamese, `4.5` in English."""
    text = f"{math.floor(value * 10 + 0.5) / 10:.1f}"
    return text.replace(".", ",") if lang == "vi" else text


def address(lang: str, path: str, /, **params: object) -> str:
    """An address of this site that keeps the reader's language; empty values are left out."""
    asked = {key: value for key, value in params.items() if value not in ("", None)}
    if lang != "vi":
        asked["lang"] = lang
    return quote(path) + (f"?{urlencode(asked)}" if asked else "")


def grouped(items: list[Summary]) -> list[tuple[str, list[Summary]]]:
    """The items by field, in the order they come (which is already by field)."""
    return [(field, list(group)) for field, group in groupby(items, key=lambda one: one.field)]


def sections(procedure: Procedure, lang: str) -> list[Section]:
    """The parts that are known, in the order of the Decree."""
    found = [_section(procedure, key, lang) for key in SECTIONS]
    return [one for one in found if one.lines or one.note]


def _section(procedure: Procedure, key: str, lang: str) -> Section:
    heading = messages.text(f"procedure.field_{key}", lang)
    if key == "time_limit":
        text = procedure.time_limit.text
        return Section(key, heading, (text,) if text else (), limit_text(procedure.time_limit, lang))
    value = getattr(procedure, key)
    lines = tuple(value) if isinstance(value, list) else ((value,) if value else ())
    if key == "forms" and not lines and procedure.act != ABOLISHED:
        return Section(key, heading, (messages.text("public.no_forms", lang),), translated=True)
    note = ""
    if key == "dossier" and procedure.sets:
        note = messages.text("public.sets", lang, count=procedure.sets)
    return Section(key, heading, lines, note)


@cache
def style_version() -> str:
    """Changes with the style sheet, so that it may be kept for ever."""
    return hashlib.sha256(STYLE.read_bytes()).hexdigest()[:12]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(day=day, moment=moment, style_version=style_version, ABOLISHED=ABOLISHED)
    return environment


def render(template: str, lang: str, **values: Any) -> bytes:
    """A page in `lang` as UTF-8."""
    said: Callable[..., str] = lambda code, **params: messages.text(code, lang, **params)  # noqa: E731
    known = {
        "lang": lang,
        "t": said,
        "fix": lambda code, **params: messages.fix(code, lang, **params),
        "word": lambda prefix, value: word(prefix, value, lang),
        "limit": lambda value: limit_text(value, lang),
        "average": lambda value: average(value, lang),
        "status": lambda one: status_text(one, lang),
        "say": lambda sentence: getattr(sentence, lang),
        "url": partial(address, lang),
    }
    return _environment().get_template(template).render(known | values).encode()
