"""Who is read first when documents wait: premium, standard, batch, and callers of one priority by turns."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import InstrumentedAttribute
from temporalio.api.common.v1 import Priority
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest

from activities.contracts import documents_queue
from api.state import State
from db.tables import CvJob
from embedded.stack import EmbeddedServers
from tests.backend import Backend
from tests.integration.api.calls import CV, accepted, asked, new_candidate, new_offer, refused, upload
from tests.integration.api.edge import bucket_keys, caller_of, edge, forget_waiting, headers_of
from tests.integration.api.line import Line, position_of, read_in_process, waiting_line
from tests.waiting import matched, settled, until
from workflows.contracts import BATCH, PREMIUM, STANDARD

MANY, FEW = 300, 5


@pytest_asyncio.fixture(autouse=True)
async def nothing_waits(servers: EmbeddedServers) -> None:
    """Tests before may have left jobs behind that their workers never took."""
    await forget_waiting(servers, datetime.fromtimestamp(0, UTC))


@pytest_asyncio.fixture
async def line(servers: EmbeddedServers) -> AsyncGenerator[Line]:
    async with waiting_line(servers) as running:
        yield running


async def test_nobody_waits_behind_three_hundred_batch_jobs(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("activities.cv._read_in_child", read_in_process)
    heavy, light = await caller_of(line.backend, "recruiter"), await caller_of(line.backend, "recruiter")
    at_once = asyncio.Semaphore(8)

    async def queue_one() -> str:
        async with at_once:
            return str((await accepted(heavy, priority="batch"))["job_id"])

    state = line.backend.state
    many = await asyncio.gather(*(queue_one() for _ in range(MANY)))
    few = [(await accepted(light, priority="batch"))["job_id"] for _ in range(FEW)]
    standard = (await accepted(heavy))["job_id"]
    premium = (await accepted(heavy, priority="premium"))["job_id"]
    assert [await position_of(heavy, job) for job in (premium, standard)] == [0, 1]
    # Two callers take turns, the older job of a turn first.
    assert [await position_of(light, job) for job in few] == [2 * turn + 3 for turn in range(FEW)]
    oldest_first = await in_order_of(state, CvJob.queued_at, many)
    for turn in (0, 1, FEW - 1, FEW, MANY // 2, MANY - 1):
        assert await position_of(heavy, oldest_first[turn]) == 2 + turn + min(turn, FEW)
    await reach_the_line(line, MANY + FEW + 2)

    await line.open()
    jobs = [*many, *few, standard, premium]
    await until(lambda: all_done(state, jobs), seconds=600, every=0.5)
    order = await in_order_of(state, CvJob.started_at, jobs)
    letters = {**dict.fromkeys(many, "m"), **dict.fromkeys(few, "f"), standard: "s", premium: "p"}
    assert "".join(letters[job] for job in order) == "ps" + "mf" * FEW + "m" * (MANY - FEW)


async def reach_the_line(line: Line, count: int) -> None:
    """Wait until so many documents wait in Temporal for a worker."""
    queue = documents_queue(line.backend.queue)
    asked = DescribeTaskQueueRequest(
        namespace=line.backend.temporal.namespace,
        task_queue=TaskQueue(name=queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
        report_stats=True,
    )

    async def all_wait() -> bool:
        told = await line.backend.temporal.workflow_service.describe_task_queue(asked)
        return bool(told.stats.approximate_backlog_count >= count)

    await until(all_wait, seconds=300)


async def in_order_of(state: State, moment: InstrumentedAttribute[Any], jobs: list[str]) -> list[str]:
    """The jobs as something happened to them, the first one first."""
    statement = select(CvJob.id).where(CvJob.id.in_(UUID(job) for job in jobs)).order_by(moment)
    async with state.database.transaction() as session:
        return [str(job) for job in await session.scalars(statement)]


async def all_done(state: State, jobs: list[str]) -> bool:
    done = select(func.count()).where(CvJob.id.in_(UUID(job) for job in jobs), CvJob.outcome == "done")
    async with state.database.transaction() as session:
        return (await session.scalars(done)).one() == len(jobs)


async def test_what_a_run_starts_inherits_its_priority(talentflow: Backend) -> None:
    caller = await caller_of(talentflow, "recruiter")
    offer = await new_offer(caller)
    job = (await accepted(caller, priority="premium", offer_ids=str(offer)))["job_id"]
    assert (await matched(caller, f"matching-bulk-{job}"))["status"] == "completed"
    parse, ranking = [await priority_of(talentflow, run) for run in (job, f"matching-bulk-{job}")]
    assert parse == ranking
    assert parse.priority_key == PREMIUM
    assert parse.fairness_key


async def test_matchings_say_how_urgent_they_are(talentflow: Backend) -> None:
    caller = await caller_of(talentflow, "admin")
    candidate, offer = await new_candidate(caller), await new_offer(caller)
    pair = {"candidate_id": candidate, "job_id": offer}
    bulk = {"candidate_id": candidate, "job_ids": [offer]}
    for path, body, queue, key in (
        ("/queue-matching?priority=matching_high", pair, "matching_high", PREMIUM),
        ("/queue-matching/bulk", bulk, "matching_bulk", BATCH),
        ("/queue-matching/bulk?priority=matching_standard", bulk, "matching_standard", STANDARD),
    ):
        job = await asked(caller, path, **body)
        assert job["queue"] == queue
        assert (await priority_of(talentflow, job["job_id"])).priority_key == key
        await matched(caller, job["job_id"])


async def priority_of(backend: Backend, run: str) -> Priority:
    described = await backend.temporal.get_workflow_handle(run).describe()
    return described.raw_description.workflow_execution_info.priority


async def test_a_wait_is_estimated_from_what_was_measured(servers: EmbeddedServers) -> None:
    async with edge(servers, document_slots=1) as api, slow_readings(api.state, seconds=2):
        caller = api.client(**await headers_of(api.state, "recruiter"))
        waits = [
            (await accepted(caller, priority=name))["estimated_wait"] for name in ("standard", "standard", "batch")
        ]
        assert waits == ["immédiat", "2s", "4s"]
        assert (await accepted(caller, priority="premium"))["estimated_wait"] == "immédiat"
        assert (await accepted(caller))["estimated_wait"] == "6s"
        async with edge(servers, document_slots=2) as wider:
            again = wider.client(**caller.headers)
            assert (await accepted(again))["estimated_wait"] == "4s"
        await asyncio.gather(*(accepted(caller, priority="premium") for _ in range(70)))
        assert (await accepted(caller, priority="batch"))["estimated_wait"] == "3min"
        somebody_else = api.client(**await headers_of(api.state, "recruiter"))
        assert (await accepted(somebody_else, priority="premium"))["estimated_wait"] == "2s"


@asynccontextmanager
async def slow_readings(state: State, *, seconds: int) -> AsyncGenerator[None]:
    """Jobs of late whose documents took so long to be read."""
    now = datetime.now(UTC)
    job = {
        "owner": "key:0",
        "owner_role": "service",
        "request_hash": "",
        "priority": 3,
        "kind": "txt",
        "started_at": now - timedelta(seconds=seconds),
        "read_at": now,
        "completed_at": now + timedelta(minutes=5),  # what follows the reading holds no document up
        "outcome": "done",
    }
    ids = [uuid4() for _ in range(50)]
    async with state.database.transaction() as session:
        await session.execute(insert(CvJob), [{**job, "id": job_id} for job_id in ids])
    yield
    async with state.database.transaction() as session:
        await session.execute(delete(CvJob).where(CvJob.id.in_(ids)))


async def test_a_job_is_cancelled_while_it_waits(line: Line) -> None:
    caller = await caller_of(line.backend, "recruiter")
    unwanted, next_one = [(await accepted(caller))["job_id"] for _ in range(2)]
    assert [await position_of(caller, job) for job in (unwanted, next_one)] == [0, 1]
    refused(await caller.delete(f"/api/result/{unwanted}"), 409, "job_running")
    answers = [await caller.post(f"/api/queue/{unwanted}/cancel") for _ in range(2)]
    assert {answer.status_code for answer in answers} <= {200, 202}
    assert (await settled(caller, unwanted)) == {"job_id": unwanted, "status": "cancelled"}
    again = await caller.post(f"/api/queue/{unwanted}/cancel")
    assert (again.status_code, again.json()["status"]) == (200, "cancelled")
    assert await position_of(caller, next_one) == 0
    await line.open()
    assert (await settled(caller, next_one))["status"] == "done"
    assert (await settled(caller, unwanted))["status"] == "cancelled"


async def test_a_deleted_job_is_not_done_again(line: Line) -> None:
    caller, key = await caller_of(line.backend, "recruiter"), uuid4().hex
    await line.open()
    job = (await accepted(caller, key=key))["job_id"]
    assert (await settled(caller, job))["status"] == "done"

    async def deleted() -> bool:  # "done" is said a moment before the run closes
        return (await caller.delete(f"/api/result/{job}")).status_code == 204

    await until(deleted)
    assert bucket_keys(line.backend.settings, f"cv/{job}/") == set()
    refused(await upload(caller, key=key), 404, "job_not_found")
    refused(await upload(caller, CV + "!", key=key), 404, "job_not_found")
    for path in (f"/api/result/{job}", f"/api/result/{job}/events", f"/api/result/{job}/deliveries"):
        refused(await caller.get(path), 404, "job_not_found")
    refused(await caller.delete(f"/api/result/{job}"), 404, "job_not_found")
    refused(await caller.post(f"/api/queue/{job}/cancel"), 404, "job_not_found")
    assert bucket_keys(line.backend.settings, f"cv/{job}/") == set()
