"""Requests to score pairs: their rows from the first to the outcome."""

from datetime import UTC, datetime
from itertools import product
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from db.candidate_index import searchable
from db.catalogue import visible
from db.tables import Candidate, MatchingJob, MatchingPair, Offer

_WITHOUT_IDS = (defer(MatchingJob.candidate_ids, raiseload=True), defer(MatchingJob.offer_ids, raiseload=True))
"""The lists may hold ten thousands of ids: whoever follows a request does not read them."""


async def add_request(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Write the request row; False when this id is already taken."""
    statement = (
        insert(MatchingJob)
        .values(**values)
        .on_conflict_do_nothing(index_elements=[MatchingJob.id])
        .returning(MatchingJob.id)
    )
    return (await session.scalars(statement)).one_or_none() is not None


async def get_request(session: AsyncSession, request_id: UUID) -> MatchingJob | None:
    """A request without its lists of ids."""
    return await session.get(MatchingJob, request_id, options=_WITHOUT_IDS)


async def first_candidate(session: AsyncSession, request_id: UUID) -> int | None:
    """The candidate of a request for one, once it is known."""
    statement = select(MatchingJob.candidate_ids[1]).where(MatchingJob.id == request_id)
    first: int | None = (await session.scalars(statement)).one_or_none()
    return first


async def part_of_pairs(session: AsyncSession, request_id: UUID, *, start: int, count: int) -> list[tuple[int, int]]:
    """The pairs (candidate, offer) of a request from the one counted `start`: one side's only id, with many others."""
    candidate_ids, offer_ids = (
        case((func.cardinality(ids) == 1, ids), else_=ids[start + 1 : start + count])
        for ids in (MatchingJob.candidate_ids, MatchingJob.offer_ids)
    )
    statement = select(candidate_ids, offer_ids).where(MatchingJob.id == request_id)
    people, ads = (await session.execute(statement)).one()._tuple()
    return list(product(people, ads))


async def followed_request(session: AsyncSession, job_id: str) -> MatchingJob | None:
    """The last request made under this workflow id, without its lists of ids."""
    statement = select(MatchingJob).where(MatchingJob.job_id == job_id).order_by(MatchingJob.created_at.desc()).limit(1)
    return (await session.scalars(statement.options(*_WITHOUT_IDS))).one_or_none()


async def newest_request(session: AsyncSession, job_id: str, *, but: UUID | None = None) -> MatchingJob | None:
    """The last request made under this workflow id, other than `but`."""
    statement = select(MatchingJob).where(MatchingJob.job_id == job_id).order_by(MatchingJob.created_at.desc()).limit(1)
    if but is not None:
        statement = statement.where(MatchingJob.id != but)
    return (await session.scalars(statement)).one_or_none()


async def request_of_parse(session: AsyncSession, parse_job_id: UUID) -> MatchingJob | None:
    """The request chained to this parse."""
    return (await session.scalars(select(MatchingJob).where(MatchingJob.parse_job_id == parse_job_id))).one_or_none()


async def remove_request(session: AsyncSession, request_id: UUID) -> None:
    """Take back the row of a request that never started."""
    await session.execute(delete(MatchingJob).where(MatchingJob.id == request_id))


async def begin_request(session: AsyncSession, request_id: UUID) -> MatchingJob | None:
    """Scoring begins: the first such moment stays, and so do the ids that a selection stands for at that moment."""
    row = await session.get(MatchingJob, request_id, with_for_update=True)
    if row is None or row.outcome is not None:
        return row
    if row.started_at is None:
        row.started_at = datetime.now(UTC)
    if row.selection == "all_open" and not row.offer_ids:
        row.offer_ids = list(await session.scalars(select(Offer.id).where(visible()).order_by(Offer.id)))
    if row.selection == "all_validated" and not row.candidate_ids:
        row.candidate_ids = list(await session.scalars(select(Candidate.id).where(searchable()).order_by(Candidate.id)))
    return row


async def set_candidate(session: AsyncSession, request_id: UUID, candidate_id: int) -> None:
    """Name the candidate of a chained request, known once the parse is linked."""
    await session.execute(update(MatchingJob).where(MatchingJob.id == request_id).values(candidate_ids=[candidate_id]))


async def close_request(
    session: AsyncSession, request_id: UUID, *, outcome: str, error: str | None, kind: str | None
) -> None:
    """Decide the request; a decided one stays as it is."""
    statement = update(MatchingJob).where(MatchingJob.id == request_id, MatchingJob.outcome.is_(None))
    await session.execute(statement.values(outcome=outcome, error=error, error_type=kind, completed_at=func.now()))


async def holds_pair(
    session: AsyncSession, candidate_id: int, offer_id: int, *, owner: str | None, given_up: bool = False
) -> MatchingJob | None:
    """The newest undecided request that holds this pair, or the newest that was `given_up`: cancelled, or failed.

    Of this owner or of anybody, without its lists of ids.
    """
    outcome = MatchingJob.outcome
    statement = (
        select(MatchingJob)
        .where(
            outcome.in_(("cancelled", "failed")) if given_up else outcome.is_(None),
            MatchingJob.candidate_ids.contains([candidate_id]),
            MatchingJob.offer_ids.contains([offer_id]),
        )
        .order_by(MatchingJob.created_at.desc())
        .limit(1)
        .options(*_WITHOUT_IDS)
    )
    if owner is not None:
        statement = statement.where(MatchingJob.owner == owner)
    return (await session.scalars(statement)).one_or_none()


async def unscored_in(
    session: AsyncSession, candidate_id: int, offer_id: int, *, owner: str | None
) -> tuple[UUID, str | None] | None:
    """The newest request, of this owner or of anybody, that decided this pair without a score, and why."""
    statement = (
        select(MatchingPair.request_id, MatchingPair.error)
        .join(MatchingJob, MatchingJob.id == MatchingPair.request_id)
        .where(
            MatchingPair.candidate_id == candidate_id,
            MatchingPair.offer_id == offer_id,
            MatchingPair.result_id.is_(None),
        )
        .order_by(MatchingJob.created_at.desc())
        .limit(1)
    )
    if owner is not None:
        statement = statement.where(MatchingJob.owner == owner)
    row = (await session.execute(statement)).one_or_none()
    return row._tuple() if row else None


async def undecided(session: AsyncSession, *, after: datetime, before: datetime, limit: int) -> list[MatchingJob]:
    """Requests without an outcome made between the two moments, the oldest first."""
    statement = (
        select(MatchingJob)
        .where(MatchingJob.outcome.is_(None), MatchingJob.created_at > after, MatchingJob.created_at < before)
        .order_by(MatchingJob.created_at)
        .limit(limit)
    )
    return list(await session.scalars(statement))
