"""The scores of pairs: storing a page of them, and reading the newest of a pair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Float, String, Uuid, and_, case, cast, column, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeEngine

from db.tables import Candidate, Json, MatchingPair, MatchingResult, Offer
from domain.ids import pair_job_id

LOST = "Offre ou candidat supprimé pendant le calcul"

_STATE: dict[str, TypeEngine[Any]] = {
    "candidate_id": BigInteger(),
    "offer_id": BigInteger(),
    "profile_version": BigInteger(),
    "offer_version": BigInteger(),
    "algorithm_version": String(),
}
_FOUND: dict[str, TypeEngine[Any]] = {
    "score": Float(),
    "category": String(),
    "confidence": Float(),
    "explanation": JSONB(),
    "processing_time": Float(),
}
_UNSCORED: dict[str, TypeEngine[Any]] = {"candidate_id": BigInteger(), "offer_id": BigInteger(), "error": String()}


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """The score of a pair at these versions of its sides, and what is stored to explain it."""

    candidate_id: int
    offer_id: int
    profile_version: int
    offer_version: int
    algorithm_version: str
    score: float
    category: str
    confidence: float
    explanation: Json
    processing_time: float


async def save_page(
    session: AsyncSession,
    request_id: UUID,
    scored: Sequence[ScoredPair],
    failed: Mapping[tuple[int, int], str],
    *,
    scored_at: datetime,
    force: bool,
) -> None:
    """Decide pairs of a request: their scores, or the reasons why there are none.

    A pair decided already stays as it is, and so does the score of a state that is stored already, unless forced.
    """
    if scored:
        rows = [{name: getattr(pair, name) for name in (*_STATE, *_FOUND)} for pair in scored]
        await session.execute(_results(rows, scored_at, request_id if force else None))
        states = [{name: row[name] for name in _STATE} for row in rows]
        await session.execute(_decided(states, request_id, request_id if force else None))
    if failed:
        reasons = [{"candidate_id": c, "offer_id": o, "error": error} for (c, o), error in failed.items()]
        given = _table(reasons, _UNSCORED)
        values = select(_uuid(request_id), given.c.candidate_id, given.c.offer_id, given.c.error)
        names = ["request_id", "candidate_id", "offer_id", "error"]
        await session.execute(insert(MatchingPair).from_select(names, values).on_conflict_do_nothing())


def _results(rows: list[Json], scored_at: datetime, forced_by: UUID | None) -> Any:
    """Insert results, in one order so that two writers do not block each other for ever.

    Both sides are locked while they are looked up: one that is deleted at this moment is left out, and breaks nothing.
    """
    given = _table(rows, {**_STATE, **_FOUND})
    names = [*_STATE, *_FOUND, "created_at", "forced_by"]
    values = (
        select(*(given.c[name] for name in (*_STATE, *_FOUND)), literal(scored_at), _uuid(forced_by))
        .join(Candidate, Candidate.id == given.c.candidate_id)
        .join(Offer, Offer.id == given.c.offer_id)
        .order_by(given.c.candidate_id, given.c.offer_id)
        .with_for_update(key_share=True, read=True, of=[Candidate, Offer])
    )
    return insert(MatchingResult).from_select(names, values).on_conflict_do_nothing()


def _decided(states: list[Json], request_id: UUID, forced_by: UUID | None) -> Any:
    """Insert the pairs of a request with the results at these states."""
    given = _table(states, _STATE)
    same = and_(
        *(getattr(MatchingResult, name) == given.c[name] for name in _STATE),
        MatchingResult.forced_by.is_not_distinct_from(_uuid(forced_by)),
    )
    values = select(
        _uuid(request_id),
        given.c.candidate_id,
        given.c.offer_id,
        MatchingResult.id,
        case((MatchingResult.id.is_(None), LOST)),
    ).outerjoin_from(given, MatchingResult, same)
    names = ["request_id", "candidate_id", "offer_id", "result_id", "error"]
    return insert(MatchingPair).from_select(names, values).on_conflict_do_nothing()


def _table(rows: list[Json], columns: Mapping[str, TypeEngine[Any]]) -> Any:
    """Rows as a table that a statement reads: one value, however many rows there are."""
    shape = (column(name, type_) for name, type_ in columns.items())
    given = func.jsonb_to_recordset(cast(literal(rows, JSONB()), JSONB())).table_valued(*shape, name="given")
    return given.render_derived(with_types=True)


def _uuid(value: UUID | None) -> Any:
    return literal(value, Uuid())


async def newest_score(session: AsyncSession, candidate_id: int, offer_id: int) -> MatchingResult | None:
    """The score of a pair in its last state, wherever it was asked for; of several, the last.

    Versions only grow: an attempt that was given up may still store a score of sides as they were before.
    """
    statement = (
        select(MatchingResult)
        .where(MatchingResult.candidate_id == candidate_id, MatchingResult.offer_id == offer_id)
        .order_by((MatchingResult.profile_version + MatchingResult.offer_version).desc(), MatchingResult.id.desc())
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


async def score_at(
    session: AsyncSession, pair: tuple[int, int], versions: tuple[int, int], algorithm_version: str
) -> MatchingResult | None:
    """The last score of (candidate, offer) at exactly these (profile, offer) versions."""
    statement = (
        select(MatchingResult)
        .where(
            tuple_(MatchingResult.candidate_id, MatchingResult.offer_id) == pair,
            tuple_(MatchingResult.profile_version, MatchingResult.offer_version) == versions,
            MatchingResult.algorithm_version == algorithm_version,
        )
        .order_by(MatchingResult.id.desc())
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


async def pair_of_request(session: AsyncSession, request_id: UUID) -> MatchingResult | None:
    """The score of a request for one pair."""
    statement = (
        select(MatchingResult)
        .join(MatchingPair, MatchingPair.result_id == MatchingResult.id)
        .where(MatchingPair.request_id == request_id)
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


_UNEXPLAINED: Json = dict.fromkeys(("skills_matching", "experience_matching", "education_matching"))


def is_explained(explanation: Json) -> bool:
    """Whether it says what the figures rest on, not only the figures."""
    return "gaps" in explanation


def pair_result(result: MatchingResult, explanation: Json | None = None) -> Json:
    """The score of one pair as the caller and the webhook read it, with the explanation stored or the one given."""
    told = result.explanation if explanation is None else explanation
    return {
        "job_id": pair_job_id(result.candidate_id, result.offer_id),
        "candidate_id": result.candidate_id,
        "offer_id": result.offer_id,
        "score": result.score,
        "category": result.category,
        "confidence": result.confidence,
        "details": {**_UNEXPLAINED, **told.get("details", {})},
        "strengths": told.get("strengths"),
        "gaps": told.get("gaps"),
        "algorithm_version": result.algorithm_version,
        "processing_time": result.processing_time,
        "scored_at": result.created_at.isoformat().replace("+00:00", "Z"),
        "profile_version": result.profile_version,
        "offer_version": result.offer_version,
    }
