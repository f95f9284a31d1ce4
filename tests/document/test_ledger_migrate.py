"""The schema step by step is the schema of the tables, on both databases."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from document.ledger import connect, migrate
from document.tables import Base
from tests.support.postgres import fresh_database


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    if request.param == "sqlite":
        engine = connect(f"sqlite:///{tmp_path / 'a.sqlite'}")
        yield engine
        engine.dispose()
        return
    with fresh_database(request.getfixturevalue("postgres_url")) as url:
        engine = connect(url)
        yield engine
        engine.dispose()


def schema(engine: Engine) -> dict[str, Any]:
    """Everything the database says of itself that matters, in an order of its own."""
    found = inspect(engine)
    whole: dict[str, Any] = {}
    for table in sorted(set(found.get_table_names()) - {"alembic_version"}):
        parts = [
            *((c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)),
            *((i["name"], i["unique"], i["column_names"], _where(i)) for i in found.get_indexes(table)),
            *((u["name"], u["column_names"]) for u in found.get_unique_constraints(table)),
            *((c["name"], c["sqltext"]) for c in found.get_check_constraints(table)),
            *((f["name"], f["constrained_columns"]) for f in found.get_foreign_keys(table)),
            found.get_pk_constraint(table)["constrained_columns"],
        ]
        whole[table] = sorted(repr(part) for part in parts)
    return whole


def _where(index: Any) -> list[str]:
    return sorted(str(value) for key, value in index.get("dialect_options", {}).items() if "where" in key)


def test_alembic_sees_no_difference(empty: Engine) -> None:
    assert not migrate.is_current(empty)
    migrate.upgrade(empty)
    assert migrate.is_current(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_checks_partial_indexes_and_keys_are_those_of_the_tables(empty: Engine) -> None:
    migrate.upgrade(empty)
    stepped = schema(empty)
    with empty.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
        Base.metadata.drop_all(connection)
    assert schema(empty) == {}
    with empty.begin() as connection:
        Base.metadata.create_all(connection)
    assert stepped == schema(empty)
    assert any("known_stage" in part for part in stepped["documents"])


def test_a_second_upgrade_changes_nothing(empty: Engine) -> None:
    migrate.upgrade(empty)
    before = schema(empty)
    migrate.upgrade(empty)
    assert schema(empty) == before


def test_every_table_of_an_office_names_its_organisation() -> None:
    apart = {"organisations", "desk_sessions"}
    lacking = {name for name, table in Base.metadata.tables.items() if "organisation_id" not in table.columns}
    assert lacking == apart
