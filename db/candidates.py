"""Candidates: reading them, and every write that moves their versions."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import delete as sql_delete
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from db.tables import Candidate

PROFILE_FIELDS = frozenset({"profile", "preferences"})
"""A write to one of these also moves `profile_version`, on which scores depend."""


async def get_candidate(session: AsyncSession, candidate_id: int) -> Candidate | None:
    return await session.get(Candidate, candidate_id)


async def access_by_id(session: AsyncSession, ids: Collection[int]) -> dict[int, Candidate]:
    """The candidates there are among `ids`, with what decides who may see them alone: profiles stay where they are."""
    columns = load_only(Candidate.id, Candidate.user_id, Candidate.created_by, Candidate.status, raiseload=True)
    rows = await session.scalars(select(Candidate).where(Candidate.id.in_(ids)).options(columns))
    return {row.id: row for row in rows}


async def add_candidate(
    session: AsyncSession, *, created_by: str, user_id: int | None = None, values: dict[str, Any] | None = None
) -> Candidate | None:
    """A new DRAFT candidate, or None when this user already has one."""
    statement = (
        insert(Candidate)
        .values(created_by=created_by, user_id=user_id, **(values or {}))
        .on_conflict_do_nothing()
        .returning(Candidate)
    )
    return (await session.scalars(statement)).one_or_none()


async def candidate_of_user(session: AsyncSession, user_id: int) -> Candidate | None:
    return (await session.scalars(select(Candidate).where(Candidate.user_id == user_id))).one_or_none()


async def candidate_of_parse(session: AsyncSession, job_id: UUID) -> Candidate | None:
    """The candidate that the link step of this parse created."""
    return (await session.scalars(select(Candidate).where(Candidate.source_job_id == job_id))).one_or_none()


async def change_candidate(session: AsyncSession, candidate_id: int, values: dict[str, Any]) -> Candidate | None:
    """Write `values` and move the versions; None when there is no such candidate."""
    moves = {"version": Candidate.version + 1, "updated_at": func.now()}
    if PROFILE_FIELDS & values.keys():
        moves["profile_version"] = Candidate.profile_version + 1
    statement = (
        update(Candidate)
        .where(Candidate.id == candidate_id)
        .values(**values, **moves)
        .returning(Candidate)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).one_or_none()


async def list_candidates(session: AsyncSession, *, status: str | None, after: int, limit: int) -> list[Candidate]:
    """Candidates with an id above `after`, in the order of their ids."""
    statement = select(Candidate).where(Candidate.id > after).order_by(Candidate.id).limit(limit)
    if status is not None:
        statement = statement.where(Candidate.status == status)
    return list(await session.scalars(statement))


_FIELDS = ("first_name", "last_name", "email", "phone", "address", "city", "country", "headline", "sector")


def filled_fields(row: Candidate) -> list[str]:
    """The names, never the values, of what is known of a candidate."""
    return [*(name for name in _FIELDS if getattr(row, name) is not None), *(row.profile or {})]


async def delete_candidate(session: AsyncSession, candidate_id: int) -> None:
    """Remove a candidate together with their scores."""
    await session.execute(sql_delete(Candidate).where(Candidate.id == candidate_id))
