"""A caller's own searches for job offers: the list of them, deleting one, running one again."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from api.errors import ApiError, documented
from api.fields import Cursor, IdempotencyKey, Limit, example
from api.job_answers import past_search
from api.job_bodies import SearchAccepted, ShownParams, TaskId
from api.job_params import RerunBody
from api.job_requests import start_search
from api.job_status import Facts, decided
from api.paging import Page, decode_cursor, encode_cursor
from api.routers.job_searches import SEARCH_REFUSALS, point_to_status
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

    model_config = example(
        {
            "task_id": "job-search-5a0f0f0e-6a53-4c7e-9f6a-2f1d5b0c7e44",
            "status": "failed",
            "message": "Erreur: Impossible de se connecter aux plateformes",
            "search_params": {
                "keywords": "développeur python",
                "location": "Lyon",
                "job_type": "CDI",
                "work_mode": "hybrid",
                "company": "Atelier Numérique",
                "sources": ["arbeitnow"],
                "radius_km": 10,
                "max_results": 100,
            },
            "count": 0,
            "partial": True,
            "cached": False,
            "sources": {
                "arbeitnow": {"status": "failed", "kept": 0, "error_code": "connect_failed"},
            },
            "created_at": "2026-03-02T09:14:27.499391Z",
            "finished_at": "2026-03-02T09:14:31.402164Z",
            "duration_ms": 3903,
            "rerun_of": "job-search-9d3f2a54-0c0d-4f0e-8a56-7b1e54c6b0aa",
        }
    )

    task_id: str
    status: Literal["processing", "completed", "failed", "cancelled"]
    message: str
    search_params: ShownParams
    count: int
    partial: bool
    cached: bool
    sources: dict[str, PastSource]
    created_at: str
    finished_at: str | None
    duration_ms: int | None
    rerun_of: str | None


@router.get(
    "",
    summary="List one's job searches",
    response_model_exclude_unset=True,
    response_description="A page of searches, the newest first",
    responses=documented(401),
)
async def list_searches(
    parts: Parts,
    caller: AnyCaller,
    status: Annotated[
        Literal["processing", "completed", "failed", "cancelled"] | None, Query(description="only those")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[PastSearch]:
    """The caller's own searches that have begun, the newest first, without their offers. Others see none of them."""
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


@router.delete(
    "/{task_id}",
    status_code=204,
    summary="Delete a job search",
    response_description="Deleted",
    responses=documented(401, 404, why={409: "`search_running`: cancel it first, or try again when it has ended"}),
)
async def delete_search(task_id: TaskId, parts: Parts, caller: AnyCaller) -> None:
    """Remove a search that has ended. Its offers stay in the catalogue."""
    search = await parts.searches.own(task_id, caller.id)
    if not search.is_terminal:
        raise ApiError(409, "search_running", "La recherche est encore en cours")
    async with parts.database.transaction() as session:
        if search.facts is None or not await job_history.delete_search(session, task_id):
            raise ApiError(409, "search_running", "La recherche n'est pas encore close")


@router.post(
    "/{task_id}/rerun",
    status_code=202,
    summary="Run a job search again",
    response_model=SearchAccepted,
    response_model_exclude_unset=True,
    response_description="The new search, with an id of its own",
    responses=documented(400, 401, 413, why=SEARCH_REFUSALS | {404: "`search_not_found`"}),
)
async def rerun_search(
    task_id: TaskId,
    parts: Parts,
    caller: AnyCaller,
    response: Response,
    body: RerunBody | None = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """Start a new search with the parameters of an earlier one. The body may be left out."""
    search = await parts.searches.own(task_id, caller.id)
    params = search.params.model_copy(update={"force_refresh": body is not None and body.force_refresh})
    route = f"{PATH}/{task_id}/rerun"
    answer = await start_search(parts, caller, params, route=route, key=idempotency_key, rerun_of=task_id)
    point_to_status(response, answer["task_id"])
    return answer | {"rerun_of": task_id}
