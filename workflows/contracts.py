"""How workflows are addressed: their inputs, their ids, their search attributes."""

from datetime import timedelta
from uuid import UUID

from temporalio.common import SearchAttributeKey

from activities.contracts import INTERRUPTED as INTERRUPTED
from activities.contracts import WORKFLOW_QUEUE as WORKFLOW_QUEUE
from activities.contracts import Contract

STAGE = SearchAttributeKey.for_keyword("TalentflowStage")
"""The step a run is at, for operators' lists: `temporal workflow list --query 'TalentflowStage="extract"'`."""

SEARCH_ATTRIBUTES = (STAGE,)
"""Every search attribute to register before a worker starts."""

PREMIUM, STANDARD, BATCH = 1, 3, 5
"""Temporal priority keys: the lower is taken first when work waits."""

STEP_BUDGET = timedelta(hours=24)
"""What reading, extracting or scoring may take in all, waits for a neighbour that is away included."""

STEP_BUDGET_PREMIUM = timedelta(hours=6)


class ParseCvInput(Contract):
    """`matching_request`: the chained matching request, if one was asked for with the upload.

    `announced`: whether a webhook was given, so that somebody is told how the job ends.
    """

    job_id: UUID
    priority: int = STANDARD
    link: bool = False
    matching_request: UUID | None = None
    announced: bool = True


class MatchCandidateInput(Contract):
    """`chained`: started by a parse, which announces the end of both itself."""

    request_id: UUID
    depends_on: bool = False
    chained: bool = False


class MatchCandidateResult(Contract):
    """Pairs scored and pairs that could not be, with the reason in the request's results."""

    scored: int
    failed: int = 0


class DeliverWebhookInput(Contract):
    delivery_id: UUID
    max_attempts: int = 10


def parse_workflow_id(job_id: UUID) -> str:
    """The caller's job id is the workflow's id."""
    return str(job_id)


def delivery_workflow_id(delivery_id: UUID) -> str:
    return f"webhook-{delivery_id}"


SWEEP_SCHEDULE_ID = "sweep-requests"
