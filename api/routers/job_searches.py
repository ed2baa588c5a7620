"""Searches for job offers: starting one, watching it, reading what it found, stopping it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from api.errors import documented, ended
from api.feeds import event_stream
from api.fields import IdempotencyKey, LastEventId, Limit
from api.job_answers import status_answer
from api.job_bodies import Arrivals, SearchAccepted, SearchAnswer, SearchCancelling, TaskId
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


SEARCH_REFUSALS = {
    404: "`search_not_found`: this `Idempotency-Key` is that of a search that was deleted",
    422: "`validation_error`; `empty_query`: neither keywords nor a place nor a company; `conflicting_values`; "
    "`no_source_available`, with why for each of `sources`; `idempotency_key_reused`",
    429: "`too_many_searches`: as many run as one user may have at once. `daily_limit`: no more today (UTC). "
    "`Retry-After` says in how many seconds",
}

_EVENTS = """event: source
data: {"source":"arbeitnow","status":"running","counts":{"fetched":0,"kept":0,"filtered":0,"invalid":0,"pages":0}}
id: 1

event: progress
data: {"status":"processing","message":"Scraping en cours... 0 offre trouvée","progress":5,"count":0}

"""


@router.post(
    "/async",
    status_code=202,
    summary="Start a job search",
    response_model=SearchAccepted,
    response_model_exclude_unset=True,
    response_description="The search, which begins at once",
    responses=documented(400, 401, 413, why=SEARCH_REFUSALS),
)
async def search_jobs(
    parts: Parts,
    caller: AnyCaller,
    response: Response,
    query: Annotated[SearchQuery, Query()],
    body: SearchBody | None = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """Search the job sources: by keywords, a place or a company, in the body or as query parameters.

    A field given in both must have one value. Watch `links.events`, or ask `links.status`: offers come while slower
    sources still work, those of the own catalogue first. `location_resolution` says how the place was understood.
    """
    answer = await start_search(parts, caller, search_params(query, body), route=f"{PATH}/async", key=idempotency_key)
    point_to_status(response, answer["task_id"])
    return answer


@router.get(
    "/status/{task_id}",
    summary="Follow a job search",
    response_model=SearchAnswer,
    response_model_exclude_unset=True,
    response_description="How the search stands, with what was found so far",
    responses=documented(401, 404),
)
async def get_search(
    task_id: TaskId,
    parts: Parts,
    caller: AnyCaller,
    response: Response,
    offers: Annotated[Literal["all", "none"], Query(description="none: without the list")] = "all",
) -> dict[str, Any]:
    """How the search stands, with the offers found so far, those of one opening as one.

    `pending` before it begins, `processing`, then `completed` (also with nothing found, or with `partial` results),
    `failed` where no source answered, or `cancelled`. Each source has a state of its own in `sources`.
    """
    search = await parts.searches.own(task_id, caller.id)
    if not search.is_terminal:
        response.headers["Retry-After"] = RETRY_AFTER
    return status_answer(search, with_offers=offers == "all")


@router.get(
    "/{task_id}/offers",
    summary="Read a search's ads in order of arrival",
    response_model=Arrivals,
    response_model_exclude_unset=True,
    response_description="The ads after `after`, the earliest first",
    responses=documented(401, 404),
)
async def list_found_offers(
    task_id: TaskId,
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
    summary="Watch a job search",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "`snapshot`, `source`, `offers` and `progress` events, then `done`",
            "content": {"text/event-stream": {"example": _EVENTS}},
        },
        204: {"description": "`Last-Event-ID` was that of `done`: there is no more to come"},
        **documented(401, 404),
    },
)
async def stream_search(
    task_id: TaskId, parts: Parts, caller: AnyCaller, last_event_id: LastEventId = None
) -> Response:
    """What happens in the search, as it happens: server-sent events. A browser reads them with `fetch`, as its own
    `EventSource` cannot send a token.

    - `snapshot` comes first to whoever has seen nothing: what `GET /api/v1/jobs/search/status/{task_id}` answers.
    - `source`: `{source, status, counts}`, with `error` if it gave up, as a source begins and ends.
    - `offers`: `{source, page, pages_planned, count, from_seq, to_seq, offers}`, the ads of a page, as they arrive.
    - `progress`: `{status, message, progress, count}` after each of these; it alone has no `id`.
    - `done` is the last one: what the status answers, without `offers`.

    Send the `id` last seen as `Last-Event-ID` to go on after it. A silent stream has a comment every 15 seconds and is
    closed after ten minutes; come again then.
    """
    feed = await parts.search_events.feed(task_id, caller.id)
    return await event_stream(feed, last_event_id, parts.settings)


@router.post(
    "/{task_id}/cancel",
    status_code=202,
    summary="Cancel a job search",
    response_model=None,
    responses={
        **ended(SearchAnswer),
        202: {"model": SearchCancelling, "description": "It is being stopped: its status says when it has"},
        **documented(401, 404),
    },
)
async def cancel_search(task_id: TaskId, parts: Parts, caller: AnyCaller, response: Response) -> dict[str, Any]:
    """Stop the search. What it found so far stays; one that has ended already answers 200 and stays as it is."""
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
