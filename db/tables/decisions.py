"""Decisions on candidates: the request rows, the evaluations they leave, the mails that tell of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Json


class Decision(Base):
    """One decision on one candidate: who asked for it, what was said, and how it ended.

    `outcome` stays NULL until the end is decided, and a candidate has one decision without outcome at most.
    `previous_status` is what the candidate was before, set together with the new status; `rolled_back_at` is set
    together with the return to it, and from then on nothing of this decision takes effect any more. `body` is what
    the administrator wrote. There is no foreign key to the candidate: the decision to erase one outlives them.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        CheckConstraint("kind IN ('validate', 'reject', 'archive', 'unarchive', 'erase')", name="kind"),
        CheckConstraint("outcome IN ('completed', 'failed', 'cancelled')", name="outcome"),
        Index("uq_decisions_open", "candidate_id", unique=True, postgresql_where=text("outcome IS NULL")),
        Index(None, "candidate_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    candidate_id: Mapped[int]
    kind: Mapped[str]
    admin_id: Mapped[int]
    admin_name: Mapped[str]
    admin_email: Mapped[str | None]
    request_hash: Mapped[str]
    body: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    previous_status: Mapped[str | None]
    rolled_back_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    completed_at: Mapped[datetime | None]
    actions: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    error: Mapped[str | None]


class Evaluation(Base):
    """What a decision said of a candidate, scores from 0 to 5; `rolled_back_at` when the decision was undone."""

    __tablename__ = "evaluations"
    __table_args__ = (Index(None, "candidate_id", "id"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decisions.id"), unique=True)
    candidate_id: Mapped[int]
    overall_score: Mapped[float | None]
    technical_skills: Mapped[float | None]
    soft_skills: Mapped[float | None]
    communication: Mapped[float | None]
    motivation: Mapped[float | None]
    soft_skills_tags: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    interview_notes: Mapped[str | None]
    recommendations: Mapped[str | None]
    summary: Mapped[str | None]
    rejection_reason: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    rolled_back_at: Mapped[datetime | None]


class Notification(Base):
    """One mail to one candidate; the address is looked up when it is sent.

    `sending` is written before the SMTP dialogue begins: whoever finds it there later cannot know how that ended,
    and sends nothing (`unknown`). `decision_id` names what the mail is about, NULL for a submission.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        CheckConstraint("kind IN ('validated', 'rejected', 'submitted')", name="kind"),
        CheckConstraint("state IN ('pending', 'sending', 'sent', 'failed', 'unknown', 'skipped')", name="state"),
        Index("uq_notifications_decision", "kind", "decision_id", unique=True),
        Index("ix_notifications_undecided", "created_at", postgresql_where=text("state IN ('pending', 'sending')")),
        Index(None, "candidate_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    candidate_id: Mapped[int]
    decision_id: Mapped[UUID | None] = mapped_column(ForeignKey("decisions.id"))
    state: Mapped[str] = mapped_column(server_default="pending")
    attempts: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None]
