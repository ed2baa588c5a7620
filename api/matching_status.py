"""Matching jobs by their ids, and where they stand: the row if it is decided, else what Temporal says of its run."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import not_found
from api.runs import find_run
from api.security import Caller
from api.state import State
from api.visibility import visible_among
from db import candidates, match_ranking, match_results, matching
from db.tables import MatchingJob, MatchingResult
from domain.ids import pair_of
from workflows.contracts import INTERRUPTED

Status = Literal["queued", "processing", "completed", "failed", "cancelled"]

NO_CANDIDATE = "Candidat introuvable"

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
    """The request made under an id, or the score of a pair asked for elsewhere; where it stands, and why it failed."""

    request: MatchingJob | None
    score: MatchingResult | None
    status: Status
    error: str | None = None


@dataclass(frozen=True)
class _Asked:
    """What is stored of a pair that the caller may read; `owner` is whose requests, None for anybody's."""

    pair: tuple[int, int]
    sees_pair: bool
    owner: str | None
    score: MatchingResult | None


async def find_job(parts: State, job_id: str, caller: Caller) -> FoundJob:
    """What this id stands for; 404 where there is nothing, or nothing that the caller may read.

    A pair's id answers wherever the pair was asked for: with its newest score, else with the request that holds it or
    could not score it. A score is read by those who see the candidate, whoever asked for it.
    """
    async with parts.database.transaction() as session:
        may_exist = len(job_id) <= 100 and "\x00" not in job_id
        request = await matching.followed_request(session, job_id) if may_exist else None
        pair = pair_of(job_id)
        asked = await _asked(session, pair, caller) if pair else None
    readable = request is not None and (caller.owns(request.owner) or (asked is not None and asked.sees_pair))
    found = None
    if asked is None:
        if request is not None and readable:
            found = await _at(parts, request)
    elif asked.score is not None and (request is None or request.outcome in ("failed", "cancelled")):
        found = FoundJob(None, asked.score, "completed")  # what came of the last request does not take the score away
    elif request is not None and readable:
        found = await _of_pair(parts, request, asked)
    else:
        found = await _held(parts, asked)
    if found is None:
        raise not_found(f"Job avec l'ID {job_id[:100]} non trouvé", "job_not_found")
    return found


async def _asked(session: AsyncSession, pair: tuple[int, int], caller: Caller) -> _Asked:
    candidate = await candidates.access_by_id(session, [pair[0]])
    sees_pair = bool(await visible_among(session, candidate, caller))
    score = await match_results.newest_score(session, *pair) if sees_pair else None
    return _Asked(pair, sees_pair, None if sees_pair or caller.sees_all else caller.id, score)


async def _at(parts: State, request: MatchingJob) -> FoundJob:
    status = await request_status(parts, request)
    return FoundJob(request, None, status, await request_error(parts, request) if status == "failed" else None)


async def _of_pair(parts: State, request: MatchingJob, asked: _Asked) -> FoundJob:
    """A request for one pair: it has failed when it ended without a score, or with one that may not be read."""
    found = await _at(parts, request)
    if found.status != "completed":
        return found
    if asked.score is not None:
        return FoundJob(request, asked.score, "completed")
    async with parts.database.transaction() as session:
        failed = await match_ranking.unscored_pairs(session, request.id, limit=1)
        score = await match_results.newest_score(session, *asked.pair) if asked.sees_pair else None
    if score is not None:  # it came between the two looks
        return FoundJob(request, score, "completed")
    return FoundJob(request, None, "failed", failed[0].error if failed else NO_CANDIDATE)


async def _held(parts: State, asked: _Asked) -> FoundJob | None:
    """A pair that only rankings hold."""
    async with parts.database.transaction() as session:
        bulk = await matching.holds_pair(session, *asked.pair, owner=asked.owner)
        unscored = await matching.unscored_in(session, *asked.pair, owner=asked.owner)
        if bulk is None and unscored is None:
            score = await match_results.newest_score(session, *asked.pair) if asked.sees_pair else None
            if score is not None:  # it came between the two looks, and the ranking has ended
                return FoundJob(None, score, "completed")
            bulk = await matching.holds_pair(session, *asked.pair, owner=asked.owner, given_up=True)
    if unscored is not None and (bulk is None or bulk.id == unscored[0]):
        return FoundJob(None, None, "failed", unscored[1] or match_ranking.GONE)
    if bulk is None:
        return None
    found = await _at(parts, bulk)
    # One that has ended since has decided the pair, which the next look tells.
    return FoundJob(None, None, "queued" if found.status in ("processing", "completed") else found.status, found.error)
