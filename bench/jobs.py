"""Measures searching for job offers over HTTP, with stub boards of known latencies instead of the real sources."""

import asyncio
import json
import os
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import httpx
import psycopg

from bench import jobs_plain
from bench.cv import JobFailed
from embedded.application import Application
from embedded.seed import ADMIN
from tests.stubs.job_boards import JobBoards, job_boards

LATENCIES: Final[Mapping[str, float]] = {
    "arbeitnow": 0.4,
    "france_travail": 0.5,
    "adzuna": 1.0,
    "la_bonne_alternance": 2.0,
}
"""Seconds that each call takes."""

CALLS: Final[Mapping[str, int]] = {"arbeitnow": 1, "france_travail": 2, "adzuna": 1, "la_bonne_alternance": 1}
"""Calls of one reading: France Travail is asked for its own offers, then for its partners'."""

ROUNDS = 5
IDENTICAL = 50
RUNNING = 200
VALIDATIONS = 6

_SEARCH = "/api/v1/jobs/search"
_HANGING = "la_bonne_alternance"
_STARTED_AT_ONCE = 20
_POLL_SECONDS = 0.03
_PATIENT_POLL_SECONDS = 0.25
_LONGEST_SECONDS = 90.0
_ENDS = ("completed", "failed", "cancelled")
_SETTINGS = {
    # As many calls a minute as come: the sources' own paces are not what is measured.
    "FRANCE_TRAVAIL_CALLS_PER_MINUTE": "60000",
    "ADZUNA_CALLS_PER_MINUTE": "60000",
    "ADZUNA_CALLS_PER_DAY": "100000",
    "ADZUNA_CALLS_PER_WEEK": "100000",
    "ADZUNA_CALLS_PER_MONTH": "100000",
    "ARBEITNOW_CALLS_PER_MINUTE": "60000",
    "LBA_CALLS_PER_MINUTE": "60000",
    # One user stands for many, and what hangs hangs for as long as is measured.
    "JOB_SEARCHES_AT_ONCE": "100000",
    "JOB_SEARCHES_PER_DAY": "100000",
    "JOB_SOURCE_TIMEOUT": "40",
    "JOB_SOURCE_READ_SECONDS": "40",
    "JOB_SEARCH_TIMEOUT": "120",
}


@dataclass(frozen=True)
class Measured:
    """Seconds, but for the calls.

    `slowest` and `in_turn`: the slowest source read by itself, and all sources one after the other, by plain calls of
    the same readers. `whole`: request → completed. `first_status` and `first_event`: first answer of a source → its
    offers read. `identical`: many equal searches until the last is completed, and the calls that they cost each
    source at most. `undisturbed` and `beside`: validations alone, and beside searches, of which `still_running` were
    not over at the end.
    """

    slowest: list[float]
    in_turn: list[float]
    whole: list[float]
    first_status: list[float]
    first_event: list[float]
    identical: float
    calls: int
    undisturbed: list[float]
    beside: list[float]
    still_running: int


@asynccontextmanager
async def boards() -> AsyncGenerator[JobBoards]:
    """Stub boards, to which the environment leads the stack that is started next."""
    async with job_boards() as running:
        for name, value in running.settings().items():
            os.environ[name.upper()] = str(value)
        os.environ.update(_SETTINGS)
        yield running


async def measure(application: Application, running: JobBoards) -> Measured:
    """Search, and search beside other work. Raises `JobFailed`."""
    endpoints = application.endpoints
    async with httpx.AsyncClient(
        base_url=str(endpoints["api"]), trust_env=False, timeout=60, limits=httpx.Limits(max_connections=None)
    ) as api:
        answer = await api.post("/api/v1/auth/login", json={"email": ADMIN.email, "password": ADMIN.password})
        api.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"
        bench = _Bench(api, running, str(endpoints["database_url"]))
        slowest, in_turn = [], []
        bench.slow_down()
        for _ in range(ROUNDS):
            plain = await jobs_plain.read_in_turn(application.environment)
            slowest.append(max(plain.values()))
            in_turn.append(sum(plain.values()))
        whole, first_status, first_event = [], [], []
        for number in range(ROUNDS + 1):
            timed = await bench.search()
            if number:  # the first pays for what is opened once
                whole.append(timed[0])
                first_status.append(timed[1])
                first_event.append(timed[2])
        identical, calls = await bench.identical()
        undisturbed = await bench.validations()
        async with bench.hanging() as still_running:
            beside = await bench.validations()
            left = await still_running()
        return Measured(
            slowest,
            in_turn,
            whole,
            first_status,
            first_event,
            identical,
            calls,
            undisturbed,
            beside,
            left,
        )


class _Bench:
    """Calls the API as the administrator."""

    def __init__(self, api: httpx.AsyncClient, running: JobBoards, database_url: str) -> None:
        self._api = api
        self._boards = running
        self._url = database_url.replace("postgresql+psycopg://", "postgresql://")

    def slow_down(self) -> None:
        """Boards as slow as they should be, each with one page."""
        self._boards.reset()
        self._boards.arbeitnow.page_sizes = [100]
        for source, seconds in LATENCIES.items():
            self._boards.fail(source, "latency", seconds)

    def forget(self) -> None:
        """Nothing was read before, and no call made."""
        self._boards.calls.clear()
        with psycopg.connect(self._url) as connection:
            connection.execute("TRUNCATE job_source_runs CASCADE")

    async def search(self) -> tuple[float, float, float]:
        """One search: until completed; and from the first source's answer until offers are in its status and events."""
        self.forget()
        begun = time.monotonic()
        task = await self._start("Python")
        watching = asyncio.create_task(self._first_event(task))
        in_status = await self._polled(task, lambda body: body["count"] > 0, _POLL_SECONDS)
        done = await self._polled(task, _has_ended, _POLL_SECONDS)
        answered = min(call.at + LATENCIES[call.source] for call in self._boards.calls if call.source in LATENCIES)
        return done - begun, in_status - answered, await watching - answered

    async def identical(self) -> tuple[float, int]:
        """Many equal searches at once: until the last is completed, and the calls to the source called most often."""
        self.forget()
        begun = time.monotonic()
        tasks = await asyncio.gather(*(self._start("Python") for _ in range(IDENTICAL)))
        ends = await asyncio.gather(*(self._polled(task, _has_ended, _PATIENT_POLL_SECONDS) for task in tasks))
        return max(ends) - begun, max(len(self._boards.calls_to(source)) // CALLS[source] for source in LATENCIES)

    @asynccontextmanager
    async def hanging(self) -> AsyncGenerator[Callable[[], Awaitable[int]]]:
        """Meanwhile many searches wait for a source that hangs; what is given counts those that still do."""
        self.forget()
        self._boards.reset()
        self._boards.fail(_HANGING, "hang")
        tasks: list[str] = []
        while len(tasks) < RUNNING:
            # Those that begin together wait for the same readings.
            keywords = f"Python {len(tasks)}"
            tasks += await asyncio.gather(*(self._start(keywords, [_HANGING]) for _ in range(_STARTED_AT_ONCE)))
        for task in tasks:
            await self._polled(task, _has_begun, _PATIENT_POLL_SECONDS)

        async def running() -> int:
            return sum([(await self._status(task))["status"] == "processing" for task in tasks])

        yield running
        self._boards.reset()
        for task in tasks:
            (await self._api.post(f"{_SEARCH}/{task}/cancel")).raise_for_status()

    async def validations(self) -> list[float]:
        """Seconds from the request to the completed decision, one after the other."""
        return [await self._validation() for _ in range(VALIDATIONS + 1)][1:]

    async def _validation(self) -> float:
        person = {"first_name": "Inès", "last_name": "Garnier", "email": f"bench-{uuid4()}@example.fr"}
        created = (await self._api.post("/api/v1/candidates", json=person)).raise_for_status().json()["id"]
        (await self._api.post(f"/api/v1/candidates/{created}/submit")).raise_for_status()
        begun = time.monotonic()
        path = f"/api/v1/admin/validate/{created}"
        (await self._api.post(path, json={"summary": "Échange très clair, profil solide"})).raise_for_status()
        while time.monotonic() - begun < _LONGEST_SECONDS:
            status = (await self._api.get(path)).raise_for_status().json()["status"]
            if status == "completed":
                return time.monotonic() - begun
            if status != "running":
                raise JobFailed(f"a validation ended as {status}")
            await asyncio.sleep(_POLL_SECONDS)
        raise JobFailed(f"a validation was not completed in {_LONGEST_SECONDS:.0f} s")

    async def _start(self, keywords: str, sources: Iterable[str] = LATENCIES) -> str:
        asked = {"keywords": keywords, "sources": list(sources)}
        task: str = (await self._api.post(f"{_SEARCH}/async", json=asked)).raise_for_status().json()["task_id"]
        return task

    async def _status(self, task: str) -> dict[str, Any]:
        """The status; asked for again where it could not be told at once."""
        while True:
            answer = await self._api.get(f"{_SEARCH}/status/{task}", params={"offers": "none"})
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                body: dict[str, Any] = answer.raise_for_status().json()
                return body
            await asyncio.sleep(float(answer.headers["retry-after"]))

    async def _polled(self, task: str, is_seen: Callable[[dict[str, Any]], bool], every: float) -> float:
        """When this was seen of a search, or its end."""
        deadline = time.monotonic() + _LONGEST_SECONDS
        while time.monotonic() < deadline:
            body = await self._status(task)
            if is_seen(body):
                return time.monotonic()
            await asyncio.sleep(every)
        raise JobFailed(f"a search was not done in {_LONGEST_SECONDS:.0f} s")

    async def _first_event(self, task: str) -> float:
        """When the first event with offers came."""
        async with self._api.stream("GET", f"{_SEARCH}/{task}/events") as answer:
            async for line in answer.aiter_lines():
                if line.startswith("data: ") and json.loads(line.removeprefix("data: ")).get("count", 0) > 0:
                    return time.monotonic()
        raise JobFailed("a search told of no offers")


def _has_ended(body: dict[str, Any]) -> bool:
    return body["status"] in _ENDS


def _has_begun(body: dict[str, Any]) -> bool:
    """Whether every source is waited for, or was."""
    sources: dict[str, dict[str, Any]] = body["sources"]
    return bool(sources) and all(one["status"] != "queued" for one in sources.values())
