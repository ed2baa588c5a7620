"""Which worker serves which queue, with which activities, slots and collaborators."""

import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker

from activities import election_reading
from activities.audit import AuditActivities
from activities.candidate_index import CandidateIndexActivities
from activities.child import preload
from activities.contracts import WORKFLOW_QUEUE, documents_queue, llm_queue, searches_queue, source_queue
from activities.cv import CvActivities
from activities.decisions import DecisionActivities
from activities.election_import import ElectionImportActivities
from activities.erasure import ErasureActivities
from activities.errors import ErrorTranslation
from activities.index_maintenance import IndexMaintenanceActivities
from activities.job_mirror import JobMirrorActivities, Terms
from activities.job_purge import JobPurgeActivities
from activities.job_search import JobSearchActivities
from activities.job_sources import JobSourceActivities
from activities.job_sweep import JobSweepActivities
from activities.matching import MatchingActivities
from activities.notifications import NotificationActivities
from activities.requests import RequestActivities
from activities.retries import RetryActivities
from activities.shared_readings import SharedReadings
from activities.summary_build import SummaryActivities
from activities.webhooks import WebhookActivities
from adapters.documents import sandbox
from db.audit import SystemActor
from domain.job_search import SearchSource
from runtime.settings import Settings
from workers.collaborators import Collaborators
from workflows.archive_candidate import ArchiveCandidateWorkflow
from workflows.deliver_webhook import DeliverWebhookWorkflow
from workflows.erase_candidate import EraseCandidateWorkflow
from workflows.import_election_data import ImportElectionDataWorkflow
from workflows.match_candidate import MatchCandidateWorkflow
from workflows.mirror_offers import MirrorOffersWorkflow
from workflows.nightly_summary import NightlySummaryWorkflow
from workflows.parse_cv import ParseCvWorkflow
from workflows.purge_source import PurgeSourceWorkflow
from workflows.read_source import ReadSourceWorkflow
from workflows.rebuild_summary import RebuildSummaryWorkflow
from workflows.reconcile_index import ReconcileIndexWorkflow
from workflows.reindex_candidates import ReindexCandidatesWorkflow
from workflows.reject_candidate import RejectCandidateWorkflow
from workflows.search_jobs import SearchJobsWorkflow
from workflows.send_notification import SendNotificationWorkflow
from workflows.sweep_requests import SweepRequestsWorkflow
from workflows.sweep_searches import SweepSearchesWorkflow
from workflows.sync_candidate import SyncCandidateWorkflow
from workflows.unarchive_candidate import UnarchiveCandidateWorkflow
from workflows.validate_candidate import ValidateCandidateWorkflow

WORKFLOWS: Sequence[type] = (
    ArchiveCandidateWorkflow,
    DeliverWebhookWorkflow,
    EraseCandidateWorkflow,
    ImportElectionDataWorkflow,
    MatchCandidateWorkflow,
    MirrorOffersWorkflow,
    NightlySummaryWorkflow,
    ParseCvWorkflow,
    PurgeSourceWorkflow,
    ReadSourceWorkflow,
    RebuildSummaryWorkflow,
    ReconcileIndexWorkflow,
    ReindexCandidatesWorkflow,
    RejectCandidateWorkflow,
    SearchJobsWorkflow,
    SendNotificationWorkflow,
    SweepRequestsWorkflow,
    SweepSearchesWorkflow,
    SyncCandidateWorkflow,
    UnarchiveCandidateWorkflow,
    ValidateCandidateWorkflow,
)

GRACE = timedelta(seconds=25)
"""What a stopping worker waits for its activities; a container's grace period must be longer."""

QUICK_SLOTS = 1000

WORKFLOW_TASKS = 4
"""Python runs one of them at a time: more keep the other steps from their turn, and those that wait at the server
are given out by priority."""

SEARCH_SLOTS = 2000
"""Sources followed at once for all searches: this waiting takes next to nothing, but for the slots of other steps."""

SOURCE_SLOTS = 100
"""Calls to one source at once: its pace comes first, unless it answers late."""


def build_workers(
    client: Client, settings: Settings, parts: Collaborators, queues: Sequence[str] = (), *, queue: str = WORKFLOW_QUEUE
) -> list[Worker]:
    """The workers of the named queues, or of all. `queue` is the workflow queue, after which the others are named."""
    cv = CvActivities(parts.database, parts.store, parts.llm, client, max_reads=settings.max_retries)
    match = MatchingActivities(parts.database, parts.store, client)
    system = SystemActor.of(settings)
    requests = RequestActivities(
        parts.database,
        parts.store,
        client,
        system,
        mail_budget=timedelta(seconds=settings.validation_retry_budget),
    )
    secret = settings.webhook_secret
    webhooks = WebhookActivities(
        parts.database,
        parts.store,
        parts.sender,
        parts.sealer,
        secret=secret.get_secret_value() if secret else None,
        max_attempts=settings.webhook_retry_count,
    )
    retries = RetryActivities(parts.database)
    audit = AuditActivities(parts.database, system)
    candidate_index = CandidateIndexActivities(parts.database, parts.index)
    maintenance = IndexMaintenanceActivities(parts.database, parts.index, client)
    decisions = DecisionActivities(parts.database, system)
    erasure = ErasureActivities(parts.database, parts.store, client)
    notifications = NotificationActivities(parts.database, parts.mailer)
    summary = SummaryActivities(
        parts.database,
        partition_rows=settings.summary_partition_rows,
        parallelism=settings.summary_parallelism,
        history=timedelta(days=settings.summary_history_days),
    )
    elections = ElectionImportActivities(
        parts.database, parts.store, client, database_url=settings.database_url.get_secret_value()
    )
    readings = SharedReadings(
        parts.search_database,
        client,
        parts.job_sources,
        parts.run_watch,
        queue=queue,
        limit=timedelta(seconds=settings.job_source_timeout),
    )
    searches = JobSearchActivities(parts.search_database, parts.job_sources, readings)
    sources = JobSourceActivities(
        parts.database,
        parts.job_sources,
        parts.sealer.pseudonym,
        empty_ttl=timedelta(seconds=settings.job_empty_cache_seconds),
    )
    mirror = JobMirrorActivities(
        parts.database, parts.job_sources.france_travail, parts.sealer.pseudonym, Terms.of(settings)
    )
    purge = JobPurgeActivities(parts.database, parts.job_sources)
    job_sweep = JobSweepActivities(
        parts.database,
        client,
        events=timedelta(hours=settings.job_event_hours),
        searches=timedelta(days=settings.job_search_days),
        runs=timedelta(days=settings.job_run_days),
    )
    paces = {
        source_queue(queue, name): calls_per_minute / 60
        for name, calls_per_minute in _calls_per_minute(settings).items()
        if parts.job_sources.by_name[name].unavailable is None
    }
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
                retries.reopen_parse,
                retries.reopen_matching,
                audit.record_incident,
                audit.record_compensation,
                candidate_index.sync_candidate,
                maintenance.create_index,
                maintenance.unpublished_indices,
                maintenance.drop_indices,
                maintenance.publish_index,
                maintenance.load_index,
                maintenance.catch_up_index,
                maintenance.compare_index,
                maintenance.sync_candidates,
                decisions.record_evaluation_and_status,
                decisions.restore_status,
                decisions.close_decision,
                erasure.erase_candidate,
                notifications.send_notification,
                notifications.withdraw_notification,
                notifications.close_notification,
                summary.prepare_summary,
                summary.insert_summary_part,
                summary.index_summary,
                summary.publish_summary,
                summary.refresh_summary,
                summary.abandon_summary,
                elections.merge_election_rows,
                elections.close_election_import,
                elections.clean_election_import,
                elections.request_summary_refresh,
                searches.open_search,
                searches.collect_source,
                searches.settle_source,
                searches.close_search,
                sources.close_run,
                job_sweep.sweep_searches,
                mirror.tidy_offers,
                mirror.list_due_offers,
                purge.erase_source,
            ],
        ),
        documents_queue(queue): (document_slots, [cv.read_document, elections.load_election_rows]),
        llm_queue(queue): (settings.llm_concurrency, [cv.extract_profile]),
        searches_queue(queue): (SEARCH_SLOTS, [searches.collect_source]),
        **{name: (SOURCE_SLOTS, [sources.read_page, mirror.mirror_offer]) for name in paces},
    }
    unknown = set(queues) - activities.keys()
    if unknown:
        raise ValueError(f"unknown queue {', '.join(sorted(unknown))}; there are {', '.join(activities)}")
    if not queues or documents_queue(queue) in queues:
        preload([*sandbox.preload(), *election_reading.preload()])
    return [
        Worker(
            client,
            task_queue=name,
            workflows=WORKFLOWS if name == queue else (),
            activities=served,
            interceptors=[ErrorTranslation()],
            max_concurrent_activities=slots,
            max_concurrent_workflow_tasks=WORKFLOW_TASKS if name == queue else None,
            max_task_queue_activities_per_second=paces.get(name),
            graceful_shutdown_timeout=GRACE,
            # Cancellation travels on heartbeats: the SDK's 60 s would hide it for that long.
            max_heartbeat_throttle_interval=timedelta(seconds=1),
            default_heartbeat_throttle_interval=timedelta(seconds=1),
        )
        for name, (slots, served) in activities.items()
        if not queues or name in queues
    ]


def _calls_per_minute(settings: Settings) -> dict[SearchSource, int]:
    """The pace of each source for all workers together."""
    return {
        "france_travail": settings.france_travail_calls_per_minute,
        "adzuna": settings.adzuna_calls_per_minute,
        "arbeitnow": settings.arbeitnow_calls_per_minute,
        "la_bonne_alternance": settings.lba_calls_per_minute,
    }
