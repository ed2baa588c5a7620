"""Ads of sources that have had their time: those that are unseen expire, those that nobody uses are deleted."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.tables import JobSearch, JobSearchOffer, JobSourceRun, MatchingResult, Offer
from domain.source_ad import AdSource


async def expire_unseen(session: AsyncSession, source: AdSource, *, after: timedelta, limit: int) -> int:
    """Expire open ads, not mirrored ones, that no search was given for so long; how many."""
    unseen = and_(Offer.source == source, Offer.state == "open", Offer.mirrored.is_(False), _unseen(after))
    ids = await _locked(session, unseen, limit)
    await session.execute(update(Offer).where(Offer.id.in_(ids)).values(state="expired", updated_at=func.now()))
    return len(ids)


async def delete_expired(session: AsyncSession, source: AdSource, *, after: timedelta, limit: int) -> int:
    """Delete expired ads, with their scores, that no search was given for so long; how many."""
    ids = await _locked(session, and_(Offer.source == source, Offer.state == "expired", _unseen(after)), limit)
    return await _delete(session, Offer.id.in_(ids))


async def delete_unused(session: AsyncSession, *, unverified: timedelta, unused: timedelta, limit: int) -> int:
    """Delete mirrored ads that would have to be confirmed again, but that nobody has found or matched for so long.

    How many; an offer that is matched at this very moment stays.
    """
    since = func.now() - unused
    found = exists().where(
        JobSearchOffer.offer_id == Offer.id, JobSearch.task_id == JobSearchOffer.task_id, JobSearch.created_at > since
    )
    matched = exists().where(MatchingResult.offer_id == Offer.id, MatchingResult.created_at > since)
    is_unused = and_(
        Offer.mirrored,
        Offer.state == "open",
        Offer.last_verified_at < func.now() - unverified,
        _unseen(unused),
        ~found,
        ~matched,
    )
    ids = await _locked(session, is_unused, limit)
    # Asked again now that no score can be added: one may have been while the rows were being locked.
    return await _delete(session, and_(Offer.id.in_(ids), is_unused))


async def delete_of_source(session: AsyncSession, source: AdSource, *, limit: int) -> int:
    """Delete ads of a source, those that others relay of it included, with their scores; how many."""
    theirs = Offer.cross_refs.contains([{"source": source}]) | (Offer.source == source)
    # Locked in the order in which readings lock them.
    these = select(Offer.id).where(theirs).order_by(Offer.source, Offer.source_id).limit(limit).with_for_update()
    ids = list(await session.scalars(these))
    return await _delete(session, Offer.id.in_(ids))


async def delete_readings(session: AsyncSession, source: AdSource) -> int:
    """Delete what is stored of the readings of a source; how many."""
    gone = delete(JobSourceRun).where(JobSourceRun.source == source).returning(JobSourceRun.run_id)
    return len(list(await session.scalars(gone)))


def _unseen(after: timedelta) -> ColumnElement[bool]:
    return Offer.last_seen_at < func.now() - after


async def _locked(session: AsyncSession, condition: ColumnElement[bool], limit: int) -> list[int]:
    """Offers that satisfy it, the longest unseen first, without those that somebody is changing or scoring."""
    statement = select(Offer.id).where(condition).order_by(Offer.last_seen_at, Offer.id).limit(limit)
    return list(await session.scalars(statement.with_for_update(skip_locked=True)))


async def _delete(session: AsyncSession, condition: ColumnElement[bool]) -> int:
    gone = delete(Offer).where(condition).returning(Offer.id).execution_options(synchronize_session=False)
    return len(list(await session.scalars(gone)))
