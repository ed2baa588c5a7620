"""The search index's workflows run on the real server with activities that do as they are told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from temporalio import activity

from activities.contracts import (
    Candidates,
    CompareFrom,
    Differences,
    FilledStretch,
    Incident,
    IndexName,
    IndexNames,
    IndexStretch,
    NewIndex,
    RefusedCandidates,
    SyncCandidate,
    SyncedCandidate,
)
from tests.integration.workflows.fakes import Behaviour, Scripted

NEW, OLD = "candidates-000002", "candidates-000001"


def in_turn(*answers: object) -> Behaviour:
    """A step that gives these answers, one a try."""
    coming = iter(answers)

    async def behave(_: object) -> object:
        return next(coming)

    return behave


@dataclass
class IndexFakes(Scripted):
    """An index with this many candidates. `live` is the one that searches read, `unpublished` are all others."""

    candidates: int = 3
    live: str = OLD
    unpublished: list[str] = field(default_factory=list)

    @property
    def incidents(self) -> list[tuple[str, int | None, str, str]]:
        """Type, candidate, sentence and type of error of each."""
        given: list[Incident] = self.inputs("record_incident")
        return [(one.incident_type, one.candidate_id, one.error, one.error_type) for one in given]

    @activity.defn
    async def create_index(self) -> NewIndex:
        self.unpublished.append(NEW)
        return await self._do(None, NewIndex(name=NEW, total=self.candidates))  # type: ignore[no-any-return]

    @activity.defn
    async def unpublished_indices(self) -> IndexNames:
        return await self._do(None, IndexNames(names=list(self.unpublished)))  # type: ignore[no-any-return]

    @activity.defn
    async def drop_indices(self, indices: IndexNames) -> None:
        await self._do(indices)
        assert self.live not in indices.names
        self.unpublished = [name for name in self.unpublished if name not in indices.names]

    @activity.defn
    async def publish_index(self, index: IndexName) -> None:
        await self._do(index)
        self.unpublished = [self.live]
        self.live = index.name

    @activity.defn
    async def load_index(self, stretch: IndexStretch) -> FilledStretch:
        return await self._do(stretch, FilledStretch(written=self.candidates))  # type: ignore[no-any-return]

    @activity.defn
    async def catch_up_index(self, stretch: IndexStretch) -> FilledStretch:
        return await self._do(stretch, FilledStretch())  # type: ignore[no-any-return]

    @activity.defn
    async def compare_index(self, given: CompareFrom) -> Differences:
        return await self._do(given, Differences())  # type: ignore[no-any-return]

    @activity.defn
    async def sync_candidates(self, candidates: Candidates) -> RefusedCandidates:
        return await self._do(candidates, RefusedCandidates())  # type: ignore[no-any-return]

    @activity.defn
    async def sync_candidate(self, input: SyncCandidate) -> SyncedCandidate:
        return await self._do(input, SyncedCandidate(indexed=True, version=2))  # type: ignore[no-any-return]

    @activity.defn
    async def record_incident(self, incident: Incident) -> None:
        await self._do(incident)

    def activities(self) -> list[Callable[..., Any]]:
        return [
            *(self.create_index, self.unpublished_indices, self.drop_indices, self.publish_index),
            *(self.load_index, self.catch_up_index, self.compare_index, self.sync_candidates),
            *(self.sync_candidate, self.record_incident),
        ]
