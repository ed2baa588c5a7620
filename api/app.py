"""The application factory: middleware, routers, life of the shared parts."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from api.errors import documented, install_error_handlers
from api.limits import BodyLimit
from api.metrics import HttpMetrics, MetricsMiddleware
from api.routers import auth, candidates, codec, cv, health, matching, offers
from api.state import open_state
from runtime.settings import Settings
from workflows.contracts import WORKFLOW_QUEUE

DESCRIPTION = """Recruitment backend: every long job is a durable Temporal workflow, and the id you get is its id.

Long jobs answer **202** with `Location` (where to ask for the state) and `Retry-After`. Send `Idempotency-Key` to make
a repeated POST harmless. Errors are `{"detail", "code"}`; field errors (422) list `loc`, `msg` and `type` in `detail`.
"""


def create_app(settings: Settings, *, queue: str = WORKFLOW_QUEUE) -> FastAPI:
    """The API of these settings; runs are started on `queue`."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with open_state(settings, queue) as state:
            app.state.talentflow = state
            yield

    app = FastAPI(title="talentflow", version="0.1.0", description=DESCRIPTION, lifespan=lifespan)
    app.state.metrics = HttpMetrics()
    install_error_handlers(app)
    app.add_middleware(BodyLimit, upload_path=cv.UPLOAD_PATH, upload_limit=settings.max_content_length)
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
    for module in (auth, cv, matching, offers, candidates, codec):
        app.include_router(module.router, responses=documented(422, 503))
    return app
