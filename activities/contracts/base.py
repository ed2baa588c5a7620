"""What all steps share: queue names, failure types, the base of everything on the wire."""

from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.endings import INTERRUPTED as INTERRUPTED

WORKFLOW_QUEUE = "talentflow"
"""Workflows and quick I/O activities. The other queues are named after it."""


def documents_queue(workflow_queue: str) -> str:
    """The queue of document reading: CPU-bound, one slot a core."""
    return f"{workflow_queue}-documents"


def llm_queue(workflow_queue: str) -> str:
    """The queue of extraction: as many slots as the model's provider allows parallel calls."""
    return f"{workflow_queue}-llm"


def searches_queue(workflow_queue: str) -> str:
    """The queue of the steps that follow a source for a search: they wait for most of their time."""
    return f"{workflow_queue}-searches"


def source_queue(workflow_queue: str, source: str) -> str:
    """The queue of one job source, at that source's pace."""
    return f"{workflow_queue}-source-{source}"


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
    STATUS_CONFLICT = "StatusConflict"
    INDEX_UNAVAILABLE = "IndexUnavailable"
    INDEX_REJECTED = "IndexRejected"
    MAIL_UNAVAILABLE = "MailUnavailable"
    MAIL_REFUSED = "MailRefused"
    MAIL_UNKNOWN = "MailUnknown"
    ABANDONED = "Abandoned"
    RETRY_OUTDATED = "RetryOutdated"
    SUMMARY_SQL = "SummarySql"
    SUMMARY_INCOMPLETE = "SummaryIncomplete"
    SUMMARY_BLOCKED = "SummaryBlocked"
    SUMMARY_ENDED = "SummaryEnded"
    SUMMARY_CHANGED = "SummaryChanged"
    IMPORT_WAITING = "ImportWaiting"
    SOURCE_FAILED = "SourceFailed"
    SOURCE_IN_USE = "SourceInUse"
    WORKER_STOPPING = "WorkerStopping"
    ALL_SOURCES_FAILED = "AllSourcesFailed"
    UNEXPECTED = "Unexpected"


TIMED_OUT = "Délai dépassé"
"""What a user reads of a step that nobody answered in time."""

INTERNAL_ERROR = "Erreur interne pendant le traitement"
"""What a user reads of a failure whose cause is ours; the cause itself is in the workflow's history."""


class Contract(BaseModel):
    """Base of everything on the wire: frozen, tolerant of fields it does not know, silent about values."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Closing(Contract):
    """The decided end of a request. `error` is a fixed sentence in French, for outcome `failed` alone.

    `retry` is the one that the run is for, 0 for the request itself: the end is that run's alone.
    """

    request_id: UUID
    outcome: str
    error: str | None = None
    error_type: str | None = None
    retry: int = 0

    @classmethod
    def decided(cls, request_id: UUID, error: str, error_type: str, *, cancelled: bool, retry: int = 0) -> Self:
        """The end of a request that did not succeed: cancelled says nothing more, failed says why."""
        if cancelled:
            return cls(request_id=request_id, outcome="cancelled", retry=retry)
        return cls(request_id=request_id, outcome="failed", error=error, error_type=error_type, retry=retry)


class Reopening(Contract):
    """Undo the failure of a request for its `retry`-th retry."""

    request_id: UUID
    retry: int


class SweepCounts(Contract):
    removed: int = 0
    interrupted: int = 0
