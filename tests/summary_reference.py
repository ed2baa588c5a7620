"""The summary computed the straightforward way, row by row in plain Python, to compare the real one with.

It shares no code with the product, so that a mistake there does not repeat itself here.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

Row = dict[str, Any]

WINDOWS = {"c3": (date(2017, 1, 1), date(2020, 12, 31)), "c4": (date(2021, 1, 1), date(2024, 12, 31))}
NUMBERS = (
    *("inscrits", "votants", "sve", "cgt_voix", "cfdt_voix", "fo_voix", "cftc_voix", "cgc_voix"),
    *("unsa_voix", "sud_voix", "autre_voix"),
)


def summarise(minutes: Iterable[Row], invitations: Iterable[Row]) -> dict[str, Row]:
    """The row of each establishment by its SIRET."""
    elections: dict[str, dict[str, dict[date, list[Row]]]] = defaultdict(
        lambda: {cycle: defaultdict(list) for cycle in WINDOWS}
    )
    for row in minutes:
        cycle = row["cycle"].lower()
        if cycle in WINDOWS and WINDOWS[cycle][0] <= row["date_pv"] <= WINDOWS[cycle][1]:
            elections[row["siret"]][cycle][row["date_pv"]].append(row)
    letters: dict[str, list[Row]] = defaultdict(list)
    for row in invitations:
        letters[row["siret"]].append(row)
    none: dict[str, dict[date, list[Row]]] = {cycle: {} for cycle in WINDOWS}
    return {siret: _row(siret, elections.get(siret, none), letters.get(siret, [])) for siret in {*elections, *letters}}


def _row(siret: str, by_cycle: dict[str, dict[date, list[Row]]], letters: list[Row]) -> Row:
    row: Row = {"siret": siret}
    main: dict[str, Row] = {}
    for cycle, dates in by_cycle.items():
        last = max(dates) if dates else None
        colleges = dates[last] if last else []
        row[f"date_pv_{cycle}"] = last
        row[f"pv_{cycle}_count"] = len(colleges)
        for name in NUMBERS:
            terms = [college[name] for college in colleges if college[name] is not None]
            row[f"{name}_{cycle}"] = sum(terms) if terms else None
        main[cycle] = min(colleges, key=_main_first) if colleges else {}
        row[f"fd_{cycle}"] = main[cycle].get("fd")
        row[f"ud_{cycle}"] = main[cycle].get("ud")
        row[f"carence_{cycle}"] = None
        if colleges:
            without_candidate = "car" in (main[cycle]["institution"] or "").lower()
            row[f"carence_{cycle}"] = without_candidate or (row[f"votants_{cycle}"] or 0) <= 0
    letter = max(letters, key=lambda one: one["date_invit"]) if letters else {}
    c3, c4 = main["c3"], main["c4"]
    row["raison_sociale"] = _first(c4.get("raison_sociale"), c3.get("raison_sociale"), letter.get("denomination"))
    row["idcc"] = _first(c4.get("idcc"), c3.get("idcc"), letter.get("idcc"))
    row["dep"] = _first(c4.get("ud"), c3.get("ud"), letter.get("ud"))
    row["cp"] = _first(c4.get("cp"), c3.get("cp"), letter.get("code_postal"))
    row["ville"] = _first(c4.get("ville"), c3.get("ville"), letter.get("commune"))
    row["region"] = _first(c4.get("region"), c3.get("region"))
    row["ul"] = _first(c4.get("ul"), c3.get("ul"))
    row["statut_pap"] = "+".join(cycle.upper() for cycle in ("c3", "c4") if main[cycle]) or "Aucun"
    row["date_pv_last"] = max((row[f"date_pv_{c}"] for c in WINDOWS if row[f"date_pv_{c}"]), default=None)
    row["date_pap_c5"] = letter.get("date_invit")
    row["invitation_count"] = len(letters)
    row["cgt_implantee"] = bool(c4) and (row["cgt_voix_c4"] or 0) > 0
    row["has_match_c5_pv"] = bool(letters) and bool(c3 or c4)
    return row


def _main_first(college: Row) -> tuple[Any, ...]:
    inscrits, source_id = college["inscrits"], college["source_id"]
    return (inscrits is None, -(inscrits or 0), source_id is None, source_id or 0, college["id"])


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)
