"""The summary towards its callers: what a build answers in each state, and reading what it has published."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio
from google.protobuf.duration_pb2 import Duration
from pydantic import ValidationError
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client, ScheduleOverlapPolicy
from temporalio.service import RPCError

from embedded.seed import ADMIN
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend, settings_for
from tests.elections import STATUS, build_ended, built, clear, pv, store
from tests.integration.api.calls import refused, wrong_fields
from tests.integration.api.edge import closed_port, edge, headers_of
from tests.summary_faults import database_url, held
from tests.summary_faults import refused as database_refuses
from tests.waiting import until
from workers.schedules import reconcile_schedules, schedules

BUILD = "/api/build/summary"
DESCRIPTION = "Reconstruction de la table siret_summary"
STARTED = {
    "status": "started",
    "message": "La reconstruction de la table siret_summary a été lancée en arrière-plan",
    "task_id": "build_siret_summary",
    "check_status_url": "/api/build/summary/status",
}
NOT_RUNNING = {
    "status": "not_running",
    "message": "Aucune reconstruction n'est en cours",
    "task_id": "build_siret_summary",
}
CANCELLING = {
    "status": "cancelling",
    "message": "L'annulation de la reconstruction a été demandée",
    "task_id": "build_siret_summary",
}
NEVER = {"status": "not_found", "message": "Aucune reconstruction n'a encore été lancée"}


@pytest_asyncio.fixture(scope="module")
async def builder(servers: EmbeddedServers) -> AsyncGenerator[Backend]:
    """A backend that builds in partitions of two rows."""
    async with backend(servers, summary_partition_rows=2) as running:
        yield running
        await clear(running)


@pytest_asyncio.fixture(scope="module")
async def caller(builder: Backend) -> httpx.AsyncClient:
    return await builder.login(ADMIN)


@pytest_asyncio.fixture
async def towns(builder: Backend) -> None:
    """Nothing but four rows of minutes."""
    await clear(builder)
    async with builder.state.database.transaction() as session:
        await store(session, [pv(f"0000000000000{n}", "C4", "2022-01-01", inscrits=n) for n in range(1, 5)])


def moment(text: str) -> datetime:
    """The instant, which is written to the microsecond and without an offset."""
    assert len(text) == len("2025-11-06T14:30:00.123456")
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def without_times(body: dict[str, Any]) -> dict[str, Any]:
    """The answer but for its instants, after checking them."""
    rest = dict(body)
    started, completed = moment(rest.pop("started_at")), rest.pop("completed_at")
    assert (completed is None) == (body["status"] == "running")
    assert completed is None or started <= moment(completed) <= datetime.now(UTC)
    return rest


async def test_a_build_that_runs(builder: Backend, caller: httpx.AsyncClient, towns: None) -> None:
    async with held(database_url(builder), "indexes") as hold:
        answer = await caller.post(BUILD)
        assert (answer.status_code, answer.json()) == (202, STARTED)
        assert answer.headers["location"] == STATUS
        assert int(answer.headers["retry-after"]) > 0
        running = await hold.reached(caller)
        assert without_times(running) == {
            "status": "running",
            "description": DESCRIPTION,
            "progress": {"percent": 90.0, "rows_done": 4, "rows_total": 4, "phase": "indexes"},
        }
        again = await caller.post(BUILD, params={"mode": "incremental"})
        assert (again.status_code, again.json()) == (
            202,
            {
                "status": "already_running",
                "message": "Une reconstruction est déjà en cours",
                "task_id": "build_siret_summary",
                "started_at": running["started_at"],
            },
        )
        assert again.headers["location"] == STATUS
    done = await build_ended(caller)
    assert done["started_at"] == running["started_at"]
    assert without_times(done) == {
        "status": "completed",
        "description": DESCRIPTION,
        "result": {"rows": 4},
        "progress": {"percent": 100.0, "rows_done": 4, "rows_total": 4, "phase": "done"},
    }


async def test_a_build_that_failed(
    servers: EmbeddedServers, builder: Backend, caller: httpx.AsyncClient, towns: None
) -> None:
    async with database_refuses(database_url(builder), "indexes"):
        await caller.post(BUILD)
        failed = await build_ended(caller)
    assert without_times(failed) == {
        "status": "failed",
        "description": DESCRIPTION,
        "error": "Error in build_siret_summary: La base de données a refusé une instruction (SQLSTATE 23514)",
        "progress": {"percent": 90.0, "rows_done": 4, "rows_total": 4, "phase": "indexes"},
    }
    async with edge(servers) as restarted:
        client = restarted.client(**await headers_of(restarted.state, "recruiter"))
        assert (await client.get(STATUS)).json() == failed


async def test_a_build_that_was_cancelled(builder: Backend, caller: httpx.AsyncClient, towns: None) -> None:
    async with held(database_url(builder), "indexes") as hold:
        await caller.post(BUILD)
        await hold.reached(caller)
        answer = await caller.post(f"{BUILD}/cancel")
        assert (answer.status_code, answer.json()) == (202, CANCELLING)
        cancelled = await build_ended(caller)
    assert without_times(cancelled) == {
        "status": "cancelled",
        "description": DESCRIPTION,
        "error": "Reconstruction annulée",
        "progress": {"percent": 90.0, "rows_done": 4, "rows_total": 4, "phase": "cancelling"},
    }
    answer = await caller.post(f"{BUILD}/cancel")
    assert (answer.status_code, answer.json()) == (200, NOT_RUNNING)


async def test_a_build_answers_without_workers(servers: EmbeddedServers, builder: Backend, towns: None) -> None:
    async with edge(servers) as api:
        client = api.client(**await headers_of(api.state, "service"))
        assert (await client.post(BUILD)).json() == STARTED
        running = (await client.get(STATUS)).json()
        assert without_times(running) == {
            "status": "running",
            "description": DESCRIPTION,
            "progress": {"percent": 0.0, "rows_done": 0, "rows_total": 0, "phase": "preparing"},
        }
        assert (await client.post(BUILD)).json()["started_at"] == running["started_at"]
        assert (await client.post(f"{BUILD}/cancel")).json() == CANCELLING
        await builder.temporal.get_workflow_handle("build_siret_summary").terminate()
        assert without_times((await client.get(STATUS)).json()) == {
            "status": "failed",
            "description": DESCRIPTION,
            "error": "Error in build_siret_summary: Traitement interrompu",
            "progress": running["progress"],
        }


async def registered(temporal: Client, namespace: str) -> str:
    """A namespace in which nothing has ever run."""
    request = RegisterNamespaceRequest(
        namespace=namespace, workflow_execution_retention_period=Duration(seconds=86_400)
    )
    await temporal.workflow_service.register_namespace(request)
    return namespace


async def test_before_any_build_and_after_temporal_has_forgotten_it(
    servers: EmbeddedServers, builder: Backend, caller: httpx.AsyncClient, towns: None
) -> None:
    namespace = await registered(builder.temporal, "without-builds")
    async with edge(servers, temporal_namespace=namespace) as api:
        client = api.client(**await headers_of(api.state, "admin"))
        assert (await client.get(STATUS)).json() == NEVER
        assert (await client.get(f"{BUILD}/history")).json() == {"items": [], "next_cursor": None}
        assert (await client.post(f"{BUILD}/cancel")).json() == NOT_RUNNING
        await built(caller)
        body = (await client.get(STATUS)).json()
        assert without_times(body) == {"status": "completed", "description": DESCRIPTION, "result": {"rows": 4}}
        async with database_refuses(database_url(builder), "partitions"):
            await built(caller)
        body = without_times((await client.get(STATUS)).json())
        assert body.keys() == {"status", "description", "error"}
        assert body["status"] == "failed"
        async with held(database_url(builder), "partitions") as hold:
            await caller.post(BUILD)
            await hold.reached(caller)
            await caller.post(f"{BUILD}/cancel")
            await build_ended(caller)
        assert without_times((await client.get(STATUS)).json()) == {
            "status": "cancelled",
            "description": DESCRIPTION,
            "error": "Reconstruction annulée",
        }


async def test_the_same_key_starts_one_build(builder: Backend, caller: httpx.AsyncClient, towns: None) -> None:
    key = {"Idempotency-Key": "once"}
    for _ in range(2):
        assert (await caller.post(BUILD, headers=key)).json() == STARTED
        await build_ended(caller)
    assert len((await caller.get(f"{BUILD}/history")).json()["items"]) == 1
    refused(await caller.post(BUILD, headers=key, params={"mode": "incremental"}), 422, "idempotency_key_reused")
    assert (await caller.post(BUILD, headers={"Idempotency-Key": "twice"})).json() == STARTED
    await build_ended(caller)
    assert len((await caller.get(f"{BUILD}/history")).json()["items"]) == 2
    assert wrong_fields(await caller.post(BUILD, params={"mode": "partial"})) == ["mode"]


async def test_calls_at_once_with_one_key_all_start_it(
    builder: Backend, caller: httpx.AsyncClient, towns: None
) -> None:
    key = {"Idempotency-Key": "at once"}
    async with held(database_url(builder), "partitions"):
        answers = await asyncio.gather(*(caller.post(BUILD, headers=key) for _ in range(10)))
        assert (await caller.post(BUILD)).json()["status"] == "already_running"
    assert [answer.json() for answer in answers] == [STARTED] * 10
    await build_ended(caller)
    assert len((await caller.get(f"{BUILD}/history")).json()["items"]) == 1


@pytest.mark.parametrize("cron", ["30 2 * *", "x", "@daily", "30 2 * * * *"])
def test_a_time_that_is_none_is_refused(servers: EmbeddedServers, cron: str) -> None:
    with pytest.raises(ValidationError):
        settings_for(servers, summary_nightly_cron=cron)
    assert settings_for(servers, summary_nightly_cron="30 2 * * 1-5").summary_nightly_cron == "30 2 * * 1-5"


async def test_history_page_by_page(builder: Backend, caller: httpx.AsyncClient, towns: None) -> None:
    for mode in ("full", "incremental", "incremental"):
        await built(caller, mode)
    whole = (await caller.get(f"{BUILD}/history")).json()
    assert whole["next_cursor"] is None
    assert [(one["mode"], one["rows"], one["rows_written"], one["error"]) for one in whole["items"]] == [
        ("incremental", 4, 0, None),
        ("incremental", 4, 0, None),
        ("full", 4, 4, None),
    ]
    for one in whole["items"]:
        assert one.keys() == {"build_id", "mode", "rows", "rows_written", "started_at", "completed_at", "error"}
        assert moment(one["started_at"]) < moment(one["completed_at"])
    first = (await caller.get(f"{BUILD}/history", params={"limit": 2})).json()
    second = (await caller.get(f"{BUILD}/history", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert first["items"] + second["items"] == whole["items"]
    assert second["next_cursor"] is None
    refused(await caller.get(f"{BUILD}/history", params={"cursor": "WzFd"}), 422, "bad_cursor")


async def test_temporal_away(servers: EmbeddedServers) -> None:
    with closed_port() as port:
        address = f"127.0.0.1:{port}"
        async with edge(servers, temporal_address=address, auto_build_summary_on_startup=True) as api:
            client = api.client(**await headers_of(api.state, "admin"))
            for answer in (
                await client.post(BUILD),
                await client.get(STATUS),
                await client.post(f"{BUILD}/cancel"),
            ):
                refused(answer, 503, "temporal_unavailable")
            assert (await client.get("/api/siret")).status_code == 200


async def test_a_build_on_startup(servers: EmbeddedServers, builder: Backend, towns: None) -> None:
    async with backend(servers, auto_build_summary_on_startup=True) as started:
        client = await started.login(ADMIN)

        async def completed() -> bool:
            return bool((await client.get(STATUS)).json().get("result") == {"rows": 4})

        await until(completed)
    await clear(builder)
    async with edge(servers) as api, backend(servers, auto_build_summary_on_startup=True) as beside:
        waiting = api.client(**await headers_of(api.state, "admin"))
        assert (await waiting.post(BUILD)).json()["status"] in ("started", "already_running")
        assert (await beside.app.get("/healthz")).status_code == 200


async def test_the_nightly_schedule_comes_and_goes_with_its_setting(builder: Backend) -> None:
    handle = builder.temporal.get_schedule_handle("siret_summary_nightly")
    try:
        await reconcile_schedules(builder.temporal, "30 2 * * *")
        described = (await handle.describe()).schedule
        assert described.spec.time_zone_name == "Europe/Paris"
        assert described.policy.overlap is ScheduleOverlapPolicy.SKIP

        async def gone() -> bool:  # schedules are listed with a delay
            await reconcile_schedules(builder.temporal)
            try:
                await handle.describe()
            except RPCError:
                return True
            return False

        await until(gone)
    finally:
        for schedule_id in schedules():
            await builder.temporal.get_schedule_handle(schedule_id).delete()
