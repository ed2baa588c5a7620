"""Requests to score pairs, and the scores."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Json
from domain.ids import BULK_PREFIX


class MatchingJob(Base):
    """A request to score pairs. `job_id` is the workflow id; a pair asked again later has a row of its own.

    Exactly one side is a list: `offer_ids` for one candidate, `candidate_ids` for one offer. `parse_job_id` is the
    parse this request is chained to, `depends_on` the one it waits for.
    """

    __tablename__ = "matching_jobs"
    __table_args__ = (
        CheckConstraint("outcome IN ('completed', 'failed', 'cancelled')", name="outcome"),
        Index(None, "job_id", "created_at"),
        Index(None, "outcome", "completed_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    job_id: Mapped[str]
    owner: Mapped[str] = mapped_column(index=True)
    request_hash: Mapped[str]
    priority: Mapped[int]
    candidate_ids: Mapped[list[int]] = mapped_column(server_default=text("'{}'"))
    offer_ids: Mapped[list[int]] = mapped_column(server_default=text("'{}'"))
    parse_job_id: Mapped[UUID | None] = mapped_column(ForeignKey("cv_jobs.id"), unique=True)
    depends_on: Mapped[UUID | None]
    webhook_url: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    completed_at: Mapped[datetime | None]
    error: Mapped[str | None]
    error_type: Mapped[str | None]

    @property
    def is_bulk(self) -> bool:
        return self.job_id.startswith(BULK_PREFIX)


class MatchingResult(Base):
    """The score of one pair at one state of both sides: scoring again after a change adds a row, never overwrites."""

    __tablename__ = "matching_results"
    __table_args__ = (
        UniqueConstraint("candidate_id", "offer_id", "profile_version", "offer_version", "algorithm_version"),
        Index(None, "offer_id", "score"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidates.id", ondelete="CASCADE"))
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id", ondelete="CASCADE"))
    profile_version: Mapped[int]
    offer_version: Mapped[int]
    algorithm_version: Mapped[str]
    score: Mapped[float]
    category: Mapped[str]
    confidence: Mapped[float]
    explanation: Mapped[Json]
    processing_time: Mapped[float]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class MatchingPair(Base):
    """One pair of one request, once it is decided: its result, or why there is none."""

    __tablename__ = "matching_pairs"
    __table_args__ = (Index(None, "result_id"),)

    request_id: Mapped[UUID] = mapped_column(ForeignKey("matching_jobs.id", ondelete="CASCADE"), primary_key=True)
    candidate_id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(primary_key=True)
    result_id: Mapped[int | None] = mapped_column(ForeignKey("matching_results.id", ondelete="CASCADE"))
    error: Mapped[str | None]
