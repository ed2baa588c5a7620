"""Backends whose neighbours can fail, one set for each module, and a mail server for each test."""

from collections.abc import AsyncGenerator

import httpx
import pytest_asyncio

from embedded.seed import ADMIN
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from tests.integration.faults.neighbours import Neighbours, Scene, neighbours
from tests.stubs.smtp import SmtpStub, smtp_stub

PATIENCE_SECONDS = 600
HASTE_SECONDS = 4


@pytest_asyncio.fixture(scope="module")
async def near(servers: EmbeddedServers) -> AsyncGenerator[Neighbours]:
    async with neighbours(servers) as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def patient_backend(servers: EmbeddedServers, near: Neighbours) -> AsyncGenerator[Backend]:
    async with backend(servers, worker=near.settings(), validation_retry_budget=PATIENCE_SECONDS) as running:
        await running.state.index.ensure()
        yield running


@pytest_asyncio.fixture(scope="module")
async def hasty_backend(servers: EmbeddedServers, near: Neighbours) -> AsyncGenerator[Backend]:
    async with backend(servers, worker=near.settings(), validation_retry_budget=HASTE_SECONDS) as running:
        await running.state.index.ensure()
        yield running


@pytest_asyncio.fixture(scope="module")
async def patient_admin(patient_backend: Backend) -> AsyncGenerator[httpx.AsyncClient]:
    async with await patient_backend.login(ADMIN) as client:
        yield client


@pytest_asyncio.fixture(scope="module")
async def hasty_admin(hasty_backend: Backend) -> AsyncGenerator[httpx.AsyncClient]:
    async with await hasty_backend.login(ADMIN) as client:
        yield client


@pytest_asyncio.fixture
async def inbox(near: Neighbours) -> AsyncGenerator[SmtpStub]:
    """A mail server of this test alone."""
    async with smtp_stub("SMTPUTF8") as running:
        near.mail.target = running.port
        yield running


@pytest_asyncio.fixture
async def patient(
    patient_backend: Backend, patient_admin: httpx.AsyncClient, near: Neighbours, inbox: SmtpStub
) -> Scene:
    """Decisions that wait for longer than any test."""
    return Scene(patient_backend, patient_admin, near, inbox)


@pytest_asyncio.fixture
async def hasty(hasty_backend: Backend, hasty_admin: httpx.AsyncClient, near: Neighbours, inbox: SmtpStub) -> Scene:
    """Decisions that give up after a few seconds."""
    return Scene(hasty_backend, hasty_admin, near, inbox)
