"""Which announcements a query finds, best first: each word by its beginning; else what comes nearest."""

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select, union_all

from publisher.fields import ABOLISHED
from publisher.folding import folded
from publisher.folding import words as words_of
from publisher.read_model import announcements, words

MOST_WORDS: Final = 8
"""Of a query; the rest is not looked at."""
MOST_MISTYPED: Final = 3
"""Words of a query that are put right."""
ALIKE: Final = 0.75
"""How much of a mistyped word is right, by `difflib`."""
_LAST: Final = "\U0010ffff"
_PHRASE: Final = 40
_TELLING: Final = 4
"""Weight from which a word says what a procedure is about."""


@dataclass(frozen=True)
class Query:
    """What is looked for; empty strings ask for anything. `organisation` is a code."""

    text: str = ""
    organisation: str = ""
    field: str = ""
    level: str = ""
    online: str = ""
    page: int = 1


def storable(text: str) -> str:
    """PostgreSQL takes no NUL in a text, not even to look for it."""
    return text.replace("\0", "")


def in_force(today: date) -> ColumnElement[bool]:
    """Whether an announcement applies on `today`."""
    a = announcements.c
    return and_(a.starts <= today, or_(a.until.is_(None), a.until > today), a.act != ABOLISHED)


def matching(query: Query, today: date) -> Select[Any]:
    """Announcements in force on `today` with every word of the query; without words by field and name."""
    asked = _asked(query)
    return _having(query, today, [_begins(word) for word in asked], len(asked))


def nearest(connection: Connection, query: Query, today: date) -> Select[Any]:
    """Those with the most of the words, if more than half; a word that nobody has stands for those alike."""
    asked = _asked(query)
    wanted, mistyped = [], 0
    for word in asked:
        begins = _begins(word)
        if mistyped < MOST_MISTYPED and not connection.scalar(select(words.c.word).where(begins).limit(1)):
            begins = words.c.word.in_(_alike(connection, word))
            mistyped += 1
        wanted.append(begins)
    best = connection.execute(_having(query, today, wanted, len(asked) // 2 + 1).limit(1)).first()
    return _having(query, today, wanted, best.hits if best else len(asked))


def _asked(query: Query) -> list[str]:
    return words_of(query.text)[:MOST_WORDS]


def _having(query: Query, today: date, wanted: list[ColumnElement[bool]], least: int) -> Select[Any]:
    """Announcements with `least` of the `wanted` words or more (`hits`), those with the most first."""
    a = announcements.c
    asked = select(announcements).where(in_force(today))
    filters = {
        a.organisation_code: query.organisation,
        a.field: query.field,
        a.level: query.level,
        a.online_level: query.online,
    }
    for column, value in filters.items():
        if value:
            asked = asked.where(column == storable(value))
    plain = (a.field_folded, a.name_folded, a.id)
    if not wanted:
        return asked.order_by(*plain)
    one_each = union_all(
        *(_weighed(begins, _forms(word)) for begins, word in zip(wanted, _asked(query), strict=True))
    )
    hit = one_each.subquery("hit")
    found = (
        select(hit.c.announcement_id, func.count().label("hits"), func.sum(hit.c.weight).label("score"))
        .group_by(hit.c.announcement_id)
        .having(func.count() >= least)
        .subquery("found")
    )
    phrase = a.name_folded.contains(folded(storable(query.text).strip()), autoescape=True)
    score = found.c.score + case((phrase, _PHRASE), else_=0)
    joined = asked.add_columns(found.c.hits).join(found, found.c.announcement_id == a.id)
    return joined.order_by(found.c.hits.desc(), score.desc(), *plain)


def _forms(word: str) -> list[str]:
    return sorted({word, folded(word)})


def _begins(word: str) -> ColumnElement[bool]:
    """That a word begins like `word`, marks or not."""
    w = words.c
    return or_(*(and_(w.word >= form, w.word < form + _LAST) for form in _forms(word)))


def _weighed(begins: ColumnElement[bool], whole: list[str]) -> Select[Any]:
    """Each announcement with such a word once, with its weight; whole words weigh double."""
    w = words.c
    weight = func.max(case((w.word.in_(whole), w.weight * 2), else_=w.weight))
    return select(w.announcement_id, weight.label("weight")).where(begins).group_by(w.announcement_id)


def _alike(connection: Connection, word: str) -> list[str]:
    """Telling words with the same first letter that look like `word` without marks.

    None for a number, where each digit counts.
    """
    plain = folded(word)
    if len(plain) < 3 or not plain.isalpha():
        return []
    w = words.c
    length = func.length(w.word)
    telling = and_(w.weight >= _TELLING, length >= len(plain) - 2, length <= len(plain) + 2)
    same_letter = and_(w.word >= plain[0], w.word < plain[0] + _LAST)
    known = connection.scalars(select(w.word).where(telling, same_letter).distinct()).all()
    return get_close_matches(plain, known, n=3, cutoff=ALIKE)
