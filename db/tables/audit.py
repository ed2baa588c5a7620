"""The audit log: who decided, who looked, what went wrong and what was undone. Rows are only ever added."""

from datetime import datetime

from sqlalchemy import Identity, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Json


class AuditLog(Base):
    """One fact. `recruiter_*` is who acted: a recruiter, an administrator, or the system itself.

    `run_id` and `step` name the workflow run and the step of it that wrote the row, so that a repeated step writes
    one row. A trigger refuses UPDATE, DELETE and TRUNCATE. `details` is `metadata` towards callers.
    """

    __tablename__ = "audit_logs"
    __table_args__ = (
        UniqueConstraint("run_id", "step"),
        Index(None, "candidate_id", "id"),
        Index(None, "action_type", "id"),
        Index(None, "access_type", "id"),
        Index(None, "incident_type", "id", postgresql_where=text("incident_type IS NOT NULL")),
        Index(None, "created_at"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recruiter_id: Mapped[int]
    recruiter_email: Mapped[str | None]
    recruiter_name: Mapped[str]
    company_id: Mapped[int | None]
    company_name: Mapped[str | None]
    candidate_id: Mapped[int | None]
    access_type: Mapped[str]
    action_type: Mapped[str]
    incident_type: Mapped[str | None]
    details: Mapped[Json] = mapped_column("metadata", server_default=text("'{}'::jsonb"))
    run_id: Mapped[str | None]
    step: Mapped[str | None]
