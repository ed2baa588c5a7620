"""The tables. Facts only: what a running job is doing is Temporal's to say, so no column says "running"."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from domain.ids import BULK_PREFIX

Json = dict[str, Any]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        datetime: DateTime(timezone=True),
        int: BigInteger,
        Json: JSONB,
        list[Json]: JSONB,
        list[str]: ARRAY(String),
        list[int]: ARRAY(BigInteger),
    }


class User(Base):
    """An account. `email` is stored folded to lower case; `password_hash` is argon2."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("role IN ('admin', 'recruiter', 'candidate')", name="role"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[str]
    first_name: Mapped[str] = mapped_column(server_default="")
    last_name: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ApiKey(Base):
    """A machine caller's key: SHA-256 of the key, which is shown once and never stored."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Candidate(Base):
    """A person looking for work. `version` grows with every write, `profile_version` with profile or preferences."""

    __tablename__ = "candidates"
    __table_args__ = (
        CheckConstraint(
            "status IN ('DRAFT', 'SUBMITTED', 'IN_REVIEW', 'VALIDATED', 'REJECTED', 'ARCHIVED')", name="status"
        ),
        Index(None, "status", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), unique=True)
    created_by: Mapped[str] = mapped_column(index=True)
    source_job_id: Mapped[UUID | None] = mapped_column(unique=True)
    status: Mapped[str] = mapped_column(server_default="DRAFT")
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    address: Mapped[str | None]
    city: Mapped[str | None]
    country: Mapped[str | None]
    headline: Mapped[str | None]
    sector: Mapped[str | None]
    profile: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    preferences: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    version: Mapped[int] = mapped_column(server_default="1")
    profile_version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Offer(Base):
    """One advertisement of one source; `internal` ones are written by our own callers."""

    __tablename__ = "offers"
    __table_args__ = (UniqueConstraint("source", "source_id"), Index(None, "state", "id"))

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    source: Mapped[str] = mapped_column(server_default="internal")
    source_id: Mapped[str] = mapped_column(server_default=func.gen_random_uuid())
    created_by: Mapped[str | None] = mapped_column(index=True)
    title: Mapped[str]
    company: Mapped[str | None]
    description: Mapped[str] = mapped_column(server_default="")
    required_skills: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    preferred_skills: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    location: Mapped[str | None]
    work_mode: Mapped[str | None]
    job_type: Mapped[str | None]
    experience_min_years: Mapped[float | None]
    experience_max_years: Mapped[float | None]
    education_level: Mapped[str | None]
    languages: Mapped[list[Json]] = mapped_column(server_default=text("'[]'::jsonb"))
    salary: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    url: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="open")
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CvJob(Base):
    """A request to parse one CV, and how it ended. `outcome` stays NULL until the end is decided.

    `started_at` is when a worker began to read, `lost_reads` how often none
    of them came to an end, because the worker itself was lost. `result` is NULL when it lives in the object
    store at `result_key`. An erased job keeps its empty row, so that its id is never used again.
    """

    __tablename__ = "cv_jobs"
    __table_args__ = (
        CheckConstraint("outcome IN ('done', 'failed', 'cancelled')", name="outcome"),
        Index(
            "ix_cv_jobs_waiting",
            "priority",
            "created_at",
            postgresql_where=text("outcome IS NULL AND started_at IS NULL"),
        ),
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
    candidate_id: Mapped[int | None]
    offer_ids: Mapped[list[int]] = mapped_column(server_default=text("'{}'"))
    webhook_url: Mapped[str | None]
    webhook_secret: Mapped[bytes | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    lost_reads: Mapped[int] = mapped_column(server_default="0")
    outcome: Mapped[str | None]
    completed_at: Mapped[datetime | None]
    error: Mapped[str | None]
    error_type: Mapped[str | None]
    result: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    result_key: Mapped[str | None]
    linked_candidate_id: Mapped[int | None] = mapped_column(index=True)
    erased_at: Mapped[datetime | None]


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
