"""Workflows run on the real server with activities that do as they are told.

`Scripted` activities record each call and answer at once, unless a test has put another behaviour in the place of a
step: `fails`, `Held`, or any function of the step's input. `Fakes` are those of CVs, matching and deliveries.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from temporalio import activity
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import Worker

from activities.contracts import (
    AnnounceMatch,
    AnnounceParse,
    Closing,
    Delivery,
    DeliveryClosing,
    DeliveryPlan,
    ExtractSummary,
    Failure,
    MatchPlan,
    MatchRequest,
    PairCounts,
    PairPage,
    ParseJob,
    ReadSummary,
    Reopening,
    documents_queue,
    llm_queue,
)
from activities.errors import final, passing
from tests.waiting import DEADLINE, until
from workers.build import WORKFLOWS
from workflows.contracts import MatchCandidateInput, ParseCvInput
from workflows.match_candidate import MatchCandidateWorkflow
from workflows.parse_cv import ParseCvWorkflow

Behaviour = Callable[[Any], Awaitable[Any]]
SOON, NEVER = timedelta(milliseconds=50), timedelta(hours=1)
"""When a failed try is made again: during the test (the server takes a second), or after it."""

USUAL = object()
"""What a behaviour answers to leave the answer to the fake."""


def fails(error: BaseException) -> Behaviour:
    """A step that raises this error at every try."""

    async def behave(_: Any) -> None:
        raise error

    return behave


def fails_at_first(error: BaseException, then: Any = None) -> Behaviour:
    """A step that raises this error at its first try and answers `then` at the next."""
    tries = iter([error])

    async def behave(_: Any) -> Any:
        if (raised := next(tries, None)) is not None:
            raise raised
        return then

    return behave


def told(kind: Failure, message: str) -> ApplicationError:
    """A failure as our activities raise those that no retry will change."""
    return ApplicationError(message, type=kind, non_retryable=True)


def refuses(kind: Failure, message: str) -> Behaviour:
    """A step that fails for good."""

    async def behave(_: Any) -> None:
        raise final(kind, message)

    return behave


def away(kind: Failure, message: str, *, again: timedelta = NEVER) -> Behaviour:
    """A step that fails in passing at every try."""

    async def behave(_: Any) -> None:
        raise passing(kind, message, delay=again)

    return behave


def one_by_one(*behaviours: Behaviour | None) -> Behaviour:
    """A step that does the first at its first try and so on; None, and every try after the last, is the usual."""
    coming = iter(behaviours)

    async def behave(given: Any) -> Any:
        behaviour = next(coming, None)
        return USUAL if behaviour is None else await behaviour(given)

    return behave


def held_then(held: "Held", behaviour: Behaviour) -> Behaviour:
    """A try that is under way until it is let go, and then does this."""

    async def behave(given: Any) -> Any:
        await held(given)
        return await behaviour(given)

    return behave


class Held:
    """A step that waits to be let go; with `beats`, it learns of a cancel and ends by it, as our long steps do."""

    def __init__(self, answer: Any = None, *, beats: bool = False) -> None:
        self.reached = asyncio.Event()
        self.let_go = asyncio.Event()
        self._answer = answer
        self._beats = beats

    async def __call__(self, _: Any) -> Any:
        self.reached.set()
        while not self.let_go.is_set():
            if self._beats:
                activity.heartbeat()
            try:
                async with asyncio.timeout(0.05):
                    await self.let_go.wait()
            except TimeoutError:
                continue
        return self._answer


@dataclass
class Scripted:
    """Activities under their own names. `calls` lists name and input of each try, in order."""

    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    calls: list[tuple[str, Any]] = field(default_factory=list)

    def names(self) -> list[str]:
        """The steps in the order in which they were first tried."""
        return list(dict.fromkeys(name for name, _ in self.calls))

    def inputs(self, name: str) -> list[Any]:
        return [given for called, given in self.calls if called == name]

    async def _do(self, given: Any, answer: Any = None) -> Any:
        name = activity.info().activity_type
        self.calls.append((name, given))
        behaviour = self.behaviours.get(name)
        done = USUAL if behaviour is None else await behaviour(given)
        return answer if done is USUAL else done

    def activities(self) -> list[Callable[..., Any]]:
        """What a worker serves."""
        raise NotImplementedError


@dataclass
class Fakes(Scripted):
    """The steps of parses, matchings and deliveries. A matching has this many `pairs`."""

    pairs: int = 1

    @activity.defn
    async def read_document(self, job: ParseJob) -> ReadSummary:
        return await self._do(job, ReadSummary(pages=1, characters=10))  # type: ignore[no-any-return]

    @activity.defn
    async def extract_profile(self, job: ParseJob) -> ExtractSummary:
        return await self._do(job, ExtractSummary(method="rules"))  # type: ignore[no-any-return]

    @activity.defn
    async def save_profile(self, job: ParseJob) -> None:
        await self._do(job)

    @activity.defn
    async def link_candidate(self, job: ParseJob) -> None:
        await self._do(job)

    @activity.defn
    async def close_parse(self, closing: Closing) -> None:
        await self._do(closing)

    @activity.defn
    async def reopen_parse(self, reopening: Reopening) -> None:
        await self._do(reopening)

    @activity.defn
    async def reopen_matching(self, reopening: Reopening) -> None:
        await self._do(reopening)

    @activity.defn
    async def await_parse(self, request: MatchRequest) -> None:
        await self._do(request)

    @activity.defn
    async def plan_pairs(self, request: MatchRequest) -> MatchPlan:
        return await self._do(request, MatchPlan(total=self.pairs))  # type: ignore[no-any-return]

    @activity.defn
    async def score_pairs(self, page: PairPage) -> PairCounts:
        here = min(page.count, self.pairs - page.start)
        return await self._do(page, PairCounts(scored=here))  # type: ignore[no-any-return]

    @activity.defn
    async def close_matching(self, closing: Closing) -> None:
        await self._do(closing)

    @activity.defn
    async def announce_parse(self, announce: AnnounceParse) -> DeliveryPlan:
        return await self._do(announce, DeliveryPlan(wanted=False))  # type: ignore[no-any-return]

    @activity.defn
    async def announce_match(self, announce: AnnounceMatch) -> DeliveryPlan:
        return await self._do(announce, DeliveryPlan(wanted=False))  # type: ignore[no-any-return]

    @activity.defn
    async def deliver_webhook(self, delivery: Delivery) -> None:
        await self._do(delivery)

    @activity.defn
    async def close_delivery(self, closing: DeliveryClosing) -> None:
        await self._do(closing)

    def activities(self) -> list[Callable[..., Any]]:
        return [
            *(self.read_document, self.extract_profile, self.save_profile, self.link_candidate, self.close_parse),
            *(self.reopen_parse, self.reopen_matching),
            *(self.await_parse, self.plan_pairs, self.score_pairs, self.close_matching),
            *(self.announce_parse, self.announce_match, self.deliver_webhook, self.close_delivery),
        ]


@dataclass(frozen=True)
class Lab:
    """A client and a queue on which the fakes work."""

    client: Client
    fakes: Scripted
    queue: str

    async def parse(self, *, link: bool = False, chain: bool = False, retry: int = 0) -> WorkflowHandle[Any, None]:
        """Start a parse; with `chain`, a matching follows it."""
        job_id = uuid4()
        given = ParseCvInput(job_id=job_id, link=link or chain, matching_request=job_id if chain else None, retry=retry)
        return await self.client.start_workflow(ParseCvWorkflow.run, given, id=str(job_id), task_queue=self.queue)

    async def match(self, *, depends_on: bool = False, retry: int = 0) -> WorkflowHandle[Any, Any]:
        request = uuid4()
        given = MatchCandidateInput(request_id=request, depends_on=depends_on, retry=retry)
        return await self.client.start_workflow(
            MatchCandidateWorkflow.run, given, id=f"matching-bulk-{request}", task_queue=self.queue
        )


@asynccontextmanager
async def lab(
    client: Client,
    fakes: Scripted,
    *,
    workflows: Sequence[type] = WORKFLOWS,
    queue: str | None = None,
    as_deployed: bool = False,
    cached: bool = True,
) -> AsyncGenerator[Lab]:
    """Workers of our workflows with these activities, on queues of their own unless one is named.

    A defect ends the run at once instead of leaving it to be retried, except with `as_deployed`. Runs that are not
    `cached` are replayed from their beginning at each turn, as after a change of workers.
    """
    queue = queue or f"test-{uuid4()}"
    async with AsyncExitStack() as running:
        for name in (queue, documents_queue(queue), llm_queue(queue)):
            worker = Worker(
                client,
                task_queue=name,
                workflows=workflows if name == queue else (),
                activities=fakes.activities(),
                max_cached_workflows=1000 if cached else 0,
                workflow_failure_exception_types=() if as_deployed else [Exception],
                max_heartbeat_throttle_interval=timedelta(milliseconds=100),
                default_heartbeat_throttle_interval=timedelta(milliseconds=100),
            )
            await running.enter_async_context(worker)
        yield Lab(client, fakes, queue)


async def reached(held: Held) -> None:
    """Wait until the held step is being tried."""
    async with asyncio.timeout(DEADLINE):
        await held.reached.wait()


async def waits_for_its_next_try(handle: WorkflowHandle[Any, Any], *, attempt: int = 2) -> None:
    """Wait until the one step under way has failed and its next try is due later."""

    async def waits() -> bool:
        pending = (await handle.describe()).raw_description.pending_activities
        return (
            len(pending) == 1
            and pending[0].attempt == attempt
            and pending[0].state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
        )

    await until(waits, every=0.02)


async def cancel(handle: WorkflowHandle[Any, Any]) -> None:
    """Ask the run to cancel, and wait until it knows."""
    await handle.cancel()

    async def asked() -> bool:
        return "workflow_execution_cancel_requested_event_attributes" in await _events(handle)

    await until(asked, every=0.02)


async def taken_note(handle: WorkflowHandle[Any, Any], of: str) -> None:
    """Wait until the workflow has had its turn after an event of this kind: what it does about it is done."""

    async def had_its_turn() -> bool:
        kinds, happened = await _events(handle), f"{of}_event_attributes"
        return happened in kinds and "workflow_task_completed_event_attributes" in kinds[kinds.index(happened) :]

    await until(had_its_turn, every=0.02)


async def _events(handle: WorkflowHandle[Any, Any]) -> list[str | None]:
    """What has happened to the run, in order."""
    return [event.WhichOneof("attributes") for event in (await handle.fetch_history()).events]


async def ended(handle: WorkflowHandle[Any, Any]) -> tuple[WorkflowExecutionStatus | None, BaseException | None]:
    """How the run ended: its status, and the failure that it ended with."""
    failure: BaseException | None = None
    async with asyncio.timeout(DEADLINE):
        try:
            await handle.result()
        except WorkflowFailureError as error:
            failure = error.cause
    return (await handle.describe()).status, failure


async def assert_failed(handle: WorkflowHandle[Any, Any], kind: str, message: str) -> None:
    """Ended Failed, for this reason."""
    status, failure = await ended(handle)
    assert status is WorkflowExecutionStatus.FAILED
    assert isinstance(failure, ApplicationError)
    assert (failure.type, failure.message) == (kind, message)


async def assert_cancelled(handle: WorkflowHandle[Any, Any]) -> None:
    status, failure = await ended(handle)
    assert status is WorkflowExecutionStatus.CANCELED
    assert isinstance(failure, CancelledError)


async def assert_completed(handle: WorkflowHandle[Any, Any]) -> None:
    assert await ended(handle) == (WorkflowExecutionStatus.COMPLETED, None)


def request_of(handle: WorkflowHandle[Any, Any]) -> UUID:
    """The request that the run was started for."""
    return UUID(handle.id.removeprefix("matching-bulk-"))
