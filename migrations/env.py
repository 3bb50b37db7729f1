"""Alembic's way in: the connection, or the address, comes from whoever calls it (models/schema.py, or a shell)."""

import os

from alembic import context

from models import Base, Database


def run(connection) -> None:
    context.configure(
        connection=connection, target_metadata=Base.metadata, compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite", transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    database = Database(os.environ["DATABASE_URL"])
    with database.engine.connect() as connection:
        run(connection)
        connection.commit()
