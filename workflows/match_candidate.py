"""Score the pairs of one request: wait for the parse it depends on → score page by page → record → announce."""

import asyncio
from datetime import timedelta
from uuid import uuid5

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError, CancelledError, FailureError

from activities.contracts import AnnounceMatch, Closing, Failure, MatchRequest, PairCounts, PairPage, Reopening
from workflows.cancellation import protect, settle, step
from workflows.contracts import STAGE, STEP_BUDGET, MatchCandidateInput, MatchCandidateResult, MatchProgress
from workflows.policies import QUICK, UNTIL_DONE, failure_of

with workflow.unsafe.imports_passed_through():
    from activities.matching import MatchingActivities
    from activities.retries import RetryActivities
    from activities.webhooks import WebhookActivities
    from workflows.deliver_webhook import start_delivery

PAGE = 1_000
"""Pairs an activity scores."""

PAGES_AT_ONCE = 2
"""While one is being written, the next is scored: more would only wait for the same processor."""

PAGES_A_RUN = 200
"""Then the run goes on in a new one, before its history grows long."""


@workflow.defn
class MatchCandidateWorkflow:
    """One candidate with offers, or one offer with candidates. A pair that cannot be scored is reported, not fatal."""

    @workflow.run
    async def run(self, input: MatchCandidateInput) -> MatchCandidateResult:
        try:
            if input.retry and input.progress is None:
                await step(protect(self._reopen(input)))
            counts = await self._score(input)
            await self._close(Closing(request_id=input.request_id, outcome="completed", retry=input.retry))
        except (FailureError, TimeoutError, asyncio.CancelledError) as err:
            message, kind = failure_of(err)
            if kind == Failure.RETRY_OUTDATED:  # the request is another run's
                raise ApplicationError(message, type=kind) from err
            cancelled = workflow.cancellation_reason() is not None
            closing = Closing.decided(input.request_id, message, kind, cancelled=cancelled, retry=input.retry)
            await protect(self._close(closing))
            await protect(self._announce(input))
            if cancelled:
                raise CancelledError("cancelled") from err
            raise ApplicationError(message, type=kind) from err
        await protect(self._announce(input))
        return MatchCandidateResult(scored=counts.scored, failed=counts.failed)

    async def _reopen(self, input: MatchCandidateInput) -> None:
        await workflow.execute_activity_method(
            RetryActivities.reopen_matching,
            Reopening(request_id=input.request_id, retry=input.retry),
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )

    async def _score(self, input: MatchCandidateInput) -> PairCounts:
        done = input.progress or await self._plan(input)
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

        end = min(done.total, done.next + PAGES_A_RUN * PAGE)
        pages = await settle(*(score_page(start) for start in range(done.next, end, PAGE)))
        scored = done.scored + sum(page.scored for page in pages)
        failed = done.failed + sum(page.failed for page in pages)
        if end < done.total:
            left = MatchProgress(total=done.total, next=end, scored=scored, failed=failed)
            workflow.continue_as_new(input.model_copy(update={"progress": left}))
        return PairCounts(scored=scored, failed=failed)

    async def _plan(self, input: MatchCandidateInput) -> MatchProgress:
        """Wait for the parse that the request depends on, then see how many pairs there are."""
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
        return MatchProgress(total=plan.total, next=0, scored=0, failed=0)

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
        # One id per request and retry: a second run, started late by another API process, announces nothing anew.
        delivery_id = uuid5(input.request_id, f"delivery-{input.retry}")
        plan = await workflow.execute_activity_method(
            WebhookActivities.announce_match,
            AnnounceMatch(request_id=input.request_id, delivery_id=delivery_id),
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )
        await start_delivery(delivery_id, plan)

    def _advance(self, stage: str) -> None:
        workflow.upsert_search_attributes([STAGE.value_set(stage)])
