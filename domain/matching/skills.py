"""The skills criterion: which requirement of an offer is met by which skill of the candidate, and how well."""

from collections.abc import Sequence
from typing import Final, Literal

from rapidfuzz import fuzz, process

from domain.matching.prepared import PreparedCandidate, PreparedOffer, Requirement

MatchKind = Literal["exact", "alias", "fuzzy", "related"]

_FUZZY_RATIO: Final = 92
_FUZZY_LENGTHS: Final = range(5, 121)
_EQUAL, _FUZZY, _RELATED = 1.0, 0.9, 0.5
_REQUIRED_SHARE, _PREFERRED_SHARE = 0.8, 0.2

Hit = tuple[float, str | None]
"""How well a requirement is met, and the candidate's canonical skill that meets it."""


def hit(candidate: PreparedCandidate, requirement: Requirement) -> Hit:
    """The best match of one requirement: equal 1, fuzzy 0.9, related 0.5, none 0.

    Two different skills of the vocabulary are never fuzzily equal, however alike their names.
    """
    if requirement.name in candidate.skills:
        return _EQUAL, requirement.name
    others = candidate.unknown_words if requirement.known else candidate.all_words
    if others and len(requirement.words) in _FUZZY_LENGTHS:
        # Exact ties go to the first name in order, so the candidate's own order never shows.
        best = process.extractOne(
            requirement.words,
            [words for words, _ in others if len(words) in _FUZZY_LENGTHS],
            scorer=fuzz.ratio,
            processor=None,
            score_cutoff=_FUZZY_RATIO,
        )
        if best is not None:
            return _FUZZY, next(name for words, name in others if words == best[0])
    kin = requirement.kin.intersection(candidate.skills)
    return (_RELATED, min(kin)) if kin else (0.0, None)


def kind(candidate: PreparedCandidate, requirement: Requirement, found: Hit) -> MatchKind:
    """How a requirement that is met (value above 0) is met."""
    value, name = found
    if value == _FUZZY:
        return "fuzzy"
    if value == _RELATED or name is None:
        return "related"
    return "exact" if requirement.spelling in candidate.skills[name].spellings else "alias"


def is_shared(found: Hit) -> bool:
    """Whether the candidate has the skill itself, not only a related one."""
    return found[0] > _RELATED


def hits(candidate: PreparedCandidate, requirements: Sequence[Requirement]) -> list[Hit]:
    return [hit(candidate, requirement) for requirement in requirements]


def value(required: Sequence[Hit], preferred: Sequence[Hit]) -> float | None:
    """The criterion in [0, 1] from the hits of both lists; None when the offer names no skill."""
    if not required and not preferred:
        return None
    if not preferred:
        return _mean(required)
    if not required:
        return _mean(preferred)
    return _REQUIRED_SHARE * _mean(required) + _PREFERRED_SHARE * _mean(preferred)


def _mean(found: Sequence[Hit]) -> float:
    return sum(value for value, _ in found) / len(found)


def shares_skill(offer: PreparedOffer, required: Sequence[Hit], preferred: Sequence[Hit]) -> bool:
    """Whether candidate and offer share a required skill; a preferred one where none is required."""
    return any(map(is_shared, required if offer.required else preferred))
