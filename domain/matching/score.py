"""The score of a pair, explained or bare; both rest on the same judgement."""

from domain.matching.gaps import gaps_of
from domain.matching.judgement import ALGORITHM_VERSION, Judgement, category, judge, used_weights
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


def fast_score(candidate: PreparedCandidate, offer: PreparedOffer) -> tuple[float, Category, float]:
    """Score, category and confidence of a pair, as `score` gives them, for ranking many pairs."""
    found = judge(candidate, offer)
    return found.score, category(found.score), found.confidence


def score(candidate: PreparedCandidate, offer: PreparedOffer, *, explain: bool = True) -> MatchScore:
    """How well a candidate fits an offer, in [0, 1], with every criterion; `explain` adds strengths and gaps."""
    found = judge(candidate, offer)
    values = found.values
    return MatchScore(
        score=found.score,
        category=category(found.score),
        confidence=found.confidence,
        details=Details(
            skills_score=_rounded(values.skills),
            experience_score=_rounded(values.experience),
            education_score=_rounded(values.education),
            title_score=_rounded(values.title),
            languages_score=_rounded(values.languages),
            location_score=_rounded(values.location),
            contract_score=_rounded(values.contract),
            salary_score=_rounded(values.salary),
            weights=used_weights(values),
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
        strengths=strengths_of(candidate, offer, found) if explain else [],
        gaps=gaps_of(candidate, offer, found) if explain else [],
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
