"""Searches for job offers once they are history: lists, limits, deletion, what is old enough to go."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.tables import (
    JobSearch,
    JobSearchEvent,
    JobSearchSource,
    JobSearchTombstone,
    JobSourceBudget,
    JobSourceRun,
)

TOMBSTONES_KEPT = timedelta(days=90)
"""Longer than Temporal remembers the run of a deleted search."""

BUDGETS_KEPT = timedelta(days=62)


async def list_searches(
    session: AsyncSession, owner: str, *, status: str | None, after: tuple[datetime, str] | None, limit: int
) -> list[JobSearch]:
    """The owner's searches of this status (None: all; `processing`: not ended), the newest first."""
    statement = (
        select(JobSearch)
        .where(JobSearch.owner == owner)
        .order_by(JobSearch.created_at.desc(), JobSearch.task_id.desc())
        .limit(limit)
    )
    if status is not None:
        statement = statement.where(
            JobSearch.outcome.is_(None) if status == "processing" else JobSearch.outcome == status
        )
    if after is not None:
        statement = statement.where(tuple_(JobSearch.created_at, JobSearch.task_id) < after)
    return list(await session.scalars(statement))


async def sources_by_search(session: AsyncSession, ids: list[str]) -> dict[str, list[JobSearchSource]]:
    """The sources of several searches."""
    rows = await session.scalars(select(JobSearchSource).where(JobSearchSource.task_id.in_(ids)))
    found: dict[str, list[JobSearchSource]] = {task_id: [] for task_id in ids}
    for row in rows:
        found[row.task_id].append(row)
    return found


async def count_searches(session: AsyncSession, owner: str, *, since: datetime) -> tuple[int, int]:
    """How many searches of the owner have not ended, and how many were asked for since then."""
    statement = select(
        func.count().filter(JobSearch.outcome.is_(None)), func.count().filter(JobSearch.created_at >= since)
    ).where(JobSearch.owner == owner)
    row = (await session.execute(statement)).one()
    return row[0], row[1]


async def begun(session: AsyncSession, ids: list[str]) -> set[str]:
    """Those of these searches that have a row, or had one."""
    rows = select(JobSearch.task_id).where(JobSearch.task_id.in_(ids))
    deleted = select(JobSearchTombstone.task_id).where(JobSearchTombstone.task_id.in_(ids))
    return set(await session.scalars(rows.union(deleted)))


async def delete_search(session: AsyncSession, task_id: str) -> bool:
    """Remove an ended search with all that is stored of it, leaving its id taken; False if it has not ended."""
    gone = delete(JobSearch).where(JobSearch.task_id == task_id, JobSearch.outcome.is_not(None))
    if (await session.scalars(gone.returning(JobSearch.task_id))).one_or_none() is None:
        return False
    await session.execute(insert(JobSearchTombstone).values(task_id=task_id).on_conflict_do_nothing())
    return True


async def is_deleted(session: AsyncSession, task_id: str) -> bool:
    return (await session.scalars(select(exists().where(JobSearchTombstone.task_id == task_id)))).one()


async def undecided(session: AsyncSession, *, before: datetime, after: datetime, limit: int) -> list[JobSearch]:
    """Searches without an outcome that began between the two moments, the oldest first."""
    statement = (
        select(JobSearch)
        .where(JobSearch.outcome.is_(None), JobSearch.started_at > after, JobSearch.started_at < before)
        .order_by(JobSearch.started_at)
        .limit(limit)
    )
    return list(await session.scalars(statement))


async def drop_old(session: AsyncSession, *, events: timedelta, searches: timedelta, runs: timedelta) -> int:
    """Remove what is older: events, ended searches, readings past their expiry. How many searches went.

    Their ids stay taken as those of deleted ones do: Temporal may still know the runs, which without a row look lost.
    """
    now = func.now()
    await session.execute(delete(JobSearchEvent).where(JobSearchEvent.created_at < now - events))
    old = delete(JobSearch).where(JobSearch.outcome.is_not(None), JobSearch.created_at < now - searches)
    removed = old.returning(JobSearch.task_id).cte("removed")
    taken = insert(JobSearchTombstone).from_select(["task_id"], select(removed.c.task_id)).on_conflict_do_nothing()
    gone = len(list(await session.scalars(taken.returning(JobSearchTombstone.task_id))))
    over = func.coalesce(JobSourceRun.expires_at, JobSourceRun.finished_at, JobSourceRun.started_at) < now - runs
    followed = exists().where(
        JobSearchSource.run_id == JobSourceRun.run_id,
        JobSearchSource.task_id == JobSearch.task_id,
        JobSearch.outcome.is_(None),
    )
    await session.execute(delete(JobSourceRun).where(over, ~followed).execution_options(synchronize_session=False))
    await session.execute(delete(JobSearchTombstone).where(JobSearchTombstone.deleted_at < now - TOMBSTONES_KEPT))
    old_budget = JobSourceBudget.begins < func.current_date() - BUDGETS_KEPT
    await session.execute(delete(JobSourceBudget).where(old_budget))
    return gone
