"""The stream of events of a search: as it happens, cut and resumed anywhere, watched by many."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import delete, event, text

from api.app import create_app
from db.tables import JobSearchEvent
from embedded.stack import EmbeddedServers
from tests.backend import Backend, settings_for
from tests.integration.api.calls import refused
from tests.integration.api.edge import headers_of
from tests.integration.jobs.calls import SEARCH, Event, begin, ended, searched, served, status_of, stream, told
from tests.integration.jobs.searching import aged, nothing_heard
from tests.stubs.job_boards import JobBoards
from tests.waiting import DEADLINE, until
from workflows.sweep_searches import SweepSearchesWorkflow

SOURCES = ["france_travail", "adzuna", "arbeitnow", "catalogue"]
WATCHERS = 100


def substance(one: Event) -> Any:
    """What an event says, but for when ads were last seen: later pages may have given them again."""
    if one.kind != "offers":
        return one
    return one.id, one.data["source"], one.data["page"], [offer["id"] for offer in one.data["offers"]]


@contextlib.asynccontextmanager
async def another_api(servers: EmbeddedServers, backend: Backend, **changes: Any) -> AsyncGenerator[str]:
    """The address of an API of its own that shares nothing with the backend's but the neighbours."""
    app = create_app(settings_for(servers, **changes), queue=backend.queue)
    async with app.router.lifespan_context(app), served(app) as url:
        yield url


@pytest_asyncio.fixture(scope="module")
async def address(searching: Backend) -> AsyncGenerator[str]:
    """Where the backend's API is served."""
    async with served(_app(searching)) as url:
        yield url


@pytest_asyncio.fixture
async def owner(searching: Backend, address: str) -> AsyncGenerator[httpx.AsyncClient]:
    """Somebody without a history, who calls the running API."""
    headers = await headers_of(searching.state, "candidate")
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as client:
        yield client


def _app(backend: Backend) -> Any:
    transport = backend.app._transport
    assert isinstance(transport, httpx.ASGITransport)
    return transport.app


def seqs(events: list[Event]) -> list[int]:
    """The numbers of the stored events."""
    return [event.id for event in events if event.id is not None and event.kind != "snapshot"]


async def test_a_search_is_followed_from_start_to_end(
    searching: Backend, boards: JobBoards, owner: httpx.AsyncClient
) -> None:
    for source in SOURCES[:3]:
        boards.fail(source, "hang")
    task = (await begin(owner, sources=SOURCES))["task_id"]
    at: dict[str, list[Event]] = {}
    events: list[Event] = []
    async with asyncio.timeout(DEADLINE):
        async for one in stream(owner, task):
            if one.kind == "snapshot":
                boards.release("france_travail", "arbeitnow")
            elif one.kind == "offers" and one.data["offers"]:
                at.setdefault((await status_of(owner, task))["status"], []).append(one)
                boards.release("adzuna")
            events.append(one)
    assert events[0].kind == "snapshot"
    assert events[0].data["task_id"] == task
    assert "offers" in events[0].data
    assert [event.kind for event in events].count("snapshot") == 1
    assert at["processing"]  # offers came while a source still worked
    numbers = seqs(events)
    assert numbers == sorted(set(numbers))
    assert (events[-1].kind, [event.kind for event in events].count("done")) == ("done", 1)
    done = await status_of(owner, task, offers="none")
    assert events[-1].data == done
    progress = [event.data["progress"] for event in events if event.kind == "progress"]
    assert progress == sorted(progress)
    assert [value for value in progress if 0 < value < 100]
    known = {offer["id"] for offer in events[0].data["offers"]}
    arrived = [offer["id"] for event in events if event.kind == "offers" for offer in event.data["offers"]]
    rows = (await owner.get(f"{SEARCH}/{task}/offers", params={"limit": 200})).json()["offers"]
    assert known | set(arrived) == {row["id"] for row in rows}
    told_ends = [one.data for one in events if one.kind == "source" and one.data["status"] != "running"]
    ends = {end["source"]: end for end in told_ends}
    assert ends.keys() == set(SOURCES)
    for name, end in ends.items():
        assert end["status"] == done["sources"][name]["status"]
        assert end["counts"].items() <= done["sources"][name].items()


async def test_a_stream_cut_after_any_event_goes_on_at_another_api(
    servers: EmbeddedServers, searching: Backend, boards: JobBoards, owner: httpx.AsyncClient
) -> None:
    boards.fail("adzuna", "hang")
    task = (await begin(owner, sources=SOURCES))["task_id"]
    async with another_api(servers, searching) as url:
        elsewhere = httpx.AsyncClient(base_url=url, headers=owner.headers, timeout=60)
        clients = [owner, elsewhere]
        seen: list[Event] = []
        last: int | None = None
        async with asyncio.timeout(DEADLINE), elsewhere:
            while not seen or seen[-1].kind != "done":  # one stored event a connection
                clients.reverse()
                cut = stream(clients[0], task, last)
                async with contextlib.aclosing(cut):
                    async for one in cut:
                        if one.id is not None:
                            boards.release()
                            seen.append(one)
                            last = one.id
                            break
            whole = await told(elsewhere, task, 0)
            assert seqs(seen) == [number for number in seqs(whole) if number > (seen[0].id or 0)]
            assert [one.kind for one in seen].count("snapshot") == 1
            over = await elsewhere.get(f"{SEARCH}/{task}/events", headers={"Last-Event-ID": str(last)})
            assert (over.status_code, over.content) == (204, b"")
        assert [substance(one) for one in seen[1:]] == [substance(one) for one in whole if one.id in seqs(seen)]


async def test_an_api_that_is_behind_reads_on_before_it_answers(
    servers: EmbeddedServers, searching: Backend, boards: JobBoards, owner: httpx.AsyncClient, monkeypatch: Any
) -> None:
    boards.fail("adzuna", "hang")
    monkeypatch.setattr("api.feeds.POLL_SECONDS", 60.0)
    monkeypatch.setattr("api.job_events.announcements", nothing_heard)
    task = (await begin(owner, sources=SOURCES))["task_id"]
    async with (
        another_api(servers, searching) as url,
        httpx.AsyncClient(base_url=url, headers=owner.headers, timeout=60) as behind,
    ):
        async with contextlib.aclosing(stream(behind, task)) as opened:
            first = await anext(opened)
        assert first.kind == "snapshot"
        boards.release()
        assert (await ended(owner, task))["status"] == "completed"
        *_, last, done = [one for one in await told(owner, task, 0) if one.id is not None]
        assert (last.id or 0) > (first.id or 0)
        assert await told(behind, task, last.id) == [done]


@pytest.mark.parametrize("last_seen", ["99999", "x", "-1", "1.0"])
async def test_an_unknown_place_begins_with_a_snapshot(
    boards: JobBoards, owner: httpx.AsyncClient, last_seen: str
) -> None:
    done = await searched(owner, sources=["france_travail"])
    events = await told(owner, done["task_id"], last_seen)
    assert [event.kind for event in events] == ["snapshot", "done"]
    assert events[0].data == done


async def test_a_trimmed_log_begins_with_a_snapshot(
    servers: EmbeddedServers, searching: Backend, boards: JobBoards, owner: httpx.AsyncClient
) -> None:
    done = await searched(owner, sources=["arbeitnow"])
    async with searching.state.database.transaction() as session:
        await session.execute(delete(JobSearchEvent).where(JobSearchEvent.task_id == done["task_id"]))
    for last_seen in (None, 0, 1):
        events = await told(owner, done["task_id"], last_seen)
        assert [event.kind for event in events] == ["snapshot", "done"]
    last = events[-1].id
    over = await owner.get(f"{SEARCH}/{done['task_id']}/events", headers={"Last-Event-ID": str(last)})
    assert over.status_code == 204


async def test_a_lost_search_ends_for_its_watchers(
    servers: EmbeddedServers, searching: Backend, boards: JobBoards, owner: httpx.AsyncClient
) -> None:
    boards.fail("adzuna", "hang")
    task = (await begin(owner, sources=["adzuna", "catalogue"]))["task_id"]
    watching = asyncio.create_task(told(owner, task))

    async def half_way() -> bool:
        sources = (await status_of(owner, task))["sources"]
        return [source["status"] for source in sources.values()] == ["running", "completed"]

    await until(half_way)
    await searching.temporal.get_workflow_handle(task).terminate()
    end = (await watching)[-1]
    assert (end.kind, end.data["status"], end.data["error_code"]) == ("done", "failed", "worker_lost")
    had_all = {"Last-Event-ID": str(end.id)}
    assert (await owner.get(f"{SEARCH}/{task}/events", headers=had_all)).status_code == 204
    await aged(searching, task, timedelta(minutes=5))
    await searching.temporal.execute_workflow(SweepSearchesWorkflow.run, id=f"sweep-{task}", task_queue=searching.queue)
    async with another_api(servers, searching) as url, httpx.AsyncClient(base_url=url, headers=owner.headers) as later:
        assert (await later.get(f"{SEARCH}/{task}/events", headers=had_all)).status_code == 204


async def test_many_watchers_cost_no_more_than_one(
    searching: Backend, boards: JobBoards, owner: httpx.AsyncClient
) -> None:
    boards.fail("adzuna", "hang")
    task = (await begin(owner, sources=["adzuna", "arbeitnow"]))["task_id"]
    statements: list[str] = []
    watching = 0

    async def watch() -> list[Event]:
        nonlocal watching
        events: list[Event] = []
        async for one in stream(owner, task):
            events.append(one)
            watching += one.kind == "snapshot"
            if watching == WATCHERS:
                boards.release()
        return events

    def count(*arguments: Any) -> None:
        statements.append(arguments[2])

    engine = searching.state.database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        async with asyncio.timeout(DEADLINE):
            all_events = await asyncio.gather(*(watch() for _ in range(WATCHERS)))
    finally:
        event.remove(engine, "before_cursor_execute", count)
    whole = await told(owner, task, 0)
    for events in all_events:
        assert (events[0].kind, events[-1].kind) == ("snapshot", "done")
        after = [substance(one) for one in whole if one.id is not None and one.id > (events[0].id or 0)]
        assert [substance(one) for one in events[1:] if one.id is not None] == after
    readings = [statement for statement in statements if "job_search_offers" in statement]
    assert 0 < len(readings) < WATCHERS  # each is known by one statement, and none reads the search alone


async def test_a_stream_outlives_the_connection_that_listens(
    searching: Backend, boards: JobBoards, owner: httpx.AsyncClient
) -> None:
    boards.fail("adzuna", "hang")
    task = (await begin(owner, sources=["adzuna", "arbeitnow"]))["task_id"]
    listening = text("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")

    async def cut_off() -> bool:
        async with searching.state.database.transaction() as session:
            cut: int = (await session.scalars(listening)).one()
        return cut > 0

    events: list[Event] = []
    async with asyncio.timeout(DEADLINE):
        async for one in stream(owner, task):
            events.append(one)
            if one.kind == "snapshot":
                await until(cut_off)
                boards.release()
    assert (events[-1].kind, events[-1].data["status"]) == ("done", "completed")
    assert [one.kind for one in events if one.kind == "offers"]


async def test_a_silent_stream_has_heartbeats_and_an_end(
    servers: EmbeddedServers, searching: Backend, boards: JobBoards, owner: httpx.AsyncClient
) -> None:
    boards.fail("adzuna", "hang")
    task = (await begin(owner, sources=["adzuna"]))["task_id"]
    async with another_api(
        servers, searching, job_stream_seconds=2, job_stream_heartbeat_seconds=0.1
    ) as url, httpx.AsyncClient(base_url=url, headers=owner.headers) as client:  # fmt: skip
        events = await told(client, task)
    assert [event.kind for event in events].count(":") >= 2
    assert "done" not in [event.kind for event in events]
    assert (await status_of(owner, task))["status"] == "processing"  # watching it no more cancels nothing
    await owner.post(f"{SEARCH}/{task}/cancel")
    assert (await ended(owner, task))["status"] == "cancelled"


async def test_a_stream_waits_for_a_search_that_nobody_has_begun(
    servers: EmbeddedServers, searching: Backend, owner: httpx.AsyncClient
) -> None:
    app = create_app(settings_for(servers), queue=f"idle-{uuid4()}")
    async with (
        app.router.lifespan_context(app),
        served(app) as url,
        httpx.AsyncClient(base_url=url, headers=owner.headers) as client,
    ):
        task = (await begin(client, sources=["catalogue"]))["task_id"]
        events: list[Event] = []
        async with asyncio.timeout(DEADLINE):
            async for one in stream(client, task):
                events.append(one)
                if one.kind == "snapshot":
                    await app.state.talentflow.temporal.get_workflow_handle(task).terminate()
        assert [(one.kind, one.data["status"]) for one in events] == [("snapshot", "pending"), ("done", "failed")]
    refused(await owner.get(f"{SEARCH}/job-search-{uuid4()}/events"), 404, "search_not_found")
