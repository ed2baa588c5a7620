"""Scoring a page of pairs: nothing but computing, for a thread of its own."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from db.match_results import ScoredPair
from db.match_sides import CandidateSide, OfferSide
from domain.candidate import Preferences
from domain.cv import CvProfile
from domain.matching import (
    ALGORITHM_VERSION,
    PreparedCandidate,
    PreparedOffer,
    fast_score,
    figures,
    prepare_candidate,
    prepare_offer,
    score,
)
from domain.offer import Offer
from runtime.logging import get_logger

log = get_logger(__name__)

Side = TypeVar("Side")
Ready = TypeVar("Ready")
Pair = tuple[int, int]

BEST_EXPLAINED = 50
"""Pairs of a page that are explained with the score, hence all of a ranking's first so many. An explanation takes many
times as long as a score; the others are explained when they are read."""

NO_OFFER = "Offre introuvable"
NO_CANDIDATE = "Candidat introuvable"
NO_PROFILE = "Candidat sans profil"
HIDDEN_OFFER = "Offre retirée, ou que sa source ne confirme plus"
NO_SCORE = "Score impossible à calculer"

_BAD_SIDE = (ArithmeticError, LookupError, TypeError, ValueError)
"""What a row that breaks our own rules raises (a Pydantic error is a ValueError): logged, and said of its pairs."""


@dataclass
class ScoredPage:
    """What came of a page: its scores, and the reason for each pair without one."""

    scored: list[ScoredPair] = field(default_factory=list)
    failed: dict[Pair, str] = field(default_factory=dict)


def score_page(
    pairs: Sequence[Pair],
    people: Mapping[int, CandidateSide],
    ads: Mapping[int, OfferSide],
    today: date,
    stop: threading.Event,
) -> ScoredPage:
    """Score the pairs (candidate, offer), each side prepared once, and explain the best of them.

    Once `stop` is set, what has been done so far is answered: nobody waits for it.
    """

    def ready_person(person: CandidateSide) -> PreparedCandidate:
        profile = CvProfile.model_validate(person.profile)
        return prepare_candidate(profile, Preferences.model_validate(person.preferences), today)

    def ready_ad(ad: OfferSide) -> PreparedOffer:
        return prepare_offer(Offer.model_validate(ad.content))

    ready_people = _prepared({k: p for k, p in people.items() if p.profile is not None}, ready_person, stop)
    ready_ads = _prepared({k: ad for k, ad in ads.items() if ad.confirmed}, ready_ad, stop)
    page = ScoredPage()
    for candidate_id, offer_id in pairs:
        if stop.is_set():
            return page
        person, ad = ready_people.get(candidate_id), ready_ads.get(offer_id)
        if person is None or ad is None:
            page.failed[candidate_id, offer_id] = _reason(people.get(candidate_id), ads.get(offer_id))
            continue
        began = time.perf_counter()
        try:
            found = fast_score(person, ad)
        except _BAD_SIDE as error:
            log.error("pair not scored", candidate=candidate_id, offer=offer_id, error=type(error).__name__)
            page.failed[candidate_id, offer_id] = NO_SCORE
            continue
        page.scored.append(
            ScoredPair(
                candidate_id=candidate_id,
                offer_id=offer_id,
                profile_version=people[candidate_id].version,
                offer_version=ads[offer_id].version,
                algorithm_version=ALGORITHM_VERSION,
                score=found.score,
                category=found.category,
                confidence=found.confidence,
                explanation={"details": figures(found.values)},
                processing_time=round(time.perf_counter() - began, 6),
            )
        )
    page.scored.sort(key=lambda pair: (-pair.score, pair.offer_id, pair.candidate_id))
    for place, pair in enumerate(page.scored[:BEST_EXPLAINED]):
        if stop.is_set():
            return page
        page.scored[place] = _explained(pair, ready_people[pair.candidate_id], ready_ads[pair.offer_id])
    return page


def _explained(pair: ScoredPair, person: PreparedCandidate, ad: PreparedOffer) -> ScoredPair:
    began = time.perf_counter()
    try:
        whole = score(person, ad)
    except _BAD_SIDE as error:  # the score stands: reading it says that it has no explanation
        log.error("pair not explained", candidate=pair.candidate_id, offer=pair.offer_id, error=type(error).__name__)
        return pair
    explanation = whole.model_dump(mode="json", include={"details", "strengths", "gaps"})
    spent = round(pair.processing_time + time.perf_counter() - began, 6)
    return replace(pair, explanation=explanation, processing_time=spent)


def _reason(person: CandidateSide | None, ad: OfferSide | None) -> str:
    if ad is None:
        return NO_OFFER
    if not ad.confirmed:
        return HIDDEN_OFFER
    if person is None:
        return NO_CANDIDATE
    return NO_PROFILE if person.profile is None else NO_SCORE


def _prepared(sides: Mapping[int, Side], prepare: Callable[[Side], Ready], stop: threading.Event) -> dict[int, Ready]:
    """The sides that can be prepared. One that cannot must not fail the others: its pairs say so."""
    ready: dict[int, Ready] = {}
    for key, side in sides.items():
        if stop.is_set():
            break
        try:
            ready[key] = prepare(side)
        except _BAD_SIDE as error:
            log.error("side not prepared", side=type(side).__name__, id=key, error=type(error).__name__)
    return ready
