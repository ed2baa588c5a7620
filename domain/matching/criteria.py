"""The criteria beside skills, title and experience: education, languages, place and mode, contract, salary.

Each gives a value in [0, 1], or None when the offer does not ask or the candidate does not say.
"""

from typing import Final

from domain.cv import EDUCATION_LEVELS
from domain.matching.places import covers, nearness
from domain.matching.prepared import ANY_LEVEL, PreparedCandidate, PreparedOffer
from domain.offer import JobType, WorkMode

_EDUCATION_STEPS: Final = (1.0, 0.6, 0.3)
_LANGUAGE_ONE_BELOW: Final = 0.5
_MOBILE: Final = 0.6
_SALARY_TOLERANCE: Final = 0.3

# How well the offer's mode (first) suits the candidate's wish (second).
_MODES: Final[dict[WorkMode, dict[WorkMode, float]]] = {
    "remote": {"remote": 1.0, "hybrid": 1.0, "onsite": 0.5},
    "hybrid": {"remote": 0.5, "hybrid": 1.0, "onsite": 1.0},
    "onsite": {"remote": 0.1, "hybrid": 0.6, "onsite": 1.0},
}

_COMPATIBLE_CONTRACTS: Final[frozenset[frozenset[JobType]]] = frozenset(
    {
        frozenset[JobType]({"CDI", "CDD"}),
        frozenset[JobType]({"CDD", "INTERIM"}),
        frozenset[JobType]({"ALTERNANCE", "STAGE"}),
    }
)


def education(candidate: PreparedCandidate, offer: PreparedOffer) -> float | None:
    if offer.education is None or candidate.education is None:
        return None
    below = EDUCATION_LEVELS.index(offer.education) - EDUCATION_LEVELS.index(candidate.education)
    return _EDUCATION_STEPS[max(below, 0)] if below < len(_EDUCATION_STEPS) else 0.0


def language(candidate: PreparedCandidate, code: str, rank: int) -> float | None:
    """One required language: at its level 1, one below 0.5, else 0; None when the CV names it without a level."""
    spoken = candidate.languages.get(code)
    if spoken is None:
        return 0.0
    if rank == ANY_LEVEL:
        return 1.0
    if spoken == ANY_LEVEL:
        return None
    return 1.0 if spoken >= rank else (_LANGUAGE_ONE_BELOW if spoken == rank - 1 else 0.0)


def languages(candidate: PreparedCandidate, offer: PreparedOffer) -> float | None:
    """The mean over the required languages that can be judged; None when the CV names no language at all."""
    if not offer.languages or not candidate.languages:
        return None
    judged = [v for v in (language(candidate, code, rank) for code, rank in offer.languages) if v is not None]
    return sum(judged) / len(judged) if judged else None


def place(candidate: PreparedCandidate, offer: PreparedOffer) -> float | None:
    """A remote offer or a place the candidate asks for 1, else by nearness; at least 0.6 when they would move."""
    if offer.work_mode == "remote":
        return 1.0
    if offer.place is None:
        return None
    best: float | None = _MOBILE if candidate.mobile else None
    for wish in candidate.wishes:
        near = 1.0 if covers(wish, offer.place) else nearness(wish, offer.place)
        best = near if best is None or (near is not None and near > best) else best
    if candidate.home is not None:
        near = nearness(candidate.home, offer.place)
        best = near if best is None or (near is not None and near > best) else best
    return best


def location(candidate: PreparedCandidate, offer: PreparedOffer) -> float | None:
    """Place times compatibility of work modes; one alone where the other is not known."""
    where = place(candidate, offer)
    if offer.work_mode is None or candidate.work_mode is None:
        return where
    mode = _MODES[offer.work_mode][candidate.work_mode]
    return mode if where is None else where * mode


def contract(candidate: PreparedCandidate, offer: PreparedOffer) -> float | None:
    if offer.contract is None or not candidate.contracts:
        return None
    if offer.contract in candidate.contracts:
        return 1.0
    pairs = (frozenset[JobType]({offer.contract, wish}) for wish in candidate.contracts)
    return 0.5 if any(pair in _COMPATIBLE_CONTRACTS for pair in pairs) else 0.0


def salary(candidate: PreparedCandidate, offer: PreparedOffer) -> float | None:
    """The offer's best pay reaches the wish 1, then linearly down to 0 at 30 % less."""
    if offer.salary is None or candidate.salary is None:
        return None
    lacking = (candidate.salary - offer.salary) / candidate.salary
    return min(1.0, max(0.0, 1 - lacking / _SALARY_TOLERANCE))
