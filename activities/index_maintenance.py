"""Building the search index anew, and comparing it with the table."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.candidate_index import index_errors, sync
from activities.contracts import (
    Candidates,
    CompareFrom,
    Differences,
    FilledStretch,
    IndexName,
    IndexNames,
    IndexStretch,
    NewIndex,
    RefusedCandidates,
)
from activities.heartbeat import heartbeating
from adapters.candidate_index import CandidateIndex, IndexMissing, IndexRejected
from db import candidate_index, index_maintenance
from db.candidate_index import Projection
from db.engine import Database
from domain.ids import MAX_ID, REINDEX_ID, decision_workflow_id, index_workflow_id
from runtime.logging import get_logger
from runtime.temporal import RPC_TIMEOUT

LOAD_PAGE = 1_000
"""Candidates whose documents are held in memory at once."""

LOAD_AT_ONCE = 100
"""Documents of one request: the local stack's search server lets searches wait while it works on one."""

LOAD_PAGES = 2
"""Pages a step of loading takes: progress is told after each step."""

COMPARE_PAGE = 500
COMPARE_PAGES = 40
AT_ONCE = 16
"""Candidates brought into line at once: each write waits until searches see it."""

SETTLE = timedelta(seconds=1)
"""What a change gets to ask for its own refresh before a difference counts as drift."""

log = get_logger(__name__)


@dataclass(frozen=True)
class _Compared:
    """The ids of one page that differ; `next` is the last id of it, None on the last page."""

    differing: list[int]
    next: int | None


class IndexMaintenanceActivities:
    """What is filled is an index that no search reads yet; the live one is corrected by `sync` alone."""

    def __init__(self, database: Database, index: CandidateIndex, client: Client) -> None:
        self._database = database
        self._index = index
        self._client = client

    @activity.defn
    async def create_index(self) -> NewIndex:
        """An empty index, not published yet."""
        async with self._database.transaction() as session:
            total = await index_maintenance.count_searchable(session)
        with index_errors():
            return NewIndex(name=await self._index.create(), total=total)

    @activity.defn
    async def unpublished_indices(self) -> IndexNames:
        """The indices that are not live: what a run has left, or has just replaced."""
        with index_errors():
            return IndexNames(names=await self._index.unpublished())

    @activity.defn
    async def drop_indices(self, indices: IndexNames) -> None:
        """Drop these; one that is live by now stays."""
        with index_errors():
            await self._drop(indices.names)

    @activity.defn
    async def publish_index(self, index: IndexName) -> None:
        """Make it the live one."""
        with index_errors(named=True):
            await self._index.publish(index.name)

    @activity.defn
    async def load_index(self, stretch: IndexStretch) -> FilledStretch:
        """Write the next pages of searchable candidates into the index."""
        written = refused = 0
        after = stretch.after
        async with _long_step(named=True):
            for _ in range(LOAD_PAGES):
                async with self._database.transaction() as session:
                    rows = await candidate_index.page(session, after, LOAD_PAGE)
                bad = await self._load(stretch.name, rows)
                written, refused = written + len(rows) - bad, refused + bad
                if len(rows) < LOAD_PAGE:
                    return FilledStretch(written=written, refused=refused)
                after = rows[-1].candidate_id
        return FilledStretch(written=written, refused=refused, next=after)

    @activity.defn
    async def catch_up_index(self, stretch: IndexStretch) -> FilledStretch:
        """Correct what has changed in the next pages since they were loaded."""
        written = refused = 0
        after = stretch.after
        async with _long_step(named=True):
            for _ in range(COMPARE_PAGES):
                compared = await self._compare(stretch.name, after)
                if compared.differing:
                    async with self._database.transaction() as session:
                        wanted = [await candidate_index.projection(session, one) for one in compared.differing]
                    rows = [row for row in wanted if row is not None and row.searchable]
                    bad = await self._load(stretch.name, rows)
                    gone = set(compared.differing) - {row.candidate_id for row in rows}
                    await self._index.discard(stretch.name, gone)
                    written, refused = written + len(wanted) - bad, refused + bad
                if compared.next is None:
                    return FilledStretch(written=written, refused=refused)
                after = compared.next
        return FilledStretch(written=written, refused=refused, next=after)

    @activity.defn
    async def compare_index(self, given: CompareFrom) -> Differences:
        """The next differences between the table and the live index: those of one page, or none."""
        after = given.after
        async with _long_step():
            await self._index.ensure()
            if given.settled_only and given.after == 0:
                await self._drop_leftovers()
            for _ in range(COMPARE_PAGES):
                compared = await self._compare(await self._live(), after)
                differing = compared.differing
                if differing and given.settled_only:
                    differing = await self._settled(differing)
                if differing or compared.next is None:
                    return Differences(ids=differing, next=compared.next)
                after = compared.next
        return Differences(next=after)

    @activity.defn
    async def sync_candidates(self, candidates: Candidates) -> RefusedCandidates:
        """Bring candidates into line; those that the index refuses are left out and named."""
        refused: list[int] = []
        async with _long_step():
            for start in range(0, len(candidates.ids), AT_ONCE):
                several = candidates.ids[start : start + AT_ONCE]
                tries = (sync(self._database, self._index, one) for one in several)
                results = await asyncio.gather(*tries, return_exceptions=True)
                for candidate_id, result in zip(several, results, strict=True):
                    if isinstance(result, IndexRejected):
                        refused.append(candidate_id)
                    elif isinstance(result, BaseException):
                        raise result
        return RefusedCandidates(ids=refused)

    async def _live(self) -> str:
        name = await self._index.current()
        if name is None:
            raise IndexMissing("No such index")
        return name

    async def _drop_leftovers(self) -> None:
        """Drop what a terminated rebuild has left: it shows people who may have been erased since."""
        # Before the look at the run: the index of a later one is not among them.
        names = await self._index.unpublished()
        if not await self._is_running(REINDEX_ID):
            await self._drop(names)

    async def _drop(self, names: Sequence[str]) -> None:
        """Drop these; one that has been published since it was found stays."""
        for name in names:
            if name != await self._index.current():
                await self._index.drop(name)

    async def _compare(self, name: str, after: int) -> _Compared:
        """Table and index side by side, as far as a page of both reaches."""
        async with self._database.transaction() as session:
            wanted = await candidate_index.versions(session, after, COMPARE_PAGE)
        held = await self._index.entries(name, after, MAX_ID, COMPARE_PAGE)
        ends = [side[-1][0] for side in (wanted, held) if len(side) == COMPARE_PAGE]
        end = min(ends, default=None)
        differing = {candidate_id for candidate_id, _ in set(wanted) ^ set(held) if end is None or candidate_id <= end}
        return _Compared(sorted(differing), end)

    async def _load(self, name: str, rows: Sequence[Projection]) -> int:
        """Write the documents; the number of those that were refused. A bad one must not keep out its neighbours."""
        documents = await asyncio.to_thread(_documents, rows)
        refused = len(rows) - len(documents)
        for start in range(0, len(documents), LOAD_AT_ONCE):
            several = documents[start : start + LOAD_AT_ONCE]
            try:
                await self._index.load(name, several)
            except IndexRejected:
                refused += await self._load_singly(name, several)
        return refused

    async def _load_singly(self, name: str, documents: Sequence[dict[str, Any]]) -> int:
        refused = 0
        for document in documents:
            try:
                await self._index.load(name, [document])
            except IndexRejected:
                refused += 1
        return refused

    async def _settled(self, ids: Sequence[int]) -> list[int]:
        """Those that still differ a moment later, read anew on both sides, with nobody at work on them."""
        await asyncio.sleep(SETTLE.total_seconds())
        if await self._is_running(REINDEX_ID):
            return []  # it makes this comparison itself before it ends
        async with self._database.transaction() as session:
            undecided = await index_maintenance.under_decision(session, ids)
        # A decision whose run was terminated brings nothing into line any more.
        decided = {one for one in undecided if await self._is_running(decision_workflow_id(one))}
        return [one for one in ids if one not in decided and await self._has_drifted(one)]

    async def _has_drifted(self, candidate_id: int) -> bool:
        async with self._database.transaction() as session:
            row = await candidate_index.projection(session, candidate_id)
        wanted = row.version if row is not None and row.searchable else None
        if await self._index.version_of(candidate_id) == wanted:
            return False
        return not await self._is_running(index_workflow_id(candidate_id))

    async def _is_running(self, workflow_id: str) -> bool:
        try:
            described = await self._client.get_workflow_handle(workflow_id).describe(rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return described.status is WorkflowExecutionStatus.RUNNING


@asynccontextmanager
async def _long_step(*, named: bool = False) -> AsyncGenerator[None]:
    """Beats while the block runs, and names what the index raises in it."""
    async with heartbeating():
        with index_errors(named=named):
            yield


def _documents(rows: Sequence[Projection]) -> list[dict[str, Any]]:
    """The documents of those whose profile can be read."""
    documents: list[dict[str, Any]] = []
    for row in rows:
        try:
            documents.append(row.document())
        except ValueError:
            log.error("candidate without document", candidate=row.candidate_id)
    return documents
