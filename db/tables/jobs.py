"""Searches for job offers, what each source gave them, and the readings of sources that searches share."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Json

LongText = Annotated[str, mapped_column(Text)]
Count = Annotated[int, mapped_column(Integer, server_default="0")]
MaybeJson = Annotated[Json | None, mapped_column(JSONB(none_as_null=True))]
SearchId = Annotated[str, mapped_column(Text, ForeignKey("job_searches.task_id", ondelete="CASCADE"), primary_key=True)]


class JobSearch(Base):
    """One search. `task_id` is the workflow's id too; `outcome` stays NULL until the end is decided.

    `params`, `location` and `plan` are the canonical parameters, what their place was found to be, and which sources
    are asked or skipped. `last_seq` counts the rows of `job_search_offers` and `job_search_events` together. `found`
    counts the openings, `listed` those of them within the results asked for.
    """

    __tablename__ = "job_searches"
    __table_args__ = (
        CheckConstraint("outcome IN ('completed', 'failed', 'cancelled')", name="outcome"),
        Index(None, "owner", "created_at", "task_id"),
        Index(None, "outcome", "started_at"),
    )

    task_id: Mapped[LongText] = mapped_column(primary_key=True)
    owner: Mapped[LongText]
    params: Mapped[Json]
    location: Mapped[MaybeJson]
    plan: Mapped[list[Json]]
    rerun_of: Mapped[LongText | None]
    last_seq: Mapped[int] = mapped_column(server_default="0")
    outcome: Mapped[LongText | None]
    partial: Mapped[bool] = mapped_column(server_default=text("false"))
    cached: Mapped[bool] = mapped_column(server_default=text("false"))
    cached_at: Mapped[datetime | None]
    notice: Mapped[LongText | None]
    error: Mapped[LongText | None]
    error_code: Mapped[LongText | None]
    progress: Mapped[Count]
    found: Mapped[Count]
    listed: Mapped[Count]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]


class JobSearchSource(Base):
    """What one source gave a search so far; `state` stays NULL until it has ended for this search.

    `run_id` is the reading that the search follows (none for the catalogue), `from_cache` whether it had ended before
    the search began, at `read_at`. `pages` of `planned` are taken over. kept + filtered + invalid = ads and rows
    fetched; `error` is a `SourceError`.
    """

    __tablename__ = "job_search_sources"
    __table_args__ = (
        CheckConstraint("state IN ('completed', 'failed', 'timed_out', 'skipped', 'cancelled')", name="state"),
    )

    task_id: Mapped[SearchId]
    source: Mapped[LongText] = mapped_column(primary_key=True)
    run_id: Mapped[UUID | None] = mapped_column(index=True)
    from_cache: Mapped[bool] = mapped_column(server_default=text("false"))
    read_at: Mapped[datetime | None]
    planned: Mapped[Count]
    pages: Mapped[Count]
    kept: Mapped[Count]
    filtered: Mapped[Count]
    invalid: Mapped[Count]
    total_available: Mapped[int | None]
    truncated: Mapped[bool] = mapped_column(server_default=text("false"))
    state: Mapped[LongText | None]
    error: Mapped[MaybeJson]
    started_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    finished_at: Mapped[datetime | None]


class JobSearchOffer(Base):
    """An ad that a source gave a search, in the order of arrival. The ad itself may be gone since."""

    __tablename__ = "job_search_offers"
    __table_args__ = (UniqueConstraint("task_id", "source", "offer_id"), Index(None, "offer_id"))

    task_id: Mapped[SearchId]
    seq: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[LongText]
    offer_id: Mapped[int]


class JobSearchEvent(Base):
    """What happened in a search, in order: kind source, offers or done. `seq` is of the offers' own sequence."""

    __tablename__ = "job_search_events"
    __table_args__ = (CheckConstraint("kind IN ('source', 'offers', 'done')", name="kind"), Index(None, "created_at"))

    task_id: Mapped[SearchId]
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[LongText]
    data: Mapped[Json]
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class JobSearchTombstone(Base):
    """The id of a search that its owner deleted, for as long as Temporal may still know it."""

    __tablename__ = "job_search_tombstones"

    task_id: Mapped[LongText] = mapped_column(primary_key=True)
    deleted_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class JobSourceRun(Base):
    """One reading of a source for one query, shared by every search that asks the same; `run_id` is Temporal's.

    `pages` of `planned` are stored, `cursor` leads to the next one. `state` stays NULL until the reading has ended;
    `error` is the last failed try's `SourceError`, `attempt` the number of that try at its page. Only completed
    readings serve later searches, until `expires_at`.
    """

    __tablename__ = "job_source_runs"
    __table_args__ = (
        CheckConstraint("state IN ('completed', 'failed')", name="state"),
        Index(None, "run_key", "finished_at"),
        Index(None, "source", "finished_at"),
    )

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    run_key: Mapped[LongText]
    source: Mapped[LongText]
    planned: Mapped[Count]
    pages: Mapped[Count]
    offers: Mapped[Count]
    invalid: Mapped[Count]
    total: Mapped[int | None]
    truncated: Mapped[bool] = mapped_column(server_default=text("false"))
    cursor: Mapped[MaybeJson]
    attempt: Mapped[Count]
    error: Mapped[MaybeJson]
    state: Mapped[LongText | None]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)


class JobSourceRunOffer(Base):
    """An ad of a reading, on its page, in the order in which the source gave it."""

    __tablename__ = "job_source_run_offers"
    __table_args__ = (
        UniqueConstraint("run_id", "offer_id"),
        Index(None, "run_id", "page"),
        Index(None, "offer_id"),
    )

    run_id: Mapped[UUID] = mapped_column(ForeignKey("job_source_runs.run_id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    page: Mapped[int] = mapped_column(Integer)
    offer_id: Mapped[int]


class JobSourceBudget(Base):
    """Calls of a source that were counted in a day, week or month; `begins` is the window's first day, in UTC."""

    __tablename__ = "job_source_budget"

    source: Mapped[LongText] = mapped_column(primary_key=True)
    window: Mapped[LongText] = mapped_column(primary_key=True)
    begins: Mapped[date] = mapped_column(primary_key=True)
    used: Mapped[Count]
