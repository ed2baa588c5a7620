"""Watching readings of job sources: one query at a time for all searches of a process, however many follow."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from db.engine import Database
from db.job_runs import runs_by_id
from db.tables import JobSourceRun
from runtime.logging import get_logger

log = get_logger(__name__)

EVERY = 0.1
"""Seconds between two looks."""

NextLook = Callable[[], Awaitable[JobSourceRun | None]]


class RunWatch:
    """Looks at the readings that anybody follows, and only while somebody does."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._followed: Counter[UUID] = Counter()
        self._runs: dict[UUID, JobSourceRun] = {}
        self._looked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def follow(self, run_id: UUID) -> AsyncGenerator[NextLook]:
        """What is given waits for the next look and tells how the reading stands, None while it has no row."""
        self._followed[run_id] += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look())

        async def next_look() -> JobSourceRun | None:
            await self._looked.wait()
            return self._runs.get(run_id)

        try:
            yield next_look
        finally:
            self._followed -= Counter([run_id])

    async def close(self) -> None:
        """End the watch."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _look(self) -> None:
        while self._followed:
            try:
                async with self._database.transaction() as session:
                    self._runs = await runs_by_id(session, list(self._followed))
            except SQLAlchemyError as error:  # those who follow have limits of their own
                log.warning("readings not seen", error=type(error).__name__)
            looked, self._looked = self._looked, asyncio.Event()
            looked.set()
            await asyncio.sleep(EVERY)
