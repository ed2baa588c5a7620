"""A page of pairs: which are scored, which of them are explained, and what is said of the others."""

import threading
from datetime import date
from typing import Any

from activities.scoring import BEST_EXPLAINED, HIDDEN_OFFER, NO_CANDIDATE, NO_OFFER, NO_PROFILE, NO_SCORE, score_page
from db.match_sides import CandidateSide, OfferSide

TODAY = date(2026, 1, 15)
PERSON = CandidateSide(version=3, profile={"skills": [{"name": "Python"}, {"name": "SQL"}]}, preferences={})


def ad(*skills: str, confirmed: bool = True, **content: Any) -> OfferSide:
    return OfferSide(2, confirmed, {"title": "Développeur", "required_skills": list(skills), **content})


def test_the_best_are_explained_and_all_have_their_figures() -> None:
    ads = {n: ad("Python", "Java") if n % 3 else ad("Python") for n in range(1, 151)}
    page = score_page([(1, n) for n in ads], {1: PERSON}, ads, TODAY, threading.Event())
    assert page.failed == {}
    assert {pair.offer_id for pair in page.scored} == set(ads)
    assert [pair.score for pair in page.scored] == sorted((pair.score for pair in page.scored), reverse=True)
    explained = [pair.offer_id for pair in page.scored if "gaps" in pair.explanation]
    assert explained == [n for n in ads if n % 3 == 0][:BEST_EXPLAINED]
    bare = page.scored[-1]
    assert (bare.profile_version, bare.offer_version) == (3, 2)
    assert bare.explanation.keys() == {"details"}
    assert bare.explanation["details"]["skills_score"] == 0.5
    assert bare.explanation["details"]["weights"] == {"skills": 0.8, "title": 0.2}


def test_a_pair_without_a_score_says_why_and_stops_nobody() -> None:
    people = {1: PERSON, 2: CandidateSide(1, None, {}), 3: CandidateSide(1, {"skills": 7}, {})}
    ads = {1: ad("Python"), 2: ad("Python", confirmed=False), 4: ad("Python", job_type="WEEKEND")}
    pairs = [(1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (3, 1), (9, 1)]
    page = score_page(pairs, people, ads, TODAY, threading.Event())
    assert [(pair.candidate_id, pair.offer_id) for pair in page.scored] == [(1, 1)]
    assert page.failed == {
        (1, 2): HIDDEN_OFFER,
        (1, 3): NO_OFFER,
        (1, 4): NO_SCORE,
        (2, 1): NO_PROFILE,
        (3, 1): NO_SCORE,
        (9, 1): NO_CANDIDATE,
    }


def test_a_stopped_page_ends_at_once() -> None:
    stop = threading.Event()
    stop.set()
    page = score_page([(1, n) for n in range(1000)], {1: PERSON}, {n: ad() for n in range(1000)}, TODAY, stop)
    assert (page.scored, page.failed) == ([], {})
