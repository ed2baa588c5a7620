"""Reading Adzuna: what it is asked, its pages, and what its rows say.

Its totals are statistics that its terms keep from being stored or shown, so a reading never tells one. Calls are
counted, for a day, a week and a month.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from pydantic import BaseModel, Field

from adapters.job_sources.errors import SourceFailure
from adapters.job_sources.http import Answer, SourceHttp, failure_of
from adapters.job_sources.inferred import with_inferred
from adapters.job_sources.rows import number, part, rows_under, text, texts
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
)
from domain.job_search import FilterName, SearchParams, SearchSource
from domain.offer import JobType
from domain.offer_text import plain_text
from domain.places import Resolution
from domain.salaries import salary
from domain.source_ad import Attribution, SourceAd
from domain.source_errors import SkipReason
from runtime.settings import Settings

PAGE_ROWS = 50
"""More are asked for in vain."""

MAX_PAGES = 4
"""When the rows are to be filtered here; else one."""

_CONTRACTS: Final[Mapping[JobType, str]] = {"CDI": "permanent", "CDD": "contract"}
_JOB_TYPES: Final[Mapping[str, JobType]] = {name: job_type for job_type, name in _CONTRACTS.items()}
_CURRENCIES: Final[Mapping[str, str]] = {
    "au": "AUD", "br": "BRL", "ca": "CAD", "ch": "CHF", "gb": "GBP", "in": "INR", "mx": "MXN", "nz": "NZD",
    "pl": "PLN", "sg": "SGD", "us": "USD", "za": "ZAR",
}  # fmt: skip


class _Position(BaseModel):
    """The page, from 1, and the ids of the pages before it: deep pages may repeat them."""

    page: int = 1
    seen: list[str] = Field(default_factory=list)


class Adzuna:
    """The source `adzuna`."""

    name: SearchSource = "adzuna"
    label = "Adzuna"
    version = "1"
    attribution = Attribution(label="Jobs by Adzuna", url="https://www.adzuna.fr")
    supported_filters: frozenset[FilterName] = frozenset(
        {"keywords", "location", "radius_km", "company", "job_type", "posted_within_days", "salary_min"}
    )

    def __init__(self, settings: Settings, around: Surroundings) -> None:
        self.cache_ttl = timedelta(seconds=settings.job_cache_seconds)
        self._country = settings.adzuna_country
        self._url = f"{settings.adzuna_base_url.rstrip('/')}/v1/api/jobs/{self._country}/search"
        self._http = SourceHttp(self.name, around.client, around.limits, around.clock)
        self._budget = around.budget
        self._places = around.places
        self._app_id, self._app_key = settings.adzuna_app_id, settings.adzuna_app_key
        configured = self._app_id is not None and self._app_key is not None
        self.unavailable = unavailable(settings, self.name, configured=configured)

    def plan(self, params: SearchParams, place: Resolution | None) -> Plan | SkipReason:
        if self.unavailable is not None:
            return self.unavailable
        if params.job_type is not None and params.job_type not in _CONTRACTS:
            return SkipReason("unsupported_filter", f"type de contrat {params.job_type}")
        words = [term for term in params.terms if " " not in term]
        phrases = [term for term in params.terms if " " in term]
        native: Native = {"sort_by": "relevance" if params.terms else "date"}
        if what := words + [word for phrase in phrases[1:] for word in phrase.split()]:
            native["what"] = what
        if phrases:
            native["what_phrase"] = phrases[0]
        native |= _where(params, place)
        if params.company is not None:
            native["company"] = params.company
        if params.job_type is not None:
            native[_CONTRACTS[params.job_type]] = 1
        if params.posted_within_days is not None:
            native["max_days_old"] = params.posted_within_days
        if params.salary_min is not None:
            native |= {"salary_min": params.salary_min, "salary_include_unknown": 1}
        local = left_over(params, {"work_mode"}, terms=phrases[1:])
        return Plan(SourceQuery(native=native, pages=MAX_PAGES if has_filters(local) else 1), local)

    async def read_page(self, query: SourceQuery, cursor: Cursor | None) -> Page:
        if self._app_id is None or self._app_key is None:
            raise SourceFailure("auth_failed")
        if not await self._budget.take(self.name):
            raise SourceFailure("quota_exhausted")
        at = _Position.model_validate(cursor or {})
        keys = {"app_id": self._app_id.get_secret_value(), "app_key": self._app_key.get_secret_value()}
        answer = await self._http.get(f"{self._url}/{at.page}", _sent(query.native) | keys)
        failure = await self._failure(answer)
        if failure is not None:
            raise failure
        rows = rows_under(answer.json(), "results")
        ads, invalid = await read_rows(rows, self.to_ad)
        new = [ad for ad in ads if ad.source_id not in set(at.seen)]
        has_more = len(rows) >= PAGE_ROWS and bool(new)
        goes_on = has_more and at.page < query.pages
        following = _Position(page=at.page + 1, seen=[*at.seen, *(ad.source_id for ad in new)])
        return Page(new, invalid, following.model_dump() if goes_on else None, None, has_more and not goes_on)

    async def _failure(self, answer: Answer) -> SourceFailure | None:
        if answer.status in (401, 403, 410):
            return SourceFailure("auth_failed")
        if answer.status == 429 and await self._budget.is_spent(self.name):
            return SourceFailure("quota_exhausted")
        return failure_of(answer)

    def to_ad(self, row: Row) -> SourceAd:
        location = part(row, "location")
        area = texts(location, "area")
        department = self._places.department_of_area(area) if self._country == "fr" else None
        ad = SourceAd.model_validate(
            {
                "source": self.name,
                "source_id": text(row, "id"),
                "title": plain_text(text(row, "title") or ""),
                "company": text(part(row, "company"), "display_name"),
                "description": plain_text(text(row, "description") or ""),
                "description_truncated": True,  # Adzuna gives beginnings of 500 characters at most
                "location": text(location, "display_name"),
                "department": department,
                "region": self._places.region_of(department) if department else None,
                "country": self._country.upper(),
                "latitude": number(row, "latitude"),
                "longitude": number(row, "longitude"),
                "job_type": _JOB_TYPES.get(text(row, "contract_type") or ""),
                "contract_label": text(row, "contract_type"),
                "work_time": text(row, "contract_time"),
                "salary": salary(
                    number(row, "salary_min"),
                    number(row, "salary_max"),
                    "year",
                    currency=_CURRENCIES.get(self._country, "EUR"),
                    is_estimated=text(row, "salary_is_predicted") == "1",
                ),
                "url": row.get("redirect_url"),
                "attribution": self.attribution,
                "published_at": text(row, "created"),
            }
        )
        return with_inferred(ad)


def _where(params: SearchParams, place: Resolution | None) -> Native:
    """The place by its name; what is no known place as it was typed, for Adzuna may know it."""
    if place is None or params.location is None:
        return {}
    if place.place is None:
        return {} if place.state == "resolved" else {"where": params.location, "distance": params.radius_km}
    return {"where": place.place.name, "distance": params.radius_km if place.place.kind == "commune" else 0}


def _sent(native: Native) -> dict[str, str]:
    sent = {name: " ".join(value) if isinstance(value, list) else str(value) for name, value in native.items()}
    return sent | {"results_per_page": str(PAGE_ROWS)}
