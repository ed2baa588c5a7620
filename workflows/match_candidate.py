"""Score the pairs of one request: wait for the parse it depends on → score page by page → record → announce."""

import asyncio
from datetime import timedelta
from uuid import uuid5

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError, CancelledError, FailureError

from activities.contracts import AnnounceMatch, Closing, MatchRequest, PairCounts, PairPage
from workflows.cancellation import protect, settle, step
from workflows.contracts import STAGE, STEP_BUDGET, MatchCandidateInput, MatchCandidateResult
from workflows.policies import QUICK, UNTIL_DONE, failure_of

with workflow.unsafe.imports_passed_through():
    from activities.matching import MatchingActivities
    from activities.webhooks import WebhookActivities
    from workflows.deliver_webhook import start_delivery

PAGE = 500
"""Pairs an activity scores."""

PAGES_AT_ONCE = 4


@workflow.defn
class MatchCandidateWorkflow:
    """One candidate with offers, or one offer with candidates. A pair that cannot be scored is reported, not fatal."""

    @workflow.run
    async def run(self, input: MatchCandidateInput) -> MatchCandidateResult:
        try:
            counts = await self._score(input)
            await self._close(Closing(request_id=input.request_id, outcome="completed"))
        except (FailureError, TimeoutError, asyncio.CancelledError) as err:
            message, kind = failure_of(err)
            cancelled = workflow.cancellation_reason() is not None
            await protect(self._close(Closing.decided(input.request_id, message, kind, cancelled=cancelled)))
            await protect(self._announce(input))
            if cancelled:
                raise CancelledError("cancelled") from err
            raise ApplicationError(message, type=kind) from err
        await protect(self._announce(input))
        return MatchCandidateResult(scored=counts.scored, failed=counts.failed)

    async def _score(self, input: MatchCandidateInput) -> PairCounts:
        request = MatchRequest(request_id=input.request_id)
        if input.depends_on:
            self._advance("wait")
            await step(
                workflow.execute_activity_method(
                    MatchingActivities.await_parse,
                    request,
                    start_to_close_timeout=QUICK,
                    schedule_to_close_timeout=timedelta(days=7),
                    retry_policy=RetryPolicy(
                        initial_interval=timedelta(seconds=2),
                        backoff_coefficient=1.5,
                        maximum_interval=timedelta(seconds=30),
                    ),
                )
            )
        self._advance("score")
        plan = await step(
            workflow.execute_activity_method(
                MatchingActivities.plan_pairs,
                request,
                start_to_close_timeout=QUICK,
                schedule_to_close_timeout=STEP_BUDGET,
                retry_policy=UNTIL_DONE,
            )
        )
        slots = asyncio.Semaphore(PAGES_AT_ONCE)

        async def score_page(start: int) -> PairCounts:
            async with slots:
                return await workflow.execute_activity_method(
                    MatchingActivities.score_pairs,
                    PairPage(request_id=input.request_id, start=start, count=PAGE),
                    start_to_close_timeout=timedelta(minutes=10),
                    schedule_to_close_timeout=STEP_BUDGET,
                    heartbeat_timeout=timedelta(seconds=10),
                    retry_policy=UNTIL_DONE,
                    cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
                )

        pages = await settle(*(score_page(start) for start in range(0, plan.total, PAGE)))
        return PairCounts(scored=sum(p.scored for p in pages), failed=sum(p.failed for p in pages))

    async def _close(self, closing: Closing) -> None:
        await workflow.execute_activity_method(
            MatchingActivities.close_matching,
            closing,
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )

    async def _announce(self, input: MatchCandidateInput) -> None:
        if input.chained:
            return
        delivery_id = uuid5(input.request_id, workflow.info().first_execution_run_id)
        plan = await workflow.execute_activity_method(
            WebhookActivities.announce_match,
            AnnounceMatch(request_id=input.request_id, delivery_id=delivery_id),
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )
        await start_delivery(delivery_id, plan)

    def _advance(self, stage: str) -> None:
        workflow.upsert_search_attributes([STAGE.value_set(stage)])
