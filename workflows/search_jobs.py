"""Search for job offers: record it → collect every source at once → wait for them, but not for ever → decide the end.

No source delays or fails another. What they give is in the database; here are only their outcomes.
"""

import asyncio
from collections.abc import Collection
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError, CancelledError, FailureError

from activities.contracts import (
    Failure,
    SearchClosing,
    SearchCounts,
    SearchEnd,
    SearchJobsInput,
    SearchOpening,
    SourceOutcome,
    SourceSettlement,
    SourceStep,
    searches_queue,
)
from domain.job_search import SearchSource
from domain.source_errors import ErrorCode
from workflows.cancellation import protect
from workflows.policies import QUICK, UNTIL_DONE, innermost

with workflow.unsafe.imports_passed_through():
    from activities.job_search import JobSearchActivities

HEARTBEAT = timedelta(seconds=15)
"""After how long without a sign of life a step goes to another worker."""

MARGIN = timedelta(seconds=10)
"""What a step may take longer than the search waits for it."""

_WAIT = workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=500), backoff_coefficient=2, maximum_interval=timedelta(seconds=5)
)
_CATALOGUE_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=200), backoff_coefficient=2, maximum_attempts=3)


@workflow.defn
class SearchJobsWorkflow:
    """Ends Completed, Failed (all sources failed) or Cancelled; its row says the same and is written before."""

    @workflow.init
    def __init__(self, input: SearchJobsInput) -> None:
        self._limit = input.time_limit
        self._running: list[SearchSource] = []
        self._ended: list[SourceOutcome] = []
        self._is_closing = False

    @workflow.query
    def counts(self) -> SearchCounts:
        """The sources that still run, and what the others came to."""
        return SearchCounts(running=self._running, ended=self._ended)

    @workflow.run
    async def run(self, input: SearchJobsInput) -> SearchEnd:
        await protect(self._open(input))
        steps: dict[SearchSource, asyncio.Task[None]] = {}
        if workflow.cancellation_reason() is None:
            self._running = [planned.source for planned in input.plan if planned.skipped is None]
            steps = {source: asyncio.create_task(self._collect(source)) for source in self._running}
        cancelled = await self._wait(steps.values())
        self._is_closing = True
        late = [source for source, step in steps.items() if not step.done()]
        for source in late:
            steps[source].cancel()
        if not cancelled:
            await protect(self._settle_all(late, "timeout"))
        end = await protect(self._close(cancelled=cancelled))
        # The row is decided, so what still runs adds nothing; it ends within a heartbeat.
        await protect(_end_of(steps.values()))
        if end.outcome == "cancelled":
            raise CancelledError("cancelled")
        if end.outcome == "failed":
            raise ApplicationError(end.error or "", type=Failure.ALL_SOURCES_FAILED)
        return end

    async def _wait(self, steps: Collection[asyncio.Task[None]]) -> bool:
        """Until all steps are done or the time is up; whether the search was cancelled instead."""
        try:
            if steps:
                await workflow.wait(steps, timeout=self._limit.total_seconds())
        except asyncio.CancelledError:
            return True
        return workflow.cancellation_reason() is not None

    async def _open(self, input: SearchJobsInput) -> None:
        info = workflow.info()
        await workflow.execute_activity_method(
            JobSearchActivities.open_search,
            SearchOpening(task_id=info.workflow_id, created_at=info.workflow_start_time, search=input),
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )

    async def _collect(self, source: SearchSource) -> None:
        """One source to its end, whatever that is: raises nothing."""
        is_catalogue = source == "catalogue"
        try:
            outcome = await workflow.execute_activity_method(
                JobSearchActivities.collect_source,
                SourceStep(task_id=workflow.info().workflow_id, source=source),
                activity_id=source,
                task_queue=None if is_catalogue else searches_queue(workflow.info().task_queue),
                start_to_close_timeout=self._limit + MARGIN,
                schedule_to_close_timeout=self._limit + MARGIN,
                heartbeat_timeout=HEARTBEAT,
                retry_policy=_CATALOGUE_RETRY if is_catalogue else _RETRY,
                cancellation_type=_WAIT,
            )
        except (FailureError, asyncio.CancelledError) as error:
            if self._is_closing or workflow.cancellation_reason() is not None:
                return  # decided by who closes
            code: ErrorCode = "internal" if isinstance(innermost(error), ApplicationError) else "worker_lost"
            await protect(self._settle(source, code))
        else:
            self._note(outcome)

    async def _settle_all(self, sources: Collection[SearchSource], code: ErrorCode) -> None:
        await asyncio.gather(*(self._settle(source, code) for source in sources))

    async def _settle(self, source: SearchSource, code: ErrorCode) -> None:
        outcome = await workflow.execute_activity_method(
            JobSearchActivities.settle_source,
            SourceSettlement(task_id=workflow.info().workflow_id, source=source, code=code),
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )
        self._note(outcome)

    async def _close(self, *, cancelled: bool) -> SearchEnd:
        return await workflow.execute_activity_method(
            JobSearchActivities.close_search,
            SearchClosing(task_id=workflow.info().workflow_id, cancelled=cancelled),
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )

    def _note(self, outcome: SourceOutcome) -> None:
        self._running = [source for source in self._running if source != outcome.source]
        self._ended = [*self._ended, outcome]


async def _end_of(steps: Collection[asyncio.Task[None]]) -> None:
    """Wait for all, cancelled ones too."""
    for result in await asyncio.gather(*steps, return_exceptions=True):
        if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
            raise result
