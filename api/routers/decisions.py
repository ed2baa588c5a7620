"""Decisions of administrators on candidates: validate, reject, archive, unarchive, review; progress and cancel."""

from fastapi import APIRouter, Response

from api.decision_bodies import (
    ActionsAnswer,
    CancelAnswer,
    DecisionAccepted,
    DecisionLinks,
    RejectionBody,
    Reviewed,
    ValidationBody,
)
from api.decision_requests import Arrived, Request, refuse_move, take_decision
from api.decision_status import DecisionAnswer, call_off, read_decision
from api.errors import documented, ended, not_found
from api.fields import CandidateId, IdempotencyKey
from api.security import AdminCaller
from api.state import Parts, State
from db import decisions
from db.tables import Decision
from domain.candidate import DECIDED_STATUS

router = APIRouter(prefix="/api/v1/admin", tags=["decisions"])

RETRY_AFTER = "1"
_CONFLICTS = {
    409: "`decision_running`: one is under way, `workflow_id`. `status_conflict`: not from `candidate_status`"
}
_ERRORS = documented(400, 401, 403, 404, 413, why=_CONFLICTS)
_DECIDED = "The decision, which is being carried out: `links.status` says how far it is"


@router.post(
    "/validate/{candidate_id}",
    status_code=202,
    summary="Validate a candidate",
    response_description=_DECIDED,
    responses=_ERRORS,
)
async def validate_candidate(
    arrived: Arrived,
    candidate_id: CandidateId,
    body: ValidationBody,
    parts: Parts,
    caller: AdminCaller,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> DecisionAccepted:
    """Validate a SUBMITTED or IN_REVIEW candidate: status, search index, mail, in this order.

    One decision on a candidate at a time: 409 `decision_running` names the one under way. What cannot be indexed
    within the retry budget is rolled back, and every failure for good is an incident in the audit log.
    """
    request = Request("validate", candidate_id, caller, arrived, body.model_dump(exclude_unset=True), idempotency_key)
    return await _accept(parts, request, response, "Candidate profile validation initiated")


@router.post(
    "/reject/{candidate_id}",
    status_code=202,
    summary="Reject a candidate",
    response_description=_DECIDED,
    responses=_ERRORS,
)
async def reject_candidate(
    arrived: Arrived,
    candidate_id: CandidateId,
    body: RejectionBody,
    parts: Parts,
    caller: AdminCaller,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> DecisionAccepted:
    """Reject a SUBMITTED, IN_REVIEW or VALIDATED candidate: out of the search index first, then status and mail."""
    request = Request("reject", candidate_id, caller, arrived, body.model_dump(exclude_unset=True), idempotency_key)
    return await _accept(parts, request, response, "Candidate profile rejection initiated")


@router.post(
    "/archive/{candidate_id}",
    status_code=202,
    summary="Archive a candidate",
    response_description=_DECIDED,
    responses=_ERRORS,
)
async def archive_candidate(
    arrived: Arrived,
    candidate_id: CandidateId,
    parts: Parts,
    caller: AdminCaller,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> DecisionAccepted:
    """Take a VALIDATED candidate out of the search index, and keep them. No mail is sent."""
    request = Request("archive", candidate_id, caller, arrived, {}, idempotency_key)
    return await _accept(parts, request, response, "Candidate profile archiving initiated")


@router.post(
    "/unarchive/{candidate_id}",
    status_code=202,
    summary="Bring a candidate back from the archive",
    response_description=_DECIDED,
    responses=_ERRORS,
)
async def unarchive_candidate(
    arrived: Arrived,
    candidate_id: CandidateId,
    parts: Parts,
    caller: AdminCaller,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> DecisionAccepted:
    """Make an ARCHIVED candidate VALIDATED and searchable again. No mail is sent."""
    request = Request("unarchive", candidate_id, caller, arrived, {}, idempotency_key)
    return await _accept(parts, request, response, "Candidate profile unarchiving initiated")


@router.post(
    "/review/{candidate_id}",
    summary="Take a candidate into review",
    response_description="The candidate is IN_REVIEW",
    responses=documented(401, 403, 404, why=_CONFLICTS),
)
async def review_candidate(candidate_id: CandidateId, parts: Parts, _: AdminCaller) -> Reviewed:
    """Mark a SUBMITTED candidate as IN_REVIEW. Nobody is told; they are validated and rejected as before."""
    async with parts.database.transaction() as session:
        row = await decisions.move_status(session, candidate_id, among=frozenset({"SUBMITTED"}), to="IN_REVIEW")
        if row is None:
            await refuse_move(session, candidate_id)
    return Reviewed(
        message="Candidate profile review started",
        candidate_id=candidate_id,
        status="IN_REVIEW",
        actions=ActionsAnswer(status_update="completed", indexation="skipped", notification="skipped"),
    )


@router.get(
    "/validate/{candidate_id}",
    summary="Follow a decision",
    response_description="The decision, with the state of each action",
    responses=documented(401, 403, 404),
)
async def get_decision(candidate_id: CandidateId, parts: Parts, _: AdminCaller, response: Response) -> DecisionAnswer:
    """The current or last decision of any kind on a candidate, with the state of each action.

    `running`, then `completed`, `failed` or `cancelled`: an action that was undone again is `compensated`, one that had
    nothing to do is `skipped`, with the `reason`. 404 `decision_not_found` before the first decision.
    """
    answer = await read_decision(parts, await _latest(parts, candidate_id))
    if answer.status == "running":
        response.headers["Retry-After"] = RETRY_AFTER
    return answer


@router.post(
    "/validate/{candidate_id}/cancel",
    status_code=202,
    summary="Call a decision off",
    response_description="It is being undone: its status says when it is",
    responses={**ended(CancelAnswer), **documented(401, 403, 404)},
)
async def cancel_decision(candidate_id: CandidateId, parts: Parts, _: AdminCaller, response: Response) -> CancelAnswer:
    """Call the current decision off: everything done is undone, unless the mail is out. One that has ended: 200."""
    decision = await _latest(parts, candidate_id)
    answer = await read_decision(parts, decision)
    message = "Annulation en cours..."
    if answer.status == "running":
        await call_off(parts, decision)
        response.headers["Location"] = _status_url(candidate_id)
        response.headers["Retry-After"] = RETRY_AFTER
    else:
        response.status_code = 200
        message = "Décision déjà terminée"
    return CancelAnswer(message=message, **dict(answer))


async def _accept(parts: State, request: Request, response: Response, message: str) -> DecisionAccepted:
    workflow_id = await take_decision(parts, request)
    status_url = _status_url(request.candidate_id)
    response.headers["Location"] = status_url
    response.headers["Retry-After"] = RETRY_AFTER
    return DecisionAccepted(
        message=message,
        candidate_id=request.candidate_id,
        status=DECIDED_STATUS[request.kind],
        actions=ActionsAnswer(notification="pending" if request.kind in ("validate", "reject") else "skipped"),
        workflow_id=workflow_id,
        links=DecisionLinks(
            status=_status_url(request.candidate_id), cancel=f"{_status_url(request.candidate_id)}/cancel"
        ),
    )


async def _latest(parts: State, candidate_id: int) -> Decision:
    async with parts.database.transaction() as session:
        decision = await decisions.latest_decision(session, candidate_id)
    if decision is None:
        raise not_found(f"Aucune décision pour le candidat {candidate_id}", "decision_not_found")
    return decision


def _status_url(candidate_id: int) -> str:
    return f"/api/v1/admin/validate/{candidate_id}"
