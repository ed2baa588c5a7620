"""Measures building the search index anew while recruiters search it and administrators validate candidates."""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import uuid4

import httpx

from adapters.candidate_index import CandidateIndex
from adapters.search import search_client
from bench import processes
from bench.people import insert_people
from bench.processes import Memory, Peak
from db import candidate_index
from db.engine import Database
from embedded.application import Application
from embedded.seed import ADMIN
from runtime.settings import Settings

CANDIDATES = 20_000

SEARCHERS = 2
THINKING_SECONDS = 0.5
"""Between two searches of a recruiter. The local stack's search server has one writer, and searches hold it up."""
VALIDATED = 10
"""Candidates validated while the index is built."""

SAMPLE = 500
"""Candidates that are written one by one, for comparison."""

_PATH = "/api/v1/admin/reindex"
_POLL_SECONDS = 0.05
_LONGEST_SECONDS = 900.0


class RebuildFailed(Exception):
    """The index was not built, or not as it must be, so that its time says nothing."""


@dataclass
class Searches:
    """What recruiters' searches met with: answers other than 200, and answers without a candidate."""

    made: int = 0
    errors: int = 0
    empty: int = 0


@dataclass
class Rebuilt:
    """Seconds to build the index of so many candidates, undisturbed and while it was searched; see the fields."""

    alone: float
    busy: float
    searches: Searches
    found: int
    """Of the candidates validated meanwhile, those that are found afterwards."""
    one_by_one: float
    """Seconds a candidate takes without workflow, pages and bulk requests."""
    before: Memory = field(default_factory=Memory)
    peak: Memory = field(default_factory=Memory)
    after: Memory = field(default_factory=Memory)


async def measure(application: Application) -> Rebuilt:
    """Fill the table, build the index twice, the second time under load, and write a sample one by one."""
    values: dict[str, Any] = {name.lower(): value for name, value in application.environment.items()}
    settings = Settings(**values)
    worker = cast(Mapping[str, int], application.endpoints["pids"])["worker"]
    database = Database(settings.database_url.get_secret_value())
    try:
        await insert_people(database, CANDIDATES)
        async with _signed_in(str(application.endpoints["api"])) as client:
            alone = await _rebuild(client)
            before = _memory(worker)
            searches, sector = Searches(), f"secteur {uuid4()}"
            waiting = [await _submitted(client, sector) for _ in range(VALIDATED)]
            async with _watched(worker) as peak, _searching(client, searches):
                busy, _ = await asyncio.gather(_rebuild(client), _validate(client, waiting))
            after = _memory(worker)
            found = await _found(client, sector)
        one_by_one = await _one_by_one(settings, database)
    finally:
        await database.close()
    return Rebuilt(alone, busy, searches, found, one_by_one, before, peak.worker, after)


async def _rebuild(client: httpx.AsyncClient) -> float:
    """Seconds from the request until the state says that it is done."""
    begun = time.perf_counter()
    (await client.post(_PATH)).raise_for_status()
    while time.perf_counter() - begun < _LONGEST_SECONDS:
        state: dict[str, Any] = (await client.get(_PATH)).raise_for_status().json()
        if state["status"] == "completed":
            if state["progress"]["loaded"] < CANDIDATES:
                raise RebuildFailed(f"{state['progress']['loaded']} candidates were loaded")
            return time.perf_counter() - begun
        if state["status"] != "running":
            raise RebuildFailed(f"the build of the index ended as {state['status']}")
        await asyncio.sleep(_POLL_SECONDS)
    raise RebuildFailed(f"the index was not built in {_LONGEST_SECONDS:.0f} s")


@asynccontextmanager
async def _searching(client: httpx.AsyncClient, searches: Searches) -> AsyncGenerator[None]:
    """Several recruiters search, one search after the other, while the block runs."""
    stop = asyncio.Event()
    words = ("python", "comptable", "chef de projet", "negociation", "kubernetes")

    async def recruiter() -> None:
        while not stop.is_set():
            answer = await client.get("/api/v1/candidates/search", params={"q": words[searches.made % len(words)]})
            searches.made += 1
            if answer.status_code != httpx.codes.OK:
                searches.errors += 1
            elif not answer.json()["items"]:
                searches.empty += 1
            await asyncio.sleep(THINKING_SECONDS)

    async with asyncio.TaskGroup() as recruiters:
        for _ in range(SEARCHERS):
            recruiters.create_task(recruiter())
        try:
            yield
        finally:
            stop.set()


async def _submitted(client: httpx.AsyncClient, sector: str) -> int:
    body = {"first_name": "Camille", "last_name": "Aubry", "email": "camille.aubry@example.fr", "sector": sector}
    candidate_id: int = (await client.post("/api/v1/candidates", json=body)).raise_for_status().json()["id"]
    (await client.post(f"/api/v1/candidates/{candidate_id}/submit")).raise_for_status()
    return candidate_id


async def _validate(client: httpx.AsyncClient, waiting: list[int]) -> None:
    """Validate them one after the other, and wait until the last is indexed."""
    for candidate_id in waiting:
        body = {"summary": "Un profil solide, à présenter sans attendre"}
        (await client.post(f"/api/v1/admin/validate/{candidate_id}", json=body)).raise_for_status()
    for candidate_id in waiting:
        begun = time.perf_counter()
        while time.perf_counter() - begun < _LONGEST_SECONDS:
            state = (await client.get(f"/api/v1/admin/validate/{candidate_id}")).raise_for_status().json()
            if state["status"] != "running":
                break
            await asyncio.sleep(_POLL_SECONDS)


async def _found(client: httpx.AsyncClient, sector: str) -> int:
    answer = await client.get("/api/v1/candidates/search", params={"sector": sector})
    total: int = answer.raise_for_status().json()["total"]
    return total


async def _one_by_one(settings: Settings, database: Database) -> float:
    """Seconds a candidate, when each is read, and written into an index of its own, by itself."""
    async with search_client(settings) as client:
        alias = f"bench-{uuid4().hex}"
        index = CandidateIndex(client, alias)
        await index.ensure()
        try:
            async with database.transaction() as session:
                ids = [row for row, _ in await candidate_index.versions(session, 0, SAMPLE)]
            begun = time.perf_counter()
            for candidate_id in ids:
                async with database.transaction() as session:
                    row = await candidate_index.projection(session, candidate_id)
                if row is not None:
                    await index.put(candidate_id, row.document(), row.version)
            return (time.perf_counter() - begun) / len(ids)
        finally:
            await client.indices.delete(index=f"{alias}-*")


@asynccontextmanager
async def _signed_in(base_url: str) -> AsyncGenerator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=30) as client:
        answer = await client.post("/api/v1/auth/login", json={"email": ADMIN.email, "password": ADMIN.password})
        client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"
        yield client


@asynccontextmanager
async def _watched(worker: int) -> AsyncGenerator[Peak]:
    if not processes.MEASURABLE:
        yield Peak()
        return
    async with processes.watching(worker) as peak:
        yield peak


def _memory(worker: int) -> Memory:
    """The worker with its helper, as the peak counts them."""
    return sum(processes.memory({"worker": worker}).values(), Memory()) if processes.MEASURABLE else Memory()
