"""Receivers that fail, refuse or redirect: one accepted delivery, and never a job that changes because of them."""

import hashlib
import hmac
import json
from collections.abc import Generator
from typing import Any
from uuid import UUID

import httpx
import pytest

from db import cv_jobs, webhooks
from tests.backend import Backend
from tests.integration.api.calls import CV, accepted
from tests.integration.faults.receiver import Receiver, receiver, status
from tests.waiting import settled, until

SECRET = "s3cret-of-the-caller"


@pytest.fixture(scope="module")
def hooks() -> Generator[Receiver]:
    with receiver(status(204)) as running:
        yield running


async def delivery_of(client: httpx.AsyncClient, job: str) -> dict[str, Any]:
    """The one delivery of the job, once it is settled."""

    async def ended() -> dict[str, Any] | None:
        answer = await client.get(f"/api/result/{job}/deliveries")
        assert answer.status_code == 200
        items: list[dict[str, Any]] = answer.json()["items"]
        assert len(items) <= 1
        return items[0] if items and items[0]["outcome"] else None

    return await until(ended)


async def test_a_delivery_is_tried_until_it_is_accepted(
    talentflow: Backend, recruiter: httpx.AsyncClient, hooks: Receiver
) -> None:
    url = hooks.script("/falters", status(500), status(503))
    job = (await accepted(recruiter, name="CV de Zoë 🚀.txt", webhook_url=url, webhook_secret=SECRET))["job_id"]
    done = await settled(recruiter, job)
    delivery = await delivery_of(recruiter, job)
    assert (delivery["url"], delivery["outcome"]) == (url, "delivered")
    assert [attempt["status_code"] for attempt in delivery["attempts"]] == [500, 503, 204]
    assert [attempt["error"] for attempt in delivery["attempts"]][-1] is None
    calls = hooks.calls("/falters")
    assert len(calls) == 3
    assert {call.headers["x-webhook-id"] for call in calls} == {delivery["id"]}
    assert len({call.body for call in calls}) == 1
    for call in calls:
        expected = hmac.new(SECRET.encode(), call.body, hashlib.sha256).hexdigest()
        assert call.headers["x-signature"] == expected
        assert call.headers["content-type"] == "application/json"
        assert int(call.headers["x-webhook-timestamp"]) > 0
    assert "CV de Zoë 🚀.txt".encode() in calls[0].body
    body = json.loads(calls[0].body)
    assert (body["job_id"], body["status"], body["data"]) == (job, "done", done["result"])
    assert isinstance(body["timestamp"], int)
    assert await settled(recruiter, job) == done
    async with talentflow.state.database.transaction() as session:
        row = await webhooks.get_delivery(session, UUID(delivery["id"]))
        request = await cv_jobs.get_job(session, UUID(job))
    assert row is not None
    assert request is not None
    assert (row.secret, row.body, request.webhook_secret) == (None, None, None)
    answers = [await recruiter.get(f"/api/result/{job}{more}") for more in ("", "/deliveries")]
    assert not any(SECRET in answer.text for answer in answers)


@pytest.mark.parametrize("code", [400, 404, 410])
async def test_a_refusal_ends_the_delivery_and_changes_nothing_else(
    recruiter: httpx.AsyncClient, hooks: Receiver, code: int
) -> None:
    path = f"/refuses-{code}"
    job = (await accepted(recruiter, webhook_url=hooks.script(path, status(code))))["job_id"]
    delivery = await delivery_of(recruiter, job)
    assert delivery["outcome"] == "refused"
    assert [attempt["status_code"] for attempt in delivery["attempts"]] == [code]
    assert len(hooks.calls(path)) == 1
    assert "x-signature" not in hooks.calls(path)[0].headers
    assert (await settled(recruiter, job))["status"] == "done"


async def test_a_redirect_is_not_followed(recruiter: httpx.AsyncClient, hooks: Receiver) -> None:
    elsewhere = hooks.script("/elsewhere")
    job = (await accepted(recruiter, webhook_url=hooks.script("/moved", status(302, Location=elsewhere))))["job_id"]
    delivery = await delivery_of(recruiter, job)
    assert (delivery["outcome"], delivery["attempts"][0]["status_code"]) == ("refused", 302)
    assert hooks.calls("/elsewhere") == []
    assert (await settled(recruiter, job))["status"] == "done"


async def test_a_receiver_that_is_away_shows_in_the_attempts(recruiter: httpx.AsyncClient, hooks: Receiver) -> None:
    job = (await accepted(recruiter, webhook_url=hooks.script("/busy", status(429))))["job_id"]

    async def tried() -> dict[str, Any] | None:
        items = (await recruiter.get(f"/api/result/{job}/deliveries")).json()["items"]
        return items[0] if items and items[0]["attempts"] else None

    first = await until(tried)
    assert first["outcome"] is None
    assert first["attempts"][0]["error"] == "Le destinataire a répondu 429"
    assert (await settled(recruiter, job))["status"] == "done"
    assert (await delivery_of(recruiter, job))["outcome"] == "delivered"


async def test_a_failure_is_announced_with_its_reason(
    talentflow: Backend, recruiter: httpx.AsyncClient, hooks: Receiver
) -> None:
    url = hooks.script("/hears-failures")
    body = await accepted(recruiter, b"%PDF-1.7 cut", "cv.pdf", webhook_url=url, webhook_secret=SECRET)
    delivery = await delivery_of(recruiter, body["job_id"])
    call = hooks.calls("/hears-failures")[0]
    announced = json.loads(call.body)
    error = "Document PDF corrompu ou protégé par mot de passe"
    assert (announced["status"], announced["data"]) == ("failed", {"error": error})
    assert call.headers["x-signature"] == hmac.new(SECRET.encode(), call.body, hashlib.sha256).hexdigest()
    async with talentflow.state.database.transaction() as session:
        row = await webhooks.get_delivery(session, UUID(delivery["id"]))
    assert row is not None
    assert row.secret is None


async def test_a_delivery_belongs_to_the_jobs_owner(
    recruiter: httpx.AsyncClient, candidate: httpx.AsyncClient, hooks: Receiver
) -> None:
    job = (await accepted(recruiter, CV, webhook_url=hooks.script("/private")))["job_id"]
    await delivery_of(recruiter, job)
    assert (await candidate.get(f"/api/result/{job}/deliveries")).status_code == 404
