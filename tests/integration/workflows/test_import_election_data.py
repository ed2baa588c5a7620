"""How an import goes through its steps, and how it ends when it is cancelled or a step fails."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowHandle

from activities.contracts import ElectionImport, Failure, ImportClosing, ImportCounts
from tests.integration.workflows.fakes import (
    SOON,
    Behaviour,
    Held,
    Lab,
    Scripted,
    assert_cancelled,
    assert_failed,
    away,
    cancel,
    fails,
    fails_at_first,
    lab,
    one_by_one,
    reached,
    refuses,
    taken_note,
    told,
    waits_for_its_next_try,
)
from workflows.contracts import ImportElectionDataInput
from workflows.import_election_data import ImportElectionDataWorkflow

COUNTS = ImportCounts(rows_read=3, inserted=1, updated=1, unchanged=0, rejected=1, warnings=0)
DAMAGED = "Classeur endommagé : son contenu ne peut pas être lu"
BUSY = away(Failure.IMPORT_WAITING, "Un autre import est en cours")

LOAD, MERGE, CLOSE = "load_election_rows", "merge_election_rows", "close_election_import"
CLEAN, REFRESH = "clean_election_import", "request_summary_refresh"


@dataclass
class Steps(Scripted):
    """The steps of an import whose file has three rows."""

    @activity.defn
    async def load_election_rows(self, step: ElectionImport) -> None:
        await self._do(step)

    @activity.defn
    async def merge_election_rows(self, step: ElectionImport) -> ImportCounts:
        return await self._do(step, COUNTS)  # type: ignore[no-any-return]

    @activity.defn
    async def close_election_import(self, closing: ImportClosing) -> ImportCounts | None:
        return await self._do(closing)  # type: ignore[no-any-return]

    @activity.defn
    async def clean_election_import(self, step: ElectionImport) -> None:
        await self._do(step)

    @activity.defn
    async def request_summary_refresh(self) -> None:
        await self._do(None)

    def activities(self) -> list[Callable[..., Any]]:
        return [
            *(self.load_election_rows, self.merge_election_rows, self.close_election_import),
            *(self.clean_election_import, self.request_summary_refresh),
        ]


async def start(at: Lab, *, refresh: bool = False) -> WorkflowHandle[Any, ImportCounts]:
    import_id = f"import-{uuid4()}"
    contract = ImportElectionDataInput(import_id=import_id, refresh=refresh)
    return await at.client.start_workflow(ImportElectionDataWorkflow.run, contract, id=import_id, task_queue=at.queue)


def merged_all_the_same() -> Behaviour:
    """The closing of an import that turns out to be completed."""

    async def behave(_: Any) -> ImportCounts:
        return COUNTS

    return behave


def ends(steps: Steps) -> list[tuple[str, str | None]]:
    """What the import was closed as."""
    return [(closing.outcome, closing.error) for closing in steps.inputs(CLOSE)]


@pytest.mark.parametrize("refresh", [False, True])
async def test_the_steps_follow_each_other(plain: Client, refresh: bool) -> None:
    steps = Steps()
    async with lab(plain, steps) as at:
        run = await start(at, refresh=refresh)
        assert await run.result() == COUNTS
    assert [name for name, _ in steps.calls] == [LOAD, MERGE, CLEAN, *([REFRESH] if refresh else [])]
    assert {step.import_id for name, step in steps.calls if name != REFRESH} == {run.id}


@pytest.mark.parametrize("failing", [LOAD, MERGE])
async def test_a_failure_closes_and_cleans(plain: Client, failing: str) -> None:
    steps = Steps({failing: refuses(Failure.BAD_DOCUMENT, DAMAGED)})
    async with lab(plain, steps) as at:
        await assert_failed(await start(at, refresh=True), "BadDocument", DAMAGED)
    assert steps.names()[-3:] == [failing, CLOSE, CLEAN]
    assert ends(steps) == [("failed", DAMAGED)]


async def test_a_cancel_while_loading_merges_nothing(plain: Client) -> None:
    held = Held(beats=True)
    steps = Steps({LOAD: held})
    async with lab(plain, steps) as at:
        run = await start(at, refresh=True)
        await reached(held)
        await run.cancel()
        await assert_cancelled(run)
    assert steps.names() == [LOAD, CLOSE, CLEAN]
    assert ends(steps) == [("cancelled", None)]


async def test_a_load_that_ends_in_spite_of_the_cancel_is_not_merged(plain: Client) -> None:
    held = Held()
    steps = Steps({LOAD: held})
    async with lab(plain, steps) as at:
        run = await start(at)
        await reached(held)
        await cancel(run)
        held.let_go.set()
        await assert_cancelled(run)
    assert steps.names() == [LOAD, CLOSE, CLEAN]


async def test_a_merge_that_commits_beats_the_cancel(plain: Client) -> None:
    held = Held(COUNTS)
    steps = Steps({MERGE: held})
    async with lab(plain, steps) as at:
        run = await start(at, refresh=True)
        await reached(held)
        await cancel(run)
        held.let_go.set()
        assert await run.result() == COUNTS
    assert steps.names() == [LOAD, MERGE, CLEAN, REFRESH]


@pytest.mark.parametrize("cancelled", [True, False], ids=["cancelled", "failed"])
async def test_a_merge_whose_answer_was_lost_counts(plain: Client, cancelled: bool) -> None:
    """The row says that it was completed, whatever became of the step."""
    held = Held(beats=True)
    lost = held if cancelled else fails(told(Failure.REQUEST_GONE, "Import introuvable ou déjà terminé"))
    steps = Steps({MERGE: lost, CLOSE: merged_all_the_same()})
    async with lab(plain, steps) as at:
        run = await start(at, refresh=True)
        if cancelled:
            await reached(held)
            await run.cancel()
        assert await run.result() == COUNTS
    assert steps.names() == [LOAD, MERGE, CLOSE, CLEAN, REFRESH]


async def test_a_cancel_while_another_import_merges(plain: Client) -> None:
    steps = Steps({MERGE: BUSY})
    async with lab(plain, steps) as at:
        run = await start(at)
        await waits_for_its_next_try(run)
        await run.cancel()
        await assert_cancelled(run)
    assert steps.names() == [LOAD, MERGE, CLOSE, CLEAN]


async def test_a_merge_waits_its_turn(plain: Client) -> None:
    soon = away(Failure.IMPORT_WAITING, "Un autre import est en cours", again=SOON)
    steps = Steps({MERGE: one_by_one(soon)})
    async with lab(plain, steps) as at:
        assert await (await start(at)).result() == COUNTS
    assert [name for name, _ in steps.calls] == [LOAD, MERGE, MERGE, CLEAN]


@pytest.mark.parametrize("cached", [True, False], ids=["cached", "replayed"])
async def test_a_second_cancel_does_not_stop_the_closing(plain: Client, cached: bool) -> None:
    at_load, at_close = Held(beats=True), Held()
    steps = Steps({LOAD: at_load, CLOSE: at_close})
    async with lab(plain, steps, cached=cached) as at:
        run = await start(at)
        await reached(at_load)
        await cancel(run)
        await reached(at_close)
        await run.cancel()
        await taken_note(run, "workflow_execution_cancel_requested")
        at_close.let_go.set()
        await assert_cancelled(run)
    assert steps.names() == [LOAD, CLOSE, CLEAN]


async def test_a_cancel_while_cleaning_up_comes_too_late(plain: Client) -> None:
    held = Held()
    steps = Steps({CLEAN: held})
    async with lab(plain, steps) as at:
        run = await start(at, refresh=True)
        await reached(held)
        await cancel(run)
        held.let_go.set()
        assert await run.result() == COUNTS
    assert steps.names() == [LOAD, MERGE, CLEAN, REFRESH]


async def test_closing_and_cleaning_are_tried_until_they_succeed(plain: Client) -> None:
    away_once = fails_at_first(RuntimeError("away"))
    steps = Steps({LOAD: refuses(Failure.BAD_DOCUMENT, DAMAGED), CLOSE: away_once})
    steps.behaviours[CLEAN] = fails_at_first(RuntimeError("away"))
    async with lab(plain, steps) as at:
        await assert_failed(await start(at), "BadDocument", DAMAGED)
    assert [name for name, _ in steps.calls] == [LOAD, CLOSE, CLOSE, CLEAN, CLEAN]


async def test_a_refresh_that_fails_leaves_the_import_completed(plain: Client) -> None:
    steps = Steps({REFRESH: refuses(Failure.UNEXPECTED, "Erreur interne pendant le traitement")})
    async with lab(plain, steps) as at:
        assert await (await start(at, refresh=True)).result() == COUNTS
    assert steps.names()[-1] == REFRESH
