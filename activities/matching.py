"""The steps of scoring pairs."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
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
from activities.scoring import HIDDEN_OFFER, NO_CANDIDATE, NO_OFFER, NO_PROFILE, score_page
from adapters.object_store import ObjectStore
from db import candidates, cv_jobs, failed_work, match_results, match_sides, matching
from db.engine import Database
from db.job_withdrawal import forget_quotes
from db.tables import CvJob, MatchingJob
from domain.cv import CvProfile

SCORING_THREADS = 2
"""Scoring is plain Python: more threads would only share the interpreter."""

SMALL_PAGE = 50
"""A page of at most so many pairs is scored by a thread that rankings of thousands do not keep busy."""


class MatchingActivities:
    """Waiting for a parse, planning, scoring, closing. Pairs and scores have natural keys, so twice is once."""

    def __init__(self, database: Database, store: ObjectStore, client: Client) -> None:
        self._database = database
        self._store = store
        self._client = client
        self._large = ThreadPoolExecutor(SCORING_THREADS, thread_name_prefix="scoring")
        self._small = ThreadPoolExecutor(1, thread_name_prefix="scoring-small")

    @activity.defn
    async def await_parse(self, request: MatchRequest) -> None:
        """Return once the parse waited for is the candidate's profile; "not yet" is a retryable failure."""
        async with self._database.transaction() as session:
            row = await _request(session, request.request_id)
            job = await cv_jobs.get_job(session, row.depends_on) if row.depends_on else None
            candidate_id = await matching.first_candidate(session, row.id)
            candidate = await candidates.get_candidate(session, candidate_id) if candidate_id is not None else None
        if candidate is None:
            raise final(Failure.CANDIDATE_GONE, NO_CANDIDATE)
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
            row = await matching.begin_request(session, request.request_id)
            if row is None:
                raise _gone()
            if row.outcome is not None:
                return MatchPlan(total=0)
            if len(row.candidate_ids) == 1 and row.selection != "all_validated":
                people = await match_sides.candidate_sides(session, row.candidate_ids)
                if not people:
                    raise final(Failure.CANDIDATE_GONE, NO_CANDIDATE)
                if people[row.candidate_ids[0]].profile is None:
                    raise final(Failure.NO_PROFILE, NO_PROFILE)
            if len(row.offer_ids) == 1 and row.selection != "all_open":
                ads = await match_sides.offer_sides(session, row.offer_ids)
                if not ads:
                    raise final(Failure.OFFER_GONE, NO_OFFER)
                if not ads[row.offer_ids[0]].confirmed:
                    raise final(Failure.OFFER_GONE, HIDDEN_OFFER)
        return MatchPlan(total=len(row.candidate_ids) * len(row.offer_ids))

    @activity.defn
    async def score_pairs(self, page: PairPage) -> PairCounts:
        """Score one page of pairs; a pair that cannot be scored is recorded with its reason."""
        async with heartbeating():
            async with self._database.transaction() as session:
                row = await _request(session, page.request_id)
                pairs = await matching.part_of_pairs(session, row.id, start=page.start, count=page.count)
                people = await match_sides.candidate_sides(session, {candidate for candidate, _ in pairs})
                ads = await match_sides.offer_sides(session, {offer for _, offer in pairs})
            now, stop = datetime.now(UTC), threading.Event()
            threads = self._small if len(pairs) <= SMALL_PAGE else self._large
            loop = asyncio.get_running_loop()
            try:
                found = await loop.run_in_executor(threads, score_page, pairs, people, ads, now.date(), stop)
            finally:
                stop.set()  # a thread cannot be killed: after a cancel or a time-out it ends with the pair at hand
            quoted = {pair.offer_id for pair in found.scored if match_results.is_explained(pair.explanation)}
            async with self._database.transaction() as session:
                await match_results.save_page(
                    session, page.request_id, found.scored, found.failed, scored_at=now, force=row.force
                )
                await match_sides.hold_mirrored(session, quoted)
                await forget_quotes(session, quoted)
        return PairCounts(scored=len(found.scored), failed=len(found.failed))

    @activity.defn
    async def close_matching(self, closing: Closing) -> None:
        """Decide the request; one decided already stays as it is, and so does one that is run again."""
        async with self._database.transaction() as session:
            if not await failed_work.matching_is_at(session, closing.request_id, closing.retry):
                return
            await matching.close_request(
                session, closing.request_id, outcome=closing.outcome, error=closing.error, kind=closing.error_type
            )


async def _request(session: AsyncSession, request_id: UUID) -> MatchingJob:
    row = await matching.get_request(session, request_id)
    if row is None:
        raise _gone()
    return row


def _gone() -> Exception:
    return final(Failure.REQUEST_GONE, "Demande introuvable")


def _will_be_linked(job: CvJob) -> bool:
    """Whether the parse gives its profile to a candidate by itself."""
    return job.candidate_id is not None or bool(job.offer_ids)
