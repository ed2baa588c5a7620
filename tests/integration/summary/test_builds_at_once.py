"""A build beside others: readers, changes, further requests, steps that are tried twice, one that is given up."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from temporalio.testing import ActivityEnvironment

from activities.contracts import SummaryBuildEnd, SummaryBuildRef, SummaryBuildRemains
from activities.summary_build import SummaryActivities
from db import summary_builds, summary_staging
from db.summary_staging import Build
from tests.backend import Backend
from tests.elections import (
    build_ended,
    built,
    expected_rows,
    pv,
    store,
    summary_rows,
)
from tests.import_faults import merging_held
from tests.integration.summary.building import ask, left_behind
from tests.integration.summary.example import EPSILON
from tests.summary_faults import database_url, held
from tests.waiting import until
from workflows.nightly_summary import NightlySummaryWorkflow


async def test_a_change_made_during_a_build_is_in_the_next(
    small: Backend, caller: httpx.AsyncClient, before: dict[str, Any]
) -> None:
    async with held(database_url(small), "publishing") as hold:
        await ask(caller, "publishing")
        await hold.reached(caller)
        async with small.state.database.transaction() as session:
            await store(session, [pv(EPSILON, "C4", "2024-01-01", inscrits=7)])
        await hold.let_go()
        assert (await build_ended(caller))["status"] == "completed"
    assert (await summary_rows(small))[EPSILON]["date_pv_c4"] is None
    status = await built(caller, "incremental")
    assert await summary_rows(small) == await expected_rows(small)
    newest = (await caller.get("/api/build/summary/history")).json()["items"][0]
    assert (newest["rows"], newest["rows_written"]) == (status["result"]["rows"], 1)


async def test_a_signal_makes_one_more_pass(small: Backend, caller: httpx.AsyncClient, before: dict[str, Any]) -> None:
    async with held(database_url(small), "publishing") as hold:
        await ask(caller, "publishing")
        await hold.reached(caller)
        async with small.state.database.transaction() as session:
            await store(session, [pv(EPSILON, "C4", "2024-01-01", inscrits=7)])
        await small.temporal.get_workflow_handle("build_siret_summary").signal("refresh_requested")
        await hold.let_go()
        status = await build_ended(caller)
    assert (status["status"], status["progress"]["percent"], status["progress"]["phase"]) == ("completed", 100, "done")
    assert status["progress"]["rows_done"] == status["progress"]["rows_total"]
    assert await summary_rows(small) == await expected_rows(small)
    passes = (await caller.get("/api/build/summary/history")).json()["items"][:2]
    assert [(one["mode"], one["error"]) for one in passes] == [("incremental", None), ("full", None)]
    assert [one["build_id"].rpartition(":")[2] for one in passes] == ["2", "1"]


async def test_a_long_reader_delays_the_publication_and_keeps_its_rows(
    small: Backend, caller: httpx.AsyncClient, before: dict[str, Any]
) -> None:
    async with small.state.database.transaction() as reader:
        first = (await reader.scalars(text("SELECT count(*) FROM siret_summary"))).one()
        await ask(caller, "publishing")

        async def refused_once() -> bool:
            handle = small.temporal.get_workflow_handle("build_siret_summary")
            pending = (await handle.describe()).raw_description.pending_activities
            return any(one.activity_type.name == "publish_summary" and one.attempt > 1 for one in pending)

        await until(refused_once)
        assert await summary_rows(small) == before  # later readers are not shut out
        assert (await reader.scalars(text("SELECT count(*) FROM siret_summary"))).one() == first == 5
    assert (await build_ended(caller))["status"] == "completed"
    assert await summary_rows(small) == await expected_rows(small)


async def test_readers_see_the_whole_old_or_the_whole_new_table(
    small: Backend, caller: httpx.AsyncClient, before: dict[str, Any]
) -> None:
    counts: set[int] = set()
    over = asyncio.Event()

    async def read() -> None:
        while not over.is_set():
            answer = await caller.get("/api/siret", params={"limit": 1})
            assert answer.status_code == 200, answer.text
            counts.add(answer.json()["total"])
            await asyncio.sleep(0)

    reader = asyncio.create_task(read())
    try:
        for _ in range(10):
            await built(caller)
    finally:
        over.set()
        await reader
    assert counts == {5, 6}


async def test_twenty_requests_start_one_build(small: Backend, caller: httpx.AsyncClient, before: Any) -> None:
    earlier = len((await caller.get("/api/build/summary/history")).json()["items"])
    async with held(database_url(small), "partitions"):
        answers = await asyncio.gather(*(caller.post("/api/build/summary") for _ in range(20)))
    bodies = sorted((answer.json() for answer in answers), key=lambda body: str(body["status"]))
    assert {answer.status_code for answer in answers} == {202}
    assert [body["status"] for body in bodies] == ["already_running"] * 19 + ["started"]
    status = await build_ended(caller)
    assert {body["started_at"] for body in bodies[:19]} == {status["started_at"]}
    assert len((await caller.get("/api/build/summary/history")).json()["items"]) == earlier + 1


async def test_the_nightly_build_is_the_same_build(small: Backend, caller: httpx.AsyncClient, before: Any) -> None:
    async def night() -> None:
        await small.temporal.execute_workflow(
            NightlySummaryWorkflow.run, id=f"nightly-{uuid4()}", task_queue=small.queue
        )

    async with held(database_url(small), "partitions") as hold:
        await night()
        running = await hold.reached(caller)
        await night()  # already started: as good
        assert (await caller.post("/api/build/summary")).json()["started_at"] == running["started_at"]
    assert (await build_ended(caller))["status"] == "completed"
    assert await summary_rows(small) == await expected_rows(small)


async def test_a_partition_computed_twice_at_once_is_there_once(
    small: Backend, caller: httpx.AsyncClient, before: Any
) -> None:
    run_id = "0123456789ab-late"
    build = Build(f"{run_id}:1", run_id, "full", datetime.now(UTC))
    database = small.state.database

    async def attempt() -> int:
        async with database.transaction() as session:
            return await summary_staging.insert_part(session, build, 0, (None, None))

    async with database.transaction() as session:
        claim = await summary_builds.claim(session, build)
    assert list(await asyncio.gather(attempt(), attempt())) == [6, 6]
    assert await attempt() == 6
    with pytest.raises(summary_builds.PartsMissing):
        async with database.transaction() as session:
            await summary_builds.publish(session, build, parts=2, claimed=claim.claimed)
    async with database.transaction() as session:
        rows = await session.scalars(text(f"SELECT count(*) FROM {build.staging}"))  # noqa: S608 - our own name
        assert rows.one() == 6
        await summary_builds.abandon(session, build, "x")
    with pytest.raises(summary_builds.BuildEnded):
        async with database.transaction() as session:
            await summary_builds.claim(session, build)
    assert await left_behind(small) == []
    assert await summary_rows(small) == before


def given_up(at: Backend, build: Build) -> "asyncio.Task[SummaryBuildRemains]":
    """The step that gives up this build, under way."""
    steps = SummaryActivities(at.state.database, partition_rows=25, parallelism=1, history=timedelta(days=90))
    ref = SummaryBuildRef(build_id=build.build_id, run_id=build.run_id, mode=build.mode, started_at=build.started_at)
    end = SummaryBuildEnd(build=ref, error="x")
    return asyncio.create_task(ActivityEnvironment().run(steps.abandon_summary, end))


async def waits_for_seconds(at: Backend, seconds: float) -> None:
    """Until somebody has been waiting for a lock for so long."""

    async def waiting() -> bool:
        async with at.state.database.transaction() as session:
            statement = "SELECT clock_timestamp() - min(waitstart) FROM pg_locks WHERE NOT granted"
            longest: timedelta | None = (await session.scalars(text(statement))).one()
        return longest is not None and longest > timedelta(seconds=seconds)

    await until(waiting)


async def test_giving_up_waits_for_a_merge(small: Backend, before: Any) -> None:
    build = Build(f"{uuid4()}:1", f"{uuid4()}", "full", datetime.now(UTC))
    async with merging_held(small.state.database):
        task = given_up(small, build)
        await waits_for_seconds(small, 3)
    assert (await task).rows is None


async def test_giving_up_what_is_just_being_published(small: Backend, before: Any) -> None:
    """The publication commits while the other waits for it."""
    run_id = str(uuid4())
    build = Build(f"{run_id}:1", run_id, "full", datetime.now(UTC))
    database = small.state.database
    async with database.transaction() as session:
        claim = await summary_builds.claim(session, build)
    async with database.transaction() as session:
        await summary_staging.insert_part(session, build, 0, (None, None))
    for name in summary_staging.index_names():
        async with database.transaction() as session:
            await summary_staging.add_index(session, build, name)
    async with database.transaction() as session:
        await summary_staging.add_key(session, build)
    async with database.transaction() as session:
        assert await summary_builds.publish(session, build, parts=1, claimed=claim.claimed) == 6
        task = given_up(small, build)
        await waits_for_seconds(small, 0)
    assert (await task).rows == 6
    assert await summary_rows(small) == await expected_rows(small)
    assert await left_behind(small) == []
