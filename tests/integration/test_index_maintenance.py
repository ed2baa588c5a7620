"""The whole search index: built anew while it is searched, compared with the table, kept by schedules."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import delete, insert
from temporalio.client import (
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleSpec,
    WorkflowExecutionStatus,
)
from temporalio.testing import ActivityEnvironment

from activities.contracts import WORKFLOW_QUEUE, CompareFrom
from activities.index_maintenance import IndexMaintenanceActivities
from adapters.candidate_query import CandidateQuery
from db.tables import Decision
from domain.ids import REINDEX_ID, decision_workflow_id, index_workflow_id
from embedded.search_index import fill_search_index
from tests.backend import Backend
from tests.integration.index_world import World, world_on
from tests.integration.workflows.fakes import Held, assert_cancelled, cancel, reached, taken_note
from tests.waiting import until
from workers.schedules import MARK, reconcile_schedules, schedules
from workflows.contracts import DecisionInput, ReindexInput, ReindexResult
from workflows.reindex_candidates import ReindexCandidatesWorkflow
from workflows.sync_candidate import request_sync
from workflows.validate_candidate import ValidateCandidateWorkflow


@pytest_asyncio.fixture
async def world(talentflow: Backend) -> AsyncGenerator[World]:
    async with world_on(talentflow, f"test-{uuid4()}") as own:
        yield own


async def test_searches_neither_fail_nor_find_nothing_while_the_index_is_built_anew(world: World) -> None:
    people = await world.people(300)
    await (await world.reindex()).result()
    before = await world.index.current()
    searches, stop = 0, asyncio.Event()

    async def search() -> None:
        nonlocal searches
        while not stop.is_set():
            page = await world.index.search(CandidateQuery(sectors=[world.sector]), None, 20)
            assert page.total == len(people)
            searches += 1

    searching = asyncio.create_task(search())
    results: list[ReindexResult] = []
    while len(results) < 3 or (searches <= 10 and not searching.done()):
        results.append(await (await world.reindex()).result())
    stop.set()
    await searching
    assert all(result.loaded >= len(people) and result.refused == 0 for result in results)
    # What the runs of other tests still change is corrected too.
    assert min(result.corrected for result in results) == 0
    assert await world.index.current() not in (None, before)
    assert await world.index.unpublished() == []


async def test_what_changes_while_the_index_is_built_anew_is_in_it(world: World) -> None:
    kept, changed, withdrawn, late, gone = await world.people(5, headline="avant")
    await world.sync(kept, changed, withdrawn, late, gone)
    [new] = await world.people(headline="nouveau", status="IN_REVIEW")

    async def during_the_load() -> None:
        await world.change(changed, headline="après")
        await world.change(withdrawn, status="REJECTED")
        await world.change(new, status="VALIDATED")
        await world.sync(changed, withdrawn, new)

    async def before_the_swap() -> None:
        await world.change(late, headline="à la dernière minute")
        await world.change(gone, status="ARCHIVED")
        await world.sync(late, gone)

    world.index.before_load, world.index.before_publish = during_the_load, before_the_swap
    result = await (await world.reindex()).result()
    assert result.corrected >= 5  # three before the swap, two after it
    headlines = {person: shown["headline"] for person, shown in (await world.found()).items()}
    assert headlines == {kept: "avant", changed: "après", late: "à la dernière minute", new: "nouveau"}
    assert await world.reconcile() == (0, [])


async def test_a_cancel_before_the_swap_leaves_the_old_index_alone(world: World) -> None:
    [person] = await world.people()
    await world.sync(person)
    before, held = await world.index.current(), Held()
    world.index.before_load = lambda: held(None)
    handle = await world.reindex()
    await reached(held)
    assert len(await world.index.unpublished()) == 1
    await cancel(handle)
    held.let_go.set()
    await assert_cancelled(handle)
    assert await world.index.current() == before
    assert await world.index.unpublished() == []
    assert set(await world.found()) == {person}


async def test_a_cancel_at_the_swap_comes_too_late(world: World) -> None:
    people = await world.people(2)
    held = Held()
    before = await world.index.current()
    world.index.before_publish = lambda: held(None)
    handle = await world.reindex()
    await reached(held)
    await cancel(handle)
    held.let_go.set()
    await handle.result()
    assert await world.index.current() != before
    assert await world.index.unpublished() == []
    assert set(await world.found()) == set(people)


async def test_what_a_terminated_build_has_left_goes_with_the_next(world: World) -> None:
    held = Held()
    await world.people()
    world.index.before_load = lambda: held(None)
    handle = await world.reindex()
    await reached(held)
    await handle.terminate()
    held.let_go.set()
    assert len(await world.index.unpublished()) == 1
    await (await world.reindex()).result()
    assert await world.index.unpublished() == []


async def test_one_who_has_no_document_keeps_nobody_else_out(world: World) -> None:
    people = await world.people(3)
    [broken] = await world.people(profile={"skills": "illisible"})
    handle = await world.reindex()
    result = await handle.result()
    assert result.refused == 1
    assert set(await world.found()) == set(people)
    [incident] = await world.incidents(str(handle.first_execution_run_id))
    assert (incident.incident_type, incident.candidate_id) == ("indexation_failed", broken)


async def test_a_build_goes_on_where_a_long_history_was_left(world: World) -> None:
    people = await world.people(4)
    name = await world.index.create()
    given = ReindexInput(index=name, after=people[1], loaded=7, total=9)
    handle = await world.reindex(given)
    result = await handle.result()
    assert await world.index.current() == name
    assert result.loaded == 9  # those with higher ids alone; the catch-up adds what this index lacks
    assert set(await world.found()) == set(people)
    assert (await (await handle.describe()).memo())["progress"] == {"loaded": 9, "total": 9}


async def test_drift_is_repaired_and_told_once(world: World) -> None:
    lost, stale, fine, rejected = await world.people(4, headline="avant")
    await world.sync(lost, stale, fine)
    await world.change(rejected, status="REJECTED")
    live = str(await world.index.current())
    await world.search.delete(index=live, id=str(lost), refresh=True)
    await world.change(stale, headline="après")
    # Of no version that the table ever had, as after a restored backup.
    source = (await world.search.get(index=live, id=str(fine)))["_source"]
    extra = {**source, "id": rejected, "version": 70}
    await world.search.index(
        index=live, id=str(rejected), document=extra, version=70, version_type="external", refresh=True
    )
    assert set(await world.found()) == {stale, fine, rejected}
    repaired, [incident] = await world.reconcile()
    assert repaired == 3
    assert (incident.incident_type, incident.candidate_id) == ("index_drift_repaired", None)
    assert incident.details["error"] == "3 écarts entre la base et l'index"
    found = await world.found()
    assert {person: shown["headline"] for person, shown in found.items()} == {
        lost: "avant",
        stale: "après",
        fine: "avant",
    }
    assert await world.reconcile() == (0, [])


async def test_an_index_that_is_gone_is_made_and_filled(world: World) -> None:
    people = await world.people(3)
    await world.search.indices.delete(index=str(await world.index.current()))
    repaired, incidents = await world.reconcile()
    assert repaired >= 3
    assert [one.incident_type for one in incidents] == ["index_drift_repaired"]
    assert set(await world.found()) == set(people)


async def test_a_comparison_outlives_a_rebuild_that_drops_the_index_it_reads(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = await world.people(2)
    await world.sync(*people)
    entries, read = world.index.entries, await world.index.current()

    async def late(name: str, *page: int) -> list[tuple[int, int]]:
        monkeypatch.undo()
        assert name == read
        await (await world.reindex()).result()
        return await entries(name, *page)

    monkeypatch.setattr(world.index, "entries", late)
    assert await world.reconcile() == (0, [])
    assert await world.index.current() != read
    assert set(await world.found()) == set(people)


async def test_an_index_that_is_published_meanwhile_is_no_leftover(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, left = str(await world.index.current()), await world.index.create()

    async def found_before_it_was_published() -> list[str]:
        return [live, left]

    monkeypatch.setattr(world.index, "unpublished", found_before_it_was_published)
    maintenance = IndexMaintenanceActivities(world.database, world.index, world.temporal)
    await ActivityEnvironment().run(maintenance.compare_index, CompareFrom(settled_only=True))
    monkeypatch.undo()
    assert (await world.index.current(), await world.index.unpublished()) == (live, [])


async def test_a_difference_that_somebody_works_on_is_no_drift(world: World) -> None:
    decided, syncing = await world.people(2)
    decision: dict[str, Any] = {"kind": "validate", "admin_id": 1, "admin_name": "Alice Martin", "request_hash": "x"}
    decision |= {"id": uuid4(), "candidate_id": decided}
    async with world.database.transaction() as session:
        await session.execute(insert(Decision).values(**decision))
    nobody_serves = f"test-{uuid4()}"
    await request_sync(world.temporal, nobody_serves, syncing)
    deciding = await world.temporal.start_workflow(
        ValidateCandidateWorkflow.run,
        DecisionInput(decision_id=decision["id"], candidate_id=decided, retry_budget=timedelta(minutes=1)),
        id=decision_workflow_id(decided),
        task_queue=nobody_serves,
    )
    assert await world.reconcile() == (0, [])
    await deciding.terminate()  # its row stays open, and nobody works on it any more
    await world.temporal.get_workflow_handle(index_workflow_id(syncing)).terminate()
    repaired, incidents = await world.reconcile()
    assert (repaired, len(incidents)) == (2, 1)
    assert set(await world.found()) == {decided, syncing}
    async with world.database.transaction() as session:
        await session.execute(delete(Decision).where(Decision.id == decision["id"]))


# Through the API


async def finished(admin: httpx.AsyncClient) -> dict[str, Any]:
    async def ended() -> dict[str, Any] | None:
        answer = await admin.get("/api/v1/admin/reindex")
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return None if body["status"] == "running" else body

    return await until(ended)


async def test_an_administrator_has_the_index_built_anew(admin: httpx.AsyncClient, talentflow: Backend) -> None:
    first, second = await asyncio.gather(*(admin.post("/api/v1/admin/reindex") for _ in range(2)))
    for answer in (first, second):
        assert answer.status_code == 202, answer.text
        assert answer.headers["Location"] == "/api/v1/admin/reindex"
        assert answer.json() == {
            "message": "Reconstruction de l'index lancée",
            "workflow_id": "reindex-candidates",
            "status": "running",
            "links": {"status": "/api/v1/admin/reindex"},
        }
    state = await finished(admin)
    assert (state["status"], state["stage"], state["workflow_id"]) == ("completed", "repair", "reindex-candidates")
    assert state["progress"]["loaded"] == state["progress"]["total"]
    assert state["started_at"] < state["completed_at"]


# The local stack


async def test_a_build_that_a_stop_interrupted_is_followed_by_a_new_one(talentflow: Backend) -> None:
    async with world_on(talentflow, WORKFLOW_QUEUE) as world:
        people, held = await world.people(2), Held()
        world.index.before_load = lambda: held(None)
        interrupted = await world.temporal.start_workflow(
            ReindexCandidatesWorkflow.run, ReindexInput(), id=REINDEX_ID, task_queue=WORKFLOW_QUEUE
        )
        await reached(held)
        address = str(talentflow.settings.temporal_address)
        await fill_search_index(address, wait=False)
        assert (await interrupted.describe()).status is WorkflowExecutionStatus.RUNNING
        filling = asyncio.create_task(fill_search_index(address, wait=True))
        await taken_note(interrupted, of="workflow_execution_cancel_requested")
        held.let_go.set()
        await filling
        first = world.temporal.get_workflow_handle(REINDEX_ID, run_id=interrupted.first_execution_run_id)
        assert (await first.describe()).status is WorkflowExecutionStatus.CANCELED
        assert set(await world.found()) == set(people)


# Schedules


async def test_a_schedule_that_left_the_list_goes_and_others_stay(talentflow: Backend) -> None:
    client, retired, foreign = talentflow.temporal, f"retired-{uuid4()}", f"foreign-{uuid4()}"
    never = Schedule(
        action=ScheduleActionStartWorkflow("Nothing", id="nothing", task_queue="nobody"), spec=ScheduleSpec()
    )
    await client.create_schedule(retired, never, memo={MARK: True})
    await client.create_schedule(foreign, never)

    async def listed() -> set[str]:
        return {one.id async for one in await client.list_schedules()}

    async def shown() -> bool:
        return {retired, foreign} <= await listed()

    async def done() -> bool:
        await reconcile_schedules(client)
        there = await listed()
        return retired not in there and set(schedules()) <= there

    try:
        await until(shown)
        await until(done)
        assert foreign in await listed()
    finally:
        for schedule_id in (foreign, *schedules()):
            await client.get_schedule_handle(schedule_id).delete()
