"""Announcing how a job ended: the body is fixed once, then delivered until it is accepted."""

import json
import time
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.contracts import (
    AnnounceMatch,
    AnnounceParse,
    Delivery,
    DeliveryClosing,
    DeliveryPlan,
    Failure,
)
from activities.cv import load_result
from activities.errors import final, passing
from adapters.object_store import ObjectStore
from adapters.webhooks import AddressRefused, ReceiverUnreachable, WebhookSender, signature
from db import cv_jobs, match_ranking, match_results, matching, webhooks
from db.engine import Database
from db.tables import CvJob, MatchingJob
from runtime.sealing import Sealer

TOP = 50
"""Ranked pairs that a webhook carries; all of them are behind the job's result route."""

_RETRYABLE = frozenset({408, 429})


class WebhookActivities:
    """`secret` signs the webhooks of matching requests; a parse is signed with the secret its caller gave."""

    def __init__(
        self,
        database: Database,
        store: ObjectStore,
        sender: WebhookSender,
        sealer: Sealer,
        *,
        secret: str | None,
        max_attempts: int,
    ) -> None:
        self._database = database
        self._store = store
        self._sender = sender
        self._sealer = sealer
        self._secret = secret
        self._max_attempts = max_attempts

    @activity.defn
    async def announce_parse(self, announce: AnnounceParse) -> DeliveryPlan:
        """Fix the body that announces the end of a parse. The caller's secret moves from the job to the delivery."""
        async with self._database.transaction() as session:
            job = await cv_jobs.get_job(session, announce.job_id)
        if job is None or job.webhook_url is None:
            return self._plan(wanted=False)
        stored = await load_result(self._store, job) if job.outcome == "done" else None
        async with self._database.transaction() as session:
            if not await cv_jobs.hold_job(session, job.id):  # erased since it was read, with all that was told of it
                return self._plan(wanted=False)
            data = await self._parse_data(session, job, stored)
            body = {"job_id": str(job.id), "status": job.outcome, "timestamp": int(time.time()), "data": data}
            await webhooks.add_delivery(
                session,
                {
                    "id": announce.delivery_id,
                    "job_id": str(job.id),
                    "owner": job.owner,
                    "url": job.webhook_url,
                    "secret": job.webhook_secret,
                    "body": json.dumps(body, ensure_ascii=False).encode(),
                },
            )
            if job.outcome != "failed":  # a failed job may be retried, and announces again
                await cv_jobs.drop_webhook_secret(session, job.id)
        return self._plan(wanted=True)

    @activity.defn
    async def announce_match(self, announce: AnnounceMatch) -> DeliveryPlan:
        """Fix the body that announces the end of a matching request."""
        async with self._database.transaction() as session:
            request = await matching.get_request(session, announce.request_id)
            if request is None or request.webhook_url is None:
                return self._plan(wanted=False)
            status, result = await _match_data(session, request)
            body = {
                "job_id": request.job_id,
                "status": status,
                "timestamp": int(time.time()),
                "result": result,
            }
            await webhooks.add_delivery(
                session,
                {
                    "id": announce.delivery_id,
                    "job_id": request.job_id,
                    "owner": request.owner,
                    "url": request.webhook_url,
                    "secret": self._sealer.seal(self._secret) if self._secret else None,
                    "body": json.dumps(body, ensure_ascii=False).encode(),
                },
            )
        return self._plan(wanted=True)

    @activity.defn
    async def deliver_webhook(self, delivery: Delivery) -> None:
        """One try. 2xx settles it; 408, 429, 5xx and silence are tried again; any other answer is a refusal."""
        async with self._database.transaction() as session:
            row = await webhooks.get_delivery(session, delivery.delivery_id)
        if row is None or row.body is None or row.outcome is not None:
            return
        headers = {"x-webhook-id": str(row.id), "x-webhook-timestamp": str(int(time.time()))}
        if row.secret is not None:
            headers["x-signature"] = signature(self._sealer.open(row.secret), row.body)
        status: int | None = None
        error: str | None = None
        refused = False
        try:
            status = await self._sender.post(row.url, row.body, headers)
        except AddressRefused as refusal:
            error, refused = str(refusal), True
        except ReceiverUnreachable:
            error = "Aucune réponse du destinataire"
        else:
            if not 200 <= status < 300:
                error = f"Le destinataire a répondu {status}"
                refused = status < 500 and status not in _RETRYABLE
        async with self._database.transaction() as session:
            if not await webhooks.hold_delivery(session, row.id):  # erased with its job during the try
                return
            await webhooks.add_attempt(session, row.id, status_code=status, error=error)
            if error is None:
                await webhooks.close_delivery(session, row.id, "delivered")
        if error is not None:
            raise final(Failure.WEBHOOK_REFUSED, error) if refused else passing(Failure.WEBHOOK_UNAVAILABLE, error)

    @activity.defn
    async def close_delivery(self, closing: DeliveryClosing) -> None:
        """Record that a delivery was given up."""
        async with self._database.transaction() as session:
            await webhooks.close_delivery(session, closing.delivery_id, closing.outcome)

    def _plan(self, *, wanted: bool) -> DeliveryPlan:
        return DeliveryPlan(wanted=wanted, max_attempts=self._max_attempts)

    async def _parse_data(self, session: AsyncSession, job: CvJob, stored: dict[str, Any] | None) -> dict[str, Any]:
        if stored is None:
            return {"error": job.error} if job.outcome == "failed" else {}
        data = cv_jobs.result_of(job, stored)
        request = await matching.request_of_parse(session, job.id)
        if request is not None:
            top = await match_ranking.ranked_pairs(session, request.id, limit=TOP)
            data["matching"] = {
                "job_id": request.job_id,
                "status": request.outcome,
                "top": [pair.as_item() for pair in top],
            }
        return data


async def _match_data(session: AsyncSession, request: MatchingJob) -> tuple[str | None, dict[str, Any]]:
    """How a request ended, and what is told of it. One pair that has no score has failed, as whoever asks reads it."""
    if request.outcome != "completed":
        return request.outcome, {"error": request.error} if request.outcome == "failed" else {}
    if not request.is_bulk:
        pair = await match_results.pair_of_request(session, request.id)
        if pair is None:
            failed = await match_ranking.unscored_pairs(session, request.id, limit=1)
            return "failed", {"error": failed[0].error if failed else None}
        return request.outcome, match_results.pair_result(pair)
    top = await match_ranking.ranked_pairs(session, request.id, limit=TOP)
    return request.outcome, {
        "items": [pair.as_item() for pair in top],
        "total": (await match_ranking.counts(session, request.id)).scored,
        "link": f"/api/v1/result/{request.job_id}",
    }
