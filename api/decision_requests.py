"""Taking a decision on a candidate: one at a time, from a status that allows it, under the candidate's workflow id."""

import asyncio
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, NoReturn
from uuid import UUID

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.common import WorkflowIDReusePolicy

from api.decision_status import has_run, is_under_way
from api.errors import ApiError, not_found
from api.follow_ups import refresh_index
from api.runs import request_uuid, serves_request, start_run
from api.security import Caller
from api.state import State
from db import candidates, decisions, users
from db.audit import SystemActor
from db.tables import Candidate, Decision
from domain.candidate import DECIDABLE, DecisionKind
from domain.ids import decision_workflow_id
from workflows.archive_candidate import ArchiveCandidateWorkflow
from workflows.contracts import PREMIUM, DecisionInput
from workflows.erase_candidate import EraseCandidateWorkflow
from workflows.reject_candidate import RejectCandidateWorkflow
from workflows.unarchive_candidate import UnarchiveCandidateWorkflow
from workflows.validate_candidate import ValidateCandidateWorkflow

_WORKFLOWS: Mapping[DecisionKind, Any] = {
    "validate": ValidateCandidateWorkflow.run,
    "reject": RejectCandidateWorkflow.run,
    "archive": ArchiveCandidateWorkflow.run,
    "unarchive": UnarchiveCandidateWorkflow.run,
    "erase": EraseCandidateWorkflow.run,
}

_CLOSING_SECONDS = 5
"""How long the run of a decision that is decided may take to close."""


async def _arrived() -> float:
    return time.monotonic()


Arrived = Annotated[float, Depends(_arrived)]
"""When the call came in, as `time.monotonic` tells it: a decision that ended since was taken at the same time, whoever
was first. Ends are told by the database's clock, with which this machine's need not agree."""


@dataclass(frozen=True)
class Request:
    """What a caller wants decided. `key` is the `Idempotency-Key`."""

    kind: DecisionKind
    candidate_id: int
    caller: Caller
    arrived: float
    body: Mapping[str, Any]
    key: str | None = None

    @property
    def id(self) -> UUID:
        return request_uuid(self.caller, f"{self.kind}/{self.candidate_id}", self.key)

    @property
    def hash(self) -> str:
        return hashlib.sha256(json.dumps(self.body, sort_keys=True).encode()).hexdigest()


async def take_decision(parts: State, request: Request) -> str:
    """Write the decision and start its run; the id of the workflow.

    Raises 404 for an unknown candidate, 409 `decision_running` or `status_conflict`, 422 for a key used for something
    else, 503 while Temporal is away.
    """
    decision_id = request.id
    while True:
        known, running = await _add(parts, request, decision_id)
        if running is None:
            break
        if await is_under_way(parts, running):
            raise _decision_running(request.candidate_id)
        async with parts.database.transaction() as session:  # its run was terminated, or never began
            interrupted = await decisions.interrupt(session, running, SystemActor.of(parts.settings).columns())
        if interrupted:
            await refresh_index(parts, request.candidate_id)
    if known is None or not await has_run(parts, known):
        await _start(parts, request, decision_id)
    return decision_workflow_id(request.candidate_id)


async def _add(parts: State, request: Request, decision_id: UUID) -> tuple[Decision | None, Decision | None]:
    """Write the row. The decision that this call asked for before, if it did; the open one that stands in its way."""
    async with parts.database.transaction() as session:
        known = await _known(session, request, decision_id)
        if known is not None:
            return known, None
        since_arrival = timedelta(seconds=time.monotonic() - request.arrived)
        if await decisions.decided_within(session, request.candidate_id, since_arrival):
            raise _decision_running(request.candidate_id)
        values = {
            "id": decision_id,
            "candidate_id": request.candidate_id,
            "kind": request.kind,
            "request_hash": request.hash,
            "body": request.body,
            **await _decider(session, request.caller),
        }
        if not await decisions.add_decision(session, values):
            known = await _known(session, request, decision_id)
            if known is not None:  # the same call at the same moment
                return known, None
            running = await decisions.open_decision(session, request.candidate_id)
            if running is None:
                raise _decision_running(request.candidate_id)
            return None, running
        # Read after the row is in: from now on no other decision changes the status.
        candidate = await candidates.get_candidate(session, request.candidate_id)
        if candidate is None:
            raise unknown_candidate(request.candidate_id)
        if candidate.status not in DECIDABLE[request.kind]:
            raise _status_conflict(candidate)
    return None, None


async def _known(session: AsyncSession, request: Request, decision_id: UUID) -> Decision | None:
    """The decision that this call asked for before. Raises 422 for a key used for something else."""
    known = await decisions.get_decision(session, decision_id)
    if known is not None and known.request_hash != request.hash:
        raise ApiError(422, "idempotency_key_reused", "Idempotency-Key déjà utilisée pour une autre demande")
    return known


async def _start(parts: State, request: Request, decision_id: UUID) -> None:
    """Start the run. The row of a failed start is taken back, unless the run may be there all the same."""
    workflow_id = decision_workflow_id(request.candidate_id)
    contract = DecisionInput(
        decision_id=decision_id,
        candidate_id=request.candidate_id,
        retry_budget=timedelta(seconds=parts.settings.validation_retry_budget),
    )
    try:
        deadline = time.monotonic() + _CLOSING_SECONDS
        while time.monotonic() < deadline:
            started = await start_run(
                parts.temporal,
                _WORKFLOWS[request.kind],
                contract,
                id=workflow_id,
                queue=parts.queue,
                priority=PREMIUM,
                caller=request.caller,
                reuse=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                request=decision_id,
            )
            if started or await serves_request(parts.temporal, workflow_id, decision_id):
                return
            await asyncio.sleep(0.1)  # the run of the decision before is decided, and about to close
        raise _decision_running(request.candidate_id)
    except ApiError:
        if await serves_request(parts.temporal, workflow_id, decision_id) is False:
            async with parts.database.transaction() as session:
                await decisions.remove_decision(session, decision_id)
        raise


async def _decider(session: AsyncSession, caller: Caller) -> dict[str, Any]:
    """Who decides, by the name that stays with the decision. A candidate who erases themselves leaves none."""
    if caller.role == "candidate":
        return {"admin_id": 0, "admin_name": "Candidat", "admin_email": None}
    user = await users.user_by_id(session, caller.user_id) if caller.user_id is not None else None
    if user is None:
        return {"admin_id": 0, "admin_name": caller.id, "admin_email": None}
    name = f"{user.first_name} {user.last_name}".strip() or user.email
    return {"admin_id": user.id, "admin_name": name, "admin_email": user.email}


def _decision_running(candidate_id: int) -> ApiError:
    return ApiError(
        409,
        "decision_running",
        "Une décision est déjà en cours pour ce candidat",
        workflow_id=decision_workflow_id(candidate_id),
    )


async def refuse_move(session: AsyncSession, candidate_id: int) -> NoReturn:
    """Say why a candidate's status cannot be changed: 404, 409 `decision_running` or `status_conflict`."""
    candidate = await candidates.get_candidate(session, candidate_id)
    if candidate is None:
        raise unknown_candidate(candidate_id)
    if await decisions.open_decision(session, candidate_id) is not None:
        raise _decision_running(candidate_id)
    raise _status_conflict(candidate)


def unknown_candidate(candidate_id: int) -> ApiError:
    return not_found(f"Candidat {candidate_id} introuvable", "candidate_not_found")


def _status_conflict(candidate: Candidate) -> ApiError:
    detail = f"Le statut {candidate.status} ne permet pas cette action"
    return ApiError(409, "status_conflict", detail, candidate_status=candidate.status)
