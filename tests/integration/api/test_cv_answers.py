"""What is answered of a parse in each of its states is what the OpenAPI document tells of."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from pydantic import BaseModel, TypeAdapter

from api.cv_bodies import Cancelling, EndedJob, JobState, UploadAccepted
from db import cv_jobs
from embedded.stack import EmbeddedServers
from tests.integration.api.calls import accepted, new_offer, refused
from tests.integration.api.edge import edge, forget_waiting, headers_of
from tests.waiting import settled


def kind(model: Any, answer: dict[str, Any]) -> str:
    """Which of the documented forms the answer has. It has no field that this one does not name."""
    read: BaseModel = TypeAdapter(model).validate_python(answer)
    assert set(answer) <= set(type(read).model_fields)
    return type(read).__name__


async def test_a_parse_that_has_ended_is_answered_as_documented(recruiter: httpx.AsyncClient) -> None:
    chained = await accepted(recruiter, offer_ids=str(await new_offer(recruiter)))
    assert kind(UploadAccepted, chained) == "UploadAccepted"
    assert "matching_job_id" in chained
    done = await settled(recruiter, chained["job_id"])
    assert kind(JobState, done) == "DoneJob"
    assert "matching" in done
    alone = await settled(recruiter, (await accepted(recruiter))["job_id"])
    assert kind(JobState, alone) == "DoneJob"
    assert "matching" not in alone
    broken = await settled(recruiter, (await accepted(recruiter, b"%PDF-1.7 cut", "cv.pdf"))["job_id"])
    assert kind(JobState, broken) == "FailedJob"
    late = await recruiter.post(f"/api/queue/{broken['job_id']}/cancel")
    told = late.json()
    assert (late.status_code, told.pop("message")) == (200, "Traitement déjà terminé")
    assert kind(EndedJob, told) == "FailedJob"


async def test_a_parse_under_way_is_answered_as_documented(servers: EmbeddedServers) -> None:
    """Between its end and that of its run it can be neither cancelled nor erased, and its owner is told why."""
    async with edge(servers) as api:
        caller = api.client(**await headers_of(api.state, "recruiter"))
        job = (await accepted(caller))["job_id"]
        path = f"/api/result/{job}"
        assert kind(JobState, (await caller.get(path)).json()) == "PendingJob"
        async with api.state.database.transaction() as session:
            await cv_jobs.begin_reading(session, UUID(job))
        running = (await caller.get(path)).json()
        assert kind(JobState, running) == "RunningJob"
        early = await caller.delete(path)
        refused(early, 409, "job_running")
        assert "annulez-le" in early.json()["detail"]
        async with api.state.database.transaction() as session:
            await cv_jobs.save_result(session, UUID(job), result={"data": {}}, key=None)
        refused(await caller.delete(path), 409, "job_running")
        assert (await caller.delete(path)).json()["detail"].startswith("Le CV est analysé")


async def test_a_cancel_is_answered_as_documented(servers: EmbeddedServers) -> None:
    async with edge(servers) as api:
        caller = api.client(**await headers_of(api.state, "recruiter"))
        job = (await accepted(caller))["job_id"]
        answer = await caller.post(f"/api/queue/{job}/cancel")
        told = answer.json()
        assert (answer.status_code, told.pop("position_in_queue") >= 0) == (202, True)
        assert kind(Cancelling, told) == "Cancelling"


async def test_an_erased_job_does_not_wait_any_more(servers: EmbeddedServers) -> None:
    """Its run was terminated before it began, so that nothing says how it ended."""
    await forget_waiting(servers, datetime.fromtimestamp(0, UTC))  # callers take turns: another's would change places
    async with edge(servers) as api:
        caller = api.client(**await headers_of(api.state, "recruiter"))
        lost = (await accepted(caller))["job_id"]
        path = f"/api/result/{(await accepted(caller))['job_id']}"
        before = (await caller.get(path)).json()["position_in_queue"]
        await api.state.temporal.get_workflow_handle(lost).terminate()
        assert (await caller.delete(f"/api/result/{lost}")).status_code == 204
        assert (await caller.get(path)).json()["position_in_queue"] == before - 1
