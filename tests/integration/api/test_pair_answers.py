"""What the id of a pair answers, to whom, and what following a request costs."""

import json
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import event, insert, select, update
from werkzeug import Request, Response

from api.webhook_log import MOST_DELIVERIES
from db import match_results, webhooks
from db.match_results import ScoredPair, save_page
from db.tables import Candidate, MatchingJob, MatchingResult, Offer
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from tests.integration.api.calls import PROFILE, asked, asked_bulk, new_candidate, new_offer, refused
from tests.integration.api.edge import caller_of
from tests.integration.api.test_rights_and_limits import validated
from tests.waiting import matched, until
from workers.build import build_workers
from workers.collaborators import collaborators


async def has_failed(client: httpx.AsyncClient, job: str, error: str) -> None:
    """State and result of a job must both say that it has failed, and why."""
    status = (await client.get(f"/api/v1/status/{job}")).json()
    assert status == {"job_id": job, "status": "failed"}
    result = (await client.get(f"/api/v1/result/{job}")).json()
    assert result == {"job_id": job, "status": "failed", "result": None, "error": error}


async def test_a_pair_that_a_ranking_could_not_score_says_why(
    talentflow: Backend, admin: httpx.AsyncClient, recruiter: httpx.AsyncClient
) -> None:
    offer, unread, fitting = await new_offer(recruiter), await new_candidate(admin, None), await new_candidate(admin)
    for candidate in (unread, fitting):
        await validated(talentflow, candidate)
    ranking = await asked_bulk(recruiter, offer_id=offer, candidate_ids=[unread, fitting])
    await matched(recruiter, ranking["job_id"])
    pair = ranking["jobs"][0]["job_id"]
    for reader in (recruiter, admin):
        await has_failed(reader, pair, "Candidat sans profil")
    answer = await recruiter.post(f"/api/v1/matching/{pair}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "failed")
    async with talentflow.state.database.transaction() as session:
        await session.execute(update(Candidate).where(Candidate.id == unread).values(status="REJECTED"))
    await has_failed(recruiter, pair, "Candidat sans profil")  # their own request tells it still
    async with await caller_of(talentflow, "recruiter") as other:
        refused(await other.get(f"/api/v1/result/{pair}"), 404, "job_not_found")
    assert (await admin.patch(f"/api/v1/candidates/{unread}", json={"profile": PROFILE})).status_code == 200
    later = await asked_bulk(admin, offer_id=offer, candidate_ids=[unread, fitting])
    await matched(admin, later["job_id"])
    assert (await admin.get(f"/api/v1/result/{pair}")).json()["status"] == "completed"


async def test_a_pair_that_is_scored_between_two_looks_is_found(
    admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranking = await asked_bulk(admin, candidate_id=await new_candidate(admin), job_ids=[await new_offer(admin)])
    await matched(admin, ranking["job_id"])
    newest_score, looks = match_results.newest_score, 0

    async def stored_after_the_first_look(*where: Any) -> MatchingResult | None:
        nonlocal looks
        looks += 1
        return None if looks == 1 else await newest_score(*where)

    monkeypatch.setattr(match_results, "newest_score", stored_after_the_first_look)
    pair = ranking["jobs"][0]["job_id"]
    assert (await admin.get(f"/api/v1/status/{pair}")).json() == {"job_id": pair, "status": "completed"}
    assert looks == 2


async def test_a_pair_that_a_cancelled_ranking_never_decided_is_cancelled(
    servers: EmbeddedServers, admin: httpx.AsyncClient
) -> None:
    candidate, offers = await new_candidate(admin), [await new_offer(admin) for _ in range(2)]
    async with backend(servers, workers=False) as idle:
        here = httpx.AsyncClient(transport=idle.app._transport, base_url="http://test", headers=admin.headers)
        ranking = await asked_bulk(here, candidate_id=candidate, job_ids=offers)
        pairs = [job["job_id"] for job in ranking["jobs"]]
        assert [await status_of(here, pair) for pair in pairs] == ["queued"] * 2
        assert (await here.post(f"/api/v1/matching/{ranking['job_id']}/cancel")).status_code == 202
        async with collaborators(idle.settings) as parts, AsyncExitStack() as running:
            for worker in build_workers(idle.temporal, idle.settings, parts, [idle.queue], queue=idle.queue):
                await running.enter_async_context(worker)
            assert (await matched(here, ranking["job_id"]))["status"] == "cancelled"
        assert [await status_of(here, pair) for pair in pairs] == ["cancelled"] * 2
        async with await caller_of(idle, "recruiter") as stranger:
            refused(await stranger.get(f"/api/v1/status/{pairs[0]}"), 404, "job_not_found")
    later = await asked_bulk(admin, candidate_id=candidate, job_ids=offers[:1])
    await matched(admin, later["job_id"])
    assert [await status_of(admin, pair) for pair in pairs] == ["completed", "cancelled"]


async def status_of(client: httpx.AsyncClient, job: str) -> str:
    answer = await client.get(f"/api/v1/status/{job}")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["status"])


async def test_of_many_deliveries_the_last_are_read(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    candidate, offer = await new_candidate(admin), await new_offer(admin)
    pair = (await asked(admin, candidate_id=candidate, job_id=offer))["job_id"]
    began = datetime.now(UTC) - timedelta(hours=1)
    made = [uuid4() for _ in range(MOST_DELIVERIES + 2)]
    async with talentflow.state.database.transaction() as session:
        for second, delivery_id in enumerate(made):
            told = {"job_id": pair, "owner": "user:1", "url": "https://receiver.example.com/", "outcome": "delivered"}
            moment = began + timedelta(seconds=second)
            await webhooks.add_delivery(session, {**told, "id": delivery_id, "created_at": moment})
            for code in (503, 200):
                await webhooks.add_attempt(session, delivery_id, status_code=code, error=None)
    items = (await admin.get(f"/api/v1/result/{pair}/deliveries")).json()["items"]
    assert [item["id"] for item in items] == [str(delivery_id) for delivery_id in made[2:]]
    assert {tuple(attempt["status_code"] for attempt in item["attempts"]) for item in items} == {(503, 200)}


async def test_a_pair_asked_for_alone_that_has_no_score_has_failed(
    talentflow: Backend, admin: httpx.AsyncClient, httpserver: HTTPServer
) -> None:
    received: list[Request] = []

    def receive(request: Request) -> Response:
        received.append(request)
        return Response(status=204)

    path = f"/{uuid4()}"
    httpserver.expect_request(path, method="POST").respond_with_handler(receive)
    candidate, offer = await new_candidate(admin), await new_offer(admin)
    async with talentflow.state.database.transaction() as session:
        broken = update(Candidate).where(Candidate.id == candidate)
        await session.execute(broken.values(profile={"skills": "a row that breaks our own rules"}))
    job = (await asked(admin, candidate_id=candidate, job_id=offer, webhook_url=httpserver.url_for(path)))["job_id"]
    assert (await matched(admin, job))["status"] == "failed"
    await has_failed(admin, job, "Score impossible à calculer")

    async def told() -> bool:
        return bool(received)

    await until(told)
    announced = json.loads(received[0].get_data())
    assert (announced["status"], announced["result"]) == ("failed", {"error": "Score impossible à calculer"})


async def test_a_score_is_not_read_by_who_does_not_see_the_candidate_any_more(
    talentflow: Backend, admin: httpx.AsyncClient, recruiter: httpx.AsyncClient
) -> None:
    candidate, offer = await new_candidate(admin), await new_offer(admin)
    await validated(talentflow, candidate)
    job = (await asked(recruiter, candidate_id=candidate, job_id=offer))["job_id"]
    assert (await matched(recruiter, job))["result"]["details"]["skills_matching"]["matched"]
    async with talentflow.state.database.transaction() as session:
        await session.execute(update(Candidate).where(Candidate.id == candidate).values(status="REJECTED"))
    await has_failed(recruiter, job, "Candidat introuvable")
    assert (await admin.get(f"/api/v1/result/{job}")).json()["status"] == "completed"


async def test_only_who_asked_stops_a_calculation(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    """The candidate sees the pair, which is theirs, but not whose calculation it is to stop."""
    async with await caller_of(talentflow, "candidate") as person:
        candidate, offer = await new_candidate(person), await new_offer(admin)
        job = f"matching-{candidate}-{offer}"
        async with talentflow.state.database.transaction() as session:  # asked for by somebody, and not begun
            values = {"id": uuid4(), "job_id": job, "owner": "user:0", "request_hash": "", "priority": 3}
            ids = {"candidate_ids": [candidate], "offer_ids": [offer]}
            await session.execute(insert(MatchingJob).values(**values, **ids))
        assert (await person.get(f"/api/v1/status/{job}")).json() == {"job_id": job, "status": "queued"}
        refused(await person.post(f"/api/v1/matching/{job}/cancel"), 403, "forbidden")


async def test_a_score_of_sides_as_they_were_does_not_replace_the_newest(
    talentflow: Backend, admin: httpx.AsyncClient
) -> None:
    """An attempt that was given up, and stores what it read before both sides changed."""
    candidate, offer = await new_candidate(admin), await new_offer(admin)
    change = {"title": "Développeur Python", "required_skills": ["Python"]}
    assert (await admin.put(f"/api/v1/offers/{offer}", json=change)).status_code == 200
    ranking = await asked_bulk(admin, candidate_id=candidate, job_ids=[offer])
    await matched(admin, ranking["job_id"])
    pair = f"/api/v1/result/{ranking['jobs'][0]['job_id']}"
    before = (await admin.get(pair)).json()
    assert before["result"]["offer_version"] == 2
    async with talentflow.state.database.transaction() as session:
        newest = select(MatchingResult).where(MatchingResult.candidate_id == candidate)
        stored = (await session.scalars(newest)).one()
        version = stored.algorithm_version
        late = ScoredPair(candidate, offer, 1, 1, version, 0.1, "insufficient", 0.5, {"details": {}}, 0.1)
        request = UUID(ranking["job_id"].removeprefix("matching-bulk-"))
        await save_page(session, request, [late], {}, scored_at=stored.created_at, force=False)
    assert (await admin.get(pair)).json() == before


async def test_a_ranking_of_several_pages_has_each_pair_once(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    candidate = await new_candidate(admin)
    async with talentflow.state.database.transaction() as session:
        row = {"created_by": "test", "title": "Poste"}
        offers = list(await session.scalars(insert(Offer).returning(Offer.id), [row] * 2003))
    job = (await asked_bulk(admin, candidate_id=candidate, job_ids=offers))["job_id"]
    await matched(admin, job)
    lines = (await admin.get(f"/api/v1/result/{job}", params={"format": "csv"})).text.splitlines()[1:]
    assert sorted(int(line.split(";")[2]) for line in lines) == sorted(offers)
    progress = (await admin.get(f"/api/v1/status/{job}")).json()["progress"]
    assert progress == {"done": 2003, "total": 2003, "percent": 100}


async def test_following_a_ranking_does_not_read_its_ids(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    candidate = await new_candidate(admin)
    job = (await asked_bulk(admin, candidate_id=candidate, job_ids=[await new_offer(admin)]))["job_id"]
    await matched(admin, job)
    engine = talentflow.state.database._engine.sync_engine
    said: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    try:
        status = (await admin.get(f"/api/v1/status/{job}")).json()
        page = (await admin.get(f"/api/v1/result/{job}")).json()
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    assert status["progress"] == {"done": 1, "total": 1, "percent": 100}
    assert page["result"]["total"] == 1
    assert [statement for statement in said if "matching_jobs" in statement]
    assert not [statement for statement in said if "offer_ids" in statement or "candidate_ids" in statement]
