"""The score of a pair, explained or bare; both rest on the same judgement."""

from typing import Any, NamedTuple

from domain.matching.gaps import gaps_of
from domain.matching.judgement import ALGORITHM_VERSION, Judgement, Values, category, judge, used_weights
from domain.matching.prepared import PreparedCandidate, PreparedOffer
from domain.matching.result import (
    Category,
    Details,
    EducationMatching,
    ExperienceMatching,
    MatchScore,
    SkillMatch,
    SkillsMatching,
)
from domain.matching.skills import kind
from domain.matching.strengths import strengths_of

MAX_ADDITIONAL = 50
"""Skills beyond the offer's that an explanation lists."""


class BareScore(NamedTuple):
    """A score as `score` gives it, with the criteria it rests on and nothing that explains them."""

    score: float
    category: Category
    confidence: float
    values: Values


def fast_score(candidate: PreparedCandidate, offer: PreparedOffer) -> BareScore:
    """The score of a pair without its explanation, which takes many times as long: for ranking many pairs."""
    found = judge(candidate, offer)
    return BareScore(found.score, category(found.score), found.confidence, found.values)


def figures(values: Values) -> dict[str, Any]:
    """The numbers of `Details`: every criterion and the weights."""
    criteria = {f"{name}_score": _rounded(value) for name, value in zip(Values._fields, values, strict=True)}
    return {**criteria, "weights": used_weights(values)}


def score(candidate: PreparedCandidate, offer: PreparedOffer) -> MatchScore:
    """How well a candidate fits an offer, in [0, 1], with every criterion, strengths and gaps."""
    found = judge(candidate, offer)
    return MatchScore(
        score=found.score,
        category=category(found.score),
        confidence=found.confidence,
        details=Details(
            **figures(found.values),
            skills_matching=_skills(candidate, offer, found),
            experience_matching=ExperienceMatching(
                years_required=offer.min_years,
                years_actual=round(found.served.total / 12, 1),
                relevance=round(found.served.relevant / found.served.total, 4) if found.served.total else 0.0,
            ),
            education_matching=EducationMatching(
                level_required=offer.education,
                level_actual=candidate.education,
                field_match=_field_match(candidate, offer),
            ),
        ),
        strengths=strengths_of(candidate, offer, found),
        gaps=gaps_of(candidate, offer, found),
        algorithm_version=ALGORITHM_VERSION,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _skills(candidate: PreparedCandidate, offer: PreparedOffer, found: Judgement) -> SkillsMatching:
    requirements = (*offer.required, *offer.preferred)
    matched, missing, used = [], [], set()
    for i, (requirement, hit) in enumerate(zip(requirements, (*found.required, *found.preferred), strict=True)):
        name = hit[1]
        if name is None:
            if i < len(offer.required):
                missing.append(requirement.written)
            continue
        used.add(name)
        shown = candidate.skills[name]
        matched.append(
            SkillMatch(
                required=requirement.written,
                candidate=shown.written,
                kind=kind(candidate, requirement, hit),
                evidence=shown.quote,
            )
        )
    additional = [name for name in candidate.skills if name not in used][:MAX_ADDITIONAL]
    return SkillsMatching(matched=matched, missing=missing, additional=additional)


def _field_match(candidate: PreparedCandidate, offer: PreparedOffer) -> bool | None:
    if not candidate.studied or not offer.domains:
        return None
    return not candidate.studied.isdisjoint(offer.domains)
