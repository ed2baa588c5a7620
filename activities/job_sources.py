"""The steps of one reading of a job source: a page at a time, stored with the call that got it, or its early end."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.contracts import Failure, PageRead, PageStep, RunClosing, RunRef
from activities.errors import final, passing
from activities.heartbeat import heartbeating
from adapters.job_sources.errors import SourceFailure
from adapters.job_sources.registry import JobSources
from adapters.job_sources.source import Page, SourceQuery
from db import job_runs
from db.catalogue import upsert_ads
from db.engine import Database
from db.job_runs import RunPage
from db.job_withdrawal import Pseudonym, admit
from db.tables import JobSourceRun
from domain.source_errors import SourceError, message_of, source_error

BEAT = timedelta(seconds=2.5)
MARGIN = timedelta(seconds=1)
"""What is left of a step for storing what a source answered at the last moment."""


class JobSourceActivities:
    """Reads pages and stores them. A page is stored once, whichever attempt gets that far first.

    The last page is stored together with the reading's end, so that nobody waits for another step to say so.
    """

    def __init__(self, database: Database, sources: JobSources, pseudonym: Pseudonym, *, empty_ttl: timedelta) -> None:
        self._database = database
        self._sources = sources
        self._pseudonym = pseudonym
        self._empty_ttl = empty_ttl

    @activity.defn
    async def read_page(self, step: PageStep) -> PageRead:
        """Ask the source for one page and store its ads; a page that is stored already is not asked for again."""
        run_id = UUID(step.run.run_id)
        async with heartbeating(BEAT):
            async with self._database.transaction() as session:
                run = await _begin(session, step.run)
                if run.state is None and step.number == 1 and run.pages == 0:
                    # Another reading may have ended between the search's look at the kept ones and this start.
                    other = await job_runs.find_run(session, step.run.run_key, since=step.since, fresh_only=True)
                    if other is not None:
                        await job_runs.copy_run(session, run_id, other)
                        return PageRead()
            if run.state is not None:
                return PageRead()
            if run.pages >= step.number:
                return PageRead(next=run.cursor)
            page = await self._read(step)
            if isinstance(page, SourceFailure):
                async with self._database.transaction() as session:
                    await job_runs.note_failure(session, run_id, activity.info().attempt, page.error)
                raise _raised(page, step.deadline)
            async with self._database.transaction() as session:
                ids = await upsert_ads(session, await admit(session, page.ads, self._pseudonym))
                stored = RunPage(
                    number=step.number,
                    offer_ids=[ids[ad.source_id] for ad in page.ads if ad.source_id in ids],
                    invalid=page.invalid,
                    total=page.total,
                    truncated=page.truncated,
                    cursor=page.next,
                )
                if await job_runs.add_page(session, run_id, stored):
                    if page.next is None or step.number == step.run.pages:
                        await self._complete(session, step.run)
                        return PageRead()
                    return PageRead(next=page.next)
                run = await _begin(session, step.run)
            return PageRead(next=run.cursor if run.state is None else None)

    @activity.defn
    async def close_run(self, closing: RunClosing) -> None:
        """Record that the reading ended early; a recorded end stays as it is."""
        async with self._database.transaction() as session:
            run = await _begin(session, closing.run)
            told = SourceError.model_validate(run.error) if run.error else source_error(closing.code)
            await job_runs.fail_run(session, run.run_id, told)

    async def _complete(self, session: AsyncSession, run: RunRef) -> None:
        ttl = self._sources.by_name[run.source].cache_ttl
        await job_runs.complete_run(session, UUID(run.run_id), ttl=ttl, empty_ttl=self._empty_ttl)

    async def _read(self, step: PageStep) -> Page | SourceFailure:
        """The page, asked for within what is left of this attempt."""
        limit = activity.info().start_to_close_timeout or MARGIN
        query = SourceQuery(native=step.native, pages=step.run.pages)
        try:
            async with asyncio.timeout(max(limit - MARGIN, limit / 2).total_seconds()):
                return await self._sources.by_name[step.run.source].read_page(query, step.cursor)
        except SourceFailure as failure:
            return failure
        except TimeoutError:
            return SourceFailure("timeout")


async def _begin(session: AsyncSession, run: RunRef) -> JobSourceRun:
    return await job_runs.begin_run(
        session, UUID(run.run_id), run_key=run.run_key, source=run.source, planned=run.pages
    )


def _raised(failure: SourceFailure, deadline: datetime) -> ApplicationError:
    """The failure as Temporal is to see it: tried again if that can help, and in time."""
    message = message_of(failure.error.code)
    if not failure.retryable:
        return final(Failure.SOURCE_FAILED, message)
    if failure.retry_after is None:
        return passing(Failure.SOURCE_FAILED, message)
    delay = timedelta(seconds=failure.retry_after)
    if datetime.now(UTC) + delay >= deadline:
        return final(Failure.SOURCE_FAILED, message)
    return passing(Failure.SOURCE_FAILED, message, delay=delay)
