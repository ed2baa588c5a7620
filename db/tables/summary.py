"""The summary of the last elections by establishment, its builds, and what is to be refreshed in it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Identity, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base
from db.tables.elections import SIRET_CHECK, Count, LongText, Siret


class SummaryTouched(Base):
    """A SIRET whose minutes or invitations an import changed; rows are added by merges and removed by builds.

    Insert-only and without a unique key, so that merges never wait for a build.
    """

    __tablename__ = "summary_touched"
    __table_args__ = (CheckConstraint(SIRET_CHECK, name="siret"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    siret: Mapped[Siret]
    import_id: Mapped[LongText]


class SummaryBuild(Base):
    """How one pass of a build ended. `build_id` is `<workflow run id>:<pass>`.

    A published pass has `rows`, the size of the table after it, and no `error`; it was written by the transaction
    that published it. A pass that failed or was cancelled has `error` and no `rows`.
    """

    __tablename__ = "summary_builds"
    __table_args__ = (CheckConstraint("mode IN ('full', 'incremental')", name="mode"), Index(None, "started_at"))

    build_id: Mapped[LongText] = mapped_column(primary_key=True)
    workflow_run_id: Mapped[LongText]
    mode: Mapped[LongText]
    rows: Mapped[int | None]
    rows_written: Mapped[int | None]
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    error: Mapped[LongText | None]


class SummaryBuildPart(Base):
    """A partition that a build has inserted, written by the same transaction as its rows."""

    __tablename__ = "summary_build_parts"

    build_id: Mapped[LongText] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    rows: Mapped[int] = mapped_column(server_default="0")


class SiretSummary(Base):
    """One establishment: its last election of the cycles C3 and C4, and its invitations.

    Without an election in a cycle every column of that cycle is NULL, but the number of its minutes, which is 0.
    A build replaces the whole table, so nothing may depend on it.
    """

    __tablename__ = "siret_summary"
    __table_args__ = (
        CheckConstraint(SIRET_CHECK, name="siret"),
        Index(None, "dep", "siret"),
        Index(None, "statut_pap", "siret"),
        Index(None, "date_pap_c5"),
    )

    siret: Mapped[Siret] = mapped_column(primary_key=True)
    raison_sociale: Mapped[LongText | None]
    idcc: Mapped[LongText | None]
    dep: Mapped[LongText | None]
    cp: Mapped[LongText | None]
    ville: Mapped[LongText | None]
    region: Mapped[LongText | None]
    ul: Mapped[LongText | None]
    fd_c3: Mapped[LongText | None]
    fd_c4: Mapped[LongText | None]
    ud_c3: Mapped[LongText | None]
    ud_c4: Mapped[LongText | None]
    statut_pap: Mapped[LongText]
    date_pv_c3: Mapped[date | None]
    date_pv_c4: Mapped[date | None]
    date_pv_last: Mapped[date | None]
    date_pap_c5: Mapped[date | None]
    carence_c3: Mapped[bool | None]
    carence_c4: Mapped[bool | None]
    inscrits_c3: Mapped[Count | None]
    votants_c3: Mapped[Count | None]
    sve_c3: Mapped[Count | None]
    cgt_voix_c3: Mapped[Count | None]
    cfdt_voix_c3: Mapped[Count | None]
    fo_voix_c3: Mapped[Count | None]
    cftc_voix_c3: Mapped[Count | None]
    cgc_voix_c3: Mapped[Count | None]
    unsa_voix_c3: Mapped[Count | None]
    sud_voix_c3: Mapped[Count | None]
    autre_voix_c3: Mapped[Count | None]
    inscrits_c4: Mapped[Count | None]
    votants_c4: Mapped[Count | None]
    sve_c4: Mapped[Count | None]
    cgt_voix_c4: Mapped[Count | None]
    cfdt_voix_c4: Mapped[Count | None]
    fo_voix_c4: Mapped[Count | None]
    cftc_voix_c4: Mapped[Count | None]
    cgc_voix_c4: Mapped[Count | None]
    unsa_voix_c4: Mapped[Count | None]
    sud_voix_c4: Mapped[Count | None]
    autre_voix_c4: Mapped[Count | None]
    pv_c3_count: Mapped[Count]
    pv_c4_count: Mapped[Count]
    invitation_count: Mapped[Count]
    cgt_implantee: Mapped[bool]
    has_match_c5_pv: Mapped[bool]
