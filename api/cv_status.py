"""The state of a parse: the row if it is decided, else what Temporal says of its run."""

import json
from datetime import datetime
from typing import Any

from api.errors import ApiError
from api.matching_status import Status, request_status
from api.runs import find_run
from api.state import State
from db import cv_jobs, matching
from db.tables import CvJob, MatchingJob
from workflows.contracts import INTERRUPTED, parse_workflow_id

PROGRESS = {"read": 20, "extract": 60, "save": 90}
"""Percent at the beginning of each stage."""


def stamp(moment: datetime | None) -> str | None:
    """UTC, ISO 8601 with Z, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


async def read_status(parts: State, job: CvJob) -> dict[str, Any]:
    """The answer of `GET /api/result/{job_id}`."""
    if job.outcome is None:
        run = await find_run(parts.temporal, parse_workflow_id(job.id))
        # A run that has begun and is unknown to Temporal has ended and been forgotten since.
        open_still = run.running if run else job.started_at is None
        if open_still:
            return await _undecided(parts, job, run.stage if run else None)
        async with parts.database.transaction() as session:  # closed meanwhile: the row may be decided by now
            job = await cv_jobs.get_job(session, job.id) or job
        if job.outcome is None:
            return _interrupted(job, cancelled=run is not None and run.cancelled)
    return await _decided(parts, job)


async def _undecided(parts: State, job: CvJob, stage: str | None) -> dict[str, Any]:
    if job.started_at is None:
        async with parts.database.transaction() as session:
            waiting = await cv_jobs.waiting_before(session, job)
        return {"job_id": str(job.id), "status": "pending", "position_in_queue": waiting}
    known = stage if stage in PROGRESS else "read"
    return {
        "job_id": str(job.id),
        "status": "running",
        "started_at": stamp(job.started_at),
        "stage": known,
        "progress": PROGRESS[known],
    }


def _interrupted(job: CvJob, *, cancelled: bool) -> dict[str, Any]:
    """A run that was terminated wrote no end of its own."""
    if cancelled:
        return {"job_id": str(job.id), "status": "cancelled"}
    return {"job_id": str(job.id), "status": "failed", "error": INTERRUPTED, "failed_at": None}


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
