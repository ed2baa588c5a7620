"""The real embedded servers, once a run, and one backend shared by the tests that need no settings of their own."""

import os
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest_asyncio

from embedded.seed import ADMIN, CANDIDATE, RECRUITER, seed_demo_users
from embedded.stack import EmbeddedServers, temporary_servers
from tests.backend import Backend, backend

ROOT = Path(__file__).parent.parent


@pytest_asyncio.fixture(scope="session")
async def servers() -> AsyncGenerator[EmbeddedServers]:
    """Temporal, PostgreSQL (migrated, demo users seeded), object store, search and mail."""
    async with temporary_servers() as running:
        environment = {**os.environ, **running.environment()}
        subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, env=environment, check=True)  # noqa: ASYNC221
        await seed_demo_users(running.endpoints["database_url"])
        yield running


@pytest_asyncio.fixture(scope="session")
async def talentflow(servers: EmbeddedServers) -> AsyncGenerator[Backend]:
    """One backend for all tests that do not need settings of their own."""
    async with backend(servers) as running:
        await running.state.index.ensure()
        yield running


@pytest_asyncio.fixture(scope="session")
async def admin(talentflow: Backend) -> httpx.AsyncClient:
    return await talentflow.login(ADMIN)


@pytest_asyncio.fixture(scope="session")
async def recruiter(talentflow: Backend) -> httpx.AsyncClient:
    return await talentflow.login(RECRUITER)


@pytest_asyncio.fixture(scope="session")
async def candidate(talentflow: Backend) -> httpx.AsyncClient:
    return await talentflow.login(CANDIDATE)
