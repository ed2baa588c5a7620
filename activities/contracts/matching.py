"""The steps of scoring pairs."""

from uuid import UUID

from activities.contracts.base import Contract


class MatchRequest(Contract):
    """A step of one matching request (the row's id, not the workflow's)."""

    request_id: UUID


class MatchPlan(Contract):
    total: int


class PairPage(Contract):
    """The pairs numbered `start` to `start + count` of a request, in the order they were asked for."""

    request_id: UUID
    start: int
    count: int


class PairCounts(Contract):
    scored: int = 0
    failed: int = 0
