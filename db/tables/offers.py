"""The catalogue of offers."""

from datetime import datetime

from sqlalchemy import Identity, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Json


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
