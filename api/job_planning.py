"""Which sources a search asks, which it passes over and why, and what of it has been read already."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, get_args

from adapters.job_sources.registry import JobSources
from adapters.job_sources.source import key_of
from api.errors import ApiError
from api.state import State
from db import job_runs
from domain.job_search import SOURCES, FilterName, SearchParams, SearchSource
from domain.places import Resolution
from domain.source_errors import SkipReason
from runtime.settings import Settings
from workflows.contracts import PlannedSource

CATALOGUE: Final = "catalogue"
CATALOGUE_LABEL: Final = "Catalogue talentflow"
CATALOGUE_FILTERS: Final[frozenset[FilterName]] = frozenset(get_args(FilterName))


@dataclass(frozen=True)
class SearchPlan:
    """A search as it will be run: `params` name the sources, and the place is what `location` was found to be.

    `run_keys` are the readings that its sources want, the catalogue's apart, which is never read beforehand.
    """

    params: SearchParams
    location: Resolution | None
    sources: list[PlannedSource]
    run_keys: list[str]


def why_unavailable(settings: Settings, sources: JobSources, name: SearchSource) -> SkipReason | None:
    """Why a source cannot be asked whatever the search, if so."""
    if name == CATALOGUE:
        chosen = settings.job_sources_enabled
        return SkipReason("disabled") if chosen and CATALOGUE not in chosen else None
    return sources.by_name[name].unavailable


def plan_search(parts: State, params: SearchParams) -> SearchPlan:
    """Plan the search for these parameters. Raises 422 when no source could be asked."""
    place = parts.places.resolve(params.location) if params.location is not None else None
    params = params.located(place)
    names = params.sources or _enabled(parts)
    planned, keys = [], []
    for name in names:
        skipped = why_unavailable(parts.settings, parts.job_sources, name)
        if skipped is None and name != CATALOGUE:
            source = parts.job_sources.by_name[name]
            plan = source.plan(params, place)
            if isinstance(plan, SkipReason):
                skipped = plan
            else:
                keys.append(key_of(source, plan.query))
        planned.append(PlannedSource(source=name, skipped=skipped.error if skipped is not None else None))
    if all(source.skipped is not None for source in planned):
        raise _nothing_to_ask(planned)
    return SearchPlan(params.model_copy(update={"sources": tuple(names)}), place, planned, keys)


async def is_cached(parts: State, plan: SearchPlan) -> bool:
    """Whether every source that is read, and at least one, was read a short while ago."""
    if plan.params.force_refresh or not plan.run_keys:
        return False
    async with parts.database.transaction() as session:
        for key in plan.run_keys:
            if await job_runs.find_run(session, key, since=datetime.now(UTC)) is None:
                return False
    return True


def _enabled(parts: State) -> tuple[SearchSource, ...]:
    def is_enabled(name: SearchSource) -> bool:
        reason = why_unavailable(parts.settings, parts.job_sources, name)
        return reason is None or reason.code != "disabled"

    return tuple(name for name in SOURCES if is_enabled(name))


def _nothing_to_ask(planned: list[PlannedSource]) -> ApiError:
    reasons = {
        source.source: source.skipped.model_dump(mode="json", exclude_none=True)
        for source in planned
        if source.skipped is not None
    }
    return ApiError(422, "no_source_available", "Aucune source disponible pour cette recherche", sources=reasons)
