"""Erasing a job source whose access has ended, an operator's decision: part by part until nothing of it is left."""

from datetime import timedelta

from temporalio import workflow

from activities.contracts import PurgedPart, PurgeStep
from workflows.cancellation import step
from workflows.contracts import STEP_BUDGET, PurgeSourceInput, PurgeSourceResult
from workflows.policies import UNTIL_DONE

with workflow.unsafe.imports_passed_through():
    from activities.job_purge import JobPurgeActivities


@workflow.defn
class PurgeSourceWorkflow:
    """Started by hand, once the source is not asked any more; started again, it erases what has come since.

    A cancel leaves what is not erased yet.
    """

    @workflow.run
    async def run(self, input: PurgeSourceInput) -> PurgeSourceResult:
        offers, readings = input.offers, input.readings
        while True:
            part = await _erase(PurgeStep(source=input.source))
            offers, readings = offers + part.offers, readings + part.readings
            if part.offers == 0:
                return PurgeSourceResult(offers=offers, readings=readings)
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(PurgeSourceInput(source=input.source, offers=offers, readings=readings))


async def _erase(given: PurgeStep) -> PurgedPart:
    return await step(
        workflow.execute_activity_method(
            JobPurgeActivities.erase_source,
            given,
            start_to_close_timeout=timedelta(minutes=2),
            schedule_to_close_timeout=STEP_BUDGET,
            heartbeat_timeout=timedelta(seconds=30),
            retry_policy=UNTIL_DONE,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )
    )
