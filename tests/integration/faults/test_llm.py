"""A model's provider that is busy, broken, silent or unwilling: what the job does, says and never tells."""

import json
from collections.abc import AsyncGenerator, Generator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from werkzeug import Request, Response

from embedded.seed import RECRUITER
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from tests.integration.api.calls import CV, accepted
from tests.integration.faults.provider import CHAT, PROFILE, leading_to, says
from tests.integration.faults.receiver import Answer, Receiver, receiver, status
from tests.waiting import settled, until

CANARY = "canary-4711@example.org"


def quotes_the_prompt(request: Request) -> Response:
    """A refusal in the provider's words, which repeat what was sent."""
    error = {"error": {"message": f"bad request: {request.get_data(as_text=True)}", "type": "invalid_request_error"}}
    return Response(json.dumps(error), status=400, content_type="application/json")


@pytest.fixture(scope="module")
def provider() -> Generator[Receiver]:
    with receiver(says(json.dumps(PROFILE))) as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def stack(servers: EmbeddedServers, provider: Receiver) -> AsyncGenerator[Backend]:
    """A backend whose CVs go to this provider."""
    async with backend(servers, **leading_to(provider)) as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def caller(stack: Backend) -> AsyncGenerator[httpx.AsyncClient]:
    async with await stack.login(RECRUITER) as client:
        yield client


async def extracting(client: httpx.AsyncClient, provider: Receiver, job: str) -> dict[str, Any]:
    """The job's answer once the provider was asked and the answer shows it."""

    async def asked() -> dict[str, Any] | None:
        body: dict[str, Any] = (await client.get(f"/api/result/{job}")).json()
        return body if provider.calls(CHAT) and body.get("stage") == "extract" else None

    return await until(asked)


async def test_the_model_reads_the_cv(caller: httpx.AsyncClient, provider: Receiver) -> None:
    invented = {**PROFILE, "personal_info": {**PROFILE["personal_info"], "phone_as_written": "06 39 98 00 00"}}
    provider.script(CHAT, says(json.dumps(invented)))
    result = (await settled(caller, (await accepted(caller))["job_id"]))["result"]
    assert result["data"]["personal_info"]["name"] == "Claire Fontaine"
    assert result["data"]["personal_info"]["phone"] is None  # the CV has another number
    extraction = result["extraction"]
    assert (extraction["method"], extraction["model"]) == ("openai", "stub-model")
    assert extraction["tokens"] == {"input": 100, "output": 10}
    assert extraction["ungrounded"]
    (call,) = provider.calls(CHAT)
    assert call.headers["authorization"] == "Bearer k"
    request = json.loads(call.body)
    assert request["temperature"] == 0
    assert request["response_format"]["json_schema"]["strict"] is True
    assert "Atelier Numérique" in request["messages"][-1]["content"]


async def test_a_busy_provider_is_asked_again_when_it_said(caller: httpx.AsyncClient, provider: Receiver) -> None:
    provider.script(CHAT, status(429, Retry_After="2"))
    job = (await accepted(caller))["job_id"]
    waiting = await extracting(caller, provider, job)
    assert (waiting["status"], waiting["progress"]) == ("running", 60)
    assert waiting["started_at"].endswith("Z")
    assert (await settled(caller, job))["status"] == "done"
    first, second = provider.calls(CHAT)
    assert second.at - first.at >= 2


async def test_a_broken_provider_is_asked_again(caller: httpx.AsyncClient, provider: Receiver) -> None:
    provider.script(CHAT, status(500))
    assert (await settled(caller, (await accepted(caller))["job_id"]))["status"] == "done"
    assert len(provider.calls(CHAT)) == 2


async def test_a_silent_provider_is_asked_again(servers: EmbeddedServers, provider: Receiver) -> None:
    provider.script(CHAT, provider.hang)
    async with (
        backend(servers, **leading_to(provider), openai_timeout_seconds=1) as hasty,
        await hasty.login(RECRUITER) as client,
    ):
        assert (await settled(client, (await accepted(client))["job_id"]))["status"] == "done"
    first, second, *_ = provider.calls(CHAT)
    assert second.at - first.at >= 1


async def test_an_invalid_answer_is_repaired_once(caller: httpx.AsyncClient, provider: Receiver) -> None:
    provider.script(CHAT, says("Voici le profil : {"))
    result = (await settled(caller, (await accepted(caller))["job_id"]))["result"]
    assert result["data"]["personal_info"]["name"] == "Claire Fontaine"
    assert result["extraction"]["tokens"] == {"input": 200, "output": 20}
    first, second = (json.loads(call.body)["messages"] for call in provider.calls(CHAT))
    assert second[: len(first)] == first
    assert len(second) == len(first) + 2


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([status(401)], "Clé API refusée par le service de modèle"),
        ([status(403)], "Clé API refusée par le service de modèle"),
        ([status(404)], "Requête refusée par le service de modèle"),
        ([quotes_the_prompt], "Requête refusée par le service de modèle"),
        ([says("{"), says("[]")], "Réponse du modèle inexploitable après une demande de correction"),
    ],
)
async def test_what_no_retry_can_change_fails_at_once(
    caller: httpx.AsyncClient, provider: Receiver, answers: list[Answer], error: str
) -> None:
    provider.script(CHAT, *answers)
    end = await settled(caller, (await accepted(caller))["job_id"])
    assert (end["status"], end["error"]) == ("failed", error)
    assert len(provider.calls(CHAT)) == len(answers)


async def test_a_job_that_waits_for_the_provider_can_be_cancelled(
    caller: httpx.AsyncClient, provider: Receiver
) -> None:
    provider.script(CHAT, status(429, Retry_After="600"))
    hook = provider.script("/hook", status(204))
    job = (await accepted(caller, webhook_url=hook))["job_id"]
    await extracting(caller, provider, job)
    answer = await caller.post(f"/api/queue/{job}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (202, "running")
    assert await settled(caller, job) == {"job_id": job, "status": "cancelled"}
    assert len(provider.calls(CHAT)) == 1

    async def announced() -> bool:
        return bool(provider.calls("/hook"))

    await until(announced)
    body = json.loads(provider.calls("/hook")[0].body)
    assert (body["job_id"], body["status"], body["data"]) == (job, "cancelled", {})
    answer = await caller.post(f"/api/queue/{job}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [([], "done"), ([status(500)], "done"), ([quotes_the_prompt], "failed"), ([says(CANARY)] * 2, "failed")],
)
async def test_nothing_of_the_cv_is_told(
    stack: Backend,
    caller: httpx.AsyncClient,
    provider: Receiver,
    everything_logged: pytest.LogCaptureFixture,
    answers: list[Answer],
    outcome: str,
) -> None:
    provider.script(CHAT, *answers)
    job = (await accepted(caller, f"{CV}\n{CANARY}\n"))["job_id"]
    end = await settled(caller, job)
    assert end["status"] == outcome
    assert CANARY in provider.calls(CHAT)[0].body.decode()
    handle = stack.temporal.get_workflow_handle(job)
    history, described = await handle.fetch_history(), await handle.describe()
    told = b"".join(event.SerializeToString() for event in history.events)
    told += described.raw_description.SerializeToString()
    assert job.encode() in told
    for secret in (CANARY, "Claire", "Fontaine"):
        assert secret.encode() not in told
        assert secret not in everything_logged.text
    assert everything_logged.records
    if outcome == "failed":
        assert CANARY not in json.dumps(end)
