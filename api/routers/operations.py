"""Failed work, towards administrators: what failed and why, and having it run again."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from api.errors import ApiError, documented
from api.fields import Cursor, HttpModel, Limit, Moment, Word, example
from api.operations import retry_work
from api.paging import Page, decode_cursor, encode_cursor
from api.security import AdminCaller
from api.state import Parts, State
from db import failed_work
from db.failed_work import FailedWork, WorkType

router = APIRouter(prefix="/api/v1/operations", tags=["operations"])

RETRY_AFTER = "1"

_NOT_AGAIN = (
    "`job_running`, `job_done`, `job_cancelled`; `file_missing`: the uploaded file is gone; `no_candidate`: the CV was "
    "given to nobody; `parse_not_done`: the parse, `workflow_id`, is to be run again instead"
)

Since = Annotated[Moment | None, Query(description="failed at this moment or later; without zone: UTC")]


class FailedLinks(BaseModel):
    """Where it is run again."""

    retry: str


class FailedItem(BaseModel):
    """`error` is what the owner reads, `error_type` what operators filter by; `retries`: how often it was run again."""

    model_config = example(
        {
            "workflow_id": "7f1f9a52-3c0e-4d7b-9a64-0c3f5d2f8e11",
            "type": "cv",
            "error": "Document illisible",
            "error_type": "DocumentUnreadable",
            "failed_at": "2026-03-02T09:14:31.204000Z",
            "retries": 0,
            "links": {"retry": "/api/v1/operations/7f1f9a52-3c0e-4d7b-9a64-0c3f5d2f8e11/retry"},
        }
    )

    workflow_id: str
    type: WorkType
    error: str | None
    error_type: str | None
    failed_at: datetime
    retries: int
    links: FailedLinks


class RetryLinks(BaseModel):
    """Where the new run is followed."""

    status: str


class RetryAccepted(BaseModel):
    """The job, which runs again under its own id."""

    model_config = example(
        {
            "message": "Relance lancée",
            "workflow_id": "7f1f9a52-3c0e-4d7b-9a64-0c3f5d2f8e11",
            "type": "cv",
            "status": "queued",
            "links": {"status": "/api/result/7f1f9a52-3c0e-4d7b-9a64-0c3f5d2f8e11"},
        }
    )

    message: str = "Relance lancée"
    workflow_id: str
    type: WorkType
    status: str = "queued"
    links: RetryLinks


class RetryMany(HttpModel):
    """What to run again: failures of this `type`; of this `error` (its sentence or its type); since this moment."""

    model_config = example({"type": "cv"}, {"type": "matching", "since": "2026-03-02T00:00:00Z", "limit": 200})

    type: WorkType
    error: Word | None = None
    since: Moment | None = None
    cursor: Annotated[str | None, Field(max_length=200, description="`next_cursor` of the previous answer")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Skipped(BaseModel):
    """What was not run again, and why: `code` and `detail` are those that the retry of it alone answers."""

    workflow_id: str
    code: str
    detail: str


class ManyRetried(BaseModel):
    """`next_cursor` is null once every failure has had its turn; where a call ended early it goes on from there."""

    model_config = example(
        {
            "retried": ["7f1f9a52-3c0e-4d7b-9a64-0c3f5d2f8e11"],
            "skipped": [
                {
                    "workflow_id": "0b4fb7f5-4a0e-4a3e-8b53-6a6a4f3a9d10",
                    "code": "file_missing",
                    "detail": "Le fichier de ce CV n'est plus dans le stockage : il faut le renvoyer",
                }
            ],
            "next_cursor": "WyIyMDI2LTAzLTAyIiwiN2YxZiJd",
        }
    )

    retried: list[str]
    skipped: list[Skipped]
    next_cursor: str | None


@router.get(
    "/failed",
    summary="List failed work",
    response_description="A page of failures, the last first",
    responses=documented(401, 403),
)
async def list_failed(
    parts: Parts,
    _: AdminCaller,
    type: Annotated[WorkType | None, Query(description="cv or matching; both without")] = None,
    since: Since = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[FailedItem]:
    """Parses and matchings that failed, the last first, also those that Temporal has forgotten.

    A matching chained to a failed parse is not listed: it is run again with the parse.
    """
    rows, following = await _failed(parts, type=type, since=since, cursor=cursor, limit=limit)
    return Page(items=[_item(row) for row in rows], next_cursor=following)


@router.post(
    "/retry",
    status_code=202,
    summary="Run failed work again",
    response_description="What runs again, and what does not and why",
    responses=documented(400, 401, 403, 413, 503),
)
async def retry_many(body: RetryMany, parts: Parts, _: AdminCaller) -> ManyRetried:
    """Run failures again, the last first, `limit` of them a call; go on with `next_cursor`.

    Safe to repeat: what runs already or has succeeded since is not started again, what failed again is. An outage ends
    the call early: it answers what it has started by then, and 503 if that is nothing.
    """
    rows, following = await _failed(
        parts, type=body.type, error=body.error, since=body.since, cursor=body.cursor, limit=body.limit
    )
    retried: list[str] = []
    skipped: list[Skipped] = []
    for place, row in enumerate(rows):
        try:
            await retry_work(parts, row.id)
        except Exception as error:
            if isinstance(error, ApiError) and error.status_code != 503:
                skipped.append(Skipped(workflow_id=row.id, code=error.code, detail=error.detail))
            elif retried:  # the call that goes on from here meets the error again
                return ManyRetried(retried=retried, skipped=skipped, next_cursor=_behind(rows[place - 1]))
            else:
                raise
        else:
            retried.append(row.id)
    return ManyRetried(retried=retried, skipped=skipped, next_cursor=following)


@router.post(
    "/{workflow_id}/retry",
    status_code=202,
    summary="Run one failed job again",
    response_description="The job runs again",
    responses=documented(401, 403, 404, 503, why={409: _NOT_AGAIN}),
)
async def retry_one(
    workflow_id: Annotated[Word, Path(description="of a failed parse or matching, as the list has it")],
    parts: Parts,
    _: AdminCaller,
    response: Response,
) -> RetryAccepted:
    """Run a failed parse or matching again: same input, same id, a new run that announces its own end."""
    retried = await retry_work(parts, workflow_id)
    response.headers["Location"] = retried.state_url
    response.headers["Retry-After"] = RETRY_AFTER
    return RetryAccepted(workflow_id=retried.workflow_id, type=retried.type, links=RetryLinks(status=retried.state_url))


async def _failed(
    parts: State,
    *,
    type: WorkType | None,
    since: datetime | None,
    cursor: str | None,
    limit: int,
    error: str | None = None,
) -> tuple[list[FailedWork], str | None]:
    """A page of failed work and the cursor of the next one."""
    after = decode_cursor(cursor, tuple[datetime, str])
    async with parts.database.transaction() as session:
        rows = await failed_work.list_failed(session, type=type, error=error, since=since, after=after, limit=limit + 1)
    page = rows[:limit]
    return page, _behind(page[-1]) if len(rows) > limit else None


def _behind(row: FailedWork) -> str:
    """The cursor that goes on after this one."""
    return encode_cursor([row.failed_at.isoformat(), row.id])


def _item(row: FailedWork) -> FailedItem:
    return FailedItem(
        workflow_id=row.id,
        type=row.type,
        error=row.error,
        error_type=row.error_type,
        failed_at=row.failed_at,
        retries=row.retries,
        links=FailedLinks(retry=f"/api/v1/operations/{row.id}/retry"),
    )
