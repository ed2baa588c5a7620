"""Nothing of a CV is in what operators read: histories, descriptions, visibility, logs, object keys, error fields.

Each run is given a CV full of marks. It succeeds, or it fails in a way whose foreign text quotes the CV: a corrupt
document, a model that refuses and repeats the prompt, one that answers nonsense, a database that quotes its parameters.
"""

import json
import logging
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import boto3
import httpx
import pytest
import pytest_asyncio
from pytest_httpserver import HTTPServer
from sqlalchemy import text
from temporalio.client import Client
from werkzeug import Request, Response

from embedded.seed import ADMIN
from embedded.stack import EmbeddedServers
from runtime.settings import Settings
from tests.backend import Backend, backend
from tests.integration.workflows.evidence import Evidence
from tests.waiting import matched, settled, until
from workflows.contracts import delivery_workflow_id

NAME, EMAIL, PHONE = "Zéphirine Quatrebarbes", "canari.zq@example.org", "06 39 98 47 11"
SENTENCE, FILE_NAME, SECRET = "Phrase au canari 8842", "dossier-canari-5521.txt", "secret-canari-3390"
MARKS = ("uatrebarbes", "canari", "639984711", PHONE, "Z\\u00e9phirine", "Zéphirine")
CV = f"{NAME}\nDéveloppeuse Python\n{EMAIL}\n{PHONE}\n\nPROFIL\n{SENTENCE}\n\nCOMPÉTENCES\nPython\n"
REFUSED, GARBLED = "Demande refusée par le modèle", "Réponse brouillée"
PROFILE = {
    "personal_info": {"name": NAME, "email": EMAIL, "phone_as_written": PHONE},
    "summary": SENTENCE,
    "skills": [{"name": "Python", "category": "technical"}],
}


@pytest.fixture(scope="module")
def outside() -> Iterator[HTTPServer]:
    """The model's provider, which quotes what it was asked, and a receiver."""

    def extract(request: Request) -> Response:
        prompt = request.get_data(as_text=True)
        if REFUSED in prompt or REFUSED.encode("ascii", "backslashreplace").decode() in prompt:
            quoted = json.dumps({"error": {"message": f"cannot process: {prompt}", "type": "invalid_request_error"}})
            return Response(quoted, status=400, content_type="application/json")
        garbled = GARBLED in prompt or json.dumps(GARBLED)[1:-1] in prompt
        content = f"{NAME} {EMAIL} {{" if garbled else json.dumps(PROFILE)
        message = {"role": "assistant", "content": content}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        body = {"id": "1", "object": "chat.completion", "created": 1, "model": "stub", "choices": [choice]}
        return Response(json.dumps(body), content_type="application/json")

    with HTTPServer(host="localhost", threaded=True) as server:
        server.expect_request("/v1/chat/completions").respond_with_handler(extract)
        server.expect_request("/hook").respond_with_data(status=204)
        server.expect_request("/gone").respond_with_data(f"no {NAME} here", status=410)
        yield server


@pytest_asyncio.fixture(scope="module", params=["readable", "sealed"])
async def at(request: pytest.FixtureRequest, servers: EmbeddedServers, outside: HTTPServer) -> AsyncGenerator[Backend]:
    """A backend with and without codec: what travels must be harmless in the clear."""
    changes: dict[str, Any] = {"cv_extractor": "openai", "openai_base_url": outside.url_for("/v1")}
    if request.param == "readable":
        changes["payload_keys"] = None
    async with backend(servers, **changes) as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def caller(at: Backend) -> httpx.AsyncClient:
    return await at.login(ADMIN)


@pytest.fixture
def evidence(plain: Client) -> Evidence:
    return Evidence(plain, MARKS)


async def upload(caller: httpx.AsyncClient, content: bytes, name: str = FILE_NAME, **fields: str) -> dict[str, Any]:
    answer = await caller.post("/api/queue", files={"file": (name, content)}, data=fields)
    assert answer.status_code == 202, answer.text
    body: dict[str, Any] = answer.json()
    return body


def object_keys(settings: Settings) -> list[str]:
    assert settings.s3_access_key is not None
    assert settings.s3_secret_key is not None
    client = boto3.client(
        "s3",
        endpoint_url=settings.s3_endpoint_url,
        aws_access_key_id=settings.s3_access_key.get_secret_value(),
        aws_secret_access_key=settings.s3_secret_key.get_secret_value(),
        region_name="us-east-1",
    )
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=settings.s3_bucket)
    return [item["Key"] for page in pages for item in page.get("Contents", [])]


async def delivery_of(caller: httpx.AsyncClient, job_id: str) -> dict[str, Any]:
    """The one delivery of the job, once it is settled."""

    async def ended() -> dict[str, Any] | None:
        items = (await caller.get(f"/api/result/{job_id}/deliveries")).json()["items"]
        return items[0] if items and items[0]["outcome"] else None

    return await until(ended)


async def test_a_job_that_succeeds(
    at: Backend,
    caller: httpx.AsyncClient,
    outside: HTTPServer,
    evidence: Evidence,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.INFO)
    offer = (await caller.post("/api/v1/offers", json={"title": "Dev", "required_skills": ["Python"]})).json()
    chain = {"offer_ids": str(offer["id"]), "webhook_url": outside.url_for("/hook"), "webhook_secret": SECRET}
    queued = await upload(caller, CV.encode(), **chain)
    done = await settled(caller, queued["job_id"])
    assert done["result"]["data"]["personal_info"]["email"] == EMAIL, "the marks have not been through the whole way"
    await matched(caller, queued["matching_job_id"])
    delivery = await delivery_of(caller, queued["job_id"])
    await evidence.gather(queued["job_id"], queued["matching_job_id"], delivery_workflow_id(delivery["id"]))
    evidence.add(*object_keys(at.settings), caplog.text, *capfd.readouterr(), json.dumps(delivery))
    evidence.assert_clean()


@pytest.mark.parametrize(
    ("content", "name", "error"),
    [
        (f"%PDF-1.7\n{NAME} {EMAIL} {SENTENCE}".encode(), "cv-canari.pdf", "Document PDF corrompu"),
        (f"{CV}\n{REFUSED}".encode(), FILE_NAME, "Requête refusée par le service de modèle"),
        (f"{CV}\n{GARBLED}".encode(), FILE_NAME, "Réponse du modèle inexploitable"),
    ],
    ids=["corrupt", "refused", "garbled"],
)
async def test_a_job_that_fails(
    at: Backend,
    caller: httpx.AsyncClient,
    outside: HTTPServer,
    evidence: Evidence,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    content: bytes,
    name: str,
    error: str,
) -> None:
    caplog.set_level(logging.INFO)
    queued = await upload(caller, content, name, webhook_url=outside.url_for("/gone"))
    failed = await settled(caller, queued["job_id"])
    assert failed["error"].startswith(error), failed
    assert queued["job_id"] in caplog.text
    delivery = await delivery_of(caller, queued["job_id"])
    await evidence.gather(queued["job_id"], delivery_workflow_id(delivery["id"]))
    evidence.add(*object_keys(at.settings), caplog.text, *capfd.readouterr(), json.dumps(delivery), json.dumps(failed))
    evidence.assert_clean()


@asynccontextmanager
async def quoting_database(at: Backend, file_name: str) -> AsyncGenerator[None]:
    """The database refuses the result of the job with this file, and quotes it."""
    trigger = f"quoting_{uuid4().hex}"
    body = "BEGIN RAISE EXCEPTION 'cannot store %', NEW.result; END"
    async with at.state.database.transaction() as session:
        await session.execute(text(f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"))
        await session.execute(
            text(
                f"CREATE TRIGGER {trigger} BEFORE UPDATE ON cv_jobs FOR EACH ROW"
                f" WHEN (NEW.file_name = '{file_name}' AND NEW.result IS NOT NULL) EXECUTE FUNCTION {trigger}()"
            )
        )
    try:
        yield
    finally:
        async with at.state.database.transaction() as session:
            await session.execute(text(f"DROP FUNCTION {trigger}() CASCADE"))


async def test_a_job_that_the_database_refuses_for_a_while(
    at: Backend,
    caller: httpx.AsyncClient,
    evidence: Evidence,
    plain: Client,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.INFO)
    file_name = f"canari-{uuid4().hex}.txt"
    async with quoting_database(at, file_name):
        job_id = (await upload(caller, CV.encode(), file_name))["job_id"]
        handle = plain.get_workflow_handle(job_id)

        async def refused() -> bool:
            pending = (await handle.describe()).raw_description.pending_activities
            return any(activity.activity_type.name == "save_profile" and activity.attempt > 1 for activity in pending)

        await until(refused)
        await evidence.gather(job_id)
    assert (await settled(caller, job_id))["status"] == "done"
    await evidence.gather(job_id)
    evidence.add(caplog.text, *capfd.readouterr())
    evidence.assert_clean()


async def test_the_search_finds_what_is_there(at: Backend, caller: httpx.AsyncClient, evidence: Evidence) -> None:
    """The check itself: a mark in a run's id would be seen in each of the three places."""
    job_id = f"canari-{uuid4()}"
    await at.temporal.start_workflow("ParseCvWorkflow", id=job_id, task_queue="nobody")
    await evidence.gather(job_id)
    evidence.add(*["padding"] * 10)
    with pytest.raises(AssertionError):
        evidence.assert_clean()
    await at.temporal.get_workflow_handle(job_id).terminate()
