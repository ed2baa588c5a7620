"""Matching requests over HTTP: what is asked, what is refused, how a ranking is read, what a chain makes."""

from typing import Any
from uuid import uuid4

import httpx

from tests.backend import Backend
from tests.integration.api.calls import (
    accepted,
    ask,
    asked,
    asked_bulk,
    new_candidate,
    new_offer,
    refused,
    wrong_fields,
)
from tests.integration.api.edge import caller_of
from tests.waiting import matched


async def test_a_pair_is_scored_and_explained(admin: httpx.AsyncClient) -> None:
    candidate, offer = await new_candidate(admin), await new_offer(admin)
    body = await asked(admin, candidate_id=candidate, job_id=offer)
    job = f"matching-{candidate}-{offer}"
    links = {
        "status": f"/api/v1/status/{job}",
        "result": f"/api/v1/result/{job}",
        "cancel": f"/api/v1/matching/{job}/cancel",
    }
    message = f"Calcul de matching mis en file d'attente pour le candidat {candidate} et l'offre {offer}"
    assert body == {
        "job_id": job,
        "status": "queued",
        "queue": "matching_standard",
        "message": message,
        "links": links,
    }
    end = await matched(admin, job)
    assert end["status"] == "completed"
    result = end["result"]
    assert (result["candidate_id"], result["offer_id"], result["job_id"]) == (candidate, offer, job)
    assert result["details"]["skills_score"] == 1
    assert 0.7 < result["score"] <= 1
    assert (await admin.get(f"/api/v1/status/{job}")).json() == {"job_id": job, "status": "completed"}
    again = await asked(admin, candidate_id=candidate, job_id=offer)
    assert (again["job_id"], again["status"]) == (job, "completed")
    assert (await admin.get(f"/api/v1/result/{job}")).json() == end


async def test_a_changed_side_is_scored_anew(admin: httpx.AsyncClient) -> None:
    candidate, offer = await new_candidate(admin), await new_offer(admin)
    pair: dict[str, Any] = {"candidate_id": candidate, "job_id": offer}
    first = (await matched(admin, (await asked(admin, **pair))["job_id"]))["result"]
    change = {"title": "Cuisinier", "required_skills": ["HACCP"]}
    assert (await admin.put(f"/api/v1/offers/{offer}", json=change)).status_code == 200
    body = await asked(admin, **pair)
    assert body["status"] == "queued"
    second = (await matched(admin, body["job_id"]))["result"]
    assert second["score"] < first["score"]
    assert (second["offer_version"], second["profile_version"]) == (2, 1)


async def test_a_ranking_is_read_page_by_page(admin: httpx.AsyncClient) -> None:
    candidate = await new_candidate(admin)
    skills = [["Python"], ["Python", "PostgreSQL"], ["HACCP"], ["Python", "Java"], ["Java"], ["Python", "PostgreSQL"]]
    offers = [await new_offer(admin, title=f"Poste {n}", required_skills=s) for n, s in enumerate(skills)]
    body = await asked_bulk(admin, candidate_id=candidate, job_ids=[*offers, offers[0]])
    job = body["job_id"]
    assert job.startswith("matching-bulk-")
    assert body["queue"] == "matching_bulk"
    assert body["jobs"] == [{"job_id": f"matching-{candidate}-{offer}", "offer_id": offer} for offer in offers]
    whole = (await matched(admin, job))["result"]
    ranks = [(item["rank"], item["score"], item["offer_id"]) for item in whole["items"]]
    assert [rank for rank, *_ in ranks] == [1, 2, 3, 4, 5, 6]
    assert ranks == [
        (n, *rest) for n, rest in enumerate(sorted((r[1:] for r in ranks), key=lambda r: (-r[0], r[1])), 1)
    ]
    assert {item["offer_id"] for item in whole["items"]} == set(offers)
    assert whole["items"][0]["title"] == "Poste 0"
    assert (whole["total"], whole["next_cursor"], whole["errors"]) == (6, None, [])
    read: list[Any] = []
    cursor = None
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await admin.get(f"/api/v1/result/{job}", params=params)).json()["result"]
        assert len(page["items"]) == 2
        read += page["items"]
        if (cursor := page["next_cursor"]) is None:
            break
    assert read == whole["items"]
    status = (await admin.get(f"/api/v1/status/{job}")).json()
    assert status["progress"] == {"done": 6, "total": 6, "percent": 100}
    pair = (await admin.get(f"/api/v1/result/{body['jobs'][2]['job_id']}")).json()
    assert pair["status"] == "completed"
    assert pair["result"]["details"]["skills_matching"]["missing"] == ["HACCP"]
    for bad in ("x", "W10", "eyJhIjoxfQ", f"{2**80}"):
        refused(await admin.get(f"/api/v1/result/{job}", params={"cursor": bad}), 422, "bad_cursor")


async def test_one_offer_ranks_many_candidates(admin: httpx.AsyncClient) -> None:
    offer = await new_offer(admin)
    fitting, other = await new_candidate(admin), await new_candidate(admin, {"skills": [{"name": "Cuisine"}]})
    unread = await new_candidate(admin, None)
    ids = [other, unread, fitting]
    body = await asked_bulk(admin, offer_id=offer, candidate_ids=ids)
    assert body["jobs"] == [{"job_id": f"matching-{c}-{offer}", "candidate_id": c} for c in ids]
    result = (await matched(admin, body["job_id"]))["result"]
    assert [item["candidate_id"] for item in result["items"]] == [fitting, other]
    assert result["errors"] == [{"candidate_id": unread, "offer_id": offer, "error": "Candidat sans profil"}]


async def test_unusable_requests_are_refused(admin: httpx.AsyncClient) -> None:
    candidate, offer, empty = await new_candidate(admin), await new_offer(admin), await new_candidate(admin, None)
    pair: dict[str, Any] = {"candidate_id": candidate, "job_id": offer}
    refused(await ask(admin, candidate_id=candidate, job_id=9000000), 404, "offers_not_found")
    refused(await ask(admin, candidate_id=9000000, job_id=offer), 404, "candidate_not_found")
    refused(await ask(admin, candidate_id=empty, job_id=offer), 409, "no_profile")
    refused(await ask(admin, **pair, depends_on=str(uuid4())), 404, "job_not_found")
    refused(await ask(admin, **pair, webhook_url="http://127.0.0.1/"), 422, "webhook_refused")
    assert wrong_fields(await ask(admin, **pair, depends_on="x")) == ["depends_on"]
    assert wrong_fields(await ask(admin, candidate_id=0, job_id=2**63)) == ["candidate_id", "job_id"]
    assert wrong_fields(await ask(admin, **pair, weight=1)) == ["weight"]
    assert wrong_fields(await ask(admin, "/queue-matching?priority=matching_urgent", **pair)) == ["priority"]
    bulk = "/queue-matching/bulk"
    unknown = await ask(admin, bulk, candidate_id=candidate, job_ids=[9000001, offer, 9000000])
    assert refused(unknown, 404, "offers_not_found")["ids"] == [9000000, 9000001]
    unknown = await ask(admin, bulk, offer_id=offer, candidate_ids=[9000001, candidate])
    assert refused(unknown, 404, "candidates_not_found")["ids"] == [9000001]
    refused(await ask(admin, bulk, candidate_id=empty, job_ids=[offer]), 409, "no_profile")
    for body in (
        {"candidate_id": candidate},
        {"candidate_id": candidate, "job_ids": []},
        {"candidate_id": candidate, "job_ids": [offer], "offer_id": offer},
        {"candidate_id": candidate, "job_ids": [offer], "offer_id": offer, "candidate_ids": [candidate]},
        {"offer_id": offer, "candidate_ids": [candidate], "depends_on": str(uuid4())},
        {"candidate_id": candidate, "job_ids": list(range(1, 10_002))},
        {},
    ):
        refused(await ask(admin, bulk, **body), 422, "validation_error")
    for path in ("status", "result"):
        unknown = await admin.get(f"/api/v1/{path}/matching-9000000-1")
        assert refused(unknown, 404, "job_not_found")["detail"] == "Job avec l'ID matching-9000000-1 non trouvé"


async def test_a_parse_waited_for_is_the_callers_and_the_candidates(
    talentflow: Backend, admin: httpx.AsyncClient
) -> None:
    candidate, other, offer = await new_candidate(admin), await new_candidate(admin), await new_offer(admin)
    parse = (await accepted(admin, candidate_id=str(other)))["job_id"]
    pair: dict[str, Any] = {"candidate_id": candidate, "job_id": offer}
    refused(await ask(admin, **pair, depends_on=parse), 422, "other_candidate")
    async with await caller_of(talentflow, "candidate") as person:
        own = await new_candidate(person)
        foreign = await ask(person, candidate_id=own, job_id=offer, depends_on=parse)
        refused(foreign, 404, "job_not_found")


async def test_a_profile_out_of_this_world_holds_up_nobody(admin: httpx.AsyncClient) -> None:
    position = {"title": "Développeuse Python", "start_date": "0000", "end_date": "9999-12-31", "skills": ["Python"]}
    backwards = {"title": "x" * 1000, "start_date": "9999", "end_date": "0000-02-31"}
    odd = {
        "skills": [{"name": "Python"}, {"name": ""}, {"name": "x" * 1000}],
        "languages": [{"language": "", "label": ""}],
        "experience": [position, backwards],
        "total_experience_months": 10**400,
    }
    offer = await new_offer(admin, experience_min_years=3, salary={"min": "1e-9999", "max": "10000000"})
    strange, plain = await new_candidate(admin, odd), await new_candidate(admin)
    body = await asked_bulk(admin, offer_id=offer, candidate_ids=[strange, plain])
    end = await matched(admin, body["job_id"])
    assert end["status"] == "completed"
    result = end["result"]
    decided = {line["candidate_id"] for line in (*result["items"], *result["errors"])}
    assert decided == {strange, plain}
    assert plain in {item["candidate_id"] for item in result["items"]}
    assert all(0 <= item["score"] <= 1 for item in result["items"])
