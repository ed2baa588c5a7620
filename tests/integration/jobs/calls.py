"""Searching over HTTP as callers do: starting, polling, and following the stream of events."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from tests.waiting import DEADLINE, until

JOBS = "/api/v1/jobs"
SEARCH = f"{JOBS}/search"
ENDS = ("completed", "failed", "cancelled")


async def begin(client: httpx.AsyncClient, *, key: str | None = None, **asked: Any) -> dict[str, Any]:
    """The body of a search that must be accepted; `asked` goes into a JSON body."""
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = await client.post(f"{SEARCH}/async", json={"keywords": "Python", **asked}, headers=headers)
    assert answer.status_code == 202, answer.text
    body: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"{SEARCH}/status/{body['task_id']}"
    assert answer.headers["retry-after"] == "2"
    return body


async def status_of(client: httpx.AsyncClient, task_id: str, **params: str) -> dict[str, Any]:
    """The status; asked for again while Temporal, which alone knows a search that has not begun, is slow to tell."""

    async def answered() -> httpx.Response | None:
        answer = await client.get(f"{SEARCH}/status/{task_id}", params=params)
        return None if answer.status_code == 503 and "retry-after" in answer.headers else answer

    answer = await until(answered)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    assert ("retry-after" in answer.headers) == (body["status"] not in ENDS)
    return body


async def ended(client: httpx.AsyncClient, task_id: str) -> dict[str, Any]:
    """The status of a search once it has ended."""

    async def end() -> dict[str, Any] | None:
        body = await status_of(client, task_id)
        return body if body["status"] in ENDS else None

    return await until(end)


async def searched(client: httpx.AsyncClient, **asked: Any) -> dict[str, Any]:
    """The end of a new search."""
    return await ended(client, (await begin(client, **asked))["task_id"])


@dataclass(frozen=True)
class Event:
    """One event of a stream, or a comment, whose kind is ":"."""

    kind: str
    id: int | None
    data: Any


@asynccontextmanager
async def served(app: FastAPI) -> AsyncGenerator[str]:
    """The running application on a port of its own, for answers that come bit by bit."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await until(started)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        app.state.talentflow.let_go()
        await serving


def stream(client: httpx.AsyncClient, task_id: str, last_seen: int | str | None = None) -> AsyncGenerator[Event]:
    """The events of a search as they come, until the server closes."""
    return stream_at(client, f"{SEARCH}/{task_id}/events", last_seen)


async def stream_at(client: httpx.AsyncClient, path: str, last_seen: int | str | None = None) -> AsyncGenerator[Event]:
    """The events told under a path as they come, until the server closes."""
    headers = {} if last_seen is None else {"Last-Event-ID": str(last_seen)}
    async with client.stream("GET", path, headers=headers) as answer:
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["x-accel-buffering"] == "no"
        fields: dict[str, str] = {}
        async for line in answer.aiter_lines():
            if line.startswith(":"):
                yield Event(":", None, None)
            elif line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "event" in fields:
                seen = int(fields["id"]) if "id" in fields else None
                yield Event(fields["event"], seen, json.loads(fields["data"]))
                fields = {}
            else:
                assert fields in ({"retry": "2000"}, {})
                fields = {}


async def told(client: httpx.AsyncClient, task_id: str, last_seen: int | str | None = None) -> list[Event]:
    """All events up to the end of the stream."""
    async with asyncio.timeout(DEADLINE):
        return [event async for event in stream(client, task_id, last_seen)]
