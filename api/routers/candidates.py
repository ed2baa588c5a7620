"""Candidates: created, read and changed by those they concern and those who may."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import ApiError, documented, forbidden, not_found
from api.fields import Cursor, HttpModel, Limit, PathId, Word
from api.paging import Page, decode_cursor, encode_cursor
from api.security import AdminOrService, AnyCaller, Caller
from api.state import Parts
from db import candidates
from db.tables import Candidate
from domain.candidate import CandidateStatus, Preferences
from domain.cv import CvProfile
from domain.offer import JobType, WorkMode

router = APIRouter(prefix="/api/v1/candidates", tags=["candidates"])


class PreferencesBody(HttpModel):
    contract_types: Annotated[list[JobType], Field(max_length=7)] = Field(default_factory=list)
    work_mode: WorkMode | None = None
    locations: Annotated[list[Word], Field(max_length=50)] = Field(default_factory=list)
    mobile: bool = False
    salary_min: Annotated[int, Field(ge=0, le=10_000_000, description="EUR gross a year")] | None = None
    availability: date | None = None


class CandidateBody(HttpModel):
    """A candidate; everything is optional, and a PATCH changes only what it names."""

    first_name: Word | None = None
    last_name: Word | None = None
    email: Annotated[str, Field(max_length=254)] | None = None
    phone: Annotated[str, Field(max_length=50)] | None = None
    address: Annotated[str, Field(max_length=500)] | None = None
    city: Word | None = None
    country: Word | None = None
    headline: Annotated[str, Field(max_length=5000)] | None = None
    sector: Word | None = None
    profile: CvProfile | None = None
    preferences: PreferencesBody = Field(default_factory=PreferencesBody)


class CandidateAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    status: CandidateStatus
    version: int
    profile_version: int
    created_at: datetime
    updated_at: datetime
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    address: str | None
    city: str | None
    country: str | None
    headline: str | None
    sector: str | None
    profile: dict[str, Any] | None
    preferences: Preferences


@router.post("", status_code=201, responses=documented(400, 401, 403, 409, 413))
async def create_candidate(body: CandidateBody, parts: Parts, caller: AnyCaller, response: Response) -> CandidateAnswer:
    """Create a DRAFT candidate; a caller of role candidate creates their own, once."""
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


@router.get("", responses=documented(401, 403))
async def list_candidates(
    parts: Parts,
    _: AdminOrService,
    status: Annotated[
        Literal["DRAFT", "SUBMITTED", "IN_REVIEW", "VALIDATED", "REJECTED", "ARCHIVED"] | None, Query()
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[CandidateAnswer]:
    """Candidates, the oldest first."""
    after = decode_cursor(cursor, int) or 0
    async with parts.database.transaction() as session:
        rows = await candidates.list_candidates(session, status=status, after=after, limit=limit + 1)
    following = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page(items=[CandidateAnswer.model_validate(row) for row in rows[:limit]], next_cursor=following)


@router.get("/{candidate_id}", responses=documented(401, 404))
async def get_candidate(candidate_id: PathId, parts: Parts, caller: AnyCaller) -> CandidateAnswer:
    """One candidate, to those who may see them."""
    return CandidateAnswer.model_validate(await visible_candidate(parts, candidate_id, caller))


@router.patch("/{candidate_id}", responses=documented(400, 401, 403, 404, 413))
async def change_candidate(
    candidate_id: PathId, body: CandidateBody, parts: Parts, caller: AnyCaller
) -> CandidateAnswer:
    """Change what the body names."""
    if caller.role == "recruiter":
        raise forbidden()
    row: Candidate | None = await visible_candidate(parts, candidate_id, caller)
    values = body.model_dump(mode="json", exclude_unset=True)
    if values:
        async with parts.database.transaction() as session:
            row = await candidates.change_candidate(session, candidate_id, values)
    if row is None:
        raise unknown_candidate(candidate_id)
    return CandidateAnswer.model_validate(row)


async def visible_candidate(parts: Parts, candidate_id: int, caller: Caller) -> Candidate:
    """The candidate, or 404 for one that is not there or not the caller's to see."""
    async with parts.database.transaction() as session:
        row = await candidates.get_candidate(session, candidate_id)
    if row is None or not caller.may_see(row):
        raise unknown_candidate(candidate_id)
    return row


def unknown_candidate(candidate_id: int) -> ApiError:
    return not_found(f"Candidat {candidate_id} introuvable", "candidate_not_found")
