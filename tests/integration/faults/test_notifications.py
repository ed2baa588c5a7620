"""A mail server that is away, slow, unwilling or lost half-way: never two mails, and never a claim without its word."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.contracts import NotificationEnd, NotificationRef, Withdrawal
from activities.notifications import NotificationActivities
from adapters.mailer import Mailer
from db import candidates, decisions, notifications
from db.engine import Database
from db.tables import Notification
from embedded.stack import EmbeddedServers
from tests.backend import settings_for
from tests.integration.api.edge import closed_port
from tests.stubs.smtp import DROP, HANG, Fault, SmtpStub, smtp_stub
from tests.waiting import DEADLINE, until

ADDRESS = "claire.fontaine@example.fr"
QUOTING = f"no such user <{ADDRESS}>"
UNREACHABLE = "Serveur de messagerie injoignable"
UNCERTAIN = "Envoi interrompu : le message est peut-être parti"


@pytest_asyncio.fixture(scope="session")
async def database(servers: EmbeddedServers) -> AsyncGenerator[Database]:
    opened = Database(servers.endpoints["database_url"])
    yield opened
    await opened.close()


@dataclass(frozen=True)
class Post:
    """The activities with the server that a test gave them, and the rows that they work on."""

    database: Database
    activities: NotificationActivities

    async def add(self, kind: str = "submitted", **values: Any) -> NotificationRef:
        """A pending mail to a new candidate; with `reason`, about the decision that rejected them."""
        reason = values.pop("reason", None)
        about = {"first_name": "Claire", "email": ADDRESS, **values}
        notification_id, decision_id = uuid4(), uuid4() if reason else None
        async with self.database.transaction() as session:
            candidate = await candidates.add_candidate(session, created_by="test", values=about)
            assert candidate is not None
            if decision_id is not None:
                decision = {"id": decision_id, "candidate_id": candidate.id, "kind": "reject", "request_hash": ""}
                admin = {"admin_id": 1, "admin_name": "Admin", "body": {"rejectionReason": reason}}
                assert await decisions.add_decision(session, {**decision, **admin})
            await notifications.add_notification(
                session, id=notification_id, kind=kind, candidate_id=candidate.id, decision_id=decision_id
            )
        return NotificationRef(notification_id=notification_id)

    async def send(self, ref: NotificationRef) -> NotificationEnd:
        return await ActivityEnvironment().run(self.activities.send_notification, ref)

    async def withdraw(self, ref: NotificationRef) -> Withdrawal:
        return await ActivityEnvironment().run(self.activities.withdraw_notification, ref)

    async def fails(self, ref: NotificationRef, kind: str, message: str) -> None:
        """A try that must end like this; retried only if the server may yet take the mail."""
        with pytest.raises(ApplicationError) as failure:
            await self.send(ref)
        error = failure.value
        assert (error.type, error.message) == (kind, message)
        assert error.non_retryable is (kind != "MailUnavailable")
        assert error.__cause__ is error.__context__ is None

    async def row(self, ref: NotificationRef) -> Notification:
        async with self.database.transaction() as session:
            row = await notifications.get_notification(session, ref.notification_id)
        assert row is not None
        return row

    async def state(self, ref: NotificationRef) -> tuple[str, str | None]:
        row = await self.row(ref)
        assert (row.sent_at is not None) == (row.state == "sent")
        return row.state, row.error


def post_to(servers: EmbeddedServers, database: Database, port: int, **changes: Any) -> Post:
    """Activities that send to this port of 127.0.0.1."""
    sender = {"smtp_from": "Talentflow <talentflow@example.com>", "smtp_host": "127.0.0.1", "smtp_port": port}
    return Post(database, NotificationActivities(database, Mailer(settings_for(servers, **{**sender, **changes}))))


@pytest_asyncio.fixture
async def stub() -> AsyncGenerator[SmtpStub]:
    async with smtp_stub("SMTPUTF8") as running:
        yield running


@pytest.fixture
def post(servers: EmbeddedServers, database: Database, stub: SmtpStub) -> Post:
    return post_to(servers, database, stub.port)


@contextmanager
def impatient(fault: Fault) -> Generator[None]:
    """A server that hangs is waited for half a second, and no longer."""
    with pytest.MonkeyPatch.context() as patch:
        if fault.does == HANG:
            limit = "ANSWER_SECONDS" if fault.at == "content" else "OPENING_SECONDS"
            patch.setattr(f"adapters.mailer.{limit}", 0.5)
        yield


async def test_the_mail_is_what_was_written(post: Post, stub: SmtpStub) -> None:
    reason = "Le profil ne précise ni les dates ni les lieux.\n.À compléter."
    ref = await post.add("rejected", first_name="<b>Zoé</b>\r\nBcc: x@example.com", reason=reason)
    assert await post.send(ref) == NotificationEnd(state="sent")
    (received,) = stub.accepted
    assert received.sender == "MAIL FROM:<talentflow@example.com>"
    assert received.recipient == f"RCPT TO:<{ADDRESS}>"
    message = received.message
    assert message["Subject"] == "Votre profil n'a pas été retenu"
    assert message["From"] == "Talentflow <talentflow@example.com>"
    assert message["To"] == ADDRESS
    assert message["Message-ID"] == f"<notification-{ref.notification_id}@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Bcc"] is None
    assert abs(message["Date"].datetime - datetime.now(UTC)) < timedelta(minutes=1)
    assert message.get_content_type() == "multipart/alternative"
    parts = list(message.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    text, html = (part.get_content().replace("\r\n", "\n") for part in parts)
    assert text.startswith("Bonjour <b>Zoé</b> Bcc: x@example.com,\n")
    assert f"Motif :\n{reason}\n" in text
    assert "<bdi>&lt;b&gt;Zoé&lt;/b&gt; Bcc: x@example.com</bdi>" in html
    assert reason in html


async def test_the_subject_travels_in_ascii(post: Post, stub: SmtpStub) -> None:
    await post.send(await post.add("validated"))
    raw = stub.accepted[0].message.as_bytes()
    assert raw.isascii()
    assert b"=?utf-8?" in raw
    subject = "Votre profil a été validé – Vous êtes visible aux recruteurs"
    assert stub.accepted[0].message["Subject"] == subject


async def test_a_mail_that_was_sent_is_not_sent_again(post: Post, stub: SmtpStub) -> None:
    ref = await post.add()
    for _ in range(2):
        assert await post.send(ref) == NotificationEnd(state="sent")
    assert len(stub.accepted) == stub.connections == 1
    assert await post.withdraw(ref) == Withdrawal(withdrawn=False, state="sent")
    assert await post.state(ref) == ("sent", None)


@pytest.mark.parametrize(
    ("at", "does", "message"),
    [
        ("greeting", "421 busy", "Le serveur de messagerie a répondu 421"),
        ("greeting", DROP, UNREACHABLE),
        ("greeting", HANG, UNREACHABLE),
        ("greeting", "hello", "Réponse incompréhensible du serveur de messagerie"),
        ("EHLO", DROP, UNREACHABLE),
        ("MAIL", "451 later", "Le serveur de messagerie a répondu 451"),
        ("RCPT", f"450 {QUOTING}", "Le serveur de messagerie a répondu 450"),
        ("RCPT", DROP, UNREACHABLE),
        ("RCPT", HANG, UNREACHABLE),
        ("DATA", "421 going down", "Le serveur de messagerie a répondu 421"),
        ("DATA", DROP, UNREACHABLE),
        ("DATA", HANG, UNREACHABLE),
        ("content", f"451 {QUOTING}", "Le serveur de messagerie a répondu 451"),
        ("content", "421 going down", "Le serveur de messagerie a répondu 421"),
    ],
)
async def test_what_the_server_surely_does_not_have_is_tried_again(
    post: Post, stub: SmtpStub, at: str, does: str, message: str
) -> None:
    ref, fault = await post.add(), Fault(at, does)
    stub.script(fault)
    with impatient(fault):
        await post.fails(ref, "MailUnavailable", message)
    assert await post.state(ref) == ("pending", message)
    assert not stub.accepted
    assert await post.send(ref) == NotificationEnd(state="sent")
    assert len(stub.accepted) == 1
    assert (await post.row(ref)).attempts == 2


async def test_a_server_that_is_away_is_tried_again(servers: EmbeddedServers, database: Database) -> None:
    with closed_port() as port:
        post = post_to(servers, database, port)
        ref = await post.add()
        await post.fails(ref, "MailUnavailable", UNREACHABLE)
        assert await post.state(ref) == ("pending", UNREACHABLE)


@pytest.mark.parametrize(
    ("at", "code"), [("greeting", 554), ("MAIL", 553), ("RCPT", 550), ("DATA", 554), ("content", 554)]
)
async def test_what_the_server_refuses_is_given_up(post: Post, stub: SmtpStub, at: str, code: int) -> None:
    ref, message = await post.add(), f"Le serveur de messagerie a répondu {code}"
    stub.script(Fault(at, f"{code} {QUOTING}"))
    for _ in range(2):
        await post.fails(ref, "MailRefused", message)
    assert await post.state(ref) == ("failed", message)
    assert stub.connections == 1
    assert not stub.accepted


@pytest.mark.parametrize("does", [DROP, HANG, "hello", "354 go on"])
async def test_a_mail_whose_answer_was_lost_is_not_sent_twice(post: Post, stub: SmtpStub, does: str) -> None:
    ref, fault = await post.add(), Fault("content", does)
    stub.script(fault)
    with impatient(fault):
        for _ in range(2):
            await post.fails(ref, "MailUnknown", UNCERTAIN)
    assert await post.state(ref) == ("unknown", UNCERTAIN)
    assert stub.connections == 1
    assert await post.withdraw(ref) == Withdrawal(withdrawn=False, state="unknown")


async def test_a_mail_that_was_accepted_stays_so_whatever_follows(post: Post, stub: SmtpStub) -> None:
    ref = await post.add()
    stub.script(Fault("QUIT", DROP))
    assert await post.send(ref) == NotificationEnd(state="sent")
    assert len(stub.accepted) == 1


async def test_a_try_whose_worker_died_is_not_repeated(post: Post, stub: SmtpStub) -> None:
    ref = await post.add()
    async with post.database.transaction() as session:
        await notifications.begin(session, ref.notification_id)
    for _ in range(2):
        await post.fails(ref, "MailUnknown", UNCERTAIN)
    assert await post.state(ref) == ("unknown", UNCERTAIN)
    assert stub.connections == 0


@asynccontextmanager
async def held(post: Post, stub: SmtpStub, at: str) -> AsyncGenerator[tuple[NotificationRef, asyncio.Task[Any]]]:
    """A try that waits for its server at this point."""
    ref = await post.add()
    stub.script(Fault(at, HANG))
    first = asyncio.create_task(post.send(ref))
    async with asyncio.timeout(DEADLINE):
        await stub.reached.wait()
    yield ref, first


async def test_two_tries_at_once_send_one_mail(post: Post, stub: SmtpStub) -> None:
    async with held(post, stub, "content") as (ref, first):
        await post.fails(ref, "MailUnknown", UNCERTAIN)
        assert await post.state(ref) == ("unknown", UNCERTAIN)
        stub.release()
        assert await first == NotificationEnd(state="sent")
    assert await post.state(ref) == ("sent", None)
    assert len(stub.accepted) == stub.connections == 1


async def test_a_late_try_that_sent_nothing_is_not_repeated_once_given_up(post: Post, stub: SmtpStub) -> None:
    async with held(post, stub, "RCPT") as (ref, first):
        await post.fails(ref, "MailUnknown", UNCERTAIN)
        stub.release(drop=True)
        with pytest.raises(ApplicationError):
            await first
    assert await post.state(ref) == ("failed", UNREACHABLE)
    assert not stub.accepted


async def test_a_mail_that_is_erased_while_it_is_sent_was_sent(post: Post, stub: SmtpStub) -> None:
    async with held(post, stub, "content") as (ref, first):
        candidate_id = (await post.row(ref)).candidate_id
        async with post.database.transaction() as session:
            await notifications.erase_notifications(session, candidate_id)
        stub.release()
        assert await first == NotificationEnd(state="sent")
    assert len(stub.accepted) == 1


async def test_a_mail_being_sent_cannot_be_withdrawn(post: Post, stub: SmtpStub) -> None:
    async with held(post, stub, "RCPT") as (ref, first):
        assert await post.withdraw(ref) == Withdrawal(withdrawn=False, state="unknown")
        stub.release()
        assert await first == NotificationEnd(state="sent")
    assert await post.state(ref) == ("sent", None)


async def test_a_withdrawn_mail_is_never_sent(post: Post, stub: SmtpStub) -> None:
    ref = await post.add()
    for _ in range(2):
        assert await post.withdraw(ref) == Withdrawal(withdrawn=True, state="failed")
    assert await post.state(ref) == ("failed", "withdrawn")
    await post.fails(ref, "MailRefused", "withdrawn")
    assert stub.connections == 0


async def test_a_mail_that_is_not_there(post: Post, stub: SmtpStub) -> None:
    ref = NotificationRef(notification_id=UUID(int=0))
    assert await post.withdraw(ref) == Withdrawal(withdrawn=True)
    assert await post.send(ref) == NotificationEnd(state="skipped", reason="erased")
    assert stub.connections == 0


async def test_without_a_server_nothing_is_claimed(post: Post, stub: SmtpStub) -> None:
    unconfigured = Post(post.database, NotificationActivities(post.database, None))
    ref = await unconfigured.add()
    for some in (unconfigured, post):  # configured later on, too
        assert await some.send(ref) == NotificationEnd(state="skipped", reason="not_configured")
    assert await post.state(ref) == ("skipped", "not_configured")
    assert await post.withdraw(ref) == Withdrawal(withdrawn=True, state="skipped")
    assert stub.connections == 0


@pytest.mark.parametrize("email", [None, "", "  "])
async def test_without_an_address_nothing_is_claimed(post: Post, stub: SmtpStub, email: str | None) -> None:
    ref = await post.add(email=email)
    assert await post.send(ref) == NotificationEnd(state="skipped", reason="no_address")
    assert stub.connections == 0


@pytest.mark.parametrize(
    "email",
    [
        "claire",
        "claire@",
        "claire fontaine@example.fr",
        "claire@example.fr, autre@example.fr",
        "claire@example.fr> SIZE=1",
        "claire@example.fr\r\nRCPT TO:<autre@example.fr>",
        "=?utf-8?q?x=0aBcc:autre?=@example.fr",
        "claire@\u202eexample.fr",
        f"{'c' * 250}@example.fr",
    ],
)
async def test_a_bad_address_is_refused_before_anybody_is_asked(post: Post, stub: SmtpStub, email: str) -> None:
    ref = await post.add(email=email)
    await post.fails(ref, "MailRefused", "Adresse électronique invalide")
    assert await post.state(ref) == ("failed", "Adresse électronique invalide")
    assert stub.connections == 0


async def test_an_accented_address_needs_a_server_that_knows_them(
    servers: EmbeddedServers, database: Database, post: Post, stub: SmtpStub
) -> None:
    address = "zoé@société.example"
    assert await post.send(await post.add(email=address)) == NotificationEnd(state="sent")
    assert "MAIL FROM:<talentflow@example.com> SMTPUTF8" in stub.heard
    assert stub.accepted[0].recipient == f"RCPT TO:<{address}>"
    assert stub.accepted[0].message["To"] == address
    async with smtp_stub() as plain:
        other = post_to(servers, database, plain.port)
        ref = await other.add(email=address)
        await other.fails(ref, "MailRefused", "Le serveur de messagerie n'accepte que les adresses sans accents")
        assert not any(command.startswith("RCPT") for command in plain.heard)


async def test_submissions_of_which_nobody_knows_the_end_are_found(post: Post) -> None:
    waiting, begun, done, decided = [
        await post.add(),
        await post.add(),
        await post.add(),
        await post.add("rejected", reason="Le profil est vide."),
    ]
    async with post.database.transaction() as session:
        await notifications.begin(session, begun.notification_id)
    await post.send(done)
    later = datetime.now(UTC) + timedelta(minutes=1)

    async def found(before: datetime) -> list[UUID]:
        async with post.database.transaction() as session:
            return [row.id for row in await notifications.stale_submissions(session, before=before, limit=1000)]

    ids = await found(later)
    assert [i for i in ids if i in (waiting.notification_id, begun.notification_id)] == [
        waiting.notification_id,
        begun.notification_id,
    ]
    assert not {done.notification_id, decided.notification_id} & set(ids)
    assert waiting.notification_id not in await found((await post.row(waiting)).created_at)


async def test_the_stub_hears_the_end_of_a_dialogue(post: Post, stub: SmtpStub) -> None:
    """The server is told goodbye, so that it does not wait for more."""
    await post.send(await post.add())

    async def told() -> bool:
        return "QUIT" in stub.heard

    assert await until(told)
