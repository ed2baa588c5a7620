"""The parameters of the candidate search. Lists may be repeated and, where values hold no commas, comma-separated."""

from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from adapters.candidate_query import CandidateQuery, ExperienceRange, Sort, WantedLanguage, WantedSkill
from api.fields import Word
from domain.cv import LANGUAGE_LEVELS, SKILL_LEVELS, EducationLevel
from domain.offer import JobType, WorkMode

MAX_VALUES = 50
Level = TypeVar("Level", bound=str)


def _split(values: Any) -> Any:
    """`a,b` and `c` as three values; empty ones do not count."""
    if not isinstance(values, list):
        return values
    parts = [part.strip() for value in values for part in str(value).split(",")]
    return [part for part in parts if part]


def _stated(values: Any) -> Any:
    return [value for value in values if str(value).strip()] if isinstance(values, list) else values


def _levelled(value: str, levels: tuple[Level, ...]) -> tuple[str, Level | None]:
    """Name and level of "name:LEVEL" or "name"."""
    name, colon, written = value.partition(":")
    if not name.strip():
        raise ValueError("must name something")
    if not colon:
        return name, None
    found = next((level for level in levels if level.casefold() == written.strip().casefold()), None)
    if found is None:
        raise ValueError(f"the level must be one of {', '.join(levels)}")
    return name, found


def _skill(value: str) -> str:
    _levelled(value, SKILL_LEVELS)
    return value


def _language(value: str) -> str:
    _levelled(value, LANGUAGE_LEVELS)
    return value


T = TypeVar("T")
Split = Annotated[list[T], BeforeValidator(_split), Field(max_length=MAX_VALUES)]
Repeated = Annotated[list[T], BeforeValidator(_stated), Field(max_length=MAX_VALUES)]
Years = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class Criteria(BaseModel):
    """What candidates must meet: every parameter given. A value that the candidate does not state meets nothing."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    q: Annotated[
        Word,
        Field(
            description="words that must all be found in headline, position, summary, experience, skills, city or "
            "sector, whatever their accents and inflection, a mistyped letter or two forgiven"
        ),
    ] = ""
    skills: Annotated[
        Split[Annotated[Word, AfterValidator(_skill)]],
        Field(description="`Python`, or `Python:ADVANCED` for at least that level; all are required"),
    ] = Field(default_factory=list)
    skills_any: Annotated[bool, Field(description="one of `skills` is enough")] = False
    min_experience: Annotated[Years | None, Field(description="years of experience at least")] = None
    max_experience: Annotated[Years | None, Field(description="years of experience at most")] = None
    experience: Annotated[Split[ExperienceRange], Field(description="values of the facet; any of them")] = Field(
        default_factory=list
    )
    location: Annotated[
        Repeated[Word], Field(description="where the candidate lives or would work; any of them, no comma-separation")
    ] = Field(default_factory=list)
    city: Annotated[Repeated[Word], Field(description="where the candidate lives; any of them")] = Field(
        default_factory=list
    )
    contract_types: Annotated[Split[JobType], Field(description="any of them")] = Field(default_factory=list)
    work_mode: Annotated[Split[WorkMode], Field(description="any of them")] = Field(default_factory=list)
    languages: Annotated[
        Split[Annotated[Word, AfterValidator(_language)]],
        Field(description="ISO 639-1, `en`, or `en:B2` for at least that level; all are required"),
    ] = Field(default_factory=list)
    education: Annotated[Split[EducationLevel], Field(description="highest level; any of them")] = Field(
        default_factory=list
    )
    min_education: Annotated[EducationLevel | None, Field(description="highest level at least")] = None
    sector: Annotated[Repeated[Word], Field(description="any of them, no comma-separation")] = Field(
        default_factory=list
    )
    min_admin_score: Annotated[
        Annotated[float, Field(ge=0, le=5, allow_inf_nan=False)] | None,
        Field(description="`overallScore` of the validation at least"),
    ] = None
    availability: Annotated[date | None, Field(description="free by that date")] = None
    sort: Annotated[
        Sort | None,
        Field(
            description="`relevance` (default with `q`), `recent` (default without: newest candidates first), "
            "`experience` and `admin_score` (highest first), `availability` (earliest first)"
        ),
    ] = None
    cursor: Annotated[str | None, Field(max_length=200, description="opaque; `next_cursor` of the previous answer")] = (
        None
    )
    limit: Annotated[int, Field(ge=1, le=200, description="items an answer holds at most")] = 50

    @model_validator(mode="after")
    def _range(self) -> "Criteria":
        low, high = self.min_experience, self.max_experience
        if low is not None and high is not None and low > high:
            raise ValueError("min_experience must not exceed max_experience")
        return self

    def query(self) -> CandidateQuery:
        """The criteria in the terms of the index."""
        return CandidateQuery(
            text=self.q,
            skills=[WantedSkill(*_levelled(value, SKILL_LEVELS)) for value in self.skills],
            any_skill=self.skills_any,
            languages=[WantedLanguage(*_levelled(value, LANGUAGE_LEVELS)) for value in self.languages],
            locations=self.location,
            cities=self.city,
            sectors=self.sector,
            contract_types=self.contract_types,
            work_modes=self.work_mode,
            education=self.education,
            min_education=self.min_education,
            experience=self.experience,
            min_experience=self.min_experience,
            max_experience=self.max_experience,
            min_admin_score=self.min_admin_score,
            free_by=self.availability,
            sort=self.sort or ("relevance" if self.q.strip() else "recent"),
        )
