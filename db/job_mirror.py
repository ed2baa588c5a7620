"""The ads that are mirrored: which of them their source must confirm again, and what it has confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.catalogue import MIRRORED_SOURCE, upsert_ads
from db.job_withdrawal import tied_to
from db.tables import Offer
from domain.source_ad import AdRef, SourceAd


@dataclass(frozen=True)
class DueOffer:
    """An offer that must be confirmed again, and since when it has not been."""

    id: int
    last_verified_at: datetime


def _due(after: timedelta) -> ColumnElement[bool]:
    """Open, mirrored, and not confirmed for so long."""
    return and_(Offer.mirrored, Offer.state == "open", Offer.last_verified_at < func.now() - after)


async def due_offers(
    session: AsyncSession, *, after: timedelta, since: DueOffer | None, limit: int
) -> Sequence[DueOffer]:
    """The next offers to confirm, those first that have waited longest; `since` is the last one read."""
    place = tuple_(Offer.last_verified_at, Offer.id)
    statement = select(Offer.id, Offer.last_verified_at).where(_due(after)).order_by(place).limit(limit)
    if since is not None:
        statement = statement.where(place > (since.last_verified_at, since.id))
    return [DueOffer(*row) for row in (await session.execute(statement)).tuples()]


async def source_id_to_ask(session: AsyncSession, offer_id: int, *, after: timedelta) -> str | None:
    """By which id France Travail knows an offer's ad; None when it need not be asked any more."""
    statement = select(Offer.source, Offer.source_id, Offer.cross_refs).where(Offer.id == offer_id, _due(after))
    row = (await session.execute(statement)).tuples().one_or_none()
    if row is None:
        return None
    source, source_id, refs = row
    if source == MIRRORED_SOURCE:
        return source_id
    named = (ref for given in refs if (ref := AdRef.model_validate(given)).source == MIRRORED_SOURCE)
    return next((ref.source_id for ref in named), None)


async def confirm(session: AsyncSession, ad: SourceAd) -> int:
    """Take over an ad as France Travail gives it by its id; how many offers are confirmed by it.

    One that another source relays is confirmed while that source has given it since its last change. Nothing is added:
    an ad that was withdrawn or deleted meanwhile stays so.
    """
    statement = (
        select(Offer.id, Offer.source)
        .where(tied_to(ad.source_id), Offer.state != "withdrawn")
        .order_by(Offer.source, Offer.source_id)
        .with_for_update()
    )
    rows = list((await session.execute(statement)).tuples())
    confirmed = 0
    if any(source == MIRRORED_SOURCE for _, source in rows):
        confirmed += len(await upsert_ads(session, [ad], is_seen=False))
    relayed = [offer_id for offer_id, source in rows if source != MIRRORED_SOURCE]
    still_so = update(Offer).where(Offer.id.in_(relayed)).values(last_verified_at=func.now()).returning(Offer.id)
    if ad.source_updated_at is not None:
        still_so = still_so.where(Offer.last_seen_at >= ad.source_updated_at)
    still_so = still_so.execution_options(synchronize_session=False)
    return confirmed + len(list(await session.scalars(still_so)))


async def clock(session: AsyncSession) -> datetime:
    """The time by the database's clock."""
    now: datetime = (await session.scalars(select(func.clock_timestamp()))).one()
    return now
