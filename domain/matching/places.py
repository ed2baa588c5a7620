"""Places of work and of residence: reading "75011 Paris" or "Lyon, France", and how near two places are."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from domain.text import fold

_LONGEST: Final = 200
_POSTCODE = re.compile(r"\b(\d{5})\b")
_CODE = re.compile(r"\((\d{2,3}|2[ab])\)|\b(?:^|- )(\d{2,3}|2[ab])(?: -|$)")
_SPLIT = re.compile(r"[,;/()|]| [-–—] ")
_NOT_NAME = re.compile(
    r"\b(?:\d+\s?(?:er|e|eme|nd|st|th)?|cedex|arrondissement|centre ville|region|ville de|metropole|"
    r"full remote|remote|teletravail|hybride)\b"
)
_SEPARATORS = re.compile(r"[-'’.\s]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A place, as far as it is known: city by normal name, département by code, region, country by ISO code."""

    city: str | None = None
    department: str | None = None
    region: str | None = None
    country: str | None = None


def _normal(name: str) -> str:
    words = _SEPARATORS.sub(" ", fold(name)).strip().split(" ")
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


_DATA = json.loads((Path(__file__).parents[1] / "data" / "places.json").read_text(encoding="utf-8"))
_REGION_OF: Final[dict[str, str]] = {entry["code"]: entry["region"] for entry in _DATA["departments"]}
_DEPARTMENTS: Final[dict[str, str]] = {_normal(entry["name"]): entry["code"] for entry in _DATA["departments"]}
_CITIES: Final[dict[str, list[str]]] = {}
for _entry in _DATA["departments"]:
    for _city in _entry["cities"]:
        _CITIES.setdefault(_normal(_city), []).append(_entry["code"])
_REGIONS: Final[dict[str, str]] = {_normal(region): region for region in _REGION_OF.values()} | {
    _normal(alias): region for region, aliases in _DATA["region_aliases"].items() for alias in aliases
}
_COUNTRIES: Final[dict[str, str]] = {
    _normal(name): code for code, entry in _DATA["countries"].items() for name in entry["names"]
}
_FOREIGN_CITIES: Final[dict[str, str]] = {
    _normal(name): code for code, entry in _DATA["countries"].items() for name in entry["cities"]
}


_KNOWN: Final = _CITIES.keys() | _REGIONS.keys() | _DEPARTMENTS.keys() | _COUNTRIES.keys() | _FOREIGN_CITIES.keys()


def _department_of_postcode(postcode: str) -> str | None:
    if postcode.startswith("20"):
        code = "2A" if postcode < "20200" else "2B"
    elif postcode.startswith(("97", "98")):
        code = postcode[:3]
    else:
        code = postcode[:2]
    return code if code in _REGION_OF else None


def _written_department(folded: str) -> str | None:
    postcode = _POSTCODE.search(folded)
    if postcode is not None:
        return _department_of_postcode(postcode[1])
    code = _CODE.search(folded)
    if code is None:
        return None
    written = (code[1] or code[2]).upper()
    return written if written in _REGION_OF else None


def parse(text: str | None) -> Place | None:
    """The place that a text names; None for a text that names none.

    Postcodes, "(75)", arrondissements, regions and countries are understood; a town outside the table keeps its
    name, so that two equal names still meet.
    """
    return _parsed((text or "")[:_LONGEST])


@lru_cache(maxsize=8192)  # offers name the same towns over and over
def _parsed(text: str) -> Place | None:
    folded = fold(text)
    department = _written_department(folded)
    city = region = country = unknown = None
    for segment in _SPLIT.split(folded):
        name = _normal(segment)
        if name not in _KNOWN:
            name = _normal(_NOT_NAME.sub(" ", segment))
        if not any(c.isalpha() for c in name):
            continue
        if city is None and (name in _CITIES or name in _FOREIGN_CITIES):
            city = name
        elif name in _REGIONS:
            region = region or _REGIONS[name]
        elif name in _DEPARTMENTS:
            department = department or _DEPARTMENTS[name]
        elif name in _COUNTRIES:
            country = country or _COUNTRIES[name]
        else:
            unknown = unknown or name
    if city in _CITIES and country in (None, "FR"):
        department = department or _department_of_city(city, region)
    elif city in _FOREIGN_CITIES and department is None:
        country = country or _FOREIGN_CITIES[city]
    if department is not None:
        region = _REGION_OF[department]
    if region is not None:
        country = "FR"
    place = Place(city or unknown, department, region, country)
    return None if place == Place() else place


def _department_of_city(city: str, region: str | None) -> str:
    codes = _CITIES[city]
    in_region = [code for code in codes if region in (None, _REGION_OF[code])]
    return (in_region or codes)[0]


def covers(wish: Place, place: Place) -> bool:
    """Whether a place lies in the wished one: the same city, or any place of a wished département, region, country."""
    if wish.city is not None:
        return wish.city == place.city and _compatible(wish.department, place.department)
    if wish.department is not None:
        return wish.department == place.department
    if wish.region is not None:
        return wish.region == place.region
    return wish.country is not None and wish.country == place.country


def nearness(a: Place, b: Place) -> float | None:
    """Same city 1, same département 0.8, same region 0.5, elsewhere 0.1; None when the texts do not tell."""
    if a.city is not None and a.city == b.city and _compatible(a.department, b.department):
        return 1.0
    if a.department is not None and a.department == b.department:
        return 0.8
    if a.region is not None and a.region == b.region:
        return 0.5
    apart = (a.region is not None and b.region is not None) or (
        a.country is not None and b.country is not None and a.country != b.country
    )
    return 0.1 if apart else None


def _compatible(a: str | None, b: str | None) -> bool:
    return a is None or b is None or a == b
