"""Precision, recall and F1 of an extracted profile against the true one, field by field. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

from rapidfuzz import fuzz

from domain.cv import CvProfile, Education, Experience
from domain.skills import canonical
from domain.text import fold

Field = Literal[
    "name", "email", "phone", "experience", "titles", "companies", "dates",
    "education", "degree levels", "skills", "languages", "total months",
]  # fmt: skip
FIELDS: tuple[Field, ...] = get_args(Field)

TITLE_LIKENESS = 90.0
DEGREE_LIKENESS = 85.0
MONTHS_TOLERANCE = 2
"""Likenesses are rapidfuzz ratios of the folded texts, 0 to 100; a total is right within that many months."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Score:
    """Counts of one field: right values, values found that are not true, true values not found."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> float | None:
        """Share of what was found that is true; None when nothing was found."""
        return self.right / found if (found := self.right + self.wrong) else None

    @property
    def recall(self) -> float | None:
        """Share of what is true that was found; None when there was nothing to find."""
        return self.right / true if (true := self.right + self.missed) else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both; None when there was nothing to find and nothing was found."""
        everything = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / everything if everything else None


@dataclass(frozen=True)
class Comparison:
    """One field of one document: its counts, and the values that make them less than perfect, as short texts."""

    score: Score
    missed: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


def compare(truth: CvProfile, found: CvProfile, implied_skills: Sequence[str] = ()) -> dict[Field, Comparison]:
    """Every field of `found` against `truth`. An empty value counts as nothing found, never as a wrong one.

    A skill of `implied_skills` that was found counts neither as right nor as wrong.
    """
    true_skills = _skills(truth)
    optional = {fold(canonical(name)) for name in implied_skills}.difference(true_skills)
    mine, theirs = truth.personal_info, found.personal_info
    return {
        "name": _one(mine.name, theirs.name),
        "email": _one(mine.email, theirs.email),
        "phone": _one(mine.phone, theirs.phone),
        "experience": _pairs(truth.experience, found.experience, _same_experience, _experience_text),
        "titles": _pairs(_titles(truth), _titles(found), _same_title, str),
        "companies": _pairs(_companies(truth), _companies(found), _equal, str),
        "dates": _pairs(_periods(truth), _periods(found), _equal, str),
        "education": _pairs(truth.education, found.education, _same_education, _education_text),
        "degree levels": _pairs(_levels(truth), _levels(found), _equal, str),
        "skills": _pairs(true_skills, [name for name in _skills(found) if name not in optional], _equal, str),
        "languages": _pairs(_languages(truth), _languages(found), _equal, str),
        "total months": _months(truth.total_experience_months, found.total_experience_months),
    }


def in_order(text: str, parts: Sequence[str]) -> int:
    """How many of `parts` stand in the text in their own order: the longest such chain, case and spaces ignored."""
    folded = fold(text)
    best = [-1]
    for part in (fold(part) for part in parts):
        # best[n] is the earliest end of a chain of n parts; longer chains first, as each extends the next shorter one.
        for length in range(len(best) - 1, -1, -1):
            start = folded.find(part, max(best[length], 0))
            if start < 0:
                continue
            end = start + len(part)
            if length + 1 == len(best):
                best.append(end)
            else:
                best[length + 1] = min(best[length + 1], end)
    return len(best) - 1


def whole(text: str, sentences: Sequence[str]) -> int:
    """How many sentences stand in the text unbroken: words of another column or a lost line end would break them."""
    folded = fold(text)
    return sum(fold(sentence) in folded for sentence in sentences)


def _pairs(
    true: Sequence[_T], found: Sequence[_T], same: Callable[[_T, _T], bool], written: Callable[[_T], str]
) -> Comparison:
    """Pair each true value with the first found one that is the same; each value pairs once."""
    left = list(found)
    missed: list[_T] = []
    for value in true:
        match = next((number for number, other in enumerate(left) if same(value, other)), None)
        if match is None:
            missed.append(value)
        else:
            left.pop(match)
    return Comparison(
        Score(len(true) - len(missed), len(left), len(missed)), tuple(map(written, missed)), tuple(map(written, left))
    )


def _one(true: str | None, found: str | None) -> Comparison:
    return _pairs(_folded([true]), _folded([found]), _equal, str)


def _months(true: int, found: int) -> Comparison:
    return _pairs([true] if true else [], [found] if found else [], lambda a, b: abs(a - b) <= MONTHS_TOLERANCE, str)


def _folded(values: Sequence[str | None]) -> list[str]:
    return [fold(value) for value in values if value]


def _equal(one: object, other: object) -> bool:
    return one == other


def _same_title(one: str, other: str) -> bool:
    return fuzz.ratio(one, other) >= TITLE_LIKENESS


def _titles(profile: CvProfile) -> list[str]:
    return _folded([part.title for part in profile.experience])


def _companies(profile: CvProfile) -> list[str]:
    return _folded([part.company for part in profile.experience])


def _period(part: Experience) -> str:
    return f"{part.start_date or '?'} to {'now' if part.is_current else part.end_date or '?'}"


def _periods(profile: CvProfile) -> list[str]:
    return [_period(part) for part in profile.experience if part.start_date or part.end_date]


def _same_experience(one: Experience, other: Experience) -> bool:
    return (
        _same_title(fold(one.title or ""), fold(other.title or ""))
        and fold(one.company or "") == fold(other.company or "")
        and _period(one) == _period(other)
    )


def _experience_text(part: Experience) -> str:
    return f"{part.title} | {part.company} | {_period(part)}"


def _same_education(one: Education, other: Education) -> bool:
    return fuzz.ratio(fold(one.degree or ""), fold(other.degree or "")) >= DEGREE_LIKENESS and fold(
        one.institution or ""
    ) == fold(other.institution or "")


def _education_text(part: Education) -> str:
    return f"{part.degree} | {part.institution}"


def _levels(profile: CvProfile) -> list[str]:
    return [part.level for part in profile.education if part.level]


def _skills(profile: CvProfile) -> list[str]:
    """Every skill the profile shows, wherever it keeps it: extractors differ in what they call a software."""
    names = [skill.name for skill in profile.skills] + profile.softwares
    names += [name for part in profile.experience for name in part.skills]
    return list(dict.fromkeys(fold(canonical(name)) for name in names if name.strip()))


def _languages(profile: CvProfile) -> list[str]:
    return [f"{part.language} {part.level or '?'}" for part in profile.languages]
