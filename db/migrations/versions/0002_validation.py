"""Decisions on candidates, their evaluations and mails; the append-only audit log."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_logs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recruiter_id", sa.BigInteger(), nullable=False),
        sa.Column("recruiter_email", sa.String(), nullable=True),
        sa.Column("recruiter_name", sa.String(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.Column("company_name", sa.String(), nullable=True),
        sa.Column("candidate_id", sa.BigInteger(), nullable=True),
        sa.Column("access_type", sa.String(), nullable=False),
        sa.Column("action_type", sa.String(), nullable=False),
        sa.Column("incident_type", sa.String(), nullable=True),
        sa.Column(
            "metadata", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("run_id", sa.String(), nullable=True),
        sa.Column("step", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_logs")),
        sa.UniqueConstraint("run_id", "step", name=op.f("uq_audit_logs_run_id_step")),
    )
    op.create_index(op.f("ix_audit_logs_access_type_id"), "audit_logs", ["access_type", "id"], unique=False)
    op.create_index(op.f("ix_audit_logs_action_type_id"), "audit_logs", ["action_type", "id"], unique=False)
    op.create_index(op.f("ix_audit_logs_candidate_id_id"), "audit_logs", ["candidate_id", "id"], unique=False)
    op.create_index(op.f("ix_audit_logs_created_at"), "audit_logs", ["created_at"], unique=False)
    op.create_index(
        op.f("ix_audit_logs_incident_type_id"),
        "audit_logs",
        ["incident_type", "id"],
        unique=False,
        postgresql_where=sa.text("incident_type IS NOT NULL"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("admin_id", sa.BigInteger(), nullable=False),
        sa.Column("admin_name", sa.String(), nullable=False),
        sa.Column("admin_email", sa.String(), nullable=True),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column(
            "body", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("previous_status", sa.String(), nullable=True),
        sa.Column("rolled_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("actions", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('validate', 'reject', 'archive', 'unarchive', 'erase')", name=op.f("ck_decisions_kind")
        ),
        sa.CheckConstraint("outcome IN ('completed', 'failed', 'cancelled')", name=op.f("ck_decisions_outcome")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(
        op.f("ix_decisions_candidate_id_created_at"), "decisions", ["candidate_id", "created_at"], unique=False
    )
    op.create_index(
        "uq_decisions_open", "decisions", ["candidate_id"], unique=True, postgresql_where=sa.text("outcome IS NULL")
    )
    op.create_table(
        "evaluations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.BigInteger(), nullable=False),
        sa.Column("overall_score", sa.Float(), nullable=True),
        sa.Column("technical_skills", sa.Float(), nullable=True),
        sa.Column("soft_skills", sa.Float(), nullable=True),
        sa.Column("communication", sa.Float(), nullable=True),
        sa.Column("motivation", sa.Float(), nullable=True),
        sa.Column("soft_skills_tags", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("interview_notes", sa.String(), nullable=True),
        sa.Column("recommendations", sa.String(), nullable=True),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("rejection_reason", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("rolled_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_evaluations_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluations")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_evaluations_decision_id")),
    )
    op.create_index(op.f("ix_evaluations_candidate_id_id"), "evaluations", ["candidate_id", "id"], unique=False)
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("candidate_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('validated', 'rejected', 'submitted')", name=op.f("ck_notifications_kind")),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'failed', 'unknown', 'skipped')",
            name=op.f("ck_notifications_state"),
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_notifications_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
    )
    op.create_index(op.f("ix_notifications_candidate_id"), "notifications", ["candidate_id"], unique=False)
    op.create_index(
        "ix_notifications_undecided",
        "notifications",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('pending', 'sending')"),
    )
    op.create_index("uq_notifications_decision", "notifications", ["kind", "decision_id"], unique=True)
    op.create_index(op.f("ix_cv_jobs_candidate_id"), "cv_jobs", ["candidate_id"], unique=False)
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_logs "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_cv_jobs_candidate_id"), table_name="cv_jobs")
    op.drop_index("uq_notifications_decision", table_name="notifications")
    op.drop_index(
        "ix_notifications_undecided",
        table_name="notifications",
        postgresql_where=sa.text("state IN ('pending', 'sending')"),
    )
    op.drop_index(op.f("ix_notifications_candidate_id"), table_name="notifications")
    op.drop_table("notifications")
    op.drop_index(op.f("ix_evaluations_candidate_id_id"), table_name="evaluations")
    op.drop_table("evaluations")
    op.drop_index("uq_decisions_open", table_name="decisions", postgresql_where=sa.text("outcome IS NULL"))
    op.drop_index(op.f("ix_decisions_candidate_id_created_at"), table_name="decisions")
    op.drop_table("decisions")
    op.drop_index(
        op.f("ix_audit_logs_incident_type_id"),
        table_name="audit_logs",
        postgresql_where=sa.text("incident_type IS NOT NULL"),
    )
    op.drop_index(op.f("ix_audit_logs_created_at"), table_name="audit_logs")
    op.drop_index(op.f("ix_audit_logs_candidate_id_id"), table_name="audit_logs")
    op.drop_index(op.f("ix_audit_logs_action_type_id"), table_name="audit_logs")
    op.drop_index(op.f("ix_audit_logs_access_type_id"), table_name="audit_logs")
    op.drop_table("audit_logs")
    op.execute("DROP FUNCTION refuse_change()")
