"""How a matching request ends: after the parse it waits for, page by page, cancelled, failed."""

from uuid import uuid4

from temporalio.client import Client
from temporalio.common import Priority
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.contracts import Closing, Failure, PairCounts, PairPage
from tests.integration.workflows.fakes import (
    Fakes,
    Held,
    assert_cancelled,
    assert_completed,
    assert_failed,
    cancel,
    fails,
    fails_at_first,
    lab,
    reached,
    request_of,
    taken_note,
    told,
)
from workflows.contracts import MatchCandidateInput, MatchCandidateResult
from workflows.match_candidate import MatchCandidateWorkflow

NOT_YET = ApplicationError(
    "Analyse du CV en cours", type=Failure.PARSE_NOT_FINISHED, category=ApplicationErrorCategory.BENIGN
)


async def test_it_waits_for_the_parse(plain: Client) -> None:
    fakes = Fakes({"await_parse": fails_at_first(NOT_YET)})
    async with lab(plain, fakes) as at:
        await assert_completed(await at.match(depends_on=True))
    assert [name for name, _ in fakes.calls] == [
        *("await_parse", "await_parse", "plan_pairs", "score_pairs", "close_matching", "announce_match")
    ]


async def test_a_failed_parse_fails_the_matching_with_its_reason(plain: Client) -> None:
    reason = "L'analyse du CV a échoué : Document illisible"
    fakes = Fakes({"await_parse": fails(told(Failure.PARSE_UNSUCCESSFUL, reason))})
    async with lab(plain, fakes) as at:
        run = await at.match(depends_on=True)
        await assert_failed(run, "ParseUnsuccessful", reason)
    closed = Closing(request_id=request_of(run), outcome="failed", error=reason, error_type="ParseUnsuccessful")
    assert fakes.inputs("close_matching") == [closed]
    assert fakes.names() == ["await_parse", "close_matching", "announce_match"]


async def test_a_cancel_ends_the_waiting(plain: Client) -> None:
    held = Held()
    fakes = Fakes({"await_parse": held})
    async with lab(plain, fakes) as at:
        run = await at.match(depends_on=True)
        await reached(held)
        await cancel(run)
        await assert_cancelled(run)
        held.let_go.set()
    assert fakes.inputs("close_matching") == [Closing(request_id=request_of(run), outcome="cancelled")]
    assert fakes.names() == ["await_parse", "close_matching", "announce_match"]


async def test_every_page_is_scored_once(plain: Client) -> None:
    fakes = Fakes(pairs=4_600)
    async with lab(plain, fakes) as at:
        run = await at.match()
        assert await run.result() == MatchCandidateResult(scored=4_600)
    request = request_of(run)
    pages = sorted(fakes.inputs("score_pairs"), key=lambda page: page.start)
    assert pages == [PairPage(request_id=request, start=start, count=1000) for start in range(0, 4_600, 1000)]
    assert fakes.names()[-2:] == ["close_matching", "announce_match"]


async def test_a_very_long_ranking_goes_on_in_a_new_run(plain: Client) -> None:
    """Two hundred pages a run; the chain waits, plans, closes and announces once, and its history stays short."""
    fakes = Fakes(pairs=200_500)
    async with lab(plain, fakes) as at:
        request = uuid4()
        run = await at.client.start_workflow(
            MatchCandidateWorkflow.run,
            MatchCandidateInput(request_id=request, depends_on=True),
            id=f"matching-bulk-{request}",
            task_queue=at.queue,
            priority=Priority(priority_key=5, fairness_key="somebody"),
            memo={"request": str(request)},
        )
        assert await run.result() == MatchCandidateResult(scored=200_500)
        last = await at.client.get_workflow_handle(run.id).describe()
        assert last.run_id != run.first_execution_run_id
        assert await last.memo() == {"request": str(request)}
        inherited = last.raw_description.workflow_execution_info.priority
        assert (inherited.priority_key, inherited.fairness_key) == (5, "somebody")
        first = at.client.get_workflow_handle(run.id, run_id=run.first_execution_run_id)
        assert len((await first.fetch_history()).events) < 4_000
    starts = sorted(page.start for page in fakes.inputs("score_pairs"))
    assert starts == list(range(0, 200_500, 1000))
    for once in ("await_parse", "plan_pairs", "close_matching", "announce_match"):
        assert len(fakes.inputs(once)) == 1


async def test_no_pair_is_no_page(plain: Client) -> None:
    fakes = Fakes(pairs=0)
    async with lab(plain, fakes) as at:
        assert await (await at.match()).result() == MatchCandidateResult(scored=0)
    assert fakes.names() == ["plan_pairs", "close_matching", "announce_match"]


async def test_a_cancel_waits_for_the_pages_being_scored(plain: Client) -> None:
    """Closing comes after the last page has stopped writing."""
    stubborn, obedient = Held(PairCounts(scored=1_000)), Held(beats=True)
    fakes = Fakes(pairs=2_000)

    async def score(page: PairPage) -> PairCounts:
        answer: PairCounts = await (stubborn if page.start == 0 else obedient)(page)
        return answer

    fakes.behaviours["score_pairs"] = score
    async with lab(plain, fakes) as at:
        run = await at.match()
        await reached(stubborn)
        await reached(obedient)
        await cancel(run)
        await taken_note(run, of="workflow_execution_cancel_requested")
        await taken_note(run, of="activity_task_canceled")
        assert "close_matching" not in fakes.names()
        stubborn.let_go.set()
        await assert_cancelled(run)
    assert [c.outcome for c in fakes.inputs("close_matching")] == ["cancelled"]
    assert len(fakes.inputs("score_pairs")) == 2


async def test_a_failed_page_waits_for_the_others(plain: Client) -> None:
    other = Held(PairCounts(scored=1_000))
    broken = told(Failure.REQUEST_GONE, "Demande introuvable")

    async def score(page: PairPage) -> PairCounts:
        if page.start == 1_000:
            raise broken
        answer: PairCounts = await other(page)
        return answer

    fakes = Fakes({"score_pairs": score}, pairs=2_000)
    async with lab(plain, fakes) as at:
        run = await at.match()
        await reached(other)
        await taken_note(run, of="activity_task_failed")
        assert "close_matching" not in fakes.names()
        other.let_go.set()
        await assert_failed(run, "RequestGone", "Demande introuvable")
    assert [c.outcome for c in fakes.inputs("close_matching")] == ["failed"]


async def test_a_cancel_while_a_failure_is_recorded_changes_nothing(plain: Client) -> None:
    closing = Held()
    fakes = Fakes({"plan_pairs": fails(told(Failure.NO_PROFILE, "Candidat sans profil")), "close_matching": closing})
    async with lab(plain, fakes) as at:
        run = await at.match()
        await reached(closing)
        await cancel(run)
        closing.let_go.set()
        await assert_failed(run, "NoProfile", "Candidat sans profil")
    assert fakes.names()[-1] == "announce_match"


async def test_a_cancel_while_the_end_is_recorded_leaves_it_completed(plain: Client) -> None:
    """All pairs are stored and the row is being decided as completed: the run says the same."""
    closing = Held()
    fakes = Fakes({"close_matching": closing})
    async with lab(plain, fakes) as at:
        run = await at.match()
        await reached(closing)
        await cancel(run)
        closing.let_go.set()
        await assert_completed(run)
    assert [c.outcome for c in fakes.inputs("close_matching")] == ["completed"]
