"""The list of what has failed, and all of it run again page by page."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from db.tables import MatchingJob
from tests.backend import Backend
from tests.integration.api.calls import accepted, new_candidate, new_offer, refused
from tests.integration.faults.receiver import Receiver
from tests.integration.retries.retrying import closed, failed, listed, retry
from tests.waiting import matched, settled

REFUSED = "LlmRefused"


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
