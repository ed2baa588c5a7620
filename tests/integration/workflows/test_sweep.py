"""Requests whose end nobody recorded: removed when they never ran, ended when their run is closed, else left alone."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select, update
from temporalio.testing import ActivityEnvironment

from activities.contracts import DecisionStep, SweepCounts
from activities.decisions import DecisionActivities
from activities.erased_files import ErasedFiles
from adapters.object_store import ObjectMissing, job_prefix, result_key, source_key, text_key
from db import cv_jobs, decisions, matching, notifications, webhooks
from db.audit import SystemActor
from db.tables import CvJob, Decision, MatchingJob, Notification
from domain.ids import decision_workflow_id, notification_of, notification_workflow_id
from embedded.seed import ADMIN
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from tests.integration.api.edge import closed_port
from tests.integration.decisions import SUMMARY, audit, decide, decision, submitted
from tests.waiting import until
from workflows.contracts import DeliverWebhookInput, delivery_workflow_id
from workflows.deliver_webhook import DeliverWebhookWorkflow
from workflows.sweep_requests import SweepRequestsWorkflow

LONG_AGO = datetime.now(UTC) - timedelta(days=2)


@pytest_asyncio.fixture(scope="module")
async def idle(servers: EmbeddedServers) -> AsyncGenerator[Backend]:
    """A backend without workers: its runs stay where they are."""
    async with backend(servers, workers=False) as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def caller(idle: Backend) -> httpx.AsyncClient:
    return await idle.login(ADMIN)


async def sweep(at: Backend) -> SweepCounts:
    """What the schedule does every hour."""
    return await at.temporal.execute_workflow(SweepRequestsWorkflow.run, id=f"sweep-{uuid4()}", task_queue=at.queue)


@pytest_asyncio.fixture(autouse=True)
async def swept(talentflow: Backend) -> None:
    """What other tests have left is gone, so that the counts speak of this one."""
    await sweep(talentflow)


async def upload(caller: httpx.AsyncClient, **fields: str) -> dict[str, Any]:
    answer = await caller.post("/api/queue", files={"file": ("cv.txt", b"Lise Perrin\nPython\n")}, data=fields)
    assert answer.status_code == 202, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def new_offer(caller: httpx.AsyncClient) -> str:
    return str((await caller.post("/api/v1/offers", json={"title": "Développeur"})).json()["id"])


async def age(at: Backend, job_id: str) -> None:
    """Make the request, and the matching chained to it, two days old."""
    async with at.state.database.transaction() as session:
        await session.execute(update(CvJob).where(CvJob.id == UUID(job_id)).values(created_at=LONG_AGO))
        chained = update(MatchingJob).where(MatchingJob.parse_job_id == UUID(job_id))
        await session.execute(chained.values(created_at=LONG_AGO))


async def never_started(at: Backend, *, chained: bool = False, created_at: datetime = LONG_AGO) -> UUID:
    """The rows and the object of an upload whose start failed half-way."""
    job_id = uuid4()
    key = source_key(job_id, "0" * 64)
    await at.state.store.put(key, b"Lise Perrin")
    shared = {"id": job_id, "owner": "user:1", "request_hash": "x", "priority": 3, "created_at": created_at}
    async with at.state.database.transaction() as session:
        await cv_jobs.add_job(session, {**shared, "owner_role": "admin", "kind": "txt", "object_key": key})
        if chained:
            await matching.add_request(
                session, {**shared, "job_id": f"matching-bulk-{job_id}", "parse_job_id": job_id, "offer_ids": [1]}
            )
    return job_id


async def remains(at: Backend, job_id: UUID) -> tuple[bool, bool]:
    """Whether the row and the object of the job are still there."""
    async with at.state.database.transaction() as session:
        row = await cv_jobs.get_job(session, job_id)
    try:
        await at.state.store.get(source_key(job_id, "0" * 64))
    except ObjectMissing:
        return row is not None, False
    return row is not None, True


async def test_a_request_that_never_ran_is_removed_with_its_objects(talentflow: Backend) -> None:
    alone, chained = await never_started(talentflow), await never_started(talentflow, chained=True)
    fresh = await never_started(talentflow, created_at=datetime.now(UTC) - timedelta(hours=23))
    counts = await sweep(talentflow)
    assert counts == SweepCounts(removed=2)
    assert await remains(talentflow, alone) == (False, False)
    assert await remains(talentflow, chained) == (False, False)
    assert await remains(talentflow, fresh) == (True, True)
    async with talentflow.state.database.transaction() as session:
        assert await matching.get_request(session, chained) is None
        await cv_jobs.remove_job(session, fresh)
    await talentflow.state.store.delete_prefix(f"cv/{fresh}/")


async def test_a_terminated_run_has_failed(talentflow: Backend, idle: Backend, caller: httpx.AsyncClient) -> None:
    """Its caller learns so at once; the sweep writes it down."""
    queued = await upload(caller, offer_ids=await new_offer(caller))
    job_id = queued["job_id"]
    await idle.temporal.get_workflow_handle(job_id).terminate(reason="an operator's last resort")
    before = (await caller.get(f"/api/result/{job_id}")).json()
    assert (before["status"], before["error"]) == ("failed", "Traitement interrompu")
    assert await sweep(talentflow) == SweepCounts()
    await age(idle, job_id)
    assert await sweep(talentflow) == SweepCounts(interrupted=2)
    after = (await caller.get(f"/api/result/{job_id}")).json()
    assert (after["status"], after["error"]) == ("failed", "Traitement interrompu")
    assert after["failed_at"] is not None
    matched = (await caller.get(f"/api/v1/result/{queued['matching_job_id']}")).json()
    assert (matched["status"], matched["error"]) == ("failed", "Traitement interrompu")
    assert await sweep(talentflow) == SweepCounts()


async def test_a_terminated_matching_has_failed(talentflow: Backend, idle: Backend, caller: httpx.AsyncClient) -> None:
    person = await caller.post("/api/v1/candidates", json={"first_name": "Lise", "last_name": "Perrin"})
    assert person.status_code == 201, person.text
    parse = await upload(caller)
    body = {
        "candidate_id": person.json()["id"],
        "job_ids": [int(await new_offer(caller))],
        "depends_on": parse["job_id"],
    }
    answer = await caller.post("/api/v1/queue-matching/bulk", json=body)
    assert answer.status_code == 202, answer.text
    job_id = answer.json()["job_id"]
    await idle.temporal.get_workflow_handle(job_id).terminate()
    async with idle.state.database.transaction() as session:
        await session.execute(update(MatchingJob).where(MatchingJob.job_id == job_id).values(created_at=LONG_AGO))
    assert (await caller.get(f"/api/v1/status/{job_id}")).json()["status"] == "failed"
    assert await sweep(talentflow) == SweepCounts(interrupted=1)
    after = (await caller.get(f"/api/v1/result/{job_id}")).json()
    assert (after["status"], after["error"]) == ("failed", "Traitement interrompu")


async def test_a_run_that_began_and_was_forgotten_has_failed(talentflow: Backend, caller: httpx.AsyncClient) -> None:
    """Temporal keeps closed runs for a while only: a terminated one is unknown to it in the end."""
    job_id = await never_started(talentflow)
    async with talentflow.state.database.transaction() as session:
        await cv_jobs.begin_reading(session, job_id)
    before = (await caller.get(f"/api/result/{job_id}")).json()
    assert (before["status"], before["error"]) == ("failed", "Traitement interrompu")
    assert await sweep(talentflow) == SweepCounts(removed=0, interrupted=1)
    after = (await caller.get(f"/api/result/{job_id}")).json()
    assert (after["status"], after["error"]) == ("failed", "Traitement interrompu")


async def test_a_running_run_is_left_alone(talentflow: Backend, idle: Backend, caller: httpx.AsyncClient) -> None:
    queued = await upload(caller, offer_ids=await new_offer(caller))
    await age(idle, queued["job_id"])
    assert await sweep(talentflow) == SweepCounts()
    assert (await caller.get(f"/api/result/{queued['job_id']}")).json()["status"] == "pending"
    assert (await caller.get(f"/api/v1/status/{queued['matching_job_id']}")).json()["status"] == "queued"
    await idle.temporal.get_workflow_handle(queued["job_id"]).terminate()
    assert await sweep(talentflow) == SweepCounts(interrupted=2)


@pytest.mark.parametrize("outcome", ["failed", "done", "cancelled"])
async def test_the_secret_of_a_job_that_ended_long_ago_is_dropped(talentflow: Backend, outcome: str) -> None:
    """Also of one whose run was terminated before it told how it ended."""
    recent, old = await never_started(talentflow), await never_started(talentflow)
    async with talentflow.state.database.transaction() as session:
        for job_id, days in ((recent, 29), (old, 31)):
            ended = datetime.now(UTC) - timedelta(days=days)
            values = {"outcome": outcome, "completed_at": ended, "webhook_secret": b"sealed"}
            await session.execute(update(CvJob).where(CvJob.id == job_id).values(**values))
    await sweep(talentflow)
    async with talentflow.state.database.transaction() as session:
        kept = [job.webhook_secret for job_id in (recent, old) if (job := await cv_jobs.get_job(session, job_id))]
        for job_id in (recent, old):
            await cv_jobs.remove_job(session, job_id)
    for job_id in (recent, old):
        await talentflow.state.store.delete_prefix(f"cv/{job_id}/")
    assert kept == [b"sealed", None]


async def stale_delivery(at: Backend, job_id: str) -> UUID:
    delivery_id = uuid4()
    async with at.state.database.transaction() as session:
        await webhooks.add_delivery(
            session,
            {
                "id": delivery_id,
                "job_id": job_id,
                "owner": "user:1",
                "url": "https://receiver.example.com/",
                "secret": b"sealed",
                "body": b"Lise Perrin",
                "created_at": LONG_AGO,
            },
        )
    return delivery_id


async def test_a_delivery_that_nobody_goes_on_with_is_emptied(
    talentflow: Backend, idle: Backend, caller: httpx.AsyncClient
) -> None:
    """Not one whose run is open, nor one that the run of its job may yet start."""
    parse = (await upload(caller))["job_id"]
    lost = await stale_delivery(idle, str(uuid4()))
    awaited = await stale_delivery(idle, parse)
    open_one = await stale_delivery(idle, str(uuid4()))
    run = await idle.temporal.start_workflow(
        DeliverWebhookWorkflow.run,
        DeliverWebhookInput(delivery_id=open_one, max_attempts=3),
        id=delivery_workflow_id(open_one),
        task_queue=idle.queue,
    )
    assert await sweep(talentflow) == SweepCounts(interrupted=1)

    async def kept(delivery_id: UUID) -> tuple[str | None, bytes | None, bytes | None]:
        async with idle.state.database.transaction() as session:
            row = await webhooks.get_delivery(session, delivery_id)
        assert row is not None
        return row.outcome, row.body, row.secret

    assert await kept(lost) == ("exhausted", None, None)
    assert await kept(awaited) == await kept(open_one) == (None, b"Lise Perrin", b"sealed")
    await run.terminate()
    await idle.temporal.get_workflow_handle(parse).terminate()
    assert await sweep(talentflow) == SweepCounts(interrupted=2)
    assert await kept(awaited) == await kept(open_one) == ("exhausted", None, None)


async def test_what_was_stored_late_of_an_erased_job_is_removed(talentflow: Backend) -> None:
    """Nothing else is: neither a job's files, nor those of one that this database does not know."""
    store, database = talentflow.state.store, talentflow.state.database
    before = datetime.now(UTC) + timedelta(hours=1)
    unknown, erased, kept, another = (UUID(f"{before.hour % 16:x}{uuid4().hex[1:]}") for _ in range(4))
    another = UUID(f"{(before.hour + 1) % 16:x}{another.hex[1:]}")
    row = {"owner": "user:1", "owner_role": "admin", "request_hash": "x", "priority": 3, "kind": "txt"}
    async with database.transaction() as session:
        for job_id in (erased, kept, another):
            await cv_jobs.add_job(session, {**row, "id": job_id, "outcome": "done"})
        for job_id in (erased, another):
            await cv_jobs.erase_job(session, job_id)
    for job_id in (unknown, erased, kept, another):
        await store.put(text_key(job_id), b"Lise Perrin")
        await store.put(result_key(job_id), b"Lise Perrin")
    await ActivityEnvironment().run(ErasedFiles(database, store).drop, before)
    for job_id, is_there in ((unknown, True), (erased, False), (kept, True), (another, True)):
        assert await store.exists(text_key(job_id)) is is_there
        assert await store.exists(result_key(job_id)) is is_there
        await store.delete_prefix(job_prefix(job_id))
        await store.delete_prefix(result_key(job_id))
    async with database.transaction() as session:
        for job_id in (erased, kept, another):
            await cv_jobs.remove_job(session, job_id)


async def test_a_terminated_decision_is_an_incident(
    talentflow: Backend, idle: Backend, caller: httpx.AsyncClient
) -> None:
    """It got as far as the status: its mail is called off, and the index is brought into line at once."""
    candidate_id = await submitted(caller)
    await decide(caller, "validate", candidate_id, SUMMARY)
    run = idle.temporal.get_workflow_handle(decision_workflow_id(candidate_id))
    database = idle.state.database
    async with database.transaction() as session:
        row = await decisions.open_decision(session, candidate_id)
    assert row is not None
    steps = DecisionActivities(database, SystemActor("", "", ""))
    await ActivityEnvironment().run(steps.record_evaluation_and_status, DecisionStep(decision_id=row.id))
    await run.terminate(reason="an operator's last resort")
    async with database.transaction() as session:
        await session.execute(update(Decision).where(Decision.id == row.id).values(created_at=LONG_AGO))
    assert await talentflow.state.index.version_of(candidate_id) is None

    assert await sweep(talentflow) == SweepCounts(interrupted=1)
    after = await decision(caller, candidate_id)
    assert (after["status"], after["error"]) == ("failed", "Traitement interrompu")
    (incident,) = await audit(caller, candidate_id, access_type="system_incident")
    assert (incident["recruiter_id"], incident["recruiter_name"]) == (0, "Système Yemma")
    told = incident["metadata"]
    assert told.pop("timestamp").endswith("Z")
    assert told == {
        "incident_type": "decision_interrupted",
        "description": f"Décision interrompue pour le candidat {candidate_id}: Traitement interrompu",
        "error": "Traitement interrompu",
        "error_type": "Interrupted",
    }
    async with database.transaction() as session:
        mail = await notifications.get_notification(session, notification_of(row.id))
    assert mail is not None
    assert (mail.state, mail.error) == ("failed", "withdrawn")

    async def found() -> bool:
        return await talentflow.state.index.version_of(candidate_id) is not None

    await until(found)
    assert await sweep(talentflow) == SweepCounts()
    assert len(await audit(caller, candidate_id, access_type="system_incident")) == 1


async def test_a_part_that_fails_keeps_no_other_from_its_turn(
    talentflow: Backend, servers: EmbeddedServers, idle: Backend, caller: httpx.AsyncClient
) -> None:
    """The object store is away: mails are sent, terminated decisions end, and the sweep is tried again."""
    candidate_id = await submitted(caller)
    await decide(caller, "validate", candidate_id, SUMMARY)
    await idle.temporal.get_workflow_handle(decision_workflow_id(candidate_id)).terminate()
    database = idle.state.database
    async with database.transaction() as session:
        mails = select(Notification.id).where(Notification.candidate_id == candidate_id)
        mail = (await session.scalars(mails)).one()
        await session.execute(update(Notification).where(Notification.id == mail).values(created_at=LONG_AGO))
        await session.execute(update(Decision).where(Decision.candidate_id == candidate_id).values(created_at=LONG_AGO))
    await idle.temporal.get_workflow_handle(notification_workflow_id(mail)).terminate()
    never = await never_started(idle)
    with closed_port() as port:
        async with backend(servers, worker={"s3_endpoint_url": f"http://127.0.0.1:{port}"}) as at:
            run = await at.temporal.start_workflow(
                SweepRequestsWorkflow.run, id=f"sweep-{uuid4()}", task_queue=at.queue
            )

            async def failed_once() -> bool:
                pending = (await run.describe()).raw_description.pending_activities
                return any(one.attempt > 1 for one in pending)

            await until(failed_once)
            await run.terminate()
            sent = await at.temporal.get_workflow_handle(notification_workflow_id(mail)).result()
            assert sent["state"] == "sent"
            after = await decision(caller, candidate_id)
            assert (after["status"], after["error"]) == ("failed", "Traitement interrompu")
            assert await remains(at, never) == (True, True)
    assert await sweep(talentflow) == SweepCounts(removed=1)
