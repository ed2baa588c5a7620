"""Matching requests that wait: for a parse, for each other, and what happens meanwhile."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest_asyncio
from pytest_httpserver import HTTPServer
from sqlalchemy import func, select
from werkzeug import Request, Response

from db import matching
from db.tables import Candidate
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from tests.integration.api.calls import accepted, asked, asked_bulk, new_candidate, new_offer, refused
from tests.integration.api.edge import caller_of
from tests.waiting import matched, settled, until
from workers.build import build_workers
from workers.collaborators import collaborators
from workflows.contracts import MatchCandidateInput, delivery_workflow_id
from workflows.match_candidate import MatchCandidateWorkflow

BAD_PDF = b"%PDF-1.7 and nothing more"
REASON = "Document PDF corrompu ou protégé par mot de passe"


@dataclass(frozen=True)
class HeldParse:
    """A parse that no worker serves until `release` is called."""

    job: str
    release: Callable[[], Awaitable[None]]


@pytest_asyncio.fixture
async def held(servers: EmbeddedServers, admin: httpx.AsyncClient) -> AsyncGenerator[HeldParse]:
    async with backend(servers, workers=False) as idle, AsyncExitStack() as running:

        async def release() -> None:
            parts = await running.enter_async_context(collaborators(idle.settings))
            for worker in build_workers(idle.temporal, idle.settings, parts, queue=idle.queue):
                await running.enter_async_context(worker)

        async with httpx.AsyncClient(
            transport=idle.app._transport, base_url="http://test", headers=admin.headers
        ) as client:
            job = (await accepted(client))["job_id"]
        yield HeldParse(job, release)
        await admin.post(f"/api/queue/{job}/cancel")
        if (await admin.get(f"/api/result/{job}")).json()["status"] == "pending":
            await release()
        await settled(admin, job)


async def test_a_match_waits_for_its_parse(admin: httpx.AsyncClient, held: HeldParse) -> None:
    candidate, offer, doomed = await new_candidate(admin, None), await new_offer(admin), await new_offer(admin)
    ranking = await asked_bulk(admin, candidate_id=candidate, job_ids=[offer, doomed], depends_on=held.job)
    single = await asked(admin, candidate_id=candidate, job_id=doomed, depends_on=held.job)
    assert (await admin.delete(f"/api/v1/offers/{doomed}")).status_code == 204
    for body in (ranking, single):
        assert (await admin.get(body["links"]["status"])).json()["status"] == "queued"
    await held.release()
    end = await matched(admin, ranking["job_id"])
    assert end["status"] == "completed", end
    assert [item["offer_id"] for item in end["result"]["items"]] == [offer]
    missing = {"candidate_id": candidate, "offer_id": doomed, "error": "Offre introuvable"}
    assert end["result"]["errors"] == [missing]
    profile = (await admin.get(f"/api/v1/candidates/{candidate}")).json()["profile"]
    assert profile["personal_info"]["name"] == "Claire Fontaine"
    failed = await matched(admin, single["job_id"])
    assert failed == {"job_id": single["job_id"], "status": "failed", "result": None, "error": "Offre introuvable"}


async def test_a_running_pair_is_joined_and_cancelled(admin: httpx.AsyncClient, held: HeldParse) -> None:
    candidate, offer, other = await new_candidate(admin), await new_offer(admin), await new_offer(admin)
    pair: dict[str, Any] = {"candidate_id": candidate, "job_id": offer, "depends_on": held.job}
    first, second = await asyncio.gather(asked(admin, **pair), asked(admin, **pair))
    assert first == second
    job = first["job_id"]
    assert (await admin.get(f"/api/v1/status/{job}")).json() == {"job_id": job, "status": "queued"}
    assert (await admin.get(f"/api/v1/result/{job}")).json() == {"job_id": job, "status": "queued", "result": None}
    ranking = await asked_bulk(admin, candidate_id=candidate, job_ids=[offer, other], depends_on=held.job)
    in_bulk = ranking["jobs"][1]["job_id"]
    assert (await admin.get(f"/api/v1/status/{in_bulk}")).json() == {"job_id": in_bulk, "status": "queued"}
    for asked_for in (job, ranking["job_id"]):
        answer = await admin.post(f"/api/v1/matching/{asked_for}/cancel")
        assert (answer.status_code, answer.json()["status"]) == (202, "queued")
        assert (await matched(admin, asked_for))["status"] == "cancelled"
        answer = await admin.post(f"/api/v1/matching/{asked_for}/cancel")
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")


async def test_a_match_fails_with_the_parse_it_waits_for(admin: httpx.AsyncClient) -> None:
    candidate, offer = await new_candidate(admin), await new_offer(admin)
    parse = (await accepted(admin, BAD_PDF, "cv.pdf", candidate_id=str(candidate)))["job_id"]
    await settled(admin, parse)
    body = await asked(admin, candidate_id=candidate, job_id=offer, depends_on=parse)
    error = f"L'analyse du CV a échoué : {REASON}"
    end = await matched(admin, body["job_id"])
    assert end == {"job_id": body["job_id"], "status": "failed", "result": None, "error": error}
    # Scored later, the pair answers with its score, wherever that was asked for.
    ranking = await asked_bulk(admin, candidate_id=candidate, job_ids=[offer])
    await matched(admin, ranking["job_id"])
    pair = (await admin.get(f"/api/v1/result/{body['job_id']}")).json()
    assert pair["status"] == "completed"
    assert pair["result"]["candidate_id"] == candidate


async def test_a_chain_without_a_candidate_makes_one_draft(talentflow: Backend, recruiter: httpx.AsyncClient) -> None:
    offer = await new_offer(recruiter)
    body = await accepted(recruiter, offer_ids=str(offer))
    ranking = (await matched(recruiter, body["matching_job_id"]))["result"]
    candidate = (await settled(recruiter, body["job_id"]))["result"]["candidate_id"]
    assert [item["candidate_id"] for item in ranking["items"]] == [candidate]
    person = (await recruiter.get(f"/api/v1/candidates/{candidate}")).json()
    assert (person["status"], person["first_name"], person["last_name"]) == ("DRAFT", "Claire", "Fontaine")
    async with talentflow.state.database.transaction() as session:
        made = select(func.count()).where(Candidate.source_job_id == body["job_id"])
        assert (await session.scalars(made)).one() == 1


async def test_a_candidates_chain_fills_their_own_profile(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    offer = await new_offer(admin)
    async with await caller_of(talentflow, "candidate") as person:
        made: list[int] = []
        for _ in range(2):
            body = await accepted(person, offer_ids=str(offer))
            await matched(person, body["matching_job_id"])
            made.append((await settled(person, body["job_id"]))["result"]["candidate_id"])
        assert made[0] == made[1]
        assert (await person.get(f"/api/v1/candidates/{made[0]}")).json()["profile_version"] == 3


async def test_the_chain_of_a_failed_parse_fails_with_it(admin: httpx.AsyncClient) -> None:
    body = await accepted(admin, BAD_PDF, "cv.pdf", offer_ids=str(await new_offer(admin)))
    assert (await settled(admin, body["job_id"]))["error"] == REASON
    end = await matched(admin, body["matching_job_id"])
    assert (end["status"], end["error"]) == ("failed", REASON)
    assert end["result"]["items"] == []


async def test_a_bulk_is_announced_once(admin: httpx.AsyncClient, httpserver: HTTPServer) -> None:
    received: list[Request] = []

    def receive(request: Request) -> Response:
        received.append(request)
        return Response(status=204)

    path = f"/{uuid4()}"
    httpserver.expect_request(path, method="POST").respond_with_handler(receive)
    candidate = await new_candidate(admin)
    offers = [await new_offer(admin) for _ in range(3)]
    url = httpserver.url_for(path)
    body = await asked_bulk(admin, candidate_id=candidate, job_ids=offers, webhook_url=url)

    async def delivered() -> bool:
        items = (await admin.get(f"/api/v1/result/{body['job_id']}/deliveries")).json()["items"]
        return [item["outcome"] for item in items] == ["delivered"]

    await until(delivered)
    ranking = (await admin.get(body["links"]["result"])).json()["result"]
    assert len(received) == 1
    announced = json.loads(received[0].get_data())
    assert (announced["job_id"], announced["status"]) == (body["job_id"], "completed")
    assert announced["result"] == {"items": ranking["items"], "total": 3, "link": body["links"]["result"]}
    assert "X-Signature" not in received[0].headers


async def test_a_repeated_request_is_the_same_job(admin: httpx.AsyncClient) -> None:
    candidate, offer = await new_candidate(admin), await new_offer(admin)
    headers = {"Idempotency-Key": uuid4().hex}
    body = {"candidate_id": candidate, "job_ids": [offer]}

    async def ask() -> httpx.Response:
        return await admin.post("/api/v1/queue-matching/bulk", json=body, headers=headers)

    answers = [answer.json() for answer in await asyncio.gather(*(ask() for _ in range(5)))]
    assert len({answer["job_id"] for answer in answers}) == 1
    await matched(admin, answers[0]["job_id"])
    assert (await ask()).json()["job_id"] == answers[0]["job_id"]
    body["job_ids"] = [await new_offer(admin)]
    refused(await ask(), 422, "idempotency_key_reused")


async def test_a_second_run_for_a_request_announces_nothing_anew(
    talentflow: Backend, admin: httpx.AsyncClient, httpserver: HTTPServer
) -> None:
    """Started late by an API process that was held up, whose caller has repeated the request at another one."""
    received: list[Request] = []

    def receive(request: Request) -> Response:
        received.append(request)
        return Response(status=204)

    path = f"/{uuid4()}"
    httpserver.expect_request(path, method="POST").respond_with_handler(receive)
    pair: dict[str, Any] = {"candidate_id": await new_candidate(admin), "job_id": await new_offer(admin)}
    job = (await asked(admin, **pair, webhook_url=httpserver.url_for(path)))["job_id"]

    async def deliveries() -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await admin.get(f"/api/v1/result/{job}/deliveries")).json()["items"]
        return items

    async def delivered() -> bool:
        return [item["outcome"] for item in await deliveries()] == ["delivered"]

    await until(delivered)
    run = talentflow.temporal.get_workflow_handle(job)
    await run.result()
    first = await run.describe()
    async with talentflow.state.database.transaction() as session:
        request = await matching.followed_request(session, job)
    assert request is not None
    again = MatchCandidateInput(request_id=request.id)
    await talentflow.temporal.execute_workflow(MatchCandidateWorkflow.run, again, id=job, task_queue=talentflow.queue)
    assert (await run.describe()).run_id != first.run_id
    (delivery,) = await deliveries()
    await talentflow.temporal.get_workflow_handle(delivery_workflow_id(UUID(delivery["id"]))).result()
    assert len(received) == 1
    assert await deliveries() == [delivery]
