"""A build publishes all of its table or nothing: cancelled, refused, cut off, at once with others."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, insert, select, text, update
from temporalio.testing import ActivityEnvironment

from activities.contracts import SummaryBuildEnd, SummaryBuildRef, SummaryBuildRemains, SummaryPart, SummaryPlan
from activities.summary_build import SummaryActivities
from db import summary_builds, summary_staging
from db.summary_staging import Build
from db.tables import Import, SummaryBuild, SummaryTouched
from runtime.temporal import MAX_PAYLOAD_BYTES
from tests.backend import Backend
from tests.elections import (
    build_ended,
    built,
    expected_rows,
    pv,
    staging_tables,
    store,
    summary_rows,
    touch,
)
from tests.import_faults import merging_held
from tests.integration.summary.example import ALPHA, EPSILON
from tests.summary_faults import CANARY, PHASES, REFUSAL, Phase, database_url, held, mode_of, refused
from tests.waiting import until
from workflows.nightly_summary import NightlySummaryWorkflow


async def left_behind(at: Backend) -> list[str]:
    async with at.state.database.transaction() as session:
        return await staging_tables(session)


async def ask(caller: httpx.AsyncClient, phase: Phase) -> None:
    answer = await caller.post("/api/build/summary", params={"mode": mode_of(phase)})
    assert answer.json()["status"] == "started"


@pytest.mark.parametrize("phase", PHASES)
async def test_a_cancelled_build_leaves_the_table_alone(
    small: Backend, caller: httpx.AsyncClient, before: dict[str, Any], phase: Phase
) -> None:
    """It ends while the database still keeps its statement waiting: the cancel reaches that too."""
    async with held(database_url(small), phase) as hold:
        await ask(caller, phase)
        await hold.reached(caller)
        cancel = await caller.post("/api/build/summary/cancel")
        assert (cancel.status_code, cancel.json()["status"]) == (202, "cancelling")
        status = await build_ended(caller)
        assert await hold.waiting() == []
    assert (status["status"], status["error"]) == ("cancelled", "Reconstruction annulée")
    assert status["progress"]["phase"] == "cancelling"
    assert await summary_rows(small) == before
    assert await left_behind(small) == []
    newest = (await caller.get("/api/build/summary/history")).json()["items"][0]
    assert (newest["mode"], newest["rows"], newest["error"]) == (mode_of(phase), None, "Reconstruction annulée")
    await built(caller, "incremental")
    assert await summary_rows(small) == await expected_rows(small)


@pytest.mark.parametrize("phase", PHASES)
async def test_what_the_database_refuses_fails_the_build_at_once(
    small: Backend,
    caller: httpx.AsyncClient,
    before: dict[str, Any],
    phase: Phase,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with refused(database_url(small), phase):
        await ask(caller, phase)
        status = await build_ended(caller)
    sentence = f"La base de données a refusé une instruction (SQLSTATE {REFUSAL})"
    assert (status["status"], status["error"]) == ("failed", f"Error in build_siret_summary: {sentence}")
    assert status["progress"]["phase"] == phase
    assert await summary_rows(small) == before
    assert await left_behind(small) == []
    assert CANARY not in caplog.text
    history = await small.temporal.get_workflow_handle("build_siret_summary").fetch_history()
    assert CANARY.encode() not in b"".join(event.SerializeToString() for event in history.events)
    await built(caller, "incremental")
    assert await summary_rows(small) == await expected_rows(small)


@pytest.mark.parametrize("phase", PHASES)
async def test_a_lost_connection_only_delays_the_build(
    small: Backend, caller: httpx.AsyncClient, before: dict[str, Any], phase: Phase
) -> None:
    async with held(database_url(small), phase) as hold:
        await ask(caller, phase)
        await hold.reached(caller)
        await hold.cut_off()
        await hold.let_go()
        status = await build_ended(caller)
    assert status["status"] == "completed"
    assert await summary_rows(small) == await expected_rows(small)
    assert await left_behind(small) == []


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


async def test_a_table_that_was_changed_during_a_build_is_not_replaced(
    small: Backend, caller: httpx.AsyncClient, before: dict[str, Any]
) -> None:
    async def alter(change: str) -> None:
        async with small.state.database.transaction() as session:
            await session.execute(text(f"ALTER TABLE siret_summary {change}"))

    async with held(database_url(small), "indexes") as hold:
        await ask(caller, "indexes")
        await hold.reached(caller)
        await alter("ADD COLUMN remarque TEXT")
        try:
            await hold.let_go()
            status = await build_ended(caller)
            assert await summary_rows(small) == before
        finally:
            await alter("DROP COLUMN remarque")
    assert (status["status"], status["error"]) == (
        "failed",
        "Error in build_siret_summary: La table siret_summary a été modifiée pendant la reconstruction",
    )
    assert await left_behind(small) == []
    await built(caller)
    assert await summary_rows(small) == await expected_rows(small)


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


async def test_a_terminated_build_is_cleared_away_by_the_next(
    small: Backend, caller: httpx.AsyncClient, before: Any
) -> None:
    async with held(database_url(small), "indexes") as hold:
        await ask(caller, "indexes")
        await hold.reached(caller)
        await small.temporal.get_workflow_handle("build_siret_summary").terminate()
        assert len(await left_behind(small)) == 1
        status = (await caller.get("/api/build/summary/status")).json()
        assert (status["status"], status["error"]) == ("failed", "Error in build_siret_summary: Traitement interrompu")
        assert status["progress"]["phase"] == "indexes"
    await built(caller)
    assert await left_behind(small) == []
    assert await summary_rows(small) == await expected_rows(small)


async def test_history_is_forgotten_but_for_the_latest_published_build(
    small: Backend, caller: httpx.AsyncClient, before: Any
) -> None:
    async with refused(database_url(small), "partitions"):
        await ask(caller, "partitions")
        await build_ended(caller)
    async with small.state.database.transaction() as session:
        age = timedelta(days=91)
        await session.execute(update(SummaryBuild).values(started_at=SummaryBuild.started_at - age))
        old = {"kind": "pv", "file_name": "a.csv", "bytes": 1, "sha256": "0", "started_at": datetime.now(UTC) - age}
        for number, (outcome, key) in enumerate((("completed", None), (None, None), ("failed", "imports/x/y"))):
            values = {**old, "id": f"import-{number}", "outcome": outcome, "object_key": key}
            await session.execute(insert(Import).values(**values))
    async with refused(database_url(small), "partitions"):
        await ask(caller, "partitions")
        await build_ended(caller)
    left = (await caller.get("/api/build/summary/history")).json()["items"]
    assert [build["error"] is None for build in left] == [False, True]
    async with small.state.database.transaction() as session:
        kept = await session.scalars(select(Import.id).order_by(Import.id))
        # Of the first the end is not decided, the other is all that leads to its file.
        assert list(kept) == ["import-1", "import-2"]


async def test_much_that_changed_is_built_anew(small: Backend, caller: httpx.AsyncClient, before: Any) -> None:
    async with small.state.database.transaction() as session:
        await touch(session, {f"{number:014d}" for number in range(1, 2002)})
    await built(caller, "incremental")
    newest = (await caller.get("/api/build/summary/history")).json()["items"][0]
    assert newest["mode"] == "full"
    async with small.state.database.transaction() as session:
        assert (await session.scalars(select(func.count()).select_from(SummaryTouched))).one() == 0


async def test_absurd_counts_do_not_stop_builds(small: Backend, caller: httpx.AsyncClient) -> None:
    rows = [pv(ALPHA, "C4", "2022-01-01", college=str(n), inscrits=10_000_000, ud="x" * 5000) for n in range(250)]
    async with small.state.database.transaction() as session:
        await store(session, rows)
    assert (await built(caller))["status"] == "completed"
    summary = (await summary_rows(small))[ALPHA]
    assert summary["inscrits_c4"] == 2**31 - 1
    assert summary["dep"] == "x" * 100
    assert summary["pv_c4_count"] == 250


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


async def test_the_published_table_has_the_keys_and_indexes_of_the_migrated_one(
    small: Backend, caller: httpx.AsyncClient, before: Any
) -> None:
    await built(caller)
    async with small.state.database.transaction() as session:
        indexes = text("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'siret_summary'")
        found = {name: definition.partition(" USING ")[2] for name, definition in await session.execute(indexes)}
        rules = text("SELECT conname, contype FROM pg_constraint WHERE conrelid = 'siret_summary'::regclass")
        constraints = {(name, kind) for name, kind in await session.execute(rules) if kind != "n"}
    assert found == {
        "pk_siret_summary": "btree (siret)",
        "ix_siret_summary_dep_siret": "btree (dep, siret)",
        "ix_siret_summary_statut_pap_siret": "btree (statut_pap, siret)",
        "ix_siret_summary_date_pap_c5": "btree (date_pap_c5)",
    }
    assert constraints == {("pk_siret_summary", "p"), ("ck_siret_summary_siret", "c")}


async def test_a_plan_of_very_many_partitions_fits_into_a_payload(small: Backend) -> None:
    async with small.state.database.transaction() as session:
        await store(session, [pv(f"{n:014d}", "C4", "2022-01-01") for n in range(1, 1201)])
    async with small.state.database.transaction() as session:
        parts = await summary_staging.cut(session, 1)
    assert 200 < len(parts) <= 500
    assert sum(part.input_rows for part in parts) == 1200
    assert [part.low for part in parts[1:]] == [part.high for part in parts[:-1]]
    widest = SummaryPart(number=999, low="9" * 14, high="9" * 14, input_rows=10**9)
    plan = SummaryPlan(mode="full", claimed=10**12, input_rows=10**12, parts=[widest] * summary_staging.MAX_PARTS)
    assert len(plan.model_dump_json()) < MAX_PAYLOAD_BYTES
