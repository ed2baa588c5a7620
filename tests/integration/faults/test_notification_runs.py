"""The workflow of a mail that no decision waits for: how it ends, and what an administrator finds then."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import select
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import Worker

from activities.audit import AuditActivities
from activities.contracts import NotificationEnd
from activities.errors import ErrorTranslation
from activities.notifications import NotificationActivities
from adapters.mailer import Mailer
from db import candidates, notifications
from db.audit import SystemActor
from db.engine import Database
from db.tables import AuditLog, Notification
from domain.ids import notification_workflow_id
from embedded.stack import EmbeddedServers
from runtime.temporal import connect
from tests.backend import settings_for
from tests.stubs.smtp import DROP, Fault, SmtpStub, smtp_stub
from tests.waiting import DEADLINE, until
from workflows.contracts import SendNotificationInput
from workflows.send_notification import SendNotificationWorkflow

BUSY = Fault("RCPT", "450 later")
BUSY_MESSAGE = "Le serveur de messagerie a répondu 450"


@dataclass(frozen=True)
class Sent:
    """A run, with the row that it is about."""

    database: Database
    handle: WorkflowHandle[Any, NotificationEnd]
    input: SendNotificationInput

    async def row(self) -> Notification:
        async with self.database.transaction() as session:
            row = await notifications.get_notification(session, self.input.notification_id)
        assert row is not None
        return row

    async def ended(self) -> tuple[WorkflowExecutionStatus | None, NotificationEnd | BaseException | None]:
        end: NotificationEnd | BaseException | None
        try:
            end = await self.handle.result(rpc_timeout=timedelta(seconds=DEADLINE))
        except WorkflowFailureError as error:
            end = error.cause
        return (await self.handle.describe()).status, end

    async def incidents(self) -> list[tuple[str | None, Any, Any]]:
        """Type, sentence and type of error of each incident about this candidate."""
        async with self.database.transaction() as session:
            rows = await session.scalars(select(AuditLog).where(AuditLog.candidate_id == self.input.candidate_id))
            return [(row.incident_type, row.details["error"], row.details["error_type"]) for row in rows]


@dataclass(frozen=True)
class Office:
    """A worker that sends to the stub."""

    client: Client
    database: Database
    queue: str

    async def send(self, *, budget: float = 60) -> Sent:
        notification_id = uuid4()
        async with self.database.transaction() as session:
            values = {"first_name": "Claire", "email": "claire.fontaine@example.fr"}
            candidate = await candidates.add_candidate(session, created_by="test", values=values)
            assert candidate is not None
            await notifications.add_notification(
                session, id=notification_id, kind="submitted", candidate_id=candidate.id
            )
        given = SendNotificationInput(
            notification_id=notification_id, candidate_id=candidate.id, retry_budget=timedelta(seconds=budget)
        )
        handle = await self.client.start_workflow(
            SendNotificationWorkflow.run, given, id=notification_workflow_id(notification_id), task_queue=self.queue
        )
        return Sent(self.database, handle, given)


@asynccontextmanager
async def office(servers: EmbeddedServers, port: int | None) -> AsyncGenerator[Office]:
    settings = settings_for(servers, smtp_host="127.0.0.1", smtp_port=port or 25)
    client, queue = await connect(settings), f"test-{uuid4()}"
    database = Database(servers.endpoints["database_url"])
    mails = NotificationActivities(database, Mailer(settings) if port else None)
    audit = AuditActivities(database, SystemActor("Système", "system@example.com", "Plateforme"))
    async with Worker(
        client,
        task_queue=queue,
        workflows=[SendNotificationWorkflow],
        activities=[
            mails.send_notification,
            mails.withdraw_notification,
            mails.close_notification,
            audit.record_incident,
        ],
        interceptors=[ErrorTranslation()],
    ):
        yield Office(client, database, queue)
    await database.close()


@pytest_asyncio.fixture
async def stub() -> AsyncGenerator[SmtpStub]:
    async with smtp_stub() as running:
        yield running


@pytest_asyncio.fixture
async def at(servers: EmbeddedServers, stub: SmtpStub) -> AsyncGenerator[Office]:
    async with office(servers, stub.port) as open_office:
        yield open_office


async def test_a_busy_server_is_tried_until_it_takes_the_mail(at: Office, stub: SmtpStub) -> None:
    stub.script(BUSY, Fault("greeting", DROP))
    run = await at.send()
    assert await run.ended() == (WorkflowExecutionStatus.COMPLETED, NotificationEnd(state="sent", attempts=3))
    assert (await run.row()).state == "sent"
    assert len(stub.accepted) == 1
    assert await run.incidents() == []


@pytest.mark.parametrize(
    ("fault", "budget", "state", "message", "kind"),
    [
        (BUSY, 3, "failed", BUSY_MESSAGE, "MailUnavailable"),
        (Fault("RCPT", "550 unknown"), 60, "failed", "Le serveur de messagerie a répondu 550", "MailRefused"),
        (Fault("content", DROP), 60, "unknown", "Envoi interrompu : le message est peut-être parti", "MailUnknown"),
    ],
)
async def test_a_mail_that_may_not_have_been_sent_is_an_incident(
    at: Office, stub: SmtpStub, fault: Fault, budget: float, state: str, message: str, kind: str
) -> None:
    stub.always(fault)
    run = await at.send(budget=budget)
    status, end = await run.ended()
    assert status is WorkflowExecutionStatus.FAILED
    assert isinstance(end, ApplicationError)
    assert (end.type, end.message) == (kind, message)
    row = await run.row()
    assert (row.state, row.error) == (state, message)
    assert await run.incidents() == [("notification_failed", message, kind)]
    assert len(stub.accepted) == (1 if state == "unknown" else 0)


async def test_a_cancel_between_two_tries_calls_the_mail_off(at: Office, stub: SmtpStub) -> None:
    stub.always(BUSY)
    run = await at.send()

    async def waits() -> bool:
        """Two seconds lie before the fourth try."""
        pending = (await run.handle.describe()).raw_description.pending_activities
        return (
            bool(pending)
            and pending[0].attempt == 4
            and pending[0].state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
        )

    await until(waits)
    await run.handle.cancel()
    status, end = await run.ended()
    assert status is WorkflowExecutionStatus.CANCELED
    assert isinstance(end, CancelledError)
    row = await run.row()
    assert (row.state, row.error) == ("failed", "withdrawn")
    assert await run.incidents() == []
    assert not stub.accepted


async def test_a_mail_to_somebody_who_was_erased_is_no_incident(at: Office, stub: SmtpStub) -> None:
    stub.always(BUSY)
    run = await at.send()

    async def tried() -> bool:
        return (await run.row()).attempts > 0

    await until(tried)
    async with at.database.transaction() as session:
        await notifications.erase_notifications(session, run.input.candidate_id)
    status, end = await run.ended()
    assert status is WorkflowExecutionStatus.COMPLETED
    assert isinstance(end, NotificationEnd)
    assert (end.state, end.reason) == ("skipped", "erased")
    assert await run.incidents() == []
    assert not stub.accepted


async def test_without_a_server_the_run_says_that_nothing_was_sent(servers: EmbeddedServers) -> None:
    async with office(servers, None) as at:
        run = await at.send()
        skipped = NotificationEnd(state="skipped", reason="not_configured")
        assert await run.ended() == (WorkflowExecutionStatus.COMPLETED, skipped)
        assert await run.incidents() == []


async def test_nothing_personal_enters_the_history(at: Office, stub: SmtpStub) -> None:
    stub.script(Fault("RCPT", "450 no room for claire.fontaine@example.fr"))
    run = await at.send()
    await run.ended()
    history = b"".join(event.SerializeToString() for event in (await run.handle.fetch_history()).events)
    assert b"pondu 450" in history
    assert b"claire" not in history.lower()
