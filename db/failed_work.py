"""Parses and matchings that failed, kept to be run again, and the undoing of their failure for a retry.

A run is for one retry (0: the request itself), and what ends it writes for that retry alone: a late attempt of a
failed run cannot decide the run after it, and of two runs for the same retry the second finds that it comes too late.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import String, cast, delete, exists, func, literal, or_, select, tuple_, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from db.tables import CvJob, MatchingJob, MatchingPair

WorkType = Literal["cv", "matching"]


@dataclass(frozen=True)
class FailedWork:
    """`id` is the workflow's; `retries` how often it has been run again already."""

    id: str
    type: WorkType
    error: str | None
    error_type: str | None
    failed_at: datetime
    retries: int


async def list_failed(
    session: AsyncSession,
    *,
    type: WorkType | None = None,
    error: str | None = None,
    since: datetime | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int,
) -> list[FailedWork]:
    """What failed, the last first, and comes after this moment and id; `error` is the sentence or the type.

    A matching chained to a parse that is not done belongs to the parse, and a request for a pair to the newest one.
    """
    branches = []
    for name, statement in (("cv", _failed_parses()), ("matching", _failed_matchings())):
        if type not in (None, name):
            continue
        columns = statement.selected_columns
        if error is not None:
            statement = statement.where(or_(columns.error == error, columns.error_type == error))
        if since is not None:
            statement = statement.where(columns.failed_at >= since)
        if after is not None:
            statement = statement.where(tuple_(columns.failed_at, columns.id) < after)
        branches.append(_newest(statement, limit).subquery())
    either = union_all(*(select(branch) for branch in branches)).subquery()
    rows = await session.execute(_newest(select(either), limit))
    return [FailedWork(**row) for row in rows.mappings()]


async def reopen_parse(session: AsyncSession, job_id: UUID, retry: int) -> bool:
    """Undo the failure of a parse for this retry, and with it that of the matching chained to it.

    Whether the parse is open for this retry now, by this call or one before it. A run that was terminated left no
    outcome behind, and is undone like a failure.
    """
    statement = (
        update(CvJob)
        .where(CvJob.id == job_id, CvJob.retries == retry - 1, CvJob.erased_at.is_(None), _undone(CvJob))
        .values(**_AS_NEW, queued_at=func.now(), read_at=None, lost_reads=0, retries=retry)
        .returning(CvJob.id)
    )
    if (await session.scalars(statement)).one_or_none() is not None:
        chained = update(MatchingJob).where(MatchingJob.parse_job_id == job_id, _undone(MatchingJob))
        request = (await session.scalars(chained.values(**_AS_NEW).returning(MatchingJob.id))).one_or_none()
        if request is not None:
            await _forget_pairs(session, request)
        return True
    open_now = select(CvJob.id).where(CvJob.id == job_id, CvJob.retries == retry, CvJob.outcome.is_(None))
    return (await session.scalars(open_now)).one_or_none() is not None


async def reopen_matching(session: AsyncSession, request_id: UUID, retry: int) -> bool:
    """Undo the failure of a matching for this retry; what it decided of its pairs is decided anew.

    Whether the matching is open for this retry now, by this call or one before it.
    """
    statement = (
        update(MatchingJob)
        .where(MatchingJob.id == request_id, MatchingJob.retries == retry - 1, _undone(MatchingJob))
        .values(**_AS_NEW, retries=retry)
        .returning(MatchingJob.id)
    )
    if (await session.scalars(statement)).one_or_none() is not None:
        await _forget_pairs(session, request_id)
        return True
    open_now = select(MatchingJob.id).where(
        MatchingJob.id == request_id, MatchingJob.retries == retry, MatchingJob.outcome.is_(None)
    )
    return (await session.scalars(open_now)).one_or_none() is not None


async def is_still_failed(session: AsyncSession, row: CvJob | MatchingJob) -> bool:
    """Whether the request has failed, and has not been run again since it was read."""
    table = CvJob if isinstance(row, CvJob) else MatchingJob
    statement = select(table.id).where(table.id == row.id, table.retries == row.retries, table.outcome == "failed")
    return (await session.scalars(statement)).one_or_none() is not None


async def parse_is_at(session: AsyncSession, job_id: UUID, retry: int) -> bool:
    """Whether the parse is at this retry; if so, it stays there until the transaction ends."""
    statement = select(CvJob.id).where(CvJob.id == job_id, CvJob.retries == retry).with_for_update()
    return (await session.scalars(statement)).one_or_none() is not None


async def matching_is_at(session: AsyncSession, request_id: UUID, retry: int) -> bool:
    """Whether the matching is at this retry; if so, it stays there until the transaction ends."""
    statement = select(MatchingJob.id).where(MatchingJob.id == request_id, MatchingJob.retries == retry)
    return (await session.scalars(statement.with_for_update())).one_or_none() is not None


_AS_NEW: dict[str, Any] = dict.fromkeys(("outcome", "completed_at", "error", "error_type", "started_at"))


def _undone(table: type[CvJob] | type[MatchingJob]) -> Any:
    return or_(table.outcome == "failed", table.outcome.is_(None))


async def _forget_pairs(session: AsyncSession, request_id: UUID) -> None:
    await session.execute(delete(MatchingPair).where(MatchingPair.request_id == request_id))


def _failed_parses() -> Any:
    return select(
        cast(CvJob.id, String).label("id"),
        literal("cv").label("type"),
        CvJob.error.label("error"),
        CvJob.error_type.label("error_type"),
        CvJob.completed_at.label("failed_at"),
        CvJob.retries.label("retries"),
    ).where(CvJob.outcome == "failed", CvJob.erased_at.is_(None))


def _failed_matchings() -> Any:
    newer = aliased(MatchingJob)
    superseded = exists().where(newer.job_id == MatchingJob.job_id, newer.created_at > MatchingJob.created_at)
    parsed = exists().where(CvJob.id == MatchingJob.parse_job_id, CvJob.outcome == "done")
    return select(
        MatchingJob.job_id.label("id"),
        literal("matching").label("type"),
        MatchingJob.error.label("error"),
        MatchingJob.error_type.label("error_type"),
        MatchingJob.completed_at.label("failed_at"),
        MatchingJob.retries.label("retries"),
    ).where(MatchingJob.outcome == "failed", ~superseded, or_(MatchingJob.parse_job_id.is_(None), parsed))


def _newest(statement: Any, limit: int) -> Any:
    columns = statement.selected_columns
    return statement.order_by(columns.failed_at.desc(), columns.id.desc()).limit(limit)
