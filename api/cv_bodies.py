"""What the CV routes answer, as the OpenAPI document tells it. A field with a default is absent where it says so."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.matching_status import Status
from api.uploads import Priority
from domain.cv import CvProfile, Extraction


class UploadLinks(BaseModel):
    result: str
    events: str
    cancel: str


class UploadAccepted(BaseModel):
    """`matching_job_id` is absent without `offer_ids`."""

    job_id: str
    status: Literal["queued"]
    priority: Priority
    estimated_wait: Annotated[str, Field(description='"immédiat", "30s", "5min" or "indéterminé"')]
    webhook_configured: bool
    links: UploadLinks
    matching_job_id: str | None = None


class PendingJob(BaseModel):
    """No worker has taken the job yet."""

    job_id: str
    status: Literal["pending"]
    position_in_queue: Annotated[int, Field(ge=0, description="jobs that are read before this one")]


class RunningJob(BaseModel):
    job_id: str
    status: Literal["running"]
    started_at: str
    stage: Literal["read", "extract", "save"]
    progress: Annotated[int, Field(ge=0, le=100, description="percent at the beginning of the stage")]


class ParseResult(BaseModel):
    """`candidate_id` is absent until the profile is given to a candidate, if it is to be."""

    job_id: str
    file_name: str | None
    candidate_id: int | None = None
    processing_time: Annotated[float, Field(description="seconds since the reading began")]
    parsed_at: Annotated[float, Field(description="Unix time")]
    data: CvProfile
    extraction: Extraction


class ChainedMatching(BaseModel):
    job_id: str
    status: Status


class DoneJob(BaseModel):
    """`matching` is absent without `offer_ids`; it has a status and a result of its own."""

    job_id: str
    status: Literal["done"]
    result: ParseResult
    completed_at: str
    matching: ChainedMatching | None = None


class FailedJob(BaseModel):
    """`error` is a French sentence; `failed_at` is null right after the run was ended by force."""

    job_id: str
    status: Literal["failed"]
    error: str
    failed_at: str | None


class CancelledJob(BaseModel):
    job_id: str
    status: Literal["cancelled"]


EndedJob = DoneJob | FailedJob | CancelledJob
JobState = PendingJob | RunningJob | EndedJob


class Cancelling(BaseModel):
    """With what the job's state was at that moment."""

    job_id: str
    status: Literal["pending", "running"]
    message: str
