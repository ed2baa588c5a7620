"""How many searches for job offers a user may have, those included that were accepted here and have not begun."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from api.errors import ApiError
from db import job_history
from db.engine import Database
from runtime.settings import Settings
from workflows.contracts import SEARCH_EXECUTION_TIMEOUT

RETRY_SECONDS = 10
"""When a search of one's own may have ended."""


class SearchLimits:
    """Counts the rows of a user's searches and, until they have one, the searches that this process has started."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._at_once = settings.job_searches_at_once
        self._per_day = settings.job_searches_per_day
        self._started: dict[str, dict[str, float]] = {}

    @asynccontextmanager
    async def hold(self, owner: str, task_id: str) -> AsyncGenerator[None]:
        """Around the start of a search. Raises 429 over the owner's limits; a start that raises is not counted."""
        lost = time.monotonic() - SEARCH_EXECUTION_TIMEOUT.total_seconds()
        self._started = {one: known for one, known in self._started.items() if max(known.values(), default=0) > lost}
        started = self._started.setdefault(owner, {})
        for known in [known for known, at in started.items() if at <= lost]:
            started.pop(known)
        started.setdefault(task_id, time.monotonic())
        try:
            await self._check(owner, task_id, started)
            yield
        except BaseException:
            started.pop(task_id, None)
            raise

    async def _check(self, owner: str, task_id: str, started: dict[str, float]) -> None:
        now = datetime.now(UTC)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        async with self._database.transaction() as session:
            # One moment for both: a search that begins in between would be counted twice.
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            begun = await job_history.begun(session, list(started))
            running, today = await job_history.count_searches(session, owner, since=midnight)
        for known in begun - {task_id}:
            started.pop(known, None)
        # Of those that come at the same moment, the first goes first.
        waiting = list(started).index(task_id) if task_id in started else 0
        if running + waiting >= self._at_once:
            raise ApiError(
                429,
                "too_many_searches",
                "Trop de recherches en cours",
                retry_after=RETRY_SECONDS,
                running=running + waiting,
            )
        if today + waiting >= self._per_day:
            tomorrow = (midnight + timedelta(days=1) - now).total_seconds()
            raise ApiError(
                429, "daily_limit", "Limite quotidienne de recherches atteinte", retry_after=int(tomorrow) + 1
            )
