"""Following a matching job: its state, its score or ranking, its webhook deliveries."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from api.errors import ApiError, documented
from api.fields import Cursor, Limit
from api.match_answers import explained_result, ranking, ranking_lines
from api.matching_jobs import JobId, MatchingResultAnswer, MatchingState
from api.matching_status import find_job
from api.paging import Page
from api.security import AnyCaller
from api.state import Parts, State
from api.webhook_log import DeliveryAnswer, deliveries
from db import match_ranking
from db.tables import MatchingJob

router = APIRouter(prefix="/api/v1", tags=["matching"])

_CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The explained score, a page of the ranking, or with `format=csv` the whole ranking as a French "
        "spreadsheet opens it: UTF-8 with a byte order mark, semicolons, decimal commas",
        "content": {"text/csv": {"schema": {"type": "string"}}},
    }
}


@router.get(
    "/status/{job_id}",
    summary="Follow a matching",
    response_model=MatchingState,
    response_model_exclude_unset=True,
    response_description="Where the job stands",
    responses=documented(401, 404, 503),
)
async def get_matching_status(job_id: JobId, parts: Parts, caller: AnyCaller) -> dict[str, Any]:
    """`queued`, `processing`, `completed`, `failed` or `cancelled`; for a bulk, how many pairs are decided.

    The id of a pair that a bulk holds answers too: queued until it has a score, failed when it cannot have one.
    `progress.total` is 0 until the scoring of `all_open` or `all_validated` begins.
    """
    found = await find_job(parts, job_id, caller)
    answer: dict[str, Any] = {"job_id": job_id, "status": found.status}
    if found.request is not None and found.request.is_bulk:
        async with parts.database.transaction() as session:
            done = (await match_ranking.counts(session, found.request.id)).decided
        answer["progress"] = _progress(found.request, done, ended=found.status == "completed")
    return answer


@router.get(
    "/result/{job_id}",
    summary="Read a score or a ranking",
    response_model=MatchingResultAnswer,
    response_model_exclude_unset=True,
    responses={
        **_CSV,
        **documented(401, 404, 503, why={422: "`bad_cursor`; `not_a_ranking`: a pair has no spreadsheet; a bad value"}),
    },
)
async def get_matching_result(
    job_id: JobId,
    parts: Parts,
    caller: AnyCaller,
    cursor: Cursor = None,
    limit: Limit = 50,
    format: Annotated[
        Literal["json", "csv"], Query(description="csv: the whole ranking of a bulk, whatever `cursor` and `limit`")
    ] = "json",
) -> dict[str, Any] | Response:
    """The explained score of a pair, or a bulk's ranking, best first and readable while it runs.

    While pairs are still being scored, ranks are those among the pairs scored by then: a `cursor` goes on behind the
    last line that was read, repeats none, and leaves out what has come in before it meanwhile. `errors` lists the first
    200 pairs without a score, of `errors_total`. A pair's explanation is stored for the best of a ranking and made when
    it is read for the others, as long as profile and offer are unchanged; `explanation_unavailable` says why not. It is
    for those who see the candidate: who asked and does not any more reads that the pair has failed.
    """
    found = await find_job(parts, job_id, caller)
    request, status = found.request, found.status
    if format == "csv":
        if request is None or not request.is_bulk:
            raise ApiError(422, "not_a_ranking", "Seul le classement d'un lot s'exporte en CSV")
        return _spreadsheet(parts, request)
    answer: dict[str, Any] = {"job_id": job_id, "status": status, "result": None}
    if request is not None and request.is_bulk:
        answer["result"] = await ranking(parts, request, cursor, limit)
    elif found.score is not None:
        answer["result"] = await explained_result(parts, found.score)
    if status == "failed":
        answer["error"] = found.error
    return answer


@router.get(
    "/result/{job_id}/deliveries",
    summary="Read the webhook deliveries of a matching",
    response_description="The last 100 deliveries, the oldest first; empty where no webhook was asked for",
    responses=documented(401, 404),
)
async def get_matching_deliveries(job_id: JobId, parts: Parts, caller: AnyCaller) -> Page[DeliveryAnswer]:
    """When the result was sent to the webhook of the caller's request, and what was answered to each try."""
    await find_job(parts, job_id, caller)
    return Page(items=await deliveries(parts, job_id, caller))


def _progress(request: MatchingJob, done: int, *, ended: bool) -> dict[str, int]:
    """Pairs decided; `percent` is 100 only when all of them are."""
    total = request.pairs
    return {"done": done, "total": total, "percent": 100 * done // total if total else 100 * ended}


def _spreadsheet(parts: State, request: MatchingJob) -> StreamingResponse:
    return StreamingResponse(
        ranking_lines(parts, request),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="classement-{request.id}.csv"'},
    )
