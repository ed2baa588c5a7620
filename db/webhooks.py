"""Webhook deliveries and their attempts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.tables import WebhookAttempt, WebhookDelivery
from domain.ids import pair_prefix


async def add_delivery(session: AsyncSession, values: dict[str, Any]) -> None:
    """Write the delivery with its exact body; one already written under this id stays as it is."""
    await session.execute(
        insert(WebhookDelivery).values(**values).on_conflict_do_nothing(index_elements=[WebhookDelivery.id])
    )


async def get_delivery(session: AsyncSession, delivery_id: UUID) -> WebhookDelivery | None:
    return await session.get(WebhookDelivery, delivery_id)


async def hold_delivery(session: AsyncSession, delivery_id: UUID) -> bool:
    """Whether the delivery is there. If so, it stays until the transaction ends."""
    statement = select(WebhookDelivery.id).where(WebhookDelivery.id == delivery_id).with_for_update()
    return (await session.scalars(statement)).one_or_none() is not None


async def add_attempt(session: AsyncSession, delivery_id: UUID, *, status_code: int | None, error: str | None) -> None:
    session.add(WebhookAttempt(delivery_id=delivery_id, status_code=status_code, error=error))
    await session.flush()


async def close_delivery(session: AsyncSession, delivery_id: UUID, outcome: str) -> None:
    """Settle the delivery, once, and erase what it carried."""
    statement = (
        update(WebhookDelivery)
        .where(WebhookDelivery.id == delivery_id, WebhookDelivery.outcome.is_(None))
        .values(outcome=outcome, completed_at=func.now(), body=None, secret=None)
    )
    await session.execute(statement)


async def undecided(session: AsyncSession, *, after: datetime, before: datetime, limit: int) -> list[WebhookDelivery]:
    """Deliveries without an outcome made between the two moments, the oldest first."""
    statement = (
        select(WebhookDelivery)
        .where(WebhookDelivery.outcome.is_(None))
        .where(WebhookDelivery.created_at > after, WebhookDelivery.created_at < before)
        .order_by(WebhookDelivery.created_at)
        .limit(limit)
    )
    return list(await session.scalars(statement))


async def deliveries_of(session: AsyncSession, job_id: str, owner: str | None, *, limit: int) -> list[WebhookDelivery]:
    """The last deliveries of a job (those asked for by `owner`, or by anybody), the oldest first."""
    newest_first = (WebhookDelivery.created_at.desc(), WebhookDelivery.id)
    statement = select(WebhookDelivery).where(WebhookDelivery.job_id == job_id).order_by(*newest_first).limit(limit)
    if owner is not None:
        statement = statement.where(WebhookDelivery.owner == owner)
    return list(await session.scalars(statement))[::-1]


async def attempts_of(session: AsyncSession, *delivery_ids: UUID) -> list[WebhookAttempt]:
    """The attempts of these deliveries, the oldest first."""
    statement = select(WebhookAttempt).where(WebhookAttempt.delivery_id.in_(delivery_ids)).order_by(WebhookAttempt.at)
    return list(await session.scalars(statement))


async def erase_deliveries(session: AsyncSession, job_id: str) -> None:
    """Remove the deliveries of a job with their attempts: receivers' addresses may tell who asked."""
    await session.execute(delete(WebhookDelivery).where(WebhookDelivery.job_id == job_id))


async def erase_pair_deliveries(session: AsyncSession, candidate_id: int) -> None:
    """Remove the deliveries that tell of one candidate's scores."""
    await session.execute(delete(WebhookDelivery).where(WebhookDelivery.job_id.startswith(pair_prefix(candidate_id))))
