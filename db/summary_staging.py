"""The table that a full build fills beside the live one: its partitions and its indexes."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import Table, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db import siret_summary
from db.tables import SiretSummary, SummaryBuildPart

Mode = Literal["full", "incremental"]

LIVE = cast(Table, SiretSummary.__table__)
STAGING_PREFIX = "siret_summary_b_"
_RUN_HEX = 12
MAX_PARTS = 500
"""Partitions of a build at most, however large the tables are: all of them travel in one payload of the workflow."""

_ANALYSED = ("siret", "dep", "statut_pap", "date_pap_c5")
"""What readers filter by first; statistics of every column would take longer than the indexes."""


@dataclass(frozen=True)
class Build:
    """One pass of a build."""

    build_id: str
    run_id: str
    mode: Mode
    started_at: datetime

    @property
    def staging(self) -> str:
        """The name of its staging table."""
        return STAGING_PREFIX + re.sub(r"[^0-9a-f]", "", self.run_id)[:_RUN_HEX]


@dataclass(frozen=True)
class Part:
    """Establishments from `low` (included) up to `high`; None is no bound."""

    low: str | None
    high: str | None
    input_rows: int


async def tune(session: AsyncSession, *, limit: timedelta, lock_limit: timedelta | None = None) -> None:
    """Settings of one long transaction: what a statement may take, and what it may wait for a lock."""
    await session.execute(text(f"SET LOCAL statement_timeout = {int(limit.total_seconds() * 1000)}"))
    if lock_limit is not None:
        await session.execute(text(f"SET LOCAL lock_timeout = {int(lock_limit.total_seconds() * 1000)}"))
    # The statement of a worker that is gone ends by itself, instead of holding its locks to the end.
    await session.execute(text("SET LOCAL client_connection_check_interval = '5s'"))
    # Compiling costs more than it gains here, and the partitions are the parallelism.
    await session.execute(text("SET LOCAL jit = off"))
    await session.execute(text("SET LOCAL work_mem = '64MB'"))
    await session.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))


async def staging_tables(session: AsyncSession) -> list[str]:
    """The names of all staging tables of builds."""
    rows = await session.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND starts_with(tablename, :prefix)"),
        {"prefix": STAGING_PREFIX},
    )
    return list(rows)


async def columns_of(session: AsyncSession, table: str) -> set[tuple[str, str, bool]]:
    """Name, type and whether it must be filled, of each column of the table."""
    rows = await session.execute(
        text(
            "SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute"
            " WHERE attrelid = to_regclass(:table) AND attnum > 0 AND NOT attisdropped"
        ),
        {"table": table},
    )
    return {(str(name), str(kind), bool(filled)) for name, kind, filled in rows.tuples()}


_EVERY_SIRET = "(SELECT siret FROM pv_events UNION ALL SELECT siret FROM invitations)"


async def cut(session: AsyncSession, rows: int) -> list[Part]:
    """Partitions of about `rows` minutes and invitations each, which together hold every establishment.

    To be called first in its transaction.
    """
    await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))  # one state for both queries
    total = (await session.scalars(text(f"SELECT count(*) FROM {_EVERY_SIRET} AS s"))).one()  # noqa: S608 - ours
    rows = max(rows, -(-total // MAX_PARTS))
    # rank: how many rows come before an establishment, wherever among its rows the cut falls.
    found = await session.execute(
        text(
            "SELECT DISTINCT siret, place - 1 FROM"  # noqa: S608 - a constant
            " (SELECT siret, row_number() OVER w AS number, rank() OVER w AS place"
            f" FROM {_EVERY_SIRET} AS s WINDOW w AS (ORDER BY siret)) AS numbered"
            " WHERE number % :rows = 0 AND place > 1 ORDER BY siret"
        ),
        {"rows": rows},
    )
    cuts = [(str(siret), int(before)) for siret, before in found.tuples()]
    lows: list[tuple[str | None, int]] = [(None, 0), *cuts]
    highs: list[tuple[str | None, int]] = [*cuts, (None, total)]
    return [Part(low, high, end - begin) for (low, begin), (high, end) in zip(lows, highs, strict=True)]


async def count_touched_rows(session: AsyncSession, claimed: int) -> int:
    """Minutes and invitations of the establishments touched up to `claimed`."""
    touched = "SELECT DISTINCT siret FROM summary_touched WHERE id <= :claimed"
    statement = text(
        f"SELECT (SELECT count(*) FROM pv_events WHERE siret = ANY (ARRAY({touched})))"  # noqa: S608 - a constant
        f" + (SELECT count(*) FROM invitations WHERE siret = ANY (ARRAY({touched})))"
    )
    return int((await session.execute(statement, {"claimed": claimed})).scalar_one())


async def insert_part(session: AsyncSession, build: Build, number: int, part: tuple[str | None, str | None]) -> int:
    """Compute one partition into the staging table; how many rows it has. One already there is left as it is."""
    key = {"build_id": build.build_id, "part": number}
    taken = insert(SummaryBuildPart).values(**key).on_conflict_do_nothing().returning(SummaryBuildPart.part)
    # A second attempt waits here for the end of the first, and finds what it left.
    if (await session.scalars(taken)).one_or_none() is None:
        return (await session.scalars(select(SummaryBuildPart.rows).filter_by(**key))).one()
    rows = await siret_summary.insert_range(session, build.staging, *part)
    await session.execute(update(SummaryBuildPart).filter_by(**key).values(rows=rows))
    return rows


def staged_name(build: Build, name: str) -> str:
    """What the live table's index or key `name` is called on the staging table."""
    return name.replace(LIVE.name, build.staging)


def index_names() -> list[str]:
    """The live table's indexes; the first is that of the primary key."""
    return [_key_name(), *sorted(str(index.name) for index in LIVE.indexes)]


def _key_name() -> str:
    return str(LIVE.primary_key.name)


def _columns_of(name: str) -> str:
    for index in LIVE.indexes:
        if index.name == name:
            return ", ".join(column.name for column in index.columns)
    return ", ".join(column.name for column in LIVE.primary_key.columns)


async def add_index(session: AsyncSession, build: Build, name: str) -> None:
    """Give the staging table its counterpart of the live table's index `name`, unless it has it."""
    staged = staged_name(build, name)
    # IF NOT EXISTS alone lets two attempts at once collide.
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": staged})
    unique = "UNIQUE" if name == _key_name() else ""
    await session.execute(
        text(f"CREATE {unique} INDEX IF NOT EXISTS {staged} ON {build.staging} ({_columns_of(name)})")
    )


async def add_key(session: AsyncSession, build: Build) -> None:
    """Make the unique index the primary key, unless it is, and tell the planner what the columns hold."""
    staged = staged_name(build, _key_name())
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": staged})
    known = await session.scalars(text("SELECT 1 FROM pg_constraint WHERE conname = :name"), {"name": staged})
    if known.one_or_none() is None:
        await session.execute(
            text(f"ALTER TABLE {build.staging} ADD CONSTRAINT {staged} PRIMARY KEY USING INDEX {staged}")
        )
    await session.execute(text(f"ANALYZE {build.staging} ({', '.join(_ANALYSED)})"))
