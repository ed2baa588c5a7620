"""What the search index holds of a candidate. No e-mail address, telephone number or postal address is among it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.candidate import Preferences
from domain.cv import EDUCATION_LEVELS, LANGUAGE_LEVELS, SKILL_LEVELS, CvProfile, Language, SkillLevel
from domain.search_text import presentable, search_words
from domain.skills import canonical, category_of
from domain.text import fold

MAX_KEY = 200
"""Characters of a name that identify it: a search server refuses terms of tens of kilobytes."""
MAX_HEADLINE = 5_000
MAX_TEXT = 20_000
"""Characters of a long text that can be searched and highlighted."""
MAX_PREPARED = 60_000
"""Characters of a field's words: folding makes up to eighteen of one."""
MAX_YEARS = 100

NO_SCORE = -1.0
NO_DATE = 99_991_231
"""What candidates without a score or a date are sorted by: a cursor cannot name a missing value."""


@dataclass(frozen=True)
class CandidateContent:
    """The columns that a candidate's document is made of; `profile` is a `CvProfile`, `preferences` a `Preferences`."""

    first_name: str | None
    last_name: str | None
    headline: str | None
    city: str | None
    country: str | None
    sector: str | None
    profile: dict[str, Any] | None
    preferences: dict[str, Any]
    admin_score: float | None


def name_key(name: str) -> str:
    """What identifies a place or a sector, whatever its case and accents."""
    return fold(name)[:MAX_KEY]


def skill_key(name: str) -> str:
    """What identifies a skill, whatever its spelling: "JS" is "javascript"; "c", "c++" and "c#" are three."""
    return name_key(canonical(_listable(name)))


def skill_rank(level: SkillLevel) -> int:
    """1 (beginner) to 4 (expert)."""
    return SKILL_LEVELS.index(level) + 1


def candidate_document(candidate_id: int, version: int, content: CandidateContent) -> dict[str, Any]:
    """The index document of a candidate. Raises ValueError for a profile or preferences of another shape."""
    profile = CvProfile.model_validate(content.profile or {})
    wishes = Preferences.model_validate(content.preferences)
    headline = _text(content.headline, MAX_HEADLINE)
    position = _text(profile.position, MAX_HEADLINE)
    summary = _text(profile.summary, MAX_TEXT)
    experience = list(_experience(profile))
    skills = _skills(profile)
    languages = _languages(profile.languages)
    skill_names = [*dict.fromkeys([*(skill["name"] for skill in skills), *_written(profile)])]
    city, sector = _name(content.city), _name(content.sector)
    title = _words(headline, position)
    levels = [item.level for item in profile.education if item.level is not None]
    education = max(levels, key=EDUCATION_LEVELS.index, default=None)
    return {
        "id": candidate_id,
        "version": version,
        "first_name": _name(content.first_name),
        "last_name": _name(content.last_name),
        "headline": headline,
        "position": position,
        "summary": summary,
        "experience": experience,
        "skill_names": skill_names,
        "city": city,
        "city_key": name_key(city) if city else None,
        "sector": sector,
        "sector_key": name_key(sector) if sector else None,
        "locations": [
            place for place in (_words(city, _name(content.country)), *map(_place, wishes.locations)) if place
        ],
        "skills": skills,
        "skill_keys": [skill["key"] for skill in skills],
        "languages": languages,
        "language_keys": [spoken["language"] for spoken in languages],
        "experience_years": min(max(profile.total_experience_months, 0), MAX_YEARS * 12) / 12,
        "education": education,
        "education_rank": None if education is None else EDUCATION_LEVELS.index(education),
        "admin_score": content.admin_score,
        "availability": None if wishes.availability is None else wishes.availability.isoformat(),
        "contract_types": list(dict.fromkeys(wishes.contract_types)),
        "work_mode": wishes.work_mode,
        "order": {
            "admin_score": NO_SCORE if content.admin_score is None else content.admin_score,
            "availability": _day_number(wishes.availability),
        },
        "search": {
            "title": title,
            "skills": _words(*skill_names),
            "all": _words(headline, position, summary, *experience, *skill_names, city, sector),
        },
    }


def _day_number(day: date | None) -> int:
    """A date as a number that sorts like it: 2030-01-31 is 20300131."""
    return NO_DATE if day is None else day.year * 10_000 + day.month * 100 + day.day


def _text(text: str | None, limit: int) -> str | None:
    return presentable(text, limit).strip() or None if text else None


def _name(name: str | None) -> str | None:
    return _text(name, MAX_KEY)


def _words(*texts: str | None) -> str:
    return " ".join(word for text in texts if text for word in search_words(text))[:MAX_PREPARED]


def _place(written: str) -> str:
    return _words(_name(written))


def _experience(profile: CvProfile) -> Iterator[str]:
    """Titles, companies and descriptions, until `MAX_TEXT` characters of them."""
    left = MAX_TEXT
    for item in profile.experience:
        for written in (item.title, item.company, item.description):
            if text := _text(written, left):
                left -= len(text)
                yield text


def _written(profile: CvProfile) -> list[str]:
    names = (_name(name) for name in (*(skill.name for skill in profile.skills), *profile.softwares))
    return [name for name in names if name]


def _listable(name: str) -> str:
    """The name without the two characters that separate names and levels in a search."""
    return name.replace(",", " ").replace(":", " ")


def _skills(profile: CvProfile) -> list[dict[str, Any]]:
    """Each skill once, at the highest level that the profile gives it."""
    found: dict[str, dict[str, Any]] = {}
    named: list[tuple[str, SkillLevel | None]] = [(skill.name, skill.level) for skill in profile.skills]
    named += [(name, None) for name in profile.softwares]
    for written, level in named:
        name = " ".join(_listable(_name(written) or "").split())
        key = skill_key(name)
        if not key.strip(" ."):
            continue
        rank = None if level is None else skill_rank(level)
        shown = canonical(name) if category_of(name) else name
        entry = found.setdefault(key, {"key": key, "name": shown, "level": level, "rank": rank})
        if rank is not None and rank > (entry["rank"] or 0):
            entry.update(level=level, rank=rank)
    return list(found.values())


def _languages(languages: Iterable[Language]) -> list[dict[str, Any]]:
    """Each language once, at the highest level given. Ranks run from 1 (A1) to 7 (native)."""
    found: dict[str, dict[str, Any]] = {}
    for item in languages:
        key = name_key(item.language)
        if not key:
            continue
        rank = None if item.level is None else LANGUAGE_LEVELS.index(item.level) + 1
        entry = found.setdefault(key, {"language": key, "level": item.level, "rank": rank})
        if rank is not None and rank > (entry["rank"] or 0):
            entry.update(level=item.level, rank=rank)
    return list(found.values())
