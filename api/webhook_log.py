"""Webhook deliveries as a job's owner reads them: when, what was answered, never what was sent."""

from collections import defaultdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.fields import example
from api.security import Caller
from api.state import State
from db import webhooks

MOST_DELIVERIES = 100
"""A parse has one for each run of it; a pair may be asked for again and again, with a delivery each time."""


class AttemptAnswer(BaseModel):
    """One try. `status_code` is the receiver's, null where it did not answer; `error` why there was no answer."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    status_code: int | None
    error: str | None


class DeliveryAnswer(BaseModel):
    """One delivery to the webhook. It is tried again for 24 hours at most."""

    model_config = example(
        {
            "id": "0f0b6f5e-2c55-4f37-9c0e-5d2a9a1c7b10",
            "url": "https://hooks.example.com/matching",
            "outcome": "exhausted",
            "created_at": "2026-03-02T09:14:31.204000Z",
            "completed_at": "2026-03-03T09:14:31.204000Z",
            "attempts": [],
        }
    )

    id: str
    url: str
    outcome: Annotated[str | None, Field(description="`delivered`, `refused`, `exhausted`, or null while tries go on")]
    created_at: datetime
    completed_at: datetime | None
    attempts: list[AttemptAnswer]


async def deliveries(parts: State, job_id: str, caller: Caller) -> list[DeliveryAnswer]:
    """The last deliveries of a job that the caller asked for (or anybody, for those who see all), the oldest first."""
    owner = None if caller.sees_all else caller.id
    async with parts.database.transaction() as session:
        rows = await webhooks.deliveries_of(session, job_id, owner, limit=MOST_DELIVERIES)
        attempts: dict[UUID, list[AttemptAnswer]] = defaultdict(list)
        for attempt in await webhooks.attempts_of(session, *(row.id for row in rows)):
            attempts[attempt.delivery_id].append(AttemptAnswer.model_validate(attempt))
    return [
        DeliveryAnswer(
            id=str(row.id),
            url=row.url,
            outcome=row.outcome,
            created_at=row.created_at,
            completed_at=row.completed_at,
            attempts=attempts[row.id],
        )
        for row in rows
    ]
