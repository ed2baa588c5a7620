"""Parse one CV: read → extract → save (grounded) → link to a candidate → match → announce."""

import asyncio
from datetime import timedelta
from uuid import uuid5

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError, CancelledError, FailureError

from activities.contracts import (
    AnnounceParse,
    Closing,
    Failure,
    ParseJob,
    Reopening,
    documents_queue,
    llm_queue,
)
from domain.ids import bulk_job_id
from workflows.cancellation import protect, step
from workflows.contracts import (
    PREMIUM,
    STAGE,
    STEP_BUDGET,
    STEP_BUDGET_PREMIUM,
    MatchCandidateInput,
    ParseCvInput,
)
from workflows.policies import QUICK, UNTIL_DONE, failure_of

with workflow.unsafe.imports_passed_through():
    from activities.cv import CvActivities
    from activities.matching import MatchingActivities
    from activities.retries import RetryActivities
    from activities.webhooks import WebhookActivities
    from workflows.deliver_webhook import start_delivery
    from workflows.match_candidate import MatchCandidateWorkflow


@workflow.defn
class ParseCvWorkflow:
    """Ends Completed once the profile is saved, Failed or Cancelled otherwise; the row says the same, for good."""

    @workflow.run
    async def run(self, input: ParseCvInput) -> None:
        try:
            if input.retry:
                await step(protect(self._reopen(input)))
            await self._parse(input)
        except (FailureError, TimeoutError, asyncio.CancelledError) as err:
            message, kind = failure_of(err)
            if kind == Failure.RETRY_OUTDATED:  # the job is another run's
                raise ApplicationError(message, type=kind) from err
            cancelled = workflow.cancellation_reason() is not None  # decided once: a later cancel changes nothing
            closing = Closing.decided(input.job_id, message, kind, cancelled=cancelled, retry=input.retry)
            await protect(self._close(input, closing))
            if cancelled:
                raise CancelledError("cancelled") from err
            raise ApplicationError(message, type=kind) from err
        await self._follow_up(input)

    async def _reopen(self, input: ParseCvInput) -> None:
        await workflow.execute_activity_method(
            RetryActivities.reopen_parse,
            Reopening(request_id=input.job_id, retry=input.retry),
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )

    async def _parse(self, input: ParseCvInput) -> None:
        queue, job = workflow.info().task_queue, ParseJob(job_id=input.job_id)
        budget = STEP_BUDGET_PREMIUM if input.priority == PREMIUM else STEP_BUDGET
        self._advance("read")
        await step(
            workflow.execute_activity_method(
                CvActivities.read_document,
                job,
                task_queue=documents_queue(queue),
                start_to_close_timeout=timedelta(seconds=150),
                schedule_to_close_timeout=budget,
                heartbeat_timeout=timedelta(seconds=10),
                # Not bounded by a count: a store that is away must not use up the tries of the document.
                retry_policy=RetryPolicy(
                    initial_interval=timedelta(seconds=1), backoff_coefficient=2, maximum_interval=timedelta(seconds=30)
                ),
                cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            )
        )
        self._advance("extract")
        await step(
            workflow.execute_activity_method(
                CvActivities.extract_profile,
                job,
                task_queue=llm_queue(queue),
                start_to_close_timeout=timedelta(seconds=120),
                schedule_to_close_timeout=budget,
                heartbeat_timeout=timedelta(seconds=10),
                retry_policy=RetryPolicy(
                    initial_interval=timedelta(seconds=2), backoff_coefficient=2, maximum_interval=timedelta(minutes=10)
                ),
                cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            )
        )
        self._advance("save")
        # Not a `step`: a profile that is being saved when the cancel arrives is saved, and the job done.
        await workflow.execute_activity_method(
            CvActivities.save_profile,
            job,
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )

    async def _follow_up(self, input: ParseCvInput) -> None:
        """What comes after the profile is saved. Neither failure nor cancel here changes the parse: it stays done."""
        if input.link:
            self._advance("link")
            try:
                await protect(
                    workflow.execute_activity_method(
                        CvActivities.link_candidate,
                        ParseJob(job_id=input.job_id),
                        start_to_close_timeout=QUICK,
                        retry_policy=UNTIL_DONE,
                    )
                )
                await self._match(input)
            except (FailureError, asyncio.CancelledError) as err:
                await protect(self._close_matching(input, err))
        if input.announced:
            self._advance("notify")
            await protect(self._announce(input))

    async def _match(self, input: ParseCvInput) -> None:
        if input.matching_request is None:
            return
        if workflow.cancellation_reason() is not None:
            raise CancelledError("cancelled")
        self._advance("match")
        await workflow.execute_child_workflow(
            MatchCandidateWorkflow.run,
            MatchCandidateInput(request_id=input.matching_request, chained=True),
            id=bulk_job_id(input.matching_request),
            parent_close_policy=workflow.ParentClosePolicy.REQUEST_CANCEL,
        )

    async def _close(self, input: ParseCvInput, closing: Closing) -> None:
        await workflow.execute_activity_method(
            CvActivities.close_parse,
            closing,
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )
        if input.announced:
            await self._announce(input)

    async def _close_matching(self, input: ParseCvInput, err: BaseException) -> None:
        """The child records its own end; this covers a link that failed and a child terminated or never begun."""
        if input.matching_request is None:
            return
        message, kind = failure_of(err)
        cancelled = workflow.cancellation_reason() is not None
        await workflow.execute_activity_method(
            MatchingActivities.close_matching,
            Closing.decided(input.matching_request, message, kind, cancelled=cancelled),
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )

    async def _announce(self, input: ParseCvInput) -> None:
        # One id per job and run of it: a retried step finds it again, an operator's retry announces anew.
        delivery_id = uuid5(input.job_id, workflow.info().first_execution_run_id)
        plan = await workflow.execute_activity_method(
            WebhookActivities.announce_parse,
            AnnounceParse(job_id=input.job_id, delivery_id=delivery_id),
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )
        await start_delivery(delivery_id, plan)

    def _advance(self, stage: str) -> None:
        workflow.upsert_search_attributes([STAGE.value_set(stage)])
