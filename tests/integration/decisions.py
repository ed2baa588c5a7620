"""Taking decisions on candidates, and what there is to see of them afterwards."""

from typing import Any
from uuid import uuid4

import httpx

from tests.waiting import until

SUMMARY = {"summary": "Très bon échange, profil solide et disponible"}
REASON = {"rejectionReason": "L'expérience demandée manque pour l'instant"}


async def submitted(admin: httpx.AsyncClient, **fields: Any) -> int:
    """A candidate who waits for a decision."""
    person = {"first_name": "Inès", "last_name": "Garnier", "email": f"ines-{uuid4()}@example.fr", **fields}
    created = await admin.post("/api/v1/candidates", json=person)
    assert created.status_code == 201, created.text
    candidate_id: int = created.json()["id"]
    answer = await admin.post(f"/api/v1/candidates/{candidate_id}/submit")
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "SUBMITTED"
    return candidate_id


async def decide(admin: httpx.AsyncClient, verb: str, candidate_id: int, body: Any = None) -> dict[str, Any]:
    """The answer to a decision that must be accepted."""
    answer = await admin.post(f"/api/v1/admin/{verb}/{candidate_id}", json=body)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/api/v1/admin/validate/{candidate_id}"
    assert int(answer.headers["retry-after"]) > 0
    accepted: dict[str, Any] = answer.json()
    return accepted


async def decision(admin: httpx.AsyncClient, candidate_id: int) -> dict[str, Any]:
    """The current or last decision on the candidate, as it is now."""
    answer = await admin.get(f"/api/v1/admin/validate/{candidate_id}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def decided(admin: httpx.AsyncClient, candidate_id: int) -> dict[str, Any]:
    """The last decision on the candidate, once it has ended."""

    async def ended() -> dict[str, Any] | None:
        body = await decision(admin, candidate_id)
        return None if body["status"] == "running" else body

    return await until(ended)


async def status_of(admin: httpx.AsyncClient, candidate_id: int) -> str:
    status: str = (await admin.get(f"/api/v1/candidates/{candidate_id}")).json()["status"]
    return status


async def audit(admin: httpx.AsyncClient, candidate_id: int, **filters: Any) -> list[dict[str, Any]]:
    """The candidate's rows of the audit log, the newest first."""
    answer = await admin.get("/api/v1/audit/logs", params={"candidate_id": candidate_id, **filters})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items
