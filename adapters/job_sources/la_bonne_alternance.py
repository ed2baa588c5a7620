"""Reading La bonne alternance: apprenticeships near a place, on one page, and what its rows say."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, get_args
from urllib.parse import urlsplit

from pydantic import JsonValue

from adapters.job_sources.errors import SourceFailure
from adapters.job_sources.http import SourceHttp, failure_of
from adapters.job_sources.inferred import with_inferred
from adapters.job_sources.rows import moment, number, part, parts, rows_under, text, texts
from adapters.job_sources.source import (
    Cursor,
    Native,
    Page,
    Plan,
    Row,
    SourceQuery,
    Surroundings,
    left_over,
    point_of,
    read_rows,
    unavailable,
    unknown_place,
)
from domain.job_search import FilterName, SearchParams, SearchSource
from domain.offer import WorkMode
from domain.offer_text import plain_text
from domain.places import Place, Resolution
from domain.source_ad import AdRef, Attribution, SourceAd
from domain.source_errors import SkipReason
from domain.text import fold
from runtime.logging import get_logger
from runtime.settings import Settings

log = get_logger(__name__)

GROUP_ROWS = 150
"""The most rows that it gives of one partner."""

_METROPOLITAN: Final = [*(f"{n:02}" for n in range(1, 96) if n != 20), "2A", "2B"]
"""The departments it knows: with a code of other than two characters it silently searches elsewhere."""

_POSTCODE = re.compile(r"(?<!\d)\d{5}(?!\d)", re.ASCII)
_OTHER_THAN_LETTERS = re.compile(r"[\W_]+")
_LOGGED_WARNINGS = 10
_LONGEST_CODE = 100
_WORK_MODES = get_args(WorkMode)


class LaBonneAlternance:
    """The source `la_bonne_alternance`."""

    name: SearchSource = "la_bonne_alternance"
    label = "La bonne alternance"
    version = "1"
    attribution = Attribution(label="La bonne alternance", url="https://labonnealternance.apprentissage.beta.gouv.fr")
    supported_filters: frozenset[FilterName] = frozenset({"location", "radius_km", "job_type"})

    def __init__(self, settings: Settings, around: Surroundings) -> None:
        self.cache_ttl = timedelta(seconds=settings.job_cache_seconds)
        self._url = settings.lba_base_url.rstrip("/") + "/job/v1/search"
        self._key = settings.lba_api_key
        self._licence_url = settings.france_travail_licence_url
        self._http = SourceHttp(self.name, around.client, around.limits, around.clock)
        self._clock = around.clock
        self._places = around.places
        self.unavailable = (
            unavailable(settings, self.name, configured=self._key is not None)
            if settings.lba_enabled
            else SkipReason("disabled")
        )

    def plan(self, params: SearchParams, place: Resolution | None) -> Plan | SkipReason:
        if self.unavailable is not None:
            return self.unavailable
        if params.job_type not in (None, "ALTERNANCE"):
            return SkipReason("unsupported_filter", f"type de contrat {params.job_type}")
        if (unknown := unknown_place(params, place)) is not None:
            return unknown
        near = self._near(place.place if place is not None else None, params.radius_km)
        if near is None:
            return SkipReason("location_unresolved", params.location)
        local = left_over(params, {"company", "work_mode", "posted_within_days", "salary_min"}, terms=params.terms)
        return Plan(SourceQuery(native=near, pages=1), local)

    async def read_page(self, query: SourceQuery, cursor: Cursor | None) -> Page:
        if self._key is None:
            raise SourceFailure("auth_failed")
        headers = {"authorization": f"Bearer {self._key.get_secret_value()}"}
        sent = {name: value if isinstance(value, list) else str(value) for name, value in query.native.items()}
        answer = await self._http.get(self._url, sent, headers)
        if answer.status in (401, 403):
            raise SourceFailure("auth_failed")
        failure = failure_of(answer)
        if failure is not None:
            raise failure
        body = answer.json()
        rows = rows_under(body, "jobs")
        if isinstance(body, dict) and (warnings := parts(body, "warnings")):
            codes = [(text(warning, "code") or "")[:_LONGEST_CODE] for warning in warnings[:_LOGGED_WARNINGS]]
            log.warning("job source warned", source=self.name, codes=codes)
        now = self._clock()
        ads, invalid = await read_rows([row for row in rows if not _is_over(row, now)], self.to_ad)
        return Page(ads, invalid, None, None, _is_full(rows))

    def _near(self, place: Place | None, radius_km: int) -> Native | None:
        """The place in its parameters: around a point, or departments. None for one that it cannot be told."""
        if place is None:
            return {}
        if (point := point_of(place)) is not None:
            latitude, longitude = point
            return {"latitude": latitude, "longitude": longitude, "radius": radius_km}
        if place.kind == "region":
            departments = [code for code in _METROPOLITAN if self._places.region_of(code) == place.region]
        else:
            departments = [code for code in _METROPOLITAN if code == place.department]
        return {"departements": departments} if departments else None

    def _department(self, postcode: str | None) -> str | None:
        """The one department in which a postcode's communes lie."""
        found = self._places.resolve(postcode or "")
        departments = {place.department for place in found.candidates}
        if found.place is not None and found.place.department is not None:
            departments.add(found.place.department)
        return departments.pop() if len(departments) == 1 else None

    def to_ad(self, row: Row) -> SourceAd:
        identifier, offer, contract = part(row, "identifier"), part(row, "offer"), part(row, "contract")
        workplace, url = part(row, "workplace"), text(part(row, "apply"), "url")
        location = part(workplace, "location")
        partner, partner_id = text(identifier, "partner_label"), text(identifier, "partner_job_id")
        if "recette" in (urlsplit(url or "").hostname or ""):
            raise ValueError("an ad of the staging site")
        source_id = text(identifier, "id") or (f"{partner}:{partner_id}" if partner and partner_id else None)
        is_relayed = _OTHER_THAN_LETTERS.sub("", fold(partner or "")).endswith("francetravail")
        shown = self.attribution
        if is_relayed:
            shown = shown.model_copy(update={"licence_url": self._licence_url})
        address = text(location, "address")
        postcode = _postcode(address)
        department = self._department(postcode)
        longitude, latitude = _point(part(location, "geopoint"))
        kinds, remote = texts(contract, "type"), text(contract, "remote")
        ad = SourceAd.model_validate(
            {
                "source": self.name,
                "source_id": source_id,
                "partner": partner,
                "cross_refs": (
                    [AdRef(source="france_travail", source_id=partner_id)] if is_relayed and partner_id else []
                ),
                "title": text(offer, "title"),
                "company": next((n for key in ("name", "brand", "legal_name") if (n := text(workplace, key))), None),
                "company_url": text(workplace, "website"),
                "description": plain_text(text(offer, "description") or ""),
                "location": address,
                "postcode": postcode,
                "department": department,
                "region": self._places.region_of(department) if department else None,
                "country": "FR" if department else None,
                "latitude": latitude,
                "longitude": longitude,
                "work_mode": remote if remote in _WORK_MODES else None,
                "job_type": "ALTERNANCE",
                "contract_label": ", ".join(kinds) or None,
                "preferred_skills": texts(offer, "desired_skills"),
                "rome_code": next(iter(texts(offer, "rome_codes")), None),
                "naf": text(part(part(workplace, "domain"), "naf"), "code"),
                "openings": number(offer, "opening_count"),
                "url": url,
                "apply_url": url,
                "attribution": shown,
                "published_at": text(part(offer, "publication"), "creation"),
            }
        )
        return with_inferred(ad)


def _postcode(address: str | None) -> str | None:
    """The last number of five digits in an address: "20 avenue de Ségur 75007 Paris"."""
    found = _POSTCODE.findall(address or "")
    return found[-1] if found else None


def _point(geopoint: Row) -> tuple[float | None, float | None]:
    """Longitude and latitude, in the order of GeoJSON."""
    coordinates = geopoint.get("coordinates")
    if not isinstance(coordinates, list) or len(coordinates) < 2:
        return None, None
    named: Row = {"longitude": coordinates[0], "latitude": coordinates[1]}
    return number(named, "longitude"), number(named, "latitude")


def _is_over(row: JsonValue, now: datetime) -> bool:
    """Whether nobody can apply any more: another status than active, or past its end."""
    if not isinstance(row, dict):
        return False
    offer = part(row, "offer")
    ends = moment(part(offer, "publication"), "expiration")
    return fold(text(offer, "status") or "active") != "active" or (ends is not None and ends < now)


def _is_full(rows: Iterable[JsonValue]) -> bool:
    """Whether one partner's rows reach the most that is given of one."""
    groups = Counter(text(part(row, "identifier"), "partner_label") for row in rows if isinstance(row, dict))
    return max(groups.values(), default=0) >= GROUP_ROWS
