"""Mails to candidates: what became of each. Every change names the states it starts from, so that late tries lose."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.tables import Notification

WITHDRAWN = "withdrawn"
"""The error of a mail that was called off before it was sent."""


async def add_notification(
    session: AsyncSession, *, id: UUID, kind: str, candidate_id: int, decision_id: UUID | None = None
) -> None:
    """Write a pending mail; one already there under this id, or of this kind for the decision, stays as it is."""
    statement = insert(Notification).values(id=id, kind=kind, candidate_id=candidate_id, decision_id=decision_id)
    await session.execute(statement.on_conflict_do_nothing())


async def get_notification(session: AsyncSession, notification_id: UUID) -> Notification | None:
    return await session.get(Notification, notification_id)


async def lock_notification(session: AsyncSession, notification_id: UUID) -> Notification | None:
    """The mail, which no other step changes until the transaction ends."""
    statement = select(Notification).where(Notification.id == notification_id).with_for_update()
    return (await session.scalars(statement)).one_or_none()


async def begin(session: AsyncSession, notification_id: UUID) -> None:
    """Before the first byte goes to the server: `sending`, for one try at a time."""
    await _change(session, notification_id, "pending", state="sending", attempts=Notification.attempts + 1, error=None)


async def settle_sent(session: AsyncSession, notification_id: UUID) -> None:
    """The server accepted the mail, whatever others concluded from its silence meanwhile."""
    await _change(session, notification_id, "sending", "unknown", state="sent", sent_at=func.now(), error=None)


async def settle_failed(session: AsyncSession, notification_id: UUID, error: str) -> None:
    """The mail was refused, or cannot be written: it is not sent."""
    await _change(session, notification_id, "pending", "sending", "unknown", state="failed", error=error)


async def withdraw(session: AsyncSession, notification_id: UUID) -> None:
    """Nobody will send the mail any more: one that no try has begun has failed."""
    await _change(session, notification_id, "pending", state="failed", error=WITHDRAWN)


async def settle_unknown(session: AsyncSession, notification_id: UUID, error: str) -> None:
    """The mail was handed over and nobody knows whether it was accepted."""
    await _change(session, notification_id, "sending", state="unknown", error=error)


async def settle_skipped(session: AsyncSession, notification_id: UUID, reason: str) -> None:
    """There is no way, or nobody, to send the mail to."""
    await _change(session, notification_id, "pending", state="skipped", error=reason)


async def put_back(session: AsyncSession, notification_id: UUID, error: str) -> None:
    """The mail was surely not accepted: pending again, or failed where others have given it up as unknown."""
    state = case((Notification.state == "sending", "pending"), else_="failed")
    await _change(session, notification_id, "sending", "unknown", state=state, error=error)


async def stale_submissions(session: AsyncSession, *, before: datetime, limit: int) -> list[Notification]:
    """Mails about submissions older than `before` of which nobody has decided what became, the oldest first."""
    statement = (
        select(Notification)
        .where(
            Notification.state.in_(("pending", "sending")),
            Notification.kind == "submitted",
            Notification.created_at < before,
        )
        .order_by(Notification.created_at)
        .limit(limit)
    )
    return list(await session.scalars(statement))


async def _change(session: AsyncSession, notification_id: UUID, *among: str, **values: object) -> None:
    statement = update(Notification).where(Notification.id == notification_id, Notification.state.in_(among))
    await session.execute(statement.values(**values))


async def erase_notifications(session: AsyncSession, candidate_id: int) -> None:
    """Forget which mails a candidate got."""
    await session.execute(delete(Notification).where(Notification.candidate_id == candidate_id))
