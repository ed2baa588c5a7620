"""What a killed worker and a restarted stack leave behind: nothing lost, nothing done twice that shows."""

import asyncio
import io
import json
import threading
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from pytest_httpserver import HTTPServer
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import func, select, text
from werkzeug import Request, Response

from db.engine import Database
from db.tables import Candidate, MatchingJob, MatchingPair, Offer
from tests.e2e.stack import Stack, alive, running_stack
from tests.waiting import matched, settled, until

PERSON = "Solange Vauquelin"
CV = """{person}
Développeuse Python
{marker}

COMPÉTENCES
Python, PostgreSQL
"""


LEFT_SECONDS = 10
"""For the children of a killed worker to end: fewer than the document takes that one of them reads."""


class Hold:
    """Keeps the first request that passes here until it is let go."""

    def __init__(self) -> None:
        self._first = threading.Lock()
        self._arrived = threading.Event()
        self._let_go = threading.Event()

    def keep(self) -> None:
        if self._first.acquire(blocking=False):
            self._arrived.set()
            self._let_go.wait(120)

    async def reached(self) -> None:
        async def arrived() -> bool:
            return self._arrived.is_set()

        await until(arrived)

    def let_go(self) -> None:
        self._let_go.set()


class Outside:
    """The model's provider and the callers' receiver, on one server that answers while it holds."""

    def __init__(self, server: HTTPServer) -> None:
        self.model_url = server.url_for("/v1")
        self.hook_url = server.url_for("/hook")
        self.at_model: dict[str, Hold] = {}
        self.at_receiver: dict[str, Hold] = {}
        self.deliveries: dict[str, set[str]] = defaultdict(set)
        server.expect_request("/v1/chat/completions").respond_with_handler(self._extract)
        server.expect_request("/hook").respond_with_handler(self._receive)

    def release(self) -> None:
        for hold in [*self.at_model.values(), *self.at_receiver.values()]:
            hold.let_go()

    def _extract(self, request: Request) -> Response:
        prompt = request.get_data(as_text=True)
        for marker, hold in list(self.at_model.items()):
            if marker in prompt:
                hold.keep()
        profile = {"personal_info": {"name": PERSON}, "skills": [{"name": "Python", "category": "technical"}]}
        message = {"role": "assistant", "content": json.dumps(profile)}
        answer = {
            "id": "1",
            "object": "chat.completion",
            "created": 1,
            "model": "stub",
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        }
        return Response(json.dumps(answer), content_type="application/json")

    def _receive(self, request: Request) -> Response:
        job_id = json.loads(request.get_data())["job_id"]
        self.deliveries[job_id].add(request.headers["X-Webhook-Id"])
        if (hold := self.at_receiver.get(job_id)) is not None:
            hold.keep()
        return Response(status=204)


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    with HTTPServer(host="localhost", threaded=True) as server:
        stubs = Outside(server)
        try:
            yield stubs
        finally:
            stubs.release()


@pytest_asyncio.fixture(scope="module")
async def stack(outside: Outside, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Stack]:
    changes = {
        "CV_EXTRACTOR": "openai",
        "OPENAI_API_KEY": "test",
        "OPENAI_BASE_URL": outside.model_url,
        "LLM_CONCURRENCY": "1",  # so that a second extraction waits behind a held one
        "DOCUMENT_SLOTS": "2",
        "WEBHOOK_ALLOWED_HOSTS": "localhost",
        "LOG_FORMAT": "json",
    }
    async with running_stack(tmp_path_factory.mktemp("stack"), **changes) as running:
        yield running


def slow_document() -> bytes:
    """A PDF of thousands of separate characters, which takes seconds to put in order."""
    target = io.BytesIO()
    canvas = Canvas(target)
    for page in range(48):
        canvas.setFont("Helvetica", 4)
        canvas.drawString(20, 830, PERSON)
        for index in range(1000):
            canvas.drawString(20 + index % 100 * 5.6, 810 - index // 100 * 5, chr(97 + (index * 7 + page) % 26))
        canvas.showPage()
    canvas.save()
    return target.getvalue()


async def new_offer(stack: Stack) -> int:
    answer = await stack.api.post("/api/v1/offers", json={"title": "Développeur Python", "required_skills": ["Python"]})
    offer_id: int = answer.json()["id"]
    return offer_id


async def upload(
    stack: Stack, outside: Outside, *, offer_id: int, marker: str = "", document: bytes | None = None
) -> str:
    """Queue a CV with the whole chain behind it: link, matching, webhook."""
    file = ("cv.pdf", document) if document else ("cv.txt", CV.format(person=PERSON, marker=marker).encode())
    answer = await stack.api.post(
        "/api/queue", files={"file": file}, data={"offer_ids": str(offer_id), "webhook_url": outside.hook_url}
    )
    assert answer.status_code == 202, answer.text
    job_id: str = answer.json()["job_id"]
    return job_id


async def status(stack: Stack, job_id: str) -> dict[str, Any]:
    body: dict[str, Any] = (await stack.api.get(f"/api/result/{job_id}")).json()
    return body


async def assert_done_once(stack: Stack, outside: Outside, database: Database, job_id: str) -> None:
    """Done, one candidate, one complete matching, and one accepted delivery under one id."""
    done = await settled(stack.api, job_id)
    assert done["status"] == "done", done
    ranking = await matched(stack.api, f"matching-bulk-{job_id}")
    assert (ranking["status"], len(ranking["result"]["items"])) == ("completed", 1)
    done = await status(stack, job_id)
    assert done["result"]["data"]["personal_info"]["name"] == PERSON
    async with database.transaction() as session:
        people = list(await session.scalars(select(Candidate.id).where(Candidate.source_job_id == UUID(job_id))))
        pairs = select(func.count()).select_from(MatchingPair).where(MatchingPair.request_id == UUID(job_id))
        assert (await session.scalars(pairs)).one() == 1
    assert people == [done["result"]["candidate_id"]]

    async def delivered() -> list[dict[str, Any]] | None:
        items = (await stack.api.get(f"/api/result/{job_id}/deliveries")).json()["items"]
        return items if items and all(item["outcome"] for item in items) else None

    deliveries = await until(delivered)
    assert [item["outcome"] for item in deliveries] == ["delivered"]
    assert len(outside.deliveries[job_id]) == 1


async def test_a_killed_worker_loses_nothing(stack: Stack, outside: Outside) -> None:
    """One kill, with a job at each point of the way."""
    database = Database(stack.servers.endpoints["database_url"])
    worker = await stack.start_worker()
    free, contended = await new_offer(stack), await new_offer(stack)
    jobs: dict[str, str] = {}
    async with AsyncExitStack() as locks:
        locks.push_async_callback(database.close)
        linking = await locks.enter_async_context(database.transaction())
        matching = await locks.enter_async_context(database.transaction())
        await matching.execute(select(Offer.id).where(Offer.id == contended).with_for_update())

        outside.at_model["before-linking"] = before_linking = Hold()
        jobs["linking"] = await upload(stack, outside, offer_id=free, marker="before-linking")
        await before_linking.reached()
        request = select(MatchingJob.id).where(MatchingJob.id == UUID(jobs["linking"])).with_for_update()
        await linking.execute(request)
        before_linking.let_go()
        jobs["matching"] = await upload(stack, outside, offer_id=contended)

        outside.at_model["before-webhook"] = before_webhook = Hold()
        jobs["webhook"] = await upload(stack, outside, offer_id=free, marker="before-webhook")
        await before_webhook.reached()
        outside.at_receiver[jobs["webhook"]] = at_receiver = Hold()
        before_webhook.let_go()
        await at_receiver.reached()

        async def both_wait_for_their_row() -> bool:
            waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            async with database.transaction() as session:
                count: int = (await session.scalars(waiting)).one()
            return count >= 2

        await until(both_wait_for_their_row)

        outside.at_model["extracting"] = extracting = Hold()
        jobs["extracting"] = await upload(stack, outside, offer_id=free, marker="extracting")
        await extracting.reached()

        readers_before = worker.readers()
        jobs["reading"] = await upload(stack, outside, offer_id=free, document=slow_document())

        async def reading() -> bool:
            return bool(worker.readers() - readers_before)

        await until(reading, every=0.01)
        children = worker.descendants()
        stack.kill_worker()

        jobs["waiting"] = await upload(stack, outside, offer_id=free)

        async def nothing_left() -> bool:
            return not alive(children)

        await until(nothing_left, seconds=LEFT_SECONDS)
        assert [path for path in stack.temporary.rglob("*") if path.is_file()] == []
        assert [(await status(stack, jobs[name]))["status"] for name in ("reading", "extracting", "waiting")] == [
            "running",
            "running",
            "pending",
        ]
        outside.release()
    await stack.start_worker()
    database = Database(stack.servers.endpoints["database_url"])
    try:
        await asyncio.gather(*(assert_done_once(stack, outside, database, job_id) for job_id in jobs.values()))
    finally:
        await database.close()
    stack.kill_worker()
    assert PERSON not in stack.log.read_text()


async def test_a_restarted_stack_loses_nothing(stack: Stack, outside: Outside) -> None:
    """Servers, API and worker end while one job is extracted, one waits for its turn, and one has no worker yet."""
    await stack.start_worker()
    offer = await new_offer(stack)
    marker = f"held-{uuid4()}"
    outside.at_model[marker] = held = Hold()
    jobs = [await upload(stack, outside, offer_id=offer, marker=marker)]
    await held.reached()
    jobs.append(await upload(stack, outside, offer_id=offer))

    async def waits_for_the_model() -> bool:
        return (await status(stack, jobs[1])).get("stage") == "extract"

    await until(waits_for_the_model)
    stack.kill_worker()
    jobs.append(await upload(stack, outside, offer_id=offer))
    await stack.restart()
    assert [(await status(stack, job_id))["status"] for job_id in jobs] == ["running", "running", "pending"]
    held.let_go()
    await stack.start_worker()
    database = Database(stack.servers.endpoints["database_url"])
    try:
        await asyncio.gather(*(assert_done_once(stack, outside, database, job_id) for job_id in jobs))
    finally:
        await database.close()
