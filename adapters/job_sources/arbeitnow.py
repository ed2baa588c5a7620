"""Reading Arbeitnow: one feed without filters, shared by all searches, and what its rows say."""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta

from pydantic import BaseModel

from adapters.job_sources.http import SourceHttp, failure_of
from adapters.job_sources.inferred import with_inferred
from adapters.job_sources.rows import part, rows_under, text, texts
from adapters.job_sources.source import (
    Cursor,
    Page,
    Plan,
    Row,
    SourceQuery,
    Surroundings,
    left_over,
    point_of,
    read_rows,
    unavailable,
)
from domain.job_search import FilterName, SearchParams, SearchSource
from domain.offer import JobType, Offer
from domain.offer_text import plain_text
from domain.offer_words import Words
from domain.places import Place, Resolution, distance_km
from domain.source_ad import Attribution, SourceAd
from domain.source_errors import SkipReason
from domain.text import fold
from runtime.settings import Settings

PAGES = 5

# In this order: the first that one of the row's free, multilingual words matches.
_JOB_TYPES: tuple[tuple[JobType, re.Pattern[str]], ...] = (
    ("CDI", re.compile(r"\b(?:permanent|unbefristet\w*)\b")),
    ("CDD", re.compile(r"\bbefristet\w*\b")),
    ("STAGE", re.compile(r"\b(?:intern(?:ship)?s?|praktik(?:um|a|ant\w*))\b")),
    ("FREELANCE", re.compile(r"\bfreelanc\w*\b")),
)
_PROMOTION = re.compile(r"\n[^\n]{0,100}\barbeitnow\b[^\n]{0,60}\Z", re.IGNORECASE)


class _Position(BaseModel):
    page: int = 1


class Arbeitnow:
    """The source `arbeitnow`."""

    name: SearchSource = "arbeitnow"
    label = "Arbeitnow"
    version = "1"
    attribution = Attribution(label="Arbeitnow", url="https://www.arbeitnow.com")
    supported_filters: frozenset[FilterName] = frozenset()

    def __init__(self, settings: Settings, around: Surroundings) -> None:
        self.cache_ttl = timedelta(seconds=settings.job_cache_seconds)
        self._url = settings.arbeitnow_base_url.rstrip("/") + "/api/job-board-api"
        self._http = SourceHttp(self.name, around.client, around.limits, around.clock)
        self._places = around.places
        self.unavailable = unavailable(settings, self.name, configured=True)

    def plan(self, params: SearchParams, place: Resolution | None) -> Plan | SkipReason:
        if self.unavailable is not None:
            return self.unavailable
        unsaid: set[FilterName] = {"company", "job_type", "work_mode", "posted_within_days", "salary_min"}
        local = left_over(params, unsaid, terms=params.terms)
        return Plan(SourceQuery(native={}, pages=PAGES), local, self._near(params, place))

    async def read_page(self, query: SourceQuery, cursor: Cursor | None) -> Page:
        page = _Position.model_validate(cursor or {}).page
        answer = await self._http.get(self._url, {"page": str(page)})
        failure = failure_of(answer)
        if failure is not None:
            raise failure
        body = answer.json()
        rows = rows_under(body, "data")
        ads, invalid = await read_rows(rows, self.to_ad)
        links = part(body, "links") if isinstance(body, dict) else {}
        has_more = bool(rows) and ("next" not in links or links["next"] is not None)
        goes_on = has_more and page < query.pages
        following = _Position(page=page + 1).model_dump() if goes_on else None
        return Page(ads, invalid, following, None, has_more and not goes_on)

    def _near(self, params: SearchParams, place: Resolution | None) -> Callable[[Offer], bool] | None:
        """Which ads are at the place asked for; remote ones are if remote work is asked for. None: all are."""
        if place is None or params.location is None or (place.state == "resolved" and place.place is None):
            return None
        wanted, name, wants_remote = place.place, params.location, params.work_mode == "remote"

        def is_near(ad: Offer) -> bool:
            if wants_remote and ad.work_mode == "remote":
                return True
            if ad.location is None:
                return False
            if Words(ad.location).hold(wanted.name if wanted is not None else name):
                return True
            found = self._places.resolve(ad.location).place
            return wanted is not None and found is not None and _is_within(found, wanted, params.radius_km)

        return is_near

    def to_ad(self, row: Row) -> SourceAd:
        job_types = texts(row, "job_types")
        ad = SourceAd.model_validate(
            {
                "source": self.name,
                "source_id": text(row, "slug"),
                "title": plain_text(text(row, "title") or ""),
                "company": text(row, "company_name"),
                "description": _description(text(row, "description") or ""),
                "location": text(row, "location"),
                "work_mode": "remote" if row.get("remote") is True else None,
                "job_type": _job_type(job_types),
                "contract_label": ", ".join(job_types) or None,
                "url": row.get("url"),
                "attribution": self.attribution,
                "published_at": row.get("created_at"),
            }
        )
        return with_inferred(ad)


def _is_within(found: Place, wanted: Place, radius_km: int) -> bool:
    if wanted.kind == "region":
        return found.region == wanted.region
    if wanted.kind == "department":
        return found.department == wanted.department
    if found.insee is not None and found.insee == wanted.insee:
        return True
    here, there = point_of(found), point_of(wanted)
    return here is not None and there is not None and distance_km(here, there) <= radius_km


def _description(written: str) -> str:
    """The plain text, without the link to the source that it ends with."""
    # The link is HTML; what stands before it may be escaped once more, and is HTML only after the first reading.
    return _PROMOTION.sub("", "\n" + plain_text(plain_text(written))).strip()


def _job_type(written: Sequence[str]) -> JobType | None:
    folded = [fold(name) for name in written]
    return next((kind for kind, pattern in _JOB_TYPES if any(map(pattern.search, folded))), None)
