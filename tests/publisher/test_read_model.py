"""One set of tables on both databases."""

from sqlalchemy import create_engine, insert
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.schema import CreateTable

from publisher.read_model import about, facts_about, metadata, words


def test_what_a_listing_says_about_itself_comes_back() -> None:
    with create_engine("sqlite://").connect() as connection:
        metadata.create_all(connection)
        connection.execute(insert(about), [{"key": "number", "value": "3"}])
        assert facts_about(connection) == {"number": "3"}


def test_on_postgresql_words_are_ordered_by_their_bytes() -> None:
    made = str(CreateTable(words).compile(dialect=PGDialect()))  # type: ignore[no-untyped-call]
    assert 'COLLATE "C"' in made
