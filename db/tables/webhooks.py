"""Announcements to receivers, and each try of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base


class WebhookDelivery(Base):
    """One announcement to one receiver; `id` is `X-Webhook-Id`. Body and secret are erased once it is settled."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        CheckConstraint("outcome IN ('delivered', 'refused', 'exhausted')", name="outcome"),
        Index(None, "job_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    job_id: Mapped[str]
    owner: Mapped[str]
    url: Mapped[str]
    secret: Mapped[bytes | None]
    body: Mapped[bytes | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    outcome: Mapped[str | None]
    completed_at: Mapped[datetime | None]


class WebhookAttempt(Base):
    """One try of a delivery, in the order of `at`; `error` is a fixed sentence, never the receiver's text."""

    __tablename__ = "webhook_attempts"

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_deliveries.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True, server_default=func.clock_timestamp())
    status_code: Mapped[int | None]
    error: Mapped[str | None]
