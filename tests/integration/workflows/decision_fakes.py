"""Decisions on candidates run on the real server with activities that do as they are told."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from temporalio import activity
from temporalio.client import Client, WorkflowHandle

from activities.contracts import (
    Compensation,
    DecisionClosing,
    DecisionStep,
    Incident,
    NotificationEnd,
    NotificationRef,
    StatusRecorded,
    SyncCandidate,
    SyncedCandidate,
    Withdrawal,
)
from domain.ids import decision_workflow_id
from tests.integration.workflows.fakes import Lab, Scripted, lab, taken_note
from workflows.archive_candidate import ArchiveCandidateWorkflow
from workflows.contracts import DecisionInput
from workflows.decision import DecisionWorkflow
from workflows.erase_candidate import EraseCandidateWorkflow
from workflows.reject_candidate import RejectCandidateWorkflow
from workflows.unarchive_candidate import UnarchiveCandidateWorkflow
from workflows.validate_candidate import ValidateCandidateWorkflow

KINDS: Mapping[str, Any] = MappingProxyType(
    {
        "validate": ValidateCandidateWorkflow,
        "reject": RejectCandidateWorkflow,
        "archive": ArchiveCandidateWorkflow,
        "unarchive": UnarchiveCandidateWorkflow,
        "erase": EraseCandidateWorkflow,
    }
)
RECORD, SYNC, SEND, ERASE = "record_evaluation_and_status", "sync_candidate", "send_notification", "erase_candidate"
INCIDENT, UNDO_STATUS, UNDONE, CLOSE = "record_incident", "restore_status", "record_compensation", "close_decision"
WITHDRAW, GIVE_UP = "withdraw_notification", "close_notification"

LONG = timedelta(hours=2)
"""A budget that does not end during the test."""


@dataclass
class DecisionFakes(Scripted):
    """The steps of decisions. `indexed` is what the synchronisation answers, `withdrawal` what calling off does."""

    indexed: bool = True
    withdrawal: Withdrawal = Withdrawal(withdrawn=True, state="failed")  # noqa: RUF009 - frozen

    @property
    def closing(self) -> DecisionClosing:
        """The one end that was recorded."""
        (closing,) = self.inputs(CLOSE)
        assert isinstance(closing, DecisionClosing)
        return closing

    @property
    def states(self) -> list[str]:
        """How status, index and mail ended."""
        actions = self.closing.actions
        return [actions[name].status for name in ("status_update", "indexation", "notification")]

    @property
    def incidents(self) -> list[tuple[str, str, str]]:
        """Type, sentence and type of error of each."""
        return [(given.incident_type, given.error, given.error_type) for given in self.inputs(INCIDENT)]

    @property
    def order(self) -> list[str]:
        """Every try in order, repetitions of the same step in one."""
        names = [name for name, _ in self.calls]
        return [name for at, name in enumerate(names) if at == 0 or names[at - 1] != name]

    @activity.defn
    async def record_evaluation_and_status(self, step: DecisionStep) -> StatusRecorded:
        tries = activity.info().attempt
        return await self._do(step, StatusRecorded(previous="SUBMITTED", attempts=tries))  # type: ignore[no-any-return]

    @activity.defn
    async def restore_status(self, step: DecisionStep) -> None:
        await self._do(step)

    @activity.defn
    async def close_decision(self, closing: DecisionClosing) -> None:
        await self._do(closing)

    @activity.defn
    async def sync_candidate(self, input: SyncCandidate) -> SyncedCandidate:
        answer = SyncedCandidate(indexed=self.indexed, version=2, attempts=activity.info().attempt)
        return await self._do(input, answer)  # type: ignore[no-any-return]

    @activity.defn
    async def erase_candidate(self, step: DecisionStep) -> None:
        await self._do(step)

    @activity.defn
    async def send_notification(self, ref: NotificationRef) -> NotificationEnd:
        return await self._do(ref, NotificationEnd(state="sent", attempts=activity.info().attempt))  # type: ignore[no-any-return]

    @activity.defn
    async def withdraw_notification(self, ref: NotificationRef) -> Withdrawal:
        return await self._do(ref, self.withdrawal)  # type: ignore[no-any-return]

    @activity.defn
    async def close_notification(self, ref: NotificationRef) -> Withdrawal:
        return await self._do(ref, Withdrawal(withdrawn=True, state="failed"))  # type: ignore[no-any-return]

    @activity.defn
    async def record_incident(self, incident: Incident) -> None:
        await self._do(incident)

    @activity.defn
    async def record_compensation(self, compensation: Compensation) -> None:
        await self._do(compensation)

    def activities(self) -> list[Callable[..., Any]]:
        return [
            *(self.record_evaluation_and_status, self.restore_status, self.close_decision, self.sync_candidate),
            *(self.erase_candidate, self.send_notification, self.withdraw_notification, self.close_notification),
            *(self.record_incident, self.record_compensation),
        ]


def decisions_lab(
    client: Client, fakes: DecisionFakes, *, queue: str | None = None, as_deployed: bool = False, cached: bool = True
) -> AbstractAsyncContextManager[Lab]:
    """Workers of the decisions alone."""
    workflows = tuple(KINDS.values())
    return lab(client, fakes, workflows=workflows, queue=queue, as_deployed=as_deployed, cached=cached)


async def decide(at: Lab, kind: str, *, budget: timedelta = LONG) -> WorkflowHandle[Any, None]:
    """Start a decision of this kind."""
    candidate_id = uuid4().int >> 65  # nobody's: decisions of other tests have ids of their own
    given = DecisionInput(decision_id=uuid4(), candidate_id=candidate_id, retry_budget=budget)
    handle: WorkflowHandle[Any, None] = await at.client.start_workflow(
        KINDS[kind].run, given, id=decision_workflow_id(candidate_id), task_queue=at.queue
    )
    return handle


async def retry_now(run: WorkflowHandle[Any, None]) -> None:
    """Tell the run to try again at once, and wait until it has had its turn."""
    await run.signal(DecisionWorkflow.retry_now)
    await taken_note(run, of="workflow_execution_signaled")


async def abandon(run: WorkflowHandle[Any, None]) -> None:
    """Tell the run to give up, and wait until it has had its turn."""
    await run.signal(DecisionWorkflow.abandon)
    await taken_note(run, of="workflow_execution_signaled")


async def budgets(handle: WorkflowHandle[Any, Any], step: str) -> list[float]:
    """The seconds that each scheduling of the step was given in all."""
    scheduled = [e.activity_task_scheduled_event_attributes for e in (await handle.fetch_history()).events]
    return [
        s.schedule_to_close_timeout.ToTimedelta().total_seconds() for s in scheduled if s.activity_type.name == step
    ]
