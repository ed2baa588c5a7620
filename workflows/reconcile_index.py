"""The hourly comparison of the candidates' search index with the table: what differs is brought into line."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import FailureError

from activities.contracts import Candidates, CompareFrom, Differences, Failure, Incident
from workflows.cancellation import protect, step
from workflows.contracts import STEP_BUDGET, ReconcileInput, ReconcileResult
from workflows.policies import QUICK, UNTIL_DONE

with workflow.unsafe.imports_passed_through():
    from activities.audit import AuditActivities
    from activities.index_maintenance import IndexMaintenanceActivities


MOST = 20_000
"""Repairs of one run, about: it must end, and tell, before its schedule's time is over. A rebuild is faster anyway."""


@workflow.defn
class ReconcileIndexWorkflow:
    """Started by its schedule; harmless to start by hand. A run that repaired something leaves one incident."""

    @workflow.init
    def __init__(self, input: ReconcileInput) -> None:
        self._repaired = input.repaired

    @workflow.run
    async def run(self, input: ReconcileInput) -> ReconcileResult:
        try:
            await self._repair_all(input.after)
        except (FailureError, asyncio.CancelledError):
            await protect(self._tell())
            raise
        await protect(self._tell())
        return ReconcileResult(repaired=self._repaired)

    async def _repair_all(self, start: int) -> None:
        after: int | None = start
        while after is not None and self._repaired < MOST:
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(ReconcileInput(after=after, repaired=self._repaired))
            found = await step(compare(CompareFrom(after=after, settled_only=True)))
            self._repaired += await repair(found.ids)
            after = found.next

    async def _tell(self) -> None:
        if self._repaired:
            await _record(
                Incident(
                    incident_type="index_drift_repaired",
                    step="reconcile",
                    error=f"{self._repaired} écart{'s' if self._repaired > 1 else ''} entre la base et l'index",
                    error_type="IndexDrift",
                )
            )


async def compare(given: CompareFrom) -> Differences:
    """The next differences between the table and the live index."""
    return await workflow.execute_activity_method(
        IndexMaintenanceActivities.compare_index,
        given,
        start_to_close_timeout=timedelta(minutes=10),
        schedule_to_close_timeout=STEP_BUDGET,
        heartbeat_timeout=timedelta(seconds=45),
        retry_policy=UNTIL_DONE,
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    )


async def repair(ids: list[int]) -> int:
    """Bring these candidates into line; how many are. One whose document the index refuses is an incident."""
    if not ids:
        return 0
    refused = await workflow.execute_activity_method(
        IndexMaintenanceActivities.sync_candidates,
        Candidates(ids=ids),
        start_to_close_timeout=timedelta(minutes=10),
        schedule_to_close_timeout=STEP_BUDGET,
        heartbeat_timeout=timedelta(seconds=45),
        retry_policy=UNTIL_DONE,
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    )
    for candidate_id in refused.ids:
        await _record(
            Incident(
                incident_type="indexation_failed",
                step=f"indexation:{candidate_id}",
                candidate_id=candidate_id,
                error="Document refusé par l'index",
                error_type=Failure.INDEX_REJECTED,
            )
        )
    return len(ids) - len(refused.ids)


async def _record(incident: Incident) -> None:
    await workflow.execute_activity_method(
        AuditActivities.record_incident, incident, start_to_close_timeout=QUICK, retry_policy=UNTIL_DONE
    )
