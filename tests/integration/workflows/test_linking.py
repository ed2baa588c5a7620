"""Two attempts of one link step at once, as after a time-out: one candidate comes of them."""

import asyncio
from uuid import uuid4

from sqlalchemy import func, select, text

from activities.linking import candidate_for
from db import cv_jobs
from db.tables import Candidate
from domain.cv import CvProfile, PersonalInfo
from tests.backend import Backend
from tests.waiting import until

PROFILE = CvProfile(personal_info=PersonalInfo(name="Lise Perrin"))


async def test_a_late_attempt_finds_the_candidate_of_the_first(talentflow: Backend) -> None:
    database, job_id = talentflow.state.database, uuid4()
    values = {"id": job_id, "owner": "user:1", "owner_role": "admin", "request_hash": "x", "priority": 3, "kind": "txt"}
    async with database.transaction() as session:
        await cv_jobs.add_job(session, {**values, "outcome": "done"})
        job = await cv_jobs.get_job(session, job_id)
    assert job is not None

    async def late() -> int:
        async with database.transaction() as session:
            return await candidate_for(session, job, PROFILE)

    async def waits_for_the_first() -> bool:
        waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE :insert")
        async with database.transaction() as session:
            count: int = (await session.scalars(waiting, {"insert": "INSERT INTO candidates%"})).one()
        return count > 0

    async with database.transaction() as session:
        first = await candidate_for(session, job, PROFILE)
        second = asyncio.create_task(late())
        await until(waits_for_the_first)
    assert await second == first
    async with database.transaction() as session:
        of_job = select(func.count()).select_from(Candidate).where(Candidate.source_job_id == job_id)
        assert (await session.scalars(of_job)).one() == 1
        await cv_jobs.remove_job(session, job_id)
