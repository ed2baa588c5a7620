"""A failed job that is erased and run again at the same moment: one of the two."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from temporalio.client import WorkflowFailureError

from adapters.object_store import job_prefix
from api.routers import cv
from api.runs import Run, find_run
from tests.backend import Backend
from tests.integration.api.calls import refused
from tests.integration.api.edge import bucket_keys
from tests.integration.faults.receiver import Receiver
from tests.integration.retries.retrying import closed, failed, retry
from tests.waiting import settled, until


async def test_a_job_that_is_run_again_before_it_is_erased_is_not_erased(
    stack: Backend,
    owner: httpx.AsyncClient,
    operator: httpx.AsyncClient,
    provider: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = await failed(owner, provider)
    await closed(stack, job)

    async def then_retried(*args: Any) -> Run | None:
        found = await find_run(*args)
        assert (await retry(operator, job)).status_code == 202
        return found

    with monkeypatch.context() as patched:
        patched.setattr(cv, "find_run", then_retried)
        refused(await owner.delete(f"/api/result/{job}"), 409, "job_running")
    assert (await settled(owner, job))["status"] == "done"


async def test_a_job_that_is_being_erased_is_not_run_again(
    stack: Backend,
    owner: httpx.AsyncClient,
    operator: httpx.AsyncClient,
    provider: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its run comes too late, and writes no file anew."""
    job = await failed(owner, provider)
    await closed(stack, job)
    run = stack.temporal.get_workflow_handle(job)
    first = (await run.describe()).run_id
    delete = stack.state.store.delete_prefix
    retries: list[asyncio.Task[httpx.Response]] = []

    async def started_again() -> bool:
        return (await run.describe()).run_id != first

    async def meanwhile(prefix: str) -> None:
        if not retries:
            retries.append(asyncio.create_task(retry(operator, job)))
            await until(started_again)
        await delete(prefix)

    with monkeypatch.context() as patched:
        patched.setattr(stack.state.store, "delete_prefix", meanwhile)
        assert (await owner.delete(f"/api/result/{job}")).status_code == 204
    refused(await retries[0], 409, "job_running")
    with pytest.raises(WorkflowFailureError):
        await run.result()
    refused(await retry(operator, job), 404, "job_not_found")
    assert bucket_keys(stack.settings, job_prefix(UUID(job))) == set()
