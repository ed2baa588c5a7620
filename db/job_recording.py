"""Recording what happens in a search for job offers: what sources give, in one sequence, and how they and it end.

Every change first locks the search's row and asks whether it is still open, so that rows are committed in the order of
their sequence numbers and nothing is added to a search that has ended. Watchers hear of it by NOTIFY at the commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.job_searches import CHANNEL, sources_of
from db.tables import JobSearch, JobSearchEvent, JobSearchOffer, JobSearchSource
from domain.source_errors import SourceError, SourceState


@dataclass(frozen=True)
class Beginning:
    """What a source gives from: a reading that, at `read_at`, had ended before the search began; or in one query."""

    planned: int
    run_id: UUID | None = None
    read_at: datetime | None = None


@dataclass(frozen=True)
class TakenPage:
    """Page `number` (from 1): the ids of the ads that were kept, in order, and how many were not."""

    number: int
    kept: Sequence[int]
    filtered: int = 0


@dataclass(frozen=True)
class Ending:
    """How a source ended for a search; `total` and `truncated` are what it says of itself."""

    state: SourceState
    error: SourceError | None = None
    total: int | None = None
    truncated: bool = False


@dataclass(frozen=True)
class Change:
    """What happened to a source; `invalid` counts its rows up to the last page that were no ads."""

    beginning: Beginning | None = None
    pages: Sequence[TakenPage] = ()
    invalid: int = 0
    ending: Ending | None = None


@dataclass
class _Log:
    """What is added to a locked search, under its next numbers."""

    search: JobSearch
    events: list[dict[str, Any]] = field(default_factory=list)
    offers: list[dict[str, Any]] = field(default_factory=list)

    def add(self, kind: str, data: dict[str, Any]) -> None:
        self.search.last_seq += 1
        self._add(kind, data)

    def add_page(self, row: JobSearchSource, page: TakenPage) -> None:
        """The page's event has its last ad's number; a page without ads takes a number of its own."""
        first = self.search.last_seq + 1
        self.offers += [
            {"task_id": self.search.task_id, "seq": seq, "source": row.source, "offer_id": offer_id}
            for seq, offer_id in enumerate(page.kept, start=first)
        ]
        self.search.last_seq += len(page.kept) or 1
        self._add(
            "offers",
            {
                "source": row.source,
                "page": page.number,
                "pages_planned": row.planned,
                "from_seq": first,
                "to_seq": first + len(page.kept) - 1,
                "count": len(page.kept),
            },
        )

    def _add(self, kind: str, data: dict[str, Any]) -> None:
        self.events.append({"task_id": self.search.task_id, "seq": self.search.last_seq, "kind": kind, "data": data})

    async def write(self, session: AsyncSession) -> None:
        await session.flush()
        if self.offers:
            await session.execute(insert(JobSearchOffer.__table__).values(self.offers))  # type: ignore[arg-type]
        if self.events:
            await session.execute(insert(JobSearchEvent.__table__).values(self.events))  # type: ignore[arg-type]
            await session.execute(select(func.pg_notify(CHANNEL, self.search.task_id)))


async def lock_open(session: AsyncSession, task_id: str) -> JobSearch | None:
    """The search, which no other transaction changes before this one ends; None if it has ended."""
    statement = (
        select(JobSearch)
        .where(JobSearch.task_id == task_id, JobSearch.outcome.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).one_or_none()


async def record(session: AsyncSession, task_id: str, source: str, change: Change) -> JobSearchSource | None:
    """Record that a source has begun, given pages, ended; what was recorded before stays as it is.

    The source as it then is; None if the search has ended, and nothing was recorded.
    """
    search = await lock_open(session, task_id)
    if search is None:
        return None
    log = _Log(search)
    row = await session.get(JobSearchSource, (task_id, source), populate_existing=True)
    if row is None:
        row = JobSearchSource(task_id=task_id, source=source, planned=0, pages=0, kept=0, filtered=0, invalid=0)
        session.add(row)
        if (beginning := change.beginning) is not None:
            row.planned, row.run_id, row.read_at = beginning.planned, beginning.run_id, beginning.read_at
            row.from_cache = beginning.read_at is not None
            log.add("source", {"source": source, "status": "running"})
    if row.state is None:
        for page in change.pages:
            if page.number > row.pages:
                log.add_page(row, page)
                row.pages = page.number
                row.kept, row.filtered = row.kept + len(page.kept), row.filtered + page.filtered
        row.invalid = max(row.invalid, change.invalid)
        if change.ending is not None:
            _end(row, change.ending, log)
    await log.write(session)
    return row


async def end_left_sources(
    session: AsyncSession, search: JobSearch, state: SourceState, error: SourceError | None
) -> dict[str, JobSearchSource]:
    """End every source of a locked search that has not ended, begun or not. All sources, in the plan's order."""
    log = _Log(search)
    rows = await sources_of(session, search.task_id)
    for planned in search.plan:
        row = rows.get(planned["source"])
        if row is None:
            row = JobSearchSource(task_id=search.task_id, source=planned["source"])
            row.planned = row.pages = row.kept = row.filtered = row.invalid = 0
            row.from_cache = False
            session.add(row)
            rows[row.source] = row
        if row.state is None:
            _end(row, Ending(state, error), log)
    await log.write(session)
    return rows


async def end_search(session: AsyncSession, search: JobSearch, outcome: str, values: dict[str, Any]) -> None:
    """Decide a locked search."""
    log = _Log(search)
    log.add("done", {"status": outcome})
    search.outcome = outcome
    for name, value in values.items():
        setattr(search, name, value)
    search.finished_at = func.clock_timestamp()
    await log.write(session)


def _end(row: JobSearchSource, ending: Ending, log: _Log) -> None:
    row.state = ending.state
    row.error = ending.error.model_dump(mode="json") if ending.error is not None else None
    row.total_available, row.truncated = ending.total, ending.truncated
    row.finished_at = func.clock_timestamp()
    log.add("source", {"source": row.source, "status": ending.state})
