"""The audit log, for administrators."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import Cursor, Id, Limit, Moment, Word, example
from api.paging import Page, decode_cursor, encode_cursor
from api.security import AdminCaller
from api.state import Parts
from db import audit

router = APIRouter(prefix="/api/v1/audit", tags=["audit"])

AccessType = Literal["decision", "profile_view", "system_incident", "compensation"]


class AuditEntry(BaseModel):
    """One fact: who acted (`recruiter_*`, the system itself in incidents), on whom, and what there is to know of it."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True) | example(
        {
            "id": 31,
            "created_at": "2026-03-02T09:14:27.146902Z",
            "recruiter_id": 1,
            "recruiter_email": "alice.martin@example.fr",
            "recruiter_name": "Alice Martin",
            "company_id": 3,
            "company_name": "Atelier Numérique",
            "candidate_id": 12,
            "access_type": "decision",
            "action_type": "VALIDATE_CANDIDATE",
            "metadata": {
                "decision_id": "d26b3551-79a5-4713-b008-a59705c7718b",
                "previous_status": "SUBMITTED",
            },
        }
    )

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
    metadata: Annotated[
        dict[str, Any],
        Field(validation_alias="details", description="what there is to know, by `action_type`; ids and words only"),
    ]


@router.get(
    "/logs",
    summary="Read the audit log",
    response_description="A page of entries, the newest first",
    responses=documented(401, 403),
)
async def list_logs(
    parts: Parts,
    _: AdminCaller,
    action_type: Annotated[Word | None, Query(description="VALIDATE_CANDIDATE, VIEW_PROFILE, SYSTEM_ERROR …")] = None,
    access_type: Annotated[AccessType | None, Query(description="only entries of this kind")] = None,
    incident_type: Annotated[Word | None, Query(description="indexation_failed, notification_failed …")] = None,
    candidate_id: Annotated[Id | None, Query(description="only entries about this candidate")] = None,
    from_: Annotated[Moment | None, Query(alias="from", description="this moment or later; without zone: UTC")] = None,
    to: Annotated[Moment | None, Query(description="before this moment; without zone: UTC")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AuditEntry]:
    """Who decided, who looked at whom, what failed for good and what was undone; the newest first."""
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
