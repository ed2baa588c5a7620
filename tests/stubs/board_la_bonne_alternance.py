"""La bonne alternance's search of apprenticeships: one page, at most 150 rows of a partner."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

Row = dict[str, Any]

_MOST = 150


def ad(
    source_id: str | None,
    title: str,
    *,
    partner: str = "offres_emploi_lba",
    partner_id: str | None = None,
    department: str = "75",
    point: tuple[float, float] = (48.853, 2.349),
    status: str = "Active",
    ends_in: int | None = 30,
    **changes: Any,
) -> Row:
    """A row; `ends_in` days it expires, `changes` replace its sections."""
    now = datetime.now(UTC)
    row: Row = {
        "identifier": {"id": source_id, "partner_label": partner, "partner_job_id": partner_id},
        "workplace": {
            "name": None,
            "brand": "Atelier Numérique",
            "legal_name": "ATELIER NUMERIQUE SAS",
            "description": None,
            "siret": None,
            "website": "https://atelier-numerique.example.fr",
            "size": None,
            "location": {
                "address": f"20 rue des Exemples {department:0<5} Ville",
                "geopoint": {"type": "Point", "coordinates": [point[1], point[0]]},
            },
            "domain": {"idcc": None, "opco": None, "naf": {"code": "6201Z", "label": "Programmation informatique"}},
        },
        "apply": {"url": f"https://labonnealternance.example.fr/emploi/{source_id or partner_id}", "phone": None},
        "contract": {"start": None, "duration": 12, "type": ["Apprentissage"], "remote": None},
        "offer": {
            "title": title,
            "description": "Vous apprenez le métier avec Python et l'équipe.",
            "rome_codes": ["M1805"],
            "desired_skills": ["Curiosité"],
            "to_be_acquired_skills": [],
            "access_conditions": [],
            "opening_count": 2,
            "target_diploma": {"european": "6", "label": "Licence, autres formations niveau 6 (Bac+3)"},
            "status": status,
            "publication": {
                "creation": (now - timedelta(days=4)).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "expiration": None if ends_in is None else (now + timedelta(days=ends_in)).isoformat(),
            },
        },
    }
    return row | changes


FULL_ROW = ad(
    "65f0c0ffee00000000000001",
    "Apprenti développeur Python",
    contract={"start": None, "duration": 24, "type": ["Apprentissage", "Professionnalisation"], "remote": "hybrid"},
)

ADS = (
    FULL_ROW,
    # Relayed from France Travail, under no id of its own.
    ad(None, "Apprenti développeur Python", partner="France Travail", partner_id="196ALTE"),
    ad("65f0c0ffee00000000000003", "Apprentie lyonnaise", department="69", point=(45.748, 4.846)),
    ad("65f0c0ffee00000000000004", "Poste pourvu", status="Filled"),
    ad("65f0c0ffee00000000000005", "Offre finie", ends_in=-1),
)


class LaBonneAlternanceBoard:
    """Switches: warnings that go with the answer; whether this is the staging site, whose links lead nowhere."""

    KEY = "stub-lba-key-2342"

    def __init__(self) -> None:
        self.ads: list[Row] = list(ADS)
        self.warnings: list[dict[str, str]] = []
        self.is_staging = False

    def add_many(self, number: int, partner: str = "Hellowork") -> None:
        self.ads += [ad(f"h{n:06}", f"Apprenti vendeur {n}", partner=partner) for n in range(number)]

    async def search(self, request: web.Request) -> web.Response:
        if request.headers.get("authorization") != f"Bearer {self.KEY}":
            return web.json_response({"statusCode": 401, "name": "Unauthorized", "message": "bad key"}, status=401)
        query = request.query
        found = self.ads
        if "latitude" in query:
            here = (float(query["latitude"]), float(query["longitude"]))
            reach = float(query.get("radius", "30"))
            found = [row for row in found if _kilometres(here, _point(row)) <= reach]
        elif "departements" in query:
            # A code of another length than two is no error: it is as if none had been given.
            wanted = [code for code in query.getall("departements") if len(code) == 2]
            found = [row for row in found if not wanted or _department(row) in wanted]
        groups: dict[str, int] = {}
        jobs = []
        for row in found:
            group = row["identifier"]["partner_label"]
            groups[group] = groups.get(group, 0) + 1
            if groups[group] <= _MOST:
                jobs.append(row)
        if self.is_staging:
            staging = "https://labonnealternance-recette.example.fr/emploi"
            jobs = [row | {"apply": {"url": f"{staging}/{number}"}} for number, row in enumerate(jobs)]
        recruiters = [{"identifier": {"id": "r1"}, "workplace": {"name": "Une entreprise"}}]
        return web.json_response({"jobs": jobs, "recruiters": recruiters, "warnings": self.warnings})


def _point(row: Row) -> tuple[float, float]:
    longitude, latitude = row["workplace"]["location"]["geopoint"]["coordinates"]
    return latitude, longitude


def _department(row: Row) -> str:
    address: str = row["workplace"]["location"]["address"]
    return address.split(" Exemples ")[1][:2]


def _kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    return math.hypot((a[0] - b[0]) * 111.2, (a[1] - b[1]) * 111.2 * math.cos(math.radians(a[0])))
