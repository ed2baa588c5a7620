"""Calls that many tests make: uploading a CV, adding offers and candidates, and the one shape of errors."""

from typing import Any

import httpx

CV = """Claire Fontaine
Développeuse Python
claire.fontaine@example.fr
06 39 98 12 34
Lyon

EXPÉRIENCE PROFESSIONNELLE
Développeuse backend - Atelier Numérique
Janvier 2020 - Décembre 2023
- Développement d'API avec Python, FastAPI et PostgreSQL

COMPÉTENCES
Python, FastAPI, PostgreSQL, Docker, Git
"""

PROFILE: dict[str, Any] = {
    "position": "Développeuse Python",
    "skills": [{"name": "Python"}, {"name": "PostgreSQL"}],
    "experience": [{"title": "Développeuse Python", "start_date": "2019-01", "end_date": "2023-12"}],
    "total_experience_months": 60,
}
OFFER: dict[str, Any] = {"title": "Développeur Python H/F", "required_skills": ["Python", "PostgreSQL"]}


async def upload(
    client: httpx.AsyncClient,
    content: str | bytes = CV,
    name: str = "cv.txt",
    *,
    params: dict[str, Any] | None = None,
    key: str | None = None,
    fields: dict[str, Any] | None = None,
    **more: Any,
) -> httpx.Response:
    """The answer to an upload: form `fields`, query `params`, and `key`, the `Idempotency-Key`."""
    data = content.encode() if isinstance(content, str) else content
    headers = {} if key is None else {"Idempotency-Key": key}
    return await client.post(
        "/api/queue",
        files={"file": (name, data)},
        data={**(fields or {}), **more},
        params=params or {},
        headers=headers,
    )


async def accepted(client: httpx.AsyncClient, content: str | bytes = CV, name: str = "cv.txt", **more: Any) -> Any:
    """The body of an upload that must be accepted."""
    answer = await upload(client, content, name, **more)
    assert answer.status_code == 202, answer.text
    return answer.json()


async def new_offer(client: httpx.AsyncClient, **changes: Any) -> int:
    answer = await client.post("/api/v1/offers", json={**OFFER, **changes})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def new_candidate(client: httpx.AsyncClient, profile: dict[str, Any] | None = PROFILE) -> int:
    answer = await client.post("/api/v1/candidates", json={} if profile is None else {"profile": profile})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def ask(client: httpx.AsyncClient, path: str = "/queue-matching", **body: Any) -> httpx.Response:
    return await client.post(f"/api/v1{path}", json=body)


async def asked(client: httpx.AsyncClient, path: str = "/queue-matching", **body: Any) -> dict[str, Any]:
    """The body of a matching request that must be accepted."""
    answer = await ask(client, path, **body)
    assert answer.status_code == 202, answer.text
    accepted_body: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/api/v1/status/{accepted_body['job_id']}"
    assert int(answer.headers["retry-after"]) > 0
    return accepted_body


async def asked_bulk(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    return await asked(client, "/queue-matching/bulk", **body)


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The body of an error, after checking its status, its code and its shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body: dict[str, Any] = answer.json()
    assert body["code"] == code, body
    assert body["detail"]
    if status == 503:
        assert int(answer.headers["retry-after"]) > 0
    return body


def wrong_fields(answer: httpx.Response) -> list[str]:
    """The names of the fields that a 422 says are wrong; the values sent are never repeated."""
    details = refused(answer, 422, "validation_error")["detail"]
    assert all(item.keys() == {"loc", "msg", "type"} for item in details)
    return [str(item["loc"][-1]) for item in details]
