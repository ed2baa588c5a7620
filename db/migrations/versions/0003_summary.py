"""Works-council elections, and the summary of them by establishment."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("rows_read", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("inserted", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("updated", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("unchanged", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rejected", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("warnings", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("ignored_columns", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "rejects_by_reason",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('pv', 'invit')", name=op.f("ck_imports_kind")),
        sa.CheckConstraint("outcome IN ('completed', 'failed', 'cancelled')", name=op.f("ck_imports_outcome")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_started_at_id"), "imports", ["started_at", "id"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("siret", sa.Text(collation="C"), nullable=False),
        sa.Column("date_invit", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), server_default="import", nullable=False),
        sa.Column("denomination", sa.Text(), nullable=True),
        sa.Column("enseigne", sa.Text(), nullable=True),
        sa.Column("adresse", sa.Text(), nullable=True),
        sa.Column("code_postal", sa.Text(), nullable=True),
        sa.Column("commune", sa.Text(), nullable=True),
        sa.Column("activite_principale", sa.Text(), nullable=True),
        sa.Column("libelle_activite", sa.Text(), nullable=True),
        sa.Column("tranche_effectifs", sa.Text(), nullable=True),
        sa.Column("effectifs_label", sa.Text(), nullable=True),
        sa.Column("categorie_entreprise", sa.Text(), nullable=True),
        sa.Column("structure_saisie", sa.Text(), nullable=True),
        sa.Column("est_actif", sa.Boolean(), nullable=True),
        sa.Column("est_siege", sa.Boolean(), nullable=True),
        sa.Column("ud", sa.Text(), nullable=True),
        sa.Column("fd", sa.Text(), nullable=True),
        sa.Column("idcc", sa.Text(), nullable=True),
        sa.Column("effectif_connu", sa.Integer(), nullable=True),
        sa.Column("date_reception", sa.Date(), nullable=True),
        sa.Column("date_election", sa.Date(), nullable=True),
        sa.Column(
            "extra", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("source_file", sa.Text(), nullable=False),
        sa.Column("source_row", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("siret ~ '^[0-9]{14}$'", name=op.f("ck_invitations_siret")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("siret", "date_invit", name=op.f("uq_invitations_siret_date_invit")),
    )
    op.create_table(
        "pv_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pv_key", sa.Text(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("siret", sa.Text(collation="C"), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("date_pv", sa.Date(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=True),
        sa.Column("college", sa.Text(), nullable=True),
        sa.Column("raison_sociale", sa.Text(), nullable=True),
        sa.Column("cp", sa.Text(), nullable=True),
        sa.Column("ville", sa.Text(), nullable=True),
        sa.Column("idcc", sa.Text(), nullable=True),
        sa.Column("ud", sa.Text(), nullable=True),
        sa.Column("fd", sa.Text(), nullable=True),
        sa.Column("ul", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("inscrits", sa.Integer(), nullable=True),
        sa.Column("votants", sa.Integer(), nullable=True),
        sa.Column("sve", sa.Integer(), nullable=True),
        sa.Column("cgt_voix", sa.Integer(), nullable=True),
        sa.Column("cfdt_voix", sa.Integer(), nullable=True),
        sa.Column("fo_voix", sa.Integer(), nullable=True),
        sa.Column("cftc_voix", sa.Integer(), nullable=True),
        sa.Column("cgc_voix", sa.Integer(), nullable=True),
        sa.Column("unsa_voix", sa.Integer(), nullable=True),
        sa.Column("sud_voix", sa.Integer(), nullable=True),
        sa.Column("autre_voix", sa.Integer(), nullable=True),
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("source_file", sa.Text(), nullable=False),
        sa.Column("source_row", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("siret ~ '^[0-9]{14}$'", name=op.f("ck_pv_events_siret")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pv_events")),
        sa.UniqueConstraint("pv_key", name=op.f("uq_pv_events_pv_key")),
    )
    op.create_index(
        "ix_pv_events_siret_cycle_date_pv",
        "pv_events",
        ["siret", "cycle", sa.literal_column("date_pv DESC")],
        unique=False,
    )
    op.create_table(
        "siret_summary",
        sa.Column("siret", sa.Text(collation="C"), nullable=False),
        sa.Column("raison_sociale", sa.Text(), nullable=True),
        sa.Column("idcc", sa.Text(), nullable=True),
        sa.Column("dep", sa.Text(), nullable=True),
        sa.Column("cp", sa.Text(), nullable=True),
        sa.Column("ville", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("ul", sa.Text(), nullable=True),
        sa.Column("fd_c3", sa.Text(), nullable=True),
        sa.Column("fd_c4", sa.Text(), nullable=True),
        sa.Column("ud_c3", sa.Text(), nullable=True),
        sa.Column("ud_c4", sa.Text(), nullable=True),
        sa.Column("statut_pap", sa.Text(), nullable=False),
        sa.Column("date_pv_c3", sa.Date(), nullable=True),
        sa.Column("date_pv_c4", sa.Date(), nullable=True),
        sa.Column("date_pv_last", sa.Date(), nullable=True),
        sa.Column("date_pap_c5", sa.Date(), nullable=True),
        sa.Column("carence_c3", sa.Boolean(), nullable=True),
        sa.Column("carence_c4", sa.Boolean(), nullable=True),
        sa.Column("inscrits_c3", sa.Integer(), nullable=True),
        sa.Column("votants_c3", sa.Integer(), nullable=True),
        sa.Column("sve_c3", sa.Integer(), nullable=True),
        sa.Column("cgt_voix_c3", sa.Integer(), nullable=True),
        sa.Column("cfdt_voix_c3", sa.Integer(), nullable=True),
        sa.Column("fo_voix_c3", sa.Integer(), nullable=True),
        sa.Column("cftc_voix_c3", sa.Integer(), nullable=True),
        sa.Column("cgc_voix_c3", sa.Integer(), nullable=True),
        sa.Column("unsa_voix_c3", sa.Integer(), nullable=True),
        sa.Column("sud_voix_c3", sa.Integer(), nullable=True),
        sa.Column("autre_voix_c3", sa.Integer(), nullable=True),
        sa.Column("inscrits_c4", sa.Integer(), nullable=True),
        sa.Column("votants_c4", sa.Integer(), nullable=True),
        sa.Column("sve_c4", sa.Integer(), nullable=True),
        sa.Column("cgt_voix_c4", sa.Integer(), nullable=True),
        sa.Column("cfdt_voix_c4", sa.Integer(), nullable=True),
        sa.Column("fo_voix_c4", sa.Integer(), nullable=True),
        sa.Column("cftc_voix_c4", sa.Integer(), nullable=True),
        sa.Column("cgc_voix_c4", sa.Integer(), nullable=True),
        sa.Column("unsa_voix_c4", sa.Integer(), nullable=True),
        sa.Column("sud_voix_c4", sa.Integer(), nullable=True),
        sa.Column("autre_voix_c4", sa.Integer(), nullable=True),
        sa.Column("pv_c3_count", sa.Integer(), nullable=False),
        sa.Column("pv_c4_count", sa.Integer(), nullable=False),
        sa.Column("invitation_count", sa.Integer(), nullable=False),
        sa.Column("cgt_implantee", sa.Boolean(), nullable=False),
        sa.Column("has_match_c5_pv", sa.Boolean(), nullable=False),
        sa.CheckConstraint("siret ~ '^[0-9]{14}$'", name=op.f("ck_siret_summary_siret")),
        sa.PrimaryKeyConstraint("siret", name=op.f("pk_siret_summary")),
    )
    op.create_index(op.f("ix_siret_summary_date_pap_c5"), "siret_summary", ["date_pap_c5"], unique=False)
    op.create_index(op.f("ix_siret_summary_dep_siret"), "siret_summary", ["dep", "siret"], unique=False)
    op.create_index(op.f("ix_siret_summary_statut_pap_siret"), "siret_summary", ["statut_pap", "siret"], unique=False)
    op.create_table(
        "summary_build_parts",
        sa.Column("build_id", sa.Text(), nullable=False),
        sa.Column("part", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("build_id", "part", name=op.f("pk_summary_build_parts")),
    )
    op.create_table(
        "summary_builds",
        sa.Column("build_id", sa.Text(), nullable=False),
        sa.Column("workflow_run_id", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=True),
        sa.Column("rows_written", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "completed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("mode IN ('full', 'incremental')", name=op.f("ck_summary_builds_mode")),
        sa.PrimaryKeyConstraint("build_id", name=op.f("pk_summary_builds")),
    )
    op.create_index(op.f("ix_summary_builds_started_at"), "summary_builds", ["started_at"], unique=False)
    op.create_table(
        "summary_touched",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("siret", sa.Text(collation="C"), nullable=False),
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.CheckConstraint("siret ~ '^[0-9]{14}$'", name=op.f("ck_summary_touched_siret")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_touched")),
    )
    op.create_table(
        "import_rejects",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_row", sa.BigInteger(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('reject', 'warning')", name=op.f("ck_import_rejects_kind")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_rejects_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_rejects")),
    )
    op.create_index(op.f("ix_import_rejects_import_id_id"), "import_rejects", ["import_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_import_rejects_import_id_id"), table_name="import_rejects")
    op.drop_table("import_rejects")
    op.drop_table("summary_touched")
    op.drop_index(op.f("ix_summary_builds_started_at"), table_name="summary_builds")
    op.drop_table("summary_builds")
    op.drop_table("summary_build_parts")
    op.drop_index(op.f("ix_siret_summary_statut_pap_siret"), table_name="siret_summary")
    op.drop_index(op.f("ix_siret_summary_dep_siret"), table_name="siret_summary")
    op.drop_index(op.f("ix_siret_summary_date_pap_c5"), table_name="siret_summary")
    op.drop_table("siret_summary")
    op.drop_index("ix_pv_events_siret_cycle_date_pv", table_name="pv_events")
    op.drop_table("pv_events")
    op.drop_table("invitations")
    op.drop_index(op.f("ix_imports_started_at_id"), table_name="imports")
    op.drop_table("imports")
