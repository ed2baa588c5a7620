"""The catalogue of offers."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.catalogue import confirmed, visible
from db.tables import Offer


async def get_offer(session: AsyncSession, offer_id: int) -> Offer | None:
    return await session.get(Offer, offer_id)


async def offers_by_id(session: AsyncSession, ids: Collection[int]) -> dict[int, Offer]:
    """The offers there are among `ids`, without those that may not be matched at present."""
    rows = await session.scalars(select(Offer).where(Offer.id.in_(ids), confirmed()))
    return {row.id: row for row in rows}


async def unknown_offers(session: AsyncSession, ids: Collection[int]) -> list[int]:
    """Which of `ids` name no offer that may be matched, in ascending order."""
    known = set(await session.scalars(select(Offer.id).where(Offer.id.in_(ids), confirmed())))
    return sorted(set(ids) - known)


async def add_offer(session: AsyncSession, *, created_by: str, values: dict[str, Any]) -> Offer:
    statement = insert(Offer).values(created_by=created_by, **values).returning(Offer)
    return (await session.scalars(statement)).one()


async def change_offer(session: AsyncSession, offer_id: int, values: dict[str, Any]) -> Offer | None:
    """Replace the offer's content and move its version, on which scores depend."""
    statement = (
        update(Offer)
        .where(Offer.id == offer_id)
        .values(**values, version=Offer.version + 1, updated_at=func.now())
        .returning(Offer)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).one_or_none()


async def delete_offer(session: AsyncSession, offer_id: int) -> None:
    """Remove the offer with its scores."""
    await session.execute(delete(Offer).where(Offer.id == offer_id))


async def list_offers(session: AsyncSession, *, words: list[str], after: int, limit: int) -> list[Offer]:
    """Offers that may be shown, with an id above `after` and every word in title, company or description."""
    statement = select(Offer).where(visible(), Offer.id > after).order_by(Offer.id).limit(limit)
    for word in words:
        columns = (Offer.title, Offer.company, Offer.description)
        statement = statement.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return list(await session.scalars(statement))
