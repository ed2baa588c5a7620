"""How a parse ends: by each failed step, by a cancel at each step, and with trouble after the profile is saved."""

from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from activities.contracts import INTERNAL_ERROR, Closing, ExtractSummary, Failure, ReadSummary
from tests.integration.workflows.fakes import (
    Fakes,
    Held,
    Lab,
    assert_cancelled,
    assert_completed,
    assert_failed,
    cancel,
    fails,
    fails_at_first,
    lab,
    reached,
    request_of,
    told,
)

READ = ReadSummary(pages=1, characters=10)
EXTRACTED = ExtractSummary(method="rules")
BAD = told(Failure.BAD_DOCUMENT, "Document PDF corrompu ou protégé par mot de passe")


async def test_the_steps_follow_one_another(plain: Client) -> None:
    fakes = Fakes()
    async with lab(plain, fakes) as at:
        await assert_completed(await at.parse(chain=True))
    assert fakes.names() == [
        *("read_document", "extract_profile", "save_profile", "link_candidate"),
        *("plan_pairs", "score_pairs", "close_matching", "announce_parse"),
    ]


@pytest.mark.parametrize("step", ["read_document", "extract_profile", "save_profile"])
async def test_a_failed_step_ends_the_parse_with_its_reason(plain: Client, step: str) -> None:
    fakes = Fakes({step: fails(BAD)})
    async with lab(plain, fakes) as at:
        run = await at.parse(chain=True)
        await assert_failed(run, "BadDocument", "Document PDF corrompu ou protégé par mot de passe")
    closed = Closing(request_id=request_of(run), outcome="failed", error=BAD.message, error_type="BadDocument")
    assert fakes.inputs("close_parse") == [closed]
    assert fakes.names()[-2:] == ["close_parse", "announce_parse"]
    assert len(fakes.inputs(step)) == 1


async def test_a_failure_of_ours_is_told_as_such(plain: Client) -> None:
    fakes = Fakes({"extract_profile": fails(ApplicationError("row 12 of x", type="KeyError", non_retryable=True))})
    async with lab(plain, fakes) as at:
        await assert_failed(await at.parse(), "KeyError", INTERNAL_ERROR)
    assert [(c.error, c.error_type) for c in fakes.inputs("close_parse")] == [(INTERNAL_ERROR, "KeyError")]


async def test_passing_trouble_is_tried_again(plain: Client) -> None:
    trouble = ApplicationError("Stockage des documents indisponible", type=Failure.STORAGE_UNAVAILABLE)
    fakes = Fakes({"read_document": fails_at_first(trouble, READ), "save_profile": fails_at_first(trouble)})
    async with lab(plain, fakes) as at:
        await assert_completed(await at.parse())
    assert [name for name, _ in fakes.calls] == [
        *("read_document", "read_document", "extract_profile", "save_profile", "save_profile", "announce_parse")
    ]


async def test_a_store_that_is_away_does_not_use_up_the_document(plain: Client) -> None:
    away = ApplicationError("away", type=Failure.STORAGE_UNAVAILABLE, next_retry_delay=timedelta(milliseconds=20))
    calls = 0

    async def back_at_the_sixth_call(_: object) -> ReadSummary:
        nonlocal calls
        calls += 1
        if calls < 6:
            raise away
        return READ

    fakes = Fakes({"read_document": back_at_the_sixth_call})
    async with lab(plain, fakes) as at:
        await (await at.parse()).result()
    assert calls == 6


@pytest.mark.parametrize(("step", "answer"), [("read_document", READ), ("extract_profile", EXTRACTED)])
@pytest.mark.parametrize("notices", [True, False])
async def test_a_cancel_before_the_profile_is_saved_cancels(
    plain: Client, step: str, answer: ReadSummary | ExtractSummary, notices: bool
) -> None:
    """Whether the step ends by the cancel, or well in spite of it."""
    held = Held(answer, beats=notices)
    fakes = Fakes({step: held})
    async with lab(plain, fakes) as at:
        run = await at.parse(chain=True)
        await reached(held)
        await cancel(run)
        if not notices:
            held.let_go.set()
        await assert_cancelled(run)
    assert fakes.inputs("close_parse") == [Closing(request_id=request_of(run), outcome="cancelled")]
    assert fakes.names()[-3:] == [step, "close_parse", "announce_parse"]


async def test_a_profile_being_saved_beats_the_cancel(plain: Client) -> None:
    held = Held()
    fakes = Fakes({"save_profile": held})
    async with lab(plain, fakes) as at:
        run = await at.parse()
        await reached(held)
        await cancel(run)
        held.let_go.set()
        await assert_completed(run)
    assert fakes.names()[-2:] == ["save_profile", "announce_parse"]


async def test_a_cancel_while_linking_leaves_the_parse_done(plain: Client) -> None:
    held = Held()
    fakes = Fakes({"link_candidate": held})
    async with lab(plain, fakes) as at:
        run = await at.parse(chain=True)
        await reached(held)
        await cancel(run)
        held.let_go.set()
        await assert_completed(run)
    assert fakes.inputs("close_matching") == [Closing(request_id=request_of(run), outcome="cancelled")]
    assert fakes.names()[-3:] == ["link_candidate", "close_matching", "announce_parse"]


async def test_a_cancel_while_matching_leaves_the_parse_done(plain: Client) -> None:
    held = Held(beats=True)
    fakes = Fakes({"score_pairs": held})
    async with lab(plain, fakes) as at:
        run = await at.parse(chain=True)
        await reached(held)
        await cancel(run)
        await assert_completed(run)
        await assert_cancelled(plain.get_workflow_handle(f"matching-bulk-{run.id}"))
    assert {closing.outcome for closing in fakes.inputs("close_matching")} == {"cancelled"}
    assert fakes.names()[-1] == "announce_parse"
    assert "close_parse" not in fakes.names()


async def test_a_cancel_while_a_failure_is_recorded_changes_nothing(plain: Client) -> None:
    closing = Held()
    fakes = Fakes({"read_document": fails(BAD), "close_parse": closing})
    async with lab(plain, fakes) as at:
        run = await at.parse()
        await reached(closing)
        await cancel(run)
        closing.let_go.set()
        await assert_failed(run, "BadDocument", BAD.message)
    assert [c.outcome for c in fakes.inputs("close_parse")] == ["failed"]
    assert fakes.names()[-1] == "announce_parse"


async def test_a_second_cancel_does_not_interrupt_the_first(plain: Client) -> None:
    reading, closing = Held(beats=True), Held()
    fakes = Fakes({"read_document": reading, "close_parse": closing})
    async with lab(plain, fakes) as at:
        run = await at.parse()
        await reached(reading)
        await cancel(run)
        await reached(closing)
        await cancel(run)
        closing.let_go.set()
        await assert_cancelled(run)
    assert [c.outcome for c in fakes.inputs("close_parse")] == ["cancelled"]
    assert fakes.names()[-1] == "announce_parse"


async def test_a_failed_link_fails_the_matching_alone(plain: Client) -> None:
    gone = told(Failure.CANDIDATE_GONE, "Candidat introuvable")
    fakes = Fakes({"link_candidate": fails(gone)})
    async with lab(plain, fakes) as at:
        run = await at.parse(chain=True)
        await assert_completed(run)
    closed = Closing(
        request_id=request_of(run), outcome="failed", error="Candidat introuvable", error_type="CandidateGone"
    )
    assert fakes.inputs("close_matching") == [closed]
    assert fakes.names()[-3:] == ["link_candidate", "close_matching", "announce_parse"]
    assert "close_parse" not in fakes.names()


async def test_a_failed_matching_leaves_the_parse_done(plain: Client) -> None:
    fakes = Fakes({"plan_pairs": fails(told(Failure.NO_PROFILE, "Candidat sans profil"))})
    async with lab(plain, fakes) as at:
        run = await at.parse(chain=True)
        await assert_completed(run)
        matching = plain.get_workflow_handle(f"matching-bulk-{run.id}")
        await assert_failed(matching, "NoProfile", "Candidat sans profil")
    assert {(c.outcome, c.error) for c in fakes.inputs("close_matching")} == {("failed", "Candidat sans profil")}
    assert fakes.names()[-1] == "announce_parse"


async def test_a_terminated_matching_leaves_the_parse_done(plain: Client) -> None:
    held = Held(beats=True)
    fakes = Fakes({"score_pairs": held})
    async with lab(plain, fakes) as at:
        run = await at.parse(chain=True)
        await reached(held)
        await plain.get_workflow_handle(f"matching-bulk-{run.id}").terminate()
        await assert_completed(run)
    assert [c.outcome for c in fakes.inputs("close_matching")] == ["failed"]
    assert fakes.names()[-1] == "announce_parse"


async def test_a_job_cancelled_while_no_worker_runs_is_closed_by_the_next(plain: Client) -> None:
    fakes, queue = Fakes(), f"test-{uuid4()}"
    run = await Lab(plain, fakes, queue).parse(chain=True)
    await cancel(run)
    async with lab(plain, fakes, queue=queue):
        await assert_cancelled(run)
    assert fakes.inputs("close_parse") == [Closing(request_id=request_of(run), outcome="cancelled")]
    assert fakes.names() == ["close_parse", "announce_parse"]
