"""What keeping the search index right asks of the table, beside the projection itself."""

from collections.abc import Collection

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.candidate_index import searchable
from db.tables import Candidate, Decision


async def count_searchable(session: AsyncSession) -> int:
    """How many candidates the index should hold."""
    return (await session.scalars(select(func.count()).select_from(Candidate).where(searchable()))).one()


async def under_decision(session: AsyncSession, ids: Collection[int]) -> set[int]:
    """Which of these candidates have a decision whose end is open: its run brings the index into line itself."""
    statement = select(Decision.candidate_id).where(Decision.candidate_id.in_(ids), Decision.outcome.is_(None))
    return set(await session.scalars(statement))


async def move_version(session: AsyncSession, candidate_id: int, version: int, at_least: int) -> bool:
    """Raise the version of a candidate who is still at `version`; False when they are not."""
    statement = (
        update(Candidate)
        .where(Candidate.id == candidate_id, Candidate.version == version)
        .values(version=func.greatest(Candidate.version, at_least))
        .returning(Candidate.id)
    )
    return (await session.scalars(statement)).one_or_none() is not None
