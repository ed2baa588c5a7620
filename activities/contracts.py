"""What travels between workflows and activities: queue names, inputs, results, failure types.

Everything here is kept in workflow histories. It carries ids, counts and fixed sentences; documents, profiles and
addresses stay in the database and the object store. Fields are only ever added, with a default.
"""

from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

WORKFLOW_QUEUE = "talentflow"
"""Workflows and quick I/O activities. The other queues are named after it."""


def documents_queue(workflow_queue: str) -> str:
    """The queue of document reading: CPU-bound, one slot a core."""
    return f"{workflow_queue}-documents"


def llm_queue(workflow_queue: str) -> str:
    """The queue of extraction: as many slots as the model's provider allows parallel calls."""
    return f"{workflow_queue}-llm"


class Failure(StrEnum):
    """Why an activity failed, as operators read it in the Web UI and as `error_type` keeps it. Names never change."""

    BAD_DOCUMENT = "BadDocument"
    DOCUMENT_UNREADABLE = "DocumentUnreadable"
    EXTRACTION_FAILED = "ExtractionFailed"
    LLM_REFUSED = "LlmRefused"
    LLM_RATE_LIMITED = "LlmRateLimited"
    LLM_UNAVAILABLE = "LlmUnavailable"
    LLM_INVALID = "LlmInvalid"
    DATABASE_UNAVAILABLE = "DatabaseUnavailable"
    STORAGE_UNAVAILABLE = "StorageUnavailable"
    OBJECT_MISSING = "ObjectMissing"
    REQUEST_GONE = "RequestGone"
    OFFER_GONE = "OfferGone"
    CANDIDATE_GONE = "CandidateGone"
    NO_PROFILE = "NoProfile"
    PARSE_NOT_FINISHED = "ParseNotFinished"
    PARSE_UNSUCCESSFUL = "ParseUnsuccessful"
    WEBHOOK_REFUSED = "WebhookRefused"
    WEBHOOK_UNAVAILABLE = "WebhookUnavailable"
    UNEXPECTED = "Unexpected"


INTERRUPTED = "Traitement interrompu"
"""What a user reads of a job that ended without saying why (terminated by an operator, or lost)."""

INTERNAL_ERROR = "Erreur interne pendant le traitement"
"""What a user reads of a failure whose cause is ours; the cause itself is in the workflow's history."""


class Contract(BaseModel):
    """Base of everything on the wire: frozen, tolerant of fields it does not know, silent about values."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class ParseJob(Contract):
    """A step of the parse of one CV."""

    job_id: UUID


class ReadSummary(Contract):
    """What reading found, in numbers."""

    pages: int
    characters: int
    ocr: bool = False


class ExtractSummary(Contract):
    method: str
    input_tokens: int = 0
    output_tokens: int = 0


class Closing(Contract):
    """The decided end of a request. `error` is a fixed sentence in French, for outcome `failed` alone."""

    request_id: UUID
    outcome: str
    error: str | None = None
    error_type: str | None = None

    @classmethod
    def decided(cls, request_id: UUID, error: str, error_type: str, *, cancelled: bool) -> Self:
        """The end of a request that did not succeed: cancelled says nothing more, failed says why."""
        if cancelled:
            return cls(request_id=request_id, outcome="cancelled")
        return cls(request_id=request_id, outcome="failed", error=error, error_type=error_type)


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


class SweepCounts(Contract):
    removed: int = 0
    interrupted: int = 0
