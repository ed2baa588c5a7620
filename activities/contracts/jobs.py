"""The steps of a search for job offers, of the readings of sources that searches share, and of their duties."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field, JsonValue

from activities.contracts.base import Contract
from domain.job_search import SearchParams, SearchSource
from domain.places import Resolution
from domain.search_outcome import FailureCode
from domain.source_errors import ErrorCode, SkipCode, SourceError, SourceState

READ_SOURCE_WORKFLOW = "ReadSourceWorkflow"
"""The registered name of the workflow that reads a source: activities start it by name."""

Native = dict[str, str | int | float | bool | list[str]]
Cursor = dict[str, JsonValue]


class PlannedSource(Contract):
    """A source of a search; `skipped` says why it is not asked."""

    source: SearchSource
    skipped: SourceError | None = None


class SearchJobsInput(Contract):
    """A search as its owner asked for it; its id is the workflow's. `location` is what the place was found to be.

    `time_limit`: sources that are not done after so long are left out.
    """

    owner: str
    params: SearchParams
    plan: list[PlannedSource]
    location: Resolution | None = None
    rerun_of: str | None = None
    time_limit: timedelta = timedelta(seconds=60)


class SearchOpening(Contract):
    """What is recorded of a search when it begins."""

    task_id: str
    created_at: datetime
    search: SearchJobsInput


class SourceStep(Contract):
    """One source of a search."""

    task_id: str
    source: SearchSource


class SourceSettlement(Contract):
    """A source whose step Temporal ended, and why."""

    task_id: str
    source: SearchSource
    code: ErrorCode


class SourceOutcome(Contract):
    """How a source ended for a search, in numbers."""

    source: SearchSource
    state: SourceState
    code: SkipCode | ErrorCode | None = None
    pages: int = 0
    kept: int = 0
    filtered: int = 0
    invalid: int = 0
    from_cache: bool = False


class SearchClosing(Contract):
    """The end of a search: by itself, or by a cancel."""

    task_id: str
    cancelled: bool = False


class SearchEnd(Contract):
    """How a search ended; `error` is a fixed sentence in French, for outcome `failed` alone."""

    outcome: Literal["completed", "failed", "cancelled"]
    count: int = 0
    error: str | None = None
    error_code: FailureCode | None = None


class SearchCounts(Contract):
    """How far a running search is: the outcomes of the sources that have ended."""

    running: list[SearchSource] = Field(default_factory=list)
    ended: list[SourceOutcome] = Field(default_factory=list)


class ReadSourceInput(Contract):
    """One reading of a source. A reading of the same key that completed after `since` stands for this one.

    `time_limit` bounds the reading; `attempts` is how often a page is tried, first again after `backoff`.
    """

    source: SearchSource
    run_key: str
    native: Native
    pages: int
    since: datetime
    time_limit: timedelta
    attempts: int = 3
    backoff: timedelta = timedelta(seconds=1)


class RunRef(Contract):
    """A reading: `run_id` is Temporal's."""

    run_id: str
    source: SearchSource
    run_key: str
    pages: int


class PageStep(Contract):
    """Page `number` (from 1) of a reading that ends at `deadline`."""

    run: RunRef
    native: Native
    number: int
    cursor: Cursor | None = None
    since: datetime
    deadline: datetime


class PageRead(Contract):
    """A page that is stored; `next` leads to the one after it, None at the end of the reading."""

    next: Cursor | None = None


class RunClosing(Contract):
    """The early end of a reading: it failed for what is recorded of its last try, or else for `code`."""

    run: RunRef
    code: ErrorCode


class SweptSearches(Contract):
    """Searches whose end was lost and is recorded now, and searches that were old enough to go."""

    ended: int = 0
    removed: int = 0


ExternalSource = Literal["france_travail", "adzuna", "arbeitnow", "la_bonne_alternance"]
"""A source that is somebody else's."""


class TidiedOffers(Contract):
    """Ads that expired, and ads that were deleted because nobody uses them any more."""

    expired: int = 0
    deleted: int = 0


class DuePlace(Contract):
    """Where a list of offers to confirm was left: the last one's id, and since when it had not been confirmed."""

    offer_id: int
    last_verified_at: datetime


class DueFrom(Contract):
    """The next offers to confirm, after `since` if a list was begun."""

    since: DuePlace | None = None
    limit: int = 200


class DueOffers(Contract):
    """Offers to confirm, those first that have waited longest; `next` leads to more, None at the end."""

    ids: list[int] = Field(default_factory=list)
    next: DuePlace | None = None


class MirroredOffer(Contract):
    """The offer that its source is asked about."""

    offer_id: int


MirrorAnswer = Literal["confirmed", "withdrawn", "unanswered", "settled"]
"""What became of an offer; `unanswered`: later, nothing is changed; `settled`: there was nothing to ask any more."""


class MirrorOutcome(Contract):
    answer: MirrorAnswer
    code: ErrorCode | None = None


class PurgeStep(Contract):
    """The source whose ads are to be erased."""

    source: ExternalSource


class PurgedPart(Contract):
    """What a step of a purge has erased; nothing once all is gone."""

    offers: int = 0
    readings: int = 0
