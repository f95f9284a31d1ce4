"""Alembic's entry: always online, on the connection that `document.ledger.migrate` hands over."""

from alembic import context

from document.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
