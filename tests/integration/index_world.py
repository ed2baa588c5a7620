"""A live index of a test's own over the shared table, with a worker that keeps it, and steps that can be held up."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from elasticsearch import AsyncElasticsearch
from sqlalchemy import delete, insert, select, update
from temporalio.client import (
    Client,
    WorkflowHandle,
)

from adapters.candidate_index import CandidateIndex
from adapters.candidate_query import CandidateQuery
from adapters.search import search_client
from db.engine import Database
from db.tables import AuditLog, Candidate
from domain.ids import index_workflow_id
from tests.backend import Backend
from tests.words import new_word
from workers.build import build_workers
from workers.collaborators import collaborators
from workflows.contracts import ReconcileInput, ReconcileResult, ReindexInput, ReindexResult
from workflows.reconcile_index import ReconcileIndexWorkflow
from workflows.reindex_candidates import ReindexCandidatesWorkflow
from workflows.sync_candidate import request_sync

OURS = "test:index-maintenance"
"""Who has made the candidates of these tests."""


class Paced(CandidateIndex):
    """An index whose loading and publishing a test can hold up, or use to change something just then."""

    def __init__(self, client: AsyncElasticsearch, alias: str) -> None:
        super().__init__(client, alias)
        self.before_load: Callable[[], Awaitable[Any]] | None = None
        self.before_publish: Callable[[], Awaitable[Any]] | None = None

    async def load(self, name: str, documents: Any) -> None:
        if (before := self.before_load) is not None:
            self.before_load = None
            await before()
        await super().load(name, documents)

    async def publish(self, name: str) -> None:
        if (before := self.before_publish) is not None:
            self.before_publish = None
            await before()
        await super().publish(name)


@dataclass(frozen=True)
class World:
    """A live index of the test's own, over the table that all tests share, and a worker that keeps it."""

    database: Database
    index: Paced
    search: AsyncElasticsearch
    temporal: Client
    queue: str
    sector: str

    async def people(self, count: int = 1, **known: Any) -> list[int]:
        """Validated candidates of this test, not in the index yet."""
        values = {"created_by": OURS, "status": "VALIDATED", "sector": self.sector, "city": "Lyon", **known}
        async with self.database.transaction() as session:
            return list(await session.scalars(insert(Candidate).returning(Candidate.id), [values] * count))

    async def change(self, candidate_id: int, **values: Any) -> None:
        """A change of the table alone."""
        values["version"] = Candidate.version + 1
        async with self.database.transaction() as session:
            await session.execute(update(Candidate).where(Candidate.id == candidate_id).values(**values))

    async def sync(self, *ids: int) -> None:
        """What follows every change: asked for, and done."""
        for candidate_id in ids:
            await request_sync(self.temporal, self.queue, candidate_id)
            await self.temporal.get_workflow_handle(index_workflow_id(candidate_id)).result()

    async def found(self, **criteria: Any) -> dict[int, Any]:
        """The candidates of this test that a search finds, by id."""
        page = await self.index.search(CandidateQuery(sectors=[self.sector], **criteria), None, 200)
        assert page.total == len(page.hits)
        return {hit.candidate_id: hit.shown for hit in page.hits}

    async def reindex(self, given: ReindexInput | None = None) -> WorkflowHandle[Any, ReindexResult]:
        return await self.temporal.start_workflow(
            ReindexCandidatesWorkflow.run, given or ReindexInput(), id=f"reindex-{uuid4()}", task_queue=self.queue
        )

    async def reconcile(self) -> tuple[int, list[AuditLog]]:
        """Differences repaired by a comparison, and the incidents of its run."""
        handle: WorkflowHandle[Any, ReconcileResult] = await self.temporal.start_workflow(
            ReconcileIndexWorkflow.run, ReconcileInput(), id=f"reconcile-{uuid4()}", task_queue=self.queue
        )
        result = await handle.result()
        return result.repaired, await self.incidents(str(handle.first_execution_run_id))

    async def incidents(self, run_id: str) -> list[AuditLog]:
        async with self.database.transaction() as session:
            return list(await session.scalars(select(AuditLog).where(AuditLog.run_id == run_id)))


@asynccontextmanager
async def world_on(talentflow: Backend, queue: str) -> AsyncGenerator[World]:
    alias = f"test-{uuid4().hex}"
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(collaborators(talentflow.settings))
        search = await stack.enter_async_context(search_client(talentflow.settings))
        index = Paced(search, alias)
        await index.ensure()
        parts = replace(parts, index=index)
        for worker in build_workers(talentflow.temporal, talentflow.settings, parts, [queue], queue=queue):
            await stack.enter_async_context(worker)
        own = World(parts.database, index, search, talentflow.temporal, queue, f"secteur {new_word()}")
        await (await own.reindex()).result()  # what other tests have left in the table is no difference
        yield own
        async with parts.database.transaction() as session:
            await session.execute(delete(Candidate).where(Candidate.created_by == OURS))
        await search.indices.delete(index=f"{alias}-*")
