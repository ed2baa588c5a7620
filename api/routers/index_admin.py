"""The candidates' search index, towards administrators: rebuilding it, and how far that is."""

from datetime import datetime
from typing import Literal
from uuid import uuid4

from fastapi import APIRouter, Response
from pydantic import BaseModel
from temporalio.client import WorkflowExecutionStatus
from temporalio.common import WorkflowIDReusePolicy

from api.errors import documented, not_found
from api.runs import describe_run, start_run
from api.security import AdminCaller
from api.state import Parts
from domain.ids import REINDEX_ID
from workflows.contracts import BATCH, STAGE, ReindexInput
from workflows.reindex_candidates import ReindexCandidatesWorkflow

PATH = "/api/v1/admin/reindex"
RETRY_AFTER = "1"

router = APIRouter(tags=["search index"])

RunStatus = Literal["running", "completed", "failed", "cancelled"]
_STATUS: dict[WorkflowExecutionStatus | None, RunStatus] = {
    WorkflowExecutionStatus.RUNNING: "running",
    WorkflowExecutionStatus.CONTINUED_AS_NEW: "running",
    WorkflowExecutionStatus.COMPLETED: "completed",
    WorkflowExecutionStatus.CANCELED: "cancelled",
}


class Links(BaseModel):
    status: str = PATH


class ReindexAccepted(BaseModel):
    message: str = "Reconstruction de l'index lancée"
    workflow_id: str = REINDEX_ID
    status: RunStatus = "running"
    links: Links = Links()


class Progress(BaseModel):
    """Candidates written into the new index, of those there were when it was begun."""

    loaded: int = 0
    total: int = 0


class ReindexState(BaseModel):
    """`stage` is create, load, catch_up, publish or repair; searches use the new index from repair on."""

    workflow_id: str = REINDEX_ID
    status: RunStatus
    stage: str | None
    progress: Progress
    started_at: datetime | None
    completed_at: datetime | None


@router.post(PATH, status_code=202, responses=documented(401, 403))
async def reindex(parts: Parts, caller: AdminCaller, response: Response) -> ReindexAccepted:
    """Build the search index anew from the table. A rebuild that runs already is joined; searches go on meanwhile."""
    await start_run(
        parts.temporal,
        ReindexCandidatesWorkflow.run,
        ReindexInput(),
        id=REINDEX_ID,
        queue=parts.queue,
        priority=BATCH,
        caller=caller,
        reuse=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        request=uuid4(),
    )
    response.headers["Location"] = PATH
    response.headers["Retry-After"] = RETRY_AFTER
    return ReindexAccepted()


@router.get(PATH, responses=documented(401, 403, 404))
async def reindex_state(parts: Parts, _: AdminCaller) -> ReindexState:
    """The rebuild that runs, else the last one."""
    described = await describe_run(parts.temporal, REINDEX_ID)
    if described is None:
        raise not_found("Aucune reconstruction de l'index", "reindex_not_found")
    return ReindexState(
        status=_STATUS.get(described.status, "failed"),
        stage=described.typed_search_attributes.get(STAGE),
        progress=Progress.model_validate((await described.memo()).get("progress", {})),
        started_at=described.start_time,
        completed_at=described.close_time,
    )
