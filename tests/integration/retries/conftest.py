"""A backend whose CVs a provider refuses when it is told to, its callers, and a receiver of webhooks."""

import json
from collections.abc import AsyncGenerator, Generator

import httpx
import pytest
import pytest_asyncio

from embedded.seed import ADMIN, RECRUITER
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from tests.integration.faults.provider import PROFILE, leading_to, says
from tests.integration.faults.receiver import Receiver, receiver, status


@pytest.fixture(scope="module")
def provider() -> Generator[Receiver]:
    with receiver(says(json.dumps(PROFILE))) as running:
        yield running


@pytest.fixture(scope="module")
def hooks() -> Generator[Receiver]:
    with receiver(status(204)) as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def stack(servers: EmbeddedServers, provider: Receiver) -> AsyncGenerator[Backend]:
    """A backend whose CVs go to this provider."""
    async with backend(servers, **leading_to(provider)) as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def owner(stack: Backend) -> AsyncGenerator[httpx.AsyncClient]:
    async with await stack.login(RECRUITER) as client:
        yield client


@pytest_asyncio.fixture(scope="module")
async def operator(stack: Backend) -> AsyncGenerator[httpx.AsyncClient]:
    async with await stack.login(ADMIN) as client:
        yield client


@pytest_asyncio.fixture(scope="module")
async def idle(servers: EmbeddedServers) -> AsyncGenerator[httpx.AsyncClient]:
    """The operator of a backend whose runs no worker takes."""
    async with backend(servers, workers=False) as running, await running.login(ADMIN) as client:
        yield client
