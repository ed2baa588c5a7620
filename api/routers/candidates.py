"""Candidates: created, read and changed by those they concern and those who may."""

from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.candidate_bodies import CandidateAnswer, CandidateBody, Erasure
from api.decision_requests import Arrived, Request, refuse_move, take_decision, unknown_candidate
from api.errors import ApiError, documented, forbidden
from api.fields import CandidateId, Cursor, IdempotencyKey, Limit
from api.follow_ups import refresh_index, start_notification
from api.paging import Page, decode_cursor, encode_cursor
from api.security import AdminOrService, AnyCaller, Caller
from api.state import Parts
from api.visibility import visible_among
from db import audit, candidates, decisions, notifications, users
from db.tables import Candidate
from domain.candidate import SUBMITTABLE

router = APIRouter(prefix="/api/v1/candidates", tags=["candidates"])


_MOVING = {
    409: "`status_conflict`: not from the `candidate_status` they have. `decision_running`: `workflow_id` is under way"
}


@router.post(
    "",
    status_code=201,
    summary="Create a candidate",
    response_description="The new candidate; `Location` says where they are read",
    responses=documented(400, 401, 403, 413, why={409: "`candidate_exists`: a candidate has one profile of their own"}),
)
async def create_candidate(body: CandidateBody, parts: Parts, caller: AnyCaller, response: Response) -> CandidateAnswer:
    """Create a DRAFT candidate; a caller of role candidate creates their own, once. Not for recruiters.

    A CV uploaded with `candidate_id` fills the profile in.
    """
    if caller.role == "recruiter":
        raise forbidden()
    own = caller.user_id if caller.role == "candidate" else None
    async with parts.database.transaction() as session:
        row = await candidates.add_candidate(
            session, created_by=caller.id, user_id=own, values=body.model_dump(mode="json", exclude_unset=True)
        )
    if row is None:
        raise ApiError(409, "candidate_exists", "Vous avez déjà un profil candidat")
    response.headers["Location"] = f"/api/v1/candidates/{row.id}"
    return CandidateAnswer.model_validate(row)


@router.get(
    "",
    summary="List candidates",
    response_description="A page of candidates, the oldest first",
    responses=documented(401, 403),
)
async def list_candidates(
    parts: Parts,
    _: AdminOrService,
    status: Annotated[
        Literal["DRAFT", "SUBMITTED", "IN_REVIEW", "VALIDATED", "REJECTED", "ARCHIVED"] | None,
        Query(description="only those of this status"),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[CandidateAnswer]:
    """Candidates of every status, for administrators and machines. Recruiters have `/api/v1/candidates/search`."""
    after = decode_cursor(cursor, int) or 0
    async with parts.database.transaction() as session:
        rows = await candidates.list_candidates(session, status=status, after=after, limit=limit + 1)
    following = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page(items=[CandidateAnswer.model_validate(row) for row in rows[:limit]], next_cursor=following)


@router.get(
    "/{candidate_id}",
    summary="Read a candidate",
    response_description="The candidate, with address and phone",
    responses=documented(401, 404),
)
async def get_candidate(candidate_id: CandidateId, parts: Parts, caller: AnyCaller) -> CandidateAnswer:
    """One candidate with address and phone, to those who may see them. A recruiter's look is kept in the audit log."""
    row = await visible_candidate(parts, candidate_id, caller)
    if caller.role == "recruiter":
        async with parts.database.transaction() as session:
            await audit.add_entry(session, await _view(session, candidate_id, caller))
    return CandidateAnswer.model_validate(row)


@router.patch(
    "/{candidate_id}",
    summary="Change a candidate",
    response_description="The candidate as they are now",
    responses=documented(400, 401, 403, 404, 413),
)
async def change_candidate(
    candidate_id: CandidateId, body: CandidateBody, parts: Parts, caller: AnyCaller
) -> CandidateAnswer:
    """Change what the body names. What recruiters find of a validated candidate follows within moments."""
    if caller.role == "recruiter":
        raise forbidden()
    row: Candidate | None = await visible_candidate(parts, candidate_id, caller)
    values = body.model_dump(mode="json", exclude_unset=True)
    if values:
        async with parts.database.transaction() as session:
            row = await candidates.change_candidate(session, candidate_id, values)
    if row is None:
        raise unknown_candidate(candidate_id)
    if values and row.status == "VALIDATED":
        await refresh_index(parts, candidate_id)
    return CandidateAnswer.model_validate(row)


@router.post(
    "/{candidate_id}/submit",
    summary="Submit a candidate for validation",
    response_description="The candidate, now SUBMITTED",
    responses=documented(
        401, 403, 404, why=_MOVING | {422: "`incomplete_profile`: `fields` names what is missing. `validation_error`"}
    ),
)
async def submit_candidate(candidate_id: CandidateId, parts: Parts, caller: AnyCaller) -> CandidateAnswer:
    """Submit a DRAFT or REJECTED candidate for validation; they are told by mail. Names and e-mail must be known."""
    if caller.role == "recruiter":
        raise forbidden()
    await visible_candidate(parts, candidate_id, caller)
    mail = uuid4()
    async with parts.database.transaction() as session:
        row = await decisions.move_status(session, candidate_id, among=SUBMITTABLE, to="SUBMITTED")
        if row is None:
            await refuse_move(session, candidate_id)
        missing = [name for name in _SUBMITTED if not (getattr(row, name) or "").strip()]
        if missing:
            raise ApiError(422, "incomplete_profile", "Nom, prénom et e-mail sont nécessaires", fields=missing)
        await notifications.add_notification(session, id=mail, kind="submitted", candidate_id=candidate_id)
    await start_notification(parts, mail, candidate_id)
    return CandidateAnswer.model_validate(row)


@router.delete(
    "/{candidate_id}",
    status_code=202,
    summary="Erase a candidate",
    response_description="The erasure, which is being carried out",
    responses=documented(401, 403, 404, why=_MOVING),
)
async def erase_candidate(
    arrived: Arrived,
    candidate_id: CandidateId,
    parts: Parts,
    caller: AnyCaller,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> Erasure:
    """Erase a candidate for good: search index, CVs, results, scores, evaluations and every personal column.

    The candidate answers 404 once that is done. What stays is an audit row that names nobody but who asked for it.
    """
    if caller.role == "recruiter":
        raise forbidden()
    await visible_candidate(parts, candidate_id, caller)
    workflow_id = await take_decision(parts, Request("erase", candidate_id, caller, arrived, {}, idempotency_key))
    response.headers["Location"] = f"/api/v1/candidates/{candidate_id}"
    response.headers["Retry-After"] = "1"
    return Erasure(message="Effacement en cours...", candidate_id=candidate_id, workflow_id=workflow_id)


_SUBMITTED = ("first_name", "last_name", "email")


async def _view(session: AsyncSession, candidate_id: int, caller: Caller) -> dict[str, Any]:
    user = await users.user_by_id(session, caller.user_id or 0)
    return {
        "recruiter_id": caller.user_id or 0,
        "recruiter_email": user.email if user else None,
        "recruiter_name": f"{user.first_name} {user.last_name}".strip() if user else caller.id,
        "candidate_id": candidate_id,
        "access_type": "profile_view",
        "action_type": "VIEW_PROFILE",
    }


async def visible_candidate(parts: Parts, candidate_id: int, caller: Caller) -> Candidate:
    """The candidate, or 404 for one that is not there or not the caller's to see."""
    async with parts.database.transaction() as session:
        row = await candidates.get_candidate(session, candidate_id)
        visible = await visible_among(session, {candidate_id: row}, caller) if row is not None else set()
    if row is None or not visible:
        raise unknown_candidate(candidate_id)
    return row
