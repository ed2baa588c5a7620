"""Candidate and offer made ready for scoring: names canonical, places read, dates counted, once for many pairs."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from domain.candidate import Preferences
from domain.cv import EDUCATION_LEVELS, LANGUAGE_LEVELS, CvProfile, EducationLevel, Experience
from domain.matching import domains, titles
from domain.matching.evidence import ShownSkill, shown_skills, skills_of
from domain.matching.places import Place, parse
from domain.offer import JobType, Offer, Salary, WorkMode
from domain.periods import covered_months
from domain.skills import canonical, category_of, find_skills, related_skills
from domain.text import fold

ANY_LEVEL = -1
"""Rank of a language whose level is not told, or not asked for."""

_LONGEST_CAREER_MONTHS = 80 * 12
_HIGHEST_SALARY = 10**9
_LONGEST_REQUIREMENT = 200
# Paid units a year: months; days of a "forfait jours"; hours of 35 a week.
_UNITS_A_YEAR = {"year": 1, "month": 12, "day": 218, "hour": 1820}


@dataclass(frozen=True, slots=True)
class Requirement:
    """A skill that an offer asks for; `words` is its sorted words, for fuzzy comparison."""

    name: str
    written: str
    spelling: str
    words: str
    known: bool
    kin: frozenset[str]


@dataclass(frozen=True, slots=True)
class PastJob:
    title: str
    skills: frozenset[str]
    source: Experience


@dataclass(frozen=True, slots=True)
class PreparedCandidate:
    """What scoring needs of a candidate. `closed_months` are relevant months granted when a gap is closed in thought.

    `relevant_months` remembers the months covered by a subset of `jobs`: it saves time and never changes a result.
    """

    skills: Mapping[str, ShownSkill] = field(default_factory=dict)
    all_words: tuple[tuple[str, str], ...] = ()
    unknown_words: tuple[tuple[str, str], ...] = ()
    titles: tuple[str, ...] = ()
    domains: frozenset[str] = frozenset()
    jobs: tuple[PastJob, ...] = ()
    total_months: int = 0
    closed_months: int = 0
    education: EducationLevel | None = None
    studied: frozenset[str] = frozenset()
    languages: Mapping[str, int] = field(default_factory=dict)
    wishes: tuple[Place, ...] = ()
    home: Place | None = None
    mobile: bool = False
    work_mode: WorkMode | None = None
    contracts: frozenset[JobType] = frozenset()
    salary: int | None = None
    today: date = date.min
    relevant_months: dict[tuple[int, ...], int] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether the CV shows nothing that could be judged, whatever the preferences say."""
        months = self.total_months or self.closed_months
        return not (self.skills or self.titles or months or self.education or self.languages)


@dataclass(frozen=True, slots=True)
class PreparedOffer:
    """What scoring needs of an offer; None or empty where it does not ask. Salary is EUR gross a year."""

    written_title: str
    title: str
    domains: frozenset[str]
    required: tuple[Requirement, ...]
    preferred: tuple[Requirement, ...]
    skill_names: frozenset[str]
    min_years: float | None
    max_years: float | None
    education: EducationLevel | None
    languages: tuple[tuple[str, int], ...]
    written_place: str
    place: Place | None
    work_mode: WorkMode | None
    contract: JobType | None
    salary: float | None


def sorted_words(name: str) -> str:
    return " ".join(sorted(fold(name).split()))


def prepare_candidate(profile: CvProfile | None, preferences: Preferences, today: date) -> PreparedCandidate:
    """A candidate ready for scoring; "présent" in the CV means `today`. No profile prepares as an empty one."""
    cv = profile if profile is not None else CvProfile()
    skills = shown_skills(cv)
    words = tuple(sorted((sorted_words(name), name) for name in skills))
    seen_titles = {titles.normalise(title) for title in (cv.position, *(e.title for e in cv.experience)) if title}
    known_titles = tuple(sorted(seen_titles - {""}))
    levels = [study.level for study in cv.education if study.level is not None]
    fields = {domain for s in cv.education for text in (s.field, s.degree) if text for domain in domains.of_field(text)}
    wishes = {place for place in map(parse, preferences.locations) if place is not None}
    info = cv.personal_info
    wish = preferences.salary_min
    return PreparedCandidate(
        skills=skills,
        all_words=words,
        unknown_words=tuple((sorting, name) for sorting, name in words if category_of(name) is None),
        titles=known_titles,
        domains=frozenset(domain for title in known_titles for domain in domains.of_title(title)),
        jobs=tuple(PastJob(titles.normalise(e.title or ""), skills_of(e), e) for e in cv.experience),
        total_months=min(max(cv.total_experience_months, covered_months(cv.experience, today)), _LONGEST_CAREER_MONTHS),
        education=max(levels, key=EDUCATION_LEVELS.index, default=None),
        studied=frozenset(fields),
        languages=_spoken(cv),
        wishes=tuple(sorted(wishes, key=repr)),
        home=parse(", ".join(part for part in (info.city, info.country) if part)) if info.city else None,
        mobile=preferences.mobile,
        work_mode=preferences.work_mode,
        contracts=frozenset(preferences.contract_types) - {"OTHER"},
        salary=min(wish, _HIGHEST_SALARY) if wish is not None and wish > 0 else None,
        today=today,
    )


def _spoken(cv: CvProfile) -> dict[str, int]:
    """The best rank of each language of the CV."""
    ranks: dict[str, int] = {}
    for item in cv.languages:
        code = _language_code(item.language)
        rank = ANY_LEVEL if item.level is None else LANGUAGE_LEVELS.index(item.level)
        ranks[code] = max(rank, ranks.get(code, ANY_LEVEL))
    return dict(sorted(ranks.items()))


def _language_code(code: str) -> str:
    return fold(code)[:2]


def prepare_offer(offer: Offer) -> PreparedOffer:
    """An offer ready for scoring. Requirements that make no sense (not a number, below 0) count as not stated."""
    required = _requirements(offer.required_skills, without=frozenset())
    preferred = _requirements(offer.preferred_skills, without=frozenset(item.name for item in required))
    title = titles.normalise(offer.title)
    named = [item.name for item in required or preferred]
    languages: dict[str, int] = {}
    for asked in offer.languages:
        code = _language_code(asked.language)
        rank = ANY_LEVEL if asked.level is None else LANGUAGE_LEVELS.index(asked.level)
        languages[code] = max(rank, languages.get(code, ANY_LEVEL))
    place = parse(offer.location)
    minimum, maximum = _years(offer.experience_min_years), _years(offer.experience_max_years)
    return PreparedOffer(
        written_title=" ".join(offer.title.split())[:120],
        title=title,
        domains=domains.of_title(title) or domains.of_skills(named),
        required=required,
        preferred=preferred,
        skill_names=frozenset(item.name for item in (*required, *preferred)),
        min_years=minimum,
        max_years=maximum if maximum is None or maximum >= (minimum or 0) else None,
        education=None if offer.education_level == "none" else offer.education_level,
        languages=tuple(sorted(languages.items())),
        written_place=" ".join((offer.location or "").split())[:120],
        place=None if place == Place(country="FR") else place,
        work_mode=offer.work_mode,
        contract=None if offer.job_type == "OTHER" else offer.job_type,
        salary=None if offer.salary is None else _yearly(offer.salary),
    )


def _requirements(written: Iterable[str], without: frozenset[str]) -> tuple[Requirement, ...]:
    """Requirements by canonical name, each once."""
    found: dict[str, Requirement] = {}
    for text in sorted(written):
        requirement = _requirement(text[:_LONGEST_REQUIREMENT])
        if requirement.name and requirement.name not in without:
            found.setdefault(requirement.name, requirement)
    return tuple(found[name] for name in sorted(found))


@lru_cache(maxsize=8192)  # offers of one trade ask for the same skills over and over
def _requirement(text: str) -> Requirement:
    """A skill asked for; a phrase that holds just one skill ("maîtrise d'Excel") asks for that skill."""
    name = canonical(text)
    if category_of(name) is None:
        inside = find_skills(text)
        name = inside[0].name if len(inside) == 1 else name
    known = category_of(name) is not None
    return Requirement(name, " ".join(text.split())[:120], fold(text), sorted_words(name), known, related_skills(name))


def _years(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) and 0 <= value <= 80 else None


def _yearly(salary: Salary) -> float | None:
    """The most that the offer pays, a year; None in another currency, for which no rate is known here."""
    best = salary.max if salary.max is not None else salary.min
    if best is None or best <= 0 or salary.currency.strip().upper() not in ("EUR", "€"):
        return None
    return float(best) * _UNITS_A_YEAR[salary.period]
