"""Alembic's environment: runs the migrations against `DATABASE_URL`."""

import os

from alembic import context
from sqlalchemy import create_engine, pool

from db.tables import Base


def run() -> None:
    """Migrate online in one transaction, so that a failed migration leaves nothing behind."""
    engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata, compare_server_default=False)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
