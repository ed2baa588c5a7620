"""Bring the search index up to date with one candidate, for as long as it takes."""

from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError

from activities.contracts import SYNC_WORKFLOW, Incident, SyncCandidate
from workflows.cancellation import protect
from workflows.policies import QUICK, UNTIL_DONE, failure_of

with workflow.unsafe.imports_passed_through():
    from activities.audit import AuditActivities
    from activities.candidate_index import CandidateIndexActivities
    from activities.index_requests import request_sync as request_sync

BUDGET = timedelta(hours=24)


@workflow.defn(name=SYNC_WORKFLOW)
class SyncCandidateWorkflow:
    """Started by signal-with-start. A change during a pass makes another one, so that the last state gets through.

    Ends Failed, with an incident in the audit log, when the index refused the document or stayed away for the budget.
    """

    @workflow.init
    def __init__(self, input: SyncCandidate) -> None:
        self._requested = True

    @workflow.signal
    def refresh_requested(self) -> None:
        """The candidate has changed."""
        self._requested = True

    @workflow.run
    async def run(self, input: SyncCandidate) -> None:
        failed: ActivityError | None = None
        while self._requested:
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(input)
            self._requested = False
            failed = await self._sync(input)
            if failed is not None and workflow.cancellation_reason() is not None:
                raise CancelledError("cancelled") from failed
            if failed is not None and not self._requested:
                await protect(self._report(input, failed))
        if failed is not None:
            message, kind = failure_of(failed)
            raise ApplicationError(message, type=kind) from failed

    async def _sync(self, input: SyncCandidate) -> ActivityError | None:
        """One pass; the failure it ended with, if any."""
        try:
            await workflow.execute_activity_method(
                CandidateIndexActivities.sync_candidate,
                input,
                start_to_close_timeout=QUICK,
                schedule_to_close_timeout=BUDGET,
                retry_policy=UNTIL_DONE,
                cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            )
        except ActivityError as error:
            return error
        return None

    async def _report(self, input: SyncCandidate, failed: ActivityError) -> None:
        message, kind = failure_of(failed)
        await workflow.execute_activity_method(
            AuditActivities.record_incident,
            Incident(
                incident_type="indexation_failed",
                step="indexation",
                candidate_id=input.candidate_id,
                error=message,
                error_type=kind,
            ),
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )
