"""Keeping the live search index: one candidate brought up to date, and what has drifted brought into line."""

from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowHandle

from activities.contracts import (
    Candidates,
    CompareFrom,
    Differences,
    Failure,
    RefusedCandidates,
)
from activities.index_requests import request_sync
from domain.ids import index_workflow_id
from tests.integration.workflows.fakes import (
    USUAL,
    Held,
    Lab,
    assert_cancelled,
    assert_completed,
    assert_failed,
    away,
    cancel,
    ended,
    lab,
    one_by_one,
    reached,
    refuses,
    taken_note,
    waits_for_its_next_try,
)
from tests.integration.workflows.index_fakes import IndexFakes, in_turn
from workflows.contracts import ReconcileInput, ReconcileResult
from workflows.reconcile_index import ReconcileIndexWorkflow
from workflows.reindex_candidates import ReindexCandidatesWorkflow
from workflows.sync_candidate import SyncCandidateWorkflow

WORKFLOWS = (SyncCandidateWorkflow, ReindexCandidatesWorkflow, ReconcileIndexWorkflow)
REFUSES = refuses(Failure.INDEX_REJECTED, "HTTP 400")
AWAY = away(Failure.INDEX_UNAVAILABLE, "Connection error")


async def sync(at: Lab) -> WorkflowHandle[Any, Any]:
    """Ask for a candidate's refresh, as changes do; the run that makes it."""
    candidate_id = uuid4().int >> 65
    await request_sync(at.client, at.queue, candidate_id)
    return at.client.get_workflow_handle(index_workflow_id(candidate_id))


async def ask_again(at: Lab, run: WorkflowHandle[Any, Any]) -> None:
    await request_sync(at.client, at.queue, int(run.id.removeprefix("candidate-index-")))


async def test_a_candidate_is_brought_up_to_date(plain: Client) -> None:
    fakes = IndexFakes()
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        run = await sync(at)
        await assert_completed(run)
    assert fakes.names() == ["sync_candidate"]
    assert [index_workflow_id(given.candidate_id) for given in fakes.inputs("sync_candidate")] == [run.id]


async def test_changes_during_a_pass_make_one_more(plain: Client) -> None:
    held = Held(USUAL)
    fakes = IndexFakes(behaviours={"sync_candidate": one_by_one(held)})
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        run = await sync(at)
        await reached(held)
        for _ in range(3):
            await ask_again(at, run)
        assert len(fakes.calls) == 1
        held.let_go.set()
        await assert_completed(run)
    assert fakes.calls == [fakes.calls[0]] * 2


async def test_a_refused_document_is_an_incident(plain: Client) -> None:
    fakes = IndexFakes(behaviours={"sync_candidate": REFUSES})
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        run = await sync(at)
        await assert_failed(run, "IndexRejected", "HTTP 400")
    (given,) = fakes.inputs("sync_candidate")
    assert fakes.incidents == [("indexation_failed", given.candidate_id, "HTTP 400", "IndexRejected")]


async def test_a_document_that_is_changed_while_it_is_refused_gets_through(plain: Client) -> None:
    held = Held()

    async def refuse(given: object) -> object:
        await held(given)
        return await REFUSES(given)

    fakes = IndexFakes(behaviours={"sync_candidate": one_by_one(refuse)})
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        run = await sync(at)
        await reached(held)
        await ask_again(at, run)
        held.let_go.set()
        await assert_completed(run)
    assert [name for name, _ in fakes.calls] == ["sync_candidate"] * 2


async def test_a_change_while_the_incident_is_recorded_is_not_lost(plain: Client) -> None:
    held = Held()
    fakes = IndexFakes(behaviours={"sync_candidate": one_by_one(REFUSES), "record_incident": held})
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        run = await sync(at)
        await reached(held)
        await ask_again(at, run)
        held.let_go.set()
        await assert_completed(run)
    assert [name for name, _ in fakes.calls] == ["sync_candidate", "record_incident", "sync_candidate"]


async def test_a_refresh_is_called_off_between_two_tries(plain: Client) -> None:
    fakes = IndexFakes(behaviours={"sync_candidate": AWAY})
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        run = await sync(at)
        await waits_for_its_next_try(run)
        await cancel(run)
        await assert_cancelled(run)
    assert fakes.names() == ["sync_candidate"]


async def test_a_cancel_while_the_incident_is_recorded_changes_nothing(plain: Client) -> None:
    held = Held()
    fakes = IndexFakes(behaviours={"sync_candidate": REFUSES, "record_incident": held})
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        run = await sync(at)
        await reached(held)
        await cancel(run)
        held.let_go.set()
        await assert_failed(run, "IndexRejected", "HTTP 400")
    assert len(fakes.incidents) == 1


async def reconcile(at: Lab, given: ReconcileInput | None = None) -> WorkflowHandle[Any, ReconcileResult]:
    return await at.client.start_workflow(
        ReconcileIndexWorkflow.run, given or ReconcileInput(), id=f"test-reconcile-{uuid4()}", task_queue=at.queue
    )


async def test_without_drift_there_is_nothing_to_tell(plain: Client) -> None:
    fakes = IndexFakes()
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        assert await (await reconcile(at)).result() == ReconcileResult(repaired=0)
    assert fakes.calls == [("compare_index", CompareFrom(settled_only=True))]


@pytest.mark.parametrize(
    ("pages", "sentence"),
    [
        ([Differences(ids=[4])], "1 écart entre la base et l'index"),
        ([Differences(ids=[4, 5], next=7), Differences(ids=[9])], "3 écarts entre la base et l'index"),
    ],
)
async def test_all_that_a_run_repaired_is_one_incident(plain: Client, pages: list[Differences], sentence: str) -> None:
    fakes = IndexFakes(behaviours={"compare_index": in_turn(*pages)})
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        result = await (await reconcile(at)).result()
    assert result == ReconcileResult(repaired=sum(len(page.ids) for page in pages))
    assert fakes.inputs("sync_candidates") == [Candidates(ids=page.ids) for page in pages]
    assert fakes.incidents == [("index_drift_repaired", None, sentence, "IndexDrift")]


async def test_a_refused_document_is_an_incident_of_its_own_and_not_repaired(plain: Client) -> None:
    fakes = IndexFakes(
        behaviours={
            "compare_index": in_turn(Differences(ids=[4, 5])),
            "sync_candidates": in_turn(RefusedCandidates(ids=[5])),
        }
    )
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        assert await (await reconcile(at)).result() == ReconcileResult(repaired=1)
    assert fakes.incidents == [
        ("indexation_failed", 5, "Document refusé par l'index", "IndexRejected"),
        ("index_drift_repaired", None, "1 écart entre la base et l'index", "IndexDrift"),
    ]


async def test_a_long_comparison_counts_on(plain: Client) -> None:
    fakes = IndexFakes(behaviours={"compare_index": in_turn(Differences(ids=[41]))})
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        run = await reconcile(at, ReconcileInput(after=40, repaired=2))
        assert await run.result() == ReconcileResult(repaired=3)
    assert fakes.inputs("compare_index") == [CompareFrom(after=40, settled_only=True)]
    assert [sentence for _, _, sentence, _ in fakes.incidents] == ["3 écarts entre la base et l'index"]


async def test_what_a_cancelled_or_failed_run_had_repaired_is_told(plain: Client) -> None:
    held = Held(Differences(), beats=True)
    fakes = IndexFakes(behaviours={"compare_index": one_by_one(in_turn(Differences(ids=[4, 5], next=7)), held)})
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        run = await reconcile(at)
        await reached(held)
        await cancel(run)
        await assert_cancelled(run)
    assert fakes.incidents == [("index_drift_repaired", None, "2 écarts entre la base et l'index", "IndexDrift")]


async def test_a_cancel_while_the_incident_is_recorded_does_not_lose_it(plain: Client) -> None:
    held = Held(beats=True)
    fakes = IndexFakes(
        behaviours={"compare_index": in_turn(Differences(ids=[4])), "record_incident": held},
    )
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        run = await reconcile(at)
        await reached(held)
        await cancel(run)
        await taken_note(run, of="workflow_execution_cancel_requested")
        held.let_go.set()
        await assert_completed(run)
    assert len(fakes.incidents) == 1


@pytest.mark.parametrize(
    ("workflow", "given"),
    [
        ("SyncCandidateWorkflow", {"candidate_id": "x"}),
        ("SyncCandidateWorkflow", None),
        ("ReindexCandidatesWorkflow", {"after": "x"}),
        ("ReconcileIndexWorkflow", "x"),
    ],
)
async def test_a_malformed_input_ends_the_run(plain: Client, workflow: str, given: object) -> None:
    fakes = IndexFakes()
    async with lab(plain, fakes, workflows=WORKFLOWS, as_deployed=True) as at:
        run = await plain.start_workflow(workflow, given, id=f"test-{uuid4()}", task_queue=at.queue)
        _, failure = await ended(run)
    assert getattr(failure, "type", None) == "PayloadValidationError"
    assert fakes.calls == []
