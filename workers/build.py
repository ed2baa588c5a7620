"""Which worker serves which queue, with which activities, slots and collaborators."""

import os
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from temporalio.client import Client
from temporalio.worker import Worker

from activities.child import preload
from activities.contracts import WORKFLOW_QUEUE, documents_queue, llm_queue
from activities.cv import CvActivities
from activities.errors import ErrorTranslation
from activities.matching import MatchingActivities
from activities.requests import RequestActivities
from activities.webhooks import WebhookActivities
from adapters.documents import sandbox
from adapters.object_store import ObjectStore
from adapters.webhooks import WebhookSender
from db.engine import Database
from runtime.sealing import Sealer
from runtime.settings import Settings
from workflows.deliver_webhook import DeliverWebhookWorkflow
from workflows.match_candidate import MatchCandidateWorkflow
from workflows.parse_cv import ParseCvWorkflow
from workflows.sweep_requests import SweepRequestsWorkflow

if TYPE_CHECKING:
    from adapters.llm import LlmExtractor

WORKFLOWS: Sequence[type] = (
    DeliverWebhookWorkflow,
    MatchCandidateWorkflow,
    ParseCvWorkflow,
    SweepRequestsWorkflow,
)

GRACE = timedelta(seconds=25)
"""What a stopping worker waits for its activities; a container's grace period must be longer."""

QUICK_SLOTS = 1000


@dataclass(frozen=True)
class Collaborators:
    """What activities work with: one of each a process."""

    database: Database
    store: ObjectStore
    sender: WebhookSender
    sealer: Sealer
    llm: "LlmExtractor | None"


def _llm(settings: Settings) -> "LlmExtractor":
    from adapters.llm import LlmExtractor  # loads the OpenAI client: for those that use it

    key = settings.openai_api_key
    return LlmExtractor(
        key.get_secret_value() if key else "none",  # compatible servers on one's own machine ask for none
        settings.openai_model,
        settings.openai_base_url,
        settings.openai_timeout_seconds,
        max_characters=settings.llm_max_characters,
    )


@asynccontextmanager
async def collaborators(settings: Settings) -> AsyncGenerator[Collaborators]:
    """Open the collaborators that the settings describe, and close them at the end."""
    database = Database(settings.database_url.get_secret_value(), pool_size=20)
    sender = WebhookSender(settings.webhook_allowed_hosts)
    llm = _llm(settings) if settings.uses_llm else None
    try:
        yield Collaborators(
            database, ObjectStore(settings), sender, Sealer(settings.secrets_key.get_secret_value()), llm
        )
    finally:
        await sender.close()
        if llm is not None:
            await llm.close()
        await database.close()


def build_workers(
    client: Client, settings: Settings, parts: Collaborators, queues: Sequence[str] = (), *, queue: str = WORKFLOW_QUEUE
) -> list[Worker]:
    """The workers of the named queues, or of all. `queue` is the workflow queue, after which the others are named."""
    cv = CvActivities(parts.database, parts.store, parts.llm, max_reads=settings.max_retries)
    match = MatchingActivities(parts.database, parts.store)
    requests = RequestActivities(parts.database, parts.store, client)
    secret = settings.webhook_secret
    webhooks = WebhookActivities(
        parts.database,
        parts.store,
        parts.sender,
        parts.sealer,
        secret=secret.get_secret_value() if secret else None,
        max_attempts=settings.webhook_retry_count,
    )
    document_slots = settings.document_slots or os.cpu_count() or 1
    activities: dict[str, tuple[int, list[Callable[..., Any]]]] = {
        queue: (
            QUICK_SLOTS,
            [
                cv.save_profile,
                cv.link_candidate,
                cv.close_parse,
                match.await_parse,
                match.plan_pairs,
                match.score_pairs,
                match.close_matching,
                webhooks.announce_parse,
                webhooks.announce_match,
                webhooks.deliver_webhook,
                webhooks.close_delivery,
                requests.sweep_requests,
            ],
        ),
        documents_queue(queue): (document_slots, [cv.read_document]),
        llm_queue(queue): (settings.llm_concurrency, [cv.extract_profile]),
    }
    unknown = set(queues) - activities.keys()
    if unknown:
        raise ValueError(f"unknown queue {', '.join(sorted(unknown))}; there are {', '.join(activities)}")
    if not queues or documents_queue(queue) in queues:
        preload(sandbox.preload())
    return [
        Worker(
            client,
            task_queue=name,
            workflows=WORKFLOWS if name == queue else (),
            activities=served,
            interceptors=[ErrorTranslation()],
            max_concurrent_activities=slots,
            graceful_shutdown_timeout=GRACE,
            # Cancellation travels on heartbeats: the SDK's 60 s would hide it for that long.
            max_heartbeat_throttle_interval=timedelta(seconds=1),
            default_heartbeat_throttle_interval=timedelta(seconds=1),
        )
        for name, (slots, served) in activities.items()
        if not queues or name in queues
    ]
