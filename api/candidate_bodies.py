"""What the routes of candidates take and answer."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.fields import HttpModel, Word, example
from domain.candidate import CandidateStatus, Preferences
from domain.cv import CvProfile
from domain.offer import JobType, WorkMode


class PreferencesBody(HttpModel):
    """What a candidate accepts; `mobile`: would move."""

    contract_types: Annotated[list[JobType], Field(max_length=7)] = Field(default_factory=list)
    work_mode: WorkMode | None = None
    locations: Annotated[list[Word], Field(max_length=50)] = Field(default_factory=list)
    mobile: bool = False
    salary_min: Annotated[int, Field(ge=0, le=10_000_000, description="EUR gross a year")] | None = None
    availability: date | None = None


class CandidateBody(HttpModel):
    """A candidate; everything is optional, and a PATCH changes only what it names. `profile`: what a CV was read as."""

    model_config = example(
        {
            "first_name": "Camille",
            "last_name": "Renard",
            "email": "camille.renard@example.fr",
            "phone": "06 39 98 12 34",
            "city": "Lyon",
            "headline": "Développeuse Python",
            "preferences": {"contract_types": ["CDI"], "work_mode": "hybrid", "salary_min": 42000},
        },
        {
            "profile": {
                "position": "Développeuse Python",
                "skills": [{"name": "Python", "level": "ADVANCED"}],
                "total_experience_months": 50,
            }
        },
    )

    first_name: Word | None = None
    last_name: Word | None = None
    email: Annotated[str, Field(max_length=254)] | None = None
    phone: Annotated[str, Field(max_length=50)] | None = None
    address: Annotated[str, Field(max_length=500)] | None = None
    city: Word | None = None
    country: Word | None = None
    headline: Annotated[str, Field(max_length=5000)] | None = None
    sector: Word | None = None
    profile: CvProfile | None = None
    preferences: PreferencesBody = Field(default_factory=PreferencesBody)


class CandidateAnswer(BaseModel):
    """A candidate. `version` grows with each change, `profile_version` with each change of the profile."""

    model_config = ConfigDict(from_attributes=True) | example(
        {
            "id": 12,
            "status": "DRAFT",
            "version": 1,
            "profile_version": 1,
            "created_at": "2026-03-02T09:14:27.499391Z",
            "updated_at": "2026-03-02T09:14:27.499391Z",
            "first_name": "Camille",
            "last_name": "Renard",
            "email": "camille.renard@example.fr",
            "phone": "+33639981234",
            "address": "14 rue des Tilleuls, 69003 Lyon",
            "city": "Lyon",
            "country": "France",
            "headline": "Développeuse Python",
            "sector": "Informatique",
            "profile": {"position": "Développeuse Python", "skills": [{"name": "Python", "level": "ADVANCED"}]},
            "preferences": {
                "contract_types": ["CDI"],
                "work_mode": "hybrid",
                "locations": [],
                "mobile": False,
                "salary_min": 42000,
                "availability": None,
            },
        }
    )

    id: int
    status: CandidateStatus
    version: int
    profile_version: int
    created_at: datetime
    updated_at: datetime
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    address: str | None
    city: str | None
    country: str | None
    headline: str | None
    sector: str | None
    profile: Annotated[
        dict[str, Any] | None,
        Field(description="as in `CvProfile`, without the fields that were never given; null without a profile"),
    ]
    preferences: Preferences


class Erasure(BaseModel):
    """An erasure that is being carried out."""

    model_config = example(
        {"message": "Effacement en cours...", "candidate_id": 12, "workflow_id": "candidate-decision-12"}
    )

    message: str
    candidate_id: int
    workflow_id: str
