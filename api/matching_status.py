"""Matching jobs by their ids, and where they stand: the row if it is decided, else what Temporal says of its run."""

from dataclasses import dataclass
from typing import Literal

from api.errors import not_found
from api.runs import find_run
from api.security import Caller
from api.state import State
from api.visibility import visible_among
from db import candidates, match_results, matching
from db.tables import MatchingJob, MatchingResult
from domain.ids import pair_of
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


@dataclass(frozen=True)
class FoundJob:
    """The request made under an id, or the score of a pair asked for elsewhere, and where it stands."""

    request: MatchingJob | None
    score: MatchingResult | None
    status: Status


async def find_job(parts: State, job_id: str, caller: Caller) -> FoundJob:
    """What this id stands for; 404 where there is nothing, or nothing that the caller may read.

    A pair's id answers wherever the pair was asked for: with its newest score, else with the bulk that holds it.
    """
    pair = pair_of(job_id)
    async with parts.database.transaction() as session:
        may_exist = len(job_id) <= 100 and "\x00" not in job_id
        request = await matching.newest_request(session, job_id) if may_exist else None
        score = await match_results.newest_score(session, *pair) if pair else None
        bulk = await matching.holds_pair(session, *pair) if pair and request is None and score is None else None
        candidate = await candidates.access_by_id(session, [pair[0]]) if pair else {}
        sees_pair = bool(await visible_among(session, candidate, caller))
    if score is not None and sees_pair and request is not None and request.outcome in ("failed", "cancelled"):
        return FoundJob(None, score, "completed")  # what came of the last request does not take the score away
    if request is not None and (sees_pair or caller.owns(request.owner)):
        return FoundJob(request, score, await request_status(parts, request))
    if score is not None and sees_pair:
        return FoundJob(None, score, "completed")
    if bulk is not None and (sees_pair or caller.owns(bulk.owner)):
        status = await request_status(parts, bulk)
        return FoundJob(None, None, "queued" if status == "processing" else status)
    raise not_found(f"Job avec l'ID {job_id[:100]} non trouvé", "job_not_found")
