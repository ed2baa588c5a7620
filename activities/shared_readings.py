"""The readings of job sources that searches share: which one serves a search, and taking it over page by page."""

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import Priority, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from activities.contracts import READ_SOURCE_WORKFLOW, Failure, ReadSourceInput
from activities.errors import expected
from activities.run_watch import RunWatch
from adapters.job_sources.registry import JobSources
from adapters.job_sources.source import Plan, SourceQuery, has_filters, key_of
from db import job_runs
from db.catalogue import ads_to_filter
from db.engine import Database
from db.job_recording import Beginning, Change, Ending, TakenPage, record
from db.tables import JobSearch, JobSearchSource, JobSourceRun
from domain.ids import source_reading_id
from domain.job_search import SearchParams, SearchSource
from domain.offer_filters import LocalFilters, local_filters
from domain.source_ad import SourceAd
from domain.source_errors import SourceError, source_error, state_of
from runtime.temporal import RPC_TIMEOUT

LOST_AFTER = timedelta(seconds=5)
"""How long after its deadline a reading that says nothing is asked after, and how often from then on."""

SLACK = timedelta(minutes=1)
"""What a reading's run may take longer than its pages: to record its end."""


class _Retries(NamedTuple):
    """How often a page of a source is tried, and when first again."""

    attempts: int
    backoff: timedelta


_RETRIES: Final[Mapping[SearchSource, _Retries]] = {
    "france_travail": _Retries(3, timedelta(seconds=0.5)),
    "adzuna": _Retries(2, timedelta(seconds=1)),
    "arbeitnow": _Retries(3, timedelta(seconds=1)),
    "la_bonne_alternance": _Retries(3, timedelta(seconds=1)),
}


PRIORITY = Priority(priority_key=2)
"""Before the searches, many of which may wait for one reading."""


class Serving(NamedTuple):
    """The reading that serves a search; `ended` if that was before the search began."""

    run_id: UUID
    ended: JobSourceRun | None = None


class Followed(NamedTuple):
    """The reading that a search follows, from page `taken` on; `beginning` if that is not recorded yet.

    `run` is how it stands, where that is known beforehand.
    """

    task_id: str
    source: SearchSource
    run_id: UUID
    plan: Plan
    taken: int = 0
    beginning: Beginning | None = None
    run: JobSourceRun | None = None


class SharedReadings:
    """A reading ends by itself, at the latest after `limit`; searches follow it and cannot stop it."""

    def __init__(
        self,
        database: Database,
        client: Client,
        sources: JobSources,
        watch: RunWatch,
        *,
        queue: str,
        limit: timedelta,
    ) -> None:
        """`queue` is the workflow queue."""
        self._database = database
        self._client = client
        self._sources = sources
        self._watch = watch
        self._queue = queue
        self._limit = limit

    async def find(self, search: JobSearch, name: SearchSource, query: SourceQuery) -> Serving:
        """A reading that completed and is still kept, else the one in flight, else a new one."""
        run_key = key_of(self._sources.by_name[name], query)
        fresh_only = SearchParams.model_validate(search.params).force_refresh
        async with self._database.transaction() as session:
            run = await job_runs.find_run(session, run_key, since=search.started_at, fresh_only=fresh_only)
        if run is None:
            return Serving(await self._start(search, name, query, run_key))
        was_kept = run.finished_at is not None and run.finished_at < search.started_at
        return Serving(run.run_id, run if was_kept else None)

    async def follow(self, followed: Followed) -> JobSearchSource | None:
        """Take over the reading's pages as they appear, to its end. None if the search has ended meanwhile."""
        filters = local_filters(followed.plan.local, datetime.now(UTC))
        taken, run, is_lost = followed.taken, followed.run, False
        ask_at = time.monotonic() + (self._limit + LOST_AFTER).total_seconds()
        async with self._watch.follow(followed.run_id) as next_look:
            while True:
                if activity.is_worker_shutdown():  # another worker goes on from what is recorded
                    raise expected(Failure.WORKER_STOPPING, "Le processus s'arrête")
                pages = await self._pages(run, taken, filters, followed.plan) if run is not None else []
                ending = _ending_of(run, is_lost=is_lost)
                if pages or ending is not None:
                    change = Change(followed.beginning, pages, run.invalid if run is not None else 0, ending)
                    async with self._database.transaction() as session:
                        row = await record(session, followed.task_id, followed.source, change)
                    if row is None or row.state is not None:
                        return row
                    taken = row.pages
                if time.monotonic() > ask_at:
                    ask_at = time.monotonic() + LOST_AFTER.total_seconds()
                    is_lost = await self._is_lost(followed)
                    async with self._database.transaction() as session:
                        run = await job_runs.get_run(session, followed.run_id)
                else:
                    run = await next_look()

    async def _start(self, search: JobSearch, name: SearchSource, query: SourceQuery, run_key: str) -> UUID:
        retries = _RETRIES[name]
        handle = await self._client.start_workflow(
            READ_SOURCE_WORKFLOW,
            ReadSourceInput(
                source=name,
                run_key=run_key,
                native=query.native,
                pages=query.pages,
                since=search.started_at,
                time_limit=self._limit,
                attempts=retries.attempts,
                backoff=retries.backoff,
            ),
            id=source_reading_id(name, run_key),
            task_queue=self._queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            execution_timeout=self._limit + SLACK,
            priority=PRIORITY,
            rpc_timeout=RPC_TIMEOUT,
        )
        return UUID(handle.result_run_id)

    async def _pages(self, run: JobSourceRun, taken: int, filters: LocalFilters, plan: Plan) -> list[TakenPage]:
        """The reading's pages after those taken, without the ads that the filters leave out."""
        if taken >= run.pages:
            return []
        async with self._database.transaction() as session:
            given = await job_runs.offers_after_page(session, run.run_id, taken)
            ads: dict[int, SourceAd] | None = None
            if has_filters(plan.local) or plan.near is not None:
                ads = await ads_to_filter(session, [offer_id for ids in given.values() for offer_id in ids])
        numbers = range(taken + 1, run.pages + 1)
        if ads is None:
            return [TakenPage(number, given.get(number, [])) for number in numbers]
        # In a thread: words are looked for in whole descriptions.
        kept = await asyncio.to_thread(_kept, ads, filters, plan)
        pages = []
        for number in numbers:
            ids = given.get(number, [])
            left = [offer_id for offer_id in ids if offer_id in kept]
            pages.append(TakenPage(number, left, filtered=len(ids) - len(left)))
        return pages

    async def _is_lost(self, followed: Followed) -> bool:
        """Whether the reading's run is gone, so that what its row does not say will never be said."""
        run_key = key_of(self._sources.by_name[followed.source], followed.plan.query)
        workflow_id = source_reading_id(followed.source, run_key)
        handle = self._client.get_workflow_handle(workflow_id, run_id=str(followed.run_id))
        try:
            described = await handle.describe(rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return True
            raise
        return described.status is not WorkflowExecutionStatus.RUNNING


def _kept(ads: Mapping[int, SourceAd], filters: LocalFilters, plan: Plan) -> set[int]:
    def keep(ad: SourceAd) -> bool:
        return filters.keep(ad) and (plan.near is None or plan.near(ad))

    return {offer_id for offer_id, ad in ads.items() if keep(ad)}


def failed(error: SourceError, run: JobSourceRun | None = None) -> Ending:
    """The end of a source for a search that got no further."""
    total, truncated = (run.total, run.truncated) if run is not None else (None, False)
    return Ending(state_of(error.code), error, total, truncated)


def _ending_of(run: JobSourceRun | None, *, is_lost: bool) -> Ending | None:
    """How a source ends with its reading; None while that goes on. A lost one has recorded no end of its own."""
    if run is not None and run.state == "completed":
        return Ending("completed", total=run.total, truncated=run.truncated)
    if run is not None and run.state == "failed":
        return failed(SourceError.model_validate(run.error), run)
    return failed(source_error("worker_lost"), run) if is_lost else None
