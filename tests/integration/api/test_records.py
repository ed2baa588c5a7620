"""Offers and candidates: kept, changed, removed, listed page by page."""

from typing import Any

import httpx

from tests.backend import Backend
from tests.integration.api.calls import OFFER, new_candidate, new_offer, refused, wrong_fields
from tests.integration.api.edge import caller_of


async def test_an_offer_is_kept_changed_and_removed(recruiter: httpx.AsyncClient) -> None:
    whole = {
        **OFFER,
        "company": "Atelier Numérique",
        "location": "Lyon",
        "work_mode": "hybrid",
        "job_type": "CDI",
        "experience_min_years": 2.5,
        "education_level": "bac+3",
        "languages": [{"language": "en", "level": "B2"}],
        "salary": {"min": 40000, "max": 50000, "currency": "EUR", "period": "year"},
        "url": "https://www.example.org/offre",
    }
    answer = await recruiter.post("/api/v1/offers", json=whole)
    assert answer.status_code == 201
    made = answer.json()
    path = answer.headers["location"]
    assert path == f"/api/v1/offers/{made['id']}"
    assert {key: made[key] for key in whole} == whole
    assert (made["source"], made["state"], made["version"]) == ("internal", "open", 1)
    assert (await recruiter.get(path)).json() == made
    changed = (await recruiter.put(path, json={"title": "Cuisinier"})).json()
    assert (changed["title"], changed["company"], changed["version"]) == ("Cuisinier", None, 2)
    assert (await recruiter.delete(path)).status_code == 204
    for gone in (recruiter.get(path), recruiter.delete(path), recruiter.put(path, json={"title": "x"})):
        refused(await gone, 404, "offer_not_found")


async def test_bad_offers_name_the_field(recruiter: httpx.AsyncClient) -> None:
    for field, value in {
        "title": "",
        "work_mode": "moon",
        "job_type": "CDX",
        "education_level": "bac+4",
        "languages": [{"language": "english"}],
        "salary": {"min": 2, "max": 1},
        "experience_max_years": 61,
        "url": "javascript:alert(1)",
        "titel": "x",
    }.items():
        answer = await recruiter.post("/api/v1/offers", json={**OFFER, field: value})
        details = refused(answer, 422, "validation_error")["detail"]
        assert field == "salary" or any(field in item["loc"] for item in details), (field, details)


async def test_lists_are_read_page_by_page(admin: httpx.AsyncClient) -> None:
    word = "Zythologue"
    made = [await new_offer(admin, title=f"{word} {n}") for n in range(5)]
    read: list[int] = []
    params: dict[str, Any] = {"q": word.lower(), "limit": 2}
    pages = 0
    while True:
        page = (await admin.get("/api/v1/offers", params=params)).json()
        assert page.keys() == {"items", "next_cursor"}
        read += [item["id"] for item in page["items"]]
        pages += 1
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert (read, pages) == (made, 3)
    assert (await admin.get("/api/v1/offers", params={"q": "100%_"})).json()["items"] == []


async def test_a_candidate_is_kept_and_changed(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    async with await caller_of(talentflow, "candidate") as person:
        body = {"first_name": "Ana", "preferences": {"work_mode": "remote", "availability": "2030-01-01"}}
        answer = await person.post("/api/v1/candidates", json=body)
        assert answer.status_code == 201
        made = answer.json()
        assert answer.headers["location"] == f"/api/v1/candidates/{made['id']}"
        assert (made["status"], made["version"], made["profile_version"]) == ("DRAFT", 1, 1)
        assert made["preferences"]["work_mode"] == "remote"
        refused(await person.post("/api/v1/candidates", json=body), 409, "candidate_exists")
        path = f"/api/v1/candidates/{made['id']}"
        changed = (await person.patch(path, json={"city": "Lyon"})).json()
        assert (changed["first_name"], changed["city"]) == ("Ana", "Lyon")
        assert (changed["version"], changed["profile_version"]) == (2, 1)
        changed = (await person.patch(path, json={"profile": {"position": "Cuisinière"}})).json()
        assert (changed["version"], changed["profile_version"]) == (3, 2)
        assert (await person.patch(path, json={})).json()["version"] == 3
        assert (await person.get(path)).json() == changed
        assert wrong_fields(await person.patch(path, json={"status": "VALIDATED"})) == ["status"]
    drafts: list[int] = []
    params: dict[str, Any] = {"status": "DRAFT", "limit": 200}
    while True:
        page = (await admin.get("/api/v1/candidates", params=params)).json()
        assert {item["status"] for item in page["items"]} == {"DRAFT"}
        drafts += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert made["id"] in drafts
    assert drafts == sorted(set(drafts))
    assert await new_candidate(admin) > drafts[-1]
