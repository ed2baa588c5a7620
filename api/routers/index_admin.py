"""The candidates' search index, towards administrators: rebuilding it, and how far that is."""

from datetime import datetime
from typing import Literal
from uuid import uuid4

from fastapi import APIRouter, Response
from pydantic import BaseModel
from temporalio.client import WorkflowExecutionStatus
from temporalio.common import WorkflowIDReusePolicy

from api.errors import documented, not_found
from api.fields import example
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


class ReindexLinks(BaseModel):
    """Where the rebuild is followed."""

    status: str = PATH


class ReindexAccepted(BaseModel):
    """The rebuild that runs."""

    model_config = example(
        {
            "message": "Reconstruction de l'index lancée",
            "workflow_id": REINDEX_ID,
            "status": "running",
            "links": {"status": PATH},
        }
    )

    message: str = "Reconstruction de l'index lancée"
    workflow_id: str = REINDEX_ID
    status: RunStatus = "running"
    links: ReindexLinks = ReindexLinks()


class ReindexProgress(BaseModel):
    """Candidates written into the new index, of those there were when it was begun."""

    loaded: int = 0
    total: int = 0


class ReindexState(BaseModel):
    """`stage` is create, load, catch_up, publish or repair; searches use the new index from repair on."""

    model_config = example(
        {
            "workflow_id": REINDEX_ID,
            "status": "completed",
            "stage": "repair",
            "progress": {"loaded": 4800, "total": 4800},
            "started_at": "2026-03-02T09:14:27.146902Z",
            "completed_at": "2026-03-02T09:15:40.214444Z",
        }
    )

    workflow_id: str = REINDEX_ID
    status: RunStatus
    stage: str | None
    progress: ReindexProgress
    started_at: datetime | None
    completed_at: datetime | None


@router.post(
    PATH,
    status_code=202,
    summary="Rebuild the search index",
    response_description="The rebuild that runs, begun by this call or before",
    responses=documented(401, 403),
)
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


@router.get(
    PATH,
    summary="Follow a rebuild of the search index",
    response_description="How the rebuild stands",
    responses=documented(401, 403, why={404: "`reindex_not_found`: there has been none yet"}),
)
async def reindex_state(parts: Parts, _: AdminCaller) -> ReindexState:
    """The rebuild that runs, else the last one: its stage, and how many candidates are in the new index."""
    described = await describe_run(parts.temporal, REINDEX_ID)
    if described is None:
        raise not_found("Aucune reconstruction de l'index", "reindex_not_found")
    return ReindexState(
        status=_STATUS.get(described.status, "failed"),
        stage=described.typed_search_attributes.get(STAGE),
        progress=ReindexProgress.model_validate((await described.memo()).get("progress", {})),
        started_at=described.start_time,
        completed_at=described.close_time,
    )
