"""The one list of schedules, reconciled when a worker starts."""

import dataclasses
from datetime import timedelta
from typing import Any

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
from temporalio.service import RPCError, RPCStatusCode

from activities.contracts import WORKFLOW_QUEUE, Contract
from runtime.logging import get_logger
from runtime.temporal import RPC_TIMEOUT
from workflows.contracts import (
    MIRROR_SCHEDULE_ID,
    NIGHTLY_SCHEDULE_ID,
    RECONCILE_SCHEDULE_ID,
    SWEEP_SCHEDULE_ID,
    SWEEP_SEARCHES_SCHEDULE_ID,
    MirrorInput,
    ReconcileInput,
)
from workflows.mirror_offers import MirrorOffersWorkflow
from workflows.nightly_summary import NightlySummaryWorkflow
from workflows.reconcile_index import ReconcileIndexWorkflow
from workflows.sweep_requests import SweepRequestsWorkflow
from workflows.sweep_searches import SweepSearchesWorkflow

log = get_logger(__name__)

MARK = "talentflow"
"""The memo field by which our own schedules are known: others in the namespace are not ours to delete."""


def schedules(nightly_summary: str | None = None) -> dict[str, Schedule]:
    """Every schedule of the backend by its id. `nightly_summary`: when to build the summary, a cron expression."""
    wanted = {
        SWEEP_SCHEDULE_ID: _hourly(SWEEP_SCHEDULE_ID, SweepRequestsWorkflow.run),
        RECONCILE_SCHEDULE_ID: _hourly(RECONCILE_SCHEDULE_ID, ReconcileIndexWorkflow.run, ReconcileInput()),
        SWEEP_SEARCHES_SCHEDULE_ID: _every(
            timedelta(minutes=1), SWEEP_SEARCHES_SCHEDULE_ID, SweepSearchesWorkflow.run, limit=timedelta(minutes=4)
        ),
        MIRROR_SCHEDULE_ID: _hourly(MIRROR_SCHEDULE_ID, MirrorOffersWorkflow.run, MirrorInput()),
    }
    if nightly_summary is not None:
        wanted[NIGHTLY_SCHEDULE_ID] = _nightly(nightly_summary)
    return wanted


def _nightly(cron: str) -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            NightlySummaryWorkflow.run,
            id=NIGHTLY_SCHEDULE_ID,
            task_queue=WORKFLOW_QUEUE,
            execution_timeout=timedelta(hours=1),  # it only starts the build
        ),
        spec=ScheduleSpec(cron_expressions=[cron], time_zone_name="Europe/Paris"),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(hours=12)),
    )


def _hourly(schedule_id: str, workflow: Any, *inputs: Contract) -> Schedule:
    return _every(timedelta(hours=1), schedule_id, workflow, *inputs, limit=timedelta(minutes=55))


def _every(interval: timedelta, schedule_id: str, workflow: Any, *inputs: Contract, limit: timedelta) -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            workflow,
            args=inputs,
            id=schedule_id,
            task_queue=WORKFLOW_QUEUE,
            # Under SKIP one stuck run would block all later ones.
            execution_timeout=limit,
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=interval)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=interval),
    )


async def reconcile_schedules(client: Client, nightly_summary: str | None = None) -> None:
    """Create what is missing, bring the rest up to date, delete ours that are no longer wanted.

    What an operator paused stays paused. A time that Temporal refuses is logged: workers serve all the same.
    """
    wanted = schedules(nightly_summary)
    for schedule_id, schedule in wanted.items():
        try:
            await _put(client, schedule_id, schedule)
        except RPCError as error:
            if error.status is not RPCStatusCode.INVALID_ARGUMENT or schedule_id != NIGHTLY_SCHEDULE_ID:
                raise
            log.error("schedule refused: is SUMMARY_NIGHTLY_CRON right?", schedule=schedule_id)
    async for listed in await client.list_schedules(rpc_timeout=RPC_TIMEOUT):
        if listed.id not in wanted and MARK in listed.raw_entry.memo.fields:
            await _delete(client, listed.id)


async def _put(client: Client, schedule_id: str, wanted: Schedule) -> None:
    try:
        await client.create_schedule(schedule_id, wanted, memo={MARK: True}, rpc_timeout=RPC_TIMEOUT)
    except ScheduleAlreadyRunningError:
        await _update(client, schedule_id, wanted)


async def _update(client: Client, schedule_id: str, wanted: Schedule) -> None:
    def keep_state(current: ScheduleUpdateInput) -> ScheduleUpdate:
        return ScheduleUpdate(schedule=dataclasses.replace(wanted, state=current.description.schedule.state))

    await client.get_schedule_handle(schedule_id).update(keep_state)


async def _delete(client: Client, schedule_id: str) -> None:
    try:
        await client.get_schedule_handle(schedule_id).delete(rpc_timeout=RPC_TIMEOUT)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:  # the list lags: another worker has deleted it
            raise
