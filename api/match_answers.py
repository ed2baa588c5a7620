"""What is read of matchings: an explained score, a page of a ranking, a whole ranking as a spreadsheet."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import date
from typing import Final

from api.csv_texts import csv_lines
from api.paging import decode_cursor, encode_cursor
from api.state import State
from db import match_ranking, match_results, match_sides
from db.match_ranking import RankedPair, RankPosition, UnscoredPair
from db.match_sides import CandidateSide, OfferSide
from db.tables import Json, MatchingJob, MatchingResult
from domain.candidate import Preferences
from domain.cv import CvProfile
from domain.matching import ALGORITHM_VERSION, Category, prepare_candidate, prepare_offer, score
from domain.offer import Offer

MOST_ERRORS = 200
"""Pairs without a score that an answer lists; `errors_total` counts them, the spreadsheet has them all."""

_ROWS = 2000
"""Lines of a spreadsheet read at once."""

_CHANGED: Final = "Explication indisponible : le profil ou l'offre a changé depuis ce calcul"
_HIDDEN: Final = "Explication indisponible : l'offre a été retirée, ou sa source ne la confirme plus"

_COLUMNS = ("rang", "candidat", "offre", "titre", "score", "catégorie", "confiance", "calcul", "erreur")
_CATEGORIES: Final[dict[Category, str]] = {
    "excellent": "excellent",
    "good": "bon",
    "moderate": "moyen",
    "low": "faible",
    "insufficient": "insuffisant",
}


async def explained_result(parts: State, result: MatchingResult) -> Json:
    """The score of a pair with its explanation: the stored one, or made now if both sides are as they were then.

    `explanation_unavailable` says why there is none, and is null otherwise.
    """
    async with parts.database.transaction() as session:
        people = await match_sides.candidate_sides(session, [result.candidate_id])
        ads = await match_sides.offer_sides(session, [result.offer_id])
    person, ad = people.get(result.candidate_id), ads.get(result.offer_id)
    unavailable: str | None = None
    explanation: Json | None = result.explanation
    if ad is None or not ad.confirmed:
        explanation, unavailable = _figures(result.explanation), _HIDDEN
    elif not match_results.is_explained(result.explanation):
        explanation = await asyncio.to_thread(_explained_now, result, person, ad)
        unavailable = _CHANGED if explanation is None else None
    answer = match_results.pair_result(result, explanation)
    return {**answer, "explanation_unavailable": unavailable}


def _explained_now(result: MatchingResult, person: CandidateSide | None, ad: OfferSide) -> Json | None:
    """The explanation of exactly this score, or None: profile, offer or rules are others by now."""
    if person is None or person.profile is None:
        return None
    then = (result.profile_version, result.offer_version, result.algorithm_version)
    if (person.version, ad.version, ALGORITHM_VERSION) != then:
        return None
    profile = CvProfile.model_validate(person.profile)
    preferences = Preferences.model_validate(person.preferences)
    found = score(
        prepare_candidate(profile, preferences, _day_of(result)), prepare_offer(Offer.model_validate(ad.content))
    )
    explanation: Json = found.model_dump(mode="json", include={"details", "strengths", "gaps"})
    return explanation if found.score == result.score else None


def _day_of(result: MatchingResult) -> date:
    """The day that "présent" in a CV meant when the score was made."""
    return result.created_at.date()


def _figures(explanation: Json) -> Json:
    """The numbers alone, which quote nobody."""
    details = explanation.get("details", {})
    return {"details": {name: value for name, value in details.items() if not name.endswith("_matching")}}


async def ranking(parts: State, request: MatchingJob, cursor: str | None, limit: int) -> Json:
    """A page of a ranking, with the first pairs that could not be scored."""
    place = decode_cursor(cursor, tuple[int, float, int, int])
    after = RankPosition(*place) if place else None
    async with parts.database.transaction() as session:
        rows = await match_ranking.ranked_pairs(session, request.id, limit=limit + 1, after=after)
        counts = await match_ranking.counts(session, request.id)
        failed = await match_ranking.unscored_pairs(session, request.id, limit=MOST_ERRORS)
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return {
        "items": [row.as_item() for row in shown],
        "next_cursor": encode_cursor([last.rank, last.score, last.offer_id, last.candidate_id]) if last else None,
        "total": counts.scored,
        "errors": [row.as_item() for row in failed],
        "errors_total": counts.failed,
    }


async def ranking_lines(parts: State, request: MatchingJob) -> AsyncGenerator[str]:
    """The whole ranking as a spreadsheet reads it: scored pairs best first, then those without a score."""
    # A byte order mark, semicolons and decimal commas: what a French spreadsheet opens without being asked.
    yield "\ufeff" + csv_lines([_COLUMNS])
    after: RankPosition | None = None
    while True:
        async with parts.database.transaction() as session:
            page = await match_ranking.ranked_pairs(session, request.id, limit=_ROWS, after=after)
        if not page:
            break
        yield csv_lines([_ranked_line(pair) for pair in page])
        last = page[-1]
        after = RankPosition(last.rank, last.score, last.offer_id, last.candidate_id)
    behind = (0, 0)
    while True:
        async with parts.database.transaction() as session:
            failed = await match_ranking.unscored_pairs(session, request.id, limit=_ROWS, after=behind)
        if not failed:
            break
        yield csv_lines([_unscored_line(pair) for pair in failed])
        behind = (failed[-1].offer_id, failed[-1].candidate_id)


def _ranked_line(pair: RankedPair) -> list[str | int | None]:
    item = pair.as_item()
    shown = _CATEGORIES.get(item["category"], item["category"])
    return [
        *(pair.rank, pair.candidate_id, pair.offer_id, pair.title),
        *(_decimal(pair.score), shown, _decimal(pair.confidence), item["job_id"], None),
    ]


def _unscored_line(pair: UnscoredPair) -> list[str | int | None]:
    return [None, pair.candidate_id, pair.offer_id, None, None, None, None, None, pair.error]


def _decimal(value: float) -> str:
    return f"{value:.4f}".replace(".", ",")
