"""Webhook deliveries as a job's owner reads them: when, what was answered, never what was sent."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from api.security import Caller
from api.state import State
from db import webhooks


class AttemptAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    at: datetime
    status_code: int | None
    error: str | None


class DeliveryAnswer(BaseModel):
    """`outcome`: delivered, refused, exhausted, or null while tries go on."""

    id: str
    url: str
    outcome: str | None
    created_at: datetime
    completed_at: datetime | None
    attempts: list[AttemptAnswer]


async def deliveries(parts: State, job_id: str, caller: Caller) -> list[DeliveryAnswer]:
    """The deliveries of a job that the caller asked for (or anybody, for those who see all), the oldest first."""
    owner = None if caller.sees_all else caller.id
    async with parts.database.transaction() as session:
        return [
            DeliveryAnswer(
                id=str(row.id),
                url=row.url,
                outcome=row.outcome,
                created_at=row.created_at,
                completed_at=row.completed_at,
                attempts=[AttemptAnswer.model_validate(a) for a in await webhooks.attempts_of(session, row.id)],
            )
            for row in await webhooks.deliveries_of(session, job_id, owner)
        ]
