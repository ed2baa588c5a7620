"""The rule of the summary as SQL: which election of an establishment counts, and what its row says.

One SELECT serves full and incremental builds; only the SIRETs it is asked about differ.
"""

from typing import Any, cast

from sqlalchemy import CursorResult, text
from sqlalchemy.ext.asyncio import AsyncSession

from db.tables import SiretSummary
from domain.election.cycles import WINDOWS
from domain.unions import UNIONS

SUMMARISED = ("C3", "C4")

COLUMNS = tuple(column.name for column in SiretSummary.__table__.columns)

COUNTS = ("inscrits", "votants", "sve", *(f"{union}_voix" for union in UNIONS))
_MAIN_TEXTS = ("institution", "raison_sociale", "idcc", "fd", "ud", "cp", "ville", "region", "ul")
"""What comes from the main row of an election alone."""

_MAX_INTEGER = 2_147_483_647
_MAX_DEP = 100


def _windows() -> str:
    rows = (f"('{c}', DATE '{WINDOWS[c][0]:%Y-%m-%d}', DATE '{WINDOWS[c][1]:%Y-%m-%d}')" for c in SUMMARISED)
    return ", ".join(rows)


def _elections() -> str:
    """The columns of one establishment's elections, side by side; max() over the single main row copies it."""
    columns = []
    for cycle in SUMMARISED:
        suffix = cycle.lower()
        columns.append(f"count(*) FILTER (WHERE cycle = '{cycle}') AS pv_{suffix}_count")
        columns.append(f"max(date_pv) FILTER (WHERE cycle = '{cycle}') AS date_pv_{suffix}")
        columns += [f"sum({name}) FILTER (WHERE cycle = '{cycle}') AS {name}_{suffix}" for name in COUNTS]
        columns += [
            f"max({name}) FILTER (WHERE cycle = '{cycle}' AND place = 1) AS {name}_{suffix}" for name in _MAIN_TEXTS
        ]
    return ",\n    ".join(columns)


def _capped(name: str) -> str:
    """A sum as an integer: a file of absurd counts must not stop every build from then on."""
    return f"CASE WHEN e.{name} > {_MAX_INTEGER} THEN {_MAX_INTEGER} ELSE e.{name} END"


def _carence(cycle: str) -> str:
    return (
        f"CASE WHEN e.date_pv_{cycle} IS NOT NULL THEN"
        f" coalesce(e.institution_{cycle} ILIKE '%car%', false) OR coalesce(e.votants_{cycle}, 0) <= 0 END"
    )


_VALUES = {
    "siret": "siret",
    **{f"{name}_{cycle.lower()}": _capped(f"{name}_{cycle.lower()}") for cycle in SUMMARISED for name in COUNTS},
    "raison_sociale": "coalesce(e.raison_sociale_c4, e.raison_sociale_c3, i.denomination)",
    "idcc": "coalesce(e.idcc_c4, e.idcc_c3, i.idcc)",
    # Cut to what an index can hold; no département code comes near that.
    "dep": f"left(coalesce(e.ud_c4, e.ud_c3, i.ud), {_MAX_DEP})",
    "cp": "coalesce(e.cp_c4, e.cp_c3, i.code_postal)",
    "ville": "coalesce(e.ville_c4, e.ville_c3, i.commune)",
    "region": "coalesce(e.region_c4, e.region_c3)",
    "ul": "coalesce(e.ul_c4, e.ul_c3)",
    "statut_pap": (
        "CASE WHEN e.date_pv_c3 IS NOT NULL AND e.date_pv_c4 IS NOT NULL THEN 'C3+C4'"
        " WHEN e.date_pv_c4 IS NOT NULL THEN 'C4' WHEN e.date_pv_c3 IS NOT NULL THEN 'C3' ELSE 'Aucun' END"
    ),
    "date_pv_last": "greatest(e.date_pv_c3, e.date_pv_c4)",
    "date_pap_c5": "i.date_invit",
    "carence_c3": _carence("c3"),
    "carence_c4": _carence("c4"),
    "pv_c3_count": "coalesce(e.pv_c3_count, 0)::int",
    "pv_c4_count": "coalesce(e.pv_c4_count, 0)::int",
    "invitation_count": "coalesce(i.letters, 0)::int",
    "cgt_implantee": "coalesce(e.cgt_voix_c4 > 0, false)",
    "has_match_c5_pv": "e.siret IS NOT NULL AND i.siret IS NOT NULL",
}
"""Columns that are more than the election's own column of the same name."""


def _select(pv_scope: str, invitation_scope: str) -> str:
    """The rows of the SIRETs within these conditions, in the order of `COLUMNS`."""
    narrow = ", ".join(f"p.{name}" for name in (*_MAIN_TEXTS, *COUNTS))
    values = ",\n    ".join(f"{_VALUES.get(name, f'e.{name}')} AS {name}" for name in COLUMNS)
    return f"""
WITH ranked AS (
  SELECT p.siret, p.cycle, p.date_pv, {narrow},
    first_value(p.date_pv) OVER w AS last_date, row_number() OVER w AS place
  FROM pv_events p JOIN (VALUES {_windows()}) AS v (cycle, first_day, last_day)
    ON v.cycle = p.cycle AND p.date_pv BETWEEN v.first_day AND v.last_day
  WHERE {pv_scope}
  WINDOW w AS (PARTITION BY p.siret, p.cycle
    ORDER BY p.date_pv DESC, p.inscrits DESC NULLS LAST, p.source_id NULLS LAST, p.id)),
e AS (
  SELECT siret,
    {_elections()}
  FROM ranked WHERE date_pv = last_date GROUP BY siret),
i AS (
  SELECT DISTINCT ON (siret) siret, date_invit, denomination, idcc, ud, code_postal, commune,
    count(*) OVER (PARTITION BY siret) AS letters
  FROM invitations WHERE {invitation_scope} ORDER BY siret, date_invit DESC)
SELECT
    {values}
FROM e FULL JOIN i USING (siret)"""  # noqa: S608 - names of our own alone


def _between(column: str, low: str | None, high: str | None) -> str:
    bounds = [f"{column} >= :low"] if low is not None else []
    if high is not None:
        bounds.append(f"{column} < :high")
    return " AND ".join(bounds) or "true"


async def insert_range(session: AsyncSession, table: str, low: str | None, high: str | None) -> int:
    """Compute the establishments from `low` (included) up to `high` into `table`; how many rows that made."""
    select = _select(_between("p.siret", low, high), _between("siret", low, high))
    bounds = {name: siret for name, siret in (("low", low), ("high", high)) if siret is not None}
    done = await session.execute(text(f"INSERT INTO {table} ({', '.join(COLUMNS)}) {select}"), bounds)
    return cast(CursorResult[Any], done).rowcount


_TOUCHED = "ANY (ARRAY(SELECT DISTINCT t.siret FROM summary_touched AS t WHERE t.id <= :claimed))"

_REFRESH = f"""
WITH fresh AS MATERIALIZED ({_select(f"p.siret = {_TOUCHED}", f"siret = {_TOUCHED}")}),
gone AS (
  DELETE FROM siret_summary AS s
  WHERE s.siret = {_TOUCHED} AND NOT EXISTS (SELECT FROM fresh AS f WHERE f.siret = s.siret) RETURNING 1),
written AS (
  INSERT INTO siret_summary AS s ({", ".join(COLUMNS)}) SELECT {", ".join(COLUMNS)} FROM fresh
  ON CONFLICT (siret) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])}
  WHERE ({", ".join(f"s.{name}" for name in COLUMNS)})
    IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in COLUMNS)}) RETURNING 1)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM written)"""  # noqa: S608 - names of our own alone


async def refresh_touched(session: AsyncSession, claimed: int) -> int:
    """Bring the rows of establishments touched up to `claimed` up to date; how many were written or removed."""
    return int((await session.execute(text(_REFRESH), {"claimed": claimed})).scalar_one())
