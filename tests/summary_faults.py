"""Holding a build of the summary at one of its phases, having the database refuse that phase, cutting it off."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Literal

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from tests.backend import Backend
from tests.waiting import until

Phase = Literal["preparing", "partitions", "indexes", "publishing", "refresh"]

PHASES: tuple[Phase, ...] = ("preparing", "partitions", "indexes", "publishing", "refresh")

CANARY = "canary-4711"
REFUSAL = "23514"
_KEY = 4711

_TRIGGERS: dict[Phase, str] = {
    # What each phase does and the giving up of a build does not.
    "preparing": "TRIGGER test_fault BEFORE DELETE ON imports FOR EACH STATEMENT",
    "partitions": "TRIGGER test_fault BEFORE INSERT ON summary_build_parts FOR EACH STATEMENT",
    "indexes": "EVENT TRIGGER test_fault ON ddl_command_start WHEN TAG IN ('CREATE INDEX')",
    "publishing": "TRIGGER test_fault BEFORE UPDATE ON summary_builds FOR EACH STATEMENT",
    "refresh": "TRIGGER test_fault BEFORE UPDATE ON summary_builds FOR EACH STATEMENT",
}
_TABLES: dict[Phase, str] = {
    "preparing": "imports",
    "partitions": "summary_build_parts",
    "publishing": "summary_builds",
    "refresh": "summary_builds",
}


def mode_of(phase: Phase) -> str:
    """The mode in which a build comes to this phase."""
    return "incremental" if phase == "refresh" else "full"


@asynccontextmanager
async def _connection(url: str) -> AsyncGenerator[AsyncConnection]:
    """A connection of the test's own, each statement of which takes effect at once."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


@asynccontextmanager
async def _fault(connection: AsyncConnection, phase: Phase, body: str) -> AsyncGenerator[None]:
    """Run `body` in the database wherever a build comes to `phase`."""
    returns = "event_trigger" if phase == "indexes" else "trigger"
    end = "" if phase == "indexes" else "RETURN NULL;"
    await connection.execute(
        text(f"CREATE FUNCTION test_fault() RETURNS {returns} LANGUAGE plpgsql AS $$ BEGIN {body}; {end} END $$")
    )
    await connection.execute(text(f"CREATE {_TRIGGERS[phase]} EXECUTE FUNCTION test_fault()"))
    try:
        yield
    finally:
        table = _TABLES.get(phase)
        drop = f"DROP TRIGGER test_fault ON {table}" if table else "DROP EVENT TRIGGER test_fault"
        await connection.execute(text("SET lock_timeout = '120s'"))
        await connection.execute(text(drop))
        await connection.execute(text("DROP FUNCTION test_fault()"))


class Hold:
    """Keeps builds at a phase until it is let go."""

    def __init__(self, connection: AsyncConnection, phase: Phase) -> None:
        self._connection = connection
        self._phase = phase
        self._holding = False

    async def take(self) -> None:
        await self._connection.execute(text(f"SELECT pg_advisory_lock({_KEY})"))
        self._holding = True

    async def let_go(self) -> None:
        if self._holding:
            await self._connection.execute(text(f"SELECT pg_advisory_unlock({_KEY})"))
            self._holding = False

    async def waiting(self) -> list[int]:
        """The database processes that wait here."""
        found = await self._connection.execute(
            text("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = :key AND NOT granted"),
            {"key": _KEY},
        )
        return list(found.scalars())

    async def reached(self, client: httpx.AsyncClient) -> dict[str, Any]:
        """Wait until a build has come here; what its status says then."""
        await until(self.waiting)

        async def in_phase() -> dict[str, Any] | None:
            body: dict[str, Any] = (await client.get("/api/build/summary/status")).json()
            assert body["status"] == "running", body
            return body if body["progress"]["phase"] == self._phase else None

        return await until(in_phase)

    async def cut_off(self) -> None:
        """End the database's side of every connection that waits here, as a restart of it does."""
        for pid in await self.waiting():
            await self._connection.execute(text(f"SELECT pg_terminate_backend({pid})"))


@asynccontextmanager
async def held(url: str, phase: Phase) -> AsyncGenerator[Hold]:
    """Keep every build that comes to `phase`, until it is let go or the block ends."""
    async with _connection(url) as connection:
        hold = Hold(connection, phase)
        await hold.take()
        async with _connection(url) as setup, _fault(setup, phase, f"PERFORM pg_advisory_xact_lock_shared({_KEY})"):
            try:
                yield hold
            finally:
                await hold.let_go()


@asynccontextmanager
async def refused(url: str, phase: Phase) -> AsyncGenerator[None]:
    """Have the database refuse the statements of `phase`, quoting a value as it does."""
    body = f"RAISE EXCEPTION 'Key (siret)=({CANARY})' USING ERRCODE = '{REFUSAL}'"
    async with _connection(url) as connection, _fault(connection, phase, body):
        yield


def database_url(at: Backend) -> str:
    return at.settings.database_url.get_secret_value()
