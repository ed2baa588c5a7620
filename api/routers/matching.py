"""Matching: ask for scores, follow the job, read the ranking or the explained score."""

import asyncio
import hashlib
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from pydantic import Field, model_validator
from temporalio.common import WorkflowIDReusePolicy

from adapters.webhooks import AddressRefused
from api.errors import ApiError, documented, forbidden, invalid, not_found, unavailable
from api.fields import Cursor, HttpModel, Id, Limit, Word
from api.matching_status import Status, request_error, request_status
from api.paging import Page, decode_cursor, encode_cursor
from api.routers.candidates import visible_candidate
from api.runs import cancel_run, request_uuid, serves_request, start_run
from api.security import AnyCaller, Caller
from api.state import Parts, State
from api.visibility import visible_among
from api.webhook_log import DeliveryAnswer, deliveries
from db import candidates, cv_jobs, matching, offers
from db.tables import Candidate, MatchingJob, MatchingResult
from domain.ids import bulk_job_id, pair_job_id, pair_of
from domain.matching import ALGORITHM_VERSION
from workflows.contracts import BATCH, PREMIUM, STANDARD, MatchCandidateInput
from workflows.match_candidate import MatchCandidateWorkflow

router = APIRouter(prefix="/api/v1", tags=["matching"])

Queue = Literal["matching_high", "matching_standard", "matching_bulk"]

_PRIORITY_KEYS: dict[Queue, int] = {"matching_high": PREMIUM, "matching_standard": STANDARD, "matching_bulk": BATCH}

MAX_PAIRS = 10_000
RETRY_AFTER = "1"

ENDING_TRIES, ENDING_SECONDS = 40, 0.05
"""How long a new request for a pair waits for the run before it, whose score is stored, to close."""

WebhookUrl = Annotated[str, Field(max_length=2000)]


class PairBody(HttpModel):
    """One candidate with one offer; `job_id` is the offer's id. `depends_on`: a parse to wait for."""

    candidate_id: Id
    job_id: Id
    webhook_url: WebhookUrl | None = None
    depends_on: UUID | None = None


class BulkBody(HttpModel):
    """One candidate with many offers (`job_ids`), or one offer with many candidates."""

    candidate_id: Id | None = None
    job_ids: Annotated[list[Id], Field(min_length=1, max_length=MAX_PAIRS)] | None = None
    offer_id: Id | None = None
    candidate_ids: Annotated[list[Id], Field(min_length=1, max_length=MAX_PAIRS)] | None = None
    webhook_url: WebhookUrl | None = None
    depends_on: UUID | None = None

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        one_candidate = self.candidate_id is not None and self.job_ids is not None
        one_offer = self.offer_id is not None and self.candidate_ids is not None
        given = [self.candidate_id, self.job_ids, self.offer_id, self.candidate_ids]
        if one_candidate == one_offer or sum(value is not None for value in given) != 2:
            raise ValueError("give candidate_id and job_ids, or offer_id and candidate_ids")
        if one_offer and self.depends_on is not None:
            raise ValueError("depends_on needs a candidate_id")
        return self


@router.post("/queue-matching", status_code=202, responses=documented(400, 401, 404, 409, 413))
async def queue_pair(
    body: PairBody,
    parts: Parts,
    caller: AnyCaller,
    response: Response,
    priority: Annotated[Queue, Query()] = "matching_standard",
    idempotency_key: Annotated[Word | None, Header()] = None,
) -> dict[str, Any]:
    """Score one pair. Asked again while it runs, the running job answers; with nothing changed, the stored score."""
    candidate = await visible_candidate(parts, body.candidate_id, caller)
    await _check_parse(parts, body.depends_on, candidate, caller)
    await _check_offers(parts, [body.job_id])
    await _check_webhook(parts, body.webhook_url)
    job_id = pair_job_id(body.candidate_id, body.job_id)
    stored = None
    if body.webhook_url is None and body.depends_on is None:
        stored = await _current_score(parts, candidate, body.job_id)
    if stored is None:
        request_id = request_uuid(caller, "/api/v1/queue-matching", idempotency_key)
        await _submit(parts, caller, request_id, job_id, body, priority, [body.candidate_id], [body.job_id])
    message = f"Calcul de matching mis en file d'attente pour le candidat {body.candidate_id} et l'offre {body.job_id}"
    return _accepted(response, job_id, priority, message, "completed" if stored else "queued")


@router.post("/queue-matching/bulk", status_code=202, responses=documented(400, 401, 404, 409, 413))
async def queue_bulk(
    body: BulkBody,
    parts: Parts,
    caller: AnyCaller,
    response: Response,
    priority: Annotated[Queue, Query()] = "matching_bulk",
    idempotency_key: Annotated[Word | None, Header()] = None,
) -> dict[str, Any]:
    """Score one candidate with many offers, or one offer with many candidates, and rank the pairs."""
    offer_ids = list(dict.fromkeys(body.job_ids or [body.offer_id or 0]))
    candidate_ids = list(dict.fromkeys(body.candidate_ids or [body.candidate_id or 0]))
    await _check_candidates(parts, candidate_ids, body.depends_on, caller)
    await _check_offers(parts, offer_ids)
    await _check_webhook(parts, body.webhook_url)
    request_id = request_uuid(caller, "/api/v1/queue-matching/bulk", idempotency_key)
    job_id = bulk_job_id(request_id)
    await _submit(parts, caller, request_id, job_id, body, priority, candidate_ids, offer_ids)
    count = len(candidate_ids) * len(offer_ids)
    message = f"{count} calculs de matching mis en file d'attente" if count > 1 else "1 calcul mis en file d'attente"
    answer = _accepted(response, job_id, priority, message, "queued")
    one_offer = body.offer_id is not None
    answer["jobs"] = [
        {"job_id": pair_job_id(c, o), **({"candidate_id": c} if one_offer else {"offer_id": o})}
        for c in candidate_ids
        for o in offer_ids
    ]
    return answer


@router.get("/status/{job_id}", responses=documented(401, 404, 503))
async def get_status(job_id: str, parts: Parts, caller: AnyCaller) -> dict[str, Any]:
    """queued, processing, completed, failed or cancelled; for bulk, how many pairs are decided."""
    request, _, status = await _find(parts, job_id, caller)
    answer: dict[str, Any] = {"job_id": job_id, "status": status}
    if request is not None and request.is_bulk:
        total = max(len(request.candidate_ids), 1) * len(request.offer_ids)
        async with parts.database.transaction() as session:
            done = await matching.count_pairs(session, request.id)
        answer["progress"] = {"done": done, "total": total, "percent": round(100 * done / total) if total else 100}
    return answer


@router.get("/result/{job_id}", responses=documented(401, 404, 503))
async def get_result(
    job_id: str, parts: Parts, caller: AnyCaller, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """The explained score of a pair, or a bulk's ranking, best first and readable while it runs."""
    request, score, status = await _find(parts, job_id, caller)
    answer: dict[str, Any] = {"job_id": job_id, "status": status, "result": None}
    if request is not None and request.is_bulk:
        answer["result"] = await _ranking(parts, request, cursor, limit)
    elif score is not None and status == "completed":
        answer["result"] = matching.pair_result(score)
    elif request is not None and status == "completed":
        async with parts.database.transaction() as session:
            failed = await matching.failed_pairs(session, request.id)
        if failed:  # without one, the score went with its offer
            return {"job_id": job_id, "status": "failed", "result": None, "error": failed[0].error}
    if status == "failed" and request is not None:
        answer["error"] = await request_error(parts, request)
    return answer


@router.post("/matching/{job_id}/cancel", status_code=202, responses=documented(401, 404, 503))
async def cancel_matching(job_id: str, parts: Parts, caller: AnyCaller, response: Response) -> dict[str, Any]:
    """Ask a job to stop; one that has ended already answers 200 with how it ended."""
    request, _, status = await _find(parts, job_id, caller)
    if status not in ("queued", "processing"):
        response.status_code = 200
        return {"job_id": job_id, "status": status, "message": "Calcul déjà terminé"}
    if request is None:
        response.status_code = 200
        return {"job_id": job_id, "status": status, "message": "Calcul compris dans un lot : annulez le lot"}
    if request.parse_job_id is not None and request.started_at is None:
        async with parts.database.transaction() as session:  # its run begins after the parse, and finds it decided
            await matching.close_request(session, request.id, outcome="cancelled", error=None, kind=None)
    await cancel_run(parts.temporal, job_id)
    return {"job_id": job_id, "status": status, "message": "Annulation en cours..."}


@router.get("/result/{job_id}/deliveries", responses=documented(401, 404))
async def get_deliveries(job_id: str, parts: Parts, caller: AnyCaller) -> Page[DeliveryAnswer]:
    """The webhook deliveries of the job, with each attempt."""
    await _find(parts, job_id, caller)
    return Page(items=await deliveries(parts, job_id, caller))


def _accepted(response: Response, job_id: str, queue: Queue, message: str, status: Status) -> dict[str, Any]:
    response.headers["Location"] = f"/api/v1/status/{job_id}"
    response.headers["Retry-After"] = RETRY_AFTER
    links = {
        "status": f"/api/v1/status/{job_id}",
        "result": f"/api/v1/result/{job_id}",
        "cancel": f"/api/v1/matching/{job_id}/cancel",
    }
    return {"job_id": job_id, "status": status, "queue": queue, "message": message, "links": links}


async def _submit(
    parts: State,
    caller: Caller,
    request_id: UUID,
    job_id: str,
    body: PairBody | BulkBody,
    queue: Queue,
    candidate_ids: list[int],
    offer_ids: list[int],
) -> None:
    """Write the request row and start its run. A pair that runs already is joined, and the row taken back.

    Raises 409 when joining would lose what this request wants beyond the score: its webhook, or the wait for a parse.
    """
    request_hash = hashlib.sha256(f"{queue}:{body.model_dump_json()}".encode()).hexdigest()
    async with parts.database.transaction() as session:
        added = await matching.add_request(
            session,
            {
                "id": request_id,
                "job_id": job_id,
                "owner": caller.id,
                "request_hash": request_hash,
                "priority": _PRIORITY_KEYS[queue],
                "candidate_ids": candidate_ids,
                "offer_ids": offer_ids,
                "depends_on": body.depends_on,
                "webhook_url": body.webhook_url,
            },
        )
        existing = None if added else await matching.get_request(session, request_id)
    if existing is not None and existing.request_hash != request_hash:
        raise ApiError(422, "idempotency_key_reused", "Idempotency-Key déjà utilisée pour une autre demande")
    if existing is not None and existing.outcome is not None:
        return
    try:
        started = await _start(parts, caller, request_id, job_id, body, queue)
    except ApiError:
        await _take_back(parts, job_id, request_id, added=added)
        raise
    if not started and await _take_back(parts, job_id, request_id, added=added):
        await _check_joined(parts, caller, job_id, body)


async def _start(
    parts: State, caller: Caller, request_id: UUID, job_id: str, body: PairBody | BulkBody, queue: Queue
) -> bool:
    """Start the run; False when the pair runs already. A run that has decided its request is let to end first."""
    for _ in range(ENDING_TRIES):
        if await start_run(
            parts.temporal,
            MatchCandidateWorkflow.run,
            MatchCandidateInput(request_id=request_id, depends_on=body.depends_on is not None),
            id=job_id,
            queue=parts.queue,
            priority=_PRIORITY_KEYS[queue],
            caller=caller,
            reuse=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            request=request_id,
        ):
            return True
        async with parts.database.transaction() as session:
            running = await matching.newest_request(session, job_id, but=request_id)
        if running is None or running.outcome is None:
            return False
        await asyncio.sleep(ENDING_SECONDS)  # what it scored may be older than what is asked for now
    raise unavailable("job_ending", "Le calcul précédent de cette paire se termine")


async def _check_joined(parts: State, caller: Caller, job_id: str, body: PairBody | BulkBody) -> None:
    """Whether the run that was joined does what this request wants beyond the score."""
    if body.webhook_url is None and body.depends_on is None:
        return
    async with parts.database.transaction() as session:
        running = await matching.newest_request(session, job_id)
    wanted = (caller.id, body.webhook_url, body.depends_on)
    if running is None or (running.owner, running.webhook_url, running.depends_on) != wanted:
        detail = "Ce calcul est déjà en cours pour une autre demande : réessayez quand il sera terminé"
        raise ApiError(409, "job_running", detail, workflow_id=job_id)


async def _take_back(parts: State, job_id: str, request_id: UUID, *, added: bool) -> bool:
    """Remove the row of a request that no run serves, for certain: another one runs under this id, or none."""
    if not added or await serves_request(parts.temporal, job_id, request_id) is not False:
        return False
    async with parts.database.transaction() as session:
        await matching.remove_request(session, request_id)
    return True


async def _check_parse(parts: State, parse_id: UUID | None, candidate: Candidate, caller: Caller) -> None:
    """The parse waited for must be the caller's and this candidate's; without one the candidate needs a profile."""
    if parse_id is None:
        if candidate.profile is None:
            raise ApiError(409, "no_profile", f"Le candidat {candidate.id} n'a pas de profil")
        return
    async with parts.database.transaction() as session:
        job = await cv_jobs.get_job(session, parse_id)
    if job is None or job.erased_at is not None or not caller.owns(job.owner):
        raise not_found(f"Aucun job ou résultat trouvé pour l'ID: {parse_id}", "job_not_found")
    if job.candidate_id not in (None, candidate.id) or job.linked_candidate_id not in (None, candidate.id):
        raise invalid("depends_on", "Ce CV a été déposé pour un autre candidat", "other_candidate")
    if job.linked_candidate_id is None and not caller.holds(candidate):
        raise forbidden()


async def _check_candidates(parts: State, candidate_ids: list[int], depends_on: UUID | None, caller: Caller) -> None:
    async with parts.database.transaction() as session:
        found = await candidates.access_by_id(session, candidate_ids)
        visible = await visible_among(session, found, caller)
    unknown = [c for c in candidate_ids if c not in visible]
    if unknown:
        raise not_found("Candidats introuvables", "candidates_not_found", ids=unknown)
    if len(candidate_ids) == 1:
        await _check_parse(parts, depends_on, await visible_candidate(parts, candidate_ids[0], caller), caller)


async def _check_offers(parts: State, offer_ids: list[int]) -> None:
    async with parts.database.transaction() as session:
        unknown = await offers.unknown_offers(session, offer_ids)
    if unknown:
        raise not_found("Offres introuvables", "offers_not_found", ids=unknown)


async def _check_webhook(parts: State, url: str | None) -> None:
    if url is not None:
        try:
            await parts.webhooks.check(url)
        except AddressRefused as error:
            raise invalid("webhook_url", str(error), "webhook_refused") from None


async def _current_score(parts: State, candidate: Candidate, offer_id: int) -> MatchingResult | None:
    async with parts.database.transaction() as session:
        offer = await offers.get_offer(session, offer_id)
        if offer is None:
            return None
        versions = (candidate.profile_version, offer.version)
        return await matching.score_at(session, (candidate.id, offer_id), versions, ALGORITHM_VERSION)


async def _find(parts: State, job_id: str, caller: Caller) -> tuple[MatchingJob | None, MatchingResult | None, Status]:
    """The request made under this id (or the score of a pair asked for elsewhere) and where it stands; else 404."""
    pair = pair_of(job_id)
    async with parts.database.transaction() as session:
        may_exist = len(job_id) <= 100 and "\x00" not in job_id
        request = await matching.newest_request(session, job_id) if may_exist else None
        score = await matching.newest_score(session, *pair) if pair else None
        bulk = await matching.holds_pair(session, *pair) if pair and request is None and score is None else None
        candidate = await candidates.access_by_id(session, [pair[0]]) if pair else {}
        sees_pair = bool(await visible_among(session, candidate, caller))
    if score is not None and sees_pair and request is not None and request.outcome in ("failed", "cancelled"):
        return None, score, "completed"  # what came of the last request does not take the pair's score away
    if request is not None and (sees_pair or caller.owns(request.owner)):
        return request, score, await request_status(parts, request)
    if score is not None and sees_pair:
        return None, score, "completed"
    if bulk is not None and (sees_pair or caller.owns(bulk.owner)):
        return None, None, await request_status(parts, bulk)
    raise not_found(f"Job avec l'ID {job_id[:100]} non trouvé", "job_not_found")


async def _ranking(parts: State, request: MatchingJob, cursor: str | None, limit: int) -> dict[str, Any]:
    place = decode_cursor(cursor, tuple[int, float, int, int])
    after = matching.RankPosition(*place) if place else None
    async with parts.database.transaction() as session:
        rows = await matching.ranked_pairs(session, request.id, limit=limit + 1, after=after)
        total = await matching.count_scored(session, request.id)
        failed = await matching.failed_pairs(session, request.id)
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return {
        "items": [matching.ranked_item(row) for row in shown],
        "next_cursor": encode_cursor([last.rank, last.result.score, last.result.offer_id, last.result.candidate_id])
        if last
        else None,
        "total": total,
        "errors": [{"candidate_id": f.candidate_id, "offer_id": f.offer_id, "error": f.error} for f in failed],
    }
