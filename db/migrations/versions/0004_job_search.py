"""Searches for job offers, readings of their sources, and the catalogue as a thing to search in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# What Unicode's own decomposition does not make plain.
_REPLACED = {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "’": "'"}
_COMBINING = "[\u0300-\u036f]+"
_PUNCTUATION = "[][!\"#$%&'()*+,./:;<=>?@\\\\^_`{|}~«»“”„‘‹›–—•·¤°€✓→-]+"
# A word that stemming loses: ".net", "r&d", "c++", or of one or two letters; not what an apostrophe cuts off ("l'").
_EXACT_WORD = (
    r"(?<![a-z0-9])(?:\.net(?![a-z0-9])"
    r"|[a-z0-9]&[a-z0-9](?![a-z0-9])"
    r"|(?!(?:[cdjlmnst]|qu)'[a-z0-9])[a-z0-9]{1,2}(?![a-z0-9+#])"
    r"|[a-z0-9]{1,40}[+#]{1,3})"
)
_TEXTS = "title text, company text, required text[], preferred text[], description text"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _create_functions() -> None:
    """Own functions: a generated column takes immutable ones alone, and the server may lack `unaccent`."""
    plain = "normalize($1, NFKD)"
    for written, letters in _REPLACED.items():
        plain = f"replace({plain}, {_quoted(written)}, {_quoted(letters)})"
    _create("offer_fold(text) RETURNS text", f"lower(regexp_replace({plain}, {_quoted(_COMBINING)}, '', 'g'))")
    _create("offer_plain(text) RETURNS text", f"regexp_replace(offer_fold($1), {_quoted(_PUNCTUATION)}, ' ', 'g')")
    weighted = (  # cut to what an index takes: texts are strangers'
        ("A", "title"),
        ("B", "company"),
        ("C", "left(array_to_string(required || preferred, ' '), 20000)"),
        ("D", "left(description, 100000)"),
    )
    parts = (
        f"setweight(to_tsvector('french'::regconfig, coalesce(offer_plain({text}), '')), '{weight}')"
        for weight, text in weighted
    )
    _create(f"offer_search_tsv({_TEXTS}) RETURNS tsvector", " || ".join(parts))
    joined = f"offer_fold(concat_ws(' ', {', '.join(text for _, text in weighted)}))"
    matches = f"regexp_matches({joined}, {_quoted(_EXACT_WORD)}, 'g') AS found(words)"
    _create(
        f"offer_exact_words({_TEXTS}) RETURNS text[]",
        f"coalesce((SELECT array_agg(DISTINCT found.words[1]) FROM {matches}), ARRAY[]::text[])",  # noqa: S608
    )


def _create(signature: str, result: str) -> None:
    statement = f"CREATE FUNCTION {signature} LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN {result}"
    op.execute(sa.text(statement.replace(":", "\\:")))


def upgrade() -> None:
    _create_functions()
    op.create_table(
        "job_search_tombstones",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_job_search_tombstones")),
    )
    op.create_index(op.f("ix_job_search_tombstones_deleted_at"), "job_search_tombstones", ["deleted_at"], unique=False)
    op.create_table(
        "job_searches",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("location", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("plan", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rerun_of", sa.Text(), nullable=True),
        sa.Column("last_seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("partial", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("cached", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("cached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("progress", sa.Integer(), server_default="0", nullable=False),
        sa.Column("found", sa.Integer(), server_default="0", nullable=False),
        sa.Column("listed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("outcome IN ('completed', 'failed', 'cancelled')", name=op.f("ck_job_searches_outcome")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_job_searches")),
    )
    op.create_index(op.f("ix_job_searches_outcome_started_at"), "job_searches", ["outcome", "started_at"], unique=False)
    op.create_index(
        op.f("ix_job_searches_owner_created_at_task_id"),
        "job_searches",
        ["owner", "created_at", "task_id"],
        unique=False,
    )
    op.create_table(
        "job_source_budget",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("window", sa.Text(), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("source", "window", "begins", name=op.f("pk_job_source_budget")),
    )
    op.create_table(
        "job_source_runs",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("run_key", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("planned", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pages", sa.Integer(), server_default="0", nullable=False),
        sa.Column("offers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("invalid", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("truncated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("cursor", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('completed', 'failed')", name=op.f("ck_job_source_runs_state")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_job_source_runs")),
    )
    op.create_index(op.f("ix_job_source_runs_expires_at"), "job_source_runs", ["expires_at"], unique=False)
    op.create_index(
        op.f("ix_job_source_runs_run_key_finished_at"), "job_source_runs", ["run_key", "finished_at"], unique=False
    )
    op.create_index(
        op.f("ix_job_source_runs_source_finished_at"), "job_source_runs", ["source", "finished_at"], unique=False
    )
    op.create_table(
        "job_search_events",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("kind IN ('source', 'offers', 'done')", name=op.f("ck_job_search_events_kind")),
        sa.ForeignKeyConstraint(
            ["task_id"], ["job_searches.task_id"], name=op.f("fk_job_search_events_task_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", "seq", name=op.f("pk_job_search_events")),
    )
    op.create_index(op.f("ix_job_search_events_created_at"), "job_search_events", ["created_at"], unique=False)
    op.create_table(
        "job_search_offers",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("offer_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["job_searches.task_id"], name=op.f("fk_job_search_offers_task_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", "seq", name=op.f("pk_job_search_offers")),
        sa.UniqueConstraint("task_id", "source", "offer_id", name=op.f("uq_job_search_offers_task_id_source_offer_id")),
    )
    op.create_index(op.f("ix_job_search_offers_offer_id"), "job_search_offers", ["offer_id"], unique=False)
    op.create_table(
        "job_search_sources",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("from_cache", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pages", sa.Integer(), server_default="0", nullable=False),
        sa.Column("kept", sa.Integer(), server_default="0", nullable=False),
        sa.Column("filtered", sa.Integer(), server_default="0", nullable=False),
        sa.Column("invalid", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total_available", sa.BigInteger(), nullable=True),
        sa.Column("truncated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("error", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column(
            "started_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('completed', 'failed', 'timed_out', 'skipped', 'cancelled')",
            name=op.f("ck_job_search_sources_state"),
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["job_searches.task_id"], name=op.f("fk_job_search_sources_task_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", "source", name=op.f("pk_job_search_sources")),
    )
    op.create_index(op.f("ix_job_search_sources_run_id"), "job_search_sources", ["run_id"], unique=False)
    op.create_table(
        "job_source_run_offers",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["job_source_runs.run_id"], name=op.f("fk_job_source_run_offers_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_job_source_run_offers")),
        sa.UniqueConstraint("run_id", "offer_id", name=op.f("uq_job_source_run_offers_run_id_offer_id")),
    )
    op.create_index(op.f("ix_job_source_run_offers_offer_id"), "job_source_run_offers", ["offer_id"], unique=False)
    op.create_index(
        op.f("ix_job_source_run_offers_run_id_page"), "job_source_run_offers", ["run_id", "page"], unique=False
    )
    op.add_column("offers", sa.Column("partner", sa.String(), nullable=True))
    op.add_column(
        "offers",
        sa.Column("partner_urls", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column(
        "offers",
        sa.Column(
            "cross_refs", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
    )
    op.add_column("offers", sa.Column("company_url", sa.String(), nullable=True))
    op.add_column("offers", sa.Column("logo_url", sa.String(), nullable=True))
    op.add_column(
        "offers", sa.Column("description_truncated", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("offers", sa.Column("requirements", sa.String(), nullable=True))
    op.add_column(
        "offers",
        sa.Column(
            "details", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
    )
    op.add_column("offers", sa.Column("skills_inferred", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("offers", sa.Column("insee", sa.String(), nullable=True))
    op.add_column("offers", sa.Column("postcode", sa.String(), nullable=True))
    op.add_column("offers", sa.Column("department", sa.String(), nullable=True))
    op.add_column("offers", sa.Column("region", sa.String(), nullable=True))
    op.add_column("offers", sa.Column("country", sa.String(), nullable=True))
    op.add_column("offers", sa.Column("latitude", sa.Float(), nullable=True))
    op.add_column("offers", sa.Column("longitude", sa.Float(), nullable=True))
    op.add_column(
        "offers", sa.Column("work_mode_inferred", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("offers", sa.Column("contract_label", sa.String(), nullable=True))
    op.add_column("offers", sa.Column("work_time", sa.String(), nullable=True))
    op.add_column("offers", sa.Column("openings", sa.Integer(), nullable=True))
    op.add_column("offers", sa.Column("rome_code", sa.String(), nullable=True))
    op.add_column("offers", sa.Column("naf", sa.String(), nullable=True))
    op.add_column("offers", sa.Column("apply_url", sa.String(), nullable=True))
    op.add_column(
        "offers", sa.Column("attribution", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True)
    )
    op.add_column("offers", sa.Column("published_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("offers", sa.Column("source_updated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "offers",
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.add_column(
        "offers", sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
    )
    op.add_column(
        "offers",
        sa.Column("last_verified_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.add_column("offers", sa.Column("mirrored", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column(
        "offers",
        sa.Column(
            "search_tsv",
            postgresql.TSVECTOR(),
            sa.Computed(
                "offer_search_tsv(title, company, required_skills, preferred_skills, description)", persisted=True
            ),
            nullable=False,
        ),
    )
    op.add_column(
        "offers",
        sa.Column(
            "search_words",
            postgresql.ARRAY(sa.Text()),
            sa.Computed(
                "offer_exact_words(title, company, required_skills, preferred_skills, description)", persisted=True
            ),
            nullable=False,
        ),
    )
    op.create_index(op.f("ix_offers_search_tsv"), "offers", ["search_tsv"], unique=False, postgresql_using="gin")
    op.create_index(op.f("ix_offers_search_words"), "offers", ["search_words"], unique=False, postgresql_using="gin")


def downgrade() -> None:
    op.drop_index(op.f("ix_offers_search_words"), table_name="offers", postgresql_using="gin")
    op.drop_index(op.f("ix_offers_search_tsv"), table_name="offers", postgresql_using="gin")
    op.drop_column("offers", "search_words")
    op.drop_column("offers", "search_tsv")
    op.drop_column("offers", "mirrored")
    op.drop_column("offers", "last_verified_at")
    op.drop_column("offers", "last_seen_at")
    op.drop_column("offers", "first_seen_at")
    op.drop_column("offers", "source_updated_at")
    op.drop_column("offers", "published_at")
    op.drop_column("offers", "attribution")
    op.drop_column("offers", "apply_url")
    op.drop_column("offers", "naf")
    op.drop_column("offers", "rome_code")
    op.drop_column("offers", "openings")
    op.drop_column("offers", "work_time")
    op.drop_column("offers", "contract_label")
    op.drop_column("offers", "work_mode_inferred")
    op.drop_column("offers", "longitude")
    op.drop_column("offers", "latitude")
    op.drop_column("offers", "country")
    op.drop_column("offers", "region")
    op.drop_column("offers", "department")
    op.drop_column("offers", "postcode")
    op.drop_column("offers", "insee")
    op.drop_column("offers", "skills_inferred")
    op.drop_column("offers", "details")
    op.drop_column("offers", "requirements")
    op.drop_column("offers", "description_truncated")
    op.drop_column("offers", "logo_url")
    op.drop_column("offers", "company_url")
    op.drop_column("offers", "cross_refs")
    op.drop_column("offers", "partner_urls")
    op.drop_column("offers", "partner")
    op.drop_index(op.f("ix_job_source_run_offers_run_id_page"), table_name="job_source_run_offers")
    op.drop_index(op.f("ix_job_source_run_offers_offer_id"), table_name="job_source_run_offers")
    op.drop_table("job_source_run_offers")
    op.drop_index(op.f("ix_job_search_sources_run_id"), table_name="job_search_sources")
    op.drop_table("job_search_sources")
    op.drop_index(op.f("ix_job_search_offers_offer_id"), table_name="job_search_offers")
    op.drop_table("job_search_offers")
    op.drop_index(op.f("ix_job_search_events_created_at"), table_name="job_search_events")
    op.drop_table("job_search_events")
    op.drop_index(op.f("ix_job_source_runs_source_finished_at"), table_name="job_source_runs")
    op.drop_index(op.f("ix_job_source_runs_run_key_finished_at"), table_name="job_source_runs")
    op.drop_index(op.f("ix_job_source_runs_expires_at"), table_name="job_source_runs")
    op.drop_table("job_source_runs")
    op.drop_table("job_source_budget")
    op.drop_index(op.f("ix_job_searches_owner_created_at_task_id"), table_name="job_searches")
    op.drop_index(op.f("ix_job_searches_outcome_started_at"), table_name="job_searches")
    op.drop_table("job_searches")
    op.drop_index(op.f("ix_job_search_tombstones_deleted_at"), table_name="job_search_tombstones")
    op.drop_table("job_search_tombstones")
    for name in ("offer_exact_words", "offer_search_tsv", "offer_plain", "offer_fold"):
        op.execute(f"DROP FUNCTION {name}")
