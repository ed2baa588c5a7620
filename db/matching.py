"""Matching requests, the scores of pairs, and which request asked for which."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.tables import MatchingJob, MatchingPair, MatchingResult, Offer
from domain.ids import pair_job_id


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
    return await session.get(MatchingJob, request_id)


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


async def begin_request(session: AsyncSession, request_id: UUID) -> None:
    """Scoring has begun: the first such moment stays."""
    statement = update(MatchingJob).where(MatchingJob.id == request_id, MatchingJob.started_at.is_(None))
    await session.execute(statement.values(started_at=func.now()))


async def set_candidate(session: AsyncSession, request_id: UUID, candidate_id: int) -> None:
    """Name the candidate of a chained request, known once the parse is linked."""
    await session.execute(update(MatchingJob).where(MatchingJob.id == request_id).values(candidate_ids=[candidate_id]))


async def close_request(
    session: AsyncSession, request_id: UUID, *, outcome: str, error: str | None, kind: str | None
) -> None:
    """Decide the request; a decided one stays as it is."""
    statement = update(MatchingJob).where(MatchingJob.id == request_id, MatchingJob.outcome.is_(None))
    await session.execute(statement.values(outcome=outcome, error=error, error_type=kind, completed_at=func.now()))


async def save_scores(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> dict[tuple[int, int], int]:
    """Store scores (one row a pair and state of both sides); the result's id for each (candidate, offer)."""
    if not rows:
        return {}
    rows = sorted(rows, key=lambda row: (row["candidate_id"], row["offer_id"]))  # one order, so no deadlock
    key = ("candidate_id", "offer_id", "profile_version", "offer_version", "algorithm_version")
    await session.execute(insert(MatchingResult).values(list(rows)).on_conflict_do_nothing(index_elements=key))
    columns = tuple_(*(getattr(MatchingResult, name) for name in key))
    found = await session.execute(
        select(MatchingResult.candidate_id, MatchingResult.offer_id, MatchingResult.id).where(
            columns.in_([tuple(row[name] for name in key) for row in rows])
        )
    )
    return {(candidate, offer): result for candidate, offer, result in found}


async def save_pairs(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Decide pairs of a request; one already decided stays as it is."""
    if rows:
        await session.execute(insert(MatchingPair).values(list(rows)).on_conflict_do_nothing())


async def count_pairs(session: AsyncSession, request_id: UUID) -> int:
    """Pairs of the request that are decided."""
    statement = select(func.count()).select_from(MatchingPair).where(MatchingPair.request_id == request_id)
    return (await session.scalars(statement)).one()


@dataclass(frozen=True)
class RankedPair:
    rank: int
    result: MatchingResult
    title: str


@dataclass(frozen=True)
class RankPosition:
    """A place in a ranking, from which reading goes on: the last line read and its rank."""

    rank: int
    score: float
    offer_id: int
    candidate_id: int


async def ranked_pairs(
    session: AsyncSession, request_id: UUID, *, limit: int, after: RankPosition | None = None
) -> list[RankedPair]:
    """Scored pairs of a request, best first; equal scores in the order of offer, then candidate."""
    statement = (
        select(MatchingResult, Offer.title)
        .join(MatchingPair, MatchingPair.result_id == MatchingResult.id)
        .join(Offer, Offer.id == MatchingResult.offer_id)
        .where(MatchingPair.request_id == request_id)
        .order_by(MatchingResult.score.desc(), MatchingResult.offer_id, MatchingResult.candidate_id)
        .limit(limit)
    )
    if after is not None:
        position = tuple_(-MatchingResult.score, MatchingResult.offer_id, MatchingResult.candidate_id)
        statement = statement.where(position > (-after.score, after.offer_id, after.candidate_id))
    first = 1 if after is None else after.rank + 1
    rows = (await session.execute(statement)).tuples()
    return [RankedPair(rank, result, title) for rank, (result, title) in enumerate(rows, start=first)]


async def count_scored(session: AsyncSession, request_id: UUID) -> int:
    statement = (
        select(func.count())
        .select_from(MatchingPair)
        .where(MatchingPair.request_id == request_id, MatchingPair.result_id.is_not(None))
    )
    return (await session.scalars(statement)).one()


async def failed_pairs(session: AsyncSession, request_id: UUID, *, limit: int = 200) -> list[MatchingPair]:
    """Pairs of a request that could not be scored, with the reason."""
    statement = (
        select(MatchingPair)
        .where(MatchingPair.request_id == request_id, MatchingPair.error.is_not(None))
        .order_by(MatchingPair.offer_id, MatchingPair.candidate_id)
        .limit(limit)
    )
    return list(await session.scalars(statement))


async def newest_score(session: AsyncSession, candidate_id: int, offer_id: int) -> MatchingResult | None:
    """The last score of a pair, wherever it was asked for."""
    statement = (
        select(MatchingResult)
        .where(MatchingResult.candidate_id == candidate_id, MatchingResult.offer_id == offer_id)
        .order_by(MatchingResult.id.desc())
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


async def score_at(
    session: AsyncSession, pair: tuple[int, int], versions: tuple[int, int], algorithm_version: str
) -> MatchingResult | None:
    """The score of (candidate, offer) at exactly these (profile, offer) versions."""
    statement = select(MatchingResult).where(
        tuple_(MatchingResult.candidate_id, MatchingResult.offer_id) == pair,
        tuple_(MatchingResult.profile_version, MatchingResult.offer_version) == versions,
        MatchingResult.algorithm_version == algorithm_version,
    )
    return (await session.scalars(statement)).one_or_none()


async def holds_pair(session: AsyncSession, candidate_id: int, offer_id: int) -> MatchingJob | None:
    """The newest undecided request that will score this pair."""
    statement = (
        select(MatchingJob)
        .where(
            MatchingJob.outcome.is_(None),
            MatchingJob.candidate_ids.contains([candidate_id]),
            MatchingJob.offer_ids.contains([offer_id]),
        )
        .order_by(MatchingJob.created_at.desc())
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


async def undecided(session: AsyncSession, *, after: datetime, before: datetime, limit: int) -> list[MatchingJob]:
    """Requests without an outcome made between the two moments, the oldest first."""
    statement = (
        select(MatchingJob)
        .where(MatchingJob.outcome.is_(None), MatchingJob.created_at > after, MatchingJob.created_at < before)
        .order_by(MatchingJob.created_at)
        .limit(limit)
    )
    return list(await session.scalars(statement))


async def pair_of_request(session: AsyncSession, request_id: UUID) -> MatchingResult | None:
    """The score of a request for one pair."""
    statement = (
        select(MatchingResult)
        .join(MatchingPair, MatchingPair.result_id == MatchingResult.id)
        .where(MatchingPair.request_id == request_id)
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


def pair_result(result: MatchingResult) -> dict[str, Any]:
    """The explained score of one pair as the caller and the webhook read it."""
    return {
        "job_id": pair_job_id(result.candidate_id, result.offer_id),
        "candidate_id": result.candidate_id,
        "offer_id": result.offer_id,
        "score": result.score,
        "category": result.category,
        "confidence": result.confidence,
        **result.explanation,
        "processing_time": result.processing_time,
        "scored_at": result.created_at.isoformat().replace("+00:00", "Z"),
        "profile_version": result.profile_version,
        "offer_version": result.offer_version,
    }


def ranked_item(pair: RankedPair) -> dict[str, Any]:
    """One line of a ranking."""
    result = pair.result
    return {
        "rank": pair.rank,
        "candidate_id": result.candidate_id,
        "offer_id": result.offer_id,
        "title": pair.title,
        "score": result.score,
        "category": result.category,
        "confidence": result.confidence,
        "job_id": pair_job_id(result.candidate_id, result.offer_id),
    }
