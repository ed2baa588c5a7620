"""The ranking of a matching request: its scored pairs best first, and the pairs that could not be scored."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from db.catalogue import confirmed
from db.tables import MatchingPair, MatchingResult, Offer
from domain.ids import pair_job_id

GONE = "Offre ou candidat supprimé depuis le calcul"


@dataclass(frozen=True, slots=True)
class RankedPair:
    """One line of a ranking; no `title` while the offer may not be shown."""

    rank: int
    candidate_id: int
    offer_id: int
    title: str | None
    score: float
    category: str
    confidence: float

    def as_item(self) -> dict[str, Any]:
        """The line as callers and webhooks read it."""
        return {
            "rank": self.rank,
            "candidate_id": self.candidate_id,
            "offer_id": self.offer_id,
            "title": self.title,
            "score": self.score,
            "category": self.category,
            "confidence": self.confidence,
            "job_id": pair_job_id(self.candidate_id, self.offer_id),
        }


@dataclass(frozen=True, slots=True)
class RankPosition:
    """A place in a ranking, from which reading goes on: the last line read and its rank."""

    rank: int
    score: float
    offer_id: int
    candidate_id: int


@dataclass(frozen=True, slots=True)
class UnscoredPair:
    offer_id: int
    candidate_id: int
    error: str

    def as_item(self) -> dict[str, Any]:
        return {"candidate_id": self.candidate_id, "offer_id": self.offer_id, "error": self.error}


@dataclass(frozen=True, slots=True)
class Counts:
    """Pairs of a request that are decided, by how."""

    scored: int
    failed: int

    @property
    def decided(self) -> int:
        return self.scored + self.failed


async def counts(session: AsyncSession, request_id: UUID) -> Counts:
    """How many pairs of the request are decided so far."""
    statement = select(func.count(MatchingPair.result_id), func.count()).where(MatchingPair.request_id == request_id)
    scored, decided = (await session.execute(statement)).one()._tuple()
    return Counts(scored, decided - scored)


async def ranked_pairs(
    session: AsyncSession, request_id: UUID, *, limit: int, after: RankPosition | None = None
) -> list[RankedPair]:
    """Scored pairs of a request, best first; equal scores in the order of offer, then candidate.

    Reading on from a place repeats no pair and misses none that is stored by then behind it, also while others come.
    """
    statement = (
        select(
            MatchingResult.candidate_id,
            MatchingResult.offer_id,
            case((confirmed(), Offer.title)),
            MatchingResult.score,
            MatchingResult.category,
            MatchingResult.confidence,
        )
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
    return [RankedPair(rank, *row) for rank, row in enumerate(rows, start=first)]


async def unscored_pairs(
    session: AsyncSession, request_id: UUID, *, limit: int, after: tuple[int, int] = (0, 0)
) -> list[UnscoredPair]:
    """Pairs of a request without a score, with the reason, in the order of (offer, candidate) behind `after`."""
    statement = (
        select(MatchingPair.offer_id, MatchingPair.candidate_id, func.coalesce(MatchingPair.error, GONE))
        .where(
            MatchingPair.request_id == request_id,
            MatchingPair.result_id.is_(None),
            tuple_(MatchingPair.offer_id, MatchingPair.candidate_id) > after,
        )
        .order_by(MatchingPair.offer_id, MatchingPair.candidate_id)
        .limit(limit)
    )
    return [UnscoredPair(*row) for row in (await session.execute(statement)).tuples()]
