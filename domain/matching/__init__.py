"""Matching: how well a candidate fits an offer. Pure and deterministic.

Prepare each candidate and each offer once, then score the pairs:

    candidate = prepare_candidate(profile, preferences, today)
    ranking = [fast_score(candidate, offer) for offer in map(prepare_offer, offers)]
"""

from domain.matching.judgement import ALGORITHM_VERSION
from domain.matching.prepared import PreparedCandidate, PreparedOffer, prepare_candidate, prepare_offer
from domain.matching.result import Category, MatchScore
from domain.matching.score import BareScore, fast_score, figures, score

__all__ = [
    "ALGORITHM_VERSION",
    "BareScore",
    "Category",
    "MatchScore",
    "PreparedCandidate",
    "PreparedOffer",
    "fast_score",
    "figures",
    "prepare_candidate",
    "prepare_offer",
    "score",
]
