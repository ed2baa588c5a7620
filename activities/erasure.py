"""Erasing a candidate: what was kept of them in files and rows, and the anonymous trace that it was done."""

from datetime import UTC, datetime, timedelta

from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.contracts import DecisionStep, Failure
from activities.decisions import check_in_force, decision_entry
from activities.errors import expected, final
from activities.heartbeat import heartbeating
from adapters.object_store import ObjectStore, job_prefix, result_key
from db import audit, candidates, cv_jobs, decisions, notifications, webhooks
from db.engine import Database
from db.tables import CvJob
from runtime.temporal import RPC_TIMEOUT

START_AGE = timedelta(minutes=1)
"""The run of a younger request may still be about to start."""

_BEING_READ = "Un CV du candidat est encore en cours de lecture"


class ErasureActivities:
    """Files first, rows last: until the candidate's row is gone, a lost try finds its way to all of it again."""

    def __init__(self, database: Database, store: ObjectStore, client: Client) -> None:
        self._database = database
        self._store = store
        self._client = client

    @activity.defn
    async def erase_candidate(self, step: DecisionStep) -> None:
        """Erase CVs, results, scores, evaluations, mails and the candidate. Parses under way are cancelled first."""
        async with heartbeating():
            async with self._database.transaction() as session:
                decision = await decisions.get_decision(session, step.decision_id)
                if decision is None:
                    raise final(Failure.REQUEST_GONE, "Décision introuvable")
                candidate = await candidates.get_candidate(session, decision.candidate_id)
                if candidate is None:  # an earlier try was not heard
                    return
                check_in_force(decision)
                jobs = await cv_jobs.jobs_of_candidate(session, candidate.id, candidate.user_id)
            if undecided := [job for job in jobs if job.outcome is None]:
                for job in undecided:
                    await self._end(job)
                raise expected(Failure.PARSE_NOT_FINISHED, _BEING_READ)
            for job in jobs:
                await self._store.delete_prefix(job_prefix(job.id))
                await self._store.delete_prefix(result_key(job.id))
            async with self._database.transaction() as session:
                # Before the candidate, as all steps of decisions do; it may have been called off by now.
                decision = await decisions.lock_decision(session, step.decision_id)
                if await decisions.lock_candidate(session, candidate.id) is None:
                    return  # another try was faster
                if decision is None:
                    raise final(Failure.REQUEST_GONE, "Décision introuvable")
                check_in_force(decision)
                # From here on no request is added for the candidate: whoever waits to do so finds them gone.
                present = await cv_jobs.jobs_of_candidate(session, candidate.id, candidate.user_id)
                begun = any(job.outcome is None for job in present)  # an operator has had it run again
                if begun or {job.id for job in present} - {job.id for job in jobs}:
                    raise expected(Failure.PARSE_NOT_FINISHED, _BEING_READ)
                for job in jobs:
                    await cv_jobs.erase_job(session, job.id)
                    await webhooks.erase_deliveries(session, str(job.id))
                await webhooks.erase_pair_deliveries(session, candidate.id)
                await notifications.erase_notifications(session, candidate.id)
                await decisions.erase_words(session, candidate.id)
                await audit.add_entry(session, decision_entry(decision))
                await candidates.delete_candidate(session, candidate.id)

    async def _end(self, job: CvJob) -> None:
        """Have a parse decide its end; where no run is there to do so, decide it."""
        run = self._client.get_workflow_handle(str(job.id))
        try:
            if (await run.describe(rpc_timeout=RPC_TIMEOUT)).status is WorkflowExecutionStatus.RUNNING:
                await run.cancel(rpc_timeout=RPC_TIMEOUT)
                return
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            if job.created_at > datetime.now(UTC) - START_AGE:
                return
        async with self._database.transaction() as session:
            await cv_jobs.close_job(session, job.id, outcome="cancelled", error=None, kind=None)
