"""The tables the public sees: what `publish` writes and `listing` reads, on SQLite and on PostgreSQL.

Search is a table of words rather than an extension of one database: every word of a procedure stands in
it twice, with its marks and without, and is found by its beginning. So both databases find and rank alike,
`dat dai` finds `đất đai`, and `chợ` puts markets before `cho phép`.
"""

from typing import Final

from sqlalchemy import JSON, Column, Connection, Date, Integer, MetaData, String, Table, Text, select

SCHEMA: Final = "niem_public"
"""The schema on PostgreSQL; a SQLite file has none."""
VERSION: Final = "2"

metadata: Final = MetaData()

about: Final = Table(
    "about", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False)
)
"""version, number, state (of the ledger it was built from), built_at (ISO 8601, UTC)."""

_letters = String().with_variant(String(collation="C"), "postgresql")

announcements: Final = Table(
    "announcements",
    metadata,
    Column("id", String, primary_key=True),
    Column("code", String, nullable=False, index=True),
    Column("national_code", String, nullable=False, index=True),
    Column("organisation_code", String, nullable=False),
    Column("organisation_name", String, nullable=False),
    Column("act", String, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_folded", Text, nullable=False),
    Column("field", String, nullable=False),
    Column("field_folded", String, nullable=False),
    Column("level", String, nullable=False),
    Column("online_level", String, nullable=False),
    Column("starts", Date, nullable=False, index=True),
    Column("until", Date),
    Column("data", JSON, nullable=False),
    Column("decision", JSON, nullable=False),
)
"""One row per procedure and decision. In force on a day: `starts <= day < until`, and not abolished.

`until` is the start of the same body's next announcement of the same national code. `data` has the keys of
requirements 7.4; `decision` is `publisher.views.Decision` as JSON: of the certificates
only names and times get here.
"""

signed_files: Final = Table(
    "signed_files",
    metadata,
    Column("digest", String, primary_key=True),
    Column("name", String, nullable=False),
)
"""The PDFs that may be served, and the name each is saved under."""

words: Final = Table(
    "words",
    metadata,
    Column("word", _letters, primary_key=True),
    Column("announcement_id", String, primary_key=True),
    Column("weight", Integer, nullable=False),
    sqlite_with_rowid=False,
)


def facts_about(connection: Connection) -> dict[str, str]:
    """What the listing says about itself."""
    return {row.key: row.value for row in connection.execute(select(about))}
