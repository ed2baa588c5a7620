"""Searches over the real servers, with stub job boards instead of the real ones."""

from collections.abc import AsyncGenerator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from adapters.job_sources.adzuna import Adzuna
from adapters.job_sources.arbeitnow import Arbeitnow
from adapters.job_sources.france_travail import FranceTravail
from adapters.job_sources.la_bonne_alternance import LaBonneAlternance
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from tests.integration.jobs.searching import clear
from tests.stubs.job_boards import JobBoards, job_boards

QUICK: dict[str, Any] = {
    "job_source_timeout": 4,
    "job_source_read_seconds": 2,
    "france_travail_calls_per_minute": 6000,
    "adzuna_calls_per_minute": 6000,
    "arbeitnow_calls_per_minute": 6000,
    "lba_calls_per_minute": 6000,
}
"""Limits that end a test early, and paces that hold nothing up."""


@pytest_asyncio.fixture(scope="module")
async def running_boards() -> AsyncGenerator[JobBoards]:
    async with job_boards() as running:
        yield running


@pytest.fixture
def boards(running_boards: JobBoards) -> JobBoards:
    """The stub servers as after their start."""
    running_boards.reset()
    return running_boards


@pytest_asyncio.fixture(scope="module")
async def searching(servers: EmbeddedServers, running_boards: JobBoards) -> AsyncGenerator[Backend]:
    async with backend(servers, **running_boards.settings(), **QUICK) as running:
        yield running


@pytest_asyncio.fixture(autouse=True)
async def cleared(servers: EmbeddedServers, searching: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is stored, and no reading of an earlier test is in flight under the same key."""
    await clear(searching)
    version = str(uuid4())
    for source in (FranceTravail, Adzuna, Arbeitnow, LaBonneAlternance):
        monkeypatch.setattr(source, "version", version)
