"""Decisions of administrators on candidates: validate, reject, archive, unarchive, review; progress and cancel."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import AfterValidator, BaseModel, Field

from api.decision_requests import Arrived, Request, refuse_move, take_decision
from api.decision_status import DecisionAnswer, call_off, read_decision
from api.errors import ENDED, documented, not_found
from api.fields import HttpModel, IdempotencyKey, PathId, Word
from api.security import AdminCaller
from api.state import Parts, State
from db import decisions
from db.tables import Decision
from domain.candidate import DECIDED_STATUS, CandidateStatus

router = APIRouter(prefix="/api/v1/admin", tags=["decisions"])

RETRY_AFTER = "1"
NOTE = "All actions are being processed asynchronously. Check Audit Service logs for any errors."

Score = Annotated[float, Field(ge=0, le=5)]
Text = Annotated[str, Field(max_length=20_000)]
Progress = Literal["pending", "completed", "skipped"]


def _at_least(length: int) -> AfterValidator:
    def check(text: str) -> str:
        if len(text.strip()) < length:
            raise ValueError(f"must have at least {length} characters")
        return text.strip()

    return AfterValidator(check)


class ValidationBody(HttpModel):
    """What an administrator says of a candidate; scores go from 0 to 5."""

    overallScore: Score | None = None  # noqa: N815 - the names of the published contract
    technicalSkills: Score | None = None  # noqa: N815
    softSkills: Score | None = None  # noqa: N815
    communication: Score | None = None
    motivation: Score | None = None
    softSkillsTags: Annotated[list[Word], Field(max_length=50)] = Field(default_factory=list)  # noqa: N815
    interview_notes: Text | None = None
    recommendations: Text | None = None
    summary: Annotated[Text, _at_least(20)]


class RejectionBody(HttpModel):
    """Why a candidate is rejected: the reason is told to them."""

    rejectionReason: Annotated[Text, _at_least(10)]  # noqa: N815
    overallScore: Score | None = None  # noqa: N815
    interview_notes: Text | None = None


class ActionsAnswer(BaseModel):
    status_update: Progress = "pending"
    indexation: Progress = "pending"
    notification: Progress = "pending"


class Links(BaseModel):
    status: str
    cancel: str


class Accepted(BaseModel):
    """A decision that is being carried out."""

    message: str
    candidate_id: int
    status: CandidateStatus
    actions: ActionsAnswer
    note: str = NOTE
    workflow_id: str
    links: Links


class Reviewed(BaseModel):
    message: str
    candidate_id: int
    status: CandidateStatus
    actions: ActionsAnswer


class CancelAnswer(DecisionAnswer):
    message: str


_ERRORS = documented(400, 401, 403, 404, 409, 413)


@router.post("/validate/{candidate_id}", status_code=202, responses=_ERRORS)
async def validate_candidate(
    arrived: Arrived,
    candidate_id: PathId,
    body: ValidationBody,
    parts: Parts,
    caller: AdminCaller,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Validate a SUBMITTED or IN_REVIEW candidate: status, search index, mail, in this order.

    One decision on a candidate at a time: 409 `decision_running` names the one under way. What cannot be indexed
    within the retry budget is rolled back, and every failure for good is an incident in the audit log.
    """
    request = Request("validate", candidate_id, caller, arrived, body.model_dump(exclude_unset=True), idempotency_key)
    return await _accept(parts, request, response, "Candidate profile validation initiated")


@router.post("/reject/{candidate_id}", status_code=202, responses=_ERRORS)
async def reject_candidate(
    arrived: Arrived,
    candidate_id: PathId,
    body: RejectionBody,
    parts: Parts,
    caller: AdminCaller,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Reject a SUBMITTED, IN_REVIEW or VALIDATED candidate: out of the search index first, then status and mail."""
    request = Request("reject", candidate_id, caller, arrived, body.model_dump(exclude_unset=True), idempotency_key)
    return await _accept(parts, request, response, "Candidate profile rejection initiated")


@router.post("/archive/{candidate_id}", status_code=202, responses=_ERRORS)
async def archive_candidate(
    arrived: Arrived,
    candidate_id: PathId,
    parts: Parts,
    caller: AdminCaller,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Take a VALIDATED candidate out of the search index, and keep them. No mail is sent."""
    request = Request("archive", candidate_id, caller, arrived, {}, idempotency_key)
    return await _accept(parts, request, response, "Candidate profile archiving initiated")


@router.post("/unarchive/{candidate_id}", status_code=202, responses=_ERRORS)
async def unarchive_candidate(
    arrived: Arrived,
    candidate_id: PathId,
    parts: Parts,
    caller: AdminCaller,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Make an ARCHIVED candidate VALIDATED and searchable again. No mail is sent."""
    request = Request("unarchive", candidate_id, caller, arrived, {}, idempotency_key)
    return await _accept(parts, request, response, "Candidate profile unarchiving initiated")


@router.post("/review/{candidate_id}", responses=documented(401, 403, 404, 409))
async def review_candidate(candidate_id: PathId, parts: Parts, _: AdminCaller) -> Reviewed:
    """Mark a SUBMITTED candidate as IN_REVIEW."""
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


@router.get("/validate/{candidate_id}", responses=documented(401, 403, 404))
async def get_decision(candidate_id: PathId, parts: Parts, _: AdminCaller, response: Response) -> DecisionAnswer:
    """The current or last decision of any kind on a candidate, with the state of each action."""
    answer = await read_decision(parts, await _latest(parts, candidate_id))
    if answer.status == "running":
        response.headers["Retry-After"] = RETRY_AFTER
    return answer


@router.post("/validate/{candidate_id}/cancel", status_code=202, responses={**ENDED, **documented(401, 403, 404)})
async def cancel_decision(candidate_id: PathId, parts: Parts, _: AdminCaller, response: Response) -> CancelAnswer:
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


async def _accept(parts: State, request: Request, response: Response, message: str) -> Accepted:
    workflow_id = await take_decision(parts, request)
    response.headers["Location"] = _status_url(request.candidate_id)
    response.headers["Retry-After"] = RETRY_AFTER
    return Accepted(
        message=message,
        candidate_id=request.candidate_id,
        status=DECIDED_STATUS[request.kind],
        actions=ActionsAnswer(notification="pending" if request.kind in ("validate", "reject") else "skipped"),
        workflow_id=workflow_id,
        links=Links(status=_status_url(request.candidate_id), cancel=f"{_status_url(request.candidate_id)}/cancel"),
    )


async def _latest(parts: State, candidate_id: int) -> Decision:
    async with parts.database.transaction() as session:
        decision = await decisions.latest_decision(session, candidate_id)
    if decision is None:
        raise not_found(f"Aucune décision pour le candidat {candidate_id}", "decision_not_found")
    return decision


def _status_url(candidate_id: int) -> str:
    return f"/api/v1/admin/validate/{candidate_id}"
