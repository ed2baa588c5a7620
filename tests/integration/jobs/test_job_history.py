"""A caller's own searches as a list, their deletion and repetition; the sources; offers that may not be shown."""

from collections.abc import AsyncGenerator, Collection
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import catalogue, job_searches
from db.tables import JobSearch, Offer
from domain.source_errors import source_error
from embedded.seed import ADMIN
from tests.backend import Backend
from tests.integration.api.calls import refused
from tests.integration.api.edge import caller_of
from tests.integration.jobs.calls import JOBS, SEARCH, begin, ended, searched, status_of, told
from tests.stubs.job_boards import JobBoards
from tests.waiting import until
from workflows.sweep_searches import SweepSearchesWorkflow


@pytest_asyncio.fixture
async def owner(searching: Backend) -> AsyncGenerator[httpx.AsyncClient]:
    """Somebody without a history."""
    async with await caller_of(searching, "candidate") as client:
        yield client


async def listed(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get(f"{JOBS}/searches", params=params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def change_offer(backend: Backend, offer_id: int, **values: Any) -> None:
    async with backend.state.database.transaction() as session:
        await session.execute(update(Offer).where(Offer.id == offer_id).values(**values))


async def test_own_searches_are_listed_newest_first(
    searching: Backend, boards: JobBoards, owner: httpx.AsyncClient
) -> None:
    boards.fail("arbeitnow", "status", 500)
    partial = await searched(owner, sources=["adzuna", "arbeitnow"])
    boards.fail("adzuna", "hang")
    failed = await searched(owner, sources=["arbeitnow"])
    running = await begin(owner, sources=["adzuna"], force_refresh=True)

    async def begun() -> bool:
        return len(await listed(owner)) == 3

    await until(begun)
    entries = await listed(owner)
    assert [entry["task_id"] for entry in entries] == [running["task_id"], failed["task_id"], partial["task_id"]]
    assert [entry["status"] for entry in entries] == ["processing", "failed", "completed"]
    for entry, end in zip(entries[1:], (failed, partial), strict=True):
        for name in ("message", "search_params", "count", "partial", "cached", "created_at", "duration_ms"):
            assert entry[name] == end[name], name
    assert entries[2]["sources"] == {
        "adzuna": {"status": "completed", "kept": partial["sources"]["adzuna"]["kept"], "error_code": None},
        "arbeitnow": {"status": "failed", "kept": 0, "error_code": "upstream_5xx"},
    }
    for status in ("processing", "failed", "completed", "cancelled"):
        assert [entry["status"] for entry in await listed(owner, status=status)] == [status] * (status != "cancelled")
    first = (await owner.get(f"{JOBS}/searches", params={"limit": 2})).json()
    last = (await owner.get(f"{JOBS}/searches", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [*first["items"], *last["items"]] == await listed(owner)
    assert last["next_cursor"] is None
    refused(await owner.get(f"{JOBS}/searches", params={"cursor": "x"}), 422, "bad_cursor")
    async with await caller_of(searching, "admin") as admin:
        assert await listed(admin) == []
    refused(await owner.delete(f"{JOBS}/searches/{running['task_id']}"), 409, "search_running")
    await owner.post(f"{SEARCH}/{running['task_id']}/cancel")
    assert (await ended(owner, running["task_id"]))["status"] == "cancelled"


async def stored(backend: Backend, task_id: str) -> JobSearch:
    async with backend.state.database.transaction() as session:
        return await session.get_one(JobSearch, task_id)


async def test_a_deleted_search_is_gone_and_its_offers_stay(boards: JobBoards, owner: httpx.AsyncClient) -> None:
    key = str(uuid4())
    task = (await begin(owner, key=key, sources=["adzuna"]))["task_id"]
    offer = (await ended(owner, task))["offers"][0]["id"]
    assert (await told(owner, task))[-1].kind == "done"  # its events are still at hand
    answer = await owner.delete(f"{JOBS}/searches/{task}")
    assert (answer.status_code, answer.content) == (204, b"")
    for method, path in (
        ("GET", f"{SEARCH}/status/{task}"),
        ("GET", f"{SEARCH}/{task}/offers"),
        ("GET", f"{SEARCH}/{task}/events"),
        ("POST", f"{SEARCH}/{task}/cancel"),
        ("DELETE", f"{JOBS}/searches/{task}"),
        ("POST", f"{JOBS}/searches/{task}/rerun"),
    ):
        refused(await owner.request(method, path), 404, "search_not_found")
    assert await listed(owner) == []
    assert (await owner.get(f"/api/v1/offers/{offer}")).status_code == 200
    again = {"keywords": "Python", "sources": ["adzuna"]}
    refused(await owner.post(f"{SEARCH}/async", json=again, headers={"Idempotency-Key": key}), 404, "search_not_found")


async def test_a_deleted_search_is_not_begun_by_a_late_attempt(
    searching: Backend, boards: JobBoards, owner: httpx.AsyncClient
) -> None:
    task = (await searched(owner, sources=["catalogue"]))["task_id"]
    row = await stored(searching, task)
    begun = {name: getattr(row, name) for name in ("task_id", "owner", "params", "plan", "created_at")}
    assert (await owner.delete(f"{JOBS}/searches/{task}")).status_code == 204
    async with searching.state.database.transaction() as session:
        await job_searches.add_search(session, begun, {"adzuna": source_error("disabled")})
    refused(await owner.get(f"{SEARCH}/status/{task}"), 404, "search_not_found")
    assert await listed(owner) == []


async def test_a_search_that_was_dropped_for_its_age_is_not_a_lost_one(
    searching: Backend, boards: JobBoards, owner: httpx.AsyncClient
) -> None:
    task = (await searched(owner, sources=["catalogue"]))["task_id"]
    await searching.temporal.get_workflow_handle(task).result()  # Temporal knows the run longer
    async with searching.state.database.transaction() as session:
        (await session.get_one(JobSearch, task)).created_at -= timedelta(days=31)
    swept = await searching.temporal.execute_workflow(
        SweepSearchesWorkflow.run, id=f"sweep-{task}", task_queue=searching.queue
    )
    assert swept.removed >= 1
    refused(await owner.get(f"{SEARCH}/status/{task}"), 404, "search_not_found")


async def test_a_search_is_run_again(boards: JobBoards, owner: httpx.AsyncClient) -> None:
    first = await searched(owner, sources=["adzuna", "catalogue"], location="Paris", max_results=7)
    boards.calls.clear()
    path = f"{JOBS}/searches/{first['task_id']}/rerun"
    answer = await owner.post(path)
    assert answer.status_code == 202, answer.text
    task = answer.json()
    assert answer.headers["location"] == task["links"]["status"]
    assert task["task_id"] != first["task_id"]
    assert (task["rerun_of"], task["cached"]) == (first["task_id"], True)
    assert task["search_params"] == first["search_params"]
    second = await ended(owner, task["task_id"])
    assert (second["rerun_of"], second["cached"]) == (first["task_id"], True)
    assert boards.calls == []
    fresh = await owner.post(path, json={"force_refresh": True})
    assert fresh.status_code == 202
    assert (await ended(owner, fresh.json()["task_id"]))["cached"] is False
    assert [call.source for call in boards.calls] == ["adzuna"]
    refused(await owner.post(path, json={"keywords": "Java"}), 422, "validation_error")
    assert [entry["rerun_of"] for entry in await listed(owner)] == [first["task_id"], first["task_id"], None]


async def test_sources_say_what_they_can_do_and_how_they_are(boards: JobBoards, owner: httpx.AsyncClient) -> None:
    boards.fail("arbeitnow", "status", 500)
    await searched(owner, sources=["adzuna", "arbeitnow"])
    answer = await owner.get(f"{JOBS}/sources")
    assert answer.status_code == 200
    sources = {source["name"]: source for source in answer.json()["items"]}
    assert list(sources) == ["france_travail", "adzuna", "arbeitnow", "la_bonne_alternance", "catalogue"]
    adzuna, arbeitnow = sources["adzuna"], sources["arbeitnow"]
    assert (adzuna["enabled"], adzuna["configured"], adzuna["reason"]) == (True, True, None)
    assert adzuna["attribution"]["label"] == "Jobs by Adzuna"
    assert adzuna["last_success_at"].endswith("Z")
    assert adzuna["quota"][0] == {"window": "day", "limit": 250, "remaining": 249}
    assert (arbeitnow["last_success_at"], arbeitnow["last_error"]["code"]) == (None, "upstream_5xx")
    assert "keywords" in sources["catalogue"]["supported_filters"]


async def test_sources_without_keys_say_so(talentflow: Backend, candidate: httpx.AsyncClient) -> None:
    sources = {source["name"]: source for source in (await candidate.get(f"{JOBS}/sources")).json()["items"]}
    adzuna, alternance = sources["adzuna"], sources["la_bonne_alternance"]
    assert (adzuna["enabled"], adzuna["configured"]) == (True, False)
    assert adzuna["reason"] == "Source non configurée"
    assert (alternance["enabled"], alternance["configured"]) == (False, False)
    assert alternance["reason"] == "Source désactivée"
    assert sources["catalogue"]["configured"] is True


async def test_an_offer_that_goes_while_it_is_read_is_read_as_it_was(
    searching: Backend, boards: JobBoards, owner: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = (await searched(owner, sources=["adzuna"]))["offers"][0]["id"]
    read = catalogue.offers_by_id

    async def read_then_deleted(session: AsyncSession, ids: Collection[int]) -> dict[int, tuple[Offer, bool]]:
        found = await read(session, ids)
        async with searching.state.database.transaction() as other:
            await other.delete(await other.get_one(Offer, offer))
        return found

    with monkeypatch.context() as patched:
        patched.setattr(catalogue, "offers_by_id", read_then_deleted)
        answer = await owner.get(f"/api/v1/offers/{offer}")
    assert (answer.status_code, answer.json()["id"]) == (200, offer)
    refused(await owner.get(f"/api/v1/offers/{offer}"), 404, "offer_not_found")


async def test_offers_that_may_not_be_shown_are_gone_everywhere(
    searching: Backend, boards: JobBoards, owner: httpx.AsyncClient
) -> None:
    done = await searched(owner, sources=["france_travail"])
    hidden, withdrawn, deleted, *_ = [offer["id"] for offer in done["offers"]]
    unverified = func.now() - timedelta(hours=25)
    await change_offer(searching, hidden, last_verified_at=unverified)
    await change_offer(searching, withdrawn, state="withdrawn", company=None, description="")
    async with searching.state.database.transaction() as session:
        await session.delete(await session.get_one(Offer, deleted))
    later = await status_of(owner, done["task_id"])
    assert (later["count"], later["message"]) == (done["count"], done["message"])
    gone = {offer["id"]: offer["status"] for offer in later["offers"] if "status" in offer}
    assert gone == {hidden: "hidden", withdrawn: "withdrawn", deleted: "deleted"}
    stubs = [offer for offer in later["offers"] if offer["id"] in (hidden, withdrawn)]
    assert all(offer.keys() == {"id", "title", "status", "seq"} for offer in stubs)
    arrived = (await owner.get(f"{SEARCH}/{done['task_id']}/offers")).json()["offers"]
    assert {offer["id"] for offer in arrived if "status" in offer} == set(gone)
    for offer_id in (hidden, withdrawn):
        refused(await owner.get(f"/api/v1/offers/{offer_id}"), 410, "offer_gone")
    refused(await owner.get(f"/api/v1/offers/{deleted}"), 404, "offer_not_found")
    async with await searching.login(ADMIN) as admin:
        everything = (await admin.get("/api/v1/offers", params={"limit": 200})).json()["items"]
    assert not {offer["id"] for offer in everything} & set(gone)
