"""The steps of importing election data and rebuilding the summary."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from activities.contracts.base import Contract

SUMMARY_BUILD_ID = "build_siret_summary"
"""The one workflow id of every build of the summary, so that the server admits one at a time."""


SUMMARY_WORKFLOW = "RebuildSummaryWorkflow"


REFRESH_SIGNAL = "refresh_requested"
"""Asks a build that is under way for another pass over what has changed since it began."""


PROGRESS_MEMO = "progress"
"""The key of the memo under which a run keeps a progress that is readable without a worker."""


BUILD_CANCELLED = "Reconstruction annulée"
"""What a cancelled build's row and status say."""


BUILD_FAILED = f"Error in {SUMMARY_BUILD_ID}: "
"""What the error of a failed build begins with."""


BuildMode = Literal["full", "incremental"]


class RebuildSummaryInput(Contract):
    """`incremental`: only what imports have touched since the last build, if that is little enough."""

    mode: BuildMode = "full"


class SummaryProgress(Contract):
    """How far a build is; rows are the minutes and invitations of finished partitions. Memo of a new run as it is."""

    percent: float = 0
    rows_done: int = 0
    rows_total: int = 0
    phase: str = "preparing"


class SummaryBuildRef(Contract):
    """One pass of a build: `build_id` is `<run id>:<number of the pass>`."""

    build_id: str
    run_id: str
    mode: BuildMode
    started_at: datetime


class SummaryPart(Contract):
    """The SIRETs from `low` (included) up to `high`, None for no bound; `input_rows` minutes and invitations."""

    number: int
    low: str | None = None
    high: str | None = None
    input_rows: int = 0


class SummaryPlan(Contract):
    """What a pass is to do. `claimed`: changes up to this one are in it; `parts` are empty in mode incremental."""

    mode: BuildMode
    claimed: int
    input_rows: int
    parts: list[SummaryPart] = Field(default_factory=list)
    parallelism: int = 1


class SummaryPartStep(Contract):
    build: SummaryBuildRef
    part: SummaryPart


class SummaryPublishStep(Contract):
    """Publish a pass that has `parts` partitions and holds the changes up to `claimed`."""

    build: SummaryBuildRef
    claimed: int
    parts: int = 0


class PublishedSummary(Contract):
    """Rows of the table once the pass was published."""

    rows: int


class SummaryBuildEnd(Contract):
    """A pass that did not come to its end, and what its row is to say."""

    build: SummaryBuildRef
    error: str


class SummaryBuildRemains(Contract):
    """`rows` if the pass turned out to have been published all the same."""

    rows: int | None = None


class ElectionImport(Contract):
    """A step of the import of one spreadsheet (its id, which is the workflow's too)."""

    import_id: str


class ImportCounts(Contract):
    """What became of each row read, and the cells dropped."""

    rows_read: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    warnings: int


class ImportClosing(Contract):
    """The decided end of an import that did not complete. `error` is a fixed sentence in French."""

    import_id: str
    outcome: str
    error: str | None = None
