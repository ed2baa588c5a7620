"""The index built anew beside the live one: searches go from the one to the other, or stay where they were."""

from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowHandle

from activities.contracts import (
    Candidates,
    CompareFrom,
    Differences,
    Failure,
    FilledStretch,
    IndexNames,
    IndexStretch,
    RefusedCandidates,
)
from tests.integration.workflows.fakes import (
    USUAL,
    Behaviour,
    Held,
    Lab,
    assert_cancelled,
    assert_failed,
    cancel,
    fails,
    held_then,
    lab,
    one_by_one,
    reached,
    told,
)
from tests.integration.workflows.index_fakes import NEW, OLD, IndexFakes, in_turn
from workflows.contracts import STAGE, ReindexInput, ReindexResult
from workflows.reindex_candidates import ReindexCandidatesWorkflow

WORKFLOWS = (ReindexCandidatesWorkflow,)
LEFT = "candidates-000007"

BEFORE = ["unpublished_indices", "create_index", "load_index", "catch_up_index"]


async def reindex(at: Lab, given: ReindexInput | None = None) -> WorkflowHandle[Any, ReindexResult]:
    return await at.client.start_workflow(
        ReindexCandidatesWorkflow.run, given or ReindexInput(), id=f"test-reindex-{uuid4()}", task_queue=at.queue
    )


async def test_a_new_index_takes_the_place_of_the_old(plain: Client) -> None:
    fakes = IndexFakes(candidates=3)
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        run = await reindex(at)
        assert await run.result() == ReindexResult(loaded=3)
        described = await run.describe()
    assert fakes.names() == [*BEFORE, "publish_index", "compare_index", "drop_indices"]
    assert (fakes.live, fakes.unpublished) == (NEW, [])
    assert (await described.memo())["progress"] == {"loaded": 3, "total": 3}
    assert described.typed_search_attributes.get(STAGE) == "repair"


async def test_every_stretch_is_taken_up_where_the_last_one_ended(plain: Client) -> None:
    fakes = IndexFakes(
        behaviours={
            "load_index": in_turn(FilledStretch(written=2, next=20), FilledStretch(written=1, refused=1)),
            "catch_up_index": in_turn(FilledStretch(written=1, next=15), FilledStretch(written=2)),
            "compare_index": in_turn(Differences(ids=[4, 5], next=7), Differences(ids=[9])),
            "sync_candidates": in_turn(RefusedCandidates(), RefusedCandidates(ids=[9])),
        }
    )
    async with lab(plain, fakes, workflows=WORKFLOWS, cached=False) as at:
        result = await (await reindex(at)).result()
    assert result == ReindexResult(loaded=3, refused=1, corrected=5)
    assert fakes.inputs("load_index") == [IndexStretch(name=NEW), IndexStretch(name=NEW, after=20)]
    assert fakes.inputs("catch_up_index") == [IndexStretch(name=NEW), IndexStretch(name=NEW, after=15)]
    assert fakes.inputs("compare_index") == [CompareFrom(), CompareFrom(after=7)]
    assert fakes.inputs("sync_candidates") == [Candidates(ids=[4, 5]), Candidates(ids=[9])]
    assert fakes.incidents == [("indexation_failed", 9, "Document refusé par l'index", "IndexRejected")]


async def test_a_long_run_goes_on_where_it_was(plain: Client) -> None:
    fakes = IndexFakes(unpublished=[NEW])
    begun = ReindexInput(index=NEW, after=20, loaded=10, refused=1, total=14)
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        result = await (await reindex(at, begun)).result()
    assert result == ReindexResult(loaded=13, refused=1)
    assert fakes.names()[0] == "load_index"
    assert fakes.inputs("load_index") == [IndexStretch(name=NEW, after=20)]
    assert (fakes.live, fakes.unpublished) == (NEW, [])


async def test_what_a_terminated_run_has_left_is_dropped_first(plain: Client) -> None:
    fakes = IndexFakes(unpublished=[LEFT])
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        await (await reindex(at)).result()
    assert fakes.names()[:3] == ["unpublished_indices", "drop_indices", "create_index"]
    assert fakes.inputs("drop_indices") == [IndexNames(names=[LEFT]), IndexNames(names=[OLD])]


@pytest.mark.parametrize("step", ["create_index", "load_index", "catch_up_index", "publish_index"])
async def test_a_failure_before_the_swap_leaves_the_old_index(plain: Client, step: str) -> None:
    fakes = IndexFakes(behaviours={step: fails(told(Failure.INDEX_REJECTED, "HTTP 400"))})
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        await assert_failed(await reindex(at), "IndexRejected", "HTTP 400")
    assert (fakes.live, fakes.unpublished) == (OLD, [])
    assert fakes.names()[-1] == "drop_indices"
    assert "compare_index" not in fakes.names()


async def test_an_index_that_refuses_most_is_not_published(plain: Client) -> None:
    fakes = IndexFakes(behaviours={"load_index": in_turn(FilledStretch(written=1, refused=2))})
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        await assert_failed(await reindex(at), "IndexRejected", "Les documents sont refusés par l'index")
    assert (fakes.live, fakes.unpublished) == (OLD, [])
    assert "catch_up_index" not in fakes.names()


@pytest.mark.parametrize("step", ["unpublished_indices", "create_index", "load_index", "catch_up_index"])
@pytest.mark.parametrize("notices", [True, False])
async def test_a_cancel_before_the_swap_drops_the_new_index(plain: Client, step: str, notices: bool) -> None:
    """Whether the step ends by the cancel, or well in spite of it."""
    held = Held(USUAL, beats=notices)
    fakes = IndexFakes(behaviours={step: one_by_one(held)})
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        run = await reindex(at)
        await reached(held)
        await cancel(run)
        if not notices:
            held.let_go.set()
        await assert_cancelled(run)
    assert (fakes.live, fakes.unpublished) == (OLD, [])
    assert "publish_index" not in fakes.names()


@pytest.mark.parametrize(
    "step", ["publish_index", "compare_index", "sync_candidates", "unpublished_indices", "drop_indices"]
)
async def test_a_cancel_from_the_swap_on_changes_nothing(plain: Client, step: str) -> None:
    held, usual = Held(USUAL), None
    differences = in_turn(Differences(ids=[4]))
    behaviours: dict[str, Behaviour] = {"compare_index": differences, step: held}
    if step == "compare_index":
        behaviours[step] = held_then(held, differences)
    elif step == "unpublished_indices":
        behaviours[step] = one_by_one(usual, held)  # the second one, which is of what was live
    fakes = IndexFakes(behaviours=behaviours)
    async with lab(plain, fakes, workflows=WORKFLOWS, cached=False) as at:
        run = await reindex(at)
        await reached(held)
        await cancel(run)
        held.let_go.set()
        assert await run.result() == ReindexResult(loaded=3, corrected=1)
    assert (fakes.live, fakes.unpublished) == (NEW, [])
    assert fakes.inputs("sync_candidates") == [Candidates(ids=[4])]
