"""French places: the gazetteer of communes, departments and regions, and what a written place means.

The gazetteer is `data/communes.json.gz`, made by `scripts/build_places.py` from the official geographic code (Etalab,
`@etalab/decoupage-administratif`, Licence Ouverte) and, for the points, GeoNames (geonames.org, CC BY 4.0).
"""

import gzip
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from domain.text import fold

PlaceKind = Literal["commune", "department", "region"]

LARGE: Final = 20_000
"""Inhabitants from which a commune is meant when its name is also another place's."""

MAX_CANDIDATES: Final = 10

_DATA = Path(__file__).parent / "data" / "communes.json.gz"
_LONGEST: Final = 200
_EARTH_RADIUS_KM: Final = 6371.0

_NOT_LETTERS = re.compile(r"[\W_]+")
_ORDINAL = re.compile(r"\d{1,2}(?:er|ere|e|eme)?|cedex|arrondissement")
_POSTCODE = re.compile(r"(?<!\d)\d{5}(?!\d)", re.ASCII)
_LAST_PART = re.compile(r"^(?P<head>.*?)\s*(?:\((?P<bracketed>[^()]*)\)|,(?P<listed>[^,]*))\s*$", re.DOTALL)
_ARTICLE = re.compile(r"^(?:le|la|les|l) ")
_SAINTS: Final = {"st": "saint", "ste": "sainte"}
_REGION_ALIASES: Final = {"paca": "93", "idf": "11"}
_ANYWHERE: Final = frozenset({"france", "france entiere", "toute la france", "toute france"})
_REMOTE: Final = frozenset(
    {"teletravail", "remote", "full remote", "a distance", "100 teletravail", "full teletravail", "100 remote"}
)
# Postcodes of the arrondissements of the three cities, and the city; Paris has private ones beyond its 20.
_CITY_OF_ARRONDISSEMENT: Final[Mapping[str, str]] = {
    **{f"751{n:02}": "75056" for n in range(1, 21)},
    **{f"6938{n}": "69123" for n in range(1, 10)},
    **{f"132{n:02}": "13055" for n in range(1, 17)},
}
_PARIS: Final = "75056"


class Commune(NamedTuple):
    """One commune: INSEE code, name, postcodes, department and region codes, inhabitants, and its point when known."""

    insee: str
    name: str
    postcodes: tuple[str, ...]
    department: str
    region: str
    population: int
    latitude: float | None
    longitude: float | None


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Place(_Model):
    """A known place. `insee` and the point are a commune's; `department` is None for a region. All are codes."""

    kind: PlaceKind
    name: str
    label: str
    insee: str | None = None
    department: str | None = None
    region: str
    latitude: float | None = None
    longitude: float | None = None


class Candidate(_Model):
    """One of the places that an ambiguous text may mean."""

    label: str
    insee: str
    department: str


class Resolution(_Model):
    """What a written place means.

    Resolved without a place: anywhere, remotely if `remote`. `candidates` of an ambiguous one, the largest first.
    """

    state: Literal["resolved", "ambiguous", "unresolved"]
    place: Place | None = None
    candidates: tuple[Candidate, ...] = ()
    remote: bool = False


_UNRESOLVED: Final = Resolution(state="unresolved")


class _Within(NamedTuple):
    """Where a commune must lie; None is anywhere."""

    department: str | None = None
    region: str | None = None

    def holds(self, department: str | None, region: str) -> bool:
        return self.department in (None, department) and self.region in (None, region)


def department_of_insee(insee: str) -> str:
    """The department's code in the code of a commune: "2A004" → "2A", "97411" → "974"."""
    return insee[:3] if insee.startswith(("97", "98")) else insee[:2]


def city_of(insee: str) -> str:
    """The code of the whole city for that of an arrondissement of Paris, Lyon or Marseille, else the code itself."""
    return _CITY_OF_ARRONDISSEMENT.get(insee, insee)


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The distance of two points, given as latitude and longitude in degrees, along the surface."""
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*a, *b))
    half = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * _EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, half)))


def _normal(text: str) -> str:
    """A name as it is compared: without case, accents, marks, "cedex" and ordinals; "st" is "saint"."""
    words = _NOT_LETTERS.sub(" ", fold(text)).split()
    named = [_SAINTS.get(word, word) for word in words if not _ORDINAL.fullmatch(word)]
    return " ".join(named or words)


def _bare(normal: str) -> str:
    return _ARTICLE.sub("", normal)


class Gazetteer:
    """The places of France, and the reading of written ones."""

    def __init__(
        self, communes: Iterable[Commune], departments: Mapping[str, tuple[str, str]], regions: Mapping[str, str]
    ) -> None:
        """`departments`: code → name and region code; `regions`: code → name."""
        self._departments = departments
        self._regions = regions
        self._by_insee: dict[str, Commune] = {}
        self._by_name: dict[str, list[Commune]] = {}
        self._by_postcode: dict[str, list[Commune]] = {}
        for commune in sorted(communes, key=lambda c: (-c.population, c.insee)):
            self._by_insee[commune.insee] = commune
            self._by_name.setdefault(_normal(commune.name), []).append(commune)
            for postcode in commune.postcodes:
                self._by_postcode.setdefault(postcode, []).append(commune)
        self._department_names = {_bare(_normal(name)): code for code, (name, _) in departments.items()}
        self._region_names = {_bare(_normal(name)): code for code, name in regions.items()} | _REGION_ALIASES

    def resolve(self, text: str) -> Resolution:
        """The commune, department or region that a text names; it may say what the place lies in ("Lyon, Rhône")."""
        whole = text[:_LONGEST]
        name = _normal(whole)
        if name in _ANYWHERE or name in _REMOTE:
            return Resolution(state="resolved", remote=name in _REMOTE)
        head, within = self._split(whole)
        if postcode := _POSTCODE.search(head):
            return self._of_postcode(postcode[0], head.replace(postcode[0], " "), within)
        return self._of_name(_normal(head), within)

    def department_of_area(self, area: Sequence[str]) -> str | None:
        """The department that the names of an area tell, given from broad to narrow: country, region, …, town."""
        known = [self.resolve(name).place for name in area]
        region = next((place.region for place in known if place is not None and place.kind == "region"), None)
        for name in reversed(area):
            found = self._of_name(_normal(name[:_LONGEST]), _Within(region=region)).place
            if found is not None and found.department is not None:
                return found.department
        return None

    def region_of(self, department: str) -> str | None:
        """The region's code of a department's."""
        known = self._departments.get(department)
        return known[1] if known else None

    def commune(self, insee: str) -> Place | None:
        """The commune of a code; an arrondissement's is its city's."""
        known = self._by_insee.get(city_of(insee))
        return _of_commune(known) if known else None

    def _split(self, text: str) -> tuple[str, _Within]:
        """A text without its trailing "(93)", ", Rhône" or ", France", and what these say."""
        within = _Within()
        while (found := _LAST_PART.match(text)) and found["head"].strip():
            last = _normal(found["bracketed"] if found["bracketed"] is not None else found["listed"])
            if department := self._department_code(last):
                within = within._replace(department=department)
            elif region := self._region_names.get(_bare(last)):
                within = within._replace(region=region)
            elif last and last not in _ANYWHERE:
                break
            text = found["head"]
        return text, within

    def _of_postcode(self, postcode: str, rest: str, within: _Within) -> Resolution:
        name = _normal(rest)
        if postcode.startswith("75") and postcode not in self._by_postcode:
            found = [self._by_insee[_PARIS]] if _PARIS in self._by_insee else []
        else:
            found = self._by_postcode.get(postcode, [])
        communes = [c for c in found if within.holds(c.department, c.region)]
        named = [c for c in communes if _normal(c.name) == name]
        if len(communes) == 1 or len(named) == 1:
            return _resolved(_of_commune((named or communes)[0]))
        if communes:
            return _ambiguous(communes)
        if not name or within != _Within():
            return _UNRESOLVED
        # A postcode of one firm or office ("92042 Paris La Défense Cedex") still tells the department.
        return self._of_name(name, _Within(department=_department_of_postcode(postcode)))

    def _of_name(self, name: str, within: _Within) -> Resolution:
        homonyms = [c for c in self._by_name.get(name, ()) if within.holds(c.department, c.region)]
        large = [c for c in homonyms if c.population >= LARGE]
        if len(large) == 1 or (within.department is not None and len(homonyms) == 1):
            return _resolved(_of_commune((large or homonyms)[0]))
        # "Bretagne" and "La Réunion" are villages too: a department or region of the name is meant before these.
        if not large and (wider := self._wider(name, within)):
            return _resolved(wider)
        if len(homonyms) == 1:
            return _resolved(_of_commune(homonyms[0]))
        return _ambiguous(homonyms) if homonyms else _UNRESOLVED

    def _wider(self, name: str, within: _Within) -> Place | None:
        """The department, else the region, of a name or code."""
        code = self._department_code(name)
        if code is not None:
            written, region = self._departments[code]
            if within.holds(code, region):
                return Place(
                    kind="department", name=written, label=f"{written} ({code})", department=code, region=region
                )
        region_code = self._region_names.get(_bare(name))
        if region_code is not None and within.holds(None, region_code):
            written = self._regions[region_code]
            return Place(kind="region", name=written, label=written, region=region_code)
        return None

    def _department_code(self, normal: str) -> str | None:
        code = normal.upper()
        return code if code in self._departments else self._department_names.get(_bare(normal))


def _of_commune(commune: Commune) -> Place:
    return Place(
        kind="commune",
        name=commune.name,
        label=_label(commune),
        insee=commune.insee,
        department=commune.department,
        region=commune.region,
        latitude=commune.latitude,
        longitude=commune.longitude,
    )


def _label(commune: Commune) -> str:
    return f"{commune.name} ({commune.department})"


def _resolved(place: Place) -> Resolution:
    return Resolution(state="resolved", place=place)


def _ambiguous(communes: Sequence[Commune]) -> Resolution:
    nearest = communes[:MAX_CANDIDATES]
    return Resolution(
        state="ambiguous",
        candidates=tuple(Candidate(label=_label(c), insee=c.insee, department=c.department) for c in nearest),
    )


def _department_of_postcode(postcode: str) -> str:
    if postcode.startswith("20"):
        return "2A" if postcode < "20200" else "2B"
    return department_of_insee(postcode)


@cache
def load_gazetteer() -> Gazetteer:
    """The gazetteer of the package, read once in a process."""
    data: dict[str, Any] = json.loads(gzip.decompress(_DATA.read_bytes()))
    departments = {code: (name, region) for code, name, region in data["departments"]}
    communes = []
    for insee, name, postcodes, population, latitude, longitude in data["communes"]:
        department = department_of_insee(insee)
        region = departments[department][1]
        communes.append(
            Commune(insee, name, tuple(postcodes.split()), department, region, population, latitude, longitude)
        )
    return Gazetteer(communes, departments, dict(data["regions"]))
