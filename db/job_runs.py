"""Readings of job sources that searches share: their pages, their ends, and which of them serves again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from db.tables import JobSourceRun, JobSourceRunOffer
from domain.source_errors import SourceError


async def find_run(
    session: AsyncSession, run_key: str, *, since: datetime, fresh_only: bool = False
) -> JobSourceRun | None:
    """The last completed reading of this key that still serves a search begun at `since`.

    That is one that ended after it, or, unless `fresh_only`, that has not expired.
    """
    serves = JobSourceRun.finished_at >= since
    if not fresh_only:
        serves = or_(serves, JobSourceRun.expires_at > func.now())
    statement = (
        select(JobSourceRun)
        .where(JobSourceRun.run_key == run_key, JobSourceRun.state == "completed", serves)
        .order_by(JobSourceRun.finished_at.desc())
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


async def get_run(session: AsyncSession, run_id: UUID) -> JobSourceRun | None:
    return await session.get(JobSourceRun, run_id, populate_existing=True)


async def runs_by_id(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, JobSourceRun]:
    """The readings there are among `ids`."""
    rows = await session.scalars(select(JobSourceRun).where(JobSourceRun.run_id.in_(ids)))
    return {row.run_id: row for row in rows}


async def begin_run(session: AsyncSession, run_id: UUID, *, run_key: str, source: str, planned: int) -> JobSourceRun:
    """The reading's row, written if this is its first step."""
    values = {"run_id": run_id, "run_key": run_key, "source": source, "planned": planned}
    await session.execute(upsert(JobSourceRun).values(**values).on_conflict_do_nothing())
    return await session.get_one(JobSourceRun, run_id, populate_existing=True)


@dataclass(frozen=True)
class RunPage:
    """Page `number` (from 1): the catalogue's ids of its ads in order, and what the source said about itself."""

    number: int
    offer_ids: Sequence[int]
    invalid: int
    total: int | None
    truncated: bool
    cursor: dict[str, Any] | None


async def add_page(session: AsyncSession, run_id: UUID, page: RunPage) -> bool:
    """Store the reading's next page; False when it is stored already or the reading has ended."""
    statement = (
        update(JobSourceRun)
        .where(JobSourceRun.run_id == run_id, JobSourceRun.pages == page.number - 1, JobSourceRun.state.is_(None))
        .values(
            pages=page.number,
            invalid=JobSourceRun.invalid + page.invalid,
            total=page.total,
            truncated=page.truncated,
            cursor=page.cursor,
            attempt=0,
            error=None,
        )
        .returning(JobSourceRun.offers)
    )
    stored = (await session.scalars(statement)).one_or_none()
    if stored is None:
        return False
    known = set(await session.scalars(select(JobSourceRunOffer.offer_id).where(JobSourceRunOffer.run_id == run_id)))
    new = [offer_id for offer_id in dict.fromkeys(page.offer_ids) if offer_id not in known]
    if new:
        rows = [
            {"run_id": run_id, "position": position, "page": page.number, "offer_id": offer_id}
            for position, offer_id in enumerate(new, start=stored + 1)
        ]
        await session.execute(insert(JobSourceRunOffer).values(rows))
        total = update(JobSourceRun).where(JobSourceRun.run_id == run_id)
        await session.execute(total.values(offers=stored + len(new)))
    return True


async def note_failure(session: AsyncSession, run_id: UUID, attempt: int, error: SourceError) -> None:
    """Record why a try at the reading's next page failed."""
    statement = update(JobSourceRun).where(JobSourceRun.run_id == run_id, JobSourceRun.state.is_(None))
    await session.execute(statement.values(attempt=attempt, error=error.model_dump(mode="json")))


async def complete_run(session: AsyncSession, run_id: UUID, *, ttl: timedelta, empty_ttl: timedelta) -> None:
    """The reading is whole and serves for `ttl`, or the shorter `empty_ttl` if it found nothing."""
    lasts = ttl if await _has_offers(session, run_id) else min(ttl, empty_ttl)
    await _end(session, run_id, state="completed", error=None, expires_at=func.clock_timestamp() + lasts)


async def fail_run(session: AsyncSession, run_id: UUID, error: SourceError) -> None:
    """The reading ended early: what is stored of it stays with the searches that follow it, and serves no other."""
    await _end(session, run_id, state="failed", error=error.model_dump(mode="json"))


async def copy_run(session: AsyncSession, run_id: UUID, of: JobSourceRun) -> None:
    """Make an empty reading the copy of a completed one of the same key."""
    values = {
        "pages": of.pages, "offers": of.offers, "invalid": of.invalid, "total": of.total, "truncated": of.truncated,
        "state": "completed", "finished_at": func.clock_timestamp(), "expires_at": of.expires_at,
    }  # fmt: skip
    statement = (
        update(JobSourceRun)
        .where(JobSourceRun.run_id == run_id, JobSourceRun.pages == 0, JobSourceRun.state.is_(None))
        .values(**values)
        .returning(JobSourceRun.run_id)
    )
    if (await session.scalars(statement)).one_or_none() is None:
        return
    columns = (JobSourceRunOffer.position, JobSourceRunOffer.page, JobSourceRunOffer.offer_id)
    rows = select(literal(run_id), *columns).where(JobSourceRunOffer.run_id == of.run_id)
    await session.execute(insert(JobSourceRunOffer).from_select(["run_id", "position", "page", "offer_id"], rows))


async def offers_after_page(session: AsyncSession, run_id: UUID, page: int) -> dict[int, list[int]]:
    """The ads of the pages after this one, by page and in order; a page without ads is not told."""
    statement = (
        select(JobSourceRunOffer.page, JobSourceRunOffer.offer_id)
        .where(JobSourceRunOffer.run_id == run_id, JobSourceRunOffer.page > page)
        .order_by(JobSourceRunOffer.position)
    )
    pages: dict[int, list[int]] = {}
    for number, offer_id in (await session.execute(statement)).tuples():
        pages.setdefault(number, []).append(offer_id)
    return pages


async def last_runs(session: AsyncSession) -> tuple[dict[str, datetime], dict[str, JobSourceRun]]:
    """By source: when a reading last completed, and the last reading that failed."""
    ended = (
        select(JobSourceRun)
        .where(JobSourceRun.state.is_not(None))
        .distinct(JobSourceRun.source, JobSourceRun.state)
        .order_by(JobSourceRun.source, JobSourceRun.state, JobSourceRun.finished_at.desc())
    )
    rows = list(await session.scalars(ended))
    succeeded = {row.source: row.finished_at for row in rows if row.state == "completed" and row.finished_at}
    return succeeded, {row.source: row for row in rows if row.state == "failed"}


async def _has_offers(session: AsyncSession, run_id: UUID) -> bool:
    run = await get_run(session, run_id)
    return run is not None and run.offers > 0


async def _end(session: AsyncSession, run_id: UUID, **values: Any) -> None:
    statement = update(JobSourceRun).where(JobSourceRun.run_id == run_id, JobSourceRun.state.is_(None))
    await session.execute(statement.values(finished_at=func.clock_timestamp(), **values))
