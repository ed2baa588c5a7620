"""The audit log, for administrators."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import Cursor, Id, Limit, Moment, Word
from api.paging import Page, decode_cursor, encode_cursor
from api.security import AdminCaller
from api.state import Parts
from db import audit

router = APIRouter(prefix="/api/v1/audit", tags=["audit"])

AccessType = Literal["decision", "profile_view", "system_incident", "compensation"]


class AuditEntry(BaseModel):
    """One fact: who acted (`recruiter_*`, the system itself in incidents), on whom, and what there is to know of it."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True)

    id: int
    created_at: datetime
    recruiter_id: int
    recruiter_email: str | None
    recruiter_name: str
    company_id: int | None
    company_name: str | None
    candidate_id: int | None
    access_type: str
    action_type: str
    metadata: Annotated[dict[str, Any], Field(validation_alias="details")]


@router.get("/logs", responses=documented(401, 403))
async def list_logs(
    parts: Parts,
    _: AdminCaller,
    action_type: Annotated[Word | None, Query(description="VALIDATE_CANDIDATE, VIEW_PROFILE, SYSTEM_ERROR …")] = None,
    access_type: AccessType | None = None,
    incident_type: Annotated[Word | None, Query(description="indexation_failed, notification_failed …")] = None,
    candidate_id: Annotated[Id | None, Query()] = None,
    from_: Annotated[Moment | None, Query(alias="from", description="this moment or later; without zone: UTC")] = None,
    to: Annotated[Moment | None, Query(description="before this moment; without zone: UTC")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AuditEntry]:
    """Entries of the audit log, the newest first."""
    wanted = {
        "action_type": action_type,
        "access_type": access_type,
        "incident_type": incident_type,
        "candidate_id": candidate_id,
    }
    async with parts.database.transaction() as session:
        rows = await audit.list_entries(
            session,
            equal={name: value for name, value in wanted.items() if value is not None},
            since=from_,
            until=to,
            before=decode_cursor(cursor, int),
            limit=limit + 1,
        )
    following = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page(items=[AuditEntry.model_validate(row) for row in rows[:limit]], next_cursor=following)
