"""Asking for scores, and taking it back: one pair, or one side with many."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.errors import documented, ended, forbidden
from api.fields import IdempotencyKey
from api.matching_bodies import BulkBody, PairBody, Queue
from api.matching_checks import check_candidates, check_offers, check_parse, check_webhook
from api.matching_jobs import BulkAccepted, JobId, MatchingAccepted, MatchingCancelling
from api.matching_requests import submit
from api.matching_status import Status, find_job
from api.routers.candidates import visible_candidate
from api.runs import cancel_run, request_uuid
from api.security import AnyCaller
from api.state import Parts, State
from db import match_results, matching, offers
from db.tables import Candidate, MatchingResult
from domain.ids import bulk_job_id, pair_job_id
from domain.matching import ALGORITHM_VERSION

router = APIRouter(prefix="/api/v1", tags=["matching"])

RETRY_AFTER = "1"

_PRIORITY = "the line it waits in: high goes before standard, standard before bulk"

Force = Annotated[bool, Query(description="score anew although neither side has changed; the scores before stay")]


_CONFLICTS = {
    409: "`no_profile`: the candidate has no profile yet. `job_running`: the pair is being scored for a request "
    "without this webhook, parse to wait for, or `force`: try again when `workflow_id` has ended"
}


@router.post(
    "/queue-matching",
    status_code=202,
    summary="Score a candidate for an offer",
    response_model=MatchingAccepted,
    response_model_exclude_unset=True,
    response_description="The job: to be computed, or `completed` where nothing has changed since the stored score",
    responses=documented(400, 401, 403, 404, 413, 503, why=_CONFLICTS),
)
async def queue_pair(
    body: PairBody,
    parts: Parts,
    caller: AnyCaller,
    response: Response,
    priority: Annotated[Queue, Query(description=_PRIORITY)] = "matching_standard",
    force: Force = False,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """Score one pair: `job_id` in the body is the offer's id, `job_id` in the answer that of the job.

    Asked again while it runs, the running job answers; with nothing changed, the stored score, without a new
    computation. Follow `links.status`, then read `links.result`.
    """
    candidate = await visible_candidate(parts, body.candidate_id, caller)
    await check_parse(parts, body.depends_on, candidate, caller)
    await check_offers(parts, [body.job_id])
    await check_webhook(parts, body.webhook_url)
    job_id = pair_job_id(body.candidate_id, body.job_id)
    stored = None
    if body.webhook_url is None and body.depends_on is None and not force:
        stored = await _current_score(parts, candidate, body.job_id)
    if stored is None:
        request_id = request_uuid(caller, "/api/v1/queue-matching", idempotency_key)
        ids = ([body.candidate_id], [body.job_id])
        await submit(parts, caller, request_id, job_id, body, priority, *ids, force=force)
    message = f"Calcul de matching mis en file d'attente pour le candidat {body.candidate_id} et l'offre {body.job_id}"
    return _accepted(response, job_id, priority, message, "completed" if stored else "queued")


@router.post(
    "/queue-matching/bulk",
    status_code=202,
    summary="Rank many offers for a candidate, or many candidates for an offer",
    response_model=BulkAccepted,
    response_model_exclude_unset=True,
    response_description="The job, whose result is the ranking",
    responses=documented(400, 401, 403, 404, 413, 503, why=_CONFLICTS),
)
async def queue_bulk(
    body: BulkBody,
    parts: Parts,
    caller: AnyCaller,
    response: Response,
    priority: Annotated[Queue, Query(description=_PRIORITY)] = "matching_bulk",
    force: Force = False,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """Score one candidate with many offers, or one offer with many candidates, and rank the pairs.

    Give `candidate_id` with `job_ids` (ids of offers) or `all_open`, or `offer_id` with `candidate_ids` or
    `all_validated`; 10,000 ids at most. The ranking can be read at `links.result` while it grows.

    `jobs` has the id of each pair that was listed; there is none with `all_open` and `all_validated`, which stand for
    what there is when scoring begins. Candidates rank offers for themselves; `all_validated` is for everybody else.
    """
    if body.all_validated and caller.role == "candidate":
        raise forbidden()
    await check_candidates(parts, body.people, body.depends_on, caller)
    await check_offers(parts, body.offer_ids)
    await check_webhook(parts, body.webhook_url)
    request_id = request_uuid(caller, "/api/v1/queue-matching/bulk", idempotency_key)
    job_id = bulk_job_id(request_id)
    await submit(parts, caller, request_id, job_id, body, priority, body.people, body.offer_ids, force=force)
    answer = _accepted(response, job_id, priority, _bulk_message(body), "queued")
    if body.selection is None:
        answer["jobs"] = [
            {"job_id": pair_job_id(c, o), **({"candidate_id": c} if body.offer_id is not None else {"offer_id": o})}
            for c in body.people
            for o in body.offer_ids
        ]
    return answer


@router.post(
    "/matching/{job_id}/cancel",
    status_code=202,
    summary="Cancel a matching",
    response_model=MatchingCancelling,
    response_description="It is being stopped: its status says when it has",
    responses={**ended(MatchingCancelling), **documented(401, 403, 404, 503)},
)
async def cancel_matching(job_id: JobId, parts: Parts, caller: AnyCaller, response: Response) -> dict[str, Any]:
    """Ask a job of one's own to stop.

    200 for a job that has ended already, and for a pair that is part of a bulk: it is the bulk that can be cancelled.
    """
    found = await find_job(parts, job_id, caller)
    request, status = found.request, found.status
    if status not in ("queued", "processing"):
        response.status_code = 200
        return {"job_id": job_id, "status": status, "message": "Calcul déjà terminé"}
    if request is None:
        response.status_code = 200
        return {"job_id": job_id, "status": status, "message": "Calcul compris dans un lot : annulez le lot"}
    if not caller.owns(request.owner):
        raise forbidden()
    if request.parse_job_id is not None and request.started_at is None:
        async with parts.database.transaction() as session:  # its run begins after the parse, and finds it decided
            await matching.close_request(session, request.id, outcome="cancelled", error=None, kind=None)
    await cancel_run(parts.temporal, job_id)
    return {"job_id": job_id, "status": status, "message": "Annulation en cours..."}


def _accepted(response: Response, job_id: str, queue: Queue, message: str, status: Status) -> dict[str, Any]:
    response.headers["Location"] = f"/api/v1/status/{job_id}"
    response.headers["Retry-After"] = RETRY_AFTER
    links = {
        "status": f"/api/v1/status/{job_id}",
        "result": f"/api/v1/result/{job_id}",
        "cancel": f"/api/v1/matching/{job_id}/cancel",
    }
    return {"job_id": job_id, "status": status, "queue": queue, "message": message, "links": links}


def _bulk_message(body: BulkBody) -> str:
    if body.all_open:
        return "Calculs de matching mis en file d'attente pour toutes les offres ouvertes"
    if body.all_validated:
        return "Calculs de matching mis en file d'attente pour tous les candidats validés"
    count = len(body.people) * len(body.offer_ids)
    return f"{count} calculs de matching mis en file d'attente" if count > 1 else "1 calcul mis en file d'attente"


async def _current_score(parts: State, candidate: Candidate, offer_id: int) -> MatchingResult | None:
    async with parts.database.transaction() as session:
        offer = await offers.get_offer(session, offer_id)
        if offer is None:
            return None
        versions = (candidate.profile_version, offer.version)
        return await match_results.score_at(session, (candidate.id, offer_id), versions, ALGORITHM_VERSION)
