"""The nightly build of the summary: a schedule cannot start it under its own id, this workflow can."""

from temporalio import workflow
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.contracts import PROGRESS_MEMO, SUMMARY_BUILD_ID, RebuildSummaryInput, SummaryProgress

with workflow.unsafe.imports_passed_through():
    from workflows.rebuild_summary import RebuildSummaryWorkflow


@workflow.defn
class NightlySummaryWorkflow:
    """Starts a full build that outlives it; one that runs already is as good."""

    @workflow.run
    async def run(self) -> None:
        try:
            await workflow.start_child_workflow(
                RebuildSummaryWorkflow.run,
                RebuildSummaryInput(),
                id=SUMMARY_BUILD_ID,
                memo={PROGRESS_MEMO: SummaryProgress()},
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            )
        except WorkflowAlreadyStartedError:
            workflow.logger.info("a build is under way already")
