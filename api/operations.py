"""Running failed work again: what may be, and the start of the run that does it.

The run is started first, under the id of the failed one, so that the server admits one of several calls; the failure is
undone right after it, by this call or by the run's own first step. Whatever happens between the two, the request is
either failed, with its reason, or run again.
"""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from temporalio.common import WorkflowIDReusePolicy

from api.errors import ApiError, not_found
from api.runs import find_run, start_run
from api.security import Caller
from api.state import State
from db import cv_jobs, failed_work, matching
from db.failed_work import WorkType
from db.tables import CvJob, MatchingJob
from domain.ids import BULK_PREFIX, pair_of
from workflows.contracts import MatchCandidateInput, ParseCvInput, parse_workflow_id
from workflows.match_candidate import MatchCandidateWorkflow
from workflows.parse_cv import ParseCvWorkflow

ENDING_TRIES, ENDING_SECONDS = 40, 0.05
"""How long a retry waits for the failed run, whose failure is recorded, to announce it and close."""


@dataclass(frozen=True)
class Retried:
    """A run that was started again; `state_url` is where its state is read."""

    workflow_id: str
    type: WorkType
    state_url: str


async def retry_work(parts: State, workflow_id: str) -> Retried:
    """Run failed work again: the same input under the same id.

    Raises 404 for what is unknown or erased, 409 for what did not fail, runs, or cannot be run again; 503 while
    Temporal is away, and the work has failed as before.
    """
    if workflow_id.startswith(BULK_PREFIX) or pair_of(workflow_id):
        return await _retry_matching(parts, workflow_id)
    return await _retry_parse(parts, workflow_id)


async def _retry_parse(parts: State, workflow_id: str) -> Retried:
    job, chained = await _parse(parts, workflow_id)
    if job is None or job.erased_at is not None:
        raise _unknown(workflow_id)
    workflow_id = parse_workflow_id(job.id)  # as it is written there
    await _check_failed(parts, workflow_id, job)
    if job.object_key is None or not await parts.store.exists(job.object_key):
        raise ApiError(409, "file_missing", "Le fichier de ce CV n'est plus dans le stockage : il faut le renvoyer")
    retry = job.retries + 1
    contract = ParseCvInput(
        job_id=job.id,
        priority=job.priority,
        link=bool(job.offer_ids) or job.candidate_id is not None,
        matching_request=chained.id if chained else None,
        announced=job.webhook_url is not None,
        retry=retry,
    )
    await _start(parts, ParseCvWorkflow.run, contract, workflow_id, job)
    async with parts.database.transaction() as session:
        is_open = await failed_work.reopen_parse(session, job.id, retry)
    if not is_open:
        raise _running(workflow_id)
    return Retried(workflow_id, "cv", f"/api/result/{workflow_id}")


async def _retry_matching(parts: State, workflow_id: str) -> Retried:
    async with parts.database.transaction() as session:
        request = await matching.newest_request(session, workflow_id)
        parse = await cv_jobs.get_job(session, request.parse_job_id) if request and request.parse_job_id else None
    if request is None:
        raise _unknown(workflow_id)
    if parse is not None and parse.outcome != "done":
        detail = "Ce calcul suit une analyse de CV qui n'a pas abouti : c'est elle qu'il faut relancer"
        raise ApiError(409, "parse_not_done", detail, workflow_id=parse_workflow_id(parse.id))
    await _check_failed(parts, workflow_id, request)
    if parse is not None and not request.candidate_ids:
        raise ApiError(409, "no_candidate", "Le CV n'a pas pu être attribué à un candidat : il faut le renvoyer")
    retry = request.retries + 1
    contract = MatchCandidateInput(
        request_id=request.id,
        depends_on=request.depends_on is not None,
        chained=request.parse_job_id is not None,
        retry=retry,
    )
    await _start(parts, MatchCandidateWorkflow.run, contract, workflow_id, request)
    async with parts.database.transaction() as session:
        is_open = await failed_work.reopen_matching(session, request.id, retry)
    if not is_open:
        raise _running(workflow_id)
    return Retried(workflow_id, "matching", f"/api/v1/status/{workflow_id}")


async def _parse(parts: State, workflow_id: str) -> tuple[CvJob | None, MatchingJob | None]:
    """The parse of this id, and the matching chained to it."""
    try:
        job_id = UUID(workflow_id)
    except ValueError:
        return None, None
    async with parts.database.transaction() as session:
        return await cv_jobs.get_job(session, job_id), await matching.request_of_parse(session, job_id)


async def _check_failed(parts: State, workflow_id: str, row: CvJob | MatchingJob) -> None:
    """Raise 409 unless the work has failed: by its row, or because its run was terminated and left no outcome."""
    outcome = row.outcome
    if outcome is None:
        run = await find_run(parts.temporal, workflow_id)
        if run.running if run else row.started_at is None:  # unknown and never begun: it is being started
            raise _running(workflow_id)
        outcome = "cancelled" if run and run.cancelled else "failed"
    if outcome == "cancelled":
        raise ApiError(409, "job_cancelled", "Ce travail a été annulé : seul un échec peut être relancé")
    if outcome != "failed":
        raise ApiError(409, "job_done", "Ce travail a abouti : il n'y a rien à relancer")


async def _start(parts: State, workflow: Any, contract: Any, workflow_id: str, row: CvJob | MatchingJob) -> None:
    """Start the run, in its owner's turn, whoever asks for it. Raises 409 where another one runs or has succeeded."""
    for _ in range(ENDING_TRIES):
        if await start_run(
            parts.temporal,
            workflow,
            contract,
            id=workflow_id,
            queue=parts.queue,
            priority=row.priority,
            caller=Caller(row.owner, "service"),
            reuse=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            request=row.id,
        ):
            return
        async with parts.database.transaction() as session:
            closing = await failed_work.is_still_failed(session, row)
        if not closing:
            break
        await asyncio.sleep(ENDING_SECONDS)
    raise _running(workflow_id)


def _unknown(workflow_id: str) -> ApiError:
    return not_found(f"Aucun travail à relancer pour l'ID: {workflow_id[:100]}", "job_not_found")


def _running(workflow_id: str) -> ApiError:
    return ApiError(409, "job_running", "Ce travail est en cours ou déjà relancé", workflow_id=workflow_id)
