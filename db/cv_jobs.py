"""Requests to parse a CV: their facts, their one decided end, their place in the queue."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy import delete as sql_delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.tables import Candidate, CvJob


async def add_job(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Write the request row; False when this id is already taken."""
    statement = insert(CvJob).values(**values).on_conflict_do_nothing(index_elements=[CvJob.id]).returning(CvJob.id)
    return (await session.scalars(statement)).one_or_none() is not None


async def hold_candidate(session: AsyncSession, candidate_id: int) -> bool:
    """Whether the candidate is there. If so, they stay until the transaction ends: an erasure then sees the request."""
    statement = select(Candidate.id).where(Candidate.id == candidate_id).with_for_update(read=True, key_share=True)
    return (await session.scalars(statement)).one_or_none() is not None


async def get_job(session: AsyncSession, job_id: UUID) -> CvJob | None:
    return await session.get(CvJob, job_id)


async def hold_job(session: AsyncSession, job_id: UUID) -> bool:
    """Whether the job is there and not erased. If so, it stays until the transaction ends."""
    statement = select(CvJob.id).where(CvJob.id == job_id, CvJob.erased_at.is_(None)).with_for_update()
    return (await session.scalars(statement)).one_or_none() is not None


async def erased_jobs(session: AsyncSession, job_ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids whose jobs were erased."""
    return set(await session.scalars(select(CvJob.id).where(CvJob.id.in_(job_ids), CvJob.erased_at.is_not(None))))


async def remove_job(session: AsyncSession, job_id: UUID) -> None:
    """Take back the row of a request that never started."""
    await session.execute(sql_delete(CvJob).where(CvJob.id == job_id))


async def begin_reading(session: AsyncSession, job_id: UUID) -> int:
    """A worker begins to read: the first such moment stays. How many readings were begun and never ended before."""
    statement = (
        update(CvJob)
        .where(CvJob.id == job_id)
        .values(started_at=func.coalesce(CvJob.started_at, func.now()), lost_reads=CvJob.lost_reads + 1)
        .returning(CvJob.lost_reads - 1)
    )
    return (await session.scalars(statement)).one()


async def end_reading(session: AsyncSession, job_id: UUID) -> None:
    """The worker outlived the reading, however it ended."""
    await session.execute(update(CvJob).where(CvJob.id == job_id).values(lost_reads=CvJob.lost_reads - 1))


async def record_read(session: AsyncSession, job_id: UUID) -> None:
    """A worker has read the document to its end."""
    await session.execute(update(CvJob).where(CvJob.id == job_id).values(read_at=func.now()))


async def save_result(session: AsyncSession, job_id: UUID, *, result: dict[str, Any] | None, key: str | None) -> None:
    """Decide the job as done, with its result here or under `key` in the object store; a decided job stays as it is."""
    await _decide(session, job_id, outcome="done", result=result, result_key=key)


async def close_job(session: AsyncSession, job_id: UUID, *, outcome: str, error: str | None, kind: str | None) -> None:
    """Decide the job as failed or cancelled; a decided job stays as it is."""
    await _decide(session, job_id, outcome=outcome, error=error, error_type=kind)


async def _decide(session: AsyncSession, job_id: UUID, **values: Any) -> None:
    statement = update(CvJob).where(CvJob.id == job_id, CvJob.outcome.is_(None))
    await session.execute(statement.values(completed_at=func.now(), **values))


async def set_linked_candidate(session: AsyncSession, job_id: UUID, candidate_id: int) -> bool:
    """Name the candidate whose CV this is; False when it is somebody's already, or erased."""
    statement = (
        update(CvJob)
        .where(CvJob.id == job_id, CvJob.linked_candidate_id.is_(None), CvJob.erased_at.is_(None))
        .values(linked_candidate_id=candidate_id)
        .returning(CvJob.id)
    )
    return (await session.scalars(statement)).one_or_none() is not None


async def drop_webhook_secret(session: AsyncSession, job_id: UUID) -> None:
    await session.execute(update(CvJob).where(CvJob.id == job_id).values(webhook_secret=None))


async def erase_job(session: AsyncSession, job_id: UUID) -> None:
    """Empty the row of everything that was somebody's; the id stays taken."""
    statement = (
        update(CvJob)
        .where(CvJob.id == job_id)
        .values(
            erased_at=func.now(),
            file_name=None,
            object_key=None,
            result=None,
            result_key=None,
            webhook_url=None,
            webhook_secret=None,
            candidate_id=None,
            linked_candidate_id=None,
            offer_ids=[],
            error=None,
        )
    )
    await session.execute(statement)


async def waiting_before(session: AsyncSession, job: CvJob) -> int:
    """How many waiting jobs will be taken before this one; 0 too for one that waits no more.

    Higher priority first. Callers of one priority take turns, each with their oldest job.
    """
    turn = func.row_number().over(partition_by=(CvJob.priority, CvJob.owner), order_by=(CvJob.queued_at, CvJob.id))
    waiting = (
        select(CvJob.id, CvJob.priority, CvJob.queued_at, turn.label("turn"))
        .where(CvJob.outcome.is_(None), CvJob.started_at.is_(None), CvJob.priority <= job.priority)
        .subquery()
    )
    order = (waiting.c.priority, waiting.c.turn, waiting.c.queued_at, waiting.c.id)
    places = select(waiting.c.id, (func.row_number().over(order_by=order) - 1).label("before")).subquery()
    return (await session.scalars(select(places.c.before).where(places.c.id == job.id))).one_or_none() or 0


async def median_reading(session: AsyncSession, *, of_last: int = 50) -> float | None:
    """Median seconds that reading took of the last documents; None while there is none."""
    recent = (
        select(func.extract("epoch", CvJob.read_at - CvJob.started_at).label("seconds"))
        .where(CvJob.read_at.is_not(None))
        .order_by(CvJob.read_at.desc())
        .limit(of_last)
        .subquery()
    )
    median = (await session.scalars(select(func.percentile_cont(0.5).within_group(recent.c.seconds)))).one()
    return None if median is None else float(median)


async def undecided(session: AsyncSession, *, after: datetime, before: datetime, limit: int) -> list[CvJob]:
    """Requests without an outcome made between the two moments, the oldest first."""
    statement = (
        select(CvJob)
        .where(CvJob.outcome.is_(None), CvJob.created_at > after, CvJob.created_at < before)
        .order_by(CvJob.created_at)
        .limit(limit)
    )
    return list(await session.scalars(statement))


def result_of(job: CvJob, stored: dict[str, Any]) -> dict[str, Any]:
    """The result as the caller and the webhook read it: what was stored, with the job's own names."""
    named: dict[str, Any] = {"job_id": str(job.id), "file_name": job.file_name, **stored}
    if job.linked_candidate_id is not None:
        named["candidate_id"] = job.linked_candidate_id
    return named


async def drop_old_secrets(session: AsyncSession, before: datetime) -> None:
    """Erase the webhook secrets of jobs that ended before this moment: failed, or terminated before they told so."""
    statement = update(CvJob).where(CvJob.completed_at < before, CvJob.webhook_secret.is_not(None))
    await session.execute(statement.values(webhook_secret=None))


async def jobs_of_candidate(session: AsyncSession, candidate_id: int, user_id: int | None) -> list[CvJob]:
    """The parses of this candidate's CVs: linked to them, uploaded for them, or uploaded by them."""
    theirs = or_(CvJob.linked_candidate_id == candidate_id, CvJob.candidate_id == candidate_id)
    if user_id is not None:
        theirs = or_(theirs, and_(CvJob.owner == f"user:{user_id}", CvJob.owner_role == "candidate"))
    return list(await session.scalars(select(CvJob).where(theirs, CvJob.erased_at.is_(None))))
