"""The calls that job sources allow in a day, a week and a month, counted for all processes together."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal, NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import Database
from db.tables import JobSourceBudget
from domain.job_search import SearchSource
from runtime.settings import Settings

Window = Literal["day", "week", "month"]
WINDOWS: Final[tuple[Window, ...]] = ("day", "week", "month")


class Quota(NamedTuple):
    """What a source allows in a window, and what is left of it."""

    window: Window
    limit: int
    remaining: int


class _Spent(Exception):
    """A window has no call left: what the transaction has counted is taken back."""


class CallBudget:
    """Counts calls before they are made; a source without limits in the settings is not counted.

    Windows are the days, weeks (from Monday) and months of UTC.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._limits: Mapping[SearchSource, Mapping[Window, int]] = {
            "adzuna": {
                "day": settings.adzuna_calls_per_day,
                "week": settings.adzuna_calls_per_week,
                "month": settings.adzuna_calls_per_month,
            }
        }

    async def take(self, source: SearchSource) -> bool:
        """Count one call that is about to be made; False, and nothing counted, when none is left."""
        limits = self._limits.get(source)
        if not limits:
            return True
        if min(limits.values()) < 1:
            return False
        try:
            async with self._database.transaction() as session:
                for window in WINDOWS:  # one order, so no deadlock
                    if window in limits:
                        await _count(session, source, window, limits[window])
        except _Spent:
            return False
        return True

    async def is_spent(self, source: SearchSource) -> bool:
        """Whether no call is left."""
        return any(quota.remaining == 0 for quota in await self.quotas(source))

    async def quotas(self, source: SearchSource) -> list[Quota]:
        """What is left in each window that the source counts."""
        limits = self._limits.get(source) or {}
        begins = _begins(datetime.now(UTC).date())
        keys = [(source, window, begins[window]) for window in WINDOWS if window in limits]
        if not keys:
            return []
        columns = tuple_(JobSourceBudget.source, JobSourceBudget.window, JobSourceBudget.begins)
        async with self._database.transaction() as session:
            rows = await session.execute(select(JobSourceBudget.window, JobSourceBudget.used).where(columns.in_(keys)))
            used = dict(rows.tuples().all())
        return [
            Quota(window, limits[window], max(0, limits[window] - used.get(window, 0)))
            for window in WINDOWS
            if window in limits
        ]


async def _count(session: AsyncSession, source: str, window: Window, limit: int) -> None:
    counted = (
        insert(JobSourceBudget)
        .values(source=source, window=window, begins=_begins(datetime.now(UTC).date())[window], used=1)
        .on_conflict_do_update(
            index_elements=["source", "window", "begins"],
            set_={"used": JobSourceBudget.used + 1},
            where=JobSourceBudget.used < limit,
        )
        .returning(JobSourceBudget.used)
    )
    if (await session.scalars(counted)).one_or_none() is None:
        raise _Spent


def _begins(today: date) -> dict[Window, date]:
    return {"day": today, "week": today - timedelta(days=today.weekday()), "month": today.replace(day=1)}
