"""The one judgement of a pair: every criterion's value, and their combination into the score.

Three rules keep the laws of the score where leaving a criterion out would break them:

- Skills, experience and title are what the offer always asks of a CV. When the offer asks and the CV shows nothing
  they count 0 instead of being left out: otherwise a first skill or month, worth little, would replace nothing and
  lower the mean. They then do not count as judged in the confidence.
- When none of the criteria on the CV (skills, experience, education, title, languages) is met at all, the score is
  0: the right town and salary alone make no match, and an irrelevant skill cannot make an empty profile one.
- Without any shared required skill the score stays under "good", and under 0.45 in another job domain.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from domain.matching import criteria, experience, skills
from domain.matching.prepared import PreparedCandidate, PreparedOffer
from domain.matching.result import Category, Criterion
from domain.matching.titles import similarity

ALGORITHM_VERSION: Final = "1.0"

WEIGHTS: Final[dict[Criterion, float]] = {
    "skills": 0.40,
    "experience": 0.20,
    "education": 0.10,
    "title": 0.10,
    "languages": 0.05,
    "location": 0.08,
    "contract": 0.04,
    "salary": 0.03,
}
_WEIGHTS: Final = tuple(WEIGHTS.values())
_CV_CRITERIA: Final = 5
"""The first criteria in the order of `WEIGHTS` are about the CV, the others about preferences."""

OTHER_DOMAIN_CAP: Final = 0.45
NO_SHARED_SKILL_CAP: Final = 0.69
_CATEGORIES: Final[tuple[tuple[float, Category], ...]] = (
    (0.85, "excellent"),
    (0.70, "good"),
    (0.50, "moderate"),
    (0.30, "low"),
)


class Values(NamedTuple):
    """The criteria of one pair, in the order of `WEIGHTS`; None where left out."""

    skills: float | None
    experience: float | None
    education: float | None
    title: float | None
    languages: float | None
    location: float | None
    contract: float | None
    salary: float | None


class Judgement(NamedTuple):
    """Values of one pair with what they rest on; `confidence` and `score` are rounded to 4 decimals."""

    values: Values
    required: Sequence[skills.Hit]
    preferred: Sequence[skills.Hit]
    served: experience.Service
    same_domain: bool
    confidence: float
    score: float


_NOTHING: Final = Values(None, None, None, None, None, None, None, None)


def judge(candidate: PreparedCandidate, offer: PreparedOffer) -> Judgement:
    """Every criterion of a pair, and its score; 0 with confidence 0 for a CV that shows nothing."""
    likeness = {title: similarity(title, offer.title) for title in candidate.titles} if offer.title else {}
    served = experience.service(candidate, offer, likeness)
    required = skills.hits(candidate, offer.required)
    preferred = skills.hits(candidate, offer.preferred)
    same_domain = not offer.domains or not candidate.domains or not offer.domains.isdisjoint(candidate.domains)
    if candidate.is_empty:
        return Judgement(_NOTHING, required, preferred, served, same_domain, 0.0, 0.0)
    values = Values(
        skills.value(required, preferred),
        experience.value(served, offer),
        criteria.education(candidate, offer),
        max(likeness.values(), default=0.0) if offer.title else None,
        criteria.languages(candidate, offer),
        criteria.location(candidate, offer),
        criteria.contract(candidate, offer),
        criteria.salary(candidate, offer),
    )
    shown = (bool(candidate.skills), served.total > 0, True, bool(candidate.titles), True, True, True, True)
    confidence = sum(
        weight for weight, value, seen in zip(_WEIGHTS, values, shown, strict=True) if value is not None and seen
    )
    score = _combined(values)
    if not skills.shares_skill(offer, required, preferred):
        if not same_domain:
            score = min(score, OTHER_DOMAIN_CAP)
        elif offer.required:
            score = min(score, NO_SHARED_SKILL_CAP)
    return Judgement(values, required, preferred, served, same_domain, round(confidence, 4), round(score, 4))


def _combined(values: Values) -> float:
    """The weighted mean of the criteria that count; 0 when no criterion on the CV is met."""
    if not any(values[:_CV_CRITERIA]):
        return 0.0
    total = weights = 0.0
    for weight, value in zip(_WEIGHTS, values, strict=True):
        if value is not None:
            total += weight * value
            weights += weight
    return min(1.0, total / weights)


def category(score: float) -> Category:
    return next((name for least, name in _CATEGORIES if score >= least), "insufficient")


def used_weights(values: Values) -> dict[Criterion, float]:
    """The weights of the criteria that count, brought to a sum of 1; empty when none does."""
    base = {name: weight for (name, weight), value in zip(WEIGHTS.items(), values, strict=True) if value is not None}
    total = sum(base.values())
    return {name: round(weight / total, 4) for name, weight in base.items()}
