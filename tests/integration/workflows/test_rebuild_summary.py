"""How a build of the summary goes through its passes, and how it ends when it is cancelled or a step fails."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowHandle

from activities.contracts import (
    Failure,
    PublishedSummary,
    RebuildSummaryInput,
    SummaryBuildEnd,
    SummaryBuildRef,
    SummaryBuildRemains,
    SummaryPart,
    SummaryPartStep,
    SummaryPlan,
    SummaryPublishStep,
)
from tests.integration.workflows.fakes import (
    Held,
    Lab,
    Scripted,
    assert_cancelled,
    assert_failed,
    cancel,
    fails,
    lab,
    reached,
    taken_note,
    told,
)
from tests.waiting import until
from workflows.rebuild_summary import RebuildSummaryWorkflow

PARTS = 5
REFUSED = told(Failure.SUMMARY_SQL, "La base de données a refusé une instruction (SQLSTATE 22003)")


@dataclass
class Steps(Scripted):
    """The steps of a build of five partitions, two at once."""

    @activity.defn
    async def prepare_summary(self, ref: SummaryBuildRef) -> SummaryPlan:
        parts = [SummaryPart(number=number, input_rows=10) for number in range(PARTS if ref.mode == "full" else 0)]
        plan = SummaryPlan(mode=ref.mode, claimed=1, input_rows=10 * len(parts) or 3, parts=parts, parallelism=2)
        return await self._do(ref, plan)  # type: ignore[no-any-return]

    @activity.defn
    async def insert_summary_part(self, step: SummaryPartStep) -> None:
        await self._do(step)

    @activity.defn
    async def index_summary(self, ref: SummaryBuildRef) -> None:
        await self._do(ref)

    @activity.defn
    async def publish_summary(self, step: SummaryPublishStep) -> PublishedSummary:
        return await self._do(step, PublishedSummary(rows=40))  # type: ignore[no-any-return]

    @activity.defn
    async def refresh_summary(self, step: SummaryPublishStep) -> PublishedSummary:
        return await self._do(step, PublishedSummary(rows=41))  # type: ignore[no-any-return]

    @activity.defn
    async def abandon_summary(self, end: SummaryBuildEnd) -> SummaryBuildRemains:
        return await self._do(end, SummaryBuildRemains())  # type: ignore[no-any-return]

    def activities(self) -> list[Callable[..., Any]]:
        return [
            *(self.prepare_summary, self.insert_summary_part, self.index_summary),
            *(self.publish_summary, self.refresh_summary, self.abandon_summary),
        ]


async def start(at: Lab, **contract: Any) -> WorkflowHandle[Any, PublishedSummary]:
    return await at.client.start_workflow(
        RebuildSummaryWorkflow.run, RebuildSummaryInput(**contract), id=f"build-{uuid4()}", task_queue=at.queue
    )


async def progress(run: WorkflowHandle[Any, Any]) -> dict[str, Any]:
    memo: dict[str, Any] = (await (await run.describe()).memo())["progress"]
    return memo


async def test_progress_counts_input_rows_and_never_decreases(plain: Client) -> None:
    steps = Steps()
    seen: list[tuple[float, int]] = []

    async with lab(plain, steps) as at:
        run = await start(at)

        async def watched(_: Any) -> None:
            memo = await progress(run)
            seen.append((memo["percent"], memo["rows_done"]))

        steps.behaviours["insert_summary_part"] = watched
        assert await run.result() == PublishedSummary(rows=40)
        assert await progress(run) == {"percent": 100, "rows_done": 50, "rows_total": 50, "phase": "done"}
    assert seen == sorted(seen)
    assert {percent for percent, _ in seen} <= {0, 18, 36, 54, 72}


async def test_a_publication_that_commits_beats_the_cancel(plain: Client) -> None:
    held = Held(PublishedSummary(rows=40))
    steps = Steps({"publish_summary": held})
    async with lab(plain, steps) as at:
        run = await start(at)
        await reached(held)
        await run.signal("refresh_requested")
        await cancel(run)
        held.let_go.set()
        assert await run.result() == PublishedSummary(rows=40)
        assert (await progress(run))["phase"] == "done"
    assert steps.names()[-1] == "publish_summary"  # nothing undone, and no pass more


@pytest.mark.parametrize("cancelled", [True, False], ids=["cancelled", "failed"])
async def test_a_publication_whose_answer_was_lost_counts(plain: Client, cancelled: bool) -> None:
    """The row says that it was published, whatever became of the step."""
    held = Held(beats=True)
    published: dict[str, Any] = {"abandon_summary": answers(SummaryBuildRemains(rows=40))}
    steps = Steps(published | {"publish_summary": held if cancelled else fails(REFUSED)})
    async with lab(plain, steps) as at:
        run = await start(at)
        if cancelled:
            await reached(held)
            await run.cancel()
        assert await run.result() == PublishedSummary(rows=40)


def answers(answer: Any) -> Any:
    async def behave(_: Any) -> Any:
        return answer

    return behave


@pytest.mark.parametrize("cached", [True, False], ids=["cached", "replayed"])
async def test_a_second_cancel_does_not_stop_the_giving_up(plain: Client, cached: bool) -> None:
    at_part, at_end = Held(beats=True), Held(SummaryBuildRemains())
    steps = Steps({"insert_summary_part": at_part, "abandon_summary": at_end})
    async with lab(plain, steps, cached=cached) as at:
        run = await start(at)
        await reached(at_part)
        await cancel(run)
        await reached(at_end)
        assert (await progress(run))["phase"] == "cancelling"
        await run.cancel()
        await taken_note(run, "workflow_execution_cancel_requested")
        at_end.let_go.set()
        await assert_cancelled(run)
    (end,) = steps.inputs("abandon_summary")
    assert end.error == "Reconstruction annulée"
    assert "index_summary" not in steps.names()


async def test_a_refused_partition_spares_the_others(plain: Client) -> None:
    steps = Steps({"insert_summary_part": fails(REFUSED)})
    async with lab(plain, steps) as at:
        run = await start(at)
        await assert_failed(run, "SummarySql", REFUSED.message)
    assert len(steps.inputs("insert_summary_part")) == 2  # those that had begun together
    (end,) = steps.inputs("abandon_summary")
    assert end.error == f"Error in build_siret_summary: {REFUSED.message}"


async def test_a_build_that_was_widened_ends_as_what_it_was(plain: Client) -> None:
    """Asked for as incremental, it turned out to be more work than building anew."""

    async def widened(ref: SummaryBuildRef) -> SummaryPlan:
        return SummaryPlan(mode="full", claimed=1, input_rows=10, parts=[SummaryPart(number=0, input_rows=10)])

    steps = Steps({"prepare_summary": widened, "insert_summary_part": fails(REFUSED)})
    async with lab(plain, steps) as at:
        await assert_failed(await start(at, mode="incremental"), "SummarySql", REFUSED.message)
    (end,) = steps.inputs("abandon_summary")
    assert end.build.mode == "full"


async def test_each_signal_is_answered_by_a_later_pass(plain: Client) -> None:
    held = Held(PublishedSummary(rows=40))
    steps = Steps({"refresh_summary": held})
    async with lab(plain, steps) as at:
        run = await start(at, mode="incremental")
        await reached(held)
        for _ in range(3):  # one pass answers them all
            await run.signal("refresh_requested")
        held.let_go.set()
        assert await run.result() == PublishedSummary(rows=40)
    passes = [step.build for step in steps.inputs("refresh_summary")]
    assert [one.build_id for one in passes] == [f"{run.result_run_id}:1", f"{run.result_run_id}:2"]
    assert {one.mode for one in passes} == {"incremental"}


async def test_a_signal_that_comes_with_the_start_makes_no_pass_more(plain: Client) -> None:
    """An import starts a build and signals it at once; its changes are in what that build claims."""
    steps = Steps()
    async with lab(plain, steps) as at:
        run = await at.client.start_workflow(
            "RebuildSummaryWorkflow",
            RebuildSummaryInput(mode="incremental"),
            id=f"build-{uuid4()}",
            task_queue=at.queue,
            start_signal="refresh_requested",
        )
        await run.result()
    assert [name for name, _ in steps.calls] == ["prepare_summary", "refresh_summary"]


async def test_a_failed_second_pass_fails_the_run_and_leaves_the_first(plain: Client) -> None:
    held = Held(PublishedSummary(rows=40))
    steps = Steps({"publish_summary": held, "refresh_summary": fails(REFUSED)})
    async with lab(plain, steps) as at:
        run = await start(at)
        await reached(held)
        await run.signal("refresh_requested")

        async def signalled() -> bool:
            events = (await run.fetch_history()).events
            return any(event.HasField("workflow_execution_signaled_event_attributes") for event in events)

        await until(signalled)
        held.let_go.set()
        await assert_failed(run, "SummarySql", REFUSED.message)
    (end,) = steps.inputs("abandon_summary")
    assert end.build.build_id == f"{run.result_run_id}:2"
