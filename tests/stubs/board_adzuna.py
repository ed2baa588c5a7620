"""Adzuna's search of one country, with its limits, refusals and oddities."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

Row = dict[str, Any]

PAGE_ROWS = 50
_COUNTRIES = ("fr", "gb", "de", "us")
_HTML = "<!DOCTYPE html><html><head><title>Adzuna API</title></head><body><p>Something went wrong</p></body></html>"


def ad(source_id: str | int, title: str, description: str, *, age: int = 3, **changes: Any) -> Row:
    """A row; keys of `changes` replace its own, or are left out where they are None."""
    row: Row = {
        "__CLASS__": "Adzuna::API::Response::Job",
        "id": source_id,
        "title": title,
        "description": description,
        "created": (datetime.now(UTC) - timedelta(days=age, hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "redirect_url": f"https://www.adzuna.example.fr/land/ad/{source_id}?se=stub&v=0123",
        "adref": "stub",
        "company": {"display_name": "Atelier Numérique"},
        "location": {"display_name": "Paris, Ile-de-France", "area": ["France", "Ile-de-France", "Paris"]},
        "salary_is_predicted": "0",
        "contract_type": "permanent",
        "contract_time": "full_time",
    }
    return {name: value for name, value in (row | changes).items() if value is not None}


FULL_ROW = ad(
    "4711000001",
    "D&eacute;veloppeur <strong>Python</strong> H/F",
    "Vous concevez des services en <strong>Python</strong> avec FastAPI. Poste hybride …",
    latitude=48.85,
    longitude=2.35,
    salary_min=42000,
    salary_max=50000,
)

ADS = (
    FULL_ROW,
    ad(
        4711000002,
        "Data scientist Python",
        "Python et pandas.",
        company={"display_name": "Les Fileuses"},
        salary_min=38000,
        salary_max=38000,
        salary_is_predicted=1,
        contract_type="contract",
    ),
    # Whatever is optional is missing; half of the ads have no type of contract.
    ad("4711000003", "Développeur Python Lyon", "Python à Lyon, chef de projet technique.", company=None,
       location={"display_name": "Lyon, Rhône", "area": ["France", "Auvergne-Rhône-Alpes", "Rhône", "Lyon"]},
       contract_type=None, contract_time=None, salary_is_predicted=None, age=25),
)  # fmt: skip


class AdzunaBoard:
    """Switches: generated ads, whether pages beyond the last repeat it, calls before the quota is spent."""

    APP_ID = "stub-app-4711"
    APP_KEY = "stub-key-0815"

    def __init__(self) -> None:
        self.ads: list[Row] = list(ADS)
        self.repeats_deep_pages = False
        self.calls_left: int | None = None
        self.retry_after: int | None = None

    def add_many(self, number: int) -> None:
        """Generated ads of a shop assistant in Paris."""
        self.ads += [ad(f"9{n:06}", f"Vendeur {n}", "Vente en boutique.") for n in range(number)]

    async def search(self, request: web.Request) -> web.Response:
        query = request.query
        if query.get("app_id") != self.APP_ID or query.get("app_key") != self.APP_KEY:
            return web.json_response(
                {"exception": "AUTH_FAIL", "display": "Authorisation failed", "doc": "https://adzuna.example.com"},
                status=401,
            )
        if self.calls_left is not None:
            if self.calls_left == 0:
                headers = {"Retry-After": str(self.retry_after)} if self.retry_after is not None else {}
                return web.json_response({"exception": "LIMIT"}, status=429, headers=headers)
            self.calls_left -= 1
        if request.match_info["country"] not in _COUNTRIES:
            return web.json_response({"exception": "UNSUPPORTED_COUNTRY", "supported": list(_COUNTRIES)}, status=404)
        page = request.match_info["page"]
        if query.get("sort_by") not in (None, "relevance", "date", "salary") or not re.fullmatch(r"[1-9]\d*", page):
            return web.Response(status=400, text=_HTML, content_type="text/html")
        found = [row for row in self.ads if _matches(row, dict(query))]
        asked = min(int(query.get("results_per_page", 10)), PAGE_ROWS)
        start = (int(page) - 1) * asked
        if self.repeats_deep_pages and start >= len(found) > 0:
            start = (len(found) - 1) // asked * asked if len(found) % asked else len(found) - asked
        return web.json_response({"count": len(found), "mean": 40123.5, "results": found[start : start + asked]})


def _matches(row: Row, query: dict[str, str]) -> bool:
    text = _plain(f"{row['title']} {row['description']}".replace("&eacute;", "é"))
    company = row.get("company", {}).get("display_name", "")
    wanted = [*query.get("what", "").split(), *filter(None, [query.get("what_phrase")])]
    if not all(_plain(term) in text for term in wanted):
        return False
    where = _plain(" ".join([row["location"]["display_name"], *row["location"]["area"]]))
    if _plain(query.get("where", "")) not in where or ("where" in query and "distance" not in query):
        return False
    if "company" in query and _plain(query["company"]) != _plain(company):
        return False
    if any(query.get(kind) == "1" and row.get("contract_type") != kind for kind in ("permanent", "contract")):
        return False
    age = datetime.now(UTC) - datetime.fromisoformat(row["created"])
    if age > timedelta(days=int(query.get("max_days_old", 9999))):
        return False
    if "salary_min" in query:
        if "salary_max" not in row:
            return query.get("salary_include_unknown") == "1"
        return bool(row["salary_max"] >= int(query["salary_min"]))
    return True


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
