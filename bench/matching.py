"""Measures ranking offers for a candidate over HTTP, beside one job a pair, and the scoring alone."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import httpx
from sqlalchemy import insert, select

from bench import processes
from bench.cv import JobFailed
from bench.people import insert_people
from db.engine import Database
from db.match_sides import candidate_sides, offer_sides
from db.tables import Candidate, Offer
from domain import offer as offer_model
from domain.candidate import Preferences
from domain.cv import EDUCATION_LEVELS, CvProfile
from domain.matching import fast_score, prepare_candidate, prepare_offer, score
from embedded.application import Application
from embedded.seed import ADMIN
from runtime.settings import Settings

OFFERS = 10_000
ROUNDS = 3
SINGLES = 200
"""Pairs asked for one by one, from which the time of all is extrapolated."""

CLIENTS = 4
EXPLAINED = 500

_POLL_SECONDS = 0.2
_LONGEST_SECONDS = 300.0
_BATCH = 1_000

_TITLES = (
    *("Développeur Python H/F", "Comptable général", "Chef de projet digital", "Infirmier de nuit", "Acheteur"),
    *("Technicien de maintenance", "Data engineer", "Développeuse Java senior", "Commercial B2B", "Cuisinier"),
)
_SKILLS = (
    *("Python", "JavaScript", "C++", "C#", "Java", "SQL", "Docker", "Kubernetes", "React", "Excel", "SAP", "Git"),
    *("Gestion de projet", "Comptabilité", "Négociation", "Lean", "Scrum", "Linux", "Tableau", "FastAPI", "Flask"),
    *("PostgreSQL", "Soins infirmiers", "HACCP", "Vente", "Paie", "Management", "Power BI", "Terraform", "Angular"),
)
_TOWNS = ("Paris", "Lyon", "Nantes", "Lille", "Bordeaux", "75011 Paris", "Villeurbanne", "Grenoble", None)


@dataclass(frozen=True)
class Ranked:
    """Seconds; `pairs_a_second` and the like are of one core's time, in one process, without a database."""

    bulk: list[float]
    single: float
    """A pair, when each is a job of its own."""
    pairs_a_second: float
    offers_a_second: float
    explained_a_second: float
    growth: float | None
    """Megabytes that the worker has grown by over the rankings, where that can be told."""

    @property
    def one_by_one(self) -> float:
        """Seconds for all pairs, one job each: extrapolated."""
        return self.single * OFFERS


async def measure(application: Application) -> Ranked:
    """Fill the catalogue with invented offers and rank them all. Raises `JobFailed`."""
    values: dict[str, Any] = {name.lower(): value for name, value in application.environment.items()}
    database = Database(Settings(**values).database_url.get_secret_value())
    worker = cast(dict[str, int], application.endpoints["pids"])["worker"]
    try:
        offers = await _insert_offers(database)
        people = await _insert_candidates(database, ROUNDS + 2)
        async with httpx.AsyncClient(base_url=str(application.endpoints["api"]), trust_env=False, timeout=60) as client:
            answer = await client.post("/api/v1/auth/login", json={"email": ADMIN.email, "password": ADMIN.password})
            client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"
            await _ranked(client, people[0], offers[:_BATCH])  # the first pays for what is loaded once
            before = _memory(worker)
            bulk = [await _ranked(client, person, offers) for person in people[1 : ROUNDS + 1]]
            after = _memory(worker)
            single = await _singles(client, people[-1], offers[:SINGLES])
        speeds = await _speeds(database, people[0], offers)
    finally:
        await database.close()
    growth = after - before if after is not None and before is not None else None
    return Ranked(bulk, single, *speeds, growth)


async def _ranked(client: httpx.AsyncClient, candidate: int, offers: Sequence[int]) -> float:
    """Seconds from the request until the ranking is complete."""
    begun = time.perf_counter()
    body = {"candidate_id": candidate, "job_ids": list(offers)}
    answer = await client.post("/api/v1/queue-matching/bulk", json=body)
    job = answer.raise_for_status().json()["job_id"]
    await _completed(client, job, begun)
    seconds = time.perf_counter() - begun
    result = (await client.get(f"/api/v1/result/{job}")).raise_for_status().json()["result"]
    if result["total"] != len(offers):
        raise JobFailed(f"{result['total']} of {len(offers)} pairs were scored")
    return seconds


async def _singles(client: httpx.AsyncClient, candidate: int, offers: Sequence[int]) -> float:
    """Seconds a pair, when each is asked for by itself: by several clients at once, until the last is completed."""
    begun = time.perf_counter()

    async def ask(share: Sequence[int]) -> list[str]:
        jobs: list[str] = []
        for offer in share:
            answer = await client.post("/api/v1/queue-matching", json={"candidate_id": candidate, "job_id": offer})
            jobs.append(answer.raise_for_status().json()["job_id"])
        return jobs

    for jobs in await asyncio.gather(*(ask(offers[number::CLIENTS]) for number in range(CLIENTS))):
        for job in jobs:
            await _completed(client, job, begun)
    return (time.perf_counter() - begun) / len(offers)


async def _completed(client: httpx.AsyncClient, job: str, begun: float) -> None:
    while time.perf_counter() - begun < _LONGEST_SECONDS:
        status = (await client.get(f"/api/v1/status/{job}")).raise_for_status().json()["status"]
        if status == "completed":
            return
        if status not in ("queued", "processing"):
            raise JobFailed(f"{job} ended as {status}")
        await asyncio.sleep(_POLL_SECONDS)
    raise JobFailed(f"{job} was not completed in {_LONGEST_SECONDS:.0f} s")


async def _speeds(database: Database, candidate: int, offers: Sequence[int]) -> tuple[float, float, float]:
    """Pairs scored, offers prepared and pairs explained, each in a second of this process's own time."""
    async with database.transaction() as session:
        person = (await candidate_sides(session, [candidate]))[candidate]
        ads = list((await offer_sides(session, offers)).values())
    profile = CvProfile.model_validate(person.profile)
    ready = prepare_candidate(profile, Preferences.model_validate(person.preferences), datetime.now(UTC).date())
    begun = time.process_time()
    prepared = [prepare_offer(offer_model.Offer.model_validate(ad.content)) for ad in ads]
    preparing = time.process_time() - begun
    begun = time.process_time()
    for ad in prepared:
        fast_score(ready, ad)
    scoring = time.process_time() - begun
    begun = time.process_time()
    for ad in prepared[:EXPLAINED]:
        score(ready, ad)
    explaining = time.process_time() - begun
    return len(ads) / scoring, len(ads) / preparing, EXPLAINED / explaining


async def _insert_candidates(database: Database, count: int) -> list[int]:
    await insert_people(database, count, seed=11)
    async with database.transaction() as session:
        return list(await session.scalars(select(Candidate.id).order_by(Candidate.id.desc()).limit(count)))


async def _insert_offers(database: Database) -> list[int]:
    chance = random.Random(5)  # noqa: S311 - the same offers at each run
    ids: list[int] = []
    for _ in range(0, OFFERS, _BATCH):
        rows = [_offer(chance) for _ in range(_BATCH)]
        async with database.transaction() as session:
            ids += await session.scalars(insert(Offer).returning(Offer.id), rows)
    return ids


def _offer(chance: random.Random) -> dict[str, Any]:
    """An offer of the size that advertisements have."""
    required = chance.sample(_SKILLS, chance.randint(2, 8))
    return {
        "created_by": "bench",
        "title": chance.choice(_TITLES),
        "company": f"Société {chance.randint(1, 900)}",
        "description": "Au sein d'une équipe à taille humaine, vous participez à la vie du service. " * 25,
        "required_skills": required,
        "preferred_skills": chance.sample(_SKILLS, chance.randint(0, 4)),
        "location": chance.choice(_TOWNS),
        "work_mode": chance.choice(("remote", "hybrid", "onsite", None)),
        "job_type": chance.choice(("CDI", "CDD", "INTERIM", None)),
        "experience_min_years": chance.choice((None, 1.0, 3.0, 5.0)),
        "education_level": chance.choice((None, *EDUCATION_LEVELS)),
        "languages": chance.choice(([], [{"language": "en", "level": "B2"}])),
        "salary": chance.choice((None, {"min": 32_000, "max": 45_000})),
    }


def _memory(worker: int) -> float | None:
    return processes.memory({"worker": worker})["worker"].rss if processes.MEASURABLE else None
