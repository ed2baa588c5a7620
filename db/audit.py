"""The audit log: adding facts, and finding them again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.tables import AuditLog, Json
from runtime.settings import Settings


@dataclass(frozen=True)
class SystemActor:
    """Who the audit log names where no person acted."""

    name: str
    email: str
    company: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(settings.system_actor_name, settings.system_actor_email, settings.system_company_name)

    def columns(self) -> dict[str, Any]:
        return {
            "recruiter_id": 0,
            "recruiter_email": self.email,
            "recruiter_name": self.name,
            "company_id": 0,
            "company_name": self.company,
        }


async def add_entry(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """Add one fact; what a run has already written for a step stays as it is."""
    await session.execute(insert(AuditLog).values(**values).on_conflict_do_nothing())


def incident(
    actor: Mapping[str, Any], *, kind: str, description: str, candidate_id: int | None, error: str, error_type: str
) -> Json:
    """The columns of an incident of this kind, `run_id` and `step` excepted. `actor`: those that name the system."""
    details = {
        "incident_type": kind,
        "description": description,
        "timestamp": timestamp(),
        "error": error,
        "error_type": error_type,
    }
    return {
        **actor,
        "candidate_id": candidate_id,
        "access_type": "system_incident",
        "action_type": "SYSTEM_ERROR",
        "incident_type": kind,
        "details": details,
    }


def timestamp() -> str:
    """Now, as details of entries write it: UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def list_entries(
    session: AsyncSession,
    *,
    equal: Mapping[str, Any],
    since: datetime | None,
    until: datetime | None,
    before: int | None,
    limit: int,
) -> list[AuditLog]:
    """The newest entries with an id below `before` whose columns have the values of `equal`, in [since, until)."""
    statement = select(AuditLog).order_by(AuditLog.id.desc()).limit(limit)
    for column, value in equal.items():
        statement = statement.where(AuditLog.__table__.c[column] == value)
    if since is not None:
        statement = statement.where(AuditLog.created_at >= since)
    if until is not None:
        statement = statement.where(AuditLog.created_at < until)
    if before is not None:
        statement = statement.where(AuditLog.id < before)
    return list(await session.scalars(statement))
