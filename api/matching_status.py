"""The state of a matching request: the row if it is decided, else what Temporal says of its run."""

from typing import Literal

from api.runs import find_run
from api.state import State
from db import matching
from db.tables import MatchingJob
from workflows.contracts import INTERRUPTED

Status = Literal["queued", "processing", "completed", "failed", "cancelled"]

_OUTCOMES: dict[str, Status] = {"completed": "completed", "failed": "failed", "cancelled": "cancelled"}


async def request_status(parts: State, request: MatchingJob) -> Status:
    """Where the request stands."""
    if request.outcome is not None:
        return _OUTCOMES[request.outcome]
    run = await find_run(parts.temporal, request.job_id)
    # A run that has begun and is unknown to Temporal has ended and been forgotten since.
    open_still = run.running if run else request.started_at is None
    if open_still:
        return "queued" if request.started_at is None else "processing"
    async with parts.database.transaction() as session:  # closed meanwhile: the row may be decided by now
        fresh = await matching.get_request(session, request.id)
    if fresh is not None and fresh.outcome is not None:
        return _OUTCOMES[fresh.outcome]
    return "cancelled" if run is not None and run.cancelled else "failed"


async def request_error(parts: State, request: MatchingJob) -> str | None:
    """Why a failed request failed."""
    async with parts.database.transaction() as session:
        fresh = await matching.get_request(session, request.id)
    return (fresh.error if fresh else None) or INTERRUPTED
