"""Failed work, towards administrators: what failed and why, and having it run again."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from api.errors import ApiError, documented
from api.fields import Cursor, HttpModel, Limit, Moment, Word
from api.operations import retry_work
from api.paging import Page, decode_cursor, encode_cursor
from api.security import AdminCaller
from api.state import Parts, State
from db import failed_work
from db.failed_work import FailedWork, WorkType

router = APIRouter(prefix="/api/v1/operations", tags=["operations"])

RETRY_AFTER = "1"

Since = Annotated[Moment | None, Query(description="failed at this moment or later; without zone: UTC")]


class FailedLinks(BaseModel):
    retry: str


class FailedItem(BaseModel):
    """`error` is what the owner reads, `error_type` what operators filter by; `retries`: how often it was run again."""

    workflow_id: str
    type: WorkType
    error: str | None
    error_type: str | None
    failed_at: datetime
    retries: int
    links: FailedLinks


class RetryLinks(BaseModel):
    status: str


class RetryAccepted(BaseModel):
    message: str = "Relance lancée"
    workflow_id: str
    type: WorkType
    status: str = "queued"
    links: RetryLinks


class RetryMany(HttpModel):
    """What to run again: failures of this `type`; of this `error` (its sentence or its type); since this moment."""

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
    """`next_cursor` is null once every failure has had its turn."""

    retried: list[str]
    skipped: list[Skipped]
    next_cursor: str | None


@router.get("/failed", responses=documented(401, 403))
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


@router.post("/retry", status_code=202, responses=documented(400, 401, 403, 413, 503))
async def retry_many(body: RetryMany, parts: Parts, _: AdminCaller) -> ManyRetried:
    """Run failures again, the last first, `limit` of them a call; go on with `next_cursor`.

    Safe to repeat: what runs already or has succeeded since is not started again, what failed again is. 503 while
    Temporal or the object store is away: some may have been started by then.
    """
    rows, following = await _failed(
        parts, type=body.type, error=body.error, since=body.since, cursor=body.cursor, limit=body.limit
    )
    retried: list[str] = []
    skipped: list[Skipped] = []
    for row in rows:
        try:
            await retry_work(parts, row.id)
        except ApiError as refusal:
            if refusal.status_code == 503:
                raise
            skipped.append(Skipped(workflow_id=row.id, code=refusal.code, detail=refusal.detail))
        else:
            retried.append(row.id)
    return ManyRetried(retried=retried, skipped=skipped, next_cursor=following)


@router.post("/{workflow_id}/retry", status_code=202, responses=documented(401, 403, 404, 409, 503))
async def retry_one(workflow_id: Word, parts: Parts, _: AdminCaller, response: Response) -> RetryAccepted:
    """Run a failed parse or matching again: same input, same id, a new run that announces its own end.

    409 tells why not: `job_running`, `job_done`, `job_cancelled`; `file_missing` when the uploaded file is gone;
    `parse_not_done` for a matching whose parse is to be run again instead, named by `workflow_id`.
    """
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
    following = encode_cursor([page[-1].failed_at.isoformat(), page[-1].id]) if len(rows) > limit else None
    return page, following


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
