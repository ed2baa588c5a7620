"""What an operator can tell a decision that waits: to try again at once, or to give up."""

import pytest
from temporalio.client import Client

from activities.contracts import Failure, SyncedCandidate, Withdrawal
from tests.integration.workflows.decision_fakes import (
    CLOSE,
    ERASE,
    INCIDENT,
    RECORD,
    SEND,
    SYNC,
    UNDO_STATUS,
    UNDONE,
    WITHDRAW,
    DecisionFakes,
    abandon,
    budgets,
    decide,
    decisions_lab,
    retry_now,
)
from tests.integration.workflows.fakes import (
    USUAL,
    Behaviour,
    Held,
    assert_completed,
    assert_failed,
    away,
    cancel,
    held_then,
    one_by_one,
    reached,
    refuses,
    waits_for_its_next_try,
)

AS_BEFORE = "Statut et index sont ceux d'avant"
GIVEN_UP = f"Décision abandonnée. {AS_BEFORE}"
AWAY = away(Failure.INDEX_UNAVAILABLE, "Connection error")
REFUSES = refuses(Failure.INDEX_REJECTED, "HTTP 400")


@pytest.mark.parametrize(
    ("kind", "step"), [("validate", RECORD), ("validate", SYNC), ("validate", SEND), ("reject", SYNC)]
)
async def test_the_next_try_is_made_at_once(plain: Client, kind: str, step: str) -> None:
    """With what is left of the budget, and nothing undone."""
    fakes = DecisionFakes({step: one_by_one(AWAY, AWAY)})
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, kind)
        for _ in range(2):
            await waits_for_its_next_try(run)
            await retry_now(run)
        await assert_completed(run)
        first, second, third = await budgets(run, step)
    assert first == 7200
    assert first > second > third > 7140
    assert len(fakes.inputs(step)) == 3
    assert {UNDO_STATUS, WITHDRAW, INCIDENT}.isdisjoint(fakes.names())
    assert fakes.states == ["completed"] * 3


@pytest.mark.parametrize(("first", "tries"), [(AWAY, [SYNC, SYNC]), (None, [SYNC])], ids=["fails", "ends well"])
async def test_a_try_under_way_is_made_again_at_once_if_it_fails(
    plain: Client, first: Behaviour | None, tries: list[str]
) -> None:
    held = Held(USUAL)
    fakes = DecisionFakes({SYNC: one_by_one(held if first is None else held_then(held, first))})
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, "validate")
        await reached(held)
        await retry_now(run)
        assert len(fakes.inputs(SYNC)) == 1
        held.let_go.set()
        await assert_completed(run)
    assert [name for name, _ in fakes.calls] == [RECORD, *tries, SEND, CLOSE]


async def test_a_try_under_way_that_fails_for_good_has_failed(plain: Client) -> None:
    held = Held()
    fakes = DecisionFakes({SYNC: one_by_one(held_then(held, REFUSES))})
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, "validate")
        await reached(held)
        await retry_now(run)
        held.let_go.set()
        await assert_failed(run, "DecisionRolledBack", f"HTTP 400. {AS_BEFORE}")
    assert fakes.incidents == [("indexation_failed", "HTTP 400", "IndexRejected")]


async def test_a_request_for_another_try_counts_for_the_step_under_way_alone(plain: Client) -> None:
    """It does not hurry the next step's first try away."""
    recording, indexing = Held(USUAL), Held(USUAL)
    fakes = DecisionFakes({RECORD: recording, SYNC: indexing})
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, "validate")
        await reached(recording)
        await retry_now(run)
        recording.let_go.set()
        await reached(indexing)
        indexing.let_go.set()
        await assert_completed(run)
        assert len(await budgets(run, SYNC)) == 1
    assert [name for name, _ in fakes.calls] == [RECORD, SYNC, SEND, CLOSE]


async def test_giving_up_what_is_out_by_mail_completes_it(plain: Client) -> None:
    fakes = DecisionFakes({SEND: AWAY}, withdrawal=Withdrawal(withdrawn=False, state="sent"))
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, "validate")
        await waits_for_its_next_try(run)
        await abandon(run)
        await assert_completed(run)
    assert fakes.order[3:] == [WITHDRAW, CLOSE]
    assert fakes.states == ["completed"] * 3


async def test_giving_up_while_a_failure_is_undone_changes_nothing(plain: Client) -> None:
    held = Held()
    fakes = DecisionFakes({SYNC: one_by_one(REFUSES), UNDO_STATUS: held})
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, "validate")
        await reached(held)
        await abandon(run)
        held.let_go.set()
        await assert_failed(run, "DecisionRolledBack", f"HTTP 400. {AS_BEFORE}")
    assert fakes.names()[-2:] == [UNDONE, CLOSE]


async def test_giving_up_what_is_cancelled_is_giving_up(plain: Client) -> None:
    held = Held(SyncedCandidate(indexed=True))
    fakes = DecisionFakes({SYNC: one_by_one(held)})
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, "validate")
        await reached(held)
        await abandon(run)
        await cancel(run)
        held.let_go.set()
        await assert_failed(run, "DecisionRolledBack", GIVEN_UP)
    assert fakes.closing.outcome == "failed"


async def test_an_erasure_that_has_begun_is_neither_given_up_nor_begun_again(plain: Client) -> None:
    held = Held()
    fakes = DecisionFakes({ERASE: held})
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, "erase")
        await reached(held)
        await retry_now(run)
        await abandon(run)
        held.let_go.set()
        await assert_completed(run)
    assert [name for name, _ in fakes.calls] == [SYNC, ERASE, CLOSE]
    assert fakes.states == ["completed", "completed", "skipped"]
