"""The steps of a search for job offers: its row, what each source gives it, its one end."""

import asyncio
from datetime import timedelta

from temporalio import activity

from activities.contracts import (
    Failure,
    SearchClosing,
    SearchEnd,
    SearchOpening,
    SourceOutcome,
    SourceSettlement,
    SourceStep,
)
from activities.errors import final
from activities.heartbeat import heartbeating
from activities.shared_readings import Followed, SharedReadings, failed
from adapters.job_sources.registry import JobSources
from db import job_searches
from db.catalogue_search import search_catalogue
from db.engine import Database
from db.job_closing import close_search
from db.job_recording import Beginning, Change, Ending, TakenPage, record
from db.tables import JobSearch, JobSearchSource
from domain.job_search import SearchParams, SearchSource
from domain.places import Resolution
from domain.source_errors import SkipReason, source_error

BEAT = timedelta(seconds=5)
CATALOGUE_SECONDS = 5


class JobSearchActivities:
    """Opening, collecting, settling, closing. Rows have natural keys and ends are decided once, so twice is once."""

    def __init__(self, database: Database, sources: JobSources, readings: SharedReadings) -> None:
        self._database = database
        self._sources = sources
        self._readings = readings

    @activity.defn
    async def open_search(self, opening: SearchOpening) -> None:
        """Record the search, and the sources that it does not ask."""
        search = opening.search
        values = {
            "task_id": opening.task_id,
            "owner": search.owner,
            "params": search.params.model_dump(mode="json"),
            "location": search.location.model_dump(mode="json") if search.location is not None else None,
            "plan": [planned.model_dump(mode="json") for planned in search.plan],
            "rerun_of": search.rerun_of,
            "created_at": opening.created_at,
        }
        skipped = {planned.source: planned.skipped for planned in search.plan if planned.skipped is not None}
        async with self._database.transaction() as session:
            await job_searches.add_search(session, values, skipped)

    @activity.defn
    async def collect_source(self, step: SourceStep) -> SourceOutcome:
        """Take over what one source gives until it ends, page by page; a later attempt goes on where this one was."""
        async with heartbeating(BEAT):
            async with self._database.transaction() as session:
                search = await job_searches.get_search(session, step.task_id)
                known = (await job_searches.sources_of(session, step.task_id)).get(step.source)
            if search is None:
                raise final(Failure.REQUEST_GONE, "Recherche introuvable")
            if known is not None and known.state is not None:
                return _outcome(known)
            if search.outcome is not None:  # nothing is read for a search that is over
                return SourceOutcome(source=step.source, state="cancelled")
            if step.source == "catalogue":
                row = await self._collect_catalogue(search)
            else:
                row = await self._collect_run(search, step.source, known)
        return _outcome(row) if row is not None else SourceOutcome(source=step.source, state="cancelled")

    @activity.defn
    async def settle_source(self, settlement: SourceSettlement) -> SourceOutcome:
        """Record the end of a source that could not record it itself."""
        change = Change(ending=failed(source_error(settlement.code)))
        row = await self._record(settlement.task_id, settlement.source, change)
        return _outcome(row) if row is not None else SourceOutcome(source=settlement.source, state="cancelled")

    @activity.defn
    async def close_search(self, closing: SearchClosing) -> SearchEnd:
        """Decide how the search ended, by what is stored of it."""
        async with self._database.transaction() as session:
            search = await close_search(session, closing.task_id, "cancelled" if closing.cancelled else "done")
        if search is None:
            raise final(Failure.REQUEST_GONE, "Recherche introuvable")
        return SearchEnd.model_validate(
            {
                "outcome": search.outcome,
                "count": search.listed,
                "error": search.error,
                "error_code": search.error_code,
            }
        )

    async def _collect_catalogue(self, search: JobSearch) -> JobSearchSource | None:
        """One query. None if the search has ended meanwhile, as below."""
        params, place = _asked(search)
        if await self._record(search.task_id, "catalogue", Change(Beginning(planned=1))) is None:
            return None
        try:
            async with asyncio.timeout(CATALOGUE_SECONDS), self._database.transaction() as session:
                hits = await search_catalogue(session, params, place, limit=params.max_results)
        except TimeoutError:
            return await self._record(search.task_id, "catalogue", Change(ending=failed(source_error("timeout"))))
        ending = Ending("completed", total=hits.total, truncated=hits.total > len(hits.ids))
        return await self._record(search.task_id, "catalogue", Change(pages=[TakenPage(1, hits.ids)], ending=ending))

    async def _collect_run(
        self, search: JobSearch, name: SearchSource, begun: JobSearchSource | None
    ) -> JobSearchSource | None:
        """What a reading of the source gives; `begun` is what an earlier attempt has taken over of it."""
        plan = self._sources.by_name[name].plan(*_asked(search))
        if isinstance(plan, SkipReason):
            return await self._record(search.task_id, name, Change(ending=Ending("skipped", plan.error)))
        if begun is not None and begun.run_id is not None:
            return await self._readings.follow(Followed(search.task_id, name, begun.run_id, plan, begun.pages))
        run_id, ended = await self._readings.find(search, name, plan.query)
        beginning = Beginning(plan.query.pages, run_id, ended.finished_at if ended is not None else None)
        if ended is None:  # else all that there is follows at once
            row = await self._record(search.task_id, name, Change(beginning))
            if row is None or row.state is not None:
                return row
            run_id = row.run_id or run_id
        followed = Followed(search.task_id, name, run_id, plan, beginning=beginning, run=ended)
        return await self._readings.follow(followed)

    async def _record(self, task_id: str, source: str, change: Change) -> JobSearchSource | None:
        async with self._database.transaction() as session:
            return await record(session, task_id, source, change)


def _asked(search: JobSearch) -> tuple[SearchParams, Resolution | None]:
    place = Resolution.model_validate(search.location) if search.location is not None else None
    return SearchParams.model_validate(search.params), place


def _outcome(row: JobSearchSource) -> SourceOutcome:
    return SourceOutcome.model_validate(
        {
            "source": row.source,
            "state": row.state,
            "code": row.error["code"] if row.error else None,
            "pages": row.pages,
            "kept": row.kept,
            "filtered": row.filtered,
            "invalid": row.invalid,
            "from_cache": row.from_cache,
        }
    )
