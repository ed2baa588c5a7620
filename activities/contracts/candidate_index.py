"""The steps of keeping the candidates' search index right."""

from pydantic import Field

from activities.contracts.base import Contract

SYNC_WORKFLOW = "SyncCandidateWorkflow"
"""The registered name of the workflow that brings one candidate into the search index: activities start it by name."""


class SyncCandidate(Contract):
    """Make the search index say what the table says of one candidate.

    `persistent`: what the index refuses is tried again like what it does not answer.
    """

    candidate_id: int
    persistent: bool = False


class SyncedCandidate(Contract):
    """Whether the index holds the candidate now, at which version, and how many tries that took."""

    indexed: bool
    version: int = 0
    attempts: int = 1


class IndexName(Contract):
    """An index that is being built: its own name, not the alias."""

    name: str


class NewIndex(Contract):
    """An index to fill, with how many candidates it will hold, as counted when it was made."""

    name: str
    total: int


class IndexNames(Contract):
    names: list[str]


class IndexStretch(Contract):
    """The candidates with ids above `after`, for as many pages as one step takes, towards the index `name`."""

    name: str
    after: int = 0


class FilledStretch(Contract):
    """Documents written or removed, and documents refused; `next` is where to go on, None at the end."""

    written: int = 0
    refused: int = 0
    next: int | None = None


class CompareFrom(Contract):
    """The candidates with ids above `after`, and the documents of the live index with such ids.

    `settled_only`: leave out whoever's state is on its way into the index anyhow.
    """

    after: int = 0
    settled_only: bool = False


class Differences(Contract):
    """Candidates of whom table and index say different things; `next` is where to go on, None at the end."""

    ids: list[int] = Field(default_factory=list)
    next: int | None = None


class Candidates(Contract):
    """At most a thousand of them."""

    ids: list[int]


class RefusedCandidates(Contract):
    """Those whose document the index refused."""

    ids: list[int] = Field(default_factory=list)
