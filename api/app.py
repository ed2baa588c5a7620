"""The application factory: middleware, routers, life of the shared parts."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from api.errors import documented, install_error_handlers
from api.limits import BodyLimit
from api.metrics import HttpMetrics, MetricsMiddleware
from api.routers import (
    audit,
    auth,
    candidate_search,
    candidates,
    codec,
    cv,
    decisions,
    health,
    index_admin,
    ingest,
    job_history,
    job_searches,
    job_sources,
    matching,
    matching_results,
    offers,
    operations,
    siret,
    summary,
)
from api.state import open_state
from api.summary_builds import build_on_startup
from runtime.settings import Settings
from workflows.contracts import WORKFLOW_QUEUE

DESCRIPTION = """Recruitment backend: every long job is a durable Temporal workflow, and the id you get is its id.

**Who calls.** People log in (`POST /api/v1/auth/login`) and send `Authorization: Bearer <access_token>`; machines send
`X-API-Key`. Somebody else's things answer 404, as if they were not there.

**Long jobs** answer 202 with `Location`, where to ask how they stand, and `Retry-After`, the seconds to wait before.
Cancelling answers 202 too, or 200 with how the job ended if it had. Each service has its own published words for how a
job stands, listed at its routes. Send `Idempotency-Key` to make a repeated POST harmless.

**Lists** are `{"items", "next_cursor"}`: send `next_cursor` as `cursor` for the next page, until it is null.

**Errors** are `{"detail", "code"}`: a French text to show, a word to program against. Where fields are missing or
malformed (422, `validation_error`), `detail` lists each with `loc`, `msg` (English, for developers) and `type`. Any
route may answer 500 (`internal_error`), which is our defect.

**Moments** are ISO 8601 and UTC. French texts (`message`, `error`, `reason`) are there to be shown; words in English
(`status`, `code`) are there to be compared.
"""

TAGS = {
    "authentication": "Tokens of people. Machines send `X-API-Key`.",
    "cv": "A CV in, a structured profile out: upload, watch or ask, read. Jobs are `pending`, `running`, then `done`, "
    "`failed` or `cancelled`.",
    "matching": "Explained scores of candidates and offers, and rankings. `job_id` of a pair to score is the offer's. "
    "Jobs are `queued`, `processing`, then `completed`, `failed` or `cancelled`.",
    "offers": "The catalogue: offers of recruiters, and what job searches have found.",
    "candidates": "Profiles, and the recruiters' search over validated ones.",
    "decisions": "Validating, rejecting and archiving candidates, as an administrator. Decisions are `running`, then "
    "`completed`, `failed` or `cancelled`; each of their actions has a state of its own.",
    "audit": "Who decided, who looked, what failed for good.",
    "search index": "Building the index of candidates anew.",
    "ingest": "Imports of works-council elections from spreadsheets. Imports are `running`, then `completed`, `failed` "
    "or `cancelled`; refused rows are listed with reasons.",
    "summary": "One row for each establishment, made from the imports: building it and reading it.",
    "jobs": "Searches over several sources of job offers: start, watch or ask, read. A search is seen by its owner "
    "alone. Searches are `pending`, `processing`, then `completed`, `failed` or `cancelled`.",
    "operations": "Health, failed work, sealed payloads.",
}


def create_app(settings: Settings, *, queue: str = WORKFLOW_QUEUE) -> FastAPI:
    """The API of these settings; runs are started on `queue`."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with open_state(settings, queue) as state:
            app.state.talentflow = state
            async with build_on_startup(state):
                yield

    app = FastAPI(
        title="talentflow",
        version="0.1.0",
        description=DESCRIPTION,
        lifespan=lifespan,
        openapi_tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.metrics = HttpMetrics()
    install_error_handlers(app)
    spreadsheet_limit = max(settings.max_workbook_length, settings.max_csv_length)
    app.add_middleware(
        BodyLimit,
        uploads={
            cv.UPLOAD_PATH: settings.max_content_length,
            **dict.fromkeys(ingest.UPLOAD_PATHS, spreadsheet_limit),
        },
    )
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["Location", "Retry-After"],
        )
    app.add_middleware(MetricsMiddleware, metrics=app.state.metrics)
    app.include_router(health.router)
    # The search stands before the candidates, whose routes would take "search" for an id.
    for module in (
        auth,
        cv,
        matching,
        matching_results,
        offers,
        candidate_search,
        candidates,
        decisions,
        audit,
        index_admin,
        ingest,
        summary,
        siret,
        job_searches,
        job_history,
        job_sources,
        operations,
        codec,
    ):
        app.include_router(module.router, responses=documented(422, 503))
    return app
