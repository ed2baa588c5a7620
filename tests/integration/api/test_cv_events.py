"""The events of a parse: each stage once and in order, cut and resumed anywhere, watched by many, ended for certain."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from api import cv_status
from api.app import create_app
from api.runs import find_run
from embedded.seed import ADMIN
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend, settings_for
from tests.integration.api.calls import accepted, refused
from tests.integration.api.edge import closed_port, forget_waiting, headers_of
from tests.integration.api.line import waiting_line
from tests.integration.jobs.calls import Event, served, stream_at
from tests.waiting import DEADLINE, settled, until

STAGES = [("pending", None, 0), ("running", "read", 20), ("running", "extract", 60), ("running", "save", 90)]


def stream(client: httpx.AsyncClient, job: str, last_seen: int | str | None = None) -> AsyncGenerator[Event]:
    return stream_at(client, f"/api/result/{job}/events", last_seen)


async def told(client: httpx.AsyncClient, job: str, last_seen: int | str | None = None) -> list[Event]:
    """All events up to the end of the stream."""
    async with asyncio.timeout(DEADLINE):
        return [event async for event in stream(client, job, last_seen)]


def stages(job: str, count: int) -> list[Event]:
    """The events of the first stages."""
    return [
        Event("stage", number, {"job_id": job, "status": status, "stage": stage, "progress": progress})
        for number, (status, stage, progress) in enumerate(STAGES[:count], 1)
    ]


@contextlib.asynccontextmanager
async def calling(servers: EmbeddedServers, queue: str, **changes: Any) -> AsyncGenerator[httpx.AsyncClient]:
    """A new caller of an API of its own, served on a port, whose runs this queue takes."""
    app, opened = create_app(settings_for(servers, **changes), queue=queue), datetime.now(UTC)
    async with app.router.lifespan_context(app), served(app) as url:
        headers = await headers_of(app.state.talentflow, "recruiter")
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
            yield client
    await forget_waiting(servers, opened)


@contextlib.asynccontextmanager
async def as_same(caller: httpx.AsyncClient, servers: EmbeddedServers, queue: str) -> AsyncGenerator[httpx.AsyncClient]:
    """The same caller at another API."""
    async with calling(servers, queue) as other:
        other.headers = caller.headers
        yield other


@pytest_asyncio.fixture(scope="module")
async def stuck(servers: EmbeddedServers) -> AsyncGenerator[Backend]:
    """A backend whose model is away, so that every parse stays at its extraction."""
    with closed_port() as port:
        url = f"http://127.0.0.1:{port}/v1"
        async with backend(servers, cv_extractor="openai", openai_base_url=url, openai_api_key="k") as running:
            yield running


async def extracting(client: httpx.AsyncClient) -> str:
    """A job that has been read."""
    job = str((await accepted(client))["job_id"])

    async def read() -> bool:
        return bool((await client.get(f"/api/result/{job}")).json().get("stage") == "extract")

    await until(read)
    return job


async def test_a_parse_is_followed_from_the_queue_to_its_end(servers: EmbeddedServers) -> None:
    async with waiting_line(servers) as line, calling(servers, line.backend.queue) as caller:
        body = await accepted(caller)
        job, events = body["job_id"], []
        assert body["links"]["events"] == f"/api/result/{job}/events"
        async with asyncio.timeout(DEADLINE):
            async for event in stream(caller, job):
                events.append(event)
                if len(events) == 1:
                    await line.open()
        end = Event("done", 5, await settled(caller, job))
        assert events == [*stages(job, 4), end]
        assert end.data["status"] == "done"
        async with as_same(caller, servers, line.backend.queue) as elsewhere:
            for client in (caller, elsewhere):
                assert await told(client, job) == events
                for seen in range(5):
                    assert await told(client, job, seen) == events[seen:]
                for unknown in ("x", "-1", "1.0", "", "9" * 5000):
                    assert await told(client, job, unknown) == events
                assert await told(client, job, 99) == [end]
                over = await client.get(f"/api/result/{job}/events", headers={"Last-Event-ID": "5"})
                assert (over.status_code, over.content) == (204, b"")


async def test_a_stream_cut_after_any_event_goes_on_at_another_api(servers: EmbeddedServers) -> None:
    async with (
        waiting_line(servers) as line,
        calling(servers, line.backend.queue) as caller,
        as_same(caller, servers, line.backend.queue) as elsewhere,
    ):
        job = (await accepted(caller))["job_id"]
        clients, seen = [caller, elsewhere], list[Event]()
        async with asyncio.timeout(DEADLINE):
            while not seen or seen[-1].kind != "done":  # one event a connection
                clients.reverse()
                async with contextlib.aclosing(stream(clients[0], job, seen[-1].id if seen else None)) as cut:
                    seen.append(await anext(cut))
                if len(seen) == 1:
                    await line.open()
        assert seen == [*stages(job, 4), Event("done", 5, await settled(caller, job))]


@pytest.mark.parametrize("how", ["cancel", "terminate"])
async def test_an_end_by_force_is_told(servers: EmbeddedServers, stuck: Backend, how: str) -> None:
    async with calling(servers, stuck.queue) as caller, as_same(caller, servers, stuck.queue) as elsewhere:
        job, events = await extracting(caller), list[Event]()
        async with asyncio.timeout(DEADLINE):
            async for event in stream(caller, job):
                events.append(event)
                if event.id == 3 and how == "cancel":
                    assert (await caller.post(f"/api/queue/{job}/cancel")).status_code == 202
                elif event.id == 3:
                    await stuck.temporal.get_workflow_handle(job).terminate()
        end = await settled(caller, job)
        assert events == [*stages(job, 3), Event("done", 5, end)]
        told_end = {"cancel": ("cancelled", None), "terminate": ("failed", "Traitement interrompu")}[how]
        assert (end["status"], end.get("error")) == told_end
        assert await told(elsewhere, job, 2) == events[2:]


async def test_a_refused_document_ends_at_its_reading(servers: EmbeddedServers, stuck: Backend) -> None:
    async with calling(servers, stuck.queue) as caller:
        job = (await accepted(caller, b"%PDF-1.7 nothing else", "cv.pdf"))["job_id"]
        events = await told(caller, job)
        assert events == [*stages(job, 2), Event("done", 5, await settled(caller, job))]
        assert events[-1].data["status"] == "failed"
        assert events[-1].data["error"]


async def test_a_job_that_is_run_again_goes_on_in_its_numbers(servers: EmbeddedServers, stuck: Backend) -> None:
    async with calling(servers, stuck.queue) as caller, await stuck.login(ADMIN) as admin:
        job = (await accepted(caller, b"%PDF-1.7 nothing else", "cv.pdf"))["job_id"]
        first = await told(caller, job)

        async def run_again() -> bool:  # "failed" is said a moment before the run closes
            return (await admin.post(f"/api/v1/operations/{job}/retry")).status_code == 202

        await until(run_again)
        second = await told(caller, job, first[-1].id)
        assert [(event.id, event.data["status"]) for event in second] == [
            (6, "pending"),
            (7, "running"),
            (10, "failed"),
        ]
        assert second[-1].data == await settled(caller, job)


async def test_a_hundred_watchers_cost_no_more_than_one(
    servers: EmbeddedServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    async def count(*arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        return await find_run(*arguments)

    monkeypatch.setattr(cv_status, "find_run", count)
    async with waiting_line(servers) as line, calling(servers, line.backend.queue) as caller:
        job = (await accepted(caller))["job_id"]
        first = asyncio.Event()

        async def watch() -> list[Event]:
            events = []
            async for event in stream(caller, job):
                events.append(event)
                first.set()
            return events

        begun = asyncio.get_running_loop().time()
        watching = [asyncio.create_task(watch()) for _ in range(100)]
        await first.wait()
        await line.open()
        async with asyncio.timeout(DEADLINE):
            everything = await asyncio.gather(*watching)
        assert 0 < asked <= asyncio.get_running_loop().time() - begun + 2  # one a second
        end = Event("done", 5, await settled(caller, job))
        assert all(events == [*stages(job, 4), end] for events in everything)


async def test_a_silent_stream_has_comments_and_an_end(servers: EmbeddedServers) -> None:
    often = {"job_stream_seconds": 2, "job_stream_heartbeat_seconds": 0.1}
    async with calling(servers, f"idle-{uuid4()}", **often) as caller:
        job = (await accepted(caller))["job_id"]
        events = await told(caller, job)
        assert events[:1] == stages(job, 1)
        assert [event.kind for event in events[1:]].count(":") >= 2
        assert {event.kind for event in events[1:]} == {":"}
        again = await told(caller, job, 1)
        assert {event.kind for event in again} == {":"}


async def test_only_one_s_own_jobs_are_told_of(servers: EmbeddedServers) -> None:
    queue = f"idle-{uuid4()}"
    async with calling(servers, queue) as caller, calling(servers, queue) as stranger:
        job = (await accepted(caller))["job_id"]
        for unknown in (job, str(uuid4()), "x"):
            refused(await stranger.get(f"/api/result/{unknown}/events"), 404, "job_not_found")
        async with httpx.AsyncClient(base_url=caller.base_url) as anonymous:
            refused(await anonymous.get(f"/api/result/{job}/events"), 401, "unauthenticated")
