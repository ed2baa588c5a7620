"""The one list of schedules, reconciled when a worker starts."""

import dataclasses
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from activities.contracts import WORKFLOW_QUEUE
from workflows.contracts import SWEEP_SCHEDULE_ID
from workflows.sweep_requests import SweepRequestsWorkflow


def schedules() -> dict[str, Schedule]:
    """Every schedule of the backend by its id."""
    return {
        SWEEP_SCHEDULE_ID: Schedule(
            action=ScheduleActionStartWorkflow(
                SweepRequestsWorkflow.run,
                id=SWEEP_SCHEDULE_ID,
                task_queue=WORKFLOW_QUEUE,
                # Under SKIP one stuck run would block all later ones.
                execution_timeout=timedelta(minutes=55),
            ),
            spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(hours=1))]),
            policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(hours=1)),
        )
    }


async def reconcile_schedules(client: Client) -> None:
    """Create what is missing and bring the rest up to date, leaving what an operator paused paused."""
    for schedule_id, wanted in schedules().items():
        try:
            await client.create_schedule(schedule_id, wanted)
        except ScheduleAlreadyRunningError:
            await _update(client, schedule_id, wanted)


async def _update(client: Client, schedule_id: str, wanted: Schedule) -> None:
    def keep_state(current: ScheduleUpdateInput) -> ScheduleUpdate:
        return ScheduleUpdate(schedule=dataclasses.replace(wanted, state=current.description.schedule.state))

    await client.get_schedule_handle(schedule_id).update(keep_state)
