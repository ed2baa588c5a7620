"""Failed work run again: once, under its own id, with its own announcement, whatever happens on the way."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncGenerator, Generator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import update
from temporalio.client import WorkflowFailureError
from temporalio.common import WorkflowIDReusePolicy
from temporalio.testing import ActivityEnvironment

from activities.contracts import Closing
from activities.cv import CvActivities
from adapters.object_store import job_prefix
from api.routers import cv
from api.runs import Run, find_run
from db.tables import CvJob, MatchingJob
from embedded.seed import ADMIN, RECRUITER
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from tests.integration.api.calls import accepted, asked, new_candidate, new_offer, refused
from tests.integration.api.edge import bucket_keys, closed_port, edge, headers_of
from tests.integration.faults.receiver import Receiver, receiver, status
from tests.integration.faults.retrying import closed, failed, listed, retried, retry, row_of
from tests.integration.faults.test_llm import CHAT, PROFILE, says
from tests.waiting import matched, settled, until
from workflows.contracts import ParseCvInput
from workflows.parse_cv import ParseCvWorkflow
from workflows.sweep_requests import SweepRequestsWorkflow

SECRET = "s3cret-of-the-caller"
REFUSED = "LlmRefused"


@pytest.fixture(scope="module")
def provider() -> Generator[Receiver]:
    with receiver(says(json.dumps(PROFILE))) as running:
        yield running


@pytest.fixture(scope="module")
def hooks() -> Generator[Receiver]:
    with receiver(status(204)) as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def stack(servers: EmbeddedServers, provider: Receiver) -> AsyncGenerator[Backend]:
    """A backend whose CVs go to this provider."""
    url = provider.script("/v1")
    async with backend(servers, cv_extractor="openai", openai_base_url=url, openai_api_key="k") as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def owner(stack: Backend) -> AsyncGenerator[httpx.AsyncClient]:
    async with await stack.login(RECRUITER) as client:
        yield client


@pytest_asyncio.fixture(scope="module")
async def operator(stack: Backend) -> AsyncGenerator[httpx.AsyncClient]:
    async with await stack.login(ADMIN) as client:
        yield client


@pytest_asyncio.fixture(scope="module")
async def idle(servers: EmbeddedServers) -> AsyncGenerator[httpx.AsyncClient]:
    """The operator of a backend whose runs no worker takes."""
    async with backend(servers, workers=False) as running, await running.login(ADMIN) as client:
        yield client


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


async def test_many_are_run_again_page_by_page(
    stack: Backend, owner: httpx.AsyncClient, operator: httpx.AsyncClient, provider: Receiver
) -> None:
    began = datetime.now(UTC)
    jobs = [await failed(owner, provider) for _ in range(3)]
    other = (await accepted(owner, b"%PDF-1.7 cut", "cv.pdf"))["job_id"]
    assert (await settled(owner, other))["status"] == "failed"
    for job in (*jobs, other):
        await closed(stack, job)
    since = began.isoformat()
    assert list(await listed(operator, since=since, limit=1)) == [other, *reversed(jobs)]
    later = (began + timedelta(hours=1)).isoformat()
    assert await listed(operator, since=later) == {}

    async def many(**more: Any) -> dict[str, Any]:
        body = {"type": "cv", "since": since, "error": REFUSED, "limit": 2, **more}
        answer = await operator.post("/api/v1/operations/retry", json=body)
        assert answer.status_code == 202, answer.text
        told: dict[str, Any] = answer.json()
        return told

    first = await many()
    assert (first["retried"], first["skipped"]) == ([jobs[2], jobs[1]], [])
    second = await many(cursor=first["next_cursor"])
    assert second == {"retried": [jobs[0]], "skipped": [], "next_cursor": None}
    for job in jobs:
        assert (await settled(owner, job))["status"] == "done"
    assert await many() == {"retried": [], "skipped": [], "next_cursor": None}
    assert list(await listed(operator, since=since)) == [other]
    by_sentence = (await listed(operator, since=since))[other]["error"]
    assert (await many(error=by_sentence))["retried"] == [other]
    await closed(stack, other)
    again = (await listed(operator, since=since))[other]
    assert (again["error"], again["retries"]) == (by_sentence, 1)
    for body in ({}, {"type": "decision"}, {"type": "cv", "limit": 201}, {"type": "cv", "since": "x"}):
        refused(await operator.post("/api/v1/operations/retry", json=body), 422, "validation_error")
    refused(await operator.post("/api/v1/operations/retry", json={"type": "cv", "cursor": "x"}), 422, "bad_cursor")


async def test_of_several_requests_for_a_pair_the_newest_counts(stack: Backend, operator: httpx.AsyncClient) -> None:
    candidate, offer = await new_candidate(operator), await new_offer(operator)
    pair = f"matching-{candidate}-{offer}"
    async with stack.state.database.transaction() as session:
        shared = {"job_id": pair, "owner": "user:1", "request_hash": "x", "priority": 3, "outcome": "failed"}
        for days in (3, 2):
            moment = datetime.now(UTC) - timedelta(days=days)
            session.add(
                MatchingJob(
                    id=uuid4(),
                    **shared,
                    candidate_ids=[candidate],
                    offer_ids=[offer],
                    created_at=moment,
                    completed_at=moment,
                    error=f"il y a {days} jours",
                    error_type="TimeoutError",
                )
            )
    assert (await listed(operator, type="matching"))[pair]["error"] == "il y a 2 jours"
    assert (await retry(operator, pair)).status_code == 202
    assert (await matched(operator, pair))["status"] == "completed"
    assert pair not in await listed(operator)


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
