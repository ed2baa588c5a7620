"""Failed work run again: once, under its own id, with its own announcement, whatever happens on the way."""

import asyncio
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from temporalio.client import WorkflowFailureError
from temporalio.common import WorkflowIDReusePolicy
from temporalio.testing import ActivityEnvironment

from activities.contracts import Closing
from activities.cv import CvActivities
from adapters.object_store import StorageUnavailable, job_prefix
from api.errors import unavailable
from api.operations import Retried, retry_work
from api.routers import operations
from api.state import State
from db.tables import CvJob
from embedded.stack import EmbeddedServers
from tests.backend import Backend
from tests.integration.api.calls import accepted, asked, new_candidate, new_offer, refused
from tests.integration.api.edge import closed_port, edge, headers_of
from tests.integration.faults.provider import CHAT
from tests.integration.faults.receiver import Receiver, status
from tests.integration.retries.retrying import closed, failed, listed, retried, retry, row_of
from tests.waiting import matched, settled, until
from workflows.contracts import ParseCvInput
from workflows.parse_cv import ParseCvWorkflow
from workflows.sweep_requests import SweepRequestsWorkflow

SECRET = "s3cret-of-the-caller"
REFUSED = "LlmRefused"


async def test_a_failed_job_is_listed_and_run_again(
    stack: Backend, owner: httpx.AsyncClient, operator: httpx.AsyncClient, provider: Receiver, hooks: Receiver
) -> None:
    """`failed` then `done` are two announcements of two runs; the secret lasts for both, and no longer."""
    url = hooks.script("/told")
    job = await failed(owner, provider, webhook_url=url, webhook_secret=SECRET)
    told = (await owner.get(f"/api/result/{job}")).json()
    item = (await listed(operator, type="cv"))[job]
    assert item == {
        "workflow_id": job,
        "type": "cv",
        "error": told["error"],
        "error_type": REFUSED,
        "failed_at": item["failed_at"],
        "retries": 0,
        "links": {"retry": f"/api/v1/operations/{job}/retry"},
    }
    assert item["failed_at"].startswith(told["failed_at"].removesuffix("Z"))
    body = await retried(operator, job)
    assert body["links"] == {"status": f"/api/result/{job}"}
    done = await settled(owner, job)
    assert done["status"] == "done"
    assert job not in await listed(operator)

    async def delivered() -> list[dict[str, Any]] | None:
        items: list[dict[str, Any]] = (await owner.get(f"/api/result/{job}/deliveries")).json()["items"]
        return items if [one["outcome"] for one in items] == ["delivered"] * 2 else None

    deliveries = await until(delivered)
    calls = hooks.calls("/told")
    assert [json.loads(call.body)["status"] for call in calls] == ["failed", "done"]
    assert json.loads(calls[1].body)["data"] == done["result"]
    assert [call.headers["x-webhook-id"] for call in calls] == [one["id"] for one in deliveries]
    assert len({one["id"] for one in deliveries}) == 2
    for call in calls:
        assert call.headers["x-signature"] == hmac.new(SECRET.encode(), call.body, hashlib.sha256).hexdigest()
    row = await row_of(stack, job)
    assert (row.webhook_secret, row.retries) == (None, 1)
    await closed(stack, job)
    refused(await retry(operator, job), 409, "job_done")


async def test_many_retries_at_once_are_one_run(
    stack: Backend, owner: httpx.AsyncClient, operator: httpx.AsyncClient, provider: Receiver, hooks: Receiver
) -> None:
    job = await failed(owner, provider, webhook_url=hooks.script("/once"))
    await closed(stack, job)
    answers = await asyncio.gather(*(retry(operator, job) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [202, *[409] * 5]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"job_running", "job_done"}
    assert (await settled(owner, job))["status"] == "done"
    await closed(stack, job)
    assert (await row_of(stack, job)).retries == 1
    items = (await owner.get(f"/api/result/{job}/deliveries")).json()["items"]
    assert len(items) == 2


async def test_a_chained_matching_is_queued_again_with_its_parse(
    stack: Backend, owner: httpx.AsyncClient, operator: httpx.AsyncClient, provider: Receiver
) -> None:
    job = await failed(owner, provider, offer_ids=str(await new_offer(owner)))
    chained = f"matching-bulk-{job}"
    before = (await owner.get(f"/api/v1/result/{chained}")).json()
    assert before["status"] == "failed"
    assert chained not in await listed(operator)
    assert refused(await retry(operator, chained), 409, "parse_not_done")["workflow_id"] == job
    await retried(operator, job)
    result = await matched(owner, chained)
    assert (result["status"], result["result"]["total"]) == ("completed", 1)
    assert (await settled(owner, job))["matching"] == {"job_id": chained, "status": "completed"}


async def test_a_matching_that_waited_for_a_failed_parse_stays_failed_until_it_is_retried(
    stack: Backend, operator: httpx.AsyncClient, provider: Receiver
) -> None:
    job = await failed(operator, provider)
    candidate, offer = await new_candidate(operator, None), await new_offer(operator)
    pair = (await asked(operator, candidate_id=candidate, job_id=offer, depends_on=job))["job_id"]
    first = await matched(operator, pair)
    assert first["status"] == "failed"
    await retried(operator, job)
    assert (await settled(operator, job))["status"] == "done"
    item = (await listed(operator, type="matching"))[pair]
    assert (item["error"], item["error_type"]) == (first["error"], "ParseUnsuccessful")
    assert (await matched(operator, pair)) == first
    assert (await retried(operator, pair))["type"] == "matching"
    assert (await matched(operator, pair))["status"] == "completed"
    await closed(stack, pair)
    refused(await retry(operator, pair), 409, "job_done")


async def test_while_no_worker_is_there_it_waits_and_is_no_failure(
    stack: Backend,
    owner: httpx.AsyncClient,
    operator: httpx.AsyncClient,
    idle: httpx.AsyncClient,
    provider: Receiver,
) -> None:
    """Nor for the sweeper, however old the request. Its run terminated, it has failed again, and can be retried."""
    job = await failed(owner, provider)
    async with stack.state.database.transaction() as session:
        old = datetime.now(UTC) - timedelta(days=2)
        await session.execute(update(CvJob).where(CvJob.id == UUID(job)).values(created_at=old))
    await closed(stack, job)
    assert (await retry(idle, job)).status_code == 202
    await stack.temporal.execute_workflow(SweepRequestsWorkflow.run, id=f"sweep-{uuid4()}", task_queue=stack.queue)
    waiting = (await owner.get(f"/api/result/{job}")).json()
    assert (waiting["status"], "error" in waiting) == ("pending", False)
    assert job not in await listed(operator)
    refused(await retry(operator, job), 409, "job_running")
    late = Closing(request_id=UUID(job), outcome="failed", error="x", error_type="x")
    activities = CvActivities(stack.state.database, stack.state.store, None, stack.temporal, max_reads=3)
    await ActivityEnvironment().run(activities.close_parse, late)  # an attempt of the first run that was thought dead
    assert (await owner.get(f"/api/result/{job}")).json()["status"] == "pending"
    await stack.temporal.get_workflow_handle(job).terminate()
    ended = (await owner.get(f"/api/result/{job}")).json()
    assert (ended["status"], ended["error"]) == ("failed", "Traitement interrompu")
    await retried(operator, job)
    assert (await settled(owner, job))["status"] == "done"
    assert (await row_of(stack, job)).retries == 2


async def test_nothing_changes_while_temporal_is_away(
    servers: EmbeddedServers,
    stack: Backend,
    owner: httpx.AsyncClient,
    operator: httpx.AsyncClient,
    provider: Receiver,
) -> None:
    job = await failed(owner, provider)
    before = (await owner.get(f"/api/result/{job}")).json()
    with closed_port() as port:
        async with edge(servers, temporal_address=f"127.0.0.1:{port}") as api:
            away = api.client(**await headers_of(api.state, "admin"))
            refused(await retry(away, job), 503, "temporal_unavailable")
            many = await away.post("/api/v1/operations/retry", json={"type": "cv", "error": REFUSED, "limit": 1})
            refused(many, 503, "temporal_unavailable")
            assert (await listed(away, type="cv"))[job]["error"] == before["error"]
    assert (await owner.get(f"/api/result/{job}")).json() == before
    await retried(operator, job)
    assert (await settled(owner, job))["status"] == "done"


@pytest.mark.parametrize(
    ("outage", "code"),
    [
        (StorageUnavailable("away"), "storage_unavailable"),
        (unavailable("temporal_unavailable", "away"), "temporal_unavailable"),
        (OperationalError("SELECT", {}, Exception("away")), "database_unavailable"),
    ],
)
async def test_an_outage_on_the_way_is_told_after_what_was_started(
    owner: httpx.AsyncClient,
    operator: httpx.AsyncClient,
    stack: Backend,
    provider: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    outage: Exception,
    code: str,
) -> None:
    began = datetime.now(UTC)
    jobs = [await failed(owner, provider) for _ in range(3)]
    for job in jobs:
        await closed(stack, job)

    async def many(cursor: str | None = None) -> httpx.Response:
        body = {"type": "cv", "since": began.isoformat(), "cursor": cursor}
        return await operator.post("/api/v1/operations/retry", json=body)

    async def at_last_away(parts: State, workflow_id: str) -> Retried:
        if workflow_id == jobs[0]:
            raise outage
        return await retry_work(parts, workflow_id)

    with monkeypatch.context() as patched:
        patched.setattr(operations, "retry_work", at_last_away)
        answer = await many()
        assert answer.status_code == 202, answer.text
        told = answer.json()
        assert (told["retried"], told["skipped"]) == ([jobs[2], jobs[1]], [])
        refused(await many(told["next_cursor"]), 503, code)
    rest = await many(told["next_cursor"])
    assert rest.json() == {"retried": [jobs[0]], "skipped": [], "next_cursor": None}
    for job in jobs:
        assert (await settled(owner, job))["status"] == "done"


async def test_an_api_that_dies_after_the_start_loses_nothing(
    stack: Backend, owner: httpx.AsyncClient, operator: httpx.AsyncClient, provider: Receiver, hooks: Receiver
) -> None:
    """The run undoes the failure itself; another run for the same retry comes too late and touches nothing."""
    job = await failed(owner, provider, webhook_url=hooks.script("/third"))
    await closed(stack, job)

    async def start() -> Any:
        return await stack.temporal.start_workflow(
            ParseCvWorkflow.run,
            ParseCvInput(job_id=UUID(job), retry=1),
            id=job,
            task_queue=stack.queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
        )

    provider.script(CHAT, status(401))
    for kind in (REFUSED, "RetryOutdated"):
        with pytest.raises(WorkflowFailureError) as ended:
            await (await start()).result()
        assert getattr(ended.value.cause, "type", None) == kind
        row = await row_of(stack, job)
        assert (row.outcome, row.error_type, row.retries) == ("failed", REFUSED, 1)
    assert len((await owner.get(f"/api/result/{job}/deliveries")).json()["items"]) == 2
    assert (await listed(operator))[job]["retries"] == 1
    await retried(operator, job)
    assert (await settled(owner, job))["status"] == "done"


async def test_what_cannot_be_run_again_says_why(
    stack: Backend, owner: httpx.AsyncClient, operator: httpx.AsyncClient, provider: Receiver
) -> None:
    gone, erased = await failed(owner, provider), await failed(owner, provider)
    await stack.state.store.delete_prefix(job_prefix(UUID(gone)))
    before = (await owner.get(f"/api/result/{gone}")).json()
    refused(await retry(operator, gone), 409, "file_missing")
    assert (await owner.get(f"/api/result/{gone}")).json() == before
    await closed(stack, erased)
    assert (await owner.delete(f"/api/result/{erased}")).status_code == 204
    assert erased not in await listed(operator)
    for unknown in (
        erased,
        str(uuid4()),
        "candidate-decision-1",
        "matching-987654321-1",
        f"matching-bulk-{uuid4()}",
        "%00x",
    ):
        answer = await retry(operator, unknown)
        assert (answer.status_code, answer.json()["code"]) in ((404, "job_not_found"), (422, "validation_error"))
    many = await operator.post("/api/v1/operations/retry", json={"type": "cv", "error": REFUSED, "limit": 200})
    assert many.status_code == 202
    assert gone in {one["workflow_id"] for one in many.json()["skipped"] if one["code"] == "file_missing"}
    assert (await owner.delete(f"/api/result/{gone}")).status_code == 204


async def test_a_cancelled_job_is_not_run_again(
    owner: httpx.AsyncClient, operator: httpx.AsyncClient, stack: Backend, provider: Receiver
) -> None:
    provider.script(CHAT, provider.hang)
    job = (await accepted(owner))["job_id"]

    async def extracting() -> bool:
        return bool(provider.calls(CHAT))

    await until(extracting)
    refused(await retry(operator, job), 409, "job_running")
    assert (await owner.post(f"/api/queue/{job}/cancel")).status_code == 202
    assert (await settled(owner, job))["status"] == "cancelled"
    await closed(stack, job)
    refused(await retry(operator, job), 409, "job_cancelled")
