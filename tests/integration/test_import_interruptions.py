"""Imports that are cancelled, redone, swept: whole or not at all, and nothing left behind."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import make_url, update
from temporalio.client import WorkflowExecutionStatus
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.contracts import ElectionImport, Failure, ImportClosing, ImportCounts, SweepCounts
from activities.election_import import ElectionImportActivities
from activities.stale_imports import FILE_AGE, StaleImports
from adapters.object_store import IMPORT_PREFIX, import_prefix
from db.election_staging import staging_table
from db.tables import Import, ImportReject, Invitation, PvEvent
from domain.ids import election_import_id
from embedded.stack import EmbeddedServers
from samples.elections import EXAMPLE, EXAMPLE_HEADER, csv_of
from tests.backend import Backend, backend
from tests.elections import clear
from tests.import_faults import merging_held, reading_held, size, staging_tables, waits
from tests.imports import counts, csv_file, ended, imported, rejects, sent
from tests.integration.api.edge import bucket_keys, caller_of, open_uploads
from tests.waiting import until
from workflows.sweep_requests import SweepRequestsWorkflow

MINUTES = csv_of(EXAMPLE_HEADER, EXAMPLE)
LETTER = csv_file("SIRET;Date", "12345678901234;2025-05-05")
MERGED = ImportCounts(rows_read=14, inserted=10, updated=0, unchanged=0, rejected=4, warnings=1)


@pytest_asyncio.fixture(autouse=True)
async def cleared(talentflow: Backend) -> AsyncGenerator[None]:
    await clear(talentflow)
    yield
    await clear(talentflow)


async def closed(at: Backend, import_id: str) -> WorkflowExecutionStatus | None:
    """How the run of the import ended."""
    handle = at.temporal.get_workflow_handle(import_id)

    async def status() -> WorkflowExecutionStatus | None:
        found = (await handle.describe()).status
        return None if found is WorkflowExecutionStatus.RUNNING else found

    return await until(status)


@pytest.mark.parametrize("hold", [reading_held, merging_held])
async def test_a_cancelled_import_leaves_nothing(talentflow: Backend, admin: httpx.AsyncClient, hold: Any) -> None:
    async with hold(talentflow.state.database):
        import_id = await sent(admin, "pv", MINUTES)
        await waits(talentflow.state.database)
        answer = await admin.post(f"/api/ingest/{import_id}/cancel")
        assert answer.status_code == 202
        assert (answer.json()["status"], answer.json()["message"]) == ("running", "Annulation en cours...")
        if hold is merging_held:  # while the reading is held, so is all that would tell of its end
            assert (await ended(admin, import_id))["status"] == "cancelled"
    done = await ended(admin, import_id)
    assert (done["status"], done["counts"], "error" in done) == ("cancelled", counts(), False)
    assert await closed(talentflow, import_id) is WorkflowExecutionStatus.CANCELED
    assert (await size(talentflow.state.database, PvEvent), await staging_tables(talentflow.state.database)) == (0, [])
    assert len(bucket_keys(talentflow.settings, import_prefix(import_id))) == 1
    again = await admin.post(f"/api/ingest/{import_id}/cancel")
    assert (again.status_code, again.json()["status"]) == (200, "cancelled")


async def test_the_next_import_waits_for_the_merge_before_it(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    async with merging_held(talentflow.state.database):
        ids = [await sent(admin, "pv", MINUTES), await sent(admin, "invit", LETTER)]
        await waits(talentflow.state.database)
        assert [(await admin.get(f"/api/ingest/{one}")).json()["status"] for one in ids] == ["running", "running"]
    assert [(await ended(admin, one))["counts"]["inserted"] for one in ids] == [10, 1]


@asynccontextmanager
async def steps(at: Backend) -> AsyncGenerator[tuple[ElectionImportActivities, ElectionImport]]:
    """The steps of an import that no workflow runs, for a file of minutes that has been received."""
    this = ElectionImport(import_id=election_import_id(uuid4()))
    key = f"{import_prefix(this.import_id)}{uuid4().hex}"
    await at.state.store.put(key, MINUTES)
    async with at.state.database.transaction() as session:
        session.add(
            Import(id=this.import_id, kind="pv", file_name="a.csv", object_key=key, bytes=len(MINUTES), sha256="0" * 64)
        )
    url = at.settings.database_url.get_secret_value()
    yield ElectionImportActivities(at.state.database, at.state.store, at.temporal, database_url=url), this
    await at.state.store.delete_prefix(import_prefix(this.import_id))


async def test_every_step_may_run_again(talentflow: Backend) -> None:
    run = ActivityEnvironment().run
    async with steps(talentflow) as (activities, this):
        for _ in range(2):
            await run(activities.load_election_rows, this)
        assert await size(talentflow.state.database, ImportReject) == 5
        assert await run(activities.merge_election_rows, this) == MERGED
        assert await run(activities.merge_election_rows, this) == MERGED
        assert await size(talentflow.state.database, PvEvent) == 10
        closing = ImportClosing(import_id=this.import_id, outcome="failed")
        assert await run(activities.close_election_import, closing) == MERGED, "merged is merged"
        for _ in range(2):
            await run(activities.clean_election_import, this)
        assert await staging_tables(talentflow.state.database) == []
        with pytest.raises(ApplicationError) as error:
            await run(activities.load_election_rows, this)
        assert (error.value.type, error.value.non_retryable) == (Failure.REQUEST_GONE, True)
        assert await run(activities.merge_election_rows, this) == MERGED
        async with talentflow.state.database.transaction() as session:
            row = await session.get_one(Import, this.import_id)
        assert (row.outcome, row.rows_read, row.rejected, row.object_key) == ("completed", 14, 4, None)


async def test_two_attempts_at_once_are_as_one(talentflow: Backend) -> None:
    """The first attempt of a step may still be at it when the second begins."""

    def run(step: Any, this: ElectionImport) -> Any:
        return ActivityEnvironment().run(step, this)

    async with steps(talentflow) as (activities, this):
        await asyncio.gather(*(run(activities.load_election_rows, this) for _ in range(3)))
        assert await size(talentflow.state.database, ImportReject) == 5
        merges = await asyncio.gather(*(run(activities.merge_election_rows, this) for _ in range(3)))
        assert merges == [MERGED] * 3
        assert await size(talentflow.state.database, PvEvent) == 10
        await run(activities.clean_election_import, this)


async def test_a_merge_that_has_to_wait_gives_its_connection_back(talentflow: Backend) -> None:
    async with steps(talentflow) as (activities, this):
        run = ActivityEnvironment().run
        await run(activities.load_election_rows, this)
        async with merging_held(talentflow.state.database):
            with pytest.raises(ApplicationError) as error:
                await run(activities.merge_election_rows, this)
        assert (error.value.type, error.value.non_retryable) == (Failure.IMPORT_WAITING, False)
        assert error.value.next_retry_delay, "soon, however often it was tried"
        assert await run(activities.merge_election_rows, this) == MERGED
        await run(activities.clean_election_import, this)


async def test_an_attempt_that_comes_too_late_changes_nothing(talentflow: Backend) -> None:
    async with steps(talentflow) as (activities, this):
        run = ActivityEnvironment().run
        async with reading_held(talentflow.state.database):
            late = asyncio.create_task(run(activities.load_election_rows, this))
            await waits(talentflow.state.database)
            # It holds the row by now: whoever decides the import waits for it.
            deciding = asyncio.create_task(
                run(activities.close_election_import, ImportClosing(import_id=this.import_id, outcome="cancelled"))
            )
        await late
        assert await deciding is None
        await run(activities.clean_election_import, this)
        for step in (activities.load_election_rows, activities.merge_election_rows):
            with pytest.raises(ApplicationError) as error:
                await run(step, this)
            assert error.value.type == Failure.REQUEST_GONE
        assert (await size(talentflow.state.database, PvEvent), await staging_tables(talentflow.state.database)) == (
            0,
            [],
        )


async def test_neighbours_that_are_away_are_worth_another_try(talentflow: Backend) -> None:
    async with steps(talentflow) as (activities, this):
        gone = make_url(activities._database_url).set(query={"host": "/nowhere"})
        activities._database_url = gone.render_as_string(hide_password=False)
        with pytest.raises(ApplicationError) as error:
            await ActivityEnvironment().run(activities.load_election_rows, this)
        assert (error.value.type, error.value.non_retryable) == (Failure.DATABASE_UNAVAILABLE, False)
    async with steps(talentflow) as (activities, this):
        await talentflow.state.store.delete_prefix(import_prefix(this.import_id))
        with pytest.raises(ApplicationError) as error:
            await ActivityEnvironment().run(activities.load_election_rows, this)
        assert (error.value.type, error.value.non_retryable) == (Failure.OBJECT_MISSING, True)


async def test_cells_stay_out_of_histories_and_logs(
    talentflow: Backend, admin: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    canary = "canari4711"
    good = csv_file(f"SIRET;Cycle;Date;Ville;{canary}", f"12345678901234;C4;2022-01-01;{canary};", f"{canary};;;;")
    bad = csv_file(f"SIRET;{canary}", canary)
    ids = [await sent(admin, "pv", content, f"{canary}.csv") for content in (good, bad)]
    read, refused = [await ended(admin, one) for one in ids]
    assert [row["valeur"] for row in await rejects(admin, ids[0])] == [canary]
    assert canary in refused["error"]
    for one in ids:
        await closed(talentflow, one)
        handle = talentflow.temporal.get_workflow_handle(one)
        described = (await handle.describe()).raw_description.SerializeToString()
        history = b"".join(event.SerializeToString() for event in (await handle.fetch_history()).events)
        assert canary.encode() not in history + described
    assert canary not in caplog.text
    assert (read["status"], refused["status"]) == ("completed", "failed")


async def sweep(at: Backend) -> SweepCounts:
    """What the schedule does every hour."""
    return await at.temporal.execute_workflow(SweepRequestsWorkflow.run, id=f"sweep-{uuid4()}", task_queue=at.queue)


async def set_back(at: Backend, import_id: str, **moments: datetime) -> None:
    async with at.state.database.transaction() as session:
        await session.execute(update(Import).where(Import.id == import_id).values(**moments))


async def test_the_sweep_ends_what_was_terminated_or_forgotten_and_keeps_its_file(
    servers: EmbeddedServers, talentflow: Backend
) -> None:
    await sweep(talentflow)
    long_ago = datetime.now(UTC) - timedelta(days=2)
    async with backend(servers, workers=False) as idle, steps(talentflow) as (activities, unknown):
        admin = await caller_of(idle, "admin")
        terminated, waiting = [await sent(admin, "pv", MINUTES) for _ in range(2)]
        run = ActivityEnvironment().run
        await run(activities.load_election_rows, ElectionImport(import_id=terminated))
        await idle.temporal.get_workflow_handle(terminated).terminate()
        assert await sweep(talentflow) == SweepCounts()
        assert await staging_tables(talentflow.state.database) == [staging_table(terminated)]
        for one in (terminated, waiting, unknown.import_id):
            await set_back(talentflow, one, started_at=long_ago)
        assert await sweep(talentflow) == SweepCounts(interrupted=2)
        for one in (terminated, unknown.import_id):  # Temporal may have forgotten a run
            answer = (await admin.get(f"/api/ingest/{one}")).json()
            assert (answer["status"], answer["error"]) == ("failed", "Traitement interrompu")
            assert answer["completed_at"]
        assert (await admin.get(f"/api/ingest/{waiting}")).json()["status"] == "running"
        assert await staging_tables(talentflow.state.database) == []
        kept = bucket_keys(talentflow.settings, IMPORT_PREFIX)
        for one in (terminated, waiting, unknown.import_id):
            assert any(one in key for key in kept)
        await idle.temporal.get_workflow_handle(waiting).terminate()


async def test_the_sweep_deletes_files_that_were_kept_long_enough(
    talentflow: Backend, admin: httpx.AsyncClient
) -> None:
    young, old = [(await ended(admin, await sent(admin, "pv", b"Nom\nA")))["import_id"] for _ in range(2)]
    now = datetime.now(UTC)
    await set_back(talentflow, young, completed_at=now - FILE_AGE + timedelta(minutes=5))
    await set_back(talentflow, old, completed_at=now - FILE_AGE - timedelta(minutes=5))
    await sweep(talentflow)
    assert bucket_keys(talentflow.settings, import_prefix(old)) == set()
    assert len(bucket_keys(talentflow.settings, import_prefix(young))) == 1
    assert (await admin.get(f"/api/ingest/{old}")).json()["status"] == "failed"


async def test_files_without_an_import_are_deleted(
    talentflow: Backend, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.object_store.PAGE", 2)
    store, settings = talentflow.state.store, talentflow.settings
    kept = await ended(admin, await sent(admin, "pv", b"Nom\nA"))
    orphans = [f"{import_prefix(election_import_id(uuid4()))}{uuid4().hex}" for _ in range(5)]
    for key in orphans:
        await store.put(key, b"x")
    imports = StaleImports(talentflow.state.database, store, _knows_none)
    run = ActivityEnvironment().run
    await run(imports.drop_leftovers, datetime.now(UTC) - timedelta(days=1))
    assert set(orphans) < bucket_keys(settings, IMPORT_PREFIX), "their import may be about to be written down"
    await run(imports.drop_leftovers, datetime.now(UTC) + timedelta(minutes=5))
    left = bucket_keys(settings, IMPORT_PREFIX)
    assert not left & set(orphans)
    assert [key for key in left if kept["import_id"] in key]


async def _knows_none(_: str) -> bool | None:
    return None


async def test_the_sweep_aborts_uploads_that_nobody_goes_on_with(talentflow: Backend) -> None:
    store, settings = talentflow.state.store, talentflow.settings
    key = f"{IMPORT_PREFIX}import-{uuid4()}/x"
    store._client.create_multipart_upload(Bucket=settings.s3_bucket, Key=key)
    await store.abort_uploads(IMPORT_PREFIX, datetime.now(UTC) - timedelta(minutes=5))
    assert open_uploads(settings) == [key]
    await store.abort_uploads(IMPORT_PREFIX, datetime.now(UTC) + timedelta(minutes=5))
    assert open_uploads(settings) == []


async def test_an_import_refreshes_the_summary_if_it_may(servers: EmbeddedServers) -> None:
    async with backend(servers, summary_refresh_after_import=True) as running:
        admin = await caller_of(running, "admin")
        await imported(admin, "invit", LETTER)
        assert (await admin.get("/api/build/summary/history")).json()["items"] == [], "there was no summary to refresh"
        assert (await admin.post("/api/build/summary")).status_code == 202

        async def written(expected: list[tuple[str, int, int]]) -> bool:
            items = (await admin.get("/api/build/summary/history")).json()["items"]
            return [(item["mode"], item["rows"], item["rows_written"]) for item in items] == expected

        await until(lambda: written([("full", 1, 1)]))
        await imported(admin, "invit", csv_file("SIRET;Date", "55555555555555;2025-05-05"))
        await until(lambda: written([("incremental", 2, 1), ("full", 1, 1)]))


async def test_a_summary_is_left_alone_by_default(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    import_id = (await imported(admin, "invit", LETTER))["import_id"]
    assert await closed(talentflow, import_id) is WorkflowExecutionStatus.COMPLETED
    history = await talentflow.temporal.get_workflow_handle(import_id).fetch_history()
    assert "request_summary_refresh" not in json.dumps(history.to_json_dict())
    assert await size(talentflow.state.database, Invitation) == 1


def shown_of_processes(name: str) -> bytes:
    """This file of every process of the machine."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended meanwhile, or somebody else's
            found.append((process / name).read_bytes())
    return b"\n".join(found)


async def test_what_the_reading_process_is_given_is_not_to_be_seen(
    talentflow: Backend, admin: httpx.AsyncClient
) -> None:
    async with reading_held(talentflow.state.database):
        import_id = await sent(admin, "pv", MINUTES)
        await waits(talentflow.state.database)
        shown = await asyncio.to_thread(lambda: shown_of_processes("cmdline") + shown_of_processes("environ"))
        assert b"X-Amz-Signature" not in shown
        assert import_id.encode() not in shown
    assert (await ended(admin, import_id))["status"] == "completed"
