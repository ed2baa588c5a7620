"""Which searches for job offers are accepted: parameters, limits, repeated calls, and whose searches exist."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncSession

from db import job_history, job_searches
from embedded.seed import ADMIN, CANDIDATE
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from tests.integration.api.calls import refused, wrong_fields
from tests.integration.api.edge import caller_of, edge, headers_of
from tests.integration.jobs.calls import JOBS, SEARCH, begin, ended, searched, status_of
from tests.integration.jobs.conftest import PATIENT
from tests.stubs.job_boards import JobBoards
from tests.waiting import until


@pytest_asyncio.fixture(scope="module")
async def john(searching: Backend) -> AsyncGenerator[httpx.AsyncClient]:
    async with await searching.login(CANDIDATE) as client:
        yield client


@pytest_asyncio.fixture(scope="module")
async def somebody(searching: Backend) -> AsyncGenerator[httpx.AsyncClient]:
    async with await caller_of(searching, "candidate") as client:
        yield client


async def test_an_idempotency_key_starts_one_search(boards: JobBoards, john: httpx.AsyncClient) -> None:
    key = str(uuid4())
    tasks = await asyncio.gather(*(begin(john, key=key, sources=["adzuna"]) for _ in range(3)))
    assert len({task["task_id"] for task in tasks}) == 1
    await ended(john, tasks[0]["task_id"])
    assert (await begin(john, key=key, sources=["adzuna"]))["task_id"] == tasks[0]["task_id"]
    other = {"keywords": "Java", "sources": ["adzuna"]}
    answer = await john.post(f"{SEARCH}/async", json=other, headers={"Idempotency-Key": key})
    refused(answer, 422, "idempotency_key_reused")
    listed = (await john.get(f"{JOBS}/searches")).json()["items"]
    assert [search["task_id"] for search in listed] == [tasks[0]["task_id"]]


async def test_query_and_body_are_one_request(john: httpx.AsyncClient) -> None:
    answer = await john.post(
        f"{SEARCH}/async?keyword=C%2B%2B&job_type=&work_mode=Télétravail",
        json={"keywords": "C++", "job_type": "apprentissage", "company": None, "sources": ["catalogue"]},
    )
    assert answer.status_code == 202, answer.text
    shown = answer.json()["search_params"]
    assert (shown["keywords"], shown["job_type"], shown["work_mode"]) == ("C++", "ALTERNANCE", "remote")
    differs = await john.post(f"{SEARCH}/async?keywords=Python", json={"keywords": "Java"})
    assert refused(differs, 422, "conflicting_values")["field"] == "keywords"


@pytest.mark.parametrize("body", [None, {}, {"keywords": "  "}, {"keywords": '""', "location": None}])
async def test_an_empty_search_is_refused(john: httpx.AsyncClient, body: Any) -> None:
    refused(await john.post(f"{SEARCH}/async?location=%20", json=body), 422, "empty_query")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"keyword": "a", "mots": "b"}, "mots"),
        ({"keywords": "a" * 201}, "keywords"),
        ({"location": "a" * 101}, "location"),
        ({"keywords": "a", "job_type": "CDX"}, "job_type"),
        ({"keywords": "a", "radius_km": 101}, "radius_km"),
        ({"keywords": "a", "posted_within_days": 0}, "posted_within_days"),
        ({"keywords": "a", "max_results": 301}, "max_results"),
        ({"keywords": "a", "sources": ["adzuna", "monster"]}, "1"),
        ({"keywords": "a\x00b"}, "body"),
    ],
)
async def test_values_outside_the_limits_are_refused(john: httpx.AsyncClient, body: Any, field: str) -> None:
    assert wrong_fields(await john.post(f"{SEARCH}/async", json=body)) == [field]


async def test_a_search_that_no_source_can_serve_is_refused(john: httpx.AsyncClient) -> None:
    answer = await john.post(f"{SEARCH}/async", json={"keywords": "Python", "job_type": "stage",
                                                      "sources": ["france_travail"]})  # fmt: skip
    reason = refused(answer, 422, "no_source_available")["sources"]["france_travail"]
    assert reason["code"] == "unsupported_filter"
    assert reason["message"] == "Filtre non pris en charge par cette source : type de contrat STAGE"


async def test_searches_of_others_do_not_exist(
    searching: Backend, john: httpx.AsyncClient, somebody: httpx.AsyncClient
) -> None:
    theirs = (await begin(somebody, sources=["catalogue"]))["task_id"]
    await ended(somebody, theirs)
    ids = [theirs, f"job-search-{uuid4()}", "job-search-1", "a%00b", theirs.upper(), "x" * 500]
    async with await searching.login(ADMIN) as admin:
        for client in (john, admin):
            for task_id in ids:
                for method, path in (
                    ("GET", f"{SEARCH}/status/{task_id}"),
                    ("GET", f"{SEARCH}/{task_id}/offers"),
                    ("GET", f"{SEARCH}/{task_id}/events"),
                    ("POST", f"{SEARCH}/{task_id}/cancel"),
                    ("DELETE", f"{JOBS}/searches/{task_id}"),
                    ("POST", f"{JOBS}/searches/{task_id}/rerun"),
                ):
                    answer = await client.request(method, path)
                    assert answer.json() == {"detail": "Recherche non trouvée", "code": "search_not_found"}, path
                    assert answer.status_code == 404
    assert (await status_of(somebody, theirs))["status"] == "completed"


async def test_searches_that_come_at_once_are_held_to_the_limit_too(servers: EmbeddedServers) -> None:
    """No worker has begun any of them, so that nothing is stored of those before."""
    async with (
        edge(servers, job_searches_at_once=3) as api,
        api.client(**await headers_of(api.state, "candidate")) as me,
    ):
        asked = {"keywords": "Python", "sources": ["catalogue"]}
        answers = await asyncio.gather(*(me.post(f"{SEARCH}/async", json=asked) for _ in range(8)))
        assert sorted(answer.status_code for answer in answers) == [202] * 3 + [429] * 5
        refused(await me.post(f"{SEARCH}/async", json=asked), 429, "too_many_searches")
        for answer in answers:
            if answer.status_code == 202:
                await api.state.temporal.get_workflow_handle(answer.json()["task_id"]).terminate()


async def test_a_search_that_begins_while_searches_are_counted_counts_once(
    servers: EmbeddedServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        edge(servers, job_searches_at_once=2) as api,
        api.client(**await headers_of(api.state, "candidate")) as me,
    ):
        first = (await begin(me, sources=["catalogue"]))["task_id"]
        search = await api.state.searches.read(first)
        assert search is not None
        begun = job_history.begun

        async def then_it_begins(session: AsyncSession, ids: list[str]) -> set[str]:
            found = await begun(session, ids)
            values = {
                "task_id": first,
                "owner": search.owner,
                "params": {},
                "plan": [],
                "created_at": datetime.now(UTC),
            }
            async with api.state.database.transaction() as other:
                await job_searches.add_search(other, values, {})
            return found

        monkeypatch.setattr(job_history, "begun", then_it_begins)
        second = (await begin(me, sources=["catalogue"]))["task_id"]
        for task in (first, second):
            await api.state.temporal.get_workflow_handle(task).terminate()


async def test_limits_of_one_user(servers: EmbeddedServers, boards: JobBoards) -> None:
    boards.fail("adzuna", "hang")
    limits: dict[str, Any] = {"job_searches_at_once": 1, "job_searches_per_day": 2}
    async with backend(servers, **boards.settings(), **PATIENT, **limits) as held:
        client, other = await caller_of(held, "candidate"), await caller_of(held, "candidate")
        async with client, other:
            task = (await begin(client, sources=["adzuna"]))["task_id"]

            async def begun() -> bool:
                return bool((await status_of(client, task))["status"] == "processing")

            await until(begun)
            busy = await client.post(f"{SEARCH}/async?keywords=Python")
            refused(busy, 429, "too_many_searches")
            assert int(busy.headers["retry-after"]) > 0
            await begin(other, sources=["catalogue"])
            await client.post(f"{SEARCH}/{task}/cancel")
            await ended(client, task)
            boards.release()
            await searched(client, sources=["catalogue"])
            spent = await client.post(f"{SEARCH}/async?keywords=Python")
            refused(spent, 429, "daily_limit")
            assert 0 < int(spent.headers["retry-after"]) <= 86_400
