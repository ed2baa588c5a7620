"""Erasing a candidate while their CVs come in, are being read, or hang: nothing of them stays, nothing waits unseen."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import func, select, text
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.contracts import AnnounceParse, DecisionStep, Delivery, ParseJob
from activities.cv import CvActivities
from activities.erasure import ErasureActivities
from activities.webhooks import WebhookActivities
from adapters.object_store import source_key
from adapters.webhooks import WebhookSender
from db import candidates, cv_jobs, decisions, failed_work, webhooks
from db.tables import Candidate, CvJob
from domain.ids import decision_workflow_id
from embedded.seed import ADMIN
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from tests.integration.api.calls import accepted, new_candidate, refused, upload
from tests.integration.api.edge import bucket_keys, caller_of, stored_objects
from tests.integration.decisions import audit, decided, decision
from tests.waiting import until
from workflows.contracts import DecisionInput
from workflows.erase_candidate import EraseCandidateWorkflow

BEING_READ = "Un CV du candidat est encore en cours de lecture"
RESULT = {"data": {"personal_info": {"name": "Lise Perrin"}}}


@pytest_asyncio.fixture(scope="module")
async def idle(servers: EmbeddedServers) -> AsyncGenerator[Backend]:
    """A backend without workers: its runs stay where they are."""
    async with backend(servers, workers=False) as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def idle_admin(idle: Backend) -> AsyncGenerator[httpx.AsyncClient]:
    async with await idle.login(ADMIN) as client:
        yield client


async def erase(admin: httpx.AsyncClient, candidate_id: int) -> None:
    answer = await admin.delete(f"/api/v1/candidates/{candidate_id}")
    assert answer.status_code == 202, answer.text


async def erased(admin: httpx.AsyncClient, candidate_id: int) -> None:
    """Wait until the erasure is done."""
    assert (await decided(admin, candidate_id))["status"] == "completed"
    refused(await admin.get(f"/api/v1/candidates/{candidate_id}"), 404, "candidate_not_found")


async def nothing_left(at: Backend, job_id: UUID) -> None:
    """The job is erased, and its objects are gone."""
    async with at.state.database.transaction() as session:
        job = await cv_jobs.get_job(session, job_id)
    assert job is not None
    assert job.erased_at is not None
    assert (job.candidate_id, job.linked_candidate_id, job.result, job.file_name) == (None, None, None, None)
    assert bucket_keys(at.settings, f"cv/{job_id}/") == set()


async def waits_for_a_lock(at: Backend, statement: str) -> None:
    """Wait until somebody waits for a row with a statement like this."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE :statement")

    async def found() -> bool:
        async with at.state.database.transaction() as session:
            return bool((await session.scalars(waiting, {"statement": statement})).one())

    await until(found)


def job_row(**values: Any) -> dict[str, Any]:
    """A job two minutes old, whose run Temporal does not know: it was never started."""
    job_id = uuid4()
    return {
        "id": job_id,
        "owner": "user:1",
        "owner_role": "admin",
        "request_hash": "x",
        "priority": 3,
        "kind": "txt",
        "file_name": "cv.txt",
        "object_key": source_key(job_id, "0" * 64),
        "created_at": datetime.now(UTC) - timedelta(minutes=2),
        **values,
    }


async def test_an_upload_that_an_erasure_overtakes_is_refused(
    talentflow: Backend, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate_id = await new_candidate(admin)
    store = talentflow.state.store
    put = store.put

    async def put_and_wait(key: str, body: Any) -> None:
        await put(key, body)
        await erase(admin, candidate_id)
        await erased(admin, candidate_id)

    before = stored_objects(talentflow.settings)
    monkeypatch.setattr(store, "put", put_and_wait)
    refused(await upload(admin, fields={"candidate_id": str(candidate_id)}), 404, "candidate_not_found")
    assert stored_objects(talentflow.settings) == before
    async with talentflow.state.database.transaction() as session:
        theirs = select(func.count()).select_from(CvJob).where(CvJob.candidate_id == candidate_id)
        assert (await session.scalars(theirs)).one() == 0


async def test_an_upload_that_comes_before_the_end_of_an_erasure_is_erased_too(
    talentflow: Backend, admin: httpx.AsyncClient
) -> None:
    """Try by try: between the first look at the requests and the end lies the removal of the files."""
    database, store = talentflow.state.database, talentflow.state.store
    candidate_id, step = await new_candidate(admin), DecisionStep(decision_id=uuid4())
    row = {"id": step.decision_id, "candidate_id": candidate_id, "kind": "erase", "request_hash": ""}
    async with database.transaction() as session:
        assert await decisions.add_decision(session, {**row, "admin_id": 0, "admin_name": "Candidat"})
    erasure = ErasureActivities(database, store, talentflow.temporal)

    async def attempt() -> None:
        await ActivityEnvironment().run(erasure.erase_candidate, step)

    async def fails() -> None:
        with pytest.raises(ApplicationError) as failure:
            await attempt()
        assert (failure.value.type, failure.value.non_retryable) == ("ParseNotFinished", False)

    job = job_row(candidate_id=candidate_id)
    await store.put(job["object_key"], b"Lise Perrin")
    async with database.transaction() as session:
        assert await cv_jobs.hold_candidate(session, candidate_id)
        first = asyncio.create_task(fails())
        await waits_for_a_lock(talentflow, "%candidates%")
        assert await cv_jobs.add_job(session, job)
    await first
    await fails()  # has the parse end
    for _ in range(2):
        await attempt()
    await nothing_left(talentflow, job["id"])
    refused(await admin.get(f"/api/v1/candidates/{candidate_id}"), 404, "candidate_not_found")


async def test_an_erasure_that_was_called_off_before_its_run_began_erases_nothing(
    talentflow: Backend, admin: httpx.AsyncClient
) -> None:
    """Its caller was still starting the run when an administrator was told that it is called off."""
    candidate_id, decision_id = await new_candidate(admin), uuid4()
    row = {"id": decision_id, "candidate_id": candidate_id, "kind": "erase", "request_hash": ""}
    async with talentflow.state.database.transaction() as session:
        assert await decisions.add_decision(session, {**row, "admin_id": 0, "admin_name": "Candidat"})
        assert await decisions.close_decision(session, decision_id, outcome="cancelled")
    run = await talentflow.temporal.start_workflow(
        EraseCandidateWorkflow.run,
        DecisionInput(decision_id=decision_id, candidate_id=candidate_id, retry_budget=timedelta(minutes=1)),
        id=decision_workflow_id(candidate_id),
        task_queue=talentflow.queue,
    )
    with pytest.raises(WorkflowFailureError):
        await run.result()
    assert (await admin.get(f"/api/v1/candidates/{candidate_id}")).status_code == 200
    assert (await decision(admin, candidate_id))["status"] == "cancelled"


async def test_an_erasure_that_is_given_up_during_a_try_leaves_the_candidate(
    talentflow: Backend, admin: httpx.AsyncClient
) -> None:
    """Its run was terminated, and somebody has decided something else since; a try of it goes on all the same."""
    database = talentflow.state.database
    candidate_id, step = await new_candidate(admin), DecisionStep(decision_id=uuid4())
    row = {"id": step.decision_id, "candidate_id": candidate_id, "kind": "erase", "request_hash": ""}
    async with database.transaction() as session:
        assert await decisions.add_decision(session, {**row, "admin_id": 0, "admin_name": "Candidat"})
    erasure = ErasureActivities(database, talentflow.state.store, talentflow.temporal)
    async with database.transaction() as session:
        assert await decisions.close_decision(session, step.decision_id, outcome="failed")
        trying = asyncio.create_task(ActivityEnvironment().run(erasure.erase_candidate, step))
        await waits_for_a_lock(talentflow, "%decisions%")
    with pytest.raises(ApplicationError) as failure:
        await trying
    assert (failure.value.type, failure.value.non_retryable) == ("StatusConflict", True)
    assert (await admin.get(f"/api/v1/candidates/{candidate_id}")).status_code == 200


async def test_a_failed_parse_that_is_run_again_during_an_erasure_is_waited_for(
    talentflow: Backend, admin: httpx.AsyncClient
) -> None:
    """Its files were removed already, and its run may write new ones."""
    database = talentflow.state.database
    candidate_id, step = await new_candidate(admin), DecisionStep(decision_id=uuid4())
    row = {"id": step.decision_id, "candidate_id": candidate_id, "kind": "erase", "request_hash": ""}
    job = job_row(candidate_id=candidate_id, outcome="failed")
    async with database.transaction() as session:
        assert await decisions.add_decision(session, {**row, "admin_id": 0, "admin_name": "Candidat"})
        assert await cv_jobs.add_job(session, job)
    erasure = ErasureActivities(database, talentflow.state.store, talentflow.temporal)

    async def attempt() -> str | None:
        """The type of the failure."""
        try:
            await ActivityEnvironment().run(erasure.erase_candidate, step)
        except ApplicationError as failure:
            return failure.type
        return None

    async with database.transaction() as session:
        assert await cv_jobs.hold_candidate(session, candidate_id)
        first = asyncio.create_task(attempt())
        await waits_for_a_lock(talentflow, "%candidates%")
        assert await failed_work.reopen_parse(session, job["id"], 1)
    assert await first == "ParseNotFinished"
    assert await attempt() == "ParseNotFinished"  # has the parse end
    assert await attempt() is None
    await nothing_left(talentflow, job["id"])


async def test_a_parse_that_is_erased_while_it_is_linked_gives_its_profile_to_nobody(
    talentflow: Backend, admin: httpx.AsyncClient
) -> None:
    """Its uploader's own profile is gone by then: without the job, it would become a new one."""
    database = talentflow.state.database
    async with await caller_of(talentflow, "candidate") as person:
        candidate_id = await new_candidate(person)
    async with database.transaction() as session:
        user_id = (await session.scalars(select(Candidate.user_id).where(Candidate.id == candidate_id))).one()
        owned = {"owner": f"user:{user_id}", "owner_user_id": user_id, "owner_role": "candidate"}
        job = job_row(**owned, outcome="done", result=RESULT)
        await cv_jobs.add_job(session, job)
    cv = CvActivities(database, talentflow.state.store, None, talentflow.temporal, max_reads=3)
    async with database.transaction() as session:
        await candidates.delete_candidate(session, candidate_id)
    async with database.transaction() as session:
        await cv_jobs.erase_job(session, job["id"])
        linking = asyncio.create_task(ActivityEnvironment().run(cv.link_candidate, ParseJob(job_id=job["id"])))
        await waits_for_a_lock(talentflow, "UPDATE cv_jobs%")
    with pytest.raises(ApplicationError) as failure:
        await linking
    assert failure.value.type == "RequestGone"
    async with database.transaction() as session:
        theirs = select(func.count()).select_from(Candidate).where(Candidate.user_id == user_id)
        assert (await session.scalars(theirs)).one() == 0


async def test_a_parse_that_is_erased_while_it_is_announced_is_told_to_nobody(talentflow: Backend) -> None:
    """Its result was read for the announcement already."""
    database, state = talentflow.state.database, talentflow.state
    job = job_row(outcome="done", result=RESULT, webhook_url="https://receiver.example.com/")
    async with database.transaction() as session:
        assert await cv_jobs.add_job(session, job)
    announcing = WebhookActivities(database, state.store, state.webhooks, state.sealer, secret=None, max_attempts=3)
    announce = AnnounceParse(job_id=job["id"], delivery_id=uuid4())
    async with database.transaction() as session:
        await cv_jobs.erase_job(session, job["id"])
        announced = asyncio.create_task(ActivityEnvironment().run(announcing.announce_parse, announce))
        await waits_for_a_lock(talentflow, "SELECT cv_jobs.id%FOR UPDATE%")
    assert not (await announced).wanted
    async with database.transaction() as session:
        assert await webhooks.get_delivery(session, announce.delivery_id) is None


async def test_a_delivery_that_is_erased_during_a_try_ends_with_it(talentflow: Backend) -> None:
    """The receiver does not answer well: there is nothing to try again."""
    database, state = talentflow.state.database, talentflow.state
    delivery_id, job_id = uuid4(), str(uuid4())
    row = {
        "id": delivery_id,
        "job_id": job_id,
        "owner": "user:1",
        "url": "https://receiver.example.com/",
        "body": b"{}",
    }
    async with database.transaction() as session:
        await webhooks.add_delivery(session, row)

    class Erasing(WebhookSender):
        async def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
            async with database.transaction() as session:
                await webhooks.erase_deliveries(session, job_id)
            return 503

    sender = Erasing()
    delivering = WebhookActivities(database, state.store, sender, state.sealer, secret=None, max_attempts=3)
    await ActivityEnvironment().run(delivering.deliver_webhook, Delivery(delivery_id=delivery_id))
    await sender.close()
    async with database.transaction() as session:
        assert await webhooks.attempts_of(session, delivery_id) == []


async def test_a_terminated_parse_does_not_hold_an_erasure_up(
    talentflow: Backend, admin: httpx.AsyncClient, idle: Backend, idle_admin: httpx.AsyncClient
) -> None:
    candidate_id = await new_candidate(admin)
    job_id = (await accepted(idle_admin, candidate_id=str(candidate_id)))["job_id"]
    await idle.temporal.get_workflow_handle(job_id).terminate(reason="an operator's last resort")
    await erase(admin, candidate_id)
    await erased(admin, candidate_id)
    await nothing_left(talentflow, UUID(job_id))


async def test_an_erasure_that_takes_too_long_is_an_incident_and_goes_on(
    servers: EmbeddedServers, idle: Backend, idle_admin: httpx.AsyncClient
) -> None:
    async with backend(servers, validation_retry_budget=4) as hasty, await hasty.login(ADMIN) as admin:
        candidate_id = await new_candidate(admin)
        job_id = (await accepted(idle_admin, candidate_id=str(candidate_id)))["job_id"]
        await erase(admin, candidate_id)

        async def recorded() -> list[dict[str, Any]]:
            return await audit(admin, candidate_id, access_type="system_incident")

        (incident,) = await until(recorded)
        told = incident["metadata"]
        assert (told["incident_type"], told["error"], told["error_type"]) == (
            "erasure_failed",
            BEING_READ,
            "ParseNotFinished",
        )
        assert told["description"] == f"Erreur lors de l'effacement du candidat {candidate_id}: {BEING_READ}"
        under_way = await decision(admin, candidate_id)
        assert (under_way["status"], under_way["actions"]["status_update"]["status"]) == ("running", "running")
        await idle.temporal.get_workflow_handle(job_id).terminate()
        await erased(admin, candidate_id)
        assert (await decision(admin, candidate_id))["actions"]["status_update"]["last_error"] is None
        assert len(await recorded()) == 1
        await nothing_left(hasty, UUID(job_id))
