"""The steps of announcing an end."""

from uuid import UUID

from pydantic import Field

from activities.contracts.base import Contract


class AnnounceParse(Contract):
    """Announce the end of a parse, after its matching when it has one, under this delivery id."""

    job_id: UUID
    delivery_id: UUID


class AnnounceMatch(Contract):
    """Announce the end of a matching request under this delivery id."""

    request_id: UUID
    delivery_id: UUID


class DeliveryPlan(Contract):
    """Whether anybody wants the announcement, and how often to try."""

    wanted: bool
    max_attempts: int = Field(default=10, ge=1)


class Delivery(Contract):
    delivery_id: UUID


class DeliveryClosing(Contract):
    """A delivery given up: `refused` by the receiver, or its tries `exhausted`."""

    delivery_id: UUID
    outcome: str
