"""The ids callers see. They are workflow ids too, so any process finds the run without a lookup table."""

import re
from uuid import UUID, uuid5

BULK_PREFIX = "matching-bulk-"
_PAIR = re.compile(r"matching-([1-9]\d{0,18})-([1-9]\d{0,18})")
MAX_ID = 2**63 - 1
"""Ids of candidates, offers and users are positive 64-bit integers."""


def pair_prefix(candidate_id: int) -> str:
    """What the ids of a candidate's pairs begin with."""
    return f"matching-{candidate_id}-"


def pair_job_id(candidate_id: int, offer_id: int) -> str:
    return f"{pair_prefix(candidate_id)}{offer_id}"


def bulk_job_id(request_id: UUID) -> str:
    """Also of the matching chained to a parse: `matching-bulk-<parse job id>`."""
    return f"{BULK_PREFIX}{request_id}"


def pair_of(job_id: str) -> tuple[int, int] | None:
    """The (candidate, offer) a pair's job id names, or None for an id of another shape."""
    found = _PAIR.fullmatch(job_id)
    pair = (int(found[1]), int(found[2])) if found else None
    return pair if pair and max(pair) <= MAX_ID else None


def decision_workflow_id(candidate_id: int) -> str:
    """One id for every kind of decision on a candidate, so that the server admits one at a time."""
    return f"candidate-decision-{candidate_id}"


def index_workflow_id(candidate_id: int) -> str:
    return f"candidate-index-{candidate_id}"


def notification_workflow_id(notification_id: UUID) -> str:
    return f"notification-{notification_id}"


def delivery_workflow_id(delivery_id: UUID) -> str:
    """Of the announcement to one receiver; the id itself is its `X-Webhook-Id`."""
    return f"webhook-{delivery_id}"


def notification_of(decision_id: UUID) -> UUID:
    """The id of the one mail that tells of a decision."""
    return uuid5(decision_id, "notification")


REINDEX_ID = "reindex-candidates"
"""The one rebuild of the candidates' index at a time."""


def election_import_id(request: UUID) -> str:
    """Of the import of one spreadsheet; its workflow's id too."""
    return f"import-{request}"


_JOB_SEARCH = re.compile(r"job-search-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def job_search_id(request: UUID) -> str:
    """Of one search for job offers; its workflow's id too."""
    return f"job-search-{request}"


def is_job_search_id(text: str) -> bool:
    return _JOB_SEARCH.fullmatch(text) is not None


def source_reading_id(source: str, run_key: str) -> str:
    """The workflow id of the one reading of a source at a time for one query."""
    return f"job-source-{source}-{run_key}"
