"""Schedules are reconciled at each start of a worker, and an operator's pause survives it."""

import pytest
from temporalio.client import Client, ScheduleOverlapPolicy
from temporalio.service import RPCError

from workers.schedules import reconcile_schedules, schedules
from workflows.contracts import NIGHTLY_SCHEDULE_ID, SWEEP_SCHEDULE_ID


async def test_a_paused_schedule_stays_paused(plain: Client) -> None:
    handle = plain.get_schedule_handle(SWEEP_SCHEDULE_ID)
    try:
        await reconcile_schedules(plain)
        assert not (await handle.describe()).schedule.state.paused
        await handle.pause(note="maintenance")
        await reconcile_schedules(plain)
        state = (await handle.describe()).schedule.state
        assert (state.paused, state.note) == (True, "maintenance")
        await handle.unpause()
        await reconcile_schedules(plain)
        described = (await handle.describe()).schedule
        assert not described.state.paused
        assert described.policy.overlap is ScheduleOverlapPolicy.SKIP
        assert [every.every for every in described.spec.intervals] == [
            every.every for every in schedules()[SWEEP_SCHEDULE_ID].spec.intervals
        ]
    finally:
        await handle.delete()


async def test_a_time_that_temporal_refuses_leaves_the_other_schedules(
    plain: Client,
) -> None:
    try:
        await reconcile_schedules(plain, "61 25 * * *")
        for schedule_id in schedules():
            await plain.get_schedule_handle(schedule_id).describe()
        with pytest.raises(RPCError):
            await plain.get_schedule_handle(NIGHTLY_SCHEDULE_ID).describe()
    finally:
        for schedule_id in schedules():
            await plain.get_schedule_handle(schedule_id).delete()
