"""A worker killed in the middle of a ranking changes neither the ranking nor the number of its pairs."""

import random
from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, insert, select

from db.engine import Database
from db.tables import MatchingPair, MatchingResult, Offer
from tests.e2e.stack import Stack, running_stack
from tests.integration.api.calls import new_candidate
from tests.waiting import matched, until
from workflows.match_candidate import PAGE

OFFERS = 10_000
SKILLS = ("Python", "PostgreSQL", "Java", "Docker", "Excel", "HACCP", "Vente", "Flask", "Linux", "Paie")


@pytest_asyncio.fixture
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Stack]:
    async with running_stack(tmp_path_factory.mktemp("ranking"), LOG_FORMAT="json") as running:
        yield running


async def insert_offers(database: Database) -> list[int]:
    chance = random.Random(3)
    rows = [
        {
            "title": chance.choice(("Développeur Python", "Cuisinier", "Comptable", "Chef de projet")),
            "required_skills": chance.sample(SKILLS, chance.randint(1, 5)),
            "preferred_skills": chance.sample(SKILLS, chance.randint(0, 3)),
            "experience_min_years": chance.choice((None, 2, 6)),
        }
        for _ in range(OFFERS)
    ]
    async with database.transaction() as session:
        return list(await session.scalars(insert(Offer).returning(Offer.id), rows))


async def ranking_of(stack: Stack, job: str) -> list[str]:
    """The exported lines of a complete ranking."""
    answer = await stack.api.get(f"/api/v1/result/{job}", params={"format": "csv"})
    return answer.text.splitlines()


async def test_a_killed_worker_changes_neither_ranking_nor_count(stack: Stack) -> None:
    database = Database(stack.servers.endpoints["database_url"])
    try:
        offers = await insert_offers(database)
        candidate = await new_candidate(stack.api)
        await stack.start_worker()
        body: dict[str, Any] = {"candidate_id": candidate, "job_ids": offers}

        async def asked(**params: str) -> str:
            answer = await stack.api.post("/api/v1/queue-matching/bulk", json=body, params=params)
            assert answer.status_code == 202, answer.text
            job: str = answer.json()["job_id"]
            return job

        async def progress(job: str) -> dict[str, int]:
            state: dict[str, int] = (await stack.api.get(f"/api/v1/status/{job}")).json()["progress"]
            return state

        async def held_up() -> bool:
            return (await progress(disturbed))["done"] == OFFERS - PAGE

        async with database.transaction() as session:  # whoever stores a score of the last offer waits
            await session.execute(select(Offer.id).where(Offer.id == offers[-1]).with_for_update())
            disturbed = await asked()
            await until(held_up)
            stack.kill_worker()
        stopped = await progress(disturbed)
        assert stopped["done"] == OFFERS - PAGE
        partial = (await stack.api.get(f"/api/v1/result/{disturbed}")).json()
        assert (partial["status"], partial["result"]["total"]) == ("processing", stopped["done"])
        await stack.start_worker()
        assert (await matched(stack.api, disturbed))["status"] == "completed"
        assert await progress(disturbed) == {"done": OFFERS, "total": OFFERS, "percent": 100}
        async with database.transaction() as session:
            for table in (MatchingPair, MatchingResult):
                assert (await session.scalars(select(func.count()).select_from(table))).one() == OFFERS
        undisturbed = await asked(force="true")
        assert (await matched(stack.api, undisturbed))["status"] == "completed"
        lines = await ranking_of(stack, disturbed)
        assert len(lines) == OFFERS + 1
        assert lines == await ranking_of(stack, undisturbed)
    finally:
        await database.close()
