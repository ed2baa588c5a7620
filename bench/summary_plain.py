"""The straightforward way to the summary: read both tables into pandas, group and merge, insert row by row objects.

Its table must say the same as the built one; that is checked, so that the comparison is one.
"""

import time
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
from sqlalchemy import Engine, MetaData, Table, create_engine, insert, text
from sqlalchemy.orm import Session

from domain.unions import UNIONS

COPY = "bench_siret_summary"
_SLICE = 2000
_COUNTS = ["inscrits", "votants", "sve", *(f"{union}_voix" for union in UNIONS)]
_TEXTS = ["raison_sociale", "idcc", "fd", "ud", "cp", "ville", "region", "ul"]
_WINDOWS = {"C3": ("2017-01-01", "2020-12-31"), "C4": ("2021-01-01", "2024-12-31")}


class DifferentTable(Exception):
    """The two ways do not give the same rows, so that their times say nothing."""


def rebuild(url: str) -> float:
    """Compute the summary into a copy of the live table; seconds. Raises `DifferentTable`."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(text(f"DROP TABLE IF EXISTS {COPY}"))
            connection.execute(text(f"CREATE TABLE {COPY} (LIKE siret_summary INCLUDING ALL)"))
        begun = time.perf_counter()
        _write(engine, _summarise(engine))
        seconds = time.perf_counter() - begun
        _compare(engine)
        return seconds
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP TABLE IF EXISTS {COPY}"))
        engine.dispose()


def _summarise(engine: Engine) -> list[dict[str, Any]]:
    minutes = pd.read_sql("SELECT * FROM pv_events", engine, parse_dates=["date_pv"])
    letters = pd.read_sql("SELECT * FROM invitations", engine, parse_dates=["date_invit"])
    summary = _cycle(minutes, "C3").join(_cycle(minutes, "C4"), how="outer")
    summary = summary.join(_last_letters(letters), how="outer")
    summary["raison_sociale"] = _first(summary, "raison_sociale_c4", "raison_sociale_c3", "denomination")
    summary["idcc"] = _first(summary, "idcc_c4", "idcc_c3", "idcc_letter")
    summary["dep"] = _first(summary, "ud_c4", "ud_c3", "ud_letter")
    summary["cp"] = _first(summary, "cp_c4", "cp_c3", "code_postal")
    summary["ville"] = _first(summary, "ville_c4", "ville_c3", "commune")
    summary["region"] = _first(summary, "region_c4", "region_c3")
    summary["ul"] = _first(summary, "ul_c4", "ul_c3")
    with_c3, with_c4 = summary["date_pv_c3"].notna(), summary["date_pv_c4"].notna()
    summary["statut_pap"] = "Aucun"
    summary.loc[with_c3, "statut_pap"] = "C3"
    summary.loc[with_c4, "statut_pap"] = "C4"
    summary.loc[with_c3 & with_c4, "statut_pap"] = "C3+C4"
    summary["date_pv_last"] = summary[["date_pv_c3", "date_pv_c4"]].max(axis=1)
    summary["cgt_implantee"] = summary["cgt_voix_c4"].fillna(0) > 0
    summary["has_match_c5_pv"] = summary["date_pap_c5"].notna() & (with_c3 | with_c4)
    for name in ("pv_c3_count", "pv_c4_count", "invitation_count"):
        summary[name] = summary[name].fillna(0).astype(int)
    rows: list[dict[str, Any]] = summary.reset_index(names="siret").astype(object).to_dict("records")
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _cycle(minutes: pd.DataFrame, cycle: str) -> pd.DataFrame:
    suffix = cycle.lower()
    first, last = _WINDOWS[cycle]
    rows = minutes[(minutes["cycle"] == cycle) & minutes["date_pv"].between(first, last)]
    rows = rows[rows["date_pv"] == rows.groupby("siret")["date_pv"].transform("max")]
    main = rows.sort_values(["inscrits", "source_id", "id"], ascending=[False, True, True], na_position="last")
    main = main.drop_duplicates("siret").set_index("siret")
    result = rows.groupby("siret")[_COUNTS].sum(min_count=1)
    institutions = main["institution"].str.contains("car", case=False, na=False)
    result["carence"] = (institutions.reindex(result.index) | (result["votants"].fillna(0) <= 0)).astype(object)
    result = result.join(main[_TEXTS]).add_suffix(f"_{suffix}")
    result[f"date_pv_{suffix}"] = main["date_pv"]
    result[f"pv_{suffix}_count"] = rows.groupby("siret").size()
    return result


def _last_letters(letters: pd.DataFrame) -> pd.DataFrame:
    last = letters.sort_values("date_invit", ascending=False).drop_duplicates("siret").set_index("siret")
    last = last[["date_invit", "denomination", "idcc", "ud", "code_postal", "commune"]]
    last = last.rename(columns={"date_invit": "date_pap_c5", "idcc": "idcc_letter", "ud": "ud_letter"})
    last["invitation_count"] = letters.groupby("siret").size()
    return last


def _first(frame: pd.DataFrame, *names: str) -> Any:
    result = frame[names[0]]
    for name in names[1:]:
        result = result.combine_first(frame[name])
    return result


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return int(value) if isinstance(value, float) else value


def _write(engine: Engine, rows: list[dict[str, Any]]) -> None:
    table = Table(COPY, MetaData(), autoload_with=engine)
    names = [column.name for column in table.columns]
    for start in range(0, len(rows), _SLICE):
        with Session(engine) as session:
            chosen = [{name: row[name] for name in names} for row in rows[start : start + _SLICE]]
            session.execute(insert(table), chosen)
            session.commit()


def _compare(engine: Engine) -> None:
    both = ((COPY, "siret_summary"), ("siret_summary", COPY))
    with engine.connect() as connection:
        for one, other in both:
            missing = f"SELECT count(*) FROM (SELECT * FROM {one} EXCEPT SELECT * FROM {other}) AS d"  # noqa: S608 - ours
            if count := connection.execute(text(missing)).scalar_one():
                raise DifferentTable(f"{count} rows of {one} are not in {other}")
