"""The ids callers see. They are workflow ids too, so any process finds the run without a lookup table."""

import re
from uuid import UUID

BULK_PREFIX = "matching-bulk-"
_PAIR = re.compile(r"matching-([1-9]\d{0,18})-([1-9]\d{0,18})")
MAX_ID = 2**63 - 1
"""Ids of candidates, offers and users are positive 64-bit integers."""


def pair_job_id(candidate_id: int, offer_id: int) -> str:
    return f"matching-{candidate_id}-{offer_id}"


def bulk_job_id(request_id: UUID) -> str:
    """Also of the matching chained to a parse: `matching-bulk-<parse job id>`."""
    return f"{BULK_PREFIX}{request_id}"


def pair_of(job_id: str) -> tuple[int, int] | None:
    """The (candidate, offer) a pair's job id names, or None for an id of another shape."""
    found = _PAIR.fullmatch(job_id)
    pair = (int(found[1]), int(found[2])) if found else None
    return pair if pair and max(pair) <= MAX_ID else None
