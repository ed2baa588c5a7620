"""Taking a matching request: its row, its run, and what happens when the pair is being scored already."""

import asyncio
import hashlib
from uuid import UUID

from temporalio.common import WorkflowIDReusePolicy

from api.errors import ApiError, unavailable
from api.matching_bodies import PRIORITY_KEYS, BulkBody, PairBody, Queue
from api.runs import serves_request, start_run
from api.security import Caller
from api.state import State
from db import matching
from workflows.contracts import MatchCandidateInput
from workflows.match_candidate import MatchCandidateWorkflow

ENDING_TRIES, ENDING_SECONDS = 40, 0.05
"""How long a new request for a pair waits for the run before it, whose score is stored, to close."""


async def submit(
    parts: State,
    caller: Caller,
    request_id: UUID,
    job_id: str,
    body: PairBody | BulkBody,
    queue: Queue,
    candidate_ids: list[int],
    offer_ids: list[int],
    *,
    force: bool,
) -> None:
    """Write the request row and start its run. A pair that runs already is joined, and the row taken back.

    Raises 409 when joining would lose what this request wants beyond the score: its webhook, the wait for a parse, or
    a score that is new for certain.
    """
    request_hash = hashlib.sha256(f"{queue}:{force}:{body.model_dump_json()}".encode()).hexdigest()
    async with parts.database.transaction() as session:
        added = await matching.add_request(
            session,
            {
                "id": request_id,
                "job_id": job_id,
                "owner": caller.id,
                "request_hash": request_hash,
                "priority": PRIORITY_KEYS[queue],
                "candidate_ids": candidate_ids,
                "offer_ids": offer_ids,
                "selection": body.selection,
                "force": force,
                "depends_on": body.depends_on,
                "webhook_url": body.webhook_url,
            },
        )
        existing = None if added else await matching.get_request(session, request_id)
    if existing is not None and existing.request_hash != request_hash:
        raise ApiError(422, "idempotency_key_reused", "Idempotency-Key déjà utilisée pour une autre demande")
    if existing is not None and existing.outcome is not None:
        return
    try:
        started = await _start(parts, caller, request_id, job_id, body, queue)
    except ApiError:
        await _take_back(parts, job_id, request_id, added=added)
        raise
    if not started and await _take_back(parts, job_id, request_id, added=added):
        await _check_joined(parts, caller, job_id, body, force=force)


async def _start(
    parts: State, caller: Caller, request_id: UUID, job_id: str, body: PairBody | BulkBody, queue: Queue
) -> bool:
    """Start the run; False when the pair runs already. A run that has decided its request is let to end first."""
    for _ in range(ENDING_TRIES):
        if await start_run(
            parts.temporal,
            MatchCandidateWorkflow.run,
            MatchCandidateInput(request_id=request_id, depends_on=body.depends_on is not None),
            id=job_id,
            queue=parts.queue,
            priority=PRIORITY_KEYS[queue],
            caller=caller,
            reuse=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            request=request_id,
        ):
            return True
        async with parts.database.transaction() as session:
            running = await matching.newest_request(session, job_id, but=request_id)
        if running is None or running.outcome is None:
            return False
        await asyncio.sleep(ENDING_SECONDS)  # what it scored may be older than what is asked for now
    raise unavailable("job_ending", "Le calcul précédent de cette paire se termine")


async def _check_joined(parts: State, caller: Caller, job_id: str, body: PairBody | BulkBody, *, force: bool) -> None:
    """Whether the run that was joined does what this request wants beyond the score."""
    if body.webhook_url is None and body.depends_on is None and not force:
        return
    async with parts.database.transaction() as session:
        running = await matching.newest_request(session, job_id)
    wanted = (caller.id, body.webhook_url, body.depends_on, force)
    if running is None or (running.owner, running.webhook_url, running.depends_on, running.force) != wanted:
        detail = "Ce calcul est déjà en cours pour une autre demande : réessayez quand il sera terminé"
        raise ApiError(409, "job_running", detail, workflow_id=job_id)


async def _take_back(parts: State, job_id: str, request_id: UUID, *, added: bool) -> bool:
    """Remove the row of a request that no run serves, for certain: another one runs under this id, or none."""
    if not added or await serves_request(parts.temporal, job_id, request_id) is not False:
        return False
    async with parts.database.transaction() as session:
        await matching.remove_request(session, request_id)
    return True
