"""What seeing somebody does not allow, and profiles that would keep matching busy for ever."""

import httpx
from sqlalchemy import update

from db.tables import Candidate
from tests.backend import Backend
from tests.integration.api.calls import CV, accepted, asked, new_candidate, new_offer, refused, upload
from tests.waiting import settled, until


async def validated(talentflow: Backend, candidate_id: int) -> None:
    async with talentflow.state.database.transaction() as session:
        await session.execute(update(Candidate).where(Candidate.id == candidate_id).values(status="VALIDATED"))


async def test_a_recruiter_does_not_replace_the_profile_of_somebody_they_see(
    talentflow: Backend, admin: httpx.AsyncClient, recruiter: httpx.AsyncClient
) -> None:
    somebody, offer = await new_candidate(admin), await new_offer(admin)
    await validated(talentflow, somebody)
    before = (await recruiter.get(f"/api/v1/candidates/{somebody}")).json()
    refused(await upload(recruiter, candidate_id=str(somebody)), 403, "forbidden")
    parse = (await accepted(recruiter, CV))["job_id"]
    await settled(recruiter, parse)
    body = {"candidate_id": somebody, "job_id": offer, "depends_on": parse}
    refused(await recruiter.post("/api/v1/queue-matching", json=body), 403, "forbidden")
    assert (await recruiter.get(f"/api/v1/candidates/{somebody}")).json() == before


async def test_a_cv_given_to_one_candidate_is_not_matched_as_another(admin: httpx.AsyncClient) -> None:
    offer = await new_offer(admin)
    parse = (await accepted(admin, CV, offer_ids=str(offer)))["job_id"]

    async def linked() -> bool:
        done = await settled(admin, parse)
        return "candidate_id" in done["result"]

    await until(linked)
    other = await new_candidate(admin)
    body = {"candidate_id": other, "job_id": offer, "depends_on": parse}
    refused(await admin.post("/api/v1/queue-matching", json=body), 422, "other_candidate")


async def test_a_profile_without_end_is_refused(admin: httpx.AsyncClient) -> None:
    skills = [{"name": f"skill{number}"} for number in range(10_000)]
    refused(await admin.post("/api/v1/candidates", json={"profile": {"skills": skills}}), 422, "validation_error")


async def test_a_cv_with_skills_without_end_is_read_in_part(admin: httpx.AsyncClient) -> None:
    endless = "COMPÉTENCES\n" + ", ".join(f"outil{number}" for number in range(20_000))
    done = await settled(admin, (await accepted(admin, f"Claire Fontaine\n\n{endless}"))["job_id"])
    assert done["status"] == "done"
    assert len(done["result"]["data"]["skills"]) <= 300


async def test_each_owner_reads_their_own_deliveries(
    talentflow: Backend, admin: httpx.AsyncClient, recruiter: httpx.AsyncClient
) -> None:
    somebody, offer = await new_candidate(admin), await new_offer(admin)
    await validated(talentflow, somebody)
    body = await asked(admin, candidate_id=somebody, job_id=offer, webhook_url="http://localhost:9/hook")
    path = f"/api/v1/result/{body['job_id']}/deliveries"

    async def announced() -> bool:
        return bool((await admin.get(path)).json()["items"])

    await until(announced)
    assert (await recruiter.get(path)).json()["items"] == []


async def test_nesting_without_end_is_refused(talentflow: Backend) -> None:
    for depth in (100, 954, 955, 5000):
        body = '{"email":' + "[" * depth + "]" * depth + "}"
        headers = {"content-type": "application/json"}
        answer = await talentflow.app.post("/api/v1/auth/login", content=body, headers=headers)
        assert 400 <= answer.status_code < 500, (depth, answer.text)
