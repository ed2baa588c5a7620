"""What the routes of job searches answer. A field with a default is absent where it says so."""

from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, Field

from api.fields import example
from api.job_offer_bodies import SHOWN_OFFER, GoneOffer, ShownOffer
from domain.job_search import SearchSource
from domain.offer import JobType, WorkMode
from domain.places import Candidate
from domain.search_outcome import FailureCode, SearchState
from domain.source_errors import SourceError, SourceState

TaskId = Annotated[str, Path(description="`task_id` that the start of the search answered")]

_TASK = "job-search-5a0f0f0e-6a53-4c7e-9f6a-2f1d5b0c7e44"
_PARAMS = {
    "keywords": "développeur python",
    "location": "Lyon",
    "job_type": "CDI",
    "work_mode": "hybrid",
    "company": "Atelier Numérique",
    "sources": ["france_travail", "arbeitnow", "catalogue"],
    "radius_km": 10,
    "max_results": 100,
}
_STATE = {
    "task_id": _TASK,
    "status": "processing",
    "message": "Scraping en cours... 1 offre trouvée",
    "progress": 50,
    "count": 1,
    "offers": [SHOWN_OFFER],
    "sources": {
        "france_travail": {
            "status": "skipped",
            "error": {"code": "not_configured", "message": "Source non configurée", "retryable": False},
        },
        "arbeitnow": {
            "status": "running",
            "attempt": 1,
            "fetched": 4,
            "kept": 1,
            "filtered": 3,
            "invalid": 0,
            "duplicates": 0,
            "pages": 1,
            "pages_planned": 2,
            "from_cache": False,
        },
        "catalogue": {"status": "queued"},
    },
    "partial": False,
    "cached": False,
    "engine": "running",
    "search_params": _PARAMS,
    "created_at": "2026-03-02T09:14:27.499391Z",
    "started_at": "2026-03-02T09:14:27.598313Z",
    "rerun_of": "job-search-9d3f2a54-0c0d-4f0e-8a56-7b1e54c6b0aa",
}


class SearchLinks(BaseModel):
    """Where the search is read, watched, read in order of arrival, and stopped."""

    status: str
    events: str
    offers: str
    cancel: str


class ShownParams(BaseModel):
    """What was asked for, in canonical form; `sources` are those asked or skipped. The last three if they are set."""

    keywords: str | None
    location: str | None
    job_type: JobType | None
    work_mode: WorkMode | None
    company: str | None
    sources: list[SearchSource]
    radius_km: int
    max_results: int
    posted_within_days: int | None = None
    salary_min: int | None = None
    force_refresh: bool = False


class ShownPlace(BaseModel):
    """What `location` was found to be. `candidates` are what an ambiguous one may mean, the largest first."""

    state: Literal["resolved", "ambiguous", "unresolved"]
    kind: str | None = None
    label: str | None = None
    insee: str | None = None
    department: str | None = None
    candidates: list[Candidate] = Field(default_factory=list)


class SearchAccepted(BaseModel):
    """`cached`: every source was read a short while ago. `rerun_of` is the search that is run again."""

    model_config = example(
        {
            "task_id": _TASK,
            "status": "pending",
            "message": "Recherche lancée...",
            "search_params": _PARAMS,
            "location_resolution": {
                "state": "resolved",
                "kind": "commune",
                "label": "Lyon (69)",
                "insee": "69123",
                "department": "69",
            },
            "cached": False,
            "links": {
                "status": f"/api/v1/jobs/search/status/{_TASK}",
                "events": f"/api/v1/jobs/search/{_TASK}/events",
                "offers": f"/api/v1/jobs/search/{_TASK}/offers",
                "cancel": f"/api/v1/jobs/search/{_TASK}/cancel",
            },
        }
    )

    task_id: str
    status: Literal["pending"]
    message: str
    search_params: ShownParams
    location_resolution: Annotated[ShownPlace | None, Field(description="null where no place was asked for")]
    cached: bool
    links: SearchLinks
    rerun_of: str | None = None


class LastError(BaseModel):
    """Why the try before failed; another one follows."""

    code: str
    message: str


class SourceAnswer(BaseModel):
    """How a source stands. Counts are absent until it has begun, `error` unless it gave up or was passed over.

    `fetched` ads are `kept`, `filtered` (they do not meet the search) or `invalid`. `duplicates` are ads listed under
    another one. While it runs, `attempt` and `last_error` tell of its tries, `pages_planned` of what is to be read.
    """

    status: SourceState
    attempt: int | None = None
    last_error: LastError | None = None
    fetched: int | None = None
    kept: int | None = None
    filtered: int | None = None
    invalid: int | None = None
    duplicates: int | None = None
    pages: int | None = None
    pages_planned: int | None = None
    total_available: Annotated[int | None, Field(description="ads that the source says it has")] = None
    truncated: Annotated[bool | None, Field(description="whether the source has more than was read")] = None
    from_cache: bool | None = None
    duration_ms: int | None = None
    error: SourceError | None = None


class SearchAnswer(BaseModel):
    """How a search stands. What has a default is absent until it has ended, and where it does not apply."""

    model_config = example(_STATE)

    task_id: str
    status: SearchState
    message: Annotated[str, Field(description="a French sentence to show")]
    progress: Annotated[int, Field(ge=0, le=100, description="percent")]
    count: Annotated[int, Field(description="openings found")]
    offers: Annotated[list[ShownOffer | GoneOffer], Field(description="absent with `offers=none`")] = Field(
        default_factory=list
    )
    sources: dict[SearchSource, SourceAnswer]
    partial: Annotated[bool, Field(description="a source that was asked gave up")]
    cached: bool
    engine: Annotated[
        Literal["running", "cancelling", "unreachable"] | None, Field(description="null once the search has ended")
    ]
    search_params: ShownParams
    created_at: str
    started_at: str | None
    rerun_of: str | None
    finished_at: str | None = None
    duration_ms: int | None = None
    total_found: Annotated[int | None, Field(description="openings, before `max_results` cuts the list")] = None
    notice: Annotated[str | None, Field(description="a French sentence on what is missing, to show")] = None
    cached_at: str | None = None
    error: str | None = None
    error_code: FailureCode | None = None


class SearchCancelling(BaseModel):
    """The search is being stopped."""

    model_config = example({"task_id": _TASK, "status": "processing", "message": "Annulation en cours..."})

    task_id: str
    status: Literal["processing"]
    message: str


class ArrivalsMeta(BaseModel):
    """`after` of the next call; whether there is more by now; whether the search has ended, so that no more comes."""

    after: int
    has_more: bool
    terminal: bool


class Arrivals(BaseModel):
    """Ads in order of arrival, one opening perhaps several times."""

    model_config = example({"offers": [SHOWN_OFFER], "meta": {"after": 3, "has_more": False, "terminal": False}})

    offers: list[ShownOffer | GoneOffer]
    meta: ArrivalsMeta
