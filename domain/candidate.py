"""The candidate: a person's profile together with what they look for."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.offer import JobType, WorkMode

CandidateStatus = Literal["DRAFT", "SUBMITTED", "IN_REVIEW", "VALIDATED", "REJECTED", "ARCHIVED"]


class Preferences(BaseModel):
    """What a candidate accepts. `salary_min` is EUR gross a year; `mobile` means willing to move."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    contract_types: list[JobType] = Field(default_factory=list)
    work_mode: WorkMode | None = None
    locations: list[str] = Field(default_factory=list)
    mobile: bool = False
    salary_min: int | None = None
    availability: date | None = None
