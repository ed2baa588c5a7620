"""The candidates as the search index must show them: the index is a projection of these rows."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.tables import Candidate, Decision, Evaluation, Json
from domain.candidate_document import CandidateContent, candidate_document

WITHDRAWING = ("reject", "archive", "erase")
"""Decisions that take a candidate out of the index before they change the status."""


@dataclass(frozen=True)
class Projection:
    """A candidate at one version; `searchable` says whether the index may hold them."""

    candidate_id: int
    version: int
    searchable: bool
    content: CandidateContent

    def document(self) -> Json:
        """What the index holds of the candidate. Raises ValueError for a stored profile that no longer reads as one."""
        return candidate_document(self.candidate_id, self.version, self.content)


def searchable() -> ColumnElement[bool]:
    """Whether recruiters may find the candidate: validated, and no decision under way that withdraws them."""
    withdrawn = exists().where(
        Decision.candidate_id == Candidate.id,
        Decision.kind.in_(WITHDRAWING),
        Decision.outcome.is_(None),
        Decision.rolled_back_at.is_(None),
    )
    return and_(Candidate.status == "VALIDATED", ~withdrawn.correlate(Candidate))


def _columns() -> tuple[Any, ...]:
    admin_score = (
        select(Evaluation.overall_score)
        .join(Decision, Decision.id == Evaluation.decision_id)
        .where(
            Evaluation.candidate_id == Candidate.id,
            Evaluation.rolled_back_at.is_(None),
            Decision.kind == "validate",
        )
        .order_by(Evaluation.id.desc())
        .limit(1)
        .correlate(Candidate)
        .scalar_subquery()
    )
    return (
        Candidate.id,
        Candidate.version,
        searchable().label("searchable"),
        Candidate.first_name,
        Candidate.last_name,
        Candidate.headline,
        Candidate.city,
        Candidate.country,
        Candidate.sector,
        Candidate.profile,
        Candidate.preferences,
        admin_score.label("admin_score"),
    )


def _projections() -> Select[Any]:
    return select(*_columns())


def _projection(row: Row[Any]) -> Projection:
    candidate_id, version, is_searchable, *content = row
    return Projection(candidate_id, version, is_searchable, CandidateContent(*content))


async def take_version(session: AsyncSession, candidate_id: int) -> Projection | None:
    """Bump the version and return the candidate at it; None when there is no such candidate. `updated_at` stays."""
    # The row is locked first: a statement that waits for a row sees that row afresh, but decisions and evaluations as
    # they were before the wait, and would take the highest version with an outdated answer.
    locked = select(Candidate.id).where(Candidate.id == candidate_id).with_for_update()
    if (await session.scalars(locked)).one_or_none() is None:
        return None
    statement = (
        update(Candidate)
        .where(Candidate.id == candidate_id)
        .values(version=Candidate.version + 1)
        .returning(*_columns())
        .execution_options(synchronize_session=False)
    )
    return _projection((await session.execute(statement)).one())


async def projection(session: AsyncSession, candidate_id: int) -> Projection | None:
    """The candidate as they are, whatever their status; None when there is no such candidate."""
    row = (await session.execute(_projections().where(Candidate.id == candidate_id))).one_or_none()
    return None if row is None else _projection(row)


async def page(session: AsyncSession, after: int, limit: int) -> list[Projection]:
    """Searchable candidates with an id above `after`, in the order of their ids."""
    statement = _projections().where(Candidate.id > after, searchable()).order_by(Candidate.id).limit(limit)
    return [_projection(row) for row in await session.execute(statement)]


async def versions(session: AsyncSession, after: int, limit: int) -> list[tuple[int, int]]:
    """Id and version of searchable candidates with an id above `after`, in the order of their ids."""
    statement = (
        select(Candidate.id, Candidate.version)
        .where(Candidate.id > after, searchable())
        .order_by(Candidate.id)
        .limit(limit)
    )
    return [(candidate_id, version) for candidate_id, version in await session.execute(statement)]


async def searchable_among(session: AsyncSession, ids: Collection[int]) -> set[int]:
    """Which of these candidates recruiters may find."""
    if not ids:
        return set()
    return set(await session.scalars(select(Candidate.id).where(Candidate.id.in_(ids), searchable())))
