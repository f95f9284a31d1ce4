"""Questions to the read model. Nothing here can write: SQLite is opened read-only, PostgreSQL only SELECT."""

import math
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, Engine, NullPool, Row, Select, StaticPool, create_engine, func, or_, select
from sqlalchemy.exc import DBAPIError

from document.errors import Unavailable
from publisher.fields import ABOLISHED
from publisher.read_model import SCHEMA, announcements, facts_about, metadata, signed_files
from publisher.search import Query, in_force, matching, nearest, storable
from publisher.views import Decision, Organisation, Procedure, Results, Summary, TimeLimit, status_on

PAGE_SIZE: Final = 20
_POINTER: Final = "current"


@dataclass(frozen=True)
class Facet:
    """A value to filter by, what people read for it, and how many procedures in force have it."""

    value: str
    label: str
    count: int


class Listing:
    """The listing in `public_root`, or in schema `niem_public` of the database `url`. Thread-safe.

    The pointer is read for every question, so that a switch is seen at once. `Unavailable("public.busy")`
    when the database does not answer.
    """

    def __init__(self, public_root: Path, url: str | None = None) -> None:
        self._root = public_root
        self._server = (
            create_engine(url, pool_pre_ping=True, execution_options={"schema_translate_map": {None: SCHEMA}})
            if url
            else None
        )
        self._nothing = create_engine(
            "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
        metadata.create_all(self._nothing)
        self._current = ("", self._nothing)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        engine = self._server or self._file_engine()
        try:
            with engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            raise Unavailable("public.busy") from error

    def _file_engine(self) -> Engine:
        try:
            name = (self._root / _POINTER).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return self._nothing  # nothing was published yet
        known, engine = self._current
        if known == name:
            return engine
        address = f"file:{quote(str(self._root / name))}?mode=ro&immutable=1"

        def connect() -> sqlite3.Connection:
            return sqlite3.connect(address, uri=True, check_same_thread=False)

        engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
        self._current = (name, engine)  # one assignment: other threads see the old pair or the new one
        return engine

    def about(self) -> dict[str, str]:
        """What the listing says about itself: version, number, built_at; empty before the first one."""
        with self._reading() as connection:
            return facts_about(connection)

    def built_at(self) -> datetime | None:
        """When the listing was made; None before the first one."""
        said = self.about().get("built_at")
        return datetime.fromisoformat(said) if said else None

    def find(self, query: Query, today: date, size: int = PAGE_SIZE) -> Results:
        """One page of the procedures in force on `today` that have every word of the query.

        Where none has them all: those that come nearest, mistyped words put right (`exact` is False).
        """
        with self._reading() as connection:
            found = matching(query, today)
            total = _total(connection, found)
            exact = bool(total) or not query.text
            if not exact:
                found = nearest(connection, query, today)
                total = _total(connection, found)
            pages = max(1, math.ceil(total / size))
            page = min(max(1, query.page), pages)
            rows = connection.execute(found.limit(size).offset((page - 1) * size)).all()
        items = [_summary(row, today) for row in rows]
        return Results(total=total, page=page, pages=pages, exact=exact or not total, items=items)

    def facets(self, today: date) -> dict[str, list[Facet]]:
        """What there is to filter by today: `organisation`, `field`, `level`, `online`."""
        a = announcements.c
        pairs = {
            "organisation": (a.organisation_code, a.organisation_name),
            "field": (a.field, a.field),
            "level": (a.level, a.level),
            "online": (a.online_level, a.online_level),
        }
        with self._reading() as connection:
            return {
                key: [
                    Facet(row[0], row[1], row[2])
                    for row in connection.execute(
                        select(value, label.label("label"), func.count())
                        .where(in_force(today))
                        .group_by(value, label)
                        .order_by(func.count().desc(), value)
                    )
                ]
                for key, (value, label) in pairs.items()
            }

    def in_force(self, code: str, today: date, organisation: str = "") -> list[Procedure]:
        """The procedure `code` (with or without its suffix) as each body announces it today."""
        return [one for one in self.history(code, today, organisation) if one.status == "active"]

    def history(self, code: str, today: date, organisation: str = "") -> list[Procedure]:
        """Every announcement of `code`, the newest first; nothing is ever taken off it (R-TTHC-08)."""
        a = announcements.c
        wanted = storable(code)
        asked = select(announcements).where(or_(a.code == wanted, a.national_code == wanted))
        if organisation:
            asked = asked.where(a.organisation_code == storable(organisation))
        with self._reading() as connection:
            rows = connection.execute(asked.order_by(a.starts.desc(), a.id.desc(), a.organisation_code)).all()
        return [_procedure(row, today) for row in rows]

    def file_name(self, digest: str) -> str | None:
        """What the signed PDF with this digest is saved as; None when no announcement names it."""
        with self._reading() as connection:
            return connection.scalar(select(signed_files.c.name).where(signed_files.c.digest == digest))


def _total(connection: Connection, found: Select[Any]) -> int:
    return connection.scalar(select(func.count()).select_from(found.order_by(None).subquery())) or 0


def _common(row: Row[Any], today: date) -> dict[str, Any]:
    data = row.data
    return {
        "id": row.id,
        "code": row.code,
        "national_code": row.national_code,
        "organisation": Organisation(code=row.organisation_code, name=row.organisation_name),
        "name": row.name,
        "field": row.field,
        "level": row.level,
        "act": row.act,
        "online_level": row.online_level,
        "status": status_on(today, row.act == ABOLISHED, row.starts, row.until),
        "effective_from": row.starts,
        "effective_until": row.until,
        "time_limit": TimeLimit(**(data.get("time_limit") or {})),
        "fees": data.get("fees") or "",
    }


def _summary(row: Row[Any], today: date) -> Summary:
    return Summary(**_common(row, today))


def _procedure(row: Row[Any], today: date) -> Procedure:
    data = row.data
    texts = ("authority", "result", "conditions", "online_reason")
    lists = ("steps", "methods", "dossier", "subjects", "places", "forms", "legal_basis", "keywords")
    known: dict[str, Any] = {key: data.get(key) or "" for key in texts}
    known |= {key: data.get(key) or [] for key in lists}
    return Procedure(**_common(row, today), **known, sets=data.get("sets"), decision=Decision(**row.decision))
