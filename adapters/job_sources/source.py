"""What every reader of a job source offers: a plan for a search, one page of ads at a time, and its name and terms.

Nothing here knows Temporal or the database: queries and cursors are small JSON objects, so that any process can read
the next page, and the budget of counted calls is somebody else's.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, NamedTuple, Protocol

import httpx
from pydantic import BaseModel, ConfigDict, JsonValue

from adapters.job_sources.errors import SourceFailure
from adapters.job_sources.http import Clock, Limits
from domain.job_search import FilterName, NativeQuery, SearchParams, SearchSource, run_key
from domain.offer import Offer
from domain.places import Gazetteer, Place, Resolution
from domain.source_ad import Attribution, SourceAd
from domain.source_errors import SkipCode, SkipReason
from runtime.settings import Settings

Row = dict[str, JsonValue]
"""One advertisement as a source gives it."""

Native = dict[str, str | int | float | bool | list[str]]
"""The parameters of one source, in its own words."""

Cursor = dict[str, JsonValue]
"""Where the next page begins; only the source that made it reads it."""


class SourceQuery(BaseModel):
    """What one source is asked in its own parameters, and how many pages are to be read at most."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    native: Native
    pages: int


@dataclass(frozen=True, slots=True)
class Plan:
    """How a source serves a search: what it is asked, and what is left to be looked at in each ad.

    `local` has the parameters that the source could not be asked for, and no others; never a place. `near`, where a
    source cannot look for places, tells which ads are at the one asked for.
    """

    query: SourceQuery
    local: SearchParams
    near: Callable[[Offer], bool] | None = field(default=None, compare=False)


class Page(NamedTuple):
    """One page: its ads, and how many rows were none. `next` is None on the last page.

    `total` and `truncated` speak of the whole reading as far as it got, so that the last page's are the reading's:
    how many ads the source says it has (None: it does not say), and whether it has more than was read.
    """

    ads: list[SourceAd]
    invalid: int = 0
    next: Cursor | None = None
    total: int | None = None
    truncated: bool = False


class Budget(Protocol):
    """The calls that a source allows in a day or longer."""

    async def take(self, source: SearchSource) -> bool:
        """Count one call that is about to be made; False, and nothing counted, when none is left."""

    async def is_spent(self, source: SearchSource) -> bool:
        """Whether no call is left."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all sources are given."""

    client: httpx.AsyncClient
    clock: Clock
    budget: Budget
    places: Gazetteer
    limits: Limits


class JobSource(Protocol):
    """A source of advertisements.

    `version` moves when the source is asked differently or other ads are made of its rows. `unavailable` says why it
    cannot be asked at all, whatever the search.
    """

    name: SearchSource
    label: str
    version: str
    attribution: Attribution
    supported_filters: frozenset[FilterName]
    cache_ttl: timedelta
    unavailable: SkipReason | None

    def plan(self, params: SearchParams, place: Resolution | None) -> Plan | SkipReason:
        """How to serve a search, or why this source cannot; `place` is what the asked location was found to be."""

    async def read_page(self, query: SourceQuery, cursor: Cursor | None) -> Page:
        """The first page, or the one that a cursor leads to. Raises `SourceFailure`."""

    def to_ad(self, row: Row) -> SourceAd:
        """The canonical form of a row. Raises `ValueError` for one that lacks what every ad has."""


def unavailable(settings: Settings, name: SearchSource, *, configured: bool) -> SkipReason | None:
    """Why the operator's settings keep a source from being asked."""
    chosen = settings.job_sources_enabled
    if chosen and name not in chosen:
        return SkipReason("disabled")
    return None if configured else SkipReason("not_configured")


def unknown_place(params: SearchParams, place: Resolution | None) -> SkipReason | None:
    """Why a source that takes known places alone cannot be told the one that was asked for."""
    if place is None or place.state == "resolved":
        return None
    code: SkipCode = "location_ambiguous" if place.state == "ambiguous" else "location_unresolved"
    return SkipReason(code, params.location, place.candidates)


_FILTERS: Final[tuple[FilterName, ...]] = ("company", "job_type", "work_mode", "posted_within_days", "salary_min")


def left_over(params: SearchParams, unsaid: Collection[FilterName], *, terms: Sequence[str] = ()) -> SearchParams:
    """The parameters that a source is not told: the filters `unsaid`, and of the keywords these `terms`."""
    said: dict[str, str | None] = {name: None for name in _FILTERS if name not in unsaid}
    keywords = " ".join(f'"{term}"' for term in terms) or None
    return params.model_copy(update=said | {"location": None, "keywords": keywords})


def has_filters(local: SearchParams) -> bool:
    """Whether anything is left to be looked at in each ad."""
    return local.keywords is not None or any(getattr(local, name) is not None for name in _FILTERS)


def point_of(place: Place) -> tuple[float, float] | None:
    """Latitude and longitude of a place, when known."""
    return (place.latitude, place.longitude) if place.latitude is not None and place.longitude is not None else None


def key_of(source: JobSource, query: SourceQuery) -> str:
    """The key that identical readings share."""
    native: NativeQuery = query.native
    return run_key(source.name, source.version, native, query.pages)


async def read_rows(rows: Sequence[JsonValue], to_ad: Callable[[Row], SourceAd]) -> tuple[list[SourceAd], int]:
    """The ads of a page's rows, each once, and how many rows were none.

    Raises `SourceFailure` (`bad_payload`) when there are rows and no ad. Works in a thread: texts may be long.
    """
    ads, invalid = await asyncio.to_thread(_read_rows, rows, to_ad)
    if invalid and not ads:
        raise SourceFailure("bad_payload")
    return ads, invalid


def _read_rows(rows: Sequence[JsonValue], to_ad: Callable[[Row], SourceAd]) -> tuple[list[SourceAd], int]:
    ads: dict[str, SourceAd] = {}
    invalid = 0
    for row in rows:
        try:
            ad = to_ad(row if isinstance(row, dict) else {})
        except (ValueError, RecursionError):
            invalid += 1
        else:
            ads.setdefault(ad.source_id, ad)
    return list(ads.values()), invalid
