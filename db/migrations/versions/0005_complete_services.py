"""Failed work that can be tried again, rankings of many thousand pairs, queue facts, and the duties of job licences."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_RESULT_COLUMNS = ("candidate_id", "offer_id", "profile_version", "offer_version", "algorithm_version")
_RESULT_KEY = f"uq_matching_results_{'_'.join(_RESULT_COLUMNS)}"
_PAIRS = (
    "greatest(cardinality(candidate_ids), CASE WHEN parse_job_id IS NULL THEN 0 ELSE 1 END) * cardinality(offer_ids)"
)


def upgrade() -> None:
    _job_duties()
    _matching()
    _queue()
    _dead_letters()


def _job_duties() -> None:
    """What mirroring offers needs."""
    op.add_column("offers", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_offers_source_last_seen_at"), "offers", ["source", "last_seen_at"], unique=False)
    op.create_index(
        "ix_offers_to_verify",
        "offers",
        ["last_verified_at", "id"],
        unique=False,
        postgresql_where=sa.text("mirrored AND state = 'open'"),
    )
    op.create_index(
        op.f("ix_offers_cross_refs"),
        "offers",
        ["cross_refs"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"cross_refs": "jsonb_path_ops"},
    )


def _drop_job_duties() -> None:
    for name in ("ix_offers_cross_refs", "ix_offers_to_verify", "ix_offers_source_last_seen_at"):
        op.drop_index(name, table_name="offers")
    op.drop_column("offers", "withdrawn_at")


def _matching() -> None:
    """What bulk ranking needs."""
    op.add_column("matching_jobs", sa.Column("selection", sa.String(), nullable=True))
    op.add_column("matching_jobs", sa.Column("force", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_check_constraint(
        op.f("ck_matching_jobs_selection"), "matching_jobs", "selection IN ('all_open', 'all_validated')"
    )
    op.add_column("matching_results", sa.Column("forced_by", sa.Uuid(), nullable=True))
    op.drop_constraint(op.f(_RESULT_KEY), "matching_results")
    op.create_unique_constraint(
        "uq_matching_results_state",
        "matching_results",
        [*_RESULT_COLUMNS, "forced_by"],
        postgresql_nulls_not_distinct=True,
    )
    _remake_pair_result("SET NULL")
    pairs = sa.Column("pairs", sa.BigInteger(), sa.Computed(_PAIRS, persisted=True), nullable=False)
    op.add_column("matching_jobs", pairs)
    unscored = sa.text("result_id IS NULL")
    op.create_index(
        "ix_matching_pairs_unscored", "matching_pairs", ["candidate_id", "offer_id"], postgresql_where=unscored
    )


def _remake_pair_result(on_delete: str) -> None:
    name = op.f("fk_matching_pairs_result_id")
    op.drop_constraint(name, "matching_pairs")
    op.create_foreign_key(name, "matching_pairs", "matching_results", ["result_id"], ["id"], ondelete=on_delete)


def _drop_matching() -> None:
    op.drop_index("ix_matching_pairs_unscored", table_name="matching_pairs")
    op.drop_column("matching_jobs", "pairs")
    op.execute("DELETE FROM matching_pairs WHERE result_id IS NULL AND error IS NULL")
    op.execute("DELETE FROM matching_results WHERE forced_by IS NOT NULL")
    _remake_pair_result("CASCADE")
    op.drop_constraint("uq_matching_results_state", "matching_results")
    op.create_unique_constraint(op.f(_RESULT_KEY), "matching_results", list(_RESULT_COLUMNS))
    op.drop_column("matching_results", "forced_by")
    op.drop_column("matching_jobs", "force")
    op.drop_column("matching_jobs", "selection")


def _queue() -> None:
    """What places in the queue and expected waits need."""
    op.add_column("cv_jobs", sa.Column("queued_at", sa.DateTime(timezone=True), server_default=sa.func.now()))
    op.execute("UPDATE cv_jobs SET queued_at = created_at")
    op.alter_column("cv_jobs", "queued_at", nullable=False)
    op.add_column("cv_jobs", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
    _index_waiting("priority", "owner", "queued_at")
    op.create_index("ix_cv_jobs_read", "cv_jobs", ["read_at"], postgresql_where=sa.text("read_at IS NOT NULL"))


def _index_waiting(*columns: str) -> None:
    op.drop_index("ix_cv_jobs_waiting", table_name="cv_jobs")
    waiting = sa.text("outcome IS NULL AND started_at IS NULL")
    op.create_index("ix_cv_jobs_waiting", "cv_jobs", list(columns), postgresql_where=waiting)


def _drop_queue() -> None:
    op.drop_index("ix_cv_jobs_read", table_name="cv_jobs")
    _index_waiting("priority", "created_at")
    op.drop_column("cv_jobs", "read_at")
    op.drop_column("cv_jobs", "queued_at")


def _dead_letters() -> None:
    """What failed work keeps to be tried again."""
    for table in ("cv_jobs", "matching_jobs"):
        op.add_column(table, sa.Column("retries", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    _drop_matching()
    for table in ("cv_jobs", "matching_jobs"):
        op.drop_column(table, "retries")
    _drop_queue()
    _drop_job_duties()
