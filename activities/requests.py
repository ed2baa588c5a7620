"""Sweeping requests whose end was never recorded: starts that failed half-way, runs that were terminated."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.contracts import INTERRUPTED, SweepCounts
from adapters.object_store import ObjectStore, job_prefix
from db import cv_jobs, matching
from db.engine import Database
from db.tables import CvJob, MatchingJob

AGE = timedelta(days=1)
"""Younger rows are left alone: their start may still be under way."""

PAGE = 500
SECRET_AGE = timedelta(days=30)
"""How long a failed job keeps its webhook secret, for an operator's retry."""

_BEGINNING = datetime.fromtimestamp(0, UTC)

Row = TypeVar("Row")
Found = TypeVar("Found")


class _Undecided(Protocol[Found]):
    """A query for requests without an outcome, the oldest first."""

    async def __call__(
        self, session: AsyncSession, *, after: datetime, before: datetime, limit: int
    ) -> list[Found]: ...


_End = Literal["removed", "interrupted", "left"]


class RequestActivities:
    """Compares the request rows with what Temporal knows of their runs."""

    def __init__(self, database: Database, store: ObjectStore, client: Client) -> None:
        self._database = database
        self._store = store
        self._client = client

    @activity.defn
    async def sweep_requests(self) -> SweepCounts:
        """A row Temporal never knew is removed with its objects; one whose run is closed ends as failed."""
        before = datetime.now(UTC) - AGE
        ends: Counter[_End] = Counter()
        after = _BEGINNING
        while jobs := await self._page(cv_jobs.undecided, after, before):
            for job in jobs:
                ends[await self._sweep_job(job)] += 1
                activity.heartbeat()
            after = jobs[-1].created_at
        # After the parses, so that a matching chained to one that ended here ends with it.
        after = _BEGINNING
        while requests := await self._page(matching.undecided, after, before):
            for request in requests:
                ends[await self._sweep_request(request)] += 1
                activity.heartbeat()
            after = requests[-1].created_at
        async with self._database.transaction() as session:
            await cv_jobs.drop_old_secrets(session, datetime.now(UTC) - SECRET_AGE)
        return SweepCounts(removed=ends["removed"], interrupted=ends["interrupted"])

    async def _page(self, query: _Undecided[Row], after: datetime, before: datetime) -> list[Row]:
        async with self._database.transaction() as session:
            return await query(session, after=after, before=before, limit=PAGE)

    async def _sweep_job(self, job: CvJob) -> _End:
        running = await self._is_running(str(job.id))
        if running:
            return "left"
        if running is None and job.started_at is not None:
            running = False  # it ran: Temporal has forgotten it since
        if running is None:
            await self._store.delete_prefix(job_prefix(job.id))
        async with self._database.transaction() as session:
            if running is None:
                chained = await matching.request_of_parse(session, job.id)
                if chained is not None:  # its row points to the parse
                    await matching.remove_request(session, chained.id)
                await cv_jobs.remove_job(session, job.id)
                return "removed"
            await cv_jobs.close_job(session, job.id, outcome="failed", error=INTERRUPTED, kind="Interrupted")
            return "interrupted"

    async def _sweep_request(self, request: MatchingJob) -> _End:
        async with self._database.transaction() as session:
            parse = await cv_jobs.get_job(session, request.parse_job_id) if request.parse_job_id else None
        if parse is not None and parse.outcome is None:
            return "left"  # its run does not begin before the parse is done
        running = await self._is_running(request.job_id)
        if running:
            return "left"
        async with self._database.transaction() as session:
            if running is None and parse is None and request.started_at is None:
                await matching.remove_request(session, request.id)
                return "removed"
            await matching.close_request(session, request.id, outcome="failed", error=INTERRUPTED, kind="Interrupted")
            return "interrupted"

    async def _is_running(self, workflow_id: str) -> bool | None:
        """None: Temporal never knew this run, or has forgotten it."""
        try:
            described = await self._client.get_workflow_handle(workflow_id).describe(rpc_timeout=timedelta(seconds=5))
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise
        return described.status is WorkflowExecutionStatus.RUNNING
