"""Searches over the real servers, with stub job boards instead of the real ones."""

from collections.abc import AsyncGenerator, Generator
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

PATIENT: dict[str, Any] = {
    "job_source_timeout": 40,
    "job_source_read_seconds": 30,
    "france_travail_calls_per_minute": 6000,
    "adzuna_calls_per_minute": 6000,
    "arbeitnow_calls_per_minute": 6000,
    "lba_calls_per_minute": 6000,
}
"""Limits that no source reaches which answers at all, and paces that hold nothing up."""

HASTY: dict[str, Any] = {**PATIENT, "job_source_timeout": 6, "job_source_read_seconds": 2}
"""Limits that end the waiting for a source that never answers."""


@pytest_asyncio.fixture(scope="module")
async def running_boards() -> AsyncGenerator[JobBoards]:
    async with job_boards() as running:
        yield running


@pytest.fixture
def boards(running_boards: JobBoards) -> Generator[JobBoards]:
    """The stub servers as after their start; at the end they let go what hangs."""
    running_boards.reset()
    yield running_boards
    running_boards.release()


@pytest_asyncio.fixture(scope="module")
async def searching(servers: EmbeddedServers, running_boards: JobBoards) -> AsyncGenerator[Backend]:
    async with backend(servers, **running_boards.settings(), **PATIENT) as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def hasty(servers: EmbeddedServers, running_boards: JobBoards) -> AsyncGenerator[Backend]:
    async with backend(servers, **running_boards.settings(), **HASTY) as running:
        yield running


@pytest_asyncio.fixture(autouse=True)
async def cleared(servers: EmbeddedServers, searching: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is stored, and no reading of an earlier test is in flight under the same key."""
    await clear(searching)
    version = str(uuid4())
    for source in (FranceTravail, Adzuna, Arbeitnow, LaBonneAlternance):
        monkeypatch.setattr(source, "version", version)
