"""The catalogue of offers."""

from datetime import datetime

from sqlalchemy import Computed, Identity, Index, Integer, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Json

SEARCH_TSV = "offer_search_tsv(title, company, required_skills, preferred_skills, description)"
SEARCH_WORDS = "offer_exact_words(title, company, required_skills, preferred_skills, description)"


class Offer(Base):
    """One advertisement of one source; `internal` ones are written by our own callers.

    `mirrored` ones may be shown only while their source has confirmed them within a day (`last_verified_at`).
    `last_seen_at` is when the source last gave the ad to a search. A withdrawn one has lost what tells whose it was,
    its `source_id` included: a keyed hash stands for that. `search_tsv` and `search_words` are what the catalogue's
    search looks in: stemmed French, and the words that stemming would lose.
    """

    __tablename__ = "offers"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        Index(None, "state", "id"),
        Index(None, "source", "last_seen_at"),
        Index("ix_offers_to_verify", "last_verified_at", "id", postgresql_where=text("mirrored AND state = 'open'")),
        Index(None, "cross_refs", postgresql_using="gin", postgresql_ops={"cross_refs": "jsonb_path_ops"}),
        Index(None, "search_tsv", postgresql_using="gin"),
        Index(None, "search_words", postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    source: Mapped[str] = mapped_column(server_default="internal")
    source_id: Mapped[str] = mapped_column(server_default=func.gen_random_uuid())
    created_by: Mapped[str | None] = mapped_column(index=True)
    partner: Mapped[str | None]
    partner_urls: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    cross_refs: Mapped[list[Json]] = mapped_column(server_default=text("'[]'::jsonb"))
    title: Mapped[str]
    company: Mapped[str | None]
    company_url: Mapped[str | None]
    logo_url: Mapped[str | None]
    description: Mapped[str] = mapped_column(server_default="")
    description_truncated: Mapped[bool] = mapped_column(server_default=text("false"))
    requirements: Mapped[str | None]
    details: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"), deferred=True)
    required_skills: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    preferred_skills: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    skills_inferred: Mapped[bool] = mapped_column(server_default=text("false"))
    location: Mapped[str | None]
    insee: Mapped[str | None]
    postcode: Mapped[str | None]
    department: Mapped[str | None]
    region: Mapped[str | None]
    country: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    work_mode: Mapped[str | None]
    work_mode_inferred: Mapped[bool] = mapped_column(server_default=text("false"))
    job_type: Mapped[str | None]
    contract_label: Mapped[str | None]
    work_time: Mapped[str | None]
    openings: Mapped[int | None] = mapped_column(Integer)
    experience_min_years: Mapped[float | None]
    experience_max_years: Mapped[float | None]
    education_level: Mapped[str | None]
    languages: Mapped[list[Json]] = mapped_column(server_default=text("'[]'::jsonb"))
    rome_code: Mapped[str | None]
    naf: Mapped[str | None]
    salary: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    url: Mapped[str | None]
    apply_url: Mapped[str | None]
    attribution: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    published_at: Mapped[datetime | None]
    source_updated_at: Mapped[datetime | None]
    first_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_verified_at: Mapped[datetime] = mapped_column(server_default=func.now())
    mirrored: Mapped[bool] = mapped_column(server_default=text("false"))
    state: Mapped[str] = mapped_column(server_default="open")
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    search_tsv: Mapped[str] = mapped_column(TSVECTOR, Computed(SEARCH_TSV, persisted=True), deferred=True)
    search_words: Mapped[list[str]] = mapped_column(ARRAY(Text), Computed(SEARCH_WORDS, persisted=True), deferred=True)
