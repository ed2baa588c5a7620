"""What the CV routes answer, as the OpenAPI document tells it. A field with a default is absent where it says so."""

from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, Field

from api.fields import example
from api.matching_status import Status
from api.uploads import Priority
from domain.cv import CvProfile, Extraction

JobId = Annotated[str, Path(description="`job_id` that the upload answered")]

_JOB = "7f1f9a52-3c0e-4d7b-9a64-0c3f5d2f8e11"


class UploadLinks(BaseModel):
    """Where the job is read, watched and cancelled."""

    result: str
    events: str
    cancel: str


class UploadAccepted(BaseModel):
    """`matching_job_id` is absent without `offer_ids`."""

    model_config = example(
        {
            "job_id": _JOB,
            "status": "queued",
            "priority": "standard",
            "estimated_wait": "30s",
            "webhook_configured": False,
            "links": {
                "result": f"/api/result/{_JOB}",
                "events": f"/api/result/{_JOB}/events",
                "cancel": f"/api/queue/{_JOB}/cancel",
            },
            "matching_job_id": f"matching-bulk-{_JOB}",
        }
    )

    job_id: str
    status: Literal["queued"]
    priority: Priority
    estimated_wait: Annotated[str, Field(description='"immédiat", "30s", "5min" or "indéterminé"')]
    webhook_configured: bool
    links: UploadLinks
    matching_job_id: str | None = None


class PendingJob(BaseModel):
    """No worker has taken the job yet."""

    model_config = example({"job_id": _JOB, "status": "pending", "position_in_queue": 3})

    job_id: str
    status: Literal["pending"]
    position_in_queue: Annotated[int, Field(ge=0, description="jobs that are read before this one")]


class RunningJob(BaseModel):
    """The stage that a worker is at."""

    model_config = example(
        {
            "job_id": _JOB,
            "status": "running",
            "started_at": "2026-03-02T09:14:27Z",
            "stage": "extract",
            "progress": 60,
        }
    )

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
    """The matching that follows the parse, read under `GET /api/v1/result/{job_id}`."""

    job_id: str
    status: Status


class DoneJob(BaseModel):
    """`matching` is absent without `offer_ids`; it has a status and a result of its own."""

    model_config = example(
        {
            "job_id": _JOB,
            "status": "done",
            "result": {
                "job_id": _JOB,
                "file_name": "cv-camille-renard.pdf",
                "candidate_id": 12,
                "processing_time": 3.2,
                "parsed_at": 1772442870.4,
                "data": {
                    "personal_info": {
                        "name": "Camille Renard",
                        "email": "camille.renard@example.fr",
                        "phone": "+33639981234",
                        "city": "Lyon",
                    },
                    "position": "Développeuse Python",
                    "skills": [{"name": "Python", "category": "technical", "level": "ADVANCED"}],
                    "languages": [{"language": "en", "label": "anglais", "level": "B2", "as_written": "Anglais (B2)"}],
                    "experience": [
                        {
                            "title": "Développeuse backend",
                            "company": "Atelier Numérique",
                            "start_date": "2022-01",
                            "is_current": True,
                            "skills": ["Python", "PostgreSQL"],
                        }
                    ],
                    "education": [{"degree": "Master informatique", "level": "bac+5", "end_date": "2021"}],
                    "total_experience_months": 50,
                },
                "extraction": {"method": "rules", "language": "fr", "pages": 1, "characters": 2140},
            },
            "completed_at": "2026-03-02T09:14:31Z",
            "matching": {"job_id": f"matching-bulk-{_JOB}", "status": "processing"},
        }
    )

    job_id: str
    status: Literal["done"]
    result: ParseResult
    completed_at: str
    matching: ChainedMatching | None = None


class FailedJob(BaseModel):
    """`error` is a French sentence; `failed_at` is null right after the run was ended by force."""

    model_config = example(
        {
            "job_id": _JOB,
            "status": "failed",
            "error": "Le document ne contient pas de texte lisible",
            "failed_at": "2026-03-02T09:14:31Z",
        }
    )

    job_id: str
    status: Literal["failed"]
    error: str
    failed_at: str | None


class CancelledJob(BaseModel):
    """The job was stopped before its end."""

    model_config = example({"job_id": _JOB, "status": "cancelled"})

    job_id: str
    status: Literal["cancelled"]


EndedJob = DoneJob | FailedJob | CancelledJob
JobState = PendingJob | RunningJob | EndedJob


class Cancelling(BaseModel):
    """With what the job's state was at that moment."""

    model_config = example({"job_id": _JOB, "status": "running", "message": "Annulation en cours..."})

    job_id: str
    status: Literal["pending", "running"]
    message: str
