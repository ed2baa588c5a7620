"""The readers of job sources in front of stub servers, with a budget and limits of the test's own."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from adapters.job_sources.registry import JobSources
from tests.integration.job_sources.reading import HASTE, Calls, sources_of
from tests.stubs.job_boards import JobBoards, job_boards


@pytest_asyncio.fixture(scope="module")
async def running_boards() -> AsyncGenerator[JobBoards]:
    async with job_boards() as running:
        yield running


@pytest.fixture
def boards(running_boards: JobBoards) -> JobBoards:
    """The stub servers as after their start."""
    running_boards.reset()
    return running_boards


@pytest.fixture
def budget() -> Calls:
    return Calls()


@pytest_asyncio.fixture
async def sources(boards: JobBoards, budget: Calls) -> AsyncGenerator[JobSources]:
    running = sources_of(boards, budget)
    yield running
    await running.close()


@pytest_asyncio.fixture
async def hasty(boards: JobBoards) -> AsyncGenerator[JobSources]:
    """Sources that are not waited for."""
    running = sources_of(boards, **HASTE)
    yield running
    await running.close()


@pytest_asyncio.fixture(scope="module")
async def offline(running_boards: JobBoards) -> AsyncGenerator[JobSources]:
    """Sources of which nothing is read, for what they make of rows."""
    running = sources_of(running_boards)
    yield running
    await running.close()
