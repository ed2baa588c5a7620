"""Candidates: the people looking for work."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Json


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
