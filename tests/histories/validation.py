"""Histories of decisions on candidates, of their mails, and of the search index."""

from typing import Any

from pytest_httpserver import HTTPServer
from sqlalchemy import select

from db.tables import Notification
from domain.ids import REINDEX_ID, decision_workflow_id, index_workflow_id, notification_workflow_id
from embedded.seed import ADMIN
from embedded.stack import EmbeddedServers
from tests.backend import backend
from tests.histories.recorder import Recorder
from tests.stubs.search import refuse_documents
from tests.stubs.smtp import Fault, smtp_stub
from tests.waiting import until
from workflows.contracts import ReconcileInput
from workflows.reconcile_index import ReconcileIndexWorkflow

_SUMMARY = {"summary": "Très bon échange, profil solide et disponible"}
_REASON = {"rejectionReason": "L'expérience demandée manque pour l'instant"}


async def submit(recorder: Recorder) -> int:
    """The id of a candidate who waits for a decision."""
    person = {
        "first_name": "Lise",
        "last_name": "Perrin",
        "email": "lise.perrin@example.fr",
        "headline": "Développeuse",
    }
    candidate_id: int = (await recorder.post("/api/v1/candidates", json=person))["id"]
    await recorder.post(f"/api/v1/candidates/{candidate_id}/submit")
    return candidate_id


async def record_decisions(recorder: Recorder) -> None:
    """Decisions of every kind that end well, one after the other on the same candidate."""
    candidate_id = await submit(recorder)
    await recorder.save("notification_sent", await _mail_of(recorder, candidate_id))
    bodies = {"validate": _SUMMARY, "archive": None, "unarchive": None, "reject": _REASON}
    for verb, body in bodies.items():
        await recorder.post(f"/api/v1/admin/{verb}/{candidate_id}", json=body)
        await recorder.save(f"{verb}_ok", decision_workflow_id(candidate_id))
    (await recorder.api.delete(f"/api/v1/candidates/{candidate_id}")).raise_for_status()
    await recorder.save("erase_ok", decision_workflow_id(candidate_id))


async def record_index(recorder: Recorder) -> None:
    """A candidate brought up to date, the index built anew, a document that was lost put back."""
    candidate_id = await submit(recorder)
    await recorder.post(f"/api/v1/admin/validate/{candidate_id}", json=_SUMMARY)
    await _closed(recorder, decision_workflow_id(candidate_id))
    changed = await recorder.api.patch(f"/api/v1/candidates/{candidate_id}", json={"city": "Lyon"})
    changed.raise_for_status()
    await recorder.save("sync_ok", index_workflow_id(candidate_id))
    await recorder.post("/api/v1/admin/reindex")
    await recorder.save("reindex_ok", REINDEX_ID)
    await recorder.at.state.index.remove(candidate_id, None)
    run = await recorder.temporal.start_workflow(
        ReconcileIndexWorkflow.run, ReconcileInput(), id="reconcile", task_queue=recorder.at.queue
    )
    await recorder.save("reconcile_ok", run.id)


async def record_failed_decisions(servers: EmbeddedServers, wanted: set[str]) -> None:
    """A mail that is refused, a decision that is called off while its mail waits, one whose document is refused."""
    async with smtp_stub() as post:
        post.always(Fault("RCPT", "550 unknown"))
        smtp: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": post.port, "smtp_tls": "none"}
        async with backend(servers, payload_keys=None, **smtp) as at:
            recorder = Recorder(at, await at.login(ADMIN), wanted)
            candidate_id = await submit(recorder)
            await recorder.save("notification_failed", await _mail_of(recorder, candidate_id))
            post.always(Fault("RCPT", "450 later"))
            await recorder.post(f"/api/v1/admin/validate/{candidate_id}", json=_SUMMARY)
            await _tried(recorder, decision_workflow_id(candidate_id), "send_notification")
            await recorder.post(f"/api/v1/admin/validate/{candidate_id}/cancel")
            await recorder.save("validate_cancelled", decision_workflow_id(candidate_id))
    with HTTPServer(host="localhost", threaded=True) as search:
        async with backend(servers, payload_keys=None, elasticsearch_url=refuse_documents(search)) as at:
            recorder = Recorder(at, await at.login(ADMIN), wanted)
            await recorder.post(f"/api/v1/admin/validate/{candidate_id}", json=_SUMMARY)
            await recorder.save("validate_rolled_back", decision_workflow_id(candidate_id))


async def _mail_of(recorder: Recorder, candidate_id: int) -> str:
    """The workflow of the one mail about the candidate."""
    async with recorder.at.state.database.transaction() as session:
        found = await session.scalars(select(Notification.id).where(Notification.candidate_id == candidate_id))
        return notification_workflow_id(found.one())


async def _closed(recorder: Recorder, workflow_id: str) -> None:
    async def closed() -> bool:
        return (await recorder.temporal.get_workflow_handle(workflow_id).describe()).close_time is not None

    await until(closed)


async def _tried(recorder: Recorder, workflow_id: str, step: str) -> None:
    async def tried() -> bool:
        pending = (await recorder.temporal.get_workflow_handle(workflow_id).describe()).raw_description
        return any(one.activity_type.name == step and one.attempt > 1 for one in pending.pending_activities)

    await until(tried)
