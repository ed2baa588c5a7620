"""The hourly sweep of requests whose end was never recorded."""

from datetime import timedelta

from temporalio import workflow

from activities.contracts import SweepCounts
from workflows.policies import UNTIL_DONE

with workflow.unsafe.imports_passed_through():
    from activities.requests import RequestActivities


@workflow.defn
class SweepRequestsWorkflow:
    """Started by its schedule; harmless to start by hand."""

    @workflow.run
    async def run(self) -> SweepCounts:
        return await workflow.execute_activity_method(
            RequestActivities.sweep_requests,
            start_to_close_timeout=timedelta(minutes=10),
            schedule_to_close_timeout=timedelta(minutes=50),
            heartbeat_timeout=timedelta(seconds=30),
            retry_policy=UNTIL_DONE,
        )
