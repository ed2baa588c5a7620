"""What the routes of the catalogue take and answer."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.fields import HttpModel, Word, example
from domain.cv import EducationLevel, LanguageLevel
from domain.offer import JobType, LanguageRequirement, Salary, SalaryPeriod, WorkMode
from domain.source_ad import Attribution

Skills = Annotated[list[Word], Field(max_length=100)]
Years = Annotated[float, Field(ge=0, le=60)]
Amount = Annotated[float, Field(ge=0, le=10_000_000)]


class LanguageBody(HttpModel):
    """A language that the offer asks for, at this level at least; any level without one."""

    language: Annotated[str, Field(pattern=r"^[a-z]{2}$", description="ISO 639-1")]
    level: LanguageLevel | None = None


class SalaryBody(HttpModel):
    """Gross pay offered, in `currency` per `period`."""

    min: Amount | None = None
    max: Amount | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    period: SalaryPeriod = "year"


class OfferBody(HttpModel):
    """An offer as a recruiter writes it; only `title` is required. What is left out is not asked for."""

    model_config = example(
        {
            "title": "Développeur Python H/F",
            "company": "Atelier Numérique",
            "description": "Vous développez nos API de facturation.",
            "required_skills": ["Python", "PostgreSQL"],
            "preferred_skills": ["Docker"],
            "location": "Lyon",
            "work_mode": "hybrid",
            "job_type": "CDI",
            "experience_min_years": 2,
            "education_level": "bac+3",
            "languages": [{"language": "en", "level": "B2"}],
            "salary": {"min": 42000, "max": 50000},
        },
        {"title": "Comptable"},
    )

    title: Annotated[str, Field(min_length=1, max_length=300)]
    company: Word | None = None
    description: Annotated[str, Field(max_length=50_000)] = ""
    required_skills: Skills = Field(default_factory=list)
    preferred_skills: Skills = Field(default_factory=list)
    location: Word | None = None
    work_mode: WorkMode | None = None
    job_type: JobType | None = None
    experience_min_years: Years | None = None
    experience_max_years: Years | None = None
    education_level: EducationLevel | None = None
    languages: Annotated[list[LanguageBody], Field(max_length=30)] = Field(default_factory=list)
    salary: SalaryBody | None = None
    url: Annotated[str, Field(max_length=2000, pattern=r"^https?://")] | None = None

    @model_validator(mode="after")
    def _ranges(self) -> Self:
        low, high = self.experience_min_years, self.experience_max_years
        if low is not None and high is not None and low > high:
            raise ValueError("experience_min_years must not exceed experience_max_years")
        pay = self.salary
        if pay and pay.min is not None and pay.max is not None and pay.min > pay.max:
            raise ValueError("salary.min must not exceed salary.max")
        return self


_OFFER = {
    "id": 40,
    "source": "arbeitnow",
    "title": "Développeur Python H/F",
    "company": "Atelier Numérique",
    "description": "Vous développez nos API de facturation.",
    "required_skills": ["Python", "PostgreSQL"],
    "preferred_skills": ["Docker"],
    "location": "Lyon",
    "work_mode": "hybrid",
    "job_type": "CDI",
    "experience_min_years": 2,
    "experience_max_years": 8,
    "education_level": "bac+3",
    "languages": [{"language": "en", "level": "B2"}],
    "salary": {"min": 42000, "max": 50000, "currency": "EUR", "period": "year"},
    "url": "https://jobs.example.com/40",
    "logo_url": "https://jobs.example.com/logo.png",
    "attribution": {"label": "Arbeitnow", "url": "https://www.arbeitnow.com"},
    "state": "open",
    "version": 1,
    "created_at": "2026-03-02T09:14:27.499391Z",
    "updated_at": "2026-03-02T09:14:27.499391Z",
}


class OfferAnswer(BaseModel):
    """An offer of the catalogue. One that has an `attribution` must be shown with it, and linked to its `url`."""

    model_config = ConfigDict(from_attributes=True) | example(_OFFER)

    id: int
    source: str
    title: str
    company: str | None
    description: str
    required_skills: list[str]
    preferred_skills: list[str]
    location: str | None
    work_mode: str | None
    job_type: str | None
    experience_min_years: float | None
    experience_max_years: float | None
    education_level: str | None
    languages: list[LanguageRequirement]
    salary: Salary | None
    url: str | None
    logo_url: str | None
    attribution: Attribution | None
    state: Annotated[str, Field(description="`open`, or `expired` where its source no longer gives it")]
    version: Annotated[int, Field(description="one more with each change; scores name the one they were made for")]
    created_at: datetime
    updated_at: datetime


class WholeOffer(OfferAnswer):
    """An offer with all that its source says; `details` is the source's own row, and empty for a recruiter's offer.

    `insee`, `department` and `region` are official codes; `work_mode_inferred` and `skills_inferred` mark what was read
    from the text instead of being stated.
    """

    model_config = example(
        {
            **_OFFER,
            "source_id": "developpeur-python-40",
            "partner": "Atelier Emploi",
            "company_url": "https://atelier.example.com",
            "description_truncated": False,
            "requirements": "Deux ans d'expérience",
            "skills_inferred": False,
            "insee": "69123",
            "postcode": "69003",
            "department": "69",
            "region": "84",
            "country": "FR",
            "latitude": 45.749,
            "longitude": 4.848,
            "work_mode_inferred": False,
            "contract_label": "Contrat à durée indéterminée",
            "work_time": "full_time",
            "openings": 1,
            "rome_code": "M1805",
            "naf": "6201Z",
            "apply_url": "https://jobs.example.com/40/apply",
            "published_at": "2026-02-27T00:00:00Z",
            "source_updated_at": "2026-02-28T00:00:00Z",
            "first_seen_at": "2026-03-02T09:14:27.499391Z",
            "last_seen_at": "2026-03-02T09:14:27.499391Z",
            "last_verified_at": "2026-03-02T09:14:27.499391Z",
            "details": {},
        }
    )

    source_id: str
    partner: str | None
    company_url: str | None
    description_truncated: bool
    requirements: str | None
    skills_inferred: bool
    insee: str | None
    postcode: str | None
    department: str | None
    region: str | None
    country: str | None
    latitude: float | None
    longitude: float | None
    work_mode_inferred: bool
    contract_label: str | None
    work_time: str | None
    openings: int | None
    rome_code: str | None
    naf: str | None
    apply_url: str | None
    published_at: datetime | None
    source_updated_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    last_verified_at: datetime
    details: dict[str, Any]
