"""Works-council elections as their spreadsheets tell them: imports, what they refused, minutes and invitations."""

from datetime import date, datetime
from typing import Annotated

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Json

LongText = Annotated[str, mapped_column(Text)]
Siret = Annotated[str, mapped_column(Text(collation="C"))]
"""Compared byte by byte, so that a range of SIRETs is a range of the index."""
Count = Annotated[int, mapped_column(Integer)]

SIRET_CHECK = "siret ~ '^[0-9]{14}$'"


class Import(Base):
    """One uploaded spreadsheet. `id` is the workflow's id too; `outcome` stays NULL until the end is decided.

    `object_key` is where the upload lies, NULL once it is deleted. The counts are 0 until the merge, which writes
    them together with its rows; of each row read one of inserted, updated, unchanged and rejected is counted.
    `rejects_by_reason` says how many rows were refused for each reason, written as the outcome is.
    """

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint("kind IN ('pv', 'invit')", name="kind"),
        CheckConstraint("outcome IN ('completed', 'failed', 'cancelled')", name="outcome"),
        Index(None, "started_at", "id"),
    )

    id: Mapped[LongText] = mapped_column(primary_key=True)
    kind: Mapped[LongText]
    file_name: Mapped[LongText]
    object_key: Mapped[LongText | None]
    bytes: Mapped[int]
    sha256: Mapped[LongText]
    outcome: Mapped[LongText | None]
    rows_read: Mapped[int] = mapped_column(server_default="0")
    inserted: Mapped[int] = mapped_column(server_default="0")
    updated: Mapped[int] = mapped_column(server_default="0")
    unchanged: Mapped[int] = mapped_column(server_default="0")
    rejected: Mapped[int] = mapped_column(server_default="0")
    warnings: Mapped[int] = mapped_column(server_default="0")
    ignored_columns: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    rejects_by_reason: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    error: Mapped[LongText | None]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    completed_at: Mapped[datetime | None]


class ImportReject(Base):
    """A row that an import refused (`reject`), or a cell that it dropped while keeping the row (`warning`).

    `value` is the first 200 characters of the cell; `reason` the rule's name, `message` the French sentence.
    """

    __tablename__ = "import_rejects"
    __table_args__ = (CheckConstraint("kind IN ('reject', 'warning')", name="kind"), Index(None, "import_id", "id"))

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    import_id: Mapped[LongText] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    kind: Mapped[LongText]
    source_row: Mapped[int]
    column_name: Mapped[LongText | None]
    value: Mapped[LongText | None]
    reason: Mapped[LongText]
    message: Mapped[LongText]


class PvEvent(Base):
    """The minutes of one collège of an election. `pv_key` is the natural key, by which a later import finds the row.

    `import_id`, `source_file` and `source_row` say where the row's present values come from.
    """

    __tablename__ = "pv_events"
    __table_args__ = (
        CheckConstraint(SIRET_CHECK, name="siret"),
        Index("ix_pv_events_siret_cycle_date_pv", "siret", "cycle", text("date_pv DESC")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    pv_key: Mapped[LongText] = mapped_column(unique=True)
    source_id: Mapped[int | None]
    siret: Mapped[Siret]
    cycle: Mapped[LongText]
    date_pv: Mapped[date]
    institution: Mapped[LongText | None]
    college: Mapped[LongText | None]
    raison_sociale: Mapped[LongText | None]
    cp: Mapped[LongText | None]
    ville: Mapped[LongText | None]
    idcc: Mapped[LongText | None]
    ud: Mapped[LongText | None]
    fd: Mapped[LongText | None]
    ul: Mapped[LongText | None]
    region: Mapped[LongText | None]
    inscrits: Mapped[Count | None]
    votants: Mapped[Count | None]
    sve: Mapped[Count | None]
    cgt_voix: Mapped[Count | None]
    cfdt_voix: Mapped[Count | None]
    fo_voix: Mapped[Count | None]
    cftc_voix: Mapped[Count | None]
    cgc_voix: Mapped[Count | None]
    unsa_voix: Mapped[Count | None]
    sud_voix: Mapped[Count | None]
    autre_voix: Mapped[Count | None]
    import_id: Mapped[LongText]
    source_file: Mapped[LongText]
    source_row: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Invitation(Base):
    """An employer's letter inviting unions to negotiate an election: one a day and establishment.

    `extra` holds the cells of columns that have no place of their own, under their normalised headers.
    """

    __tablename__ = "invitations"
    __table_args__ = (CheckConstraint(SIRET_CHECK, name="siret"), UniqueConstraint("siret", "date_invit"))

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    siret: Mapped[Siret]
    date_invit: Mapped[date]
    source: Mapped[LongText] = mapped_column(server_default="import")
    denomination: Mapped[LongText | None]
    enseigne: Mapped[LongText | None]
    adresse: Mapped[LongText | None]
    code_postal: Mapped[LongText | None]
    commune: Mapped[LongText | None]
    activite_principale: Mapped[LongText | None]
    libelle_activite: Mapped[LongText | None]
    tranche_effectifs: Mapped[LongText | None]
    effectifs_label: Mapped[LongText | None]
    categorie_entreprise: Mapped[LongText | None]
    structure_saisie: Mapped[LongText | None]
    est_actif: Mapped[bool | None]
    est_siege: Mapped[bool | None]
    ud: Mapped[LongText | None]
    fd: Mapped[LongText | None]
    idcc: Mapped[LongText | None]
    effectif_connu: Mapped[Count | None]
    date_reception: Mapped[date | None]
    date_election: Mapped[date | None]
    extra: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    import_id: Mapped[LongText]
    source_file: Mapped[LongText]
    source_row: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
