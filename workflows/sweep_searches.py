"""The sweep, every minute, of searches for job offers whose end was never recorded."""

from datetime import timedelta

from temporalio import workflow

from activities.contracts import SweptSearches
from workflows.policies import UNTIL_DONE

with workflow.unsafe.imports_passed_through():
    from activities.job_sweep import JobSweepActivities


@workflow.defn
class SweepSearchesWorkflow:
    """Started by its schedule; harmless to start by hand."""

    @workflow.run
    async def run(self) -> SweptSearches:
        return await workflow.execute_activity_method(
            JobSweepActivities.sweep_searches,
            start_to_close_timeout=timedelta(minutes=2),
            schedule_to_close_timeout=timedelta(minutes=4),
            heartbeat_timeout=timedelta(seconds=30),
            retry_policy=UNTIL_DONE,
        )
