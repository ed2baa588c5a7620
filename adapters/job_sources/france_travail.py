"""Reading France Travail's "Offres d'emploi" (version 2): what it is asked, its pages, its single offers.

A search without an origin was seen to serve the service's own ads alone while it counts its partners' too. So a
reading makes two passes, one an origin, and adds their totals.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from urllib.parse import quote

from pydantic import BaseModel, JsonValue

from adapters.job_sources import france_travail_ads
from adapters.job_sources.errors import SourceFailure
from adapters.job_sources.http import Answer, SourceHttp, failure_of
from adapters.job_sources.rows import rows_under
from adapters.job_sources.source import (
    Cursor,
    Native,
    Page,
    Plan,
    Row,
    SourceQuery,
    Surroundings,
    has_filters,
    left_over,
    read_rows,
    unavailable,
    unknown_place,
)
from adapters.job_sources.tokens import FranceTravailTokens
from domain.job_search import FilterName, SearchParams, SearchSource
from domain.offer_words import words_of
from domain.places import Place, Resolution
from domain.source_ad import SourceAd, storable
from domain.source_errors import SkipReason
from domain.text import fold
from runtime.settings import Settings

PAGE_ROWS = 150
LAST_START = 3000
"""The API gives no page that begins after this position."""

MAX_PAGES = 3
"""Of one pass, when the rows are to be filtered here."""

ORIGINS = ["1", "2"]
"""Its own ads, and its partners'."""

_PUBLISHED_WITHIN = (1, 3, 7, 14, 31)
_CONTRACTS = {"CDI": "CDI", "CDD": "CDD", "INTERIM": "MIS", "FREELANCE": "LIB"}
_APPRENTICESHIPS = ["E2", "FS"]
_NOT_ALLOWED = re.compile(r"[^a-z0-9 @#$%^&+./-]+")
_SHORTEST_TERM = 2
_TOTAL = re.compile(r"/\s*(\d{1,9})\s*$")


class _Position(BaseModel):
    """Where a page begins: which pass, which row; and what the passes and pages before have told."""

    origin: int = 0
    page: int = 0
    total_before: int = 0
    truncated: bool = False


class FranceTravail:
    """The source `france_travail`."""

    name: SearchSource = "france_travail"
    label = "France Travail"
    version = "1"
    supported_filters: frozenset[FilterName] = frozenset(
        {"keywords", "location", "radius_km", "job_type", "posted_within_days"}
    )

    def __init__(self, settings: Settings, around: Surroundings) -> None:
        self.cache_ttl = timedelta(seconds=settings.france_travail_cache_seconds)
        self.attribution = france_travail_ads.attribution(settings.france_travail_licence_url)
        self._url = settings.france_travail_api_url.rstrip("/") + "/v2/offres"
        self._origins = ORIGINS if settings.france_travail_origin_passes else []
        self._http = SourceHttp(self.name, around.client, around.limits, around.clock)
        self._places = around.places
        client_id, secret = settings.france_travail_client_id, settings.france_travail_client_secret
        self._tokens = (
            FranceTravailTokens(self._http, settings.france_travail_token_url, client_id, secret, around.clock)
            if client_id is not None and secret is not None
            else None
        )
        self.unavailable = unavailable(settings, self.name, configured=self._tokens is not None)

    def plan(self, params: SearchParams, place: Resolution | None) -> Plan | SkipReason:
        if self.unavailable is not None:
            return self.unavailable
        if params.job_type == "STAGE":
            return SkipReason("unsupported_filter", "type de contrat STAGE")
        if (unknown := unknown_place(params, place)) is not None:
            return unknown
        terms, local_terms = _terms(params.terms)
        within = next((days for days in _PUBLISHED_WITHIN if days >= (params.posted_within_days or 99)), None)
        native: Native = {"sort": "0" if terms else "1"}
        if terms:
            native["motsCles"] = terms
        native |= _place(place.place if place is not None else None, params.radius_km)
        if params.job_type == "ALTERNANCE":
            native["natureContrat"] = _APPRENTICESHIPS
        elif params.job_type is not None:
            native["typeContrat"] = _CONTRACTS[params.job_type]
        if within is not None:
            native["publieeDepuis"] = str(within)
        if self._origins:
            native["origineOffre"] = self._origins
        unsaid: set[FilterName] = {"company", "work_mode", "salary_min"}
        if params.job_type == "ALTERNANCE":
            unsaid.add("job_type")
        if params.posted_within_days != within:
            unsaid.add("posted_within_days")
        local = left_over(params, unsaid, terms=local_terms)
        pages = MAX_PAGES if has_filters(local) else min(MAX_PAGES, ceil(params.max_results / PAGE_ROWS))
        return Plan(SourceQuery(native=native, pages=pages * max(1, len(self._origins))), local)

    async def read_page(self, query: SourceQuery, cursor: Cursor | None) -> Page:
        at = _Position.model_validate(cursor or {})
        start = at.page * PAGE_ROWS
        answer = await self._get("/search", _sent(query.native, at.origin, start))
        rows = rows_under(answer.json(), "resultats") if answer.status != 204 else []
        ads, invalid = await read_rows(rows, self.to_ad)
        return _page(query, at, ads, invalid, len(rows), _total(answer))

    async def read_ad(self, source_id: str) -> SourceAd | None:
        """One offer as it is now; None when it is gone. Raises `SourceFailure`."""
        answer = await self._get("/" + quote(source_id, safe=""), {})
        if answer.status == 204:
            return None
        ads, _ = await read_rows([answer.json()], self.to_ad)
        return ads[0]

    def to_ad(self, row: Row) -> SourceAd:
        return france_travail_ads.to_ad(row, self.attribution, self._places)

    async def _get(self, path: str, params: Mapping[str, str]) -> Answer:
        """The answer to a request that was accepted, with a new token if the first is refused."""
        if self._tokens is None:
            raise SourceFailure("auth_failed")
        token = await self._tokens.current()
        answer = await self._http.get(self._url + path, params, _bearer(token))
        if answer.status == 401:
            token = await self._tokens.replace(token)
            answer = await self._http.get(self._url + path, params, _bearer(token))
        if answer.status == 400:
            raise SourceFailure("bad_request", _reason(answer))
        failure = failure_of(answer)
        if failure is not None:
            raise failure
        return answer


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def _terms(terms: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The terms as the API takes them, and those that must be looked for here: it knows no phrases and no "C"."""
    sent: dict[str, None] = {}
    local: list[str] = []
    for term in terms:
        plain = " ".join(_NOT_ALLOWED.sub(" ", fold(term)).split())
        if len(plain) >= _SHORTEST_TERM:
            sent[plain] = None
        if len(plain) < _SHORTEST_TERM or " " in term or words_of(plain) != words_of(term):
            local.append(term)
    return list(sent), local


def _place(place: Place | None, radius_km: int) -> dict[str, str]:
    if place is None:
        return {}
    if place.insee is not None:
        return {"commune": place.insee, "distance": str(radius_km)}
    if place.department is not None:
        return {"departement": place.department}
    return {"region": place.region}


def _sent(native: Native, origin: int, start: int) -> dict[str, str]:
    """The parameters of one request."""
    sent = {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in native.items()}
    origins = native.get("origineOffre")
    if isinstance(origins, list):
        sent["origineOffre"] = origins[origin]
    return sent | {"range": f"{start}-{start + PAGE_ROWS - 1}"}


def _page(query: SourceQuery, at: _Position, ads: list[SourceAd], invalid: int, rows: int, total: int | None) -> Page:
    origins = query.native.get("origineOffre")
    passes = len(origins) if isinstance(origins, list) else 1
    read = at.page * PAGE_ROWS + rows
    has_more = rows > 0 and (rows == PAGE_ROWS if total is None else read < total)
    goes_on = has_more and at.page + 1 < query.pages // passes and (at.page + 1) * PAGE_ROWS <= LAST_START
    truncated = at.truncated or (has_more and not goes_on)
    total_now = at.total_before + (read if total is None else total)
    following: _Position | None = None
    if goes_on:
        following = at.model_copy(update={"page": at.page + 1})
    elif at.origin + 1 < passes:
        following = _Position(origin=at.origin + 1, total_before=total_now, truncated=truncated)
    return Page(ads, invalid, following.model_dump() if following else None, total_now, truncated)


def _total(answer: Answer) -> int | None:
    """How many rows there are: `offres 0-149/9981`."""
    found = _TOTAL.search(answer.headers.get("content-range", ""))
    return int(found[1]) if found else None


def _reason(answer: Answer) -> str | None:
    """What a refusal says, in whichever key it says it."""
    try:
        body: JsonValue = answer.json()
    except SourceFailure:
        return None
    if not isinstance(body, dict):
        return None
    told = next((body[key] for key in ("message", "libelle", "error_description", "error") if body.get(key)), None)
    return " ".join(str(storable(told)).split()) or None if isinstance(told, str) else None
