"""Measures CV parsing as its users meet it, over HTTP: how soon a job is accepted, how soon done, how many a second."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from embedded.seed import ADMIN

TWO_PAGES = Path(__file__).parent.parent / "samples" / "cv" / "julien-lefevre-ingenieur-mecanique.pdf"
"""A CV of two pages of text."""

WARM_UP = 6
SEQUENTIAL_UPLOADS = 50
SEQUENTIAL_JOBS = 30
CLIENTS = 4
QUEUED = 60
"""Queued by all clients together."""

POLL_SECONDS = 0.01
PATIENT_POLL_SECONDS = 0.1
"""While many jobs run: asking every 10 ms would take a good part of a core from them."""

LONGEST_SECONDS = 120.0


class JobFailed(Exception):
    """A job did not end well, so that its time says nothing."""


@dataclass
class Sequential:
    """Seconds, one job after the other: until it was accepted, and until it was seen done."""

    accepted: list[float] = field(default_factory=list)
    done: list[float] = field(default_factory=list)
    job_ids: list[str] = field(default_factory=list)


@dataclass
class Loaded:
    """Many jobs queued at once: seconds until each was accepted, and until all of them were done."""

    accepted: list[float]
    seconds: float

    @property
    def per_second(self) -> float:
        return len(self.accepted) / self.seconds


class Bench:
    """Uploads by one connection and asks for states by another, as a browser or a second service would."""

    def __init__(self, base_url: str, token: str) -> None:
        self._base_url = base_url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._document = TWO_PAGES.read_bytes()

    async def warm_up(self) -> None:
        """The first jobs pay for what is loaded once."""
        await self.load(WARM_UP, clients=2)

    async def one_by_one(self) -> Sequential:
        """Each job is done before the next is sent: the stack is idle but for it."""
        measured = Sequential()
        async with self._client() as uploads, self._client() as asking:
            for _ in range(SEQUENTIAL_JOBS):
                begun = time.perf_counter()
                job_id = await self._upload(uploads)
                measured.accepted.append(time.perf_counter() - begun)
                await _until_done(asking, job_id, POLL_SECONDS)
                measured.done.append(time.perf_counter() - begun)
                measured.job_ids.append(job_id)
        return measured

    async def uploads(self) -> list[float]:
        """Seconds until each upload was accepted, one after the other, while the earlier ones are being read."""
        async with self._client() as client:
            seconds, job_ids = await self._queue(client, SEQUENTIAL_UPLOADS)
            for job_id in job_ids:
                await _until_done(client, job_id, PATIENT_POLL_SECONDS)
        return seconds

    async def load(self, jobs: int = QUEUED, clients: int = CLIENTS) -> Loaded:
        """Queue `jobs` by several clients at once and wait until the last is done."""
        begun = time.perf_counter()
        async with self._client() as asking:
            queued = await asyncio.gather(*(self._one_client(jobs // clients) for _ in range(clients)))
            for _, job_ids in queued:
                for job_id in job_ids:
                    await _until_done(asking, job_id, PATIENT_POLL_SECONDS)
        seconds = time.perf_counter() - begun
        return Loaded([one for accepted, _ in queued for one in accepted], seconds)

    async def _one_client(self, jobs: int) -> tuple[list[float], list[str]]:
        async with self._client() as client:
            return await self._queue(client, jobs)

    async def _queue(self, client: httpx.AsyncClient, jobs: int) -> tuple[list[float], list[str]]:
        seconds: list[float] = []
        job_ids: list[str] = []
        for _ in range(jobs):
            begun = time.perf_counter()
            job_ids.append(await self._upload(client))
            seconds.append(time.perf_counter() - begun)
        return seconds, job_ids

    async def _upload(self, client: httpx.AsyncClient) -> str:
        answer = await client.post("/api/queue", files={"file": (TWO_PAGES.name, self._document)})
        if answer.status_code != httpx.codes.ACCEPTED:
            raise JobFailed(f"an upload was answered {answer.status_code}")
        job_id: str = answer.json()["job_id"]
        return job_id

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self._base_url, headers=self._headers, trust_env=False, timeout=30)


@asynccontextmanager
async def signed_in(base_url: str) -> AsyncGenerator[Bench]:
    """A bench that calls the API as the administrator."""
    async with httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=30) as client:
        answer = await client.post("/api/v1/auth/login", json={"email": ADMIN.email, "password": ADMIN.password})
        yield Bench(base_url, answer.raise_for_status().json()["access_token"])


async def _until_done(client: httpx.AsyncClient, job_id: str, every: float) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        answer = await client.get(f"/api/result/{job_id}")
        status = answer.raise_for_status().json()["status"]
        if status == "done":
            return
        if status not in ("pending", "running"):
            raise JobFailed(f"job {job_id} ended as {status}")
        await asyncio.sleep(every)
    raise JobFailed(f"job {job_id} was not done in {LONGEST_SECONDS:.0f} s")
