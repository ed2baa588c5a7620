"""Searches for job offers: their rows, and how their sources stand."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from db.tables import JobSearch, JobSearchSource, JobSearchTombstone
from domain.job_search import SearchSource
from domain.search_outcome import SourceFacts
from domain.source_errors import SourceError

CHANNEL = "job_search"
"""Where changes are announced, with the search's id."""


async def add_search(
    session: AsyncSession, values: dict[str, Any], skipped: Mapping[SearchSource, SourceError]
) -> None:
    """Write the row of a search that begins, and the ends of the sources that are not asked; twice is once.

    One that was deleted since stays so.
    """
    await session.execute(upsert(JobSearch).values(**values).on_conflict_do_nothing())
    if skipped:
        rows = [
            {
                "task_id": values["task_id"],
                "source": source,
                "state": "skipped",
                "error": error.model_dump(mode="json"),
                "finished_at": func.clock_timestamp(),
            }
            for source, error in skipped.items()
        ]
        await session.execute(upsert(JobSearchSource).values(rows).on_conflict_do_nothing())
    # Asked afterwards: the insertion may have waited for the deletion.
    deleted = exists().where(JobSearchTombstone.task_id == JobSearch.task_id)
    await session.execute(delete(JobSearch).where(JobSearch.task_id == values["task_id"], deleted))
    await session.execute(select(func.pg_notify(CHANNEL, values["task_id"])))


async def get_search(session: AsyncSession, task_id: str) -> JobSearch | None:
    return await session.get(JobSearch, task_id)


async def sources_of(session: AsyncSession, task_id: str) -> dict[str, JobSearchSource]:
    """The sources of a search that have begun or ended, by name."""
    rows = await session.scalars(select(JobSearchSource).where(JobSearchSource.task_id == task_id))
    return {row.source: row for row in rows}


def facts_of(search: JobSearch, sources: Mapping[str, JobSearchSource]) -> dict[str, SourceFacts]:
    """What the rules of progress and ends look at: each planned source's facts, in the plan's order."""
    return {planned["source"]: _facts(sources.get(planned["source"])) for planned in search.plan}


def _facts(row: JobSearchSource | None) -> SourceFacts:
    if row is None:
        return SourceFacts(state="queued")
    return SourceFacts(
        state=row.state or "running",  # type: ignore[arg-type] # the column's check has the same names
        code=SourceError.model_validate(row.error).code if row.error else None,
        pages=row.pages,
        planned=row.planned,
        kept=row.kept,
        from_cache=row.from_cache,
        cached_at=row.read_at,
    )
