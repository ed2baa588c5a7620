"""The state of a decision: the row if it is decided, else what Temporal says of its run."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from pydantic import BaseModel, TypeAdapter
from temporalio.client import WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.exceptions import ApplicationError

from api.fields import example
from api.runs import EDGE_TIMEOUT, REQUEST, cancel_run, describe_run
from api.state import State
from db import decisions
from db.tables import Decision
from domain.ids import decision_workflow_id
from workflows.contracts import INTERRUPTED, TIMED_OUT

GRACE = EDGE_TIMEOUT + timedelta(seconds=5)
"""How long a decision without a run may still be about to start."""

_STARTING_POLLS, _STARTING_SECONDS = 20, 0.1
"""For how long a cancel waits for a run that is just being started."""

DECISION: Final[dict[str, Any]] = {
    "candidate_id": 12,
    "workflow_id": "candidate-decision-12",
    "decision": "validate",
    "status": "failed",
    "actions": {
        "status_update": {
            "status": "compensated",
            "attempts": 1,
            "started_at": "2026-03-02T09:14:27.121Z",
            "completed_at": "2026-03-02T09:14:27.193Z",
        },
        "indexation": {
            "status": "failed",
            "attempts": 9,
            "started_at": "2026-03-02T09:14:27.193Z",
            "completed_at": "2026-03-02T09:29:27.480Z",
            "last_error": "Index de recherche indisponible",
        },
        "notification": {"status": "skipped", "attempts": 0},
    },
    "decided_by": {"id": 1, "name": "Alice Martin", "email": "alice.martin@example.fr"},
    "started_at": "2026-03-02T09:14:27.032803Z",
    "completed_at": "2026-03-02T09:29:28.107210Z",
    "error": "Index de recherche indisponible",
}
"""An example for the OpenAPI document."""

Status = Literal["running", "completed", "failed", "cancelled"]

_ACTION_OF = {
    "record_evaluation_and_status": "status_update",
    "erase_candidate": "status_update",
    "sync_candidate": "indexation",
    "send_notification": "notification",
}


class ActionAnswer(BaseModel):
    """One action; `attempts` and `last_error` are those of the try under way while it runs."""

    status: Literal["pending", "running", "completed", "failed", "compensated", "skipped"] = "pending"
    attempts: int = 0
    started_at: str | None = None
    completed_at: str | None = None
    last_error: str | None = None
    reason: str | None = None


class ActionAnswers(BaseModel):
    """The actions of a decision, whatever their order: that of a rejection begins with the index."""

    status_update: ActionAnswer = ActionAnswer()
    indexation: ActionAnswer = ActionAnswer()
    notification: ActionAnswer = ActionAnswer()


class Decider(BaseModel):
    """Who decided; `id` is 0 where it was no administrator's account."""

    id: int
    name: str
    email: str | None


class DecisionAnswer(BaseModel):
    """The current or last decision on a candidate. `error` is a French sentence."""

    model_config = example(DECISION)

    candidate_id: int
    workflow_id: str
    decision: Literal["validate", "reject", "archive", "unarchive", "erase"]
    status: Status
    actions: ActionAnswers
    decided_by: Decider
    started_at: datetime
    completed_at: datetime | None
    error: str | None


async def read_decision(parts: State, decision: Decision) -> DecisionAnswer:
    """The answer of `GET /api/v1/admin/validate/{candidate_id}`."""
    if decision.outcome is not None:
        return _answer(decision, _status(decision.outcome), decision.actions or {}, decision.error)
    run = await _run_of(parts, decision)
    if run is not None and run.status is WorkflowExecutionStatus.RUNNING:
        return _answer(decision, "running", await _actions_of(parts, run), None)
    async with parts.database.transaction() as session:  # closed meanwhile: the row may be decided by now
        decision = await decisions.get_decision(session, decision.id) or decision
    if decision.outcome is not None:
        return _answer(decision, _status(decision.outcome), decision.actions or {}, decision.error)
    if run is None and await may_yet_start(parts, decision):
        return _answer(decision, "running", {}, None)
    return _answer(decision, "failed", await _actions_of(parts, run) if run else {}, INTERRUPTED)


async def is_under_way(parts: State, decision: Decision) -> bool:
    """Whether a run works on this decision, or may be about to."""
    run = await _run_of(parts, decision)
    if run is None:
        return await may_yet_start(parts, decision)
    return run.status is WorkflowExecutionStatus.RUNNING


async def has_run(parts: State, decision: Decision) -> bool:
    """Whether a run works on this decision, or has decided it: a second one would find nothing left to do, and fail."""
    if decision.outcome is not None:
        return True
    run = await _run_of(parts, decision)
    if run is None or run.status is WorkflowExecutionStatus.RUNNING:
        return run is not None
    async with parts.database.transaction() as session:  # closed: the row was decided before, or never will be
        now = await decisions.get_decision(session, decision.id)
    return now is not None and now.outcome is not None


async def call_off(parts: State, decision: Decision) -> None:
    """Cancel the run of this decision, and no other's. A decision without a run ends as cancelled before it begins."""
    for _ in range(_STARTING_POLLS):
        if (run := await _run_of(parts, decision)) is not None:
            await cancel_run(parts.temporal, run.id, run.run_id)
            return
        await asyncio.sleep(_STARTING_SECONDS)
    async with parts.database.transaction() as session:
        await decisions.close_decision(session, decision.id, outcome="cancelled")


async def may_yet_start(parts: State, decision: Decision) -> bool:
    """Whether the call that wrote this decision may still be starting its run."""
    async with parts.database.transaction() as session:
        return await decisions.now(session) < decision.created_at + GRACE


async def _run_of(parts: State, decision: Decision) -> WorkflowExecutionDescription | None:
    """The run that works on this decision: the newest under its candidate's id may be another's."""
    run = await describe_run(parts.temporal, decision_workflow_id(decision.candidate_id))
    if run is None or (await run.memo()).get(REQUEST) != str(decision.id):
        return None
    return run


async def _actions_of(parts: State, run: WorkflowExecutionDescription) -> Mapping[str, Any]:
    """The actions as the run last told, with the tries of those under way."""
    actions: dict[str, dict[str, Any]] = dict((await run.memo()).get("actions", {}))
    for pending in run.raw_description.pending_activities:
        name = _ACTION_OF.get(pending.activity_type.name)
        if name is None or name not in actions or actions[name]["status"] != "running":
            continue
        error = None
        if pending.HasField("last_failure"):
            failure = await parts.temporal.data_converter.decode_failure(pending.last_failure)
            error = failure.message if isinstance(failure, ApplicationError) else TIMED_OUT
        actions[name] = {**actions[name], "attempts": pending.attempt, "last_error": error}
    return actions


def _answer(decision: Decision, status: Status, actions: Mapping[str, Any], error: str | None) -> DecisionAnswer:
    if status != "running":  # a run that was terminated left its actions as they were
        actions = {
            name: {**state, "status": "failed", "last_error": state["last_error"] or INTERRUPTED}
            if state["status"] == "running"
            else state
            for name, state in actions.items()
        }
    return DecisionAnswer(
        candidate_id=decision.candidate_id,
        workflow_id=decision_workflow_id(decision.candidate_id),
        decision=decision.kind,
        status=status,
        actions=ActionAnswers.model_validate(actions),
        decided_by=Decider(id=decision.admin_id, name=decision.admin_name, email=decision.admin_email),
        started_at=decision.created_at,
        completed_at=decision.completed_at,
        error=error,
    )


def _status(outcome: str) -> Status:
    return TypeAdapter[Status](Status).validate_python(outcome)
