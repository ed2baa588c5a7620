"""How a delivery ends: accepted, refused, exhausted."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from temporalio.client import Client, WorkflowHandle

from activities.contracts import DeliveryClosing, DeliveryPlan, Failure
from activities.errors import passing
from tests.integration.workflows.fakes import (
    Behaviour,
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
from tests.waiting import DEADLINE
from workflows.contracts import DeliverWebhookInput, delivery_workflow_id
from workflows.deliver_webhook import DeliverWebhookWorkflow

NO_ANSWER = passing(Failure.WEBHOOK_UNAVAILABLE, "Aucune réponse du destinataire")
REFUSED = told(Failure.WEBHOOK_REFUSED, "Le destinataire a répondu 410")


async def deliver(at: Lab, delivery_id: UUID, max_attempts: int = 3) -> WorkflowHandle[Any, None]:
    given = DeliverWebhookInput(delivery_id=delivery_id, max_attempts=max_attempts)
    return await at.client.start_workflow(
        DeliverWebhookWorkflow.run, given, id=delivery_workflow_id(delivery_id), task_queue=at.queue
    )


async def test_a_silent_receiver_is_tried_again(plain: Client) -> None:
    fakes = Fakes({"deliver_webhook": fails_at_first(NO_ANSWER)})
    async with lab(plain, fakes) as at:
        await assert_completed(await deliver(at, uuid4()))
    assert [name for name, _ in fakes.calls] == ["deliver_webhook", "deliver_webhook"]


@pytest.mark.parametrize(
    ("behaviour", "outcome", "tries", "kind"),
    [
        (fails(REFUSED), "refused", 1, "WebhookRefused"),
        (fails(NO_ANSWER), "exhausted", 2, "WebhookUnavailable"),
    ],
)
async def test_a_delivery_given_up_is_recorded(
    plain: Client, behaviour: Behaviour, outcome: str, tries: int, kind: str
) -> None:
    fakes, delivery_id = Fakes({"deliver_webhook": behaviour}), uuid4()
    async with lab(plain, fakes) as at:
        run = await deliver(at, delivery_id, max_attempts=2)
        message = "Le destinataire a répondu 410" if outcome == "refused" else "Aucune réponse du destinataire"
        await assert_failed(run, kind, message)
    assert fakes.inputs("close_delivery") == [DeliveryClosing(delivery_id=delivery_id, outcome=outcome)]
    assert len(fakes.inputs("deliver_webhook")) == tries


async def test_a_dead_receiver_does_not_hold_the_parse(plain: Client) -> None:
    wanted = fails_at_first(NO_ANSWER, DeliveryPlan(wanted=True, max_attempts=1))
    fakes = Fakes({"announce_parse": wanted, "deliver_webhook": fails(NO_ANSWER)})
    async with lab(plain, fakes) as at:
        parse = await at.parse()
        await assert_completed(parse)
        announced = fakes.inputs("announce_parse")
        assert {(a.job_id, a.delivery_id) for a in announced} == {(request_of(parse), announced[0].delivery_id)}
        delivery = plain.get_workflow_handle(delivery_workflow_id(announced[0].delivery_id))
        await assert_failed(delivery, "WebhookUnavailable", "Aucune réponse du destinataire")
    assert [c.outcome for c in fakes.inputs("close_delivery")] == ["exhausted"]


async def test_a_cancel_between_two_tries_gives_the_delivery_up(plain: Client) -> None:
    """An operator may end a delivery that will never succeed."""
    tried = asyncio.Event()

    async def behave(_: object) -> None:
        tried.set()
        raise NO_ANSWER

    fakes, delivery_id = Fakes({"deliver_webhook": behave}), uuid4()
    async with lab(plain, fakes) as at:
        run = await deliver(at, delivery_id, max_attempts=10)
        async with asyncio.timeout(DEADLINE):
            await tried.wait()
        await run.cancel()
        await assert_cancelled(run)
    assert [c.outcome for c in fakes.inputs("close_delivery")] == ["exhausted"]


async def test_a_cancel_before_the_first_try_gives_the_delivery_up(plain: Client) -> None:
    fakes, delivery_id = Fakes({"deliver_webhook": fails(NO_ANSWER)}), uuid4()
    queue = f"test-{uuid4()}"
    run = await deliver(Lab(plain, fakes, queue), delivery_id)
    await cancel(run)
    async with lab(plain, fakes, queue=queue):
        await assert_cancelled(run)
    assert [c.outcome for c in fakes.inputs("close_delivery")] == ["exhausted"]


async def test_a_try_under_way_at_the_cancel_still_counts(plain: Client) -> None:
    held = Held()
    fakes, delivery_id = Fakes({"deliver_webhook": held}), uuid4()
    async with lab(plain, fakes) as at:
        run = await deliver(at, delivery_id)
        await reached(held)
        await cancel(run)
        held.let_go.set()
        await assert_completed(run)
    assert fakes.names() == ["deliver_webhook"]
