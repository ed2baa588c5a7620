"""A backend that builds in small partitions, and a table that is already published."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest_asyncio

from embedded.seed import ADMIN
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from tests.elections import (
    built,
    clear,
    pv,
    stop_builds,
    store,
    summary_rows,
)
from tests.integration.summary.example import DELTA, LETTERS, MINUTES


@pytest_asyncio.fixture(scope="module")
async def small(servers: EmbeddedServers) -> AsyncGenerator[Backend]:
    """A backend that builds in many small partitions."""
    async with backend(servers, summary_partition_rows=25) as running:
        yield running
        await stop_builds(running)


@pytest_asyncio.fixture(scope="module")
async def caller(small: Backend) -> httpx.AsyncClient:
    return await small.login(ADMIN)


@pytest_asyncio.fixture(autouse=True)
async def cleared(small: Backend) -> None:
    await clear(small)


@pytest_asyncio.fixture
async def before(small: Backend, caller: httpx.AsyncClient) -> dict[str, Any]:
    """A published table, and a change that it does not hold yet."""
    async with small.state.database.transaction() as session:
        await store(session, MINUTES, LETTERS)
    await built(caller)
    async with small.state.database.transaction() as session:
        await store(session, [pv(DELTA, "C4", "2022-02-02", inscrits=5)])
    return await summary_rows(small)
