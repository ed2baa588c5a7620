"""A decision that is called off or given up: what was done of it is undone, and it says which of the two it was."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle

from activities.contracts import Failure, StatusRecorded, SyncedCandidate
from tests.integration.workflows.decision_fakes import (
    CLOSE,
    INCIDENT,
    RECORD,
    SEND,
    SYNC,
    UNDO_STATUS,
    UNDONE,
    WITHDRAW,
    DecisionFakes,
    abandon,
    decide,
    decisions_lab,
)
from tests.integration.workflows.fakes import (
    Held,
    assert_cancelled,
    assert_failed,
    away,
    cancel,
    one_by_one,
    reached,
    refuses,
    waits_for_its_next_try,
)

AS_BEFORE = "Statut et index sont ceux d'avant"
AWAY = away(Failure.INDEX_UNAVAILABLE, "Connection error")
RECORDED, SYNCED = StatusRecorded(previous="SUBMITTED"), SyncedCandidate(indexed=True)


@dataclass(frozen=True)
class Way:
    """How a decision is stopped, and how it is recorded then."""

    stop: Callable[[WorkflowHandle[Any, None]], Awaitable[None]]
    outcome: str
    error: str

    async def ends(self, run: WorkflowHandle[Any, None], fakes: DecisionFakes) -> None:
        """The run has ended this way, and so it is recorded."""
        if self.outcome == "cancelled":
            await assert_cancelled(run)
        else:
            await assert_failed(run, "DecisionRolledBack", self.error)
        assert (fakes.closing.outcome, fakes.closing.error) == (self.outcome, self.error)


ways = pytest.mark.parametrize(
    "way",
    [
        Way(cancel, "cancelled", f"Annulée. {AS_BEFORE}"),
        Way(abandon, "failed", f"Décision abandonnée. {AS_BEFORE}"),
    ],
    ids=["called off", "given up"],
)

STOPPED_AT = [
    ("validate", RECORD, [], ["compensated", "skipped", "skipped"]),
    ("validate", SYNC, [SYNC, UNDONE], ["compensated", "compensated", "skipped"]),
    ("unarchive", SYNC, [SYNC, UNDONE], ["compensated", "compensated", "skipped"]),
    ("reject", SYNC, [SYNC, UNDONE], ["skipped", "compensated", "skipped"]),
    ("reject", RECORD, [SYNC, UNDONE], ["compensated", "compensated", "skipped"]),
    ("archive", SYNC, [SYNC, UNDONE], ["skipped", "compensated", "skipped"]),
    ("archive", RECORD, [SYNC, UNDONE], ["compensated", "compensated", "skipped"]),
    ("erase", SYNC, [SYNC, UNDONE], ["skipped", "compensated", "skipped"]),
]
"""A decision and the step at which it is stopped, what is undone after the status, and the last states."""

stopped_at = pytest.mark.parametrize(("kind", "step", "undone", "states"), STOPPED_AT)


def assert_undone(fakes: DecisionFakes, undone: list[str], states: list[str]) -> None:
    """Undone in this order, without incident, with these last states of status, index and mail."""
    names = [name for name, _ in fakes.calls]
    assert names[names.index(UNDO_STATUS) :] == [UNDO_STATUS, *undone, CLOSE]
    assert fakes.states == states
    assert fakes.incidents == []


@ways
@stopped_at
async def test_a_step_that_ends_well_all_the_same_is_undone(
    plain: Client, way: Way, kind: str, step: str, undone: list[str], states: list[str]
) -> None:
    held = Held(RECORDED if step == RECORD else SYNCED)
    fakes = DecisionFakes({step: one_by_one(held)})
    async with decisions_lab(plain, fakes, cached=False) as at:
        run = await decide(at, kind)
        await reached(held)
        await way.stop(run)
        held.let_go.set()
        await way.ends(run, fakes)
    assert_undone(fakes, undone, states)


@ways
@stopped_at
async def test_between_two_tries_it_counts_at_once(
    plain: Client, way: Way, kind: str, step: str, undone: list[str], states: list[str]
) -> None:
    """A try that failed may have taken effect: it is undone like one that did."""
    fakes = DecisionFakes({step: one_by_one(AWAY)})
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, kind)
        await waits_for_its_next_try(run)
        await way.stop(run)
        await way.ends(run, fakes)
    assert_undone(fakes, undone, states)


@ways
async def test_a_removal_that_goes_on_is_undone(plain: Client, way: Way) -> None:
    fakes = DecisionFakes({SYNC: one_by_one(refuses(Failure.INDEX_REJECTED, "HTTP 400"), AWAY)})
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, "reject")
        await waits_for_its_next_try(run)
        await way.stop(run)
        await way.ends(run, fakes)
    assert fakes.order == [SYNC, INCIDENT, SYNC, UNDO_STATUS, SYNC, UNDONE, CLOSE]
    assert len(fakes.incidents) == 1
    assert fakes.states == ["skipped", "compensated", "skipped"]


@ways
@pytest.mark.parametrize("kind", ["validate", "reject"])
async def test_a_mail_that_can_be_withdrawn_is(plain: Client, way: Way, kind: str) -> None:
    fakes = DecisionFakes({SEND: AWAY})
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, kind)
        await waits_for_its_next_try(run)
        await way.stop(run)
        await way.ends(run, fakes)
    assert fakes.order[-6:] == [SEND, WITHDRAW, UNDO_STATUS, SYNC, UNDONE, CLOSE]
    assert_undone(fakes, [SYNC, UNDONE], ["compensated", "compensated", "skipped"])
