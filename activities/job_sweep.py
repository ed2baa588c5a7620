"""Sweeping searches for job offers: ends that were lost with their runs, and what is old enough to go."""

from datetime import UTC, datetime, timedelta

from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.contracts import SweptSearches
from db import job_history
from db.engine import Database
from db.job_closing import Ending, close_search
from runtime.temporal import RPC_TIMEOUT

AGE = timedelta(seconds=30)
"""Younger searches are left alone."""

PAGE = 200


class JobSweepActivities:
    """Compares searches without an outcome with their runs. What is removed is older than these."""

    def __init__(
        self, database: Database, client: Client, *, events: timedelta, searches: timedelta, runs: timedelta
    ) -> None:
        self._database = database
        self._client = client
        self._events = events
        self._searches = searches
        self._runs = runs

    @activity.defn
    async def sweep_searches(self) -> SweptSearches:
        """End what has no run any more; drop what is old."""
        ended = 0
        after, before = datetime.fromtimestamp(0, UTC), datetime.now(UTC) - AGE
        while searches := await self._undecided(after, before):
            for task_id, _ in searches:
                ending = await self._ending(task_id)
                if ending is not None:
                    async with self._database.transaction() as session:
                        await close_search(session, task_id, ending)
                    ended += 1
                activity.heartbeat()
            after = searches[-1][1]
        async with self._database.transaction() as session:
            removed = await job_history.drop_old(session, events=self._events, searches=self._searches, runs=self._runs)
        return SweptSearches(ended=ended, removed=removed)

    async def _undecided(self, after: datetime, before: datetime) -> list[tuple[str, datetime]]:
        async with self._database.transaction() as session:
            rows = await job_history.undecided(session, after=after, before=before, limit=PAGE)
        return [(row.task_id, row.started_at) for row in rows]

    async def _ending(self, task_id: str) -> Ending | None:
        """How a search ended whose run is not there any more; None while it is."""
        try:
            described = await self._client.get_workflow_handle(task_id).describe(rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return "lost"
            raise
        if described.status is WorkflowExecutionStatus.RUNNING:
            return None
        return "cancelled" if described.status is WorkflowExecutionStatus.CANCELED else "lost"
