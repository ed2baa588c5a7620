"""Holding up imports at a chosen step, and what they have left in the database."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import func, select, text

from db.election_locks import lock_merges
from db.engine import Database
from tests.waiting import until


@asynccontextmanager
async def reading_held(database: Database) -> AsyncGenerator[None]:
    """No import gets further than to the beginning of its reading while the block runs."""
    async with database.transaction() as session:
        await session.execute(text("LOCK TABLE import_rejects IN SHARE MODE"))
        yield


@asynccontextmanager
async def merging_held(database: Database) -> AsyncGenerator[None]:
    """No import merges while the block runs."""
    async with database.transaction() as session:
        await lock_merges(session)
        yield


async def waits(database: Database) -> None:
    """Until somebody waits for a lock that the test holds."""

    async def waiting() -> bool:
        async with database.transaction() as session:
            found = await session.scalars(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))
            return bool(found.one())

    await until(waiting)


async def size(database: Database, table: Any) -> int:
    """How many rows the table has."""
    async with database.transaction() as session:
        return (await session.scalars(select(func.count()).select_from(table))).one()


async def staging_tables(database: Database) -> list[str]:
    """The tables of rows that wait to be merged."""
    async with database.transaction() as session:
        found = await session.scalars(text("SELECT relname FROM pg_class WHERE relname LIKE 'import\\_rows\\_%'"))
        return list(found)
