"""Requests to score pairs, and the scores."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Identity, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Json
from domain.ids import BULK_PREFIX


class MatchingJob(Base):
    """A request to score pairs. `job_id` is the workflow id; a pair asked again later has a row of its own.

    Exactly one side is a list: `offer_ids` for one candidate, `candidate_ids` for one offer. A `selection` fills that
    list when the scoring is planned. `parse_job_id` is the parse this request is chained to, `depends_on` the one it
    waits for; with `force`, pairs are scored although nothing has changed. `retries` is as in `CvJob`. `pairs` is how
    many are asked for, 0 while a selection has not been made: a list can be long, and is not read for counting.
    """

    __tablename__ = "matching_jobs"
    __table_args__ = (
        CheckConstraint("outcome IN ('completed', 'failed', 'cancelled')", name="outcome"),
        CheckConstraint("selection IN ('all_open', 'all_validated')", name="selection"),
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
    selection: Mapped[str | None]
    force: Mapped[bool] = mapped_column(server_default=text("false"))
    pairs: Mapped[int] = mapped_column(
        # The candidate of a chained request is named once the parse is linked.
        Computed(
            "greatest(cardinality(candidate_ids), CASE WHEN parse_job_id IS NULL THEN 0 ELSE 1 END)"
            " * cardinality(offer_ids)",
            persisted=True,
        )
    )
    parse_job_id: Mapped[UUID | None] = mapped_column(ForeignKey("cv_jobs.id"), unique=True)
    depends_on: Mapped[UUID | None]
    webhook_url: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    completed_at: Mapped[datetime | None]
    error: Mapped[str | None]
    error_type: Mapped[str | None]
    retries: Mapped[int] = mapped_column(server_default="0")

    @property
    def is_bulk(self) -> bool:
        return self.job_id.startswith(BULK_PREFIX)


class MatchingResult(Base):
    """The score of one pair at one state of both sides: scoring again adds a row, never overwrites.

    `explanation` has the figures of every criterion, and all that explains them where it was made with the score.
    `forced_by` is the request that asked for the score although nothing had changed.
    """

    __tablename__ = "matching_results"
    __table_args__ = (
        UniqueConstraint(
            *("candidate_id", "offer_id", "profile_version", "offer_version", "algorithm_version", "forced_by"),
            name="uq_matching_results_state",
            postgresql_nulls_not_distinct=True,
        ),
        Index(None, "offer_id", "score"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidates.id", ondelete="CASCADE"))
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id", ondelete="CASCADE"))
    profile_version: Mapped[int]
    offer_version: Mapped[int]
    algorithm_version: Mapped[str]
    forced_by: Mapped[UUID | None]
    score: Mapped[float]
    category: Mapped[str]
    confidence: Mapped[float]
    explanation: Mapped[Json]
    processing_time: Mapped[float]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class MatchingPair(Base):
    """One pair of one request, once it is decided: its result, or why there is none.

    One that has neither had a score, which has gone with its candidate or offer.
    """

    __tablename__ = "matching_pairs"
    __table_args__ = (
        Index(None, "result_id"),
        Index("ix_matching_pairs_unscored", "candidate_id", "offer_id", postgresql_where=text("result_id IS NULL")),
    )

    request_id: Mapped[UUID] = mapped_column(ForeignKey("matching_jobs.id", ondelete="CASCADE"), primary_key=True)
    candidate_id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(primary_key=True)
    result_id: Mapped[int | None] = mapped_column(ForeignKey("matching_results.id", ondelete="SET NULL"))
    error: Mapped[str | None]
