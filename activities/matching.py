"""The steps of scoring pairs."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity
from temporalio.client import Client

from activities.contracts import Closing, Failure, MatchPlan, MatchRequest, PairCounts, PairPage
from activities.cv import load_result
from activities.errors import expected, final
from activities.heartbeat import heartbeating
from activities.index_requests import refresh_if_searchable
from activities.linking import give_profile
from adapters.object_store import ObjectStore
from db import candidates, cv_jobs, matching, offers
from db.engine import Database
from db.tables import Candidate, CvJob, MatchingJob
from db.tables import Offer as OfferRow
from domain.candidate import Preferences
from domain.cv import CvProfile
from domain.matching import (
    ALGORITHM_VERSION,
    PreparedCandidate,
    PreparedOffer,
    prepare_candidate,
    prepare_offer,
    score,
)
from domain.offer import Offer
from runtime.logging import get_logger

log = get_logger(__name__)

Row = TypeVar("Row")
Ready = TypeVar("Ready")

SCORING_THREADS = 2
"""Scoring is plain Python: more threads would only share the interpreter."""

_BAD_SIDE = (ArithmeticError, LookupError, TypeError, ValueError)
"""What a row that breaks our own rules raises (a Pydantic error is a ValueError): logged, and said of its pairs."""

_NO_OFFER = "Offre introuvable"
_NO_CANDIDATE = "Candidat introuvable"
_NO_PROFILE = "Candidat sans profil"
_NO_SCORE = "Score impossible à calculer"


class MatchingActivities:
    """Waiting for a parse, planning, scoring, closing. Pairs and scores have natural keys, so twice is once."""

    def __init__(self, database: Database, store: ObjectStore, client: Client) -> None:
        self._database = database
        self._store = store
        self._client = client
        self._executor = ThreadPoolExecutor(SCORING_THREADS, thread_name_prefix="scoring")

    @activity.defn
    async def await_parse(self, request: MatchRequest) -> None:
        """Return once the parse waited for is the candidate's profile; "not yet" is a retryable failure."""
        async with self._database.transaction() as session:
            row = await _request(session, request.request_id)
            job = await cv_jobs.get_job(session, row.depends_on) if row.depends_on else None
            candidate = await candidates.get_candidate(session, row.candidate_ids[0])
        if candidate is None:
            raise final(Failure.CANDIDATE_GONE, _NO_CANDIDATE)
        if job is None or job.erased_at is not None:
            raise final(Failure.PARSE_UNSUCCESSFUL, "L'analyse du CV attendue n'existe plus")
        if job.outcome == "cancelled":
            raise final(Failure.PARSE_UNSUCCESSFUL, "L'analyse du CV a été annulée")
        if job.outcome == "failed":
            raise final(Failure.PARSE_UNSUCCESSFUL, f"L'analyse du CV a échoué : {job.error}")
        if job.outcome is None or (_will_be_linked(job) and job.linked_candidate_id is None):
            raise expected(Failure.PARSE_NOT_FINISHED, "Analyse du CV en cours")
        if job.linked_candidate_id == candidate.id:
            # Given by the parse itself, or by an attempt of this step that may have ended before it asked.
            await refresh_if_searchable(self._client, self._database, candidate.id)
            return
        if job.linked_candidate_id is not None:
            raise final(Failure.PARSE_UNSUCCESSFUL, "Ce CV a été attribué à un autre candidat")
        profile = CvProfile.model_validate((await load_result(self._store, job))["data"])
        async with self._database.transaction() as session:
            if await cv_jobs.set_linked_candidate(session, job.id, candidate.id):
                await give_profile(session, candidate.id, profile)
        await refresh_if_searchable(self._client, self._database, candidate.id)

    @activity.defn
    async def plan_pairs(self, request: MatchRequest) -> MatchPlan:
        """How many pairs there are to score: none for a request decided already (cancelled before it began).

        A request whose one candidate or one offer is gone fails here.
        """
        async with self._database.transaction() as session:
            row = await _request(session, request.request_id)
            if row.outcome is not None:
                return MatchPlan(total=0)
            await matching.begin_request(session, request.request_id)
            if len(row.candidate_ids) == 1:
                candidate = await candidates.get_candidate(session, row.candidate_ids[0])
                if candidate is None:
                    raise final(Failure.CANDIDATE_GONE, _NO_CANDIDATE)
                if candidate.profile is None:
                    raise final(Failure.NO_PROFILE, _NO_PROFILE)
            if len(row.offer_ids) == 1 and await offers.get_offer(session, row.offer_ids[0]) is None:
                raise final(Failure.OFFER_GONE, _NO_OFFER)
        return MatchPlan(total=len(row.candidate_ids) * len(row.offer_ids))

    @activity.defn
    async def score_pairs(self, page: PairPage) -> PairCounts:
        """Score one page of pairs; a pair that cannot be scored is recorded with its reason."""
        async with heartbeating():
            async with self._database.transaction() as session:
                row = await _request(session, page.request_id)
                pairs = _pairs(row)[page.start : page.start + page.count]
                people = await candidates.candidates_by_id(session, {c for c, _ in pairs})
                ads = await offers.offers_by_id(session, {o for _, o in pairs})
            today, stop = datetime.now(UTC).date(), threading.Event()
            loop = asyncio.get_running_loop()
            try:
                scored, failed = await loop.run_in_executor(self._executor, _score_all, pairs, people, ads, today, stop)
            finally:
                stop.set()  # a thread cannot be killed: after a cancel or a time-out it ends with the pair at hand
            async with self._database.transaction() as session:
                results = await matching.save_scores(session, scored)
                decided = [
                    {"request_id": page.request_id, "candidate_id": c, "offer_id": o, "result_id": r, "error": None}
                    for (c, o), r in results.items()
                ]
                refused = [
                    {"request_id": page.request_id, "candidate_id": c, "offer_id": o, "result_id": None, "error": e}
                    for (c, o), e in failed.items()
                ]
                await matching.save_pairs(session, [*decided, *refused])
        return PairCounts(scored=len(scored), failed=len(failed))

    @activity.defn
    async def close_matching(self, closing: Closing) -> None:
        """Decide the request; one decided already stays as it is."""
        async with self._database.transaction() as session:
            await matching.close_request(
                session, closing.request_id, outcome=closing.outcome, error=closing.error, kind=closing.error_type
            )


async def _request(session: AsyncSession, request_id: UUID) -> MatchingJob:
    row = await matching.get_request(session, request_id)
    if row is None:
        raise final(Failure.REQUEST_GONE, "Demande introuvable")
    return row


def _will_be_linked(job: CvJob) -> bool:
    """Whether the parse gives its profile to a candidate by itself."""
    return job.candidate_id is not None or bool(job.offer_ids)


def _pairs(row: MatchingJob) -> list[tuple[int, int]]:
    return [(candidate, offer) for candidate in row.candidate_ids for offer in row.offer_ids]


def _score_all(
    pairs: list[tuple[int, int]],
    people: dict[int, Candidate],
    ads: dict[int, OfferRow],
    today: date,
    stop: threading.Event,
) -> tuple[list[dict[str, Any]], dict[tuple[int, int], str]]:
    """Rows of scored pairs, and the reason for each pair without a score. Each side is prepared once."""

    def ready_person(person: Candidate) -> PreparedCandidate:
        profile = CvProfile.model_validate(person.profile)
        return prepare_candidate(profile, Preferences.model_validate(person.preferences), today)

    def ready_ad(ad: OfferRow) -> PreparedOffer:
        return prepare_offer(Offer.model_validate(ad, from_attributes=True))

    ready_people = _prepared({key: row for key, row in people.items() if row.profile is not None}, ready_person)
    ready_ads = _prepared(ads, ready_ad)
    scored: list[dict[str, Any]] = []
    failed: dict[tuple[int, int], str] = {}
    for candidate_id, offer_id in pairs:
        if stop.is_set():
            break
        pair = (candidate_id, offer_id)
        if candidate_id not in people or offer_id not in ads:
            failed[pair] = _NO_OFFER if offer_id not in ads else _NO_CANDIDATE
        elif people[candidate_id].profile is None:
            failed[pair] = _NO_PROFILE
        elif candidate_id not in ready_people or offer_id not in ready_ads:
            failed[pair] = _NO_SCORE
        else:
            began = time.perf_counter()
            try:
                found = score(ready_people[candidate_id], ready_ads[offer_id])
            except _BAD_SIDE as error:
                log.error("pair not scored", candidate=candidate_id, offer=offer_id, error=type(error).__name__)
                failed[pair] = _NO_SCORE
                continue
            explanation = found.model_dump(mode="json", exclude={"score", "category", "confidence"})
            scored.append(
                {
                    "candidate_id": candidate_id,
                    "offer_id": offer_id,
                    "profile_version": people[candidate_id].profile_version,
                    "offer_version": ads[offer_id].version,
                    "algorithm_version": ALGORITHM_VERSION,
                    "score": found.score,
                    "category": found.category,
                    "confidence": found.confidence,
                    "explanation": explanation,
                    "processing_time": round(time.perf_counter() - began, 6),
                }
            )
    return scored, failed


def _prepared(rows: dict[int, Row], prepare: Callable[[Row], Ready]) -> dict[int, Ready]:
    """The rows that can be prepared. One that cannot must not fail the others: its pairs say so."""
    ready: dict[int, Ready] = {}
    for key, row in rows.items():
        try:
            ready[key] = prepare(row)
        except _BAD_SIDE as error:
            log.error("side not prepared", side=type(row).__name__, id=key, error=type(error).__name__)
    return ready
