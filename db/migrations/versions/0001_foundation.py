"""foundation"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
        sa.UniqueConstraint("name", name=op.f("uq_api_keys_name")),
    )
    op.create_table(
        "cv_jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("owner_user_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_role", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("object_key", sa.String(), nullable=True),
        sa.Column("candidate_id", sa.BigInteger(), nullable=True),
        sa.Column("offer_ids", postgresql.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("webhook_url", sa.String(), nullable=True),
        sa.Column("webhook_secret", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lost_reads", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("error_type", sa.String(), nullable=True),
        sa.Column("result", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("result_key", sa.String(), nullable=True),
        sa.Column("linked_candidate_id", sa.BigInteger(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("outcome IN ('done', 'failed', 'cancelled')", name=op.f("ck_cv_jobs_outcome")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cv_jobs")),
    )
    op.create_index(op.f("ix_cv_jobs_linked_candidate_id"), "cv_jobs", ["linked_candidate_id"], unique=False)
    op.create_index(op.f("ix_cv_jobs_outcome_completed_at"), "cv_jobs", ["outcome", "completed_at"], unique=False)
    op.create_index(op.f("ix_cv_jobs_owner"), "cv_jobs", ["owner"], unique=False)
    op.create_index(
        "ix_cv_jobs_waiting",
        "cv_jobs",
        ["priority", "created_at"],
        unique=False,
        postgresql_where=sa.text("outcome IS NULL AND started_at IS NULL"),
    )
    op.create_table(
        "offers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.String(), server_default="internal", nullable=False),
        sa.Column("source_id", sa.String(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("created_by", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("company", sa.String(), nullable=True),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.Column("required_skills", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("preferred_skills", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("location", sa.String(), nullable=True),
        sa.Column("work_mode", sa.String(), nullable=True),
        sa.Column("job_type", sa.String(), nullable=True),
        sa.Column("experience_min_years", sa.Float(), nullable=True),
        sa.Column("experience_max_years", sa.Float(), nullable=True),
        sa.Column("education_level", sa.String(), nullable=True),
        sa.Column(
            "languages", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column("salary", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_offers_source_source_id")),
    )
    op.create_index(op.f("ix_offers_created_by"), "offers", ["created_by"], unique=False)
    op.create_index(op.f("ix_offers_state_id"), "offers", ["state", "id"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), server_default="", nullable=False),
        sa.Column("last_name", sa.String(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role IN ('admin', 'recruiter', 'candidate')", name=op.f("ck_users_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('delivered', 'refused', 'exhausted')", name=op.f("ck_webhook_deliveries_outcome")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index(
        op.f("ix_webhook_deliveries_job_id_created_at"), "webhook_deliveries", ["job_id", "created_at"], unique=False
    )
    op.create_table(
        "candidates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("source_job_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(), server_default="DRAFT", nullable=False),
        sa.Column("first_name", sa.String(), nullable=True),
        sa.Column("last_name", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("city", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("headline", sa.String(), nullable=True),
        sa.Column("sector", sa.String(), nullable=True),
        sa.Column("profile", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column(
            "preferences",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("profile_version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'SUBMITTED', 'IN_REVIEW', 'VALIDATED', 'REJECTED', 'ARCHIVED')",
            name=op.f("ck_candidates_status"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_candidates_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidates")),
        sa.UniqueConstraint("source_job_id", name=op.f("uq_candidates_source_job_id")),
        sa.UniqueConstraint("user_id", name=op.f("uq_candidates_user_id")),
    )
    op.create_index(op.f("ix_candidates_created_by"), "candidates", ["created_by"], unique=False)
    op.create_index(op.f("ix_candidates_status_id"), "candidates", ["status", "id"], unique=False)
    op.create_table(
        "matching_jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("candidate_ids", postgresql.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("offer_ids", postgresql.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("parse_job_id", sa.Uuid(), nullable=True),
        sa.Column("depends_on", sa.Uuid(), nullable=True),
        sa.Column("webhook_url", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("error_type", sa.String(), nullable=True),
        sa.CheckConstraint("outcome IN ('completed', 'failed', 'cancelled')", name=op.f("ck_matching_jobs_outcome")),
        sa.ForeignKeyConstraint(["parse_job_id"], ["cv_jobs.id"], name=op.f("fk_matching_jobs_parse_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matching_jobs")),
        sa.UniqueConstraint("parse_job_id", name=op.f("uq_matching_jobs_parse_job_id")),
    )
    op.create_index(op.f("ix_matching_jobs_job_id_created_at"), "matching_jobs", ["job_id", "created_at"], unique=False)
    op.create_index(
        op.f("ix_matching_jobs_outcome_completed_at"), "matching_jobs", ["outcome", "completed_at"], unique=False
    )
    op.create_index(op.f("ix_matching_jobs_owner"), "matching_jobs", ["owner"], unique=False)
    op.create_table(
        "webhook_attempts",
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("status_code", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["webhook_deliveries.id"], name=op.f("fk_webhook_attempts_delivery_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delivery_id", "at", name=op.f("pk_webhook_attempts")),
    )
    op.create_table(
        "matching_results",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("candidate_id", sa.BigInteger(), nullable=False),
        sa.Column("offer_id", sa.BigInteger(), nullable=False),
        sa.Column("profile_version", sa.BigInteger(), nullable=False),
        sa.Column("offer_version", sa.BigInteger(), nullable=False),
        sa.Column("algorithm_version", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("explanation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("processing_time", sa.Float(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_matching_results_candidate_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offers.id"], name=op.f("fk_matching_results_offer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matching_results")),
        sa.UniqueConstraint(
            "candidate_id",
            "offer_id",
            "profile_version",
            "offer_version",
            "algorithm_version",
            name=op.f("uq_matching_results_candidate_id_offer_id_profile_version_offer_version_algorithm_version"),
        ),
    )
    op.create_index(op.f("ix_matching_results_offer_id_score"), "matching_results", ["offer_id", "score"], unique=False)
    op.create_table(
        "matching_pairs",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.BigInteger(), nullable=False),
        sa.Column("offer_id", sa.BigInteger(), nullable=False),
        sa.Column("result_id", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["matching_jobs.id"], name=op.f("fk_matching_pairs_request_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["matching_results.id"], name=op.f("fk_matching_pairs_result_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("request_id", "candidate_id", "offer_id", name=op.f("pk_matching_pairs")),
    )
    op.create_index(op.f("ix_matching_pairs_result_id"), "matching_pairs", ["result_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_matching_pairs_result_id"), table_name="matching_pairs")
    op.drop_table("matching_pairs")
    op.drop_index(op.f("ix_matching_results_offer_id_score"), table_name="matching_results")
    op.drop_table("matching_results")
    op.drop_table("webhook_attempts")
    op.drop_index(op.f("ix_matching_jobs_owner"), table_name="matching_jobs")
    op.drop_index(op.f("ix_matching_jobs_outcome_completed_at"), table_name="matching_jobs")
    op.drop_index(op.f("ix_matching_jobs_job_id_created_at"), table_name="matching_jobs")
    op.drop_table("matching_jobs")
    op.drop_index(op.f("ix_candidates_status_id"), table_name="candidates")
    op.drop_index(op.f("ix_candidates_created_by"), table_name="candidates")
    op.drop_table("candidates")
    op.drop_index(op.f("ix_webhook_deliveries_job_id_created_at"), table_name="webhook_deliveries")
    op.drop_table("webhook_deliveries")
    op.drop_table("users")
    op.drop_index(op.f("ix_offers_state_id"), table_name="offers")
    op.drop_index(op.f("ix_offers_created_by"), table_name="offers")
    op.drop_table("offers")
    op.drop_index(
        "ix_cv_jobs_waiting", table_name="cv_jobs", postgresql_where=sa.text("outcome IS NULL AND started_at IS NULL")
    )
    op.drop_index(op.f("ix_cv_jobs_owner"), table_name="cv_jobs")
    op.drop_index(op.f("ix_cv_jobs_outcome_completed_at"), table_name="cv_jobs")
    op.drop_index(op.f("ix_cv_jobs_linked_candidate_id"), table_name="cv_jobs")
    op.drop_table("cv_jobs")
    op.drop_table("api_keys")
