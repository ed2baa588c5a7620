"""The steps of a decision on a candidate, and what they leave in the audit log."""

from uuid import UUID

from activities.contracts.base import Contract


class DecisionStep(Contract):
    """A step of one decision (the row's id, not the workflow's)."""

    decision_id: UUID


class StatusRecorded(Contract):
    """What the candidate was before the decision, and how many tries it took to record it."""

    previous: str
    attempts: int = 1


class Incident(Contract):
    """A deviation to be found in the audit log: `error` is a fixed sentence, `step` makes it one row a run."""

    incident_type: str
    step: str
    candidate_id: int | None = None
    error: str = ""
    error_type: str = ""


class Compensation(Contract):
    """What was undone, as one row of the audit log."""

    decision_id: UUID
    candidate_id: int
    step: str
    description: str


class ActionState(Contract):
    """How far one action of a decision is.

    `status` is pending, running, completed, failed, compensated or skipped (with the `reason`); `attempts` counts the
    tries since the action was last scheduled; times are UTC, ISO 8601; `last_error` is a fixed sentence.
    """

    status: str = "pending"
    attempts: int = 0
    started_at: str | None = None
    completed_at: str | None = None
    last_error: str | None = None
    reason: str | None = None


class DecisionClosing(Contract):
    """The decided end of a decision, with the last state of its actions."""

    decision_id: UUID
    outcome: str
    actions: dict[str, ActionState]
    error: str | None = None
