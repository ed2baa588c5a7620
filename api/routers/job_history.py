"""A caller's own searches for job offers: the list of them, deleting one, running one again."""

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.errors import ApiError, documented
from api.fields import Cursor, IdempotencyKey, Limit
from api.job_answers import past_search
from api.job_params import RerunBody
from api.job_requests import start_search
from api.job_status import Facts, decided
from api.paging import Page, decode_cursor, encode_cursor
from api.routers.job_searches import point_to_status
from api.security import AnyCaller
from api.state import Parts
from db import job_history

PATH = "/api/v1/jobs/searches"

router = APIRouter(prefix=PATH, tags=["jobs"])


class PastSource(BaseModel):
    """What a source came to in a search."""

    status: str
    kept: int
    error_code: str | None


class PastSearch(BaseModel):
    """A search as it stands, without its offers."""

    task_id: str
    status: Literal["processing", "completed", "failed", "cancelled"]
    message: str
    search_params: dict[str, Any]
    count: int
    partial: bool
    cached: bool
    sources: dict[str, PastSource]
    created_at: str
    finished_at: str | None
    duration_ms: int | None
    rerun_of: str | None


@router.get("", responses=documented(401))
async def list_searches(
    parts: Parts,
    caller: AnyCaller,
    status: Literal["processing", "completed", "failed", "cancelled"] | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[PastSearch]:
    """The caller's own searches that have begun, the newest first."""
    after = decode_cursor(cursor, tuple[datetime, str])
    async with parts.database.transaction() as session:
        rows = await job_history.list_searches(session, caller.id, status=status, after=after, limit=limit + 1)
        sources = await job_history.sources_by_search(session, [row.task_id for row in rows])
    shown = rows[:limit]
    items = []
    for row in shown:
        by_name = {source.source: source for source in sources[row.task_id]}
        is_decided = row.outcome is not None
        search = decided(Facts(row, by_name)) if is_decided else await parts.searches.read(row.task_id)
        if search is not None and status in (None, search.state):  # it may have ended meanwhile, or been deleted
            items.append(PastSearch.model_validate(past_search(search)))
    last = shown[-1] if len(rows) > limit else None
    return Page(items=items, next_cursor=encode_cursor([last.created_at.isoformat(), last.task_id]) if last else None)


@router.delete("/{task_id}", status_code=204, responses=documented(401, 404, 409))
async def delete_search(task_id: str, parts: Parts, caller: AnyCaller) -> None:
    """Remove a search that has ended. Its offers stay in the catalogue."""
    search = await parts.searches.own(task_id, caller.id)
    if not search.is_terminal:
        raise ApiError(409, "search_running", "La recherche est encore en cours")
    async with parts.database.transaction() as session:
        if search.facts is None or not await job_history.delete_search(session, task_id):
            raise ApiError(409, "search_running", "La recherche n'est pas encore close")


@router.post("/{task_id}/rerun", status_code=202, responses=documented(400, 401, 404, 413, 429))
async def rerun_search(
    task_id: str,
    parts: Parts,
    caller: AnyCaller,
    response: Response,
    body: RerunBody | None = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """Start a new search with the parameters of an earlier one."""
    search = await parts.searches.own(task_id, caller.id)
    params = search.params.model_copy(update={"force_refresh": body is not None and body.force_refresh})
    route = f"{PATH}/{task_id}/rerun"
    answer = await start_search(parts, caller, params, route=route, key=idempotency_key, rerun_of=task_id)
    point_to_status(response, answer["task_id"])
    return answer | {"rerun_of": task_id}
