"""Alembic's environment: runs the migrations against `DATABASE_URL`."""

import os
import re

from alembic import context
from sqlalchemy import create_engine, pool

from db.tables import Base

_OF_ONE_RUN = re.compile(r"siret_summary_b_|import_rows_")
"""Names of tables that a run makes for itself and drops at its end: no migration speaks of them."""


def _is_lasting(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind == "table" and name is not None and _OF_ONE_RUN.match(name))


def run() -> None:
    """Migrate online in one transaction, so that a failed migration leaves nothing behind."""
    engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_server_default=False,
            include_name=_is_lasting,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
