"""Searches for job offers: starting one, watching it, reading what it found, stopping it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse

from api.errors import ENDED, documented
from api.feeds import event_stream
from api.fields import IdempotencyKey, Limit
from api.job_answers import status_answer
from api.job_offers import arrival
from api.job_params import SearchBody, SearchQuery, search_params
from api.job_requests import PATH, search_links, start_search
from api.runs import cancel_run
from api.security import AnyCaller
from api.state import Parts
from db import job_results
from domain.ids import MAX_ID
from domain.search_outcome import CANCELLING

router = APIRouter(prefix=PATH, tags=["jobs"])

RETRY_AFTER = "2"


@router.post("/async", status_code=202, responses=documented(400, 401, 404, 413, 429))
async def search_jobs(
    parts: Parts,
    caller: AnyCaller,
    response: Response,
    query: Annotated[SearchQuery, Query()],
    body: SearchBody | None = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """Search the job sources. A field given as a query parameter and in the body must have one value."""
    answer = await start_search(parts, caller, search_params(query, body), route=f"{PATH}/async", key=idempotency_key)
    point_to_status(response, answer["task_id"])
    return answer


@router.get("/status/{task_id}", responses=documented(401, 404))
async def get_search(
    task_id: str,
    parts: Parts,
    caller: AnyCaller,
    response: Response,
    offers: Annotated[Literal["all", "none"], Query(description="none: without the list")] = "all",
) -> dict[str, Any]:
    """How the search stands, with the offers found so far, those of one opening as one."""
    search = await parts.searches.own(task_id, caller.id)
    if not search.is_terminal:
        response.headers["Retry-After"] = RETRY_AFTER
    return status_answer(search, with_offers=offers == "all")


@router.get("/{task_id}/offers", responses=documented(401, 404))
async def list_found_offers(
    task_id: str,
    parts: Parts,
    caller: AnyCaller,
    after: Annotated[int, Query(ge=0, le=MAX_ID, description="`meta.after` of the previous answer")] = 0,
    limit: Limit = 50,
) -> dict[str, Any]:
    """The ads found, in order of arrival; also while the search runs. None is skipped or repeated by reading on."""
    search = await parts.searches.own(task_id, caller.id)
    async with parts.database.transaction() as session:
        ads = await job_results.found_ads(session, task_id, after=after, limit=limit + 1)
    shown = ads[:limit]
    return {
        "offers": [arrival(ad) for ad in shown],
        "meta": {
            "after": shown[-1].seq if shown else after,
            "has_more": len(ads) > limit,
            "terminal": search.is_terminal,
        },
    }


@router.get(
    "/{task_id}/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}, 204: {"description": "ended"}, **documented(401, 404)},
)
async def stream_search(
    task_id: str, parts: Parts, caller: AnyCaller, last_event_id: Annotated[str | None, Header()] = None
) -> Response:
    """What happens in the search, as it happens: `snapshot`, `source`, `offers`, `progress`, `done`."""
    feed = await parts.search_events.feed(task_id, caller.id)
    return await event_stream(feed, last_event_id, parts.settings)


@router.post("/{task_id}/cancel", status_code=202, responses={**ENDED, **documented(401, 404)})
async def cancel_search(task_id: str, parts: Parts, caller: AnyCaller, response: Response) -> dict[str, Any]:
    """Stop the search. What it found so far stays; one that has ended stays as it is."""
    search = await parts.searches.own(task_id, caller.id)
    if search.is_terminal:
        response.status_code = 200
        return status_answer(search, with_offers=False)
    await cancel_run(parts.temporal, task_id)
    parts.searches.runs.forget(task_id)
    point_to_status(response, task_id)
    return {"task_id": task_id, "status": "processing", "message": CANCELLING}


def point_to_status(response: Response, task_id: str) -> None:
    """Say where and when to ask how the search stands."""
    response.headers["Location"] = search_links(task_id)["status"]
    response.headers["Retry-After"] = RETRY_AFTER
