"""The CV profile: what is read from a curriculum vitae, and how it was read."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

SkillCategory = Literal["technical", "soft", "tool", "domain"]
SkillLevel = Literal["BEGINNER", "INTERMEDIATE", "ADVANCED", "EXPERT"]
LanguageLevel = Literal["A1", "A2", "B1", "B2", "C1", "C2", "native"]
EducationLevel = Literal["none", "bac", "bac+2", "bac+3", "bac+5", "bac+8"]

SKILL_LEVELS: tuple[SkillLevel, ...] = ("BEGINNER", "INTERMEDIATE", "ADVANCED", "EXPERT")
LANGUAGE_LEVELS: tuple[LanguageLevel, ...] = ("A1", "A2", "B1", "B2", "C1", "C2", "native")
EDUCATION_LEVELS: tuple[EducationLevel, ...] = ("none", "bac", "bac+2", "bac+3", "bac+5", "bac+8")

PARTIAL_DATE = r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"
"""A date known to the year, the month or the day: "2019", "2019-04", "2019-04-30"."""

MAX_SKILLS = 300
MAX_ENTRIES = 100
"""Far above any real CV. Matching works through every skill and entry, so a hostile profile must have an end."""

Short = Annotated[str, AfterValidator(lambda text: text[:1000])]
Long = Annotated[str, AfterValidator(lambda text: text[:50_000])]
"""A text of one field, cut where no real CV reaches, for the same reason."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class PersonalInfo(_Part):
    """Who the CV is about. `phone` is E.164; `phone_as_written` keeps the CV's own form."""

    name: Short | None = None
    email: Short | None = None
    phone: Short | None = None
    phone_as_written: Short | None = None
    address: Short | None = None
    city: Short | None = None
    country: Short | None = None
    links: list[Short] = Field(default_factory=list, max_length=MAX_ENTRIES)


class Skill(_Part):
    name: Short
    category: SkillCategory = "technical"
    level: SkillLevel | None = None


class Language(_Part):
    """A spoken language: ISO 639-1 code, CEFR level where the CV gives one, and the CV's own words."""

    language: Short
    label: Short
    level: LanguageLevel | None = None
    as_written: Short = ""


class Experience(_Part):
    """One position held. Dates are partial (`PARTIAL_DATE`); `end_date` is None while `is_current`."""

    title: Short | None = None
    company: Short | None = None
    location: Short | None = None
    start_date: str | None = Field(default=None, pattern=PARTIAL_DATE)
    end_date: str | None = Field(default=None, pattern=PARTIAL_DATE)
    is_current: bool = False
    description: Long = ""
    skills: list[Short] = Field(default_factory=list, max_length=MAX_SKILLS)


class Education(_Part):
    """One course of study. `level` follows the French scale; between two levels, the lower."""

    degree: Short | None = None
    level: EducationLevel | None = None
    institution: Short | None = None
    field: Short | None = None
    start_date: str | None = Field(default=None, pattern=PARTIAL_DATE)
    end_date: str | None = Field(default=None, pattern=PARTIAL_DATE)


class Certification(_Part):
    name: Short
    issuer: Short | None = None
    date: str | None = Field(default=None, pattern=PARTIAL_DATE)


class CvProfile(_Part):
    """The structured content of one CV. `total_experience_months` is computed from the periods, never extracted."""

    personal_info: PersonalInfo = Field(default_factory=PersonalInfo)
    position: Short | None = None
    summary: Long | None = None
    skills: list[Skill] = Field(default_factory=list, max_length=MAX_SKILLS)
    softwares: list[Short] = Field(default_factory=list, max_length=MAX_SKILLS)
    languages: list[Language] = Field(default_factory=list, max_length=MAX_ENTRIES)
    experience: list[Experience] = Field(default_factory=list, max_length=MAX_ENTRIES)
    education: list[Education] = Field(default_factory=list, max_length=MAX_ENTRIES)
    certifications: list[Certification] = Field(default_factory=list, max_length=MAX_ENTRIES)
    total_experience_months: int = 0


class TokenUsage(_Part):
    input: int = 0
    output: int = 0


class Extraction(_Part):
    """How a profile was obtained: `method` says plainly whether a model or the rules read the text."""

    method: Literal["openai", "rules"]
    model: str | None = None
    prompt_version: str | None = None
    language: str | None = None
    pages: int = 1
    characters: int = 0
    ocr: bool = False
    tokens: TokenUsage = Field(default_factory=TokenUsage)
    warnings: list[str] = Field(default_factory=list)
    ungrounded: list[str] = Field(default_factory=list)
