"""Work that waits: an API and workers of which those that read documents come when a test lets them."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx

from activities.contracts import documents_queue, llm_queue
from adapters.documents.kinds import DocumentKind
from adapters.documents.reader import ReadText, read_document
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from workers.build import build_workers
from workers.collaborators import collaborators


@dataclass(frozen=True)
class Line:
    """A backend where documents wait to be read until `open` is called, then one is read at a time."""

    backend: Backend
    open: Callable[[], Awaitable[None]]


@asynccontextmanager
async def waiting_line(servers: EmbeddedServers, **changes: Any) -> AsyncGenerator[Line]:
    """Run API and workers with these changes to the settings."""
    async with backend(servers, workers=False, document_slots=1, **changes) as at, AsyncExitStack() as stack:
        parts = await stack.enter_async_context(collaborators(at.settings))

        async def serve(*queues: str) -> None:
            for worker in build_workers(at.temporal, at.settings, parts, queues, queue=at.queue):
                await stack.enter_async_context(worker)

        await serve(at.queue, llm_queue(at.queue))
        yield Line(at, lambda: serve(documents_queue(at.queue)))


async def read_in_process(source: bytes, kind: str) -> ReadText:
    """Read a document without the process of its own that costs most of the time a short text takes."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(source)
        file.flush()
        return await asyncio.to_thread(read_document, Path(file.name), cast(DocumentKind, kind))


async def position_of(client: httpx.AsyncClient, job_id: str) -> int:
    """The place in the queue of a job that must be waiting."""
    answer = (await client.get(f"/api/result/{job_id}")).json()
    assert answer["status"] == "pending", answer
    return int(answer["position_in_queue"])
