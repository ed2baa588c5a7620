"""The demonstration's second part: an administrator validates a candidate, a recruiter finds them."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx

from embedded.seed import ADMIN, RECRUITER, DemoUser

LIMIT_SECONDS = 60
_SHOWN_SKILLS = 4


async def validate_and_find(client: httpx.AsyncClient, candidate_id: int) -> bool:
    """Submit and validate the candidate, show each action, find them by search; whether all of it went well."""
    person = json_of(await client.get(f"/api/v1/candidates/{candidate_id}"), 200)
    name = f"{person['first_name']} {person['last_name']}"
    print(f"\n{name} (candidate {candidate_id}) is submitted and validated by {ADMIN.email}")
    json_of(await client.post(f"/api/v1/candidates/{candidate_id}/submit"), 200)
    body = {"overallScore": 4.5, "softSkillsTags": ["écoute"], "summary": "Profil solide, entretien convaincant"}
    accepted = json_of(
        await client.post(
            f"/api/v1/admin/validate/{candidate_id}", json=body, headers={"Idempotency-Key": str(uuid4())}
        ),
        202,
    )
    async with asyncio.timeout(LIMIT_SECONDS):
        decision = await _follow(client, accepted["links"]["status"])
    if decision["status"] != "completed":
        print(f"  {decision['status']}: {decision['error']}")
        return False
    return await _find(client, candidate_id, person["profile"]["skills"][:_SHOWN_SKILLS])


async def log_in(client: httpx.AsyncClient, user: DemoUser) -> str:
    """The `Authorization` header of this user."""
    login = await client.post("/api/v1/auth/login", json={"email": user.email, "password": user.password})
    return f"Bearer {json_of(login, 200)['access_token']}"


def json_of(answer: httpx.Response, expected: int) -> dict[str, Any]:
    """The body of an answer. Raises `RuntimeError`, with the answer, for another status than the expected one."""
    if answer.status_code != expected:
        raise RuntimeError(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}")
    body: dict[str, Any] = answer.json()
    return body


async def _follow(client: httpx.AsyncClient, status: str) -> dict[str, Any]:
    """Ask for the decision until it has ended, printing each action that changed."""
    shown: dict[str, str] = {}
    while True:
        decision = json_of(await client.get(status), 200)
        for action, state in decision["actions"].items():
            if state["status"] != shown.get(action, "pending"):
                shown[action] = state["status"]
                note = state["last_error"] or state["reason"] or ""
                print(f"  {action:<14} {state['status']} {note}".rstrip(), flush=True)
        if decision["status"] != "running":
            return decision
        await asyncio.sleep(0.05)


async def _find(client: httpx.AsyncClient, candidate_id: int, skills: list[dict[str, Any]]) -> bool:
    """Search as a recruiter for what the candidate knows; whether they are among those found."""
    recruiter = {"Authorization": await log_in(client, RECRUITER)}
    words = " ".join(skill["name"] for skill in skills[:2])
    found = json_of(await client.get("/api/v1/candidates/search", params={"q": words}, headers=recruiter), 200)
    print(f"\n{RECRUITER.email} searches “{words}”: {found['total']} found")
    for item in found["items"][:3]:
        known = ", ".join(skill["name"] for skill in item["skills"][:_SHOWN_SKILLS])
        print(f"  {item['first_name']} {item['last_name']}, {item['city']}: {item['experience_years']} years; {known}")
    return any(item["candidate_id"] == candidate_id for item in found["items"])
