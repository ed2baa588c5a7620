"""The job offer: what an advertisement asks for and offers, whoever wrote it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.cv import EducationLevel, LanguageLevel

JobType = Literal["CDI", "CDD", "INTERIM", "ALTERNANCE", "STAGE", "FREELANCE", "OTHER"]
WorkMode = Literal["remote", "hybrid", "onsite"]
SalaryPeriod = Literal["year", "month", "day", "hour"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class LanguageRequirement(_Part):
    """A required language (ISO 639-1) and the lowest CEFR level accepted; no level means any."""

    language: str
    level: LanguageLevel | None = None


class Salary(_Part):
    """Gross pay offered, in `currency` per `period`; what a source does not say is None.

    `months` is how many times a year a monthly pay is paid, `annual_min` and `annual_max` are the same pay a year,
    `is_estimated` marks a source's guess, `label` is the source's own wording.
    """

    min: float | None = None
    max: float | None = None
    currency: str = "EUR"
    period: SalaryPeriod = "year"
    months: float | None = None
    annual_min: float | None = None
    annual_max: float | None = None
    is_estimated: bool = False
    label: str | None = None


class Offer(_Part):
    """What an offer asks for and offers; only `title` is always there."""

    title: str
    company: str | None = None
    description: str = ""
    required_skills: list[str] = Field(default_factory=list)
    preferred_skills: list[str] = Field(default_factory=list)
    location: str | None = None
    work_mode: WorkMode | None = None
    job_type: JobType | None = None
    experience_min_years: float | None = None
    experience_max_years: float | None = None
    education_level: EducationLevel | None = None
    languages: list[LanguageRequirement] = Field(default_factory=list)
    salary: Salary | None = None
    url: str | None = None
