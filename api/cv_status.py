"""The state of a parse: the row if it is decided, else what Temporal says of its run."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.errors import ApiError
from api.matching_status import Status, request_status
from api.runs import Run, find_run
from api.state import State
from db import cv_jobs, matching
from db.tables import CvJob, MatchingJob
from workflows.contracts import INTERRUPTED, parse_workflow_id

PROGRESS = {"read": 20, "extract": 60, "save": 90}
"""The stages in their order, with the percent at the beginning of each."""


@dataclass(frozen=True)
class Standing:
    """Where a parse stands: `pending`, `running` or how it ended. `stage` is the last one known to have begun.

    The row of one that ended is undecided where its run was terminated, which wrote no end.
    """

    job: CvJob
    status: str
    stage: str | None = None

    @property
    def has_ended(self) -> bool:
        return self.status not in ("pending", "running")


def stamp(moment: datetime | None) -> str | None:
    """UTC, ISO 8601 with Z, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


async def standing_of(parts: State, job: CvJob) -> Standing:
    """Where this job stands now. Raises 503 for an undecided one while Temporal is away."""
    if job.outcome is not None:
        return Standing(job, job.outcome)
    run = await find_run(parts.temporal, parse_workflow_id(job.id))
    # A run that has begun and is unknown to Temporal has ended and been forgotten since.
    open_still = run.running if run else job.started_at is None
    if open_still and job.started_at is None:
        return Standing(job, "pending")
    if open_still:
        return Standing(job, "running", _stage_of(run))
    async with parts.database.transaction() as session:  # closed meanwhile: the row may be decided by now
        job = await cv_jobs.get_job(session, job.id) or job
    interrupted = "cancelled" if run is not None and run.cancelled else "failed"
    return Standing(job, job.outcome or interrupted, _stage_of(run) if job.started_at else None)


async def last_stage(parts: State, standing: Standing) -> str | None:
    """The stage at which an ended parse was; None if it never began, or Temporal does not say any more."""
    if standing.status == "done":
        return "save"
    if standing.stage is not None or standing.job.started_at is None:
        return standing.stage
    try:
        run = await find_run(parts.temporal, parse_workflow_id(standing.job.id))
    except ApiError:
        return None
    return _stage_of(run) if run is not None else None


async def read_status(parts: State, job: CvJob) -> dict[str, Any]:
    """The answer of `GET /api/result/{job_id}`."""
    return await status_answer(parts, await standing_of(parts, job))


async def status_answer(parts: State, standing: Standing) -> dict[str, Any]:
    """What callers are told of a parse that stands like this."""
    job = standing.job
    if standing.status == "pending":
        async with parts.database.transaction() as session:
            waiting = await cv_jobs.waiting_before(session, job)
        return {"job_id": str(job.id), "status": "pending", "position_in_queue": waiting}
    if standing.status == "running":
        return stage_answer(standing) | {"started_at": stamp(job.started_at)}
    return await _decided(parts, job) if job.outcome is not None else _interrupted(standing)


def stage_answer(standing: Standing) -> dict[str, Any]:
    """How far a parse is that has not ended."""
    progress = PROGRESS[standing.stage] if standing.stage else 0
    return {
        "job_id": str(standing.job.id),
        "status": standing.status,
        "stage": standing.stage,
        "progress": progress,
    }


def _stage_of(run: Run | None) -> str:
    return run.stage if run is not None and run.stage in PROGRESS else "read"


def _interrupted(standing: Standing) -> dict[str, Any]:
    """A run that was terminated wrote no end of its own."""
    base = {"job_id": str(standing.job.id), "status": standing.status}
    return base if standing.status == "cancelled" else {**base, "error": INTERRUPTED, "failed_at": None}


async def _decided(parts: State, job: CvJob) -> dict[str, Any]:
    base = {"job_id": str(job.id), "status": job.outcome}
    if job.outcome == "cancelled":
        return base
    if job.outcome == "failed":
        return {**base, "error": job.error, "failed_at": stamp(job.completed_at)}
    stored = job.result or json.loads(await parts.store.get(job.result_key or ""))
    answer = {**base, "result": cv_jobs.result_of(job, stored), "completed_at": stamp(job.completed_at)}
    async with parts.database.transaction() as session:
        request = await matching.request_of_parse(session, job.id)
    if request is not None:
        answer["matching"] = {"job_id": request.job_id, "status": await _chained_status(parts, request)}
    return answer


async def _chained_status(parts: State, request: MatchingJob) -> Status:
    """Where the chained matching stands; what the database knows of it, while Temporal is away."""
    try:
        return await request_status(parts, request)
    except ApiError:
        return "queued" if request.started_at is None else "processing"
