"""One reading of a job source for one query: page after page until its last, or until its time is up.

Searches that ask the same share it; none of them can stop it. Each page is stored by the step that read it, so that
a retry or another worker goes on with the first page that is not.
"""

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError, CancelledError, FailureError

from activities.contracts import (
    Failure,
    PageRead,
    PageStep,
    ReadSourceInput,
    RunClosing,
    RunRef,
    source_queue,
)
from domain.source_errors import ErrorCode, message_of
from workflows.cancellation import protect, step
from workflows.policies import QUICK, UNTIL_DONE, innermost

with workflow.unsafe.imports_passed_through():
    from activities.job_sources import JobSourceActivities

PAGE_LIMIT = timedelta(seconds=15)
HEARTBEAT = timedelta(seconds=8)
"""Time enough for another worker to read the page, and for a busy one not to be taken for dead."""


@workflow.defn
class ReadSourceWorkflow:
    """Ends Completed once every page is stored, else Failed or Cancelled with those that are; its row says which."""

    @workflow.run
    async def run(self, input: ReadSourceInput) -> None:
        ref = RunRef(
            run_id=workflow.info().first_execution_run_id,
            source=input.source,
            run_key=input.run_key,
            pages=input.pages,
        )
        deadline = workflow.now() + input.time_limit
        try:
            await self._read_all(input, ref, deadline)
        except (FailureError, TimeoutError, asyncio.CancelledError) as error:
            code = _code_of(error, deadline)
            await protect(self._close(RunClosing(run=ref, code=code)))
            if workflow.cancellation_reason() is not None:
                raise CancelledError("cancelled") from error
            raise ApplicationError(message_of(code), type=Failure.SOURCE_FAILED) from error

    async def _read_all(self, input: ReadSourceInput, ref: RunRef, deadline: datetime) -> None:
        page = PageRead()
        for number in range(1, input.pages + 1):
            left = deadline - workflow.now()
            if left <= timedelta(0):
                raise TimeoutError
            page = await step(
                workflow.execute_activity_method(
                    JobSourceActivities.read_page,
                    PageStep(
                        run=ref,
                        native=input.native,
                        number=number,
                        cursor=page.next,
                        since=input.since,
                        deadline=deadline,
                    ),
                    task_queue=source_queue(workflow.info().task_queue, input.source),
                    start_to_close_timeout=min(PAGE_LIMIT, left),
                    schedule_to_close_timeout=left,
                    heartbeat_timeout=HEARTBEAT,
                    retry_policy=RetryPolicy(
                        initial_interval=input.backoff, backoff_coefficient=2, maximum_attempts=input.attempts
                    ),
                    cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
                )
            )
            if page.next is None:
                return

    async def _close(self, closing: RunClosing) -> None:
        await workflow.execute_activity_method(
            JobSourceActivities.close_run,
            closing,
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )


def _code_of(error: BaseException, deadline: datetime) -> ErrorCode:
    """Why a reading ended early, where its own steps have recorded nothing better."""
    if isinstance(innermost(error), ApplicationError):
        return "internal"
    return "timeout" if workflow.now() >= deadline else "worker_lost"
