"""Sweeping what has no recorded end, after starts that failed half-way and runs that were terminated."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode

from activities.contracts import INTERRUPTED, SEND_WORKFLOW, SendNotificationInput, SweepCounts
from activities.erased_files import ErasedFiles
from activities.errors import record
from activities.index_requests import request_sync
from activities.stale_imports import StaleImports
from adapters.object_store import ObjectStore, job_prefix
from db import cv_jobs, decisions, failed_work, matching, notifications, webhooks
from db.audit import SystemActor
from db.engine import Database
from db.tables import CvJob, Decision, MatchingJob, WebhookDelivery
from domain.ids import decision_workflow_id, delivery_workflow_id, notification_workflow_id
from runtime.temporal import RPC_TIMEOUT

AGE = timedelta(days=1)
"""Younger rows are left alone: their start may still be under way."""

PAGE = 500
MAIL_AGE = timedelta(minutes=30)
"""Younger mails about submissions are somebody's to send."""

SECRET_AGE = timedelta(days=30)
"""How long a job keeps its webhook secret that failed, for an operator's retry, or was terminated untold."""

_BEGINNING = datetime.fromtimestamp(0, UTC)

Row = TypeVar("Row", CvJob, MatchingJob, Decision, WebhookDelivery)
Found = TypeVar("Found")


class _Undecided(Protocol[Found]):
    """A query for requests without an outcome, the oldest first."""

    async def __call__(
        self, session: AsyncSession, *, after: datetime, before: datetime, limit: int
    ) -> list[Found]: ...


_End = Literal["removed", "interrupted", "left"]
_Ends = Counter[_End]


class RequestActivities:
    """Compares the request rows with what Temporal knows of their runs."""

    def __init__(
        self, database: Database, store: ObjectStore, client: Client, system: SystemActor, *, mail_budget: timedelta
    ) -> None:
        self._database = database
        self._store = store
        self._client = client
        self._system = system
        self._mail_budget = mail_budget
        self._imports = StaleImports(database, store, self._is_running)
        self._erased = ErasedFiles(database, store)

    @activity.defn
    async def sweep_requests(self) -> SweepCounts:
        """A row Temporal never knew is removed with its objects; one whose run is closed ends as failed.

        Every part has its turn, whatever becomes of those before it. If one failed, the whole is tried again.
        """
        before = datetime.now(UTC) - AGE
        ends: _Ends = Counter()
        failures: list[Exception] = []
        # Matchings come after the parses, so that one chained to a parse that ended here ends with it.
        parts: Sequence[Callable[[], Awaitable[_Ends | None]]] = (
            self._start_mails,
            lambda: self._each(cv_jobs.undecided, self._sweep_job, before),
            lambda: self._each(matching.undecided, self._sweep_request, before),
            lambda: self._each(decisions.undecided, self._sweep_decision, before),
            lambda: self._end_imports(before),
            lambda: self._imports.drop_leftovers(before),
            lambda: self._each(webhooks.undecided, self._sweep_delivery, before),
            self._drop_secrets,
            lambda: self._erased.drop(before),
        )
        for part in parts:
            try:
                ends.update(await part() or {})
            except Exception as error:  # noqa: BLE001 - raised below, or recorded
                failures.append(error)
        for failure in failures[1:]:
            record(failure)
        if failures:
            raise failures[0]
        return SweepCounts(removed=ends["removed"], interrupted=ends["interrupted"])

    async def _each(self, query: _Undecided[Row], sweep: Callable[[Row], Awaitable[_End]], before: datetime) -> _Ends:
        """How those ended that the query finds, page after page."""
        ends: _Ends = Counter()
        after = _BEGINNING
        while rows := await self._page(query, after, before):
            for row in rows:
                ends[await sweep(row)] += 1
                activity.heartbeat()
            after = rows[-1].created_at
        return ends

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
            if not await failed_work.parse_is_at(session, job.id, job.retries):
                return "left"  # an operator has had it run again
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
            if not await failed_work.matching_is_at(session, request.id, request.retries):
                return "left"
            await matching.close_request(session, request.id, outcome="failed", error=INTERRUPTED, kind="Interrupted")
            return "interrupted"

    async def _sweep_decision(self, decision: Decision) -> _End:
        if await self._is_running(decision_workflow_id(decision.candidate_id)):
            return "left"
        async with self._database.transaction() as session:
            interrupted = await decisions.interrupt(session, decision, self._system.columns())
        if not interrupted:
            return "left"
        # Once only: if it is lost, the reconciliation of the index finds what the decision left half-done.
        await request_sync(self._client, activity.info().task_queue, decision.candidate_id)
        return "interrupted"

    async def _sweep_delivery(self, delivery: WebhookDelivery) -> _End:
        """Nobody goes on with it: what it carries is erased."""
        run = await self._is_running(delivery_workflow_id(delivery.id))
        if run or (run is None and await self._is_running(delivery.job_id)):  # the job's run may yet start it
            return "left"
        async with self._database.transaction() as session:
            await webhooks.close_delivery(session, delivery.id, "exhausted")
        return "interrupted"

    async def _end_imports(self, before: datetime) -> _Ends:
        return Counter({"interrupted": await self._imports.end_undecided(_BEGINNING, before)})

    async def _drop_secrets(self) -> None:
        async with self._database.transaction() as session:
            await cv_jobs.drop_old_secrets(session, datetime.now(UTC) - SECRET_AGE)

    async def _start_mails(self) -> None:
        """Start what a caller could not, because Temporal was away: one that runs already goes on alone."""
        async with self._database.transaction() as session:
            mails = await notifications.stale_submissions(session, before=datetime.now(UTC) - MAIL_AGE, limit=PAGE)
        for mail in mails:
            await self._client.start_workflow(
                SEND_WORKFLOW,
                SendNotificationInput(
                    notification_id=mail.id, candidate_id=mail.candidate_id, retry_budget=self._mail_budget
                ),
                id=notification_workflow_id(mail.id),
                task_queue=activity.info().task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                rpc_timeout=RPC_TIMEOUT,
            )
            activity.heartbeat()

    async def _is_running(self, workflow_id: str) -> bool | None:
        """None: Temporal never knew this run, or has forgotten it."""
        try:
            described = await self._client.get_workflow_handle(workflow_id).describe(rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise
        return described.status is WorkflowExecutionStatus.RUNNING
