"""How a search stands: its row once it is decided, else what is stored so far and what Temporal says of its run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from api.errors import ApiError, not_found, unavailable
from api.job_runs import SearchRun, SearchRuns
from db import job_history, job_results, job_runs, job_searches
from db.engine import Database
from db.job_results import FoundAd, Openings
from db.tables import JobSearch, JobSearchEvent, JobSearchSource, JobSourceRun
from domain.ids import is_job_search_id
from domain.job_search import SearchParams
from domain.search_outcome import SearchState, message, progress
from domain.source_errors import message_of

OWNER, PARAMS = "owner", "params"
"""What the memo of a search's run says, as long as there is no row."""

Engine = Literal["running", "cancelling", "unreachable"]

_ENDED: Mapping[str, SearchState] = {"completed": "completed", "failed": "failed", "cancelled": "cancelled"}

NOTHING_FOUND = Openings([], {})


@dataclass(frozen=True)
class Facts:
    """What is stored of a search, all of one moment. `events` are those after a number that was asked for."""

    row: JobSearch
    sources: Mapping[str, JobSearchSource]
    openings: Openings = NOTHING_FOUND
    ads: Sequence[FoundAd] = ()
    kept: Sequence[tuple[str, int]] = ()
    runs: Mapping[UUID, JobSourceRun] = field(default_factory=dict)
    events: Sequence[JobSearchEvent] = ()


@dataclass(frozen=True)
class Search:
    """A search as it stands. `facts` is None before its run began; `engine` is None once it has ended."""

    task_id: str
    owner: str
    params: SearchParams
    state: SearchState
    created_at: datetime
    engine: Engine | None = None
    facts: Facts | None = None
    error: str | None = None
    error_code: str | None = None
    finished_at: datetime | None = None

    @property
    def is_terminal(self) -> bool:
        return self.engine is None

    @property
    def last_seq(self) -> int:
        return self.facts.row.last_seq if self.facts is not None else 0

    @property
    def count(self) -> int:
        """The openings found, cut to the results asked for."""
        if self.facts is None:
            return 0
        if self.facts.row.outcome is not None:
            return self.facts.row.listed
        return min(len(self.facts.openings.groups), self.params.max_results)

    @property
    def message(self) -> str:
        return message(self.state, self.count, self.error)

    @property
    def progress(self) -> int:
        if self.facts is None:
            return 0
        row = self.facts.row
        if row.outcome is not None:
            return row.progress
        return progress(self.state, job_searches.facts_of(row, self.facts.sources))


class SearchReader:
    """Reads searches for status and events alike."""

    def __init__(self, database: Database, runs: SearchRuns) -> None:
        self._database = database
        self.runs = runs

    async def own(self, task_id: str, owner: str) -> Search:
        """The owner's search. Raises 404 for any other, 503 if nothing is stored and Temporal is away."""
        search = await self.read(task_id)
        if search is None or search.owner != owner:
            raise search_not_found()
        return search

    async def read(self, task_id: str, *, events_after: int | None = None) -> Search | None:
        """The search of this id, or None; with its events after a number, if asked for."""
        if not is_job_search_id(task_id):
            return None
        facts, deleted = await self._facts(task_id, events_after)
        if deleted:
            return None
        if facts is not None and facts.row.outcome is not None:
            return decided(facts)
        run = await self.runs.describe(task_id)
        if run.state == "closed":  # the row may be decided by now
            facts, deleted = await self._facts(task_id, events_after)
            if deleted:
                return None
            if facts is not None and facts.row.outcome is not None:
                return decided(facts)
        if run.state == "unreachable" and facts is None:
            raise unavailable("temporal_unavailable", "Moteur de traitement indisponible")
        return _undecided(facts, task_id, run)

    async def _facts(self, task_id: str, events_after: int | None) -> tuple[Facts | None, bool]:
        """What is stored, and whether the search was deleted."""
        async with self._database.transaction() as session:
            # One moment for all statements: what the answer counts, and which events come after it, must agree.
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            row = await job_searches.get_search(session, task_id)
            if row is None:
                return None, await job_history.is_deleted(session, task_id)
            sources = await job_searches.sources_of(session, task_id)
            followed = [source.run_id for source in sources.values() if source.run_id and source.state is None]
            runs = await job_runs.runs_by_id(session, followed) if followed else {}
            ads = await job_results.found_ads(session, task_id)
            kept = await job_results.kept_ads(session, task_id)
            events = (
                await job_results.events_after(session, task_id, events_after, limit=1000)
                if events_after is not None
                else []
            )
        params = SearchParams.model_validate(row.params)
        openings = await job_results.openings(ads, params)
        return Facts(row, sources, openings, ads, kept, runs, events), False

    async def is_deleted(self, task_id: str) -> bool:
        async with self._database.transaction() as session:
            return await job_history.is_deleted(session, task_id)

    async def mark(self, task_id: str) -> tuple[int, bool] | None:
        """The number of a search's last event and whether it is decided; None without a row."""
        async with self._database.transaction() as session:
            row = await job_searches.get_search(session, task_id)
        return (row.last_seq, row.outcome is not None) if row is not None else None


def search_not_found() -> ApiError:
    """The one answer for searches that do not exist, that cannot, and that are somebody else's."""
    return not_found("Recherche non trouvée", "search_not_found")


def decided(facts: Facts) -> Search:
    """A search whose row has its end; its list needs the facts' ads, its counts do not."""
    row = facts.row
    assert row.outcome is not None  # noqa: S101 - for the type checker
    return Search(
        task_id=row.task_id,
        owner=row.owner,
        params=SearchParams.model_validate(row.params),
        state=_ENDED[row.outcome],
        created_at=row.created_at,
        facts=facts,
        error=row.error,
        error_code=row.error_code,
        finished_at=row.finished_at,
    )


def _undecided(facts: Facts | None, task_id: str, run: SearchRun) -> Search | None:
    """A search without a decided end, by what its run's start left as long as nothing is stored."""
    if facts is not None:
        params, owner, created_at = facts.row.params, facts.row.owner, facts.row.created_at
    elif run.started_at is not None and OWNER in run.memo:
        params, owner, created_at = run.memo[PARAMS], run.memo[OWNER], run.started_at
    else:
        return None
    known = Search(
        task_id=task_id,
        owner=owner,
        params=SearchParams.model_validate(params),
        state="processing" if facts is not None else "pending",
        created_at=created_at,
        facts=facts,
    )
    if run.state == "unreachable":
        return replace(known, engine="unreachable")
    if run.state == "running":
        return replace(known, engine="cancelling" if run.cancelling else "running")
    # The run is gone without having decided the search.
    if run.cancelled:
        return replace(known, state="cancelled", finished_at=run.closed_at)
    error = message_of("worker_lost")
    return replace(known, state="failed", error=error, error_code="worker_lost", finished_at=run.closed_at)
