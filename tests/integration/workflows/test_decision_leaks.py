"""Nothing of a candidate or of what was said of them is in what operators read of a decision.

Names, address, interview notes and reasons are full of marks. Decisions succeed, or fail because of servers that quote
what they were given: an index that refuses the document, a mail server that answers with the address.
"""

import json
import logging
from collections.abc import AsyncGenerator, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from pytest_httpserver import HTTPServer
from sqlalchemy import select
from temporalio.client import Client

from db.tables import Notification
from domain.ids import REINDEX_ID, decision_workflow_id, index_workflow_id, notification_workflow_id
from embedded.seed import ADMIN
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from tests.integration.workflows.evidence import Evidence
from tests.stubs.search import refuse_documents
from tests.stubs.smtp import Fault, SmtpStub, smtp_stub
from tests.waiting import until

FIRST_NAME, LAST_NAME, HEADLINE = "Zéphirine", "Quatrebarbes", "Titre au canari 7714"
PHONE, NOTES, REASON = "06 39 98 47 12", "Note d'entretien au canari 6620", "Motif de refus au canari 9185"
MARKS = ("uatrebarbes", "canari", "639984712", PHONE, "Z\\u00e9phirine", "Zéphirine")
VALIDATION = {
    "overallScore": 4.5,
    "softSkillsTags": ["trait au canari"],
    "interview_notes": NOTES,
    "recommendations": f"Conseil : {NOTES}",
    "summary": f"Synthèse : {NOTES}",
}
REJECTION = {"rejectionReason": REASON, "interview_notes": NOTES}


@pytest.fixture(scope="module")
def refusing() -> Iterator[str]:
    """A search server that refuses documents and quotes them."""
    with HTTPServer(host="localhost", threaded=True) as server:
        yield refuse_documents(server)


@pytest_asyncio.fixture
async def stub() -> AsyncGenerator[SmtpStub]:
    async with smtp_stub() as running:
        yield running


def readable(stub: SmtpStub, **changes: Any) -> dict[str, Any]:
    """Settings without codec: what travels must be harmless in the clear. Mails go to the stub."""
    return {"payload_keys": None, "smtp_host": "127.0.0.1", "smtp_port": stub.port, "smtp_tls": "none", **changes}


@pytest_asyncio.fixture
async def at(servers: EmbeddedServers, stub: SmtpStub) -> AsyncGenerator[Backend]:
    async with backend(servers, **readable(stub)) as running:
        yield running


@pytest.fixture
def evidence(plain: Client, caplog: pytest.LogCaptureFixture) -> Evidence:
    caplog.set_level(logging.INFO)
    return Evidence(plain, MARKS)


async def submitted(caller: httpx.AsyncClient) -> int:
    """A candidate full of marks who waits for a decision."""
    person = {
        "first_name": FIRST_NAME,
        "last_name": LAST_NAME,
        "email": f"canari-{uuid4().hex}@example.fr",
        "phone": PHONE,
        "headline": HEADLINE,
        "profile": {"summary": NOTES, "skills": [{"name": "Python", "category": "technical"}]},
    }
    answer = await caller.post("/api/v1/candidates", json=person)
    assert answer.status_code == 201, answer.text
    candidate_id: int = answer.json()["id"]
    assert (await caller.post(f"/api/v1/candidates/{candidate_id}/submit")).status_code == 200
    return candidate_id


async def decide(caller: httpx.AsyncClient, verb: str, candidate_id: int, body: object = None) -> dict[str, Any]:
    """Decide, and wait for the end that is told of it."""
    answer = await caller.post(f"/api/v1/admin/{verb}/{candidate_id}", json=body)
    assert answer.status_code == 202, answer.text

    async def ended() -> dict[str, Any] | None:
        told: dict[str, Any] = (await caller.get(f"/api/v1/admin/validate/{candidate_id}")).json()
        return None if told["status"] == "running" else told

    return await until(ended)


async def mail_of(at: Backend, candidate_id: int, kind: str) -> Notification:
    """What is kept of the candidate's mail of this kind."""
    async with at.state.database.transaction() as session:
        rows = await session.scalars(
            select(Notification).where(Notification.candidate_id == candidate_id, Notification.kind == kind)
        )
        return rows.one()


async def closed(at: Backend, workflow_id: str) -> None:
    async def over() -> bool:
        return (await at.temporal.get_workflow_handle(workflow_id).describe()).close_time is not None

    await until(over)


async def audit_of(caller: httpx.AsyncClient, candidate_id: int) -> str:
    answer = await caller.get("/api/v1/audit/logs", params={"candidate_id": candidate_id})
    assert len(answer.json()["items"]) > 0
    return json.dumps(answer.json(), ensure_ascii=False)


async def test_decisions_that_succeed(
    at: Backend,
    stub: SmtpStub,
    evidence: Evidence,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caller = await at.login(ADMIN)
    candidate_id = await submitted(caller)
    for verb, body in (("validate", VALIDATION), ("archive", None), ("unarchive", None), ("reject", REJECTION)):
        done = await decide(caller, verb, candidate_id, body)
        assert done["status"] == "completed", done
        await evidence.gather(decision_workflow_id(candidate_id))
        evidence.add(json.dumps(done, ensure_ascii=False))
        if verb == "unarchive":
            await caller.patch(f"/api/v1/candidates/{candidate_id}", json={"city": "Ville au canari"})
            await closed(at, index_workflow_id(candidate_id))
            await caller.post("/api/v1/admin/reindex")
            await closed(at, REINDEX_ID)
            await evidence.gather(index_workflow_id(candidate_id), REINDEX_ID)
    submission = notification_workflow_id((await mail_of(at, candidate_id, "submitted")).id)
    await closed(at, submission)
    await evidence.gather(submission)
    texts = [part.get_content() for mail in stub.accepted for part in mail.message.walk() if not part.is_multipart()]
    assert any(REASON in text for text in texts), "the marks have not been through the whole way"
    evidence.add(await audit_of(caller, candidate_id))
    assert (await caller.delete(f"/api/v1/candidates/{candidate_id}")).status_code == 202
    await closed(at, decision_workflow_id(candidate_id))
    await evidence.gather(decision_workflow_id(candidate_id))
    evidence.add(await audit_of(caller, candidate_id), caplog.text, *capfd.readouterr())
    evidence.assert_clean()


async def test_a_document_that_the_index_refuses_and_quotes(
    servers: EmbeddedServers,
    stub: SmtpStub,
    refusing: str,
    evidence: Evidence,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    async with backend(servers, **readable(stub, elasticsearch_url=refusing)) as at:
        caller = await at.login(ADMIN)
        candidate_id = await submitted(caller)
        failed = await decide(caller, "validate", candidate_id, VALIDATION)
        assert (failed["status"], failed["actions"]["indexation"]["last_error"]) == ("failed", "HTTP 400")
        await closed(at, decision_workflow_id(candidate_id))
        await evidence.gather(decision_workflow_id(candidate_id))
        rows = await audit_of(caller, candidate_id)
        assert "indexation_failed" in rows
        assert "headline" in rows, "an incident names the fields that were filled"
    evidence.add(json.dumps(failed, ensure_ascii=False), rows, caplog.text, *capfd.readouterr())
    evidence.assert_clean()


async def test_a_mail_server_that_answers_with_the_address(
    at: Backend,
    stub: SmtpStub,
    evidence: Evidence,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    stub.always(Fault("RCPT", f"550 no such user <canari@example.fr>, {FIRST_NAME} {LAST_NAME}"))
    caller = await at.login(ADMIN)
    candidate_id = await submitted(caller)
    done = await decide(caller, "validate", candidate_id, VALIDATION)
    assert (done["status"], done["actions"]["notification"]["status"]) == ("completed", "failed")
    submission = notification_workflow_id((await mail_of(at, candidate_id, "submitted")).id)
    await closed(at, submission)
    await closed(at, decision_workflow_id(candidate_id))
    await evidence.gather(decision_workflow_id(candidate_id), submission)
    rows = await audit_of(caller, candidate_id)
    assert rows.count('"notification_failed"') >= 2
    kept = [(await mail_of(at, candidate_id, kind)).error or "" for kind in ("submitted", "validated")]
    evidence.add(json.dumps(done, ensure_ascii=False), rows, *kept, caplog.text, *capfd.readouterr())
    evidence.assert_clean()
