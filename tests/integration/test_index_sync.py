"""One candidate in the search index: written, taken out, and refreshed by whatever changes them."""

from collections.abc import AsyncGenerator
from typing import Any
from uuid import uuid4

import httpx
import pytest_asyncio
from sqlalchemy import delete, insert
from temporalio import activity
from temporalio.client import (
    Client,
    WorkflowHandle,
)
from temporalio.worker import Worker

from activities.contracts import Failure, Incident, SyncCandidate, SyncedCandidate
from adapters.candidate_query import CandidateQuery
from db.tables import Candidate
from domain.ids import index_workflow_id
from tests.backend import Backend
from tests.integration.api.calls import accepted
from tests.integration.index_world import OURS, World, world_on
from tests.integration.workflows.fakes import Held, assert_failed, reached, told
from tests.waiting import settled, until
from tests.words import new_word
from workflows.sync_candidate import SyncCandidateWorkflow, request_sync


@pytest_asyncio.fixture
async def world(talentflow: Backend) -> AsyncGenerator[World]:
    async with world_on(talentflow, f"test-{uuid4()}") as own:
        yield own


async def test_a_candidate_is_written_and_taken_out_as_the_table_says(world: World) -> None:
    [person] = await world.people(headline="Chef de rang")
    await world.sync(person)
    assert (await world.found())[person]["headline"] == "Chef de rang"
    await world.change(person, headline="Maître d'hôtel")
    await world.sync(person)
    assert (await world.found())[person]["headline"] == "Maître d'hôtel"
    await world.change(person, status="REJECTED")
    await world.sync(person)
    assert await world.found() == {}
    await world.change(person, status="VALIDATED")
    await world.sync(person)
    async with world.database.transaction() as session:
        await session.execute(delete(Candidate).where(Candidate.id == person))
    await world.sync(person)
    assert await world.found() == {}


async def test_a_write_that_was_held_up_does_not_bring_back_who_was_removed(world: World) -> None:
    [person] = await world.people()
    await world.sync(person)
    version = await world.index.version_of(person)
    assert version is not None
    held = (await world.search.get(index=str(await world.index.current()), id=str(person)))["_source"]
    late = {**held, "search": {"title": "", "skills": "", "all": ""}, "locations": []}
    late["order"] = {"admin_score": 0, "availability": 0}
    await world.change(person, status="ARCHIVED")
    await world.sync(person)
    removed_at = version + 2
    for tried in (version, removed_at - 1, removed_at):
        assert not await world.index.put(person, {**late, "version": tried}, tried)
        assert await world.found() == {}
    assert await world.index.put(person, {**late, "version": removed_at + 1}, removed_at + 1)


async def test_without_an_index_the_first_write_makes_one(world: World) -> None:
    [person] = await world.people()
    await world.search.indices.delete(index=str(await world.index.current()))
    await world.sync(person)
    assert set(await world.found()) == {person}


class Lookalike:
    """The two steps of a sync, as a test wants them to go."""

    def __init__(self, *passes: Any) -> None:
        self._passes = iter(passes)
        self.synced = 0
        self.incidents: list[Incident] = []

    @activity.defn
    async def sync_candidate(self, input: SyncCandidate) -> SyncedCandidate:
        self.synced += 1
        happens = next(self._passes, None)
        if isinstance(happens, BaseException):
            raise happens
        if happens is not None:
            await happens(input)
        return SyncedCandidate(indexed=True)

    @activity.defn
    async def record_incident(self, incident: Incident) -> None:
        self.incidents.append(incident)


async def begin(client: Client, queue: str) -> WorkflowHandle[Any, None]:
    """Ask for the refresh of somebody nobody else deals with."""
    person = uuid4().int % 2**62
    await request_sync(client, queue, person)
    return client.get_workflow_handle_for(SyncCandidateWorkflow.run, index_workflow_id(person))


def person_of(handle: WorkflowHandle[Any, Any]) -> int:
    return int(handle.id.removeprefix("candidate-index-"))


def run_with(client: Client, queue: str, steps: Lookalike) -> Worker:
    return Worker(
        client,
        task_queue=queue,
        workflows=[SyncCandidateWorkflow],
        activities=[steps.sync_candidate, steps.record_incident],
        workflow_failure_exception_types=[Exception],
    )


async def test_a_change_during_a_pass_makes_another_one(talentflow: Backend) -> None:
    held, queue = Held(), f"test-{uuid4()}"
    steps = Lookalike(held)
    async with run_with(talentflow.temporal, queue, steps):
        handle = await begin(talentflow.temporal, queue)
        await reached(held)
        for _ in range(3):
            await request_sync(talentflow.temporal, queue, person_of(handle))
        held.let_go.set()
        await handle.result()
        assert steps.synced == 2
        await request_sync(talentflow.temporal, queue, person_of(handle))
        await talentflow.temporal.get_workflow_handle(handle.id).result()
        assert steps.synced == 3
    assert steps.incidents == []


async def test_a_document_that_is_refused_is_an_incident(talentflow: Backend) -> None:
    queue = f"test-{uuid4()}"
    steps = Lookalike(told(Failure.INDEX_REJECTED, "HTTP 400"))
    async with run_with(talentflow.temporal, queue, steps):
        handle = await begin(talentflow.temporal, queue)
        await assert_failed(handle, "IndexRejected", "HTTP 400")
    assert steps.synced == 1
    assert [(one.incident_type, one.candidate_id, one.error, one.error_type) for one in steps.incidents] == [
        ("indexation_failed", person_of(handle), "HTTP 400", "IndexRejected")
    ]


async def test_a_change_that_mends_a_refused_document_gets_through(talentflow: Backend) -> None:
    held, queue = Held(), f"test-{uuid4()}"

    async def refused_late(input: SyncCandidate) -> None:
        await held(input)
        raise told(Failure.INDEX_REJECTED, "HTTP 400")

    steps = Lookalike(refused_late)
    async with run_with(talentflow.temporal, queue, steps):
        handle = await begin(talentflow.temporal, queue)
        await reached(held)
        await request_sync(talentflow.temporal, queue, person_of(handle))
        held.let_go.set()
        await handle.result()
    assert (steps.synced, steps.incidents) == (2, [])


# Through the API


async def live(talentflow: Backend, sector: str, **criteria: Any) -> set[int]:
    page = await talentflow.state.index.search(CandidateQuery(sectors=[sector], **criteria), None, 50)
    return {hit.candidate_id for hit in page.hits}


@pytest_asyncio.fixture
async def validated(talentflow: Backend) -> AsyncGenerator[tuple[int, str]]:
    """A candidate in the live index, and the sector that is theirs alone."""
    sector = f"secteur {new_word()}"
    async with talentflow.state.database.transaction() as session:
        values = {"created_by": OURS, "status": "VALIDATED", "sector": sector, "city": "Lyon"}
        person = (await session.scalars(insert(Candidate).values(**values).returning(Candidate.id))).one()
    await request_sync(talentflow.temporal, talentflow.queue, person)
    await talentflow.temporal.get_workflow_handle(index_workflow_id(person)).result()
    assert await live(talentflow, sector) == {person}
    yield person, sector
    async with talentflow.state.database.transaction() as session:
        await session.execute(delete(Candidate).where(Candidate.id == person))
    await talentflow.state.index.remove(person, None)


async def test_a_changed_candidate_is_found_by_what_they_are_now(
    admin: httpx.AsyncClient, talentflow: Backend, validated: tuple[int, str]
) -> None:
    person, sector = validated
    assert await live(talentflow, sector, cities=["Nantes"]) == set()
    assert (await admin.patch(f"/api/v1/candidates/{person}", json={"city": "Nantes"})).status_code == 200
    await until(lambda: live(talentflow, sector, cities=["Nantes"]))


async def test_a_new_cv_is_what_a_candidate_is_found_by(
    admin: httpx.AsyncClient, talentflow: Backend, validated: tuple[int, str]
) -> None:
    person, sector = validated
    assert await live(talentflow, sector, text="FastAPI") == set()
    job = await accepted(admin, fields={"candidate_id": person})
    assert (await settled(admin, job["job_id"]))["status"] == "done"
    await until(lambda: live(talentflow, sector, text="FastAPI"))
