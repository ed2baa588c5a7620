"""France Travail's token server and "Offres d'emploi" version 2, with its limits, refusals and oddities."""

import math
import re
import time
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

Row = dict[str, Any]

# Codes of communes, their points and departments; an arrondissement's code gives the whole city.
POINTS = {
    "75056": (48.853, 2.349), "69123": (45.748, 4.846), "13055": (43.297, 5.381), "74010": (45.908, 6.126),
    "92050": (48.892, 2.206), "93066": (48.936, 2.357), "97411": (-20.882, 55.45),
}  # fmt: skip
_CITIES = {"751": "75056", "6938": "69123", "132": "13055"}
_REGIONS = {"75": "11", "92": "11", "93": "11", "69": "84", "74": "84", "13": "93", "974": "04"}
_PUBLISHED_WITHIN = ("1", "3", "7", "14", "31")
_KNOWN = {
    "motsCles", "commune", "distance", "departement", "region", "typeContrat", "natureContrat", "publieeDepuis",
    "sort", "origineOffre", "range",
}  # fmt: skip
_FULL = 150


@dataclass(frozen=True)
class Ad:
    """A row, with what a search looks at and rows do not show: the origin's and the nature's codes, its age in days."""

    row: Row
    origin: str = "1"
    nature: str = "E1"
    age: int = 2


def ad(
    source_id: str,
    title: str,
    description: str,
    *,
    insee: str = "75056",
    origin: str = "1",
    nature: str = "E1",
    age: int = 2,
    **changes: Any,
) -> Ad:
    """An ad; `changes` replace keys of its row, or leave them out where they are None."""
    department = insee[:3] if insee.startswith("97") else insee[:2]
    names = {"75056": "PARIS", "69123": "LYON", "13055": "MARSEILLE", "74010": "ANNECY", "92050": "NANTERRE"}
    made = datetime.now(UTC) - timedelta(days=age, hours=1)
    row: Row = {
        "id": source_id,
        "intitule": title,
        "description": description,
        "dateCreation": made.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "dateActualisation": made.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "lieuTravail": {
            "libelle": f"{department} - {names.get(insee, 'SAINT DENIS')}",
            "latitude": POINTS[insee][0],
            "longitude": POINTS[insee][1],
            "codePostal": f"{department:0<5}",
            "commune": insee,
        },
        "romeCode": "M1805",
        "romeLibelle": "Études et développement informatique",
        "appellationlibelle": "Développeur / Développeuse informatique",
        "entreprise": {"nom": "Atelier Numérique", "entrepriseAdaptee": False},
        "typeContrat": "CDI",
        "typeContratLibelle": "CDI",
        "natureContrat": "Contrat travail",
        "experienceExige": "E",
        "experienceLibelle": "2 An(s)",
        "dureeTravailLibelleConverti": "Temps plein",
        "alternance": False,
        "nombrePostes": 1,
        "origineOffre": {"origine": origin, "urlOrigine": f"https://candidat.francetravail.fr/offres/{source_id}"},
    }
    row = {name: value for name, value in (row | changes).items() if value is not None}
    return Ad(row, origin, nature, age)


FULL_ROW = ad(
    "190PYTH",
    "Développeur Python (H/F)",
    "Vous concevez des services en Python avec FastAPI et PostgreSQL.\nDeux journées au bureau, 3 jours de télétravail "
    "par semaine.",
    entreprise={
        "nom": "Atelier Numérique",
        "url": "https://atelier-numerique.example.fr",
        "logo": "https://static.example.fr/atelier.png",
    },
    salaire={"libelle": "Annuel de 50000.0 Euros à 42000.0 Euros sur 12.0 mois"},
    formations=[
        {"niveauLibelle": "Bac+5 et plus ou équivalents", "exigence": "S"},
        {"niveauLibelle": "Bac+3, Bac+4 ou équivalents", "exigence": "E"},
    ],
    competences=[
        {"code": "1", "libelle": "Concevoir une application web", "exigence": "E"},
        {"code": "2", "libelle": "Méthodes agiles", "exigence": "S"},
        {"code": "3", "exigence": "S"},
    ],
    langues=[{"libelle": "Anglais", "exigence": "E"}, {"libelle": "Allemand", "exigence": "S"}],
    codeNAF="62.01Z",
    nombrePostes=2,
    contact={
        "nom": "Atelier Numérique - Mme Odile Fictive",
        "courriel": "odile.fictive@example.fr",
        "telephone": "01 99 00 12 34",
        "urlPostulation": "https://atelier-numerique.example.fr/postuler",
    },
    agence={"telephone": "01 99 00 43 21"},
)

ADS = (
    FULL_ROW,
    # A second opening of the same employer, and an ad that only looks like it.
    ad("191PYTH", "Développeur Python (H/F)", "Second poste ouvert dans l'équipe Python de Paris."),
    ad("192PYTH", "Développeur Python confirmé", "Python et Django.", entreprise={"nom": "Les Fileuses"}, age=20),
    ad("193LYON", "Développeur Python", "Python à Lyon.", insee="69123", typeContrat="MIS"),
    ad("194NANT", "Développeuse back-end", "Python, dans le quartier des affaires.", insee="92050"),
    ad("195CPLU", "Développeur C++", "Langages : C, C++.", insee="13055", lieuTravail={"libelle": "13 - MARSEILLE"}),
    ad("196ALTE", "Apprenti développeur Python", "Contrat d'apprentissage, Python.", nature="E2",
       typeContrat="CDD", natureContrat="Contrat apprentissage", alternance=True, experienceExige="D",
       experienceLibelle="Débutant accepté"),
    ad("197LIBE", "Consultant Python", "Mission Python en indépendant.", typeContrat="LIB"),
    # Partners' ads, one without an employer and without a commune.
    ad("201PART", "Ingénieur Python", "Python chez un partenaire. Full remote.", origin="2",
       origineOffre={"origine": "2", "urlOrigine": "https://candidat.francetravail.fr/offres/201PART",
                     "partenaires": [{"nom": "EMPLOI EXEMPLE", "url": "https://emploi.example.com/offre/201",
                                      "logo": "https://emploi.example.com/logo.png"}]}),
    ad("202PART", "Data engineer Python", "Python et Spark.", origin="2", entreprise=None,
       lieuTravail={"libelle": "France"}, typeContrat="CDD"),
)  # fmt: skip


class FranceTravailBoard:
    """Switches: how long tokens live, the origin trap, whether every page is a 206 and tells its range, generated ads,
    whether its calls of this second are spent, what single ads are answered with instead of their rows (None: deleted).
    """

    CLIENT_ID = "PAR_talentflow_stub"
    CLIENT_SECRET = "stub-secret-4711"

    def __init__(self) -> None:
        self.ads: list[Ad] = list(ADS)
        self.token_seconds: float = 1499
        self.origin_trap = True
        self.always_206 = True
        self.tells_range = True
        self.is_busy = False
        self.details: dict[str, Row | None] = {}
        self.minted: list[str] = []
        self._ends: dict[str, float] = {}

    def add_many(self, number: int, origin: str = "1") -> None:
        """Generated ads of a shop assistant in Paris."""
        self.ads += [ad(f"{origin}{n:06}", f"Vendeur {n}", "Vente en boutique.", origin=origin) for n in range(number)]

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        scopes = str(form.get("scope", "")).split()
        accepted = (
            request.query.get("realm") == "/partenaire"
            and form.get("grant_type") == "client_credentials"
            and form.get("client_id") == self.CLIENT_ID
            and form.get("client_secret") == self.CLIENT_SECRET
        )
        if not accepted:
            return web.json_response(
                {"error": "invalid_client", "error_description": "Client authentication failed"}, status=400
            )
        if not {"api_offresdemploiv2", "o2dsoffre"} <= set(scopes):
            return web.json_response({"error": "invalid_scope"}, status=400)
        token = f"stub-token-{len(self.minted)}"
        self.minted.append(token)
        self._ends[token] = time.monotonic() + self.token_seconds
        body = {"access_token": token, "token_type": "Bearer", "expires_in": int(self.token_seconds) or 1}
        return web.json_response(body)

    def forget_tokens(self) -> None:
        """All tokens end now, whatever was said."""
        self._ends.clear()

    async def search(self, request: web.Request) -> web.Response:
        refusal = self._refusal(request) or _bad_parameter(request)
        if refusal is not None:
            return refusal
        query = request.query
        first, last = (int(part) for part in query.get("range", "0-149").split("-"))
        wider = [found for found in self.ads if _matches(found, dict(query))]
        origin = query.get("origineOffre")
        served = [found for found in wider if found.origin == (origin or "1")]
        if origin is None and not self.origin_trap:
            served = wider
        total = len(wider if origin is None else served)
        rows = [found.row for found in served[first : last + 1]]
        if not rows:
            return web.Response(status=204, headers={"Content-Range": "offres */0"})
        whole = first == 0 and len(rows) == total and not self.always_206
        headers = {"Accept-Range": "offres 150"}
        if self.tells_range:
            headers["Content-Range"] = f"offres {first}-{first + len(rows) - 1}/{total}"
        body = {"resultats": rows, "filtresPossibles": []}
        return web.json_response(body, status=200 if whole else 206, headers=headers)

    async def detail(self, request: web.Request) -> web.Response:
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        wanted = request.match_info["id"]
        if not re.fullmatch(r"[0-9A-Z]{7}", wanted):
            return _refused("Le format de l'id de l'offre recherchée est incorrect.")
        row = next((found.row for found in self.ads if found.row["id"] == wanted), None)
        row = self.details.get(wanted, row)
        return web.Response(status=204) if row is None else web.json_response(row)

    def _refusal(self, request: web.Request) -> web.Response | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self._ends.get(token, 0) <= time.monotonic():
            return web.Response(status=401, headers={"WWW-Authenticate": 'Bearer realm="/partenaire"'})
        if self.is_busy:
            return web.Response(status=429, headers={"Retry-After": "1"})
        return None


def _refused(message: str) -> web.Response:
    return web.json_response({"codeErreur": "400", "message": message}, status=400)


def _bad_parameter(request: web.Request) -> web.Response | None:
    query = request.query
    for name in query:
        if name not in _KNOWN:
            return _refused(f"Format du paramètre « {name} » incorrect.")
    window = re.fullmatch(r"(\d+)-(\d+)", query.get("range", "0-149"))
    if window is None:
        return _refused("Format du paramètre « range » incorrect.")
    first, last = int(window[1]), int(window[2])
    if first > 3000:
        return _refused("La position de début doit être inférieure ou égale à 3000.")
    if last - first >= _FULL or last > 3149:
        return _refused("La plage de résultats demandée est trop importante.")
    commune = query.get("commune")
    if commune is not None and _city(commune) not in POINTS:
        return _refused("Valeur du paramètre « commune » incorrecte.")
    if query.get("publieeDepuis", "1") not in _PUBLISHED_WITHIN:
        return _refused("Valeur du paramètre « publieeDepuis » incorrecte.")
    for term in filter(None, query.get("motsCles", "").split(",")):
        if len(term) < 2 or not re.fullmatch(r'[A-Za-z0-9 @#$%^&+./"-]+', term):
            return _refused("Format du paramètre « motsCles » incorrect.")
    return None


def _city(commune: str) -> str:
    arrondissement_of = (city for start, city in _CITIES.items() if commune.startswith(start))
    return next(arrondissement_of, commune)


def _matches(found: Ad, query: dict[str, str]) -> bool:
    row = found.row
    text = _plain(f"{row.get('intitule')} {row.get('description')}")
    if not all(_plain(term) in text for term in query.get("motsCles", "").split(",")):
        return False
    kinds, natures = query.get("typeContrat"), query.get("natureContrat")
    # Asked together, they are alternatives.
    if (kinds or natures) and not (
        row.get("typeContrat") in (kinds or "").split(",") or found.nature in (natures or "").split(",")
    ):
        return False
    if found.age >= int(query.get("publieeDepuis", 9999)):
        return False
    place = row.get("lieuTravail", {})
    department = str(place.get("libelle", "")).split(" - ")[0]
    if "commune" in query:
        here = POINTS.get(place.get("commune"))
        reach = int(query.get("distance", 10)) * 1.3
        if here is None or _kilometres(here, POINTS[_city(query["commune"])]) > reach:
            return False
    if query.get("departement", department) != department:
        return False
    return query.get("region") in (None, _REGIONS.get(department))


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Near enough over a few dozen kilometres."""
    return math.hypot((a[0] - b[0]) * 111.2, (a[1] - b[1]) * 111.2 * math.cos(math.radians(a[0])))
