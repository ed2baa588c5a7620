"""How a decision comes to its end: step by step, undone after the one that failed, and what is told of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.exceptions import ApplicationError

from activities.contracts import INTERNAL_ERROR, ActionState, Failure, NotificationEnd
from tests.integration.workflows.decision_fakes import (
    CLOSE,
    ERASE,
    GIVE_UP,
    INCIDENT,
    KINDS,
    RECORD,
    SEND,
    SYNC,
    UNDO_STATUS,
    UNDONE,
    DecisionFakes,
    budgets,
    decide,
    decisions_lab,
)
from tests.integration.workflows.fakes import (
    SOON,
    USUAL,
    assert_completed,
    assert_failed,
    away,
    ended,
    one_by_one,
    refuses,
    waits_for_its_next_try,
)
from workflows.contracts import STAGE
from workflows.reject_candidate import RejectCandidateWorkflow
from workflows.validate_candidate import ValidateCandidateWorkflow

REFUSED = "HTTP 400"
AS_BEFORE = "Statut et index sont ceux d'avant"
INDEX_REFUSES = refuses(Failure.INDEX_REJECTED, REFUSED)
ROLLED_BACK, INCOMPLETE = "DecisionRolledBack", "RollbackIncomplete"

STEPS = {
    "validate": [RECORD, SYNC, SEND],
    "reject": [SYNC, RECORD, SEND],
    "archive": [SYNC, RECORD],
    "unarchive": [RECORD, SYNC],
    "erase": [SYNC, ERASE],
}


@pytest.mark.parametrize("kind", KINDS)
async def test_the_steps_follow_one_another(plain: Client, kind: str) -> None:
    fakes = DecisionFakes()
    async with decisions_lab(plain, fakes) as at:
        await assert_completed(await decide(at, kind))
    assert [name for name, _ in fakes.calls] == [*STEPS[kind], CLOSE]
    assert (fakes.closing.outcome, fakes.closing.error) == ("completed", None)
    told = kind in ("validate", "reject")
    assert fakes.states == ["completed", "completed", "completed" if told else "skipped"]
    for name, state in fakes.closing.actions.items():
        if name == "notification" and not told:
            assert state == ActionState(status="skipped")
        else:
            assert state.started_at is not None
            assert state.completed_at is not None
            assert state.started_at <= state.completed_at
            assert (state.attempts, state.last_error) == (1, None)


@pytest.mark.parametrize("kind", ["validate", "unarchive", "reject", "archive"])
async def test_a_status_that_cannot_be_recorded(plain: Client, kind: str) -> None:
    fakes = DecisionFakes({RECORD: refuses(Failure.STATUS_CONFLICT, "La décision n'a plus cours")})
    async with decisions_lab(plain, fakes) as at:
        await assert_failed(await decide(at, kind), ROLLED_BACK, f"La décision n'a plus cours. {AS_BEFORE}")
    withdraws = STEPS[kind][0] == SYNC
    before, after = ([SYNC], [SYNC, UNDONE]) if withdraws else ([], [])
    assert [name for name, _ in fakes.calls] == [*before, RECORD, INCIDENT, UNDO_STATUS, *after, CLOSE]
    assert fakes.incidents == [
        ("candidate_status_update_failed", "La décision n'a plus cours", "StatusConflict"),
    ]
    assert fakes.closing.outcome == "failed"
    assert fakes.closing.error == f"La décision n'a plus cours. {AS_BEFORE}"
    assert fakes.states == ["failed", "compensated" if withdraws else "skipped", "skipped"]
    assert fakes.closing.actions["status_update"].last_error == "La décision n'a plus cours"


@pytest.mark.parametrize("kind", ["validate", "unarchive"])
async def test_a_document_that_the_index_refuses(plain: Client, kind: str) -> None:
    """The status first, then the index: it is made to agree with the status."""
    fakes = DecisionFakes({SYNC: one_by_one(INDEX_REFUSES)})
    async with decisions_lab(plain, fakes) as at:
        await assert_failed(await decide(at, kind), ROLLED_BACK, f"{REFUSED}. {AS_BEFORE}")
    assert [name for name, _ in fakes.calls] == [RECORD, SYNC, INCIDENT, UNDO_STATUS, SYNC, UNDONE, CLOSE]
    assert fakes.incidents == [("indexation_failed", REFUSED, "IndexRejected")]
    (incident,) = fakes.inputs(INCIDENT)
    assert incident.candidate_id == fakes.inputs(SYNC)[0].candidate_id
    assert fakes.states == ["compensated", "failed", "skipped"]
    failed = fakes.closing.actions["indexation"]
    assert (failed.attempts, failed.last_error) == (1, REFUSED)


async def test_a_candidate_whose_status_has_changed_meanwhile_is_not_indexed(plain: Client) -> None:
    fakes = DecisionFakes(indexed=False)
    async with decisions_lab(plain, fakes) as at:
        message = "Le statut du candidat a changé entre-temps"
        await assert_failed(await decide(at, "validate"), ROLLED_BACK, f"{message}. {AS_BEFORE}")
    assert [name for name, _ in fakes.calls] == [RECORD, SYNC, INCIDENT, UNDO_STATUS, SYNC, UNDONE, CLOSE]
    assert fakes.incidents == [("indexation_failed", message, "StatusConflict")]
    assert fakes.states == ["compensated", "failed", "skipped"]


@pytest.mark.parametrize("kind", ["validate", "reject"])
async def test_a_mail_that_cannot_be_sent_undoes_nothing(plain: Client, kind: str) -> None:
    message = "Le serveur de messagerie a répondu 550"
    fakes = DecisionFakes({SEND: refuses(Failure.MAIL_REFUSED, message)})
    async with decisions_lab(plain, fakes) as at:
        await assert_completed(await decide(at, kind))
    assert [name for name, _ in fakes.calls] == [*STEPS[kind], GIVE_UP, INCIDENT, CLOSE]
    assert fakes.incidents == [("notification_failed", message, "MailRefused")]
    assert (fakes.closing.outcome, fakes.closing.error) == ("completed", None)
    assert fakes.states == ["completed", "completed", "failed"]
    assert fakes.closing.actions["notification"].last_error == message


async def test_a_mail_that_nobody_can_send_is_told_as_skipped(plain: Client) -> None:
    async def nobody(_: object) -> NotificationEnd:
        return NotificationEnd(state="skipped", reason="not_configured")

    fakes = DecisionFakes({SEND: nobody})
    async with decisions_lab(plain, fakes) as at:
        await assert_completed(await decide(at, "validate"))
    mail = fakes.closing.actions["notification"]
    assert (mail.status, mail.reason) == ("skipped", "not_configured")
    assert fakes.incidents == []


@pytest.mark.parametrize(
    ("step", "action", "incident"),
    [
        (RECORD, "status_update", "candidate_status_update_failed"),
        (SYNC, "indexation", "indexation_failed"),
        (SEND, "notification", "notification_failed"),
    ],
)
async def test_passing_trouble_is_an_incident_once_the_budget_ends(
    plain: Client, step: str, action: str, incident: str
) -> None:
    trouble = away(Failure.INDEX_UNAVAILABLE, "Connection timeout", again=SOON)

    async def until_undone(given: object) -> object:
        return USUAL if UNDO_STATUS in fakes.names() else await trouble(given)

    fakes = DecisionFakes({step: until_undone})
    async with decisions_lab(plain, fakes) as at:
        status, _ = await ended(await decide(at, "validate", budget=timedelta(seconds=3)))
    assert fakes.incidents == [(incident, "Connection timeout", "IndexUnavailable")]
    failed = fakes.closing.actions[action]
    assert (failed.status, failed.last_error) == ("failed", "Connection timeout")
    assert failed.attempts >= 2
    undone = step != SEND
    assert status is (WorkflowExecutionStatus.FAILED if undone else WorkflowExecutionStatus.COMPLETED)
    assert (UNDO_STATUS in fakes.names()) == undone


async def test_passing_trouble_is_tried_again(plain: Client) -> None:
    trouble = away(Failure.DATABASE_UNAVAILABLE, "Base de données indisponible", again=SOON)
    fakes = DecisionFakes({step: one_by_one(trouble) for step in (RECORD, SYNC, SEND)})
    async with decisions_lab(plain, fakes) as at:
        await assert_completed(await decide(at, "validate"))
    assert [state.attempts for state in fakes.closing.actions.values()] == [2, 2, 2]
    assert fakes.states == ["completed"] * 3
    assert fakes.incidents == []


async def test_a_failure_of_ours_is_told_as_such(plain: Client) -> None:
    async def broken(_: object) -> None:
        raise ApplicationError("row 12 of x", type="KeyError", non_retryable=True)

    fakes = DecisionFakes({RECORD: broken})
    async with decisions_lab(plain, fakes) as at:
        await assert_failed(await decide(at, "validate"), ROLLED_BACK, f"{INTERNAL_ERROR}. {AS_BEFORE}")
    assert fakes.incidents == [("candidate_status_update_failed", INTERNAL_ERROR, "KeyError")]


async def test_a_compensation_that_fails_does_not_keep_the_rest(plain: Client) -> None:
    fakes = DecisionFakes(
        {
            SYNC: one_by_one(INDEX_REFUSES),
            UNDO_STATUS: refuses(Failure.REQUEST_GONE, "Décision introuvable"),
        }
    )
    async with decisions_lab(plain, fakes) as at:
        message = f"{REFUSED}. N'a pas pu être annulé : status_update"
        await assert_failed(await decide(at, "validate"), INCOMPLETE, message)
    assert fakes.order == [RECORD, SYNC, INCIDENT, UNDO_STATUS, SYNC, UNDONE, INCIDENT, CLOSE]
    assert fakes.incidents == [
        ("indexation_failed", REFUSED, "IndexRejected"),
        ("compensation_failed", "Décision introuvable", "RequestGone"),
    ]
    assert (fakes.closing.outcome, fakes.closing.error) == ("failed", message)
    status = fakes.closing.actions["status_update"]
    assert (status.status, status.last_error) == ("failed", "Décision introuvable")


async def test_every_incident_of_a_run_is_a_row_of_its_own(plain: Client) -> None:
    fakes = DecisionFakes({SYNC: INDEX_REFUSES, UNDO_STATUS: refuses(Failure.REQUEST_GONE, "Décision introuvable")})
    async with decisions_lab(plain, fakes) as at:
        message = f"{REFUSED}. N'a pas pu être annulé : status_update, indexation"
        await assert_failed(await decide(at, "validate"), INCOMPLETE, message)
    steps = [incident.step for incident in fakes.inputs(INCIDENT)]
    assert len(set(steps)) == len(steps) == 3
    assert UNDONE not in fakes.names()
    assert fakes.states == ["failed", "failed", "skipped"]


async def test_a_compensation_is_tried_for_long(plain: Client) -> None:
    """Much longer than the budget of the step that failed."""
    trouble = away(Failure.DATABASE_UNAVAILABLE, "Base de données indisponible", again=SOON)
    fakes = DecisionFakes({SYNC: one_by_one(INDEX_REFUSES, trouble), UNDO_STATUS: one_by_one(trouble)})
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, "validate", budget=timedelta(minutes=1))
        await assert_failed(run, ROLLED_BACK, f"{REFUSED}. {AS_BEFORE}")
        assert [seconds > 86_400 for seconds in await budgets(run, UNDO_STATUS)] == [True]
    assert fakes.states == ["compensated", "failed", "skipped"]
    assert (len(fakes.inputs(UNDO_STATUS)), len(fakes.inputs(SYNC))) == (2, 3)


@pytest.mark.parametrize("kind", ["reject", "archive", "erase"])
async def test_a_removal_is_tried_until_it_is_done(plain: Client, kind: str) -> None:
    """Whoever withdraws must not be found; the incident is there while it goes on."""
    trouble = away(Failure.INDEX_UNAVAILABLE, "Connection error", again=SOON)
    fakes = DecisionFakes({SYNC: one_by_one(INDEX_REFUSES, trouble)})
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, kind, budget=timedelta(minutes=1))
        await assert_completed(run)
        assert await budgets(run, SYNC) == [60, 0]
    assert fakes.incidents == [("deindexation_failed", REFUSED, "IndexRejected")]
    assert fakes.order == [SYNC, INCIDENT, *STEPS[kind], CLOSE]
    assert [sync.persistent for sync in fakes.inputs(SYNC)] == [False, True, True]
    removal = fakes.closing.actions["indexation"]
    assert (removal.status, removal.attempts, removal.last_error) == ("completed", 2, None)


async def test_a_removal_that_goes_on_is_seen_to(plain: Client) -> None:
    fakes = DecisionFakes({SYNC: one_by_one(INDEX_REFUSES, away(Failure.INDEX_UNAVAILABLE, "Connection error"))})
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, "reject")
        await waits_for_its_next_try(run)
        removal = (await run.query(RejectCandidateWorkflow.progress))["indexation"]
        assert (removal.status, removal.last_error, removal.completed_at) == ("running", REFUSED, None)
        assert len(fakes.incidents) == 1
        await run.signal(RejectCandidateWorkflow.retry_now)
        await assert_completed(run)
    assert fakes.states == ["completed"] * 3
    assert len(fakes.incidents) == 1


async def test_progress_is_told_by_the_run_and_without_a_worker(plain: Client) -> None:
    fakes = DecisionFakes({SYNC: away(Failure.INDEX_UNAVAILABLE, "Connection error")})
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, "validate")
        await waits_for_its_next_try(run)
        progress = await run.query(ValidateCandidateWorkflow.progress)
    assert {name: state.status for name, state in progress.items()} == {
        "status_update": "completed",
        "indexation": "running",
        "notification": "pending",
    }
    described = await run.describe()
    told = {name: ActionState.model_validate(state) for name, state in (await described.memo())["actions"].items()}
    assert told == progress
    assert described.typed_search_attributes.get(STAGE) == "indexation"
    await run.terminate()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("given", [{"candidate_id": 1}, None])
async def test_a_malformed_input_ends_the_run(plain: Client, kind: str, given: object) -> None:
    fakes = DecisionFakes()
    async with decisions_lab(plain, fakes, as_deployed=True) as at:
        run = await plain.start_workflow(KINDS[kind].__name__, given, id=f"test-{uuid4()}", task_queue=at.queue)
        status, failure = await ended(run)
    assert status is WorkflowExecutionStatus.FAILED
    assert isinstance(failure, ApplicationError)
    assert failure.type == "PayloadValidationError"
    assert fakes.calls == []


async def test_a_failing_run_ends_under_the_settings_of_a_deployed_worker(plain: Client) -> None:
    """Nothing that is raised on the way is left to be retried for ever."""
    fakes = DecisionFakes({SYNC: INDEX_REFUSES, UNDO_STATUS: refuses(Failure.REQUEST_GONE, "Décision introuvable")})
    async with decisions_lab(plain, fakes, as_deployed=True, cached=False) as at:
        message = f"{REFUSED}. N'a pas pu être annulé : status_update, indexation"
        await assert_failed(await decide(at, "validate"), INCOMPLETE, message)
