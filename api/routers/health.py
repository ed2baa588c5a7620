"""Whether the process lives, whether its neighbours answer, and its metrics."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from api.state import Parts

router = APIRouter(tags=["operations"])

PROBE_SECONDS = 3

REQUIRED = frozenset({"database", "temporal", "object_store"})
"""Without these nothing can be accepted. Search serves one service, whose own routes say when it is away."""


class Readiness(BaseModel):
    """`ready` is what the status code says too; `dependencies` names each neighbour's state."""

    ready: bool
    dependencies: dict[str, Literal["ok", "unavailable"]]


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"model": Readiness}})
async def readyz(parts: Parts, response: Response) -> Readiness:
    """Each dependency with its state; 503 while one is away without which nothing can be accepted."""
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
