"""Imports of election spreadsheets: their facts, their one decided end, what they refused."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.tables import Import, ImportReject

Outcome = Literal["failed", "cancelled"]


async def add_import(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Write the row of a new import; False when this id is already taken."""
    statement = insert(Import).values(**values).on_conflict_do_nothing(index_elements=[Import.id]).returning(Import.id)
    return (await session.scalars(statement)).one_or_none() is not None


async def get_import(session: AsyncSession, import_id: str) -> Import | None:
    return await session.get(Import, import_id)


async def lock_import(session: AsyncSession, import_id: str) -> Import | None:
    """The import, which no other transaction changes before this one ends."""
    return (await session.scalars(select(Import).where(Import.id == import_id).with_for_update())).one_or_none()


async def note_error(session: AsyncSession, import_id: str, error: str) -> None:
    """Keep what an import will be said to have failed of: more than a fixed sentence, hence kept here alone."""
    await session.execute(update(Import).where(Import.id == import_id, Import.outcome.is_(None)).values(error=error))


async def close_import(session: AsyncSession, import_id: str, outcome: Outcome, error: str | None = None) -> None:
    """Decide the import as cancelled, or as failed for the reason noted before or else this one; once only."""
    reason = func.coalesce(Import.error, error) if outcome == "failed" else None
    statement = update(Import).where(Import.id == import_id, Import.outcome.is_(None)).returning(Import.id)
    closed = await session.scalars(statement.values(outcome=outcome, error=reason, completed_at=func.now()))
    if closed.one_or_none() is not None:
        rejects, _ = await count_findings(session, import_id)
        await session.execute(update(Import).where(Import.id == import_id).values(rejects_by_reason=rejects))


async def reopen_import(session: AsyncSession, import_id: str, error: str) -> None:
    """Undo the end of an import that failed for this reason, so that it can be started again."""
    statement = update(Import).where(Import.id == import_id, Import.outcome == "failed", Import.error == error)
    await session.execute(statement.values(outcome=None, error=None, completed_at=None))


async def forget_object(session: AsyncSession, import_id: str) -> None:
    """The uploaded file is gone."""
    await session.execute(update(Import).where(Import.id == import_id).values(object_key=None))


async def list_imports(
    session: AsyncSession, *, kind: str | None, after: tuple[datetime, str] | None, limit: int
) -> list[Import]:
    """Imports of this kind, or of both, the newest first, that come after the one of this start and id."""
    statement = select(Import).order_by(Import.started_at.desc(), Import.id.desc()).limit(limit)
    if kind is not None:
        statement = statement.where(Import.kind == kind)
    if after is not None:
        statement = statement.where(tuple_(Import.started_at, Import.id) < after)
    return list(await session.scalars(statement))


async def count_findings(session: AsyncSession, import_id: str) -> tuple[dict[str, int], int]:
    """How many rows were refused, for each reason, and how many cells dropped."""
    statement = (
        select(ImportReject.kind, ImportReject.reason, func.count())
        .where(ImportReject.import_id == import_id)
        .group_by(ImportReject.kind, ImportReject.reason)
    )
    rejects: dict[str, int] = {}
    warnings = 0
    for kind, reason, found in await session.execute(statement):
        if kind == "reject":
            rejects[reason] = found
        else:
            warnings += found
    return rejects, warnings


async def list_rejects(session: AsyncSession, import_id: str, *, after: int, limit: int) -> list[ImportReject]:
    """Refused rows and dropped cells in the order in which they were found, beginning after this id."""
    statement = (
        select(ImportReject)
        .where(ImportReject.import_id == import_id, ImportReject.id > after)
        .order_by(ImportReject.id)
        .limit(limit)
    )
    return list(await session.scalars(statement))


async def undecided(session: AsyncSession, *, after: datetime, before: datetime, limit: int) -> list[Import]:
    """Imports without an outcome started between the two moments, the oldest first."""
    statement = (
        select(Import)
        .where(Import.outcome.is_(None), Import.started_at > after, Import.started_at < before)
        .order_by(Import.started_at)
        .limit(limit)
    )
    return list(await session.scalars(statement))


async def known_imports(session: AsyncSession, ids: Collection[str]) -> set[str]:
    """Those of the ids under which there is an import."""
    return set(await session.scalars(select(Import.id).where(Import.id.in_(ids))))


async def with_old_object(session: AsyncSession, age: timedelta, *, limit: int) -> list[str]:
    """Imports that ended longer ago than `age` and whose file is still kept."""
    statement = (
        select(Import.id)
        .where(Import.outcome.is_not(None), Import.object_key.is_not(None), Import.completed_at < func.now() - age)
        .limit(limit)
    )
    return list(await session.scalars(statement))
