"""Import an election spreadsheet: load into a staging table → merge → clean up → refresh the summary."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError, CancelledError, FailureError

from activities.contracts import ElectionImport, ImportClosing, ImportCounts, documents_queue
from workflows.cancellation import protect, step
from workflows.contracts import STAGE, STEP_BUDGET, ImportElectionDataInput
from workflows.policies import QUICK, UNTIL_DONE, failure_of

with workflow.unsafe.imports_passed_through():
    from activities.election_import import ElectionImportActivities

HEARTBEAT = timedelta(seconds=10)


@workflow.defn
class ImportElectionDataWorkflow:
    """Ends Completed once the rows are merged, Failed or Cancelled with nothing of the file in the tables."""

    @workflow.run
    async def run(self, input: ImportElectionDataInput) -> ImportCounts:
        this = ElectionImport(import_id=input.import_id)
        try:
            counts = await self._import(this)
        except (FailureError, TimeoutError, asyncio.CancelledError) as err:
            message, kind = failure_of(err)
            cancelled = workflow.cancellation_reason() is not None
            closing = ImportClosing(
                import_id=input.import_id,
                outcome="cancelled" if cancelled else "failed",
                error=None if cancelled else message,
            )
            merged = await protect(self._close(closing))
            if merged is None:
                await protect(self._clean(this))
                if cancelled:
                    raise CancelledError("cancelled") from err
                raise ApplicationError(message, type=kind) from err
            counts = merged  # the merge had committed before its answer was lost
        await protect(self._clean(this))
        if input.refresh:
            await protect(self._refresh())
        return counts

    async def _import(self, this: ElectionImport) -> ImportCounts:
        workflow.upsert_search_attributes([STAGE.value_set("load")])
        await step(
            workflow.execute_activity_method(
                ElectionImportActivities.load_election_rows,
                this,
                task_queue=documents_queue(workflow.info().task_queue),
                start_to_close_timeout=timedelta(minutes=30),
                schedule_to_close_timeout=STEP_BUDGET,
                heartbeat_timeout=HEARTBEAT,
                retry_policy=RetryPolicy(
                    initial_interval=timedelta(seconds=1), backoff_coefficient=2, maximum_interval=timedelta(seconds=30)
                ),
                cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            )
        )
        workflow.upsert_search_attributes([STAGE.value_set("merge")])
        # Not a `step`: rows that are merged when the cancel arrives are merged, and the import completed.
        return await workflow.execute_activity_method(
            ElectionImportActivities.merge_election_rows,
            this,
            start_to_close_timeout=timedelta(minutes=20),
            schedule_to_close_timeout=STEP_BUDGET,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=UNTIL_DONE,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )

    async def _close(self, closing: ImportClosing) -> ImportCounts | None:
        return await workflow.execute_activity_method(
            ElectionImportActivities.close_election_import,
            closing,
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )

    async def _clean(self, this: ElectionImport) -> None:
        await workflow.execute_activity_method(
            ElectionImportActivities.clean_election_import,
            this,
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=UNTIL_DONE,
        )

    async def _refresh(self) -> None:
        """The import is done, whatever becomes of this."""
        try:
            await workflow.execute_activity_method(
                ElectionImportActivities.request_summary_refresh,
                start_to_close_timeout=QUICK,
                schedule_to_close_timeout=timedelta(hours=1),
                retry_policy=UNTIL_DONE,
            )
        except FailureError:
            workflow.logger.warning("the summary could not be asked to refresh itself")
