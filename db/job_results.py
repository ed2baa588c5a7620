"""What a search for job offers has found so far: its ads in order of arrival, its openings, its events."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.catalogue import listed_ad, visible
from db.tables import JobSearchEvent, JobSearchOffer, Offer
from domain.job_search import SearchParams
from domain.offer_dedup import Group, group, in_order
from domain.source_ad import AdRef


@dataclass(frozen=True)
class FoundAd:
    """An ad that a source gave: `offer` None once deleted, `shown` False while it may not be shown."""

    seq: int
    source: str
    offer_id: int
    offer: Offer | None
    shown: bool


@dataclass(frozen=True)
class Openings:
    """The openings of a search in the order of the list; `ads` leads from a listed ad to where it was found."""

    groups: Sequence[Group]
    ads: dict[AdRef, FoundAd]


async def found_ads(
    session: AsyncSession, task_id: str, *, after: int = 0, up_to: int | None = None, limit: int | None = None
) -> list[FoundAd]:
    """Ads in order of arrival, each where it first arrived, whichever sources gave it again later."""
    earlier = JobSearchOffer.__table__.alias("earlier")
    again = select(earlier.c.seq).where(
        earlier.c.task_id == JobSearchOffer.task_id,
        earlier.c.offer_id == JobSearchOffer.offer_id,
        earlier.c.seq < JobSearchOffer.seq,
    )
    statement = (
        select(JobSearchOffer.seq, JobSearchOffer.source, JobSearchOffer.offer_id, Offer, visible())
        .outerjoin(Offer, Offer.id == JobSearchOffer.offer_id)
        .where(JobSearchOffer.task_id == task_id, JobSearchOffer.seq > after, ~again.exists())
        .order_by(JobSearchOffer.seq)
        .limit(limit)
    )
    if up_to is not None:
        statement = statement.where(JobSearchOffer.seq <= up_to)
    rows = (await session.execute(statement)).tuples()
    return [FoundAd(seq, source, offer_id, offer, bool(shown)) for seq, source, offer_id, offer, shown in rows]


async def kept_ads(session: AsyncSession, task_id: str) -> list[tuple[str, int]]:
    """Every (source, offer) of a search, those that a second source gave again included."""
    statement = select(JobSearchOffer.source, JobSearchOffer.offer_id).where(JobSearchOffer.task_id == task_id)
    return list((await session.execute(statement.order_by(JobSearchOffer.seq))).tuples())


async def openings(ads: Sequence[FoundAd], params: SearchParams) -> Openings:
    """Ads that may be shown, grouped and in the order of the list; not cut to the results asked for."""
    listed = {listed_ad(ad.offer): ad for ad in ads if ad.offer is not None and ad.shown}
    groups = await asyncio.to_thread(lambda: in_order(group(listed), params.terms))
    return Openings(groups, {one.ref: ad for one, ad in listed.items()})


async def events_after(session: AsyncSession, task_id: str, seq: int, *, limit: int = 200) -> list[JobSearchEvent]:
    """The events of a search with a higher number, in order."""
    statement = (
        select(JobSearchEvent)
        .where(JobSearchEvent.task_id == task_id, JobSearchEvent.seq > seq)
        .order_by(JobSearchEvent.seq)
        .limit(limit)
    )
    return list(await session.scalars(statement))
