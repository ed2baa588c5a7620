"""The explained result of one match, as it is stored and answered."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.cv import EducationLevel
from domain.matching.skills import MatchKind

Category = Literal["excellent", "good", "moderate", "low", "insufficient"]
Criterion = Literal["skills", "experience", "education", "title", "languages", "location", "contract", "salary"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class SkillMatch(_Part):
    """A skill the offer names and the CV's skill that meets it; `evidence` quotes the CV (120 characters at most)."""

    required: str
    candidate: str
    kind: MatchKind
    evidence: str


class SkillsMatching(_Part):
    """`missing` are required skills not shown, not even by a related one; `additional` the CV's other skills."""

    matched: list[SkillMatch] = Field(default_factory=list)
    missing: list[str] = Field(default_factory=list)
    additional: list[str] = Field(default_factory=list)


class ExperienceMatching(_Part):
    """Years asked at least, years of working life, and the share of them (0 to 1) relevant to the offer."""

    years_required: float | None
    years_actual: float
    relevance: float


class EducationMatching(_Part):
    """`field_match`: whether the studies belong to the offer's domain; None when either is unknown."""

    level_required: EducationLevel | None
    level_actual: EducationLevel | None
    field_match: bool | None


class Details(_Part):
    """Each criterion in [0, 1], None where left out; `weights` are the ones used, and sum to 1."""

    skills_score: float | None
    experience_score: float | None
    education_score: float | None
    title_score: float | None
    languages_score: float | None
    location_score: float | None
    contract_score: float | None
    salary_score: float | None
    weights: dict[Criterion, float]
    skills_matching: SkillsMatching
    experience_matching: ExperienceMatching
    education_matching: EducationMatching


class Gap(_Part):
    """What is missing, in French, and the score that the same candidate would have without this gap."""

    criterion: Criterion
    message: str
    score_if_closed: float


class MatchScore(_Part):
    score: float
    category: Category
    confidence: float
    details: Details
    strengths: list[str]
    gaps: list[Gap]
    algorithm_version: str
