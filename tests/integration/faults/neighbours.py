"""A backend whose workers reach their neighbours through proxies, and what must hold once a decision has ended."""

import tempfile
from collections.abc import AsyncGenerator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import make_url, select, text
from temporalio.client import WorkflowHandle

from db.tables import Candidate, Decision, Evaluation, Notification
from domain.ids import decision_workflow_id, notification_of, notification_workflow_id
from embedded.stack import EmbeddedServers
from tests.backend import Backend
from tests.integration.decisions import audit, decide, decision, status_of, submitted
from tests.stubs.proxies import CANARY, LOOPBACK, Pipe, SearchProxy, pipe, search_proxy
from tests.stubs.smtp import Received, SmtpStub
from tests.waiting import until

INDEX_AWAY = "Connection error"
DATABASE_AWAY = "Base de données indisponible"
MAIL_AWAY = "Serveur de messagerie injoignable"

SYSTEM = {
    "recruiter_id": 0,
    "recruiter_email": "system@yemma.com",
    "recruiter_name": "Système Yemma",
    "company_id": 0,
    "company_name": "Yemma Platform",
}
_INCIDENT_KEYS = {"incident_type", "description", "timestamp", "error", "error_type"}
_INDEX_INCIDENTS = {"indexation_failed", "deindexation_failed"}


@dataclass(frozen=True)
class Neighbours:
    """`database`, `search` and `mail` can go away; `documents` is what answers behind `search`."""

    database: Pipe
    search: Pipe
    documents: SearchProxy
    mail: Pipe
    database_url: str

    def settings(self) -> dict[str, Any]:
        """What leads a worker through the proxies."""
        return {
            "database_url": self.database_url,
            "elasticsearch_url": f"http://{LOOPBACK}:{self.search.listens_at}",
            "smtp_host": LOOPBACK,
            "smtp_port": self.mail.listens_at,
        }


@asynccontextmanager
async def neighbours(servers: EmbeddedServers) -> AsyncGenerator[Neighbours]:
    """Proxies in front of these servers; mails go nowhere until `mail` has a target."""
    url = make_url(servers.endpoints["database_url"])
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tf-")))
        socket = f".s.PGSQL.{url.query['port']}"
        database = await stack.enter_async_context(pipe(Path(str(url.query["host"])) / socket, at=folder / socket))
        documents = await stack.enter_async_context(search_proxy(servers.endpoints["search"]))
        search = await stack.enter_async_context(pipe(documents.port))
        mail = await stack.enter_async_context(pipe())
        proxied = url.update_query_dict({"host": str(folder)}).render_as_string(hide_password=False)
        yield Neighbours(database, search, documents, mail, proxied)


@dataclass(frozen=True)
class Person:
    """A candidate who was submitted, and the address that mails to them go to."""

    id: int
    address: str


@dataclass(frozen=True)
class End:
    """What is expected of a decision: its end, the candidate's status, mails about it, and rows of the audit log."""

    outcome: str
    status: str
    mails: int = 0
    decisions: int = 1
    incidents: Collection[str] = ()
    undone: Collection[str] = ()
    actions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Scene:
    """A backend, its admin, and the mail server that this test has to itself."""

    backend: Backend
    admin: httpx.AsyncClient
    near: Neighbours
    inbox: SmtpStub

    async def person(self, **fields: Any) -> Person:
        """A submitted candidate who has been told so: the next mail to them is about a decision."""
        person = {"email": f"ines-{uuid4()}@example.fr", **fields}
        candidate_id = await submitted(self.admin, **person)

        async with self.backend.state.database.transaction() as session:
            mails = select(Notification.id).where(Notification.candidate_id == candidate_id)
            mail = (await session.scalars(mails)).one()
        end = await self.backend.temporal.get_workflow_handle(notification_workflow_id(mail)).result()
        assert end["state"] == "sent"
        return Person(candidate_id, person["email"])

    async def validated(self, **fields: Any) -> Person:
        """A candidate who has been validated, with nothing in the way."""
        person = await self.person(**fields)
        await self.take("validate", person)
        done = await self.ended(person)
        assert done["status"] == "completed", done
        return person

    async def take(self, verb: str, person: Person) -> None:
        """Take the decision `verb`, and do not wait for it."""
        bodies = {
            "validate": {"summary": "Très bon échange, profil solide et disponible", "overallScore": 4.5},
            "reject": {"rejectionReason": "L'expérience <attendue> manque pour l'instant"},
        }
        await decide(self.admin, verb, person.id, bodies.get(verb))

    async def cancel(self, person: Person) -> None:
        answer = await self.admin.post(f"/api/v1/admin/validate/{person.id}/cancel")
        assert answer.status_code == 202, answer.text

    def run(self, person: Person) -> WorkflowHandle[Any, Any]:
        return self.backend.temporal.get_workflow_handle(decision_workflow_id(person.id))

    async def action(self, person: Person, name: str) -> dict[str, Any]:
        """An action of the current decision, as it is now."""
        state: dict[str, Any] = (await decision(self.admin, person.id))["actions"][name]
        return state

    async def retried(self, person: Person, name: str) -> dict[str, Any]:
        """The action, once it waits for another try: `attempts` counts the one to come."""

        async def again() -> dict[str, Any] | None:
            state = await self.action(person, name)
            return state if state["attempts"] > 1 and state["last_error"] else None

        return await until(again)

    async def trying(self, person: Person, activity: str) -> None:
        """Wait until this activity is under way, or waits for another try."""

        async def pending() -> bool:
            described = await self.run(person).describe()
            return any(p.activity_type.name == activity for p in described.raw_description.pending_activities)

        await until(pending)

    @asynccontextmanager
    async def locked(self, person: Person) -> AsyncGenerator[None]:
        """Nobody changes the candidate's row during the block."""
        async with self.backend.state.database.transaction() as session:
            await session.execute(select(Candidate.id).where(Candidate.id == person.id).with_for_update())
            yield

    async def waits_for_a_lock(self) -> None:
        """Wait until somebody waits for a row."""

        async def waiting() -> bool:
            async with self.backend.state.database.transaction() as session:
                return bool((await session.scalars(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))).one())

        await until(waiting)

    async def ended(self, person: Person) -> dict[str, Any]:
        """The last decision, once its run is closed."""

        async def closed() -> bool:
            return (await self.run(person).describe()).close_time is not None

        await until(closed)
        return await decision(self.admin, person.id)

    async def ends(self, person: Person, end: End) -> dict[str, Any]:
        """The last decision, once it has ended as expected, with nothing left behind by it."""
        done = await self.ended(person)
        assert done["status"] == end.outcome, done
        assert CANARY not in str(done)
        assert {name: done["actions"][name]["status"] for name in end.actions} == end.actions
        await self.consistent(person, end)
        return done

    async def consistent(self, person: Person, end: End) -> None:
        """Index, status, mails and audit log agree with each other and with what is expected."""
        status = await status_of(self.admin, person.id)
        version = await self.backend.state.index.version_of(person.id)
        assert (status, version is not None) == (end.status, end.status == "VALIDATED")
        assert len(await self.mails_about(person)) == end.mails
        rows = await audit(self.admin, person.id)
        assert len([row for row in rows if row["access_type"] == "decision"]) == end.decisions
        incidents = [row for row in rows if row["access_type"] == "system_incident"]
        assert sorted(row["metadata"]["incident_type"] for row in incidents) == sorted(end.incidents)
        for row in incidents:
            _check_incident(row, person)
        undone = [row for row in rows if row["access_type"] == "compensation"]
        assert sorted(row["metadata"]["step"] for row in undone) == sorted(end.undone)
        assert all(row["action_type"] == "COMPENSATION" and SYSTEM.items() <= row.items() for row in undone)

    async def mails_about(self, person: Person) -> list[Received]:
        """The mails about the last decision that the mail server has kept; two of them have one Message-ID."""
        async with self.backend.state.database.transaction() as session:
            taken = select(Decision.id).where(Decision.candidate_id == person.id).order_by(Decision.created_at.desc())
            last = (await session.scalars(taken.limit(1))).one()
        name = f"<notification-{notification_of(last)}@talentflow.example>"
        return [mail for mail in self.inbox.accepted if str(mail.message["message-id"]).strip() == name]

    async def incident(self, person: Person) -> dict[str, Any]:
        """The metadata of the one incident about this candidate, once it is there."""

        async def recorded() -> list[dict[str, Any]]:
            return await audit(self.admin, person.id, access_type="system_incident")

        (row,) = await until(recorded)
        told: dict[str, Any] = row["metadata"]
        return told

    async def evaluations(self, person: Person) -> tuple[int, int]:
        """How many evaluations of the candidate count, and how many were rolled back."""
        async with self.backend.state.database.transaction() as session:
            rows = list(await session.scalars(select(Evaluation).where(Evaluation.candidate_id == person.id)))
        undone = sum(row.rolled_back_at is not None for row in rows)
        return len(rows) - undone, undone


def _check_incident(row: dict[str, Any], person: Person) -> None:
    """One incident has all that the contract gives it, and names nobody."""
    assert SYSTEM.items() <= row.items()
    assert (row["candidate_id"], row["action_type"]) == (person.id, "SYSTEM_ERROR")
    told = row["metadata"]
    about_index = told["incident_type"] in _INDEX_INCIDENTS
    assert told.keys() == (_INCIDENT_KEYS | {"profile_data_keys"} if about_index else _INCIDENT_KEYS)
    assert told["timestamp"].endswith("Z")
    assert told["error"]
    assert told["error_type"]
    assert told["description"].endswith(f"candidat {person.id}: {told['error']}")
    assert person.address not in str(row)
    assert CANARY not in str(row)
