"""Starting searches as the API does, and reading what is stored of them."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from temporalio.client import WorkflowHandle
from temporalio.common import WorkflowIDReusePolicy

from activities.contracts import PlannedSource, SearchEnd, SearchJobsInput
from db import job_results, job_searches
from db.job_results import FoundAd
from db.tables import JobSearch, JobSearchEvent, JobSearchSource, JobSearchTombstone, JobSourceRun, Offer
from domain.ids import job_search_id
from domain.job_search import SearchParams, SearchSource
from domain.places import load_gazetteer
from domain.source_errors import SkipReason
from embedded.stack import EmbeddedServers
from tests.backend import Backend, settings_for
from tests.waiting import until
from workers.build import build_workers
from workers.collaborators import collaborators
from workflows.contracts import SEARCH_EXECUTION_TIMEOUT
from workflows.search_jobs import SearchJobsWorkflow

ASKED: tuple[SearchSource, ...] = ("france_travail", "adzuna", "arbeitnow", "la_bonne_alternance")
OWNER = "user:4711"

Handle = WorkflowHandle[SearchJobsWorkflow, SearchEnd]


async def start(
    backend: Backend,
    sources: Sequence[SearchSource] = ASKED,
    skipped: SkipReason | None = None,
    limits: dict[str, Any] | None = None,
    **params: Any,
) -> Handle:
    """A search of these sources that runs; `skipped` is why La bonne alternance is not asked."""
    wanted = SearchParams.model_validate({"keywords": "Python", **params})
    place = load_gazetteer().resolve(wanted.location) if wanted.location is not None else None
    plan = [PlannedSource(source=source) for source in sources]
    if skipped is not None:
        plan.append(PlannedSource(source="la_bonne_alternance", skipped=skipped.error))
    return await backend.temporal.start_workflow(
        SearchJobsWorkflow.run,
        SearchJobsInput(owner=OWNER, params=wanted.located(place), plan=plan, location=place, **(limits or {})),
        id=job_search_id(uuid4()),
        task_queue=backend.queue,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        execution_timeout=SEARCH_EXECUTION_TIMEOUT,
    )


@asynccontextmanager
async def workers(edge: Backend, servers: EmbeddedServers, **changes: Any) -> AsyncGenerator[None]:
    """Workers for the queues of a backend that has none of its own; at the end they stop."""
    settings = settings_for(servers, **changes)
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(collaborators(settings))
        for serving in build_workers(edge.temporal, settings, parts, queue=edge.queue):
            await stack.enter_async_context(serving)
        yield


async def search_of(backend: Backend, handle: Handle) -> JobSearch | None:
    async with backend.state.database.transaction() as session:
        return await job_searches.get_search(session, handle.id)


async def sources_of(backend: Backend, handle: Handle) -> dict[str, JobSearchSource]:
    async with backend.state.database.transaction() as session:
        return await job_searches.sources_of(session, handle.id)


async def found(backend: Backend, handle: Handle) -> list[FoundAd]:
    async with backend.state.database.transaction() as session:
        return await job_results.found_ads(session, handle.id)


async def kept(backend: Backend, handle: Handle) -> list[tuple[str, int]]:
    async with backend.state.database.transaction() as session:
        return await job_results.kept_ads(session, handle.id)


async def events(backend: Backend, handle: Handle) -> list[JobSearchEvent]:
    async with backend.state.database.transaction() as session:
        return await job_results.events_after(session, handle.id, 0)


async def runs(backend: Backend) -> list[JobSourceRun]:
    async with backend.state.database.transaction() as session:
        return list(await session.scalars(select(JobSourceRun).order_by(JobSourceRun.started_at)))


async def decided(backend: Backend, handle: Handle) -> JobSearch:
    """The search once its outcome is stored."""

    async def with_outcome() -> JobSearch | None:
        row = await search_of(backend, handle)
        return row if row is not None and row.outcome is not None else None

    return await until(with_outcome)


async def giving(backend: Backend, handle: Handle, source: str) -> JobSearchSource:
    """The source once the search has something of it."""

    async def with_ads() -> JobSearchSource | None:
        row = (await sources_of(backend, handle)).get(source)
        return row if row is not None and row.kept > 0 else None

    return await until(with_ads)


async def aged(backend: Backend, task_id: str, time: timedelta) -> None:
    """Let the search have begun so much earlier."""
    async with backend.state.database.transaction() as session:
        begun = update(JobSearch).values(started_at=JobSearch.started_at - time)
        await session.execute(begun.where(JobSearch.task_id == task_id))


async def nothing_heard(*_: Any) -> AsyncGenerator[str]:
    """What `announcements` gives while none arrives."""
    await asyncio.Event().wait()
    yield ""


async def clear(backend: Backend) -> None:
    """No searches, readings or ads of sources, and no calls counted. The ids of searches stay taken.

    An API process counts a search that it started until it sees the row of it, or that the row was deleted.
    """
    async with backend.state.database.transaction() as session:
        begun = select(JobSearch.task_id)
        await session.execute(insert(JobSearchTombstone).from_select(["task_id"], begun).on_conflict_do_nothing())
        await session.execute(text("TRUNCATE job_searches, job_source_runs, job_source_budget CASCADE"))
        await session.execute(delete(Offer).where(Offer.source != "internal"))
        # What other tests have written by hand must not be found by these.
        await session.execute(update(Offer).where(Offer.state == "open").values(state="expired"))
