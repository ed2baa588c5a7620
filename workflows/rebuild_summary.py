"""Rebuild the summary while it is read: claim → partitions → indexes → publish, or refresh what has changed."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError, CancelledError, FailureError

from activities.contracts import (
    BUILD_CANCELLED,
    BUILD_FAILED,
    PROGRESS_MEMO,
    PublishedSummary,
    RebuildSummaryInput,
    SummaryBuildEnd,
    SummaryBuildRef,
    SummaryBuildRemains,
    SummaryPart,
    SummaryPartStep,
    SummaryPlan,
    SummaryProgress,
    SummaryPublishStep,
)
from workflows.cancellation import protect, settle, step
from workflows.policies import UNTIL_DONE, failure_of

with workflow.unsafe.imports_passed_through():
    from activities.summary_build import SummaryActivities

STEP_LIMIT = timedelta(minutes=11)
"""One attempt of a step: longer than the statements it makes may take."""

STEP_BUDGET = timedelta(minutes=15)
PUBLISH_BUDGET = timedelta(minutes=30)
"""How long a reader that never ends may hold up the publication."""

HEARTBEAT = timedelta(seconds=15)

PARTITIONS_PERCENT = 90
PUBLISHING_PERCENT = 97

_WAIT = workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=500), backoff_coefficient=2, maximum_interval=timedelta(seconds=30)
)


@workflow.defn
class RebuildSummaryWorkflow:
    """Ends Completed once the table is published, else Failed or Cancelled with the table as it was.

    Each pass leaves a row that says how it ended. A signal makes one more pass, over what has changed meanwhile.
    """

    @workflow.init
    def __init__(self, input: RebuildSummaryInput) -> None:
        self._progress = SummaryProgress()
        self._refresh_requested = False
        self._mode = input.mode
        """That of the pass under way, once it is decided."""

    @workflow.signal
    def refresh_requested(self) -> None:
        """More has changed; a build that has not claimed its work yet will find it anyhow."""
        self._refresh_requested = True

    @workflow.run
    async def run(self, input: RebuildSummaryInput) -> PublishedSummary:
        info = workflow.info()
        ref = SummaryBuildRef(
            build_id=f"{info.run_id}:1", run_id=info.run_id, mode=input.mode, started_at=info.workflow_start_time
        )
        published = await self._pass(ref)
        number = 1
        while self._refresh_requested and workflow.cancellation_reason() is None:
            if info.is_continue_as_new_suggested():
                memo = {PROGRESS_MEMO: SummaryProgress()}
                workflow.continue_as_new(RebuildSummaryInput(mode="incremental"), memo=memo)
            number += 1
            published = await self._pass(
                SummaryBuildRef(
                    build_id=f"{info.run_id}:{number}",
                    run_id=info.run_id,
                    mode="incremental",
                    started_at=workflow.now(),
                )
            )
        self._advance("done", 100)
        return published

    async def _pass(self, ref: SummaryBuildRef) -> PublishedSummary:
        """One build from claim to publication. A cancel that meets a publication loses against it."""
        try:
            return await self._build(ref)
        except (FailureError, TimeoutError, asyncio.CancelledError) as err:
            message, kind = failure_of(err)
            cancelled = workflow.cancellation_reason() is not None  # decided once: a later cancel changes nothing
            if cancelled:
                self._advance("cancelling")
            told = BUILD_CANCELLED if cancelled else f"{BUILD_FAILED}{message}"
            ended = SummaryBuildEnd(build=ref.model_copy(update={"mode": self._mode}), error=told)
            remains = await protect(self._abandon(ended))
            if remains.rows is not None:
                return PublishedSummary(rows=remains.rows)
            if cancelled:
                raise CancelledError("cancelled") from err
            raise ApplicationError(message, type=kind) from err

    async def _build(self, ref: SummaryBuildRef) -> PublishedSummary:
        self._refresh_requested = False  # what was merged before its signal is in the claim
        self._mode = ref.mode
        plan = await step(
            workflow.execute_activity_method(
                SummaryActivities.prepare_summary,
                ref,
                start_to_close_timeout=STEP_LIMIT,
                schedule_to_close_timeout=STEP_BUDGET,
                heartbeat_timeout=HEARTBEAT,
                retry_policy=_RETRY,
                cancellation_type=_WAIT,
            )
        )
        self._mode = plan.mode
        if plan.mode == "incremental":
            return await self._refresh(ref, plan)
        return await self._replace(ref, plan)

    async def _refresh(self, ref: SummaryBuildRef, plan: SummaryPlan) -> PublishedSummary:
        self._advance("refresh", total=plan.input_rows)
        published = await workflow.execute_activity_method(
            SummaryActivities.refresh_summary,
            SummaryPublishStep(build=ref, claimed=plan.claimed),
            start_to_close_timeout=STEP_LIMIT,
            schedule_to_close_timeout=PUBLISH_BUDGET,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=_RETRY,
            cancellation_type=_WAIT,
        )
        self._advance("refresh", PUBLISHING_PERCENT, done=plan.input_rows)
        return published

    async def _replace(self, ref: SummaryBuildRef, plan: SummaryPlan) -> PublishedSummary:
        full = ref.model_copy(update={"mode": "full"})
        await self._insert_parts(full, plan)
        self._advance("indexes", PARTITIONS_PERCENT)
        await step(
            workflow.execute_activity_method(
                SummaryActivities.index_summary,
                full,
                start_to_close_timeout=STEP_LIMIT,
                schedule_to_close_timeout=STEP_BUDGET,
                heartbeat_timeout=HEARTBEAT,
                retry_policy=_RETRY,
                cancellation_type=_WAIT,
            )
        )
        self._advance("publishing", PUBLISHING_PERCENT)
        return await workflow.execute_activity_method(  # not a step(): what is published is not cancelled any more
            SummaryActivities.publish_summary,
            SummaryPublishStep(build=full, claimed=plan.claimed, parts=len(plan.parts)),
            start_to_close_timeout=STEP_LIMIT,
            schedule_to_close_timeout=PUBLISH_BUDGET,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=_RETRY,
            cancellation_type=_WAIT,
        )

    async def _insert_parts(self, ref: SummaryBuildRef, plan: SummaryPlan) -> None:
        self._advance("partitions", total=plan.input_rows)
        slots = asyncio.Semaphore(plan.parallelism)
        failed = False

        async def insert(part: SummaryPart) -> None:
            nonlocal failed
            async with slots:
                if failed:
                    return  # the build is lost: its other partitions are not worth their time
                try:
                    await workflow.execute_activity_method(
                        SummaryActivities.insert_summary_part,
                        SummaryPartStep(build=ref, part=part),
                        start_to_close_timeout=STEP_LIMIT,
                        schedule_to_close_timeout=STEP_BUDGET,
                        heartbeat_timeout=HEARTBEAT,
                        retry_policy=_RETRY,
                        cancellation_type=_WAIT,
                    )
                except FailureError:
                    failed = True
                    raise
            share = (self._progress.rows_done + part.input_rows) / max(self._progress.rows_total, 1)
            self._advance("partitions", PARTITIONS_PERCENT * share, done=part.input_rows)

        await settle(*(insert(part) for part in plan.parts))

    async def _abandon(self, end: SummaryBuildEnd) -> SummaryBuildRemains:
        return await workflow.execute_activity_method(
            SummaryActivities.abandon_summary,
            end,
            start_to_close_timeout=STEP_LIMIT,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=UNTIL_DONE,
        )

    def _advance(self, phase: str, percent: float = 0, *, done: int = 0, total: int = 0) -> None:
        """Go on to `phase`, with so many more rows done and to be done; nothing ever decreases."""
        now = self._progress
        self._progress = SummaryProgress(
            percent=max(now.percent, round(percent, 1)),
            rows_done=now.rows_done + done,
            rows_total=now.rows_total + total,
            phase=phase,
        )
        workflow.upsert_memo({PROGRESS_MEMO: self._progress})
