"""A source whose access has ended is erased: its ads, with their scores, and its readings; others' stay."""

from collections.abc import AsyncGenerator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError

from embedded.seed import ADMIN
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from tests.integration.jobs.calls import searched, status_of
from tests.integration.jobs.conftest import PATIENT
from tests.integration.jobs.mirroring import WORD, employers_ad, rows, taken, where
from tests.stubs.board_la_bonne_alternance import ad as apprenticeship
from tests.stubs.job_boards import JobBoards
from workflows.purge_source import PurgeSourceWorkflow


@pytest_asyncio.fixture(scope="module")
async def without(servers: EmbeddedServers, running_boards: JobBoards) -> AsyncGenerator[Backend]:
    """A backend that is configured for the boards, but asks Arbeitnow alone."""
    enabled: dict[str, Any] = {"job_sources_enabled": ["arbeitnow", "catalogue"]}
    async with backend(servers, **running_boards.settings(), **PATIENT, **enabled) as running:
        yield running


@pytest_asyncio.fixture
async def client(searching: Backend) -> AsyncGenerator[httpx.AsyncClient]:
    async with await searching.login(ADMIN) as logged_in:
        yield logged_in


async def purged(at: Backend, source: str) -> dict[str, int]:
    """What an operator's start of a purge has erased."""
    answer: dict[str, int] = await at.temporal.execute_workflow(
        PurgeSourceWorkflow.__name__, {"source": source}, id=f"purge-{uuid4()}", task_queue=at.queue
    )
    return answer


async def readings(at: Backend) -> set[str]:
    """The sources of which readings are stored."""
    async with at.state.database.transaction() as session:
        return set(await session.scalars(text("SELECT source FROM job_source_runs")))


async def test_a_source_is_erased_and_no_other(
    searching: Backend, without: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    task_id = (await searched(client))["task_id"]
    before = await rows(searching)
    of_adzuna = {key for key, row in before.items() if row["source"] == "adzuna"}
    assert of_adzuna
    assert await purged(without, "adzuna") == {"offers": len(of_adzuna), "readings": 1}
    assert await rows(searching) == {key: row for key, row in before.items() if key not in of_adzuna}
    assert await readings(searching) == {"france_travail", "arbeitnow", "la_bonne_alternance"}
    told = (await status_of(client, task_id))["offers"]
    gone = [offer for offer in told if offer.get("status") == "deleted"]
    assert len(gone) == len(of_adzuna)
    assert {tuple(offer) for offer in gone} == {("id", "status", "seq")}
    assert await purged(without, "adzuna") == {"offers": 0, "readings": 0}


async def test_what_others_relay_of_a_source_goes_with_it(
    searching: Backend, without: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    boards.la_bonne_alternance.ads = [
        apprenticeship(None, "Apprenti Python", partner="France Travail", partner_id="196ALTE"),
        apprenticeship("1", "Apprentie Python"),
    ]
    await taken(client, boards, employers_ad())
    await searched(client, sources=["la_bonne_alternance"])
    assert (await purged(without, "france_travail"))["offers"] == 2
    assert set(await rows(searching)) == {"Apprentie Python (la_bonne_alternance)"}
    assert await where(searching, WORD) == []


async def test_a_source_that_is_still_asked_is_not_erased(
    searching: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    await searched(client, sources=["arbeitnow"])
    before = await rows(searching)
    with pytest.raises(WorkflowFailureError) as refused:
        await purged(searching, "arbeitnow")
    step = refused.value.cause
    assert isinstance(step, ActivityError)
    assert isinstance(step.cause, ApplicationError)
    assert (step.cause.type, step.cause.non_retryable) == ("SourceInUse", True)
    assert await rows(searching) == before


@pytest.mark.parametrize("source", ["internal", "catalogue", "../adzuna"])
async def test_nothing_but_a_source_can_be_erased(searching: Backend, source: str) -> None:
    with pytest.raises(WorkflowFailureError) as refused:
        await purged(searching, source)
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "PayloadValidationError"
