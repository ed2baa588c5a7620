"""How workflows are addressed: their inputs, their ids, their search attributes."""

from datetime import datetime, timedelta
from uuid import UUID

from temporalio.common import SearchAttributeKey

from activities.contracts import BUILD_CANCELLED as BUILD_CANCELLED
from activities.contracts import BUILD_FAILED as BUILD_FAILED
from activities.contracts import INTERNAL_ERROR as INTERNAL_ERROR
from activities.contracts import INTERRUPTED as INTERRUPTED
from activities.contracts import PROGRESS_MEMO as PROGRESS_MEMO
from activities.contracts import SUMMARY_BUILD_ID as SUMMARY_BUILD_ID
from activities.contracts import TIMED_OUT as TIMED_OUT
from activities.contracts import WORKFLOW_QUEUE as WORKFLOW_QUEUE
from activities.contracts import BuildMode as BuildMode
from activities.contracts import Contract, DuePlace
from activities.contracts import ExternalSource as ExternalSource
from activities.contracts import PlannedSource as PlannedSource
from activities.contracts import RebuildSummaryInput as RebuildSummaryInput
from activities.contracts import SearchCounts as SearchCounts
from activities.contracts import SearchJobsInput as SearchJobsInput
from activities.contracts import SendNotificationInput as SendNotificationInput
from activities.contracts import SummaryProgress as SummaryProgress
from domain.ids import delivery_workflow_id as delivery_workflow_id

STAGE = SearchAttributeKey.for_keyword("TalentflowStage")
"""The step a run is at, for operators' lists: `temporal workflow list --query 'TalentflowStage="extract"'`."""

SEARCH_ATTRIBUTES = (STAGE,)
"""Every search attribute to register before a worker starts."""

PREMIUM, STANDARD, BATCH = 1, 3, 5
"""Temporal priority keys: the lower is taken first when work waits."""

STEP_BUDGET = timedelta(hours=24)
"""What reading, extracting or scoring may take in all, waits for a neighbour that is away included."""

STEP_BUDGET_PREMIUM = timedelta(hours=6)


class ParseCvInput(Contract):
    """`matching_request`: the chained matching request, if one was asked for with the upload.

    `announced`: whether a webhook was given, so that somebody is told how the job ends. `retry`: which retry of the
    failed job the run is, 0 for the first run.
    """

    job_id: UUID
    priority: int = STANDARD
    link: bool = False
    matching_request: UUID | None = None
    announced: bool = True
    retry: int = 0


class MatchProgress(Contract):
    """Where a run leaves off for the next one of its chain: of `total` pairs, those before `next` are decided."""

    total: int
    next: int
    scored: int
    failed: int


class MatchCandidateInput(Contract):
    """`chained`: started by a parse, which announces the end of both itself. `retry` is as in `ParseCvInput`.

    `progress` is None to begin; see `ReindexInput`.
    """

    request_id: UUID
    depends_on: bool = False
    chained: bool = False
    retry: int = 0
    progress: MatchProgress | None = None


class MatchCandidateResult(Contract):
    """Pairs scored and pairs that could not be, with the reason in the request's results."""

    scored: int
    failed: int = 0


class DeliverWebhookInput(Contract):
    delivery_id: UUID
    max_attempts: int = 10


class DecisionInput(Contract):
    """`retry_budget`: how long a step is tried before the decision is rolled back."""

    decision_id: UUID
    candidate_id: int
    retry_budget: timedelta


class ReindexInput(Contract):
    """Empty to begin; a run whose history has grown long goes on in a new one from where it was."""

    index: str = ""
    after: int = 0
    loaded: int = 0
    refused: int = 0
    total: int = 0


class ReindexResult(Contract):
    """Documents loaded, refused by the index, and corrected because candidates changed meanwhile."""

    loaded: int
    refused: int = 0
    corrected: int = 0


class ReconcileInput(Contract):
    """Empty to begin; see `ReindexInput`."""

    after: int = 0
    repaired: int = 0


class ReconcileResult(Contract):
    repaired: int = 0


class ImportElectionDataInput(Contract):
    """`import_id` is the workflow's id; `refresh` asks for the summary to be brought up to date afterwards."""

    import_id: str
    refresh: bool = False


class MirrorCounts(Contract):
    """Ads confirmed by their source, withdrawn with it, left for later; expired and deleted for want of use."""

    confirmed: int = 0
    withdrawn: int = 0
    unanswered: int = 0
    expired: int = 0
    deleted: int = 0


class MirrorInput(Contract):
    """Empty to begin; see `ReindexInput`. `until`: when to leave the rest to the next run."""

    since: DuePlace | None = None
    until: datetime | None = None
    counts: MirrorCounts = MirrorCounts()


class PurgeSourceInput(Contract):
    """The source to erase; the counts are those of the runs before, as in `ReindexInput`."""

    source: ExternalSource
    offers: int = 0
    readings: int = 0


class PurgeSourceResult(Contract):
    """Ads and readings that were erased."""

    offers: int
    readings: int


def parse_workflow_id(job_id: UUID) -> str:
    """The caller's job id is the workflow's id."""
    return str(job_id)


SEARCH_EXECUTION_TIMEOUT = timedelta(seconds=300)
"""What a search for job offers may take in all, waiting for a worker included."""

SWEEP_SCHEDULE_ID = "sweep-requests"
RECONCILE_SCHEDULE_ID = "reconcile-index"
NIGHTLY_SCHEDULE_ID = "siret_summary_nightly"
SWEEP_SEARCHES_SCHEDULE_ID = "sweep-job-searches"
MIRROR_SCHEDULE_ID = "job-offers-mirror"
