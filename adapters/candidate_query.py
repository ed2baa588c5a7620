"""What recruiters can ask of the candidates' index, and what they are answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from domain.cv import EducationLevel, LanguageLevel, SkillLevel
from domain.offer import JobType, WorkMode

Json = dict[str, Any]
Sorted = tuple[int | float, ...]
"""A hit's place in the order: the values of the sort keys, the last one its id."""

Sort = Literal["relevance", "recent", "experience", "admin_score", "availability"]
ExperienceRange = Literal["0-2", "2-5", "5-10", "10+"]

EXPERIENCE_RANGES: dict[ExperienceRange, Json] = {
    "0-2": {"from": 0, "to": 2},
    "2-5": {"from": 2, "to": 5},
    "5-10": {"from": 5, "to": 10},
    "10+": {"from": 10},
}
"""Years, from inclusive, to exclusive: five years stand in "5-10"."""


@dataclass(frozen=True)
class WantedSkill:
    """A skill however it is written, and the lowest level accepted."""

    name: str
    level: SkillLevel | None = None


@dataclass(frozen=True)
class WantedLanguage:
    """A language (ISO 639-1) and the lowest level accepted."""

    language: str
    level: LanguageLevel | None = None


@dataclass(frozen=True)
class CandidateQuery:
    """What candidates must meet: every criterion given; of several values of one, any, but for skills and languages.

    All languages are required, and all skills unless `any_skill`. A value that the candidate does not state meets
    nothing. Years of experience and scores are inclusive bounds; `free_by` is the latest date of availability.
    """

    text: str = ""
    skills: Sequence[WantedSkill] = ()
    any_skill: bool = False
    languages: Sequence[WantedLanguage] = ()
    locations: Sequence[str] = ()
    cities: Sequence[str] = ()
    sectors: Sequence[str] = ()
    contract_types: Sequence[JobType] = ()
    work_modes: Sequence[WorkMode] = ()
    education: Sequence[EducationLevel] = ()
    min_education: EducationLevel | None = None
    experience: Sequence[ExperienceRange] = ()
    min_experience: float | None = None
    max_experience: float | None = None
    min_admin_score: float | None = None
    free_by: date | None = None
    sort: Sort = "recent"


@dataclass(frozen=True)
class Hit:
    """A candidate found: what may be shown, and the marked passages by field."""

    candidate_id: int
    shown: Json
    highlights: dict[str, list[str]]
    position: Sorted


@dataclass(frozen=True)
class FacetValue:
    value: str
    count: int


@dataclass(frozen=True)
class SearchPage:
    """Hits in order, where the next page begins (None on the last), and all that meet the query, counted."""

    hits: list[Hit]
    following: Sorted | None
    total: int
    facets: dict[str, list[FacetValue]]
