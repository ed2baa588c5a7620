"""How the sending of a mail ends that no decision waits for: sent, skipped, failed, called off."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowHandle

from activities.contracts import MAIL_UNCERTAIN, Failure, NotificationEnd, NotificationRef, Withdrawal
from domain.ids import notification_workflow_id
from tests.integration.workflows.decision_fakes import GIVE_UP, INCIDENT, LONG, SEND, WITHDRAW, DecisionFakes
from tests.integration.workflows.fakes import (
    SOON,
    USUAL,
    Held,
    Lab,
    assert_cancelled,
    assert_failed,
    away,
    cancel,
    ended,
    held_then,
    lab,
    one_by_one,
    reached,
    refuses,
    waits_for_its_next_try,
)
from workflows.contracts import SendNotificationInput
from workflows.send_notification import SendNotificationWorkflow

WORKFLOWS = (SendNotificationWorkflow,)
SILENT = "Serveur de messagerie injoignable"
REFUSED = "Le serveur de messagerie a répondu 550"
REFUSES = refuses(Failure.MAIL_REFUSED, REFUSED)
AWAY = away(Failure.MAIL_UNAVAILABLE, SILENT)


async def send(at: Lab, *, budget: timedelta = LONG) -> WorkflowHandle[Any, NotificationEnd]:
    given = SendNotificationInput(notification_id=uuid4(), candidate_id=7, retry_budget=budget)
    return await at.client.start_workflow(
        SendNotificationWorkflow.run, given, id=notification_workflow_id(given.notification_id), task_queue=at.queue
    )


@pytest.mark.parametrize("end", [NotificationEnd(state="sent"), NotificationEnd(state="skipped", reason="no_address")])
async def test_the_run_answers_what_became_of_the_mail(plain: Client, end: NotificationEnd) -> None:
    async def told(_: object) -> NotificationEnd:
        return end

    fakes = DecisionFakes({SEND: told})
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        run = await send(at)
        assert await run.result() == end
    assert [notification_workflow_id(ref.notification_id) for ref in fakes.inputs(SEND)] == [run.id]
    assert fakes.names() == [SEND]


@pytest.mark.parametrize(
    ("behaviour", "budget", "message", "kind"),
    [
        (REFUSES, LONG, REFUSED, "MailRefused"),
        (away(Failure.MAIL_UNAVAILABLE, SILENT, again=SOON), timedelta(seconds=3), SILENT, "MailUnavailable"),
    ],
)
async def test_a_mail_that_failed_is_an_incident_and_is_closed(
    plain: Client, behaviour: Any, budget: timedelta, message: str, kind: str
) -> None:
    fakes = DecisionFakes({SEND: behaviour})
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        await assert_failed(await send(at, budget=budget), kind, message)
    assert fakes.order == [SEND, INCIDENT, GIVE_UP]
    assert fakes.incidents == [("notification_failed", message, kind)]
    (incident,) = fakes.inputs(INCIDENT)
    assert incident.candidate_id == 7
    ref: NotificationRef = fakes.inputs(SEND)[0]
    assert fakes.inputs(GIVE_UP) == [ref]


async def test_a_cancel_between_two_tries_calls_the_mail_off(plain: Client) -> None:
    fakes = DecisionFakes({SEND: AWAY})
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        run = await send(at)
        await waits_for_its_next_try(run)
        await cancel(run)
        await assert_cancelled(run)
    assert fakes.names() == [SEND, WITHDRAW]
    assert fakes.incidents == []


async def test_a_cancel_that_finds_a_lost_try_is_an_incident(plain: Client) -> None:
    """The worker died in the middle of it: its mail may have been sent."""
    fakes = DecisionFakes({SEND: AWAY}, withdrawal=Withdrawal(withdrawn=False, state="unknown"))
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        run = await send(at)
        await waits_for_its_next_try(run)
        await cancel(run)
        await assert_cancelled(run)
    assert fakes.names() == [SEND, WITHDRAW, INCIDENT]
    assert fakes.incidents == [("notification_failed", MAIL_UNCERTAIN, "MailUnknown")]


async def test_a_try_under_way_counts(plain: Client) -> None:
    held = Held(USUAL)
    fakes = DecisionFakes({SEND: held})
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        run = await send(at)
        await reached(held)
        await cancel(run)
        held.let_go.set()
        assert await run.result() == NotificationEnd(state="sent")
    assert fakes.names() == [SEND]


async def test_a_try_under_way_that_fails_for_good_is_an_incident(plain: Client) -> None:
    held = Held()
    fakes = DecisionFakes({SEND: held_then(held, REFUSES)})
    async with lab(plain, fakes, workflows=WORKFLOWS) as at:
        run = await send(at)
        await reached(held)
        await cancel(run)
        held.let_go.set()
        await assert_cancelled(run)
    assert fakes.order == [SEND, INCIDENT, GIVE_UP]


@pytest.mark.parametrize("step", [INCIDENT, GIVE_UP])
async def test_a_cancel_while_a_failure_is_recorded_changes_nothing(plain: Client, step: str) -> None:
    held = Held(USUAL)
    fakes = DecisionFakes({SEND: REFUSES, step: held})
    async with lab(plain, fakes, workflows=WORKFLOWS, cached=False) as at:
        run = await send(at)
        await reached(held)
        await cancel(run)
        held.let_go.set()
        await assert_failed(run, "MailRefused", REFUSED)
    assert fakes.order == [SEND, INCIDENT, GIVE_UP]


async def test_a_second_cancel_does_not_interrupt_the_first(plain: Client) -> None:
    held = Held(USUAL)
    fakes = DecisionFakes({SEND: one_by_one(AWAY), WITHDRAW: held})
    async with lab(plain, fakes, workflows=WORKFLOWS, cached=False) as at:
        run = await send(at)
        await waits_for_its_next_try(run)
        await cancel(run)
        await reached(held)
        await run.cancel()
        held.let_go.set()
        await assert_cancelled(run)
    assert fakes.names() == [SEND, WITHDRAW]


async def test_a_malformed_input_ends_the_run(plain: Client) -> None:
    fakes = DecisionFakes()
    async with lab(plain, fakes, workflows=WORKFLOWS, as_deployed=True) as at:
        run = await plain.start_workflow(
            "SendNotificationWorkflow", {"notification_id": 1}, id=f"test-{uuid4()}", task_queue=at.queue
        )
        _, failure = await ended(run)
    assert getattr(failure, "type", None) == "PayloadValidationError"
    assert fakes.calls == []
