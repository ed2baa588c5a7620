"""Readings that searches share: no call is made twice, whoever comes when."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from activities.contracts import READ_SOURCE_WORKFLOW, ReadSourceInput, SourceStep
from activities.job_search import JobSearchActivities
from activities.shared_readings import SharedReadings
from adapters.job_sources.source import Plan, key_of
from db.job_budget import CallBudget
from domain.ids import source_reading_id
from domain.job_search import SearchParams
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from tests.integration.jobs.conftest import PATIENT
from tests.integration.jobs.searching import decided, kept, runs, start
from tests.stubs.job_boards import JobBoards
from workers.collaborators import collaborators


async def test_a_reading_that_comes_a_moment_too_late_makes_no_call(searching: Backend, boards: JobBoards) -> None:
    """As when the one in flight ends between a search's look at what is kept and its start."""
    search = await start(searching, ("arbeitnow",))
    await search.result()
    calls = len(boards.calls)
    first = (await runs(searching))[0]
    again = ReadSourceInput(
        source="arbeitnow",
        run_key=first.run_key,
        native={},
        pages=first.planned,
        since=(await decided(searching, search)).started_at,
        time_limit=timedelta(seconds=40),
    )
    await searching.temporal.execute_workflow(
        READ_SOURCE_WORKFLOW, again, id=f"again-{first.run_key}", task_queue=searching.queue
    )
    second = (await runs(searching))[1]
    assert len(boards.calls) == calls
    assert (second.state, second.pages, second.offers, second.expires_at) == (
        "completed",
        first.pages,
        first.offers,
        first.expires_at,
    )
    later = await start(searching, ("arbeitnow",))
    await later.result()
    assert sorted(await kept(searching, later)) == sorted(await kept(searching, search))


async def test_a_step_that_comes_after_the_end_reads_nothing(searching: Backend, boards: JobBoards) -> None:
    handle = await start(searching, ("catalogue",))
    await handle.result()
    search = await decided(searching, handle)
    async with collaborators(searching.settings) as parts:
        database, sources = parts.search_database, parts.job_sources
        limit = timedelta(seconds=searching.settings.job_source_timeout)
        readings = SharedReadings(
            database, searching.temporal, sources, parts.run_watch, queue=searching.queue, limit=limit
        )
        late = JobSearchActivities(database, sources, readings)
        step = SourceStep(task_id=handle.id, source="arbeitnow")
        assert (await ActivityEnvironment().run(late.collect_source, step)).state == "cancelled"
        plan = sources.by_name["arbeitnow"].plan(SearchParams.model_validate(search.params), None)
        assert isinstance(plan, Plan)
        reading = source_reading_id("arbeitnow", key_of(sources.by_name["arbeitnow"], plan.query))
    with pytest.raises(RPCError) as unknown:
        await searching.temporal.get_workflow_handle(reading).describe()
    assert unknown.value.status is RPCStatusCode.NOT_FOUND


async def test_a_source_is_called_at_its_pace(servers: EmbeddedServers, searching: Backend, boards: JobBoards) -> None:
    """One call a second: the five pages of a search come one after the other, and never three in a bunch."""
    boards.arbeitnow.page_sizes, boards.arbeitnow.repeats_a_row = [1], False
    slow = {**PATIENT, "arbeitnow_calls_per_minute": 60}
    async with backend(servers, **{**boards.settings(), **slow}) as paced:
        await (await start(paced, ("arbeitnow",))).result()
    calls = [call.at for call in boards.calls_to("arbeitnow")]
    assert len(calls) == 5
    assert calls[-1] - calls[0] > 2.5
    assert all(later - earlier > 0.5 for earlier, later in zip(calls, calls[2:], strict=False))


async def test_what_found_nothing_is_kept_for_a_shorter_time(searching: Backend, boards: JobBoards) -> None:
    for keywords in ("Python", "xylophoniste"):
        await (await start(searching, ("adzuna",), keywords=keywords)).result()
    lasting = [run.expires_at - run.finished_at for run in await runs(searching) if run.expires_at and run.finished_at]
    assert [round(time.total_seconds()) for time in lasting] == [3600, 300]


async def test_calls_at_the_same_time_never_exceed_the_budget(searching: Backend) -> None:
    settings = searching.settings.model_copy(update={"adzuna_calls_per_day": 5, "adzuna_calls_per_week": 3})
    budget = CallBudget(searching.state.database, settings)
    taken = await asyncio.gather(*(budget.take("adzuna") for _ in range(9)))
    assert sum(taken) == 3
    assert await budget.is_spent("adzuna")
    assert [(quota.window, quota.remaining) for quota in await budget.quotas("adzuna")] == [
        ("day", 2),
        ("week", 0),
        ("month", 2497),
    ]
    assert await budget.take("arbeitnow")
    assert not await CallBudget(
        searching.state.database, settings.model_copy(update={"adzuna_calls_per_month": 0})
    ).take("adzuna")
