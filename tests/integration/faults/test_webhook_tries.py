"""One delivery, try by try: the same bytes under the same id until one is accepted, and then never again."""

import hashlib
import hmac
import json
from collections.abc import AsyncGenerator
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.contracts import Delivery, DeliveryClosing
from activities.webhooks import WebhookActivities
from adapters import webhooks as sending
from adapters.webhooks import WebhookSender
from db import webhooks
from db.tables import WebhookAttempt, WebhookDelivery
from tests.backend import Backend
from tests.stubs.proxies import pipe
from tests.stubs.raw_receivers import LOOPBACK, answers, drips, hangs_up, raw_receiver

SECRET = "s3cret d'Élodie 🔑"
BODY = json.dumps({"status": "done", "data": {"name": "Zoë Lefèvre-Œuvrard 🚀"}}, ensure_ascii=False).encode()
OK, FAILED = answers("HTTP/1.1 200 OK"), answers("HTTP/1.1 500 Internal Server Error")


class Tries:
    """A delivery that was announced, and its tries."""

    def __init__(self, talentflow: Backend, activities: WebhookActivities, delivery_id: UUID) -> None:
        self._database = talentflow.state.database
        self._activities = activities
        self.id = delivery_id

    async def make(self) -> str | None:
        """Make one try; the type of its failure."""
        try:
            await ActivityEnvironment().run(self._activities.deliver_webhook, Delivery(delivery_id=self.id))
        except ApplicationError as failure:
            return failure.type
        return None

    async def give_up(self) -> None:
        closing = DeliveryClosing(delivery_id=self.id, outcome="exhausted")
        await ActivityEnvironment().run(self._activities.close_delivery, closing)

    async def log(self) -> tuple[WebhookDelivery, list[WebhookAttempt]]:
        async with self._database.transaction() as session:
            row = await webhooks.get_delivery(session, self.id)
            assert row is not None
            return row, await webhooks.attempts_of(session, self.id)

    async def outcome(self) -> tuple[str | None, list[int | None]]:
        """How the delivery ended, and the status of each try."""
        row, attempts = await self.log()
        return row.outcome, [attempt.status_code for attempt in attempts]


@pytest_asyncio.fixture
async def activities(talentflow: Backend) -> AsyncGenerator[WebhookActivities]:
    sender, state = WebhookSender([LOOPBACK]), talentflow.state
    yield WebhookActivities(state.database, state.store, sender, state.sealer, secret=None, max_attempts=10)
    await sender.close()


async def announced(talentflow: Backend, activities: WebhookActivities, port: object) -> Tries:
    delivery_id = uuid4()
    values: dict[str, Any] = {
        "id": delivery_id,
        "job_id": str(uuid4()),
        "owner": "user:1",
        "url": f"http://{LOOPBACK}:{port}/hook",
        "secret": talentflow.state.sealer.seal(SECRET),
        "body": BODY,
    }
    async with talentflow.state.database.transaction() as session:
        await webhooks.add_delivery(session, values)
    return Tries(talentflow, activities, delivery_id)


async def test_a_receiver_that_is_away_for_five_tries_accepts_once(
    talentflow: Backend, activities: WebhookActivities
) -> None:
    async with raw_receiver(OK) as receiver, pipe(receiver.port) as line:
        tries = await announced(talentflow, activities, line.listens_at)
        async with line.away():
            for _ in range(5):
                assert await tries.make() == "WebhookUnavailable"
        assert await tries.make() is None
        assert await tries.make() is None  # a second attempt of the same try, or an operator's reset
        assert await tries.outcome() == ("delivered", [None] * 5 + [200])
        assert receiver.bodies == [BODY]


async def test_an_answer_that_is_lost_is_followed_by_the_same_delivery(
    talentflow: Backend, activities: WebhookActivities, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The receiver has taken it: only the id lets it know."""
    async with raw_receiver(drips(b"", b"", every=1), hangs_up, FAILED, OK) as receiver:
        tries = await announced(talentflow, activities, receiver.port)
        with monkeypatch.context() as hasty:
            hasty.setattr(sending, "TIMEOUT_SECONDS", 1)
            assert await tries.make() == "WebhookUnavailable"
        assert [await tries.make() for _ in range(3)] == ["WebhookUnavailable"] * 2 + [None]
        assert await tries.outcome() == ("delivered", [None, None, 500, 200])
        assert receiver.bodies == [BODY] * 4
        assert receiver.header("x-webhook-id") == [str(tries.id)] * 4
        expected = hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()
        assert receiver.header("x-signature") == [expected] * 4


async def test_nothing_of_a_settled_delivery_is_kept_but_its_log(
    talentflow: Backend, activities: WebhookActivities
) -> None:
    async with raw_receiver(OK) as receiver:
        delivered = await announced(talentflow, activities, receiver.port)
        given_up = await announced(talentflow, activities, receiver.port)
        assert await delivered.make() is None
        await given_up.give_up()
        assert await given_up.make() is None
        await delivered.give_up()  # too late: it stays delivered
        assert len(receiver.bodies) == 1
    for tries, outcome in ((delivered, "delivered"), (given_up, "exhausted")):
        row, _ = await tries.log()
        assert (row.outcome, row.body, row.secret) == (outcome, None, None)


async def test_an_address_that_is_private_at_last_is_refused_for_good(
    talentflow: Backend, activities: WebhookActivities
) -> None:
    async with raw_receiver(OK) as receiver:
        tries = await announced(talentflow, activities, receiver.port)
        async with talentflow.state.database.transaction() as session:
            row = await session.get_one(WebhookDelivery, tries.id)
            row.url = f"http://localhost:{receiver.port}/hook"  # not among the names that may be private
        assert await tries.make() == "WebhookRefused"
        assert receiver.heads == []
    _, (attempt,) = await tries.log()
    assert (attempt.status_code, attempt.error) == (None, "Adresse de webhook privée ou réservée refusée")
