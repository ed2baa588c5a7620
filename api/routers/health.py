"""Whether the process lives, whether its neighbours answer, and its metrics."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from api.fields import example
from api.state import Parts

router = APIRouter(tags=["operations"])

PROBE_SECONDS = 3

REQUIRED = frozenset({"database", "temporal", "object_store"})
"""Without these nothing can be accepted. Search serves one service, whose own routes say when it is away."""


class Readiness(BaseModel):
    """`ready` is what the status code says too; `dependencies` names each neighbour's state."""

    model_config = example(
        {
            "ready": True,
            "dependencies": {"database": "ok", "temporal": "ok", "object_store": "ok", "search": "unavailable"},
        }
    )

    ready: bool
    dependencies: dict[str, Literal["ok", "unavailable"]]


class Liveness(BaseModel):
    """The process lives."""

    model_config = example({"status": "ok"})

    status: Literal["ok"] = "ok"


@router.get("/healthz", summary="Ask whether the process lives", response_description="It does")
async def healthz() -> Liveness:
    """The process answers. For probes that restart it; needs no token."""
    return Liveness()


@router.get(
    "/readyz",
    summary="Ask whether work can be accepted",
    response_description="It can",
    responses={503: {"model": Readiness, "description": "It cannot: a dependency it needs is away"}},
)
async def readyz(parts: Parts, response: Response) -> Readiness:
    """Each dependency with its state; 503 while one is away without which nothing can be accepted. Needs no token."""
    probes: dict[str, Awaitable[Any]] = {
        "database": parts.database.ping(),
        "temporal": parts.temporal.service_client.check_health(timeout=timedelta(seconds=PROBE_SECONDS)),
        "object_store": parts.store.ping(),
        "search": parts.search.info(),
    }
    answers = await asyncio.gather(
        *(asyncio.wait_for(probe, PROBE_SECONDS) for probe in probes.values()), return_exceptions=True
    )
    states: dict[str, Literal["ok", "unavailable"]] = {
        name: "unavailable" if isinstance(answer, BaseException) or answer is False else "ok"
        for name, answer in zip(probes, answers, strict=True)
    }
    ready = all(states[name] == "ok" for name in REQUIRED)
    response.status_code = 200 if ready else 503
    return Readiness(ready=ready, dependencies=states)


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """HTTP metrics in Prometheus' text format; workers serve Temporal's own on `METRICS_PORT`."""
    return Response(request.app.state.metrics.render(), media_type="text/plain; version=0.0.4; charset=utf-8")
