"""A source that fails, hangs or talks nonsense takes nothing from the others, and says why itself."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus

from db.tables import JobSearch, JobSourceRun
from domain.ids import source_reading_id
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from tests.integration.jobs.conftest import PATIENT
from tests.integration.jobs.searching import (
    aged,
    decided,
    found,
    giving,
    kept,
    runs,
    search_of,
    sources_of,
    start,
    workers,
)
from tests.stubs.job_boards import JobBoards
from tests.waiting import until
from workflows.sweep_searches import SweepSearchesWorkflow


@pytest.mark.parametrize(
    ("fault", "state", "code", "calls"),
    [
        ({"mode": "drop"}, "failed", "connect_failed", 2),
        ({"mode": "hang"}, "timed_out", "timeout", None),
        ({"mode": "status", "value": 500}, "failed", "upstream_5xx", 2),
        ({"mode": "status", "value": 429, "headers": {"Retry-After": "600"}}, "failed", "rate_limited", 1),
        ({"mode": "status", "value": 401}, "failed", "auth_failed", 1),
        ({"mode": "html"}, "failed", "bad_payload", 2),
        ({"mode": "truncated_json"}, "failed", "bad_payload", 2),
        ({"mode": "bad_row", "value": "all"}, "failed", "bad_payload", 2),
    ],
    ids=["refused", "hanging", "error", "limit", "credentials", "html", "truncated", "no good row"],
)
async def test_one_bad_source_leaves_the_others_offers(
    searching: Backend,
    hasty: Backend,
    boards: JobBoards,
    fault: dict[str, Any],
    state: str,
    code: str,
    calls: int | None,
) -> None:
    searching = hasty if fault["mode"] == "hang" else searching
    boards.fail("adzuna", **fault)
    handle = await start(searching, ("adzuna", "arbeitnow"))
    assert (await handle.result()).outcome == "completed"
    row, sources = await decided(searching, handle), await sources_of(searching, handle)
    assert row.partial
    assert row.notice is not None
    assert row.notice.startswith("Résultats partiels : adzuna")
    assert sources["adzuna"].error is not None
    assert (sources["adzuna"].state, sources["adzuna"].error["code"]) == (state, code)
    assert sources["arbeitnow"].state == "completed"
    assert {ad.source for ad in await found(searching, handle)} == {"arbeitnow"}
    if calls is not None:
        assert len(boards.calls_to("adzuna")) == calls


async def test_a_passing_fault_is_tried_again_and_forgotten(searching: Backend, boards: JobBoards) -> None:
    boards.fail("adzuna", "status", 503, count=1)
    handle = await start(searching, ("adzuna",))
    assert (await handle.result()).outcome == "completed"
    assert not (await decided(searching, handle)).partial
    assert len(boards.calls_to("adzuna")) == 2


async def test_a_bad_row_is_counted_and_the_page_goes_on(searching: Backend, boards: JobBoards) -> None:
    boards.fail("adzuna", "bad_row", 1)
    handle = await start(searching, ("adzuna",))
    await handle.result()
    adzuna = (await sources_of(searching, handle))["adzuna"]
    assert (adzuna.state, adzuna.invalid) == ("completed", 1)
    assert adzuna.kept == len(await kept(searching, handle)) > 0


async def test_pages_before_a_failure_are_kept(searching: Backend, boards: JobBoards) -> None:
    boards.fail("arbeitnow", "status", 401, after=1)
    handle = await start(searching, ("arbeitnow",))
    assert (await handle.result()).outcome == "completed"
    row, arbeitnow = await decided(searching, handle), (await sources_of(searching, handle))["arbeitnow"]
    assert row.partial
    assert (arbeitnow.state, arbeitnow.pages) == ("failed", 1)
    assert arbeitnow.kept > 0
    assert [(run.state, run.pages, run.expires_at) for run in await runs(searching)] == [("failed", 1, None)]


async def test_a_retry_goes_on_with_the_first_page_that_is_not_stored(searching: Backend, boards: JobBoards) -> None:
    boards.fail("arbeitnow", "status", 500, after=1, count=1)
    handle = await start(searching, ("arbeitnow",))
    await handle.result()
    assert [call.query["page"] for call in boards.calls_to("arbeitnow")][:3] == [["1"], ["2"], ["2"]]
    assert (await sources_of(searching, handle))["arbeitnow"].state == "completed"


async def test_a_spent_budget_makes_no_call(servers: EmbeddedServers, searching: Backend, boards: JobBoards) -> None:
    settings = {**boards.settings(), **PATIENT, "adzuna_calls_per_week": 1}
    async with backend(servers, **settings) as first:
        await (await start(first, ("adzuna",))).result()
    async with backend(servers, **settings) as restarted:
        handle = await start(restarted, ("adzuna", "arbeitnow"), keywords="Vendeur")
        await handle.result()
        adzuna = (await sources_of(restarted, handle))["adzuna"]
    assert adzuna.error is not None
    assert (adzuna.state, adzuna.error["code"]) == ("failed", "quota_exhausted")
    assert len(boards.calls_to("adzuna")) == 1


async def test_a_search_survives_its_workers(servers: EmbeddedServers, searching: Backend, boards: JobBoards) -> None:
    """It is begun by workers that stop, and ended by others: with every offer once, and no page read twice."""
    boards.fail("arbeitnow", "latency", 4, after=1, count=1)
    settings = {**boards.settings(), **PATIENT}
    async with backend(servers, workers=False, **settings) as edge:
        async with workers(edge, servers, **settings):
            handle = await start(edge, ("arbeitnow",))
            await giving(edge, handle, "arbeitnow")
        assert (await handle.describe()).status is WorkflowExecutionStatus.RUNNING
        async with workers(edge, servers, **settings):
            assert (await handle.result()).outcome == "completed"
    ids = [ad.offer_id for ad in await found(searching, handle)]
    assert len(ids) == len(set(ids)) == (await sources_of(searching, handle))["arbeitnow"].kept
    pages = [call.query["page"][0] for call in boards.calls_to("arbeitnow")]
    assert pages == sorted(set(pages))


async def test_a_search_without_a_run_is_ended_by_the_sweep(searching: Backend, boards: JobBoards) -> None:
    boards.fail("adzuna", "hang")
    handle = await start(searching, ("adzuna", "arbeitnow"))
    await giving(searching, handle, "arbeitnow")
    await handle.terminate()
    await aged(searching, handle.id, timedelta(minutes=5))
    swept = await searching.temporal.execute_workflow(
        SweepSearchesWorkflow.run, id=f"sweep-{handle.id}", task_queue=searching.queue
    )
    assert swept.ended >= 1
    row = await decided(searching, handle)
    assert (row.outcome, row.error_code, row.error) == ("failed", "worker_lost", "Exécution interrompue")
    assert row.listed > 0
    assert (await sources_of(searching, handle))["adzuna"].state == "timed_out"


async def test_old_searches_and_readings_go_and_their_ads_stay(searching: Backend, boards: JobBoards) -> None:
    handle = await start(searching, ("arbeitnow",))
    await handle.result()
    ads = {ad.offer_id for ad in await found(searching, handle)}
    async with searching.state.database.transaction() as session:
        row = await session.get_one(JobSearch, handle.id)
        row.created_at -= timedelta(days=31)
    swept = await searching.temporal.execute_workflow(
        SweepSearchesWorkflow.run, id=f"sweep-{handle.id}", task_queue=searching.queue
    )
    assert swept.removed >= 1
    assert await search_of(searching, handle) is None
    again = await start(searching, ("catalogue",))
    await again.result()
    assert ads <= {ad.offer_id for ad in await found(searching, again)}


async def test_a_reading_that_is_terminated_is_noticed(
    servers: EmbeddedServers, searching: Backend, boards: JobBoards
) -> None:
    boards.fail("adzuna", "hang")
    async with backend(servers, **boards.settings(), **{**PATIENT, "job_source_timeout": 4}) as at:
        handle = await start(at, ("adzuna", "arbeitnow"))

        async def reading() -> JobSourceRun | None:
            row = (await sources_of(at, handle)).get("adzuna")
            known = [run for run in await runs(at) if row is not None and run.run_id == row.run_id]
            return known[0] if known else None

        run = await until(reading)
        reader = at.temporal.get_workflow_handle(source_reading_id(run.source, run.run_key), run_id=str(run.run_id))
        await reader.terminate()
        await handle.result()
        adzuna = (await sources_of(at, handle))["adzuna"]
        boards.release()
    assert adzuna.error is not None
    assert (adzuna.state, adzuna.error["code"]) == ("timed_out", "worker_lost")
