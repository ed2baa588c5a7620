"""Searching for job offers over HTTP: the published recipe, what is found, what fails, what is refused."""

from collections.abc import AsyncGenerator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from embedded.seed import ADMIN, CANDIDATE
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from tests.integration.api.calls import asked, new_candidate, new_offer, refused
from tests.integration.api.edge import caller_of, closed_port, edge, headers_of
from tests.integration.jobs.calls import ENDS, JOBS, SEARCH, begin, ended, searched, status_of
from tests.integration.jobs.conftest import PATIENT
from tests.stubs.job_boards import JobBoards
from tests.waiting import matched, until

ALL = ["france_travail", "adzuna", "arbeitnow", "la_bonne_alternance", "catalogue"]
EVERY_STATE = {
    "task_id", "status", "message", "progress", "count", "offers", "sources", "partial", "cached", "engine",
    "search_params", "created_at", "started_at",
}  # fmt: skip


@pytest_asyncio.fixture(scope="module")
async def john(searching: Backend) -> AsyncGenerator[httpx.AsyncClient]:
    async with await searching.login(CANDIDATE) as client:
        yield client


@pytest_asyncio.fixture(scope="module")
async def somebody(searching: Backend) -> AsyncGenerator[httpx.AsyncClient]:
    async with await caller_of(searching, "candidate") as client:
        yield client


async def test_the_published_recipe_without_network_and_keys(servers: EmbeddedServers) -> None:
    with closed_port() as port:
        away = {"arbeitnow_base_url": f"http://127.0.0.1:{port}"}
        async with backend(servers, **{**PATIENT, **away}) as alone:
            async with await alone.login(ADMIN) as admin:
                offer = await new_offer(admin, location="Paris", company="Atelier Numérique")
            login = {"email": "john.doe@testmail.com", "password": "Test2026!"}
            token = (await alone.app.post("/api/v1/auth/login", json=login)).json()
            assert token["token_type"] == "bearer"
            headers = {"Authorization": f"Bearer {token['access_token']}"}
            asked_for = {"keywords": "Python", "location": "Paris"}
            started = await alone.app.post(f"{SEARCH}/async", params=asked_for, headers=headers)
            assert started.status_code == 202, started.text
            task = started.json()
            assert (task["status"], task["message"], task["cached"]) == ("pending", "Recherche lancée...", False)
            assert task["search_params"] == {
                "keywords": "Python", "location": "Paris", "job_type": None, "work_mode": None, "company": None,
                "sources": ["france_travail", "adzuna", "arbeitnow", "catalogue"], "radius_km": 10, "max_results": 100,
            }  # fmt: skip
            resolved = {"kind": "commune", "label": "Paris (75)", "insee": "75056", "department": "75"}
            assert task["location_resolution"] == {"state": "resolved", **resolved}
            alone.app.headers.update(headers)
            done = await ended(alone.app, task["task_id"])
    assert (done["status"], done["partial"], done["progress"]) == ("completed", True, 100)
    assert done["notice"] == "Résultats partiels : arbeitnow : connexion impossible."
    codes = {name: (source["status"], source.get("error", {}).get("code")) for name, source in done["sources"].items()}
    assert codes == {
        "france_travail": ("skipped", "not_configured"),
        "adzuna": ("skipped", "not_configured"),
        "arbeitnow": ("failed", "connect_failed"),
        "catalogue": ("completed", None),
    }
    assert offer in [found["id"] for found in done["offers"]]
    assert {found["source_platform"] for found in done["offers"]} == {"internal"}
    assert all(found["title"] and found["url"] for found in done["offers"])


async def test_what_was_found_is_whole_counted_and_matchable(
    searching: Backend, boards: JobBoards, john: httpx.AsyncClient
) -> None:
    done = await searched(john, sources=ALL, location="Paris")
    assert done.keys() == EVERY_STATE | {
        "finished_at", "duration_ms", "total_found", "notice", "cached_at", "rerun_of",
    }  # fmt: skip
    assert (done["status"], done["partial"], done["notice"], done["engine"]) == ("completed", False, None, None)
    assert done["count"] == len(done["offers"]) == done["total_found"] > 3
    assert done["message"] == f"{done['count']} offres trouvées!"
    assert done["created_at"].endswith("Z")
    for source in done["sources"].values():
        assert source["fetched"] == source["kept"] + source["filtered"] + source["invalid"]
    kept = sum(source["kept"] for source in done["sources"].values())
    assert kept == done["count"] + sum(source["duplicates"] for source in done["sources"].values())
    for found in done["offers"]:
        assert found["title"]
        assert found["url"]
        assert found["source_platform"] in (*ALL, "internal")
        assert found["id"] in [source["id"] for source in found["sources"]]
    assert any(len(found["sources"]) > 1 for found in done["offers"])
    assert "offers" not in await status_of(john, done["task_id"], offers="none")
    offer = next(found["id"] for found in done["offers"] if found["source_platform"] == "france_travail")
    whole = await john.get(f"/api/v1/offers/{offer}")
    assert whole.json()["details"]
    async with await searching.login(ADMIN) as admin:
        pair = await asked(admin, candidate_id=await new_candidate(admin), job_id=offer)
        assert (await matched(admin, pair["job_id"]))["status"] == "completed"


async def test_ads_are_read_page_by_page_without_gap_or_repeat(boards: JobBoards, john: httpx.AsyncClient) -> None:
    task = await begin(john, sources=ALL[:4])
    seen: list[int] = []
    after = 0
    while True:
        answer = await john.get(f"{SEARCH}/{task['task_id']}/offers", params={"after": after, "limit": 2})
        body = answer.json()
        seen += [offer["seq"] for offer in body["offers"]]
        after = body["meta"]["after"]
        if body["meta"]["terminal"] and not body["meta"]["has_more"]:
            break
    assert seen == sorted(set(seen))
    done = await status_of(john, task["task_id"])
    in_list = {source["id"] for offer in done["offers"] for source in offer["sources"]}
    assert len(seen) == len(in_list)


async def test_offers_come_before_the_slowest_source_ends(boards: JobBoards, john: httpx.AsyncClient) -> None:
    boards.fail("adzuna", "hang")
    task = await begin(john, sources=ALL)
    states: list[dict[str, Any]] = []

    async def end() -> bool:
        states.append(await status_of(john, task["task_id"]))
        if states[-1]["offers"]:
            boards.release()
        return states[-1]["status"] in ENDS

    await until(end)
    order = {"pending": 0, "processing": 1, "completed": 2}
    assert sorted(states, key=lambda state: order[state["status"]]) == states
    progress = [state["progress"] for state in states]
    assert progress == sorted(progress)
    assert {value for value in progress if 0 < value < 100}
    early = [state for state in states if state["status"] == "processing" and state["offers"]]
    assert early
    assert early[0]["sources"]["adzuna"]["status"] in ("queued", "running")
    assert early[0]["message"].startswith("Scraping en cours... ")
    assert all(state.keys() >= EVERY_STATE for state in states)


async def test_a_source_that_is_tried_again_says_why(boards: JobBoards, john: httpx.AsyncClient) -> None:
    boards.fail("arbeitnow", "status", 503, count=1)
    boards.fail("arbeitnow", "hang")
    task = await begin(john, sources=["arbeitnow"])

    async def tried() -> dict[str, Any] | None:
        state = await status_of(john, task["task_id"])
        source = state["sources"].get("arbeitnow", {})
        return source if source.get("attempt") == 2 else None

    source = await until(tried)
    assert source["status"] == "running"
    assert source["last_error"] == {"code": "upstream_5xx", "message": "Erreur du service distant"}
    boards.release()
    assert (await ended(john, task["task_id"]))["status"] == "completed"


@pytest.mark.parametrize(
    ("mode", "value", "state", "code"),
    [("status", 500, "failed", "upstream_5xx"), ("html", 200, "failed", "bad_payload"),
     ("hang", None, "timed_out", "timeout")],
)  # fmt: skip
async def test_a_broken_source_leaves_the_others_alone(
    searching: Backend, hasty: Backend, boards: JobBoards, mode: Any, value: Any, state: str, code: str
) -> None:
    boards.fail("adzuna", mode, value)
    async with await caller_of(hasty if mode == "hang" else searching, "candidate") as client:
        done = await searched(client, sources=ALL)
    assert (done["status"], done["partial"]) == ("completed", True)
    assert done["count"] > 0
    assert "adzuna" in done["notice"]
    assert (done["sources"]["adzuna"]["status"], done["sources"]["adzuna"]["error"]["code"]) == (state, code)
    assert done["sources"]["france_travail"]["status"] == "completed"


async def test_all_sources_down_is_a_failure_and_no_result_is_none(boards: JobBoards, john: httpx.AsyncClient) -> None:
    for source in ALL[:4]:
        boards.fail(source, "drop")
    boards.fail("france_travail_token", "drop")
    failed = await searched(john, sources=ALL[:4])
    assert (failed["status"], failed["error_code"], failed["count"]) == ("failed", "all_sources_failed", 0)
    assert failed["error"] == "Impossible de se connecter aux plateformes"
    assert failed["message"] == f"Erreur: {failed['error']}"
    assert failed["progress"] == 95
    boards.reset()
    empty = await searched(john, keywords="xylophoniste", sources=ALL)
    assert (empty["status"], empty["message"], empty["partial"]) == ("completed", "0 offre trouvée!", False)
    again = await searched(john, sources=ALL[:4])
    assert (again["status"], again["cached"]) == ("completed", False)


async def test_a_search_is_cancelled_with_what_it_has(
    boards: JobBoards, john: httpx.AsyncClient, somebody: httpx.AsyncClient
) -> None:
    boards.fail("adzuna", "hang", count=1)
    task, other = await begin(john, sources=ALL), await begin(somebody, sources=ALL)

    async def found() -> bool:
        return bool((await status_of(john, task["task_id"]))["count"])

    await until(found)
    answer = await john.post(f"{SEARCH}/{task['task_id']}/cancel")
    assert answer.status_code == 202
    assert answer.json() == {"task_id": task["task_id"], "status": "processing", "message": "Annulation en cours..."}
    end = await ended(john, task["task_id"])
    assert end["status"] == "cancelled"
    assert end["message"].startswith("Recherche annulée. ")
    assert end["count"] == len(end["offers"]) > 0
    assert 0 < end["progress"] < 100
    assert end["sources"]["adzuna"]["status"] == "cancelled"
    again = await john.post(f"{SEARCH}/{task['task_id']}/cancel")
    assert (again.status_code, again.json()["status"]) == (200, "cancelled")
    boards.release()
    assert (await ended(somebody, other["task_id"]))["sources"]["adzuna"]["status"] == "completed"
    assert len(boards.calls_to("adzuna")) == 1  # which hung when the search ended that was cancelled


async def test_what_was_read_serves_others_too(
    boards: JobBoards, john: httpx.AsyncClient, somebody: httpx.AsyncClient
) -> None:
    sources = ["adzuna", "arbeitnow", "catalogue"]
    first = await searched(john, sources=sources)
    assert (first["cached"], first["cached_at"]) == (False, None)
    boards.calls.clear()
    task = await begin(somebody, keywords=" PYTHON ", sources=sources)
    assert task["cached"] is True
    second = await ended(somebody, task["task_id"])
    assert (second["cached"], second["count"]) == (True, first["count"])
    assert second["sources"]["adzuna"]["from_cache"] is True
    assert first["created_at"] < second["cached_at"] < second["created_at"]
    assert boards.calls == []
    fresh = await begin(john, sources=sources, force_refresh=True)
    assert fresh["cached"] is False
    assert (await ended(john, fresh["task_id"]))["cached"] is False
    assert {call.source for call in boards.calls} == {"adzuna", "arbeitnow"}


async def test_a_place_of_several_towns_names_them(boards: JobBoards, john: httpx.AsyncClient) -> None:
    task = await begin(john, location="Saint-Denis", sources=["france_travail", "catalogue"])
    assert task["location_resolution"]["state"] == "ambiguous"
    assert {"Saint-Denis (93)", "Saint-Denis (974)"} <= {
        place["label"] for place in task["location_resolution"]["candidates"]
    }
    skipped = (await ended(john, task["task_id"]))["sources"]["france_travail"]
    assert (skipped["status"], skipped["error"]["code"]) == ("skipped", "location_ambiguous")
    assert len(skipped["error"]["candidates"]) > 1
    postcode = await begin(john, location="13001", sources=["catalogue"])
    assert postcode["location_resolution"]["label"] == "Marseille (13)"
    anywhere = await begin(john, location="télétravail", sources=["catalogue"])
    assert anywhere["search_params"]["work_mode"] == "remote"


async def test_a_search_without_workers_waits_and_is_lost(servers: EmbeddedServers) -> None:
    async with edge(servers) as api:
        headers = await headers_of(api.state, "candidate")
        async with api.client(**headers) as client, api.client(**await headers_of(api.state, "admin")) as admin:
            task = (await begin(client, sources=["catalogue"]))["task_id"]
            waiting = await status_of(client, task)
            assert (waiting["status"], waiting["message"]) == ("pending", "En file d'attente...")
            assert (waiting["progress"], waiting["count"]) == (0, 0)
            assert (waiting["offers"], waiting["sources"]) == ([], {})
            assert waiting["search_params"]["sources"] == ["catalogue"]
            refused(await admin.get(f"{SEARCH}/status/{task}"), 404, "search_not_found")
            refused(await client.delete(f"{JOBS}/searches/{task}"), 409, "search_running")
            await api.state.temporal.get_workflow_handle(task).terminate()
            lost = await ended(client, task)
            assert (lost["status"], lost["error_code"]) == ("failed", "worker_lost")
            assert lost["message"] == "Erreur: Exécution interrompue"


async def test_a_terminated_search_is_lost_with_what_it_has(
    searching: Backend, boards: JobBoards, john: httpx.AsyncClient
) -> None:
    boards.fail("adzuna", "hang")
    task = (await begin(john, sources=["adzuna", "arbeitnow"]))["task_id"]

    async def found() -> bool:
        return bool((await status_of(john, task))["count"])

    await until(found)
    await searching.temporal.get_workflow_handle(task).terminate()
    lost = await ended(john, task)
    assert (lost["status"], lost["error_code"]) == ("failed", "worker_lost")
    assert lost["count"] == len(lost["offers"]) > 0
    assert lost["sources"]["adzuna"]["status"] == "timed_out"


async def test_without_temporal_nothing_starts_and_what_is_decided_is_read(
    servers: EmbeddedServers, searching: Backend, somebody: httpx.AsyncClient
) -> None:
    task = await searched(somebody, sources=["catalogue"])
    with closed_port() as port:
        async with (
            edge(servers, temporal_address=f"127.0.0.1:{port}") as api,
            api.client(Authorization=somebody.headers["authorization"]) as client,
        ):
            assert (await status_of(client, task["task_id"])) == task
            assert len((await client.get(f"{JOBS}/searches")).json()["items"]) == 1
            refused(await client.post(f"{SEARCH}/async?keywords=Python"), 503, "temporal_unavailable")
            unknown = await client.get(f"{SEARCH}/status/job-search-{uuid4()}")
            refused(unknown, 503, "temporal_unavailable")
            assert (await client.post(f"{SEARCH}/{task['task_id']}/cancel")).status_code == 200
            assert len((await client.get(f"{JOBS}/searches")).json()["items"]) == 1


async def test_starting_waits_for_no_source(boards: JobBoards, john: httpx.AsyncClient) -> None:
    for source in ALL[:4]:
        boards.fail(source, "hang")
    boards.fail("france_travail_token", "hang")
    task = await begin(john, sources=ALL)
    assert (await status_of(john, task["task_id"]))["status"] in ("pending", "processing")
    await john.post(f"{SEARCH}/{task['task_id']}/cancel")
    assert (await ended(john, task["task_id"]))["status"] == "cancelled"
