"""Requests to parse a CV."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Json


class CvJob(Base):
    """A request to parse one CV, and how it ended. `outcome` stays NULL until the end is decided.

    `queued_at` is when it took its place among those that wait, `started_at` when a worker began to read, `read_at`
    when one had read to the end, `lost_reads` how often none
    of them came to an end, because the worker itself was lost. `result` is NULL when it lives in the object
    store at `result_key`. `retries` is how often an operator has had a failed job run again: whatever ends a run writes
    for its own retry alone. An erased job keeps its empty row, so that its id is never used again.
    """

    __tablename__ = "cv_jobs"
    __table_args__ = (
        CheckConstraint("outcome IN ('done', 'failed', 'cancelled')", name="outcome"),
        Index(
            "ix_cv_jobs_waiting",
            "priority",
            "owner",
            "queued_at",
            postgresql_where=text("outcome IS NULL AND started_at IS NULL"),
        ),
        Index("ix_cv_jobs_read", "read_at", postgresql_where=text("read_at IS NOT NULL")),
        Index(None, "outcome", "completed_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(index=True)
    owner_user_id: Mapped[int | None]
    owner_role: Mapped[str]
    request_hash: Mapped[str]
    priority: Mapped[int]
    file_name: Mapped[str | None]
    kind: Mapped[str]
    object_key: Mapped[str | None]
    candidate_id: Mapped[int | None] = mapped_column(index=True)
    offer_ids: Mapped[list[int]] = mapped_column(server_default=text("'{}'"))
    webhook_url: Mapped[str | None]
    webhook_secret: Mapped[bytes | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    queued_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    lost_reads: Mapped[int] = mapped_column(server_default="0")
    outcome: Mapped[str | None]
    completed_at: Mapped[datetime | None]
    error: Mapped[str | None]
    error_type: Mapped[str | None]
    result: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    result_key: Mapped[str | None]
    linked_candidate_id: Mapped[int | None] = mapped_column(index=True)
    retries: Mapped[int] = mapped_column(server_default="0")
    erased_at: Mapped[datetime | None]
