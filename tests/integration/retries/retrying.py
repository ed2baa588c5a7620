"""Jobs that fail because the model's provider refuses their CV, and calls that have them run again."""

from typing import Any
from uuid import UUID

import httpx
from temporalio.client import WorkflowExecutionStatus

from db import cv_jobs
from db.tables import CvJob
from tests.backend import Backend
from tests.integration.api.calls import accepted
from tests.integration.faults.provider import CHAT
from tests.integration.faults.receiver import Receiver, status
from tests.waiting import settled, until


async def failed(owner: httpx.AsyncClient, provider: Receiver, **more: str) -> str:
    """A job whose CV the provider refused, once its run is closed: the cause is repaired by then."""
    provider.script(CHAT, status(401))
    body = await accepted(owner, **more)
    job: str = body["job_id"]
    assert (await settled(owner, job))["status"] == "failed"
    return job


async def closed(stack: Backend, workflow_id: str) -> None:
    """Wait until the newest run of this id has ended."""

    async def ended() -> bool:
        described = await stack.temporal.get_workflow_handle(workflow_id).describe()
        return described.status is not WorkflowExecutionStatus.RUNNING

    await until(ended)


async def retry(operator: httpx.AsyncClient, workflow_id: str) -> httpx.Response:
    return await operator.post(f"/api/v1/operations/{workflow_id}/retry")


async def retried(operator: httpx.AsyncClient, workflow_id: str) -> dict[str, Any]:
    """The body of a retry that must be accepted, also while the failed run is about to close."""
    answer = await retry(operator, workflow_id)
    assert answer.status_code == 202, answer.text
    body: dict[str, Any] = answer.json()
    assert body["workflow_id"] == workflow_id
    assert answer.headers["location"] == body["links"]["status"]
    return body


async def listed(operator: httpx.AsyncClient, **params: Any) -> dict[str, dict[str, Any]]:
    """What has failed, by its id; all pages of it."""
    found: dict[str, dict[str, Any]] = {}
    cursor: str | None = None
    while True:
        query = {**params, **({"cursor": cursor} if cursor else {})}
        answer = await operator.get("/api/v1/operations/failed", params=query)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert not found.keys() & {item["workflow_id"] for item in page["items"]}
        found |= {item["workflow_id"]: item for item in page["items"]}
        cursor = page["next_cursor"]
        if cursor is None:
            return found


async def row_of(stack: Backend, job: str) -> CvJob:
    async with stack.state.database.transaction() as session:
        row = await cv_jobs.get_job(session, UUID(job))
    assert row is not None
    return row
