"""Merging the staging table of an import into the minutes or the invitations."""

from dataclasses import dataclass

from psycopg.errors import LockNotAvailable
from sqlalchemy import func, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from db.election_imports import count_findings, lock_import
from db.election_locks import lock_merges
from db.election_staging import KEYS, SOURCE_ROW, TARGETS, staging_table
from db.tables import Import
from domain.election.columns import SheetKind

MERGE_MINUTES = 15
"""What one statement of a merge may take."""

LOCK_SECONDS = 2
"""What a merge waits for another: it gives its connection back and comes again, as there may be many."""


class ImportGone(Exception):
    """There is nothing to merge: the import is unknown, failed or cancelled, or its staging table was dropped."""


class MergesBusy(Exception):
    """Another merge, or another attempt of this one, is under way."""


@dataclass(frozen=True)
class MergeCounts:
    """What became of each row read, and the cells dropped."""

    rows_read: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    warnings: int


async def merge_import(session: AsyncSession, import_id: str) -> MergeCounts:
    """Put the rows in place and decide the import as completed; a completed one answers its counts again.

    The last import wins, row by row and for the columns that its file has. Raises `ImportGone`, `MergesBusy`.
    """
    await session.execute(text(f"SET LOCAL statement_timeout = '{MERGE_MINUTES}min'"))
    await session.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
    # The statement of a worker that is gone ends by itself, instead of keeping all other merges waiting.
    await session.execute(text("SET LOCAL client_connection_check_interval = '5s'"))
    try:
        row = await lock_import(session, import_id)
        if row is not None and row.outcome is None:
            await lock_merges(session)
    except OperationalError as error:
        if isinstance(error.orig, LockNotAvailable):
            raise MergesBusy from None
        raise
    if row is None or row.outcome in ("failed", "cancelled"):
        raise ImportGone
    if row.outcome is None:
        await _merge(session, row)
    return MergeCounts(row.rows_read, row.inserted, row.updated, row.unchanged, row.rejected, row.warnings)


async def _merge(session: AsyncSession, row: Import) -> None:
    table = staging_table(row.id)
    columns = await _columns(session, table)
    if not columns:
        raise ImportGone
    values = {"import_id": row.id, "source_file": row.file_name}
    kind: SheetKind = "pv" if row.kind == "pv" else "invit"
    inserted, updated = (await session.execute(text(_upsert(kind, table, columns)), values)).one()
    staged = (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()  # noqa: S608
    row.rejects_by_reason, row.warnings = await count_findings(session, row.id)
    row.rejected = sum(row.rejects_by_reason.values())
    row.rows_read = staged + row.rejected
    row.inserted, row.updated, row.unchanged = inserted, updated, staged - inserted - updated
    row.outcome = "completed"
    await session.flush()
    await session.execute(update(Import).where(Import.id == row.id).values(completed_at=func.clock_timestamp()))


async def _columns(session: AsyncSession, table: str) -> list[str]:
    """The columns of the table, none if there is no such table."""
    statement = text(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(:table) AND attnum > 0 AND NOT attisdropped"
        " ORDER BY attnum"
    )
    return list(await session.scalars(statement, {"table": table}))


def _upsert(kind: SheetKind, table: str, columns: list[str]) -> str:
    """One statement: the SIRETs that rows move away from, the rows themselves, and the SIRETs they have now."""
    target, key = TARGETS[kind], KEYS[kind]
    compared = [name for name in columns if name != SOURCE_ROW and name not in key]
    same = f"({_listed('t', compared)}) IS NOT DISTINCT FROM ({_listed('excluded', compared)})" if compared else "true"
    changes = [f"{name} = excluded.{name}" for name in [*compared, "import_id", "source_file", SOURCE_ROW]]
    # Rows found by an id may have moved to another establishment; those found by their SIRET cannot.
    moved = f"""moved AS (
            INSERT INTO summary_touched (siret, import_id)
            SELECT DISTINCT t.siret, :import_id
            FROM {target} t JOIN {table} s USING ({", ".join(key)}) WHERE t.siret <> s.siret),"""  # noqa: S608
    return f"""
        WITH {"" if "siret" in key else moved}
        upserted AS (
            INSERT INTO {target} AS t ({", ".join(columns)}, import_id, source_file)
            SELECT {", ".join(columns)}, :import_id, :source_file FROM {table} ORDER BY {SOURCE_ROW}
            ON CONFLICT ({", ".join(key)}) DO UPDATE SET {", ".join(changes)}, updated_at = now()
            WHERE NOT {same}
            RETURNING t.siret, xmax = 0 AS inserted),
        touched AS (
            INSERT INTO summary_touched (siret, import_id) SELECT DISTINCT siret, :import_id FROM upserted)
        SELECT count(*) FILTER (WHERE inserted), count(*) FILTER (WHERE NOT inserted) FROM upserted
    """  # noqa: S608 - names of our own tables and columns


def _listed(table: str, columns: list[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in columns)


async def drop_staging(session: AsyncSession, import_id: str) -> None:
    """Drop the staging table of the import; none is fine."""
    await session.execute(text(f"DROP TABLE IF EXISTS {staging_table(import_id)}"))


async def drop_stale_staging(session: AsyncSession) -> None:
    """Drop the staging tables of imports that are decided or gone."""
    stale = await session.scalars(
        text(
            "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND pg_table_is_visible(c.oid)"
            r" AND c.relname ~ '^import_rows_[0-9a-f]{32}$' AND NOT EXISTS (SELECT FROM imports i"
            " WHERE i.outcome IS NULL AND c.relname = 'import_rows_' || replace(substr(i.id, 8), '-', ''))"
        )
    )
    for table in stale.all():
        await session.execute(text(f"DROP TABLE IF EXISTS {table}"))
