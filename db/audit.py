"""The audit log: adding facts, and finding them again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.tables import AuditLog


async def add_entry(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """Add one fact; what a run has already written for a step stays as it is."""
    await session.execute(insert(AuditLog).values(**values).on_conflict_do_nothing())


async def list_entries(
    session: AsyncSession,
    *,
    equal: Mapping[str, Any],
    since: datetime | None,
    until: datetime | None,
    before: int | None,
    limit: int,
) -> list[AuditLog]:
    """The newest entries with an id below `before` whose columns have the values of `equal`, in [since, until)."""
    statement = select(AuditLog).order_by(AuditLog.id.desc()).limit(limit)
    for column, value in equal.items():
        statement = statement.where(AuditLog.__table__.c[column] == value)
    if since is not None:
        statement = statement.where(AuditLog.created_at >= since)
    if until is not None:
        statement = statement.where(AuditLog.created_at < until)
    if before is not None:
        statement = statement.where(AuditLog.id < before)
    return list(await session.scalars(statement))
